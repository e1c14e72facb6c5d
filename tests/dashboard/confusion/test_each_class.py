import numpy as np

from dashboard.confusion.each_class import scores_table
from experiments.evaluation.metrics import ClassScores


def test_the_table_marks_best_and_worst_and_says_none_for_nothing() -> None:
    shares = np.array([0.5, 1.0, np.nan])
    scores = ClassScores(shares, np.ones(3), shares, np.array([4, 4, 0]))
    table = scores_table(scores, ("a", "b", "c")).splitlines()
    assert table[2].startswith("| a | :orange-badge[worst 50.0 %] | 100.0 % |")
    assert ":green-badge[best 100.0 %]" in table[3]
    assert table[4] == "| c | none | 100.0 % | none | 0 |"
