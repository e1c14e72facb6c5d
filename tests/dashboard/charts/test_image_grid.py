import numpy as np

from dashboard.charts.image_grid import Gaps, image_grid, mosaic


def test_a_mosaic_puts_every_pixel_in_its_place() -> None:
    images = np.arange(12, dtype=np.float32).reshape(3, 2, 2)
    picture = mosaic(images, 2, Gaps(right=1, below=2))
    assert picture.shape == (2 * (2 + 2), 2 * (2 + 1))
    for i, (row, column) in enumerate([(0, 0), (0, 3), (4, 0)]):
        np.testing.assert_array_equal(picture[row : row + 2, column : column + 2], images[i])
    assert np.isnan(picture).sum() == picture.size - images.size


def test_an_image_grid_has_a_caption_for_each_image() -> None:
    figure = image_grid(
        np.zeros((5, 8, 8), np.float32), list("01234"), columns=3, title="T", maximum=16, unit="ink"
    )
    assert [note.text for note in figure.layout.annotations] == list("01234")
    assert figure.layout.title.text == "T"
    assert "ink" in figure.data[0].hovertemplate


def test_no_image_gives_an_empty_grid() -> None:
    nothing = np.zeros((0, 8, 8), np.float32)
    figure = image_grid(nothing, [], columns=3, title="T", maximum=16, unit="ink")
    assert figure.layout.title.text == "T"
