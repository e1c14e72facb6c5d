"""From what a pen did on a pad to ink: strokes, as polylines with widths, drawn smoothly."""

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from data.drawing.ink import FULL_INK, DrawingError, Ink

Stroke: TypeAlias = npt.NDArray[np.float64]
"""A polyline, (n_points, 3): of each point x from the left, y from the top, and the width of the
pen, in units of the pad."""

MAX_POINTS = 10_000  # of all strokes: a pen that reports 240 a second for 40 seconds
RASTER_SIDE = 256  # pixels, of the longer side of the pad: no sample has as many
OVERSAMPLING = 4  # each pixel is the mean of 4 x 4, which are ink or blank
LARGEST = 1e9  # of a coordinate, before it is compared with the pad
NEAR = 0.5  # pixels; of points as near as that, one is enough


def read_strokes(value: object, pad: tuple[float, float]) -> list[Stroke]:
    """Return strokes from lists of lists, such as JSON from a browser, which nobody has checked.

    Parameters
    ----------
    value : a list of strokes, each a list of points [x, y, width]
    pad : (height, width) of the pad

    Raises
    ------
    DrawingError : if it is anything else, too long, or far outside the pad
    """
    if not isinstance(value, list) or not all(isinstance(stroke, list) for stroke in value):
        raise DrawingError(
            "A drawing is a list of strokes, each a list of points [x, y, width]. Clear the pad, "
            "and draw again."
        )
    n_points = sum(map(len, value))
    if n_points > MAX_POINTS or len(value) > MAX_POINTS:
        raise DrawingError(
            f"The drawing has {n_points:,} points in {len(value):,} strokes; at most "
            f"{MAX_POINTS:,} are possible. Clear the pad, and draw with fewer strokes."
        )
    return [_read_stroke(stroke, pad) for stroke in value if stroke]


def _read_stroke(points: Sequence[object], pad: tuple[float, float]) -> Stroke:
    for point in points:
        if not (isinstance(point, list) and len(point) == 3 and all(map(_is_number, point))):
            raise DrawingError(
                "Each point of a stroke is [x, y, width], three finite numbers, and one of them is "
                "not. Clear the pad, and draw again."
            )
    stroke = np.array(points, np.float64)
    height, width = pad
    x, y, widths = stroke.T
    is_near = (np.abs(x - width / 2) <= 1.5 * width) & (np.abs(y - height / 2) <= 1.5 * height)
    if not (is_near & (widths >= 0) & (widths <= max(pad))).all():
        raise DrawingError(
            f"A point is far outside the pad of {width:g} x {height:g}, or the pen is thicker than "
            "that. Clear the pad, and draw again."
        )
    return stroke


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and -LARGEST < value < LARGEST  # type: ignore[operator]


def rasterize(strokes: Sequence[Stroke], pad: tuple[float, float]) -> Ink:
    """Draw strokes with round ends and smooth edges, at most RASTER_SIDE pixels a side.

    Between two points, the line is as wide as the mean of both. A stroke of one point is a dot.

    Parameters
    ----------
    strokes : as `read_strokes` returns them
    pad : (height, width), in the units of the strokes

    Returns
    -------
    ink : (height, width) uint8, in the proportions of the pad, its longer side RASTER_SIDE
    """
    ratio = RASTER_SIDE / max(pad)
    height, width = (max(1, round(ratio * length)) for length in pad)
    canvas = Image.new("L", (OVERSAMPLING * width, OVERSAMPLING * height))
    draw = ImageDraw.Draw(canvas)
    for stroke in strokes:
        _draw(draw, _thinned(stroke * (ratio * OVERSAMPLING)))
    return np.asarray(canvas.reduce(OVERSAMPLING))


def _thinned(stroke: Stroke) -> Stroke:
    """Keep one of several points that are nearly the same, in place and width; and the last."""
    steps = np.abs(np.diff(stroke, axis=0)).max(axis=1, initial=0)
    path = np.floor(np.cumsum(steps) / (NEAR * OVERSAMPLING))
    keep = np.diff(path, prepend=0, append=math.inf) > 0
    return stroke[keep]


def _draw(draw: ImageDraw.ImageDraw, stroke: Stroke) -> None:
    """Draw a disk at each point, and a line to it from the one before."""
    previous: tuple[float, float, float] | None = None
    for x, y, width in stroke.tolist():
        radius = max(width, 1) / 2
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=FULL_INK)
        if previous:
            line = (previous[0], previous[1], x, y)
            draw.line(line, fill=FULL_INK, width=max(1, round((previous[2] + width) / 2)))
        previous = x, y, width
