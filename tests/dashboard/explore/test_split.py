from dataclasses import replace

import numpy as np

from dashboard.explore.split import scores_sentence
from data.datasets import load
from experiments.comparison.split_effect import SplitScore


def test_a_sentence_says_when_rows_were_left_out() -> None:
    results = [SplitScore("Single layer", "random", 0, 0.9, 50)]
    digits = load("digits")
    assert "evenly spaced" not in scores_sentence(digits, results, "V.")
    large = replace(digits, X=np.tile(digits.X, (3, 1)), labels=np.tile(digits.labels, 3))
    assert "only 1,797 evenly spaced rows" in scores_sentence(large, results, "V.")
