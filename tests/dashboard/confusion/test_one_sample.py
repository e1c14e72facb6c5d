from dashboard.confusion.one_sample import output_in_words, sample_sentence
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Predictions
from mlp.activations import OUTPUTS


def test_every_output_function_has_a_meaning() -> None:
    assert OUTPUT_MEANINGS.keys() == OUTPUTS.keys()


def test_outputs_are_never_rounded_to_certainty() -> None:
    assert output_in_words(0.004, OUTPUT_MEANINGS["softmax"]) == "probability < 1 %"
    assert output_in_words(1.25, OUTPUT_MEANINGS["identity"]) == "output 1.25"


def test_the_sentence_on_a_mistake_names_the_true_class(predictions: Predictions) -> None:
    assert sample_sentence(predictions, 1, OUTPUT_MEANINGS["softmax"]) == (
        r"Row 11 of the dataset was read as **a\*b** with probability 60 %; it is **cat**, with "
        "probability 40 %."
    )
    assert sample_sentence(predictions, 0, OUTPUT_MEANINGS["softmax"]).endswith("which is right.")
