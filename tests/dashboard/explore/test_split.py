from dataclasses import replace

import numpy as np

from dashboard.explore.split import scores_sentence, sizes_sentence
from data.datasets import load
from data.split import Split
from experiments.comparison.split_effect import SplitScore


def test_a_sentence_says_when_rows_were_left_out() -> None:
    results = [SplitScore("Single layer", "random", 0, 0.9, 50)]
    digits = load("digits")
    assert "evenly spaced" not in scores_sentence(digits, results, "V.")
    large = replace(digits, X=np.tile(digits.X, (3, 1)), labels=np.tile(digits.labels, 3))
    assert "only 1,797 evenly spaced rows" in scores_sentence(large, results, "V.")


def test_the_sizes_of_all_parts_are_said() -> None:
    split = Split(np.arange(1029), np.arange(386), np.arange(382))
    assert sizes_sentence("blocks", split).endswith(
        "**blocks**: **1,029** training, **386** validation, **382** test samples."
    )
    results = [
        SplitScore("Single layer", name, 0, 0.9, n_test)
        for name, n_test in (("random", 359), ("blocks", 382))
    ]
    sentence = scores_sentence(load("digits"), results, "V.")
    assert "not used in training: 359 (random) and 382 (blocks)." in sentence
