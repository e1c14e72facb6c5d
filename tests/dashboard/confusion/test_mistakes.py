from dashboard.confusion.mistakes import confusion_sentence
from experiments.evaluation.metrics import Confusion

NAMES = ("cat", "a*b")


def test_each_confusion_is_a_sentence() -> None:
    assert confusion_sentence(Confusion(0, 1, 5), NAMES) == r"cat read as a\*b: 5 times"
    assert confusion_sentence(Confusion(1, 0, 1), NAMES) == r"a\*b read as cat: once"
