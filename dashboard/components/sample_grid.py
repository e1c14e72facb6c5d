"""Samples of a dataset as a grid of images, of which a click chooses one."""

from collections.abc import Callable, Sequence

from dashboard.charts.figure import Figure
from dashboard.charts.image_grid import image_at, image_grid, most_lines
from dashboard.components.chart import Click, show_chart
from data.datasets import Dataset
from data.split import Rows


def images_figure(
    dataset: Dataset,
    rows: Rows,
    captions: Sequence[str],
    *,
    columns: int,
    title: str,
    chosen: int | None = None,
) -> Figure:
    """Draw some rows of a dataset as images; see `draw_images` for the parameters."""
    shape = dataset.image_shape or (1, dataset.n_features)
    return image_grid(
        dataset.X[rows].reshape(-1, *shape),
        captions,
        columns=columns,
        title=title,
        maximum=dataset.maximum,
        unit=dataset.unit,
        chosen=chosen,
    )


def draw_images(
    dataset: Dataset,
    rows: Rows,
    captions: Sequence[str],
    *,
    columns: int,
    title: str,
    key: str,
    height: int,
    fill: float = 0,
    alt: str,
    on_choice: Callable[[int], None] | None = None,
    chosen: int | None = None,
) -> None:
    """Show some rows of a dataset as images.

    Parameters
    ----------
    height, fill : as of `show_chart`
    on_choice : called with the position, among the rows, of an image that was clicked
    chosen : the position of the image to put a frame around
    """
    shape, n_lines = dataset.image_shape or (1, dataset.n_features), most_lines(captions)

    def choose(click: Click) -> None:
        position = image_at(click.index, shape, columns, n_lines)
        if on_choice and position is not None and position < len(rows):
            on_choice(position)

    figure = images_figure(dataset, rows, captions, columns=columns, title=title, chosen=chosen)
    on_click = choose if on_choice else None
    show_chart(figure, key=key, alt=alt, height=height, fill=fill, on_click=on_click)
