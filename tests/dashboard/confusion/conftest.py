"""Predictions for four samples of two classes."""

import numpy as np
import pytest

from experiments.evaluation.predictions import Predictions

OUTPUTS = np.array([[0.9, 0.1], [0.4, 0.6], [0.004, 0.996], [1, 0]], np.float32)


@pytest.fixture
def predictions() -> Predictions:
    labels, predicted = np.array([0, 0, 1, 1]), OUTPUTS.argmax(axis=1)
    return Predictions(np.arange(4) + 10, labels, OUTPUTS, predicted, ("cat", "a*b"))
