from collections.abc import Callable

import numpy as np
import pytest

from data.drawing import Ink
from data.drawing.strokes import rasterize

SEVEN = [[0.1, 0.1], [0.8, 0.0], [0.4, 1.0]], [[0.3, 0.5], [0.7, 0.55]]
FIVE = [[0.8, 0.0], [0.1, 0.05], [0.1, 0.45], [0.6, 0.4], [0.8, 0.7], [0.5, 1.0], [0.0, 0.9]]


@pytest.fixture(params=[SEVEN, (FIVE,)], ids=["seven", "five"])
def draw(request: pytest.FixtureRequest) -> Callable[..., Ink]:
    """Draw a digit of some size at a place on a pad of 280 x 280, with a pen that fits its size."""

    def at(left: float, top: float, size: float, pen: float = 0.1) -> Ink:
        strokes = [
            np.column_stack([np.array(line) * size + (left, top), np.full(len(line), pen * size)])
            for line in request.param
        ]
        return rasterize(strokes, (280, 280))

    return at


@pytest.fixture
def blank() -> Ink:
    return np.zeros((280, 280), np.uint8)
