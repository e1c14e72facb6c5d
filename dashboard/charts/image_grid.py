"""Samples as pictures."""

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.style import PRIMARY, SEQUENTIAL, layout

Images: TypeAlias = npt.NDArray[np.uint8 | np.floating[Any]]

MAX_CAPTION = 14  # letters below an image of a row
LONGEST_CAPTION = 12  # characters that fit below a small image
LARGEST_LETTERS = 15  # pixels
TITLE_HEIGHT = 62  # pixels, of a grid

PICTURE_AXES: dict[str, Any] = {
    "xaxis": {"visible": False, "constrain": "domain", "constraintoward": "left"},
    "yaxis": {
        "visible": False,
        "autorange": "reversed",
        "scaleanchor": "x",
        "constrain": "domain",
        "constraintoward": "top",
    },
}
"""The axes of a picture: square pixels, counted from the upper left, at the edge of the page."""


class Gaps(NamedTuple):
    """Empty pixels right of an image, and below it, where its caption is."""

    right: int
    below: int


class Corner(NamedTuple):
    """The upper left pixel of an image in a mosaic: its column and its row."""

    x: int
    y: int


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


def corners(n_images: int, columns: int, image_shape: tuple[int, int]) -> list[Corner]:
    """Return where the images of a mosaic begin."""
    gap = gaps(*image_shape)
    cell = image_shape[0] + gap.below, image_shape[1] + gap.right
    places = (divmod(i, columns) for i in range(n_images))
    return [Corner(column * cell[1], row * cell[0]) for row, column in places]


def grid_height(n_images: int, columns: int, row_height: int) -> int:
    """Return how high the chart of a grid is; all heights in pixels of the screen."""
    return TITLE_HEIGHT + row_height * -(-n_images // columns)


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
    chosen: int | None = None,
) -> go.Figure:
    """Draw images with a caption under each.

    Parameters
    ----------
    images : (n_images, height, width), values from 0 to `maximum`
    captions : one an image
    unit : what the values measure, for the words that appear under the mouse
    chosen : the image to put a frame around
    """
    _, *shape = images.shape
    places = corners(len(images), columns, (shape[0], shape[1]))
    short = [shortened(caption) for caption in captions]
    size = letter_size(short)
    picture = go.Heatmap(
        z=mosaic(images, columns, gaps(*shape)),
        coloraxis=SEQUENTIAL,
        hoverongaps=False,
        hovertemplate=f"{escape(unit)}: %{{z:.3g}}<extra></extra>",
    )
    figure_layout = layout(
        title,
        margin={"l": 0, "r": 0, "t": 44, "b": 0},
        annotations=[note(text, at, shape, size) for text, at in zip(short, places, strict=True)],
        shapes=[_frame(places[chosen], shape)] if chosen is not None else [],
        coloraxis={"cmin": 0, "cmax": maximum, "showscale": False},
        **PICTURE_AXES,
    )
    return go.Figure(picture, figure_layout)


def note(text: str, corner: Corner, image_shape: Sequence[int], size: int) -> dict[str, Any]:
    """Return a caption, centered below an image.

    Parameters
    ----------
    size : of the letters, in pixels of the screen
    """
    height, width = image_shape
    return {
        "x": corner.x + (width - 1) / 2,
        "y": corner.y + height - 0.5,
        "yanchor": "top",
        "text": escape(text),
        "showarrow": False,
        "font": {"size": size},
    }


def shortened(text: str, longest: int = LONGEST_CAPTION) -> str:
    """Return a text that fits below a small image, or into a legend."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def letter_size(captions: Sequence[str]) -> int:
    """Return how large the letters may be, in pixels, so that the longest caption fits."""
    longest = max(map(len, captions), default=1)
    return LARGEST_LETTERS if longest <= 6 else 90 // longest + 2


def _frame(corner: Corner, image_shape: Sequence[int]) -> dict[str, Any]:
    """Return a line around an image, along the edges of its outer pixels."""
    x, y = corner.x - 0.5, corner.y - 0.5
    height, width = image_shape
    edges = {"x0": x, "y0": y, "x1": x + width, "y1": y + height}
    return {"type": "rect", "line": {"color": PRIMARY, "width": 3}, **edges}


def short_caption(name: str) -> str:
    """Return the name of a class as it fits below an image, escaped."""
    return escape(shortened(name, MAX_CAPTION))


def tiles(
    images: Images,
    captions: Sequence[str],
    title: str,
    room: Gaps,
    *,
    hovertemplate: str,
    axis_name: str,
    axis: dict[str, Any],
    columns: int,
) -> go.Figure:
    """Draw images in rows on a scale of their own, each with words below it."""
    _, height, width = images.shape
    heat = go.Heatmap(
        z=mosaic(images, columns, room) if len(images) else [[None]],
        coloraxis=axis_name,
        hoverongaps=False,
        hovertemplate=hovertemplate,
    )
    words = _captions(captions[: len(images)], height, width, room, columns)
    more: dict[str, Any] = {"margin": {"l": 0, "r": 0, "b": 0}, axis_name: axis}
    return go.Figure([heat, words], layout(title, **PICTURE_AXES, **more))


def _captions(
    captions: Sequence[str], height: int, width: int, room: Gaps, columns: int
) -> go.Scatter:
    """Return the words below the images, as one trace: so many annotations take long to make."""
    row, column = np.divmod(np.arange(len(captions)), columns)
    return go.Scatter(
        x=column * (width + room.right) + (width - 1) / 2,
        y=row * (height + room.below) + 1.08 * height - 0.5,
        text=list(captions),
        mode="text",
        textposition="bottom center",
        textfont={"size": 13},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
