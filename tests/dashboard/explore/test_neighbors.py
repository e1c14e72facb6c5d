import numpy as np

from dashboard.explore.neighbors import neighbor_captions, neighbors_sentence
from dashboard.explore.selected_sample import SelectedSample
from data.datasets import Dataset
from experiments.exploration.neighbors import Neighbors

EVIL = "<b>[x](http://evil)</b>"


def table(n_features: int = 8, names: tuple[str, ...] = ("a", EVIL)) -> Dataset:
    X = np.arange(4 * n_features, dtype=np.float32).reshape(4, n_features)
    return Dataset("own", "T", X, np.array([0, 1, 0, 1]), names, None, X.max(), "value", "here")


def test_a_sentence_compares_the_labels_of_neighbors() -> None:
    own = table()
    sample = SelectedSample(0, "a", "training", "value", None, own.X[0], own.X[0])
    same = neighbors_sentence(own, sample, Neighbors(np.array([2, 1]), np.array([1.0, 2.0])))
    assert "number 2, has the **same label**. Of the 2 nearest, 1 have" in same
    other = neighbors_sentence(own, sample, Neighbors(np.array([1]), np.array([1.0])))
    assert "**another label, " in other
    assert "](http" not in other
    nobody = Neighbors(np.array([], int), np.array([]))
    assert "no other training sample" in neighbors_sentence(own, sample, nobody)
    assert neighbor_captions(own, Neighbors(np.array([2]), np.array([1.234]))) == ["a · 1.23"]
