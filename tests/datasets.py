"""Small datasets for tests."""

import numpy as np

from data.datasets import Dataset


def dataset(X: np.ndarray, labels: list[int], n_classes: int = 3) -> Dataset:
    names = tuple(f"class {i}" for i in range(n_classes))
    return Dataset("own", "T", X, np.array(labels), names, None, 1.0, "value", "here")
