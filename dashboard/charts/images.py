"""Samples as pictures."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

Images: TypeAlias = npt.NDArray[np.uint8 | np.floating[Any]]


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


def image_grid(
    images: Images, captions: Sequence[str], *, columns: int, title: str, maximum: float, unit: str
) -> go.Figure:
    """Draw images with a caption under each.

    Parameters
    ----------
    images : (n_images, height, width), values from 0 to `maximum`
    captions : one an image
    unit : what the values measure, for the words that appear under the mouse
    """
    _, height, width = images.shape
    gap = gaps(height, width)
    figure = go.Figure(
        go.Heatmap(
            z=mosaic(images, columns, gap),
            zmin=0,
            zmax=maximum,
            showscale=False,
            hoverongaps=False,
            hovertemplate=f"{unit}: %{{z:.3g}} of {maximum:g}<extra></extra>",
        )
    )
    for i, caption in enumerate(captions):
        row, column = divmod(i, columns)
        figure.add_annotation(
            x=column * (width + gap.right) + (width - 1) / 2,
            y=row * (height + gap.below) + height - 0.5,
            yanchor="top",
            text=caption,
            showarrow=False,
            font={"size": 15},
        )
    figure.update_layout(title=title, margin={"l": 0, "r": 0, "t": 44, "b": 0})
    figure.update_xaxes(visible=False, constrain="domain", constraintoward="left")
    figure.update_yaxes(
        visible=False,
        autorange="reversed",
        scaleanchor="x",
        constrain="domain",
        constraintoward="top",
    )
    return figure
