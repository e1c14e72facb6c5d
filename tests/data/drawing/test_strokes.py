import json

import numpy as np
import pytest

from data.drawing import DrawingError
from data.drawing.strokes import MAX_POINTS, RASTER_SIDE, rasterize, read_strokes

PAD = 280, 280


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("no list", "A drawing is a list of strokes, each a list of points"),
        ({"strokes": []}, "A drawing is a list of strokes"),
        ([[[1, 2, 3]], "no stroke"], "A drawing is a list of strokes"),
        ([[[1, 2]]], "three finite numbers, and one of them is not"),
        ([[[1, 2, "3"]]], "three finite numbers"),
        ([[[1, 2, True]]], "three finite numbers"),
        ([["abc"]], "three finite numbers"),
        ([[[1, float("nan"), 3]]], "three finite numbers"),
        ([[[1, 1e400, 3]]], "three finite numbers"),
        ([[[[1], 2, 3]]], "three finite numbers"),
        ([[[1, 2, 10**5000]]], "three finite numbers"),
        ([[[1e6, 2, 3]]], "far outside the pad of 280 x 280"),
        ([[[1, -300, 3]]], "far outside the pad"),
        ([[[1, 2, 281]]], "or the pen is thicker than that"),
        ([[[1, 2, -1]]], "or the pen is thicker"),
        ([[[0, 0, 1]] * (MAX_POINTS + 1)], "has 10,001 points in 1 strokes; at most 10,000"),
        ([[]] * (MAX_POINTS + 1), "has 0 points in 10,001 strokes"),
    ],
)
def test_what_is_no_drawing_is_refused_in_plain_words(value: object, message: str) -> None:
    with pytest.raises(DrawingError, match=message):
        read_strokes(value, PAD)


def test_strokes_come_as_lists_of_points() -> None:
    strokes = read_strokes(json.loads("[[[10, 20.5, 4], [30, 20.5, 4]], [], [[-5, 1, 0]]]"), PAD)
    assert [stroke.tolist() for stroke in strokes] == [[[10, 20.5, 4], [30, 20.5, 4]], [[-5, 1, 0]]]


def test_a_line_has_its_width_and_smooth_edges() -> None:
    ink = rasterize([np.array([[70, 140, 28], [210, 140, 28]], float)], PAD)
    assert ink.shape == (RASTER_SIDE, RASTER_SIDE)
    ratio = RASTER_SIDE / 280
    np.testing.assert_allclose(ink[:, RASTER_SIDE // 2].sum() / 255, 28 * ratio, atol=0.6)
    np.testing.assert_allclose(ink[RASTER_SIDE // 2].sum() / 255, (140 + 28) * ratio, atol=1)
    assert len(np.unique(ink)) > 4


def test_a_dot_is_a_disk() -> None:
    ink = rasterize([np.array([[140, 140, 56.0]])], PAD)
    radius = 28 * RASTER_SIDE / 280
    np.testing.assert_allclose(ink.sum() / 255, np.pi * radius**2, rtol=0.02)


def test_a_pen_without_pressure_still_leaves_a_trace() -> None:
    assert rasterize([np.array([[140, 140, 0.0]])], PAD).any()


def test_the_proportions_of_the_pad_are_kept() -> None:
    assert rasterize([], (100, 200)).shape == (RASTER_SIDE // 2, RASTER_SIDE)
    assert not rasterize([], (1, 1)).any()


def test_many_near_points_draw_the_same_as_a_few() -> None:
    few = np.array([[60, 60, 20], [200, 220, 20]], float)
    many = np.linspace(*few, 3000)
    difference = np.abs(rasterize([few], PAD).astype(int) - rasterize([many], PAD))
    assert difference.mean() < 0.5
