import numpy as np

from dashboard.explore.values import constant_features_sentence, largest_magnitude
from data.datasets import Dataset, load
from experiments.exploration.statistics import statistics_of


def table() -> Dataset:
    X, labels = np.arange(32, dtype=np.float32).reshape(4, 8), np.array([0, 1, 0, 1])
    return Dataset("own", "T", X, labels, ("a", "b"), None, X.max(), "value", "here")


def test_a_sentence_counts_constant_features() -> None:
    own = table()
    sentence = constant_features_sentence(own, statistics_of(own))
    assert sentence.startswith("None of the 8 features")
    digits = load("digits")
    sentence = constant_features_sentence(digits, statistics_of(digits))
    assert sentence.startswith("**3 of 64** pixels")


def test_the_largest_value_is_never_zero() -> None:
    assert largest_magnitude(np.array([-3.0, 2])) == 3
    assert largest_magnitude(np.zeros(2)) == 1
    assert largest_magnitude(np.array([np.nan, 2])) == 2
