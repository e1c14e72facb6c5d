import numpy as np
import pytest

from dashboard.charts.image_grid import (
    corners,
    grid_height,
    image_at,
    image_grid,
    letter_size,
    mosaic,
    most_lines,
    shortened,
)
from dashboard.charts.image_grid import gaps as gaps_of

EVIL = "<b>[x](http://evil)</b>"


@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (28, 28), (1, 1)])
@pytest.mark.parametrize(("columns", "n_lines"), [(1, 1), (3, 1), (3, 2)])
def test_a_click_anywhere_on_an_image_finds_it(
    shape: tuple[int, int], columns: int, n_lines: int
) -> None:
    images = np.ones((5, *shape)) * np.arange(5)[:, np.newaxis, np.newaxis]
    picture = mosaic(images, columns, gaps_of(*shape, n_lines))
    for place in np.argwhere(np.isfinite(picture)):
        assert image_at(tuple(place), shape, columns, n_lines) == picture[tuple(place)]


@pytest.mark.parametrize("shape", [(8, 8), (5, 7), (1, 1)])
def test_an_image_begins_at_its_corner(shape: tuple[int, int]) -> None:
    picture = mosaic(
        np.arange(5)[:, np.newaxis, np.newaxis] * np.ones((5, *shape)), 3, gaps_of(*shape)
    )
    found = [picture[at.y, at.x] for at in corners(5, 3, shape)]
    assert found == [0, 1, 2, 3, 4]
    assert corners(0, 3, shape) == []


def test_a_grid_is_as_high_as_its_rows() -> None:
    empty, one, three, four = (grid_height(n, 3, 100) for n in (0, 1, 3, 4))
    assert one == three == empty + 100
    assert four == three + 100


@pytest.mark.parametrize("index", [(3,), (0, 999)])
def test_a_click_beyond_the_columns_finds_nothing(index: tuple[int, ...]) -> None:
    assert image_at(index, (8, 8), 3) is None


def test_the_chosen_image_has_a_frame_and_captions_are_words_only() -> None:
    figure = image_grid(
        np.zeros((2, 8, 8)), ["a", EVIL], columns=2, title="T", maximum=1, unit="ink", chosen=1
    )
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (9.5, 17.5, -0.5, 7.5)
    assert [note.text for note in figure.layout.annotations] == ["a", "&lt;b&gt;[x](http…"]
    assert figure.layout.coloraxis.cmax == 1


def test_a_mistake_of_long_names_shows_both_in_full() -> None:
    captions = ["Shirt ✗ Pullover", "T-shirt/top ✗ Ankle boot", "Sandal\n→Sneaker\n97 %"]
    figure = image_grid(
        np.zeros((3, 28, 28)), captions, columns=3, title="T", maximum=255, unit="ink", chosen=2
    )
    assert [note.text for note in figure.layout.annotations] == [
        "Shirt ✗<br>Pullover",
        "T-shirt/top<br>✗ Ankle boot",
        "Sandal<br>→Sneaker<br>97 %",
    ]
    assert most_lines(captions) == 3
    height = len(figure.data[0].z)
    assert height > len(mosaic(np.zeros((3, 28, 28)), 3, gaps_of(28, 28)))
    assert figure.layout.shapes[0].y1 == 27.5


def test_long_names_are_written_smaller_and_cut() -> None:
    assert shortened("Ankle boot") == "Ankle boot"
    assert len(shortened("a" * 80)) == 12
    assert letter_size(["3"]) > letter_size(["T-shirt/top"]) >= 9
    assert letter_size([]) == letter_size(["3"])
