from collections.abc import Callable

import numpy as np
import pytest

from data.datasets import load
from data.drawing import PREPARATIONS, DrawingError, Ink, Preparation
from data.drawing.ink import MAX_SIDE


@pytest.fixture(params=PREPARATIONS.values(), ids=list(PREPARATIONS))
def preparation(request: pytest.FixtureRequest) -> Preparation:
    return request.param


def test_there_is_a_picture_after_each_step(preparation: Preparation, draw) -> None:
    pictures = preparation.pictures(draw(50, 60, 150))
    assert [each.step for each in pictures] == list(preparation.steps)
    assert not any(each.is_left_out for each in pictures)
    assert all(each.picture.max() <= each.maximum for each in pictures)
    last = pictures[-1]
    assert (last.picture.shape, last.maximum) == (preparation.image_shape, preparation.maximum)
    assert (preparation.sample(draw(50, 60, 150)) == last.picture.ravel()).all()


def test_each_step_can_be_left_out_and_changes_the_sample(preparation: Preparation, draw) -> None:
    drawing = draw(20, 60, 130, pen=0.03)
    drawing = np.array(drawing * 0.8, np.uint8)  # a pale pen
    whole = preparation.sample(drawing)
    for step in preparation.steps:
        pictures = preparation.pictures(drawing, [step.name])
        assert [each.step for each in pictures if each.is_left_out] == [step]
        assert pictures[-1].picture.shape == preparation.image_shape
        assert (pictures[-1].picture.ravel() != whole).any(), step.name


def test_all_steps_can_be_left_out(preparation: Preparation, draw) -> None:
    names = [step.name for step in preparation.steps]
    sample = preparation.sample(draw(50, 60, 150), names)
    assert sample.any()
    assert sample.max() <= preparation.maximum


def test_each_step_says_what_it_is_for_and_where_it_is_from(preparation: Preparation) -> None:
    for step in preparation.steps:
        assert all((step.name, step.title, step.meaning, step.source))


@pytest.mark.parametrize("name", PREPARATIONS)
def test_samples_have_the_shape_and_the_range_of_the_dataset(name: str) -> None:
    if name == "digits":
        dataset, made = load(name), PREPARATIONS[name]
        assert (made.image_shape, made.maximum) == (dataset.image_shape, dataset.maximum)
    assert PREPARATIONS[name].name == name


def test_an_unknown_step_is_refused(preparation: Preparation, blank: Ink) -> None:
    with pytest.raises(ValueError, match=r"There is no step 'sharpen' in '.*'. Its steps are: "):
        preparation.sample(blank, ["sharpen"])


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((28, 28)), r"this one is float64 of shape \(28, 28\)"),
        (np.zeros((28, 28, 3), np.uint8), r"uint8 of shape \(28, 28, 3\)"),
        (np.zeros((0, 28), np.uint8), "1 to 2,048 pixels a side; this one has 28 x 0"),
        (np.zeros((1, MAX_SIDE + 1), np.uint8), "this one has 2,049 x 1. Make it smaller"),
    ],
)
def test_what_is_no_drawing_is_refused(
    preparation: Preparation, picture: np.ndarray, message: str
) -> None:
    with pytest.raises(DrawingError, match=message):
        preparation.pictures(picture)


def unusual() -> dict[str, Ink]:
    blank = np.zeros((280, 280), np.uint8)
    thin, row, dot, faint, corners = (blank.copy() for _ in range(5))
    thin[:, 0] = 255
    row[-1] = 255
    dot[100, 200] = 255
    faint[100:180, 90] = 1
    corners[0, 0] = corners[-1, -1] = 255
    return {
        "empty": blank,
        "full": ~blank,
        "thin line at the border": thin,
        "lowest row": row,
        "dot": dot,
        "faint": faint,
        "corners": corners,
        "one pixel": np.full((1, 1), 255, np.uint8),
        "one row": np.full((1, 280), 255, np.uint8),
        "high": np.full((MAX_SIDE, 3), 9, np.uint8),
    }


@pytest.mark.parametrize("name", unusual())
def test_unusual_drawings_have_sensible_samples(preparation: Preparation, name: str) -> None:
    drawing = unusual()[name]
    names = [step.name for step in preparation.steps]
    for left_out in ([], names, *([each] for each in names)):
        sample = preparation.sample(drawing, left_out)
        assert sample.dtype == np.uint8
        assert sample.max() <= preparation.maximum
    assert preparation.sample(drawing).any() == (name != "empty")


def test_place_and_size_change_hardly_anything(
    preparation: Preparation, draw: Callable[..., Ink]
) -> None:
    usual = preparation.sample(draw(60, 60, 160)).astype(int)
    for left, top, size in [(10, 20, 160), (100, 90, 160), (150, 20, 80), (20, 20, 240)]:
        other = preparation.sample(draw(left, top, size)).astype(int)
        assert np.abs(other - usual).sum() < 0.12 * usual.sum(), (left, top, size)
