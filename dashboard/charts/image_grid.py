"""Samples as pictures."""

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from dashboard.charts.figure import Figure, Trace, heatmap_trace, scatter_trace
from dashboard.charts.style import PRIMARY, SEQUENTIAL, escape, layout

Images: TypeAlias = npt.NDArray[np.uint8 | np.floating[Any]]

MAX_CAPTION = 14  # letters below an image of a row
LONGEST_CAPTION = 12  # characters that fit below a small image, in a line
MOST_LINES = 3  # of a caption
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


def gaps(height: int, width: int, n_lines: int = 1) -> Gaps:
    """Return gaps in proportion to the size of an image, with room for lines of a caption."""
    return Gaps(max(1, width // 4), max(2 + n_lines, (3 + n_lines) * height // 8))


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


def corners(
    n_images: int, columns: int, image_shape: Sequence[int], gap: Gaps | None = None
) -> list[Corner]:
    """Return where the images of a mosaic begin; the gaps are as in `gaps` if none are given."""
    height, width = image_shape
    gap = gap or gaps(height, width)
    places = (divmod(i, columns) for i in range(n_images))
    return [
        Corner(column * (width + gap.right), row * (height + gap.below)) for row, column in places
    ]


def grid_height(n_images: int, columns: int, row_height: int) -> int:
    """Return how high the chart of a grid is; all heights in pixels of the screen."""
    return TITLE_HEIGHT + row_height * -(-n_images // columns)


def image_at(
    index: tuple[int, ...], image_shape: tuple[int, int], columns: int, n_lines: int = 1
) -> int | None:
    """Return the number of the image at a place of the mosaic, or None if no column has one.

    The gap below and right of an image belongs to it. The number may be beyond the last.

    Parameters
    ----------
    index : (row, column) of a pixel of the mosaic
    n_lines : of the captions
    """
    if len(index) != 2:
        return None
    gap = gaps(*image_shape, n_lines)
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
) -> Figure:
    """Draw images with a caption under each.

    Parameters
    ----------
    images : (n_images, height, width), values from 0 to `maximum`
    captions : one an image; see `caption_lines`
    unit : what the values measure, for the words that appear under the mouse
    chosen : the image to put a frame around
    """
    n_images, height, width = images.shape
    lines = [caption_lines(caption) for caption in captions]
    gap = gaps(height, width, most_lines(captions))
    places = corners(n_images, columns, (height, width), gap)
    frame = [] if chosen is None else [frame_around(places[chosen], (height, width))]
    return mosaic_figure(
        images,
        ["<br>".join(map(escape, each)) for each in lines],
        title=title,
        columns=columns,
        coloraxis=SEQUENTIAL,
        scale={"cmin": 0, "cmax": maximum, "showscale": False},
        hovertemplate=f"{escape(unit)}: %{{z:.3g}}<extra></extra>",
        gap=gap,
        caption_size=letter_size([line for each in lines for line in each]),
        margin={"l": 0, "r": 0, "t": 44, "b": 0},
        shapes=frame,
    )


def mosaic_figure(
    images: Images,
    captions: Sequence[str],
    *,
    title: str,
    columns: int,
    coloraxis: str,
    scale: dict[str, Any],
    hovertemplate: str,
    gap: Gaps | None = None,
    caption_size: int | None = None,
    **more: Any,
) -> Figure:
    """Draw images in rows on one color scale, each with a caption below it, as one heatmap.

    Parameters
    ----------
    images : (n_images, height, width)
    captions : one an image, escaped
    coloraxis, scale : SEQUENTIAL or DIVERGING, and its settings
    gap : between images; in proportion to their size if None
    caption_size : in pixels, of captions that stay close below their images; None for one
        trace with all captions, of a common size
    more : further settings of Plotly's layout
    """
    _, height, width = images.shape
    gap = gap or gaps(height, width)
    places = corners(len(images), columns, (height, width), gap)
    captioned = list(zip(captions, places, strict=True))
    heatmap = heatmap_trace(
        z=mosaic(images, columns, gap) if len(images) else [[None]],
        coloraxis=coloraxis,
        hoverongaps=False,
        hovertemplate=hovertemplate,
    )
    settings: dict[str, Any] = {"margin": {"l": 0, "r": 0, "b": 0}, coloraxis: scale} | more
    if caption_size is None:
        texts = [_caption_trace(captioned, height, width)]
    else:
        texts = []
        settings["annotations"] = [
            _note(text, at, (height, width), caption_size) for text, at in captioned
        ]
    return Figure([heatmap, *texts], layout(title, **PICTURE_AXES, **settings))


def _note(text: str, corner: Corner, image_shape: Sequence[int], size: int) -> dict[str, Any]:
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
        "text": text,
        "showarrow": False,
        "font": {"size": size},
    }


def caption_lines(caption: str) -> list[str]:
    """Return a caption line by line; one that is too long is broken between words, or cut.

    A caption may have lines of its own, separated by line breaks.
    """
    broken = [
        part
        for line in caption.split("\n")
        for part in textwrap.wrap(
            line, LONGEST_CAPTION, break_long_words=False, break_on_hyphens=False
        )
    ]
    return [shortened(line) for line in broken[:MOST_LINES]]


def most_lines(captions: Sequence[str]) -> int:
    """Return how many lines the longest of some captions has, at least one."""
    return max([1, *(len(caption_lines(caption)) for caption in captions)])


def shortened(text: str, longest: int = LONGEST_CAPTION) -> str:
    """Return a text that fits below a small image, or into a legend."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def letter_size(lines: Sequence[str]) -> int:
    """Return how large the letters may be, in pixels, so that the longest line fits."""
    longest = max(map(len, lines), default=1)
    return LARGEST_LETTERS if longest <= 6 else 90 // longest + 2


def frame_around(corner: Corner, image_shape: Sequence[int]) -> dict[str, Any]:
    """Return a line around an image, along the edges of its outer pixels."""
    x, y = corner.x - 0.5, corner.y - 0.5
    height, width = image_shape
    edges = {"x0": x, "y0": y, "x1": x + width, "y1": y + height}
    return {"type": "rect", "line": {"color": PRIMARY, "width": 3}, **edges}


def short_caption(name: str) -> str:
    """Return the name of a class as it fits below an image, escaped."""
    return escape(shortened(name, MAX_CAPTION))


def _caption_trace(captioned: Sequence[tuple[str, Corner]], height: int, width: int) -> Trace:
    """Return captions below images as one trace: so many annotations take long to make."""
    return scatter_trace(
        x=[at.x + (width - 1) / 2 for _, at in captioned],
        y=[at.y + 1.08 * height - 0.5 for _, at in captioned],
        text=[text for text, _ in captioned],
        mode="text",
        textposition="bottom center",
        textfont={"size": 13},
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
