"""Samples as pictures."""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.style import PRIMARY, SEQUENTIAL, layout

Images: TypeAlias = npt.NDArray[np.uint8 | np.floating[Any]]

LONGEST_CAPTION = 12  # characters that fit below a small image
LARGEST_LETTERS = 15  # pixels


class Gaps(NamedTuple):
    """Empty pixels right of an image, and below it, where its caption is."""

    right: int
    below: int


def gaps(height: int, width: int) -> Gaps:
    """Return gaps in proportion to the size of an image."""
    return Gaps(max(1, width // 4), max(3, height // 2))


def mosaic(images: Images, columns: int, gaps: Gaps) -> Images:
    """Lay images out in rows, left to right, with empty space (NaN) between them.

    Parameters
    ----------
    images : (n_images, height, width)

    Returns
    -------
    picture : (rows * (height + gaps.below), columns * (width + gaps.right))
    """
    n_images, height, width = images.shape
    rows = -(-n_images // columns)
    cell = height + gaps.below, width + gaps.right
    cells = np.full((rows * columns, *cell), np.nan, np.float32)
    cells[:n_images, :height, :width] = images
    grid = cells.reshape(rows, columns, *cell).transpose(0, 2, 1, 3)
    return grid.reshape(rows * cell[0], columns * cell[1])


def image_at(index: tuple[int, ...], image_shape: tuple[int, int], columns: int) -> int | None:
    """Return the number of the image at a place of the mosaic, or None if no column has one.

    The gap below and right of an image belongs to it. The number may be beyond the last.

    Parameters
    ----------
    index : (row, column) of a pixel of the mosaic
    """
    if len(index) != 2:
        return None
    gap = gaps(*image_shape)
    row, column = index[0] // (image_shape[0] + gap.below), index[1] // (image_shape[1] + gap.right)
    return row * columns + column if column < columns else None


def image_grid(
    images: Images,
    captions: Sequence[str],
    *,
    columns: int,
    title: str,
    maximum: float,
    unit: str,
    minimum: float = 0.0,
    scale: str = SEQUENTIAL,
    chosen: int | None = None,
) -> go.Figure:
    """Draw images with a caption under each.

    Parameters
    ----------
    images : (n_images, height, width), values from `minimum` to `maximum`
    captions : one an image
    unit : what the values measure, for the words that appear under the mouse
    scale : the color axis
    chosen : the image to put a frame around
    """
    _, height, width = images.shape
    gap = gaps(height, width)
    picture = go.Heatmap(
        z=mosaic(images, columns, gap),
        coloraxis=scale,
        hoverongaps=False,
        hovertemplate=f"{escape(unit)}: %{{z:.3g}}<extra></extra>",
    )
    corners = [
        (column * (width + gap.right), row * (height + gap.below))
        for row, column in (divmod(i, columns) for i in range(len(captions)))
    ]
    short = [shortened(caption) for caption in captions]
    letters = {"size": letter_size(short)}
    notes = [
        {
            "x": x + (width - 1) / 2,
            "y": y + height - 0.5,
            "yanchor": "top",
            "text": escape(caption),
            "showarrow": False,
            "font": letters,
        }
        for (x, y), caption in zip(corners, short, strict=True)
    ]
    colors: dict[str, Any] = {scale: {"cmin": minimum, "cmax": maximum, "showscale": False}}
    frames = [_frame(*corners[chosen], height, width)] if chosen is not None else []
    return go.Figure(
        picture,
        layout(
            title,
            margin={"l": 0, "r": 0, "t": 44, "b": 0},
            annotations=notes,
            shapes=frames,
            **colors,
            xaxis={"visible": False, "constrain": "domain", "constraintoward": "left"},
            yaxis={
                "visible": False,
                "autorange": "reversed",
                "scaleanchor": "x",
                "constrain": "domain",
                "constraintoward": "top",
            },
        ),
    )


def shortened(text: str, longest: int = LONGEST_CAPTION) -> str:
    """Return a text that fits below a small image, or into a legend."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def letter_size(captions: Sequence[str]) -> int:
    """Return how large the letters may be, in pixels, so that the longest caption fits."""
    longest = max(map(len, captions), default=1)
    return LARGEST_LETTERS if longest <= 6 else 90 // longest + 2


def _frame(x: int, y: int, height: int, width: int) -> dict[str, Any]:
    """Return a frame around the image whose upper left pixel is at (x, y)."""
    corners = {"x0": x - 0.5, "y0": y - 0.5, "x1": x + width - 0.5, "y1": y + height - 0.5}
    return {"type": "rect", "line": {"color": PRIMARY, "width": 3}, **corners}
