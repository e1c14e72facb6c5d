import numpy as np
import pytest

from data.datasets import load
from data.drawing import PREPARATIONS, Ink
from data.drawing.as_mnist import center, raise_contrast, scale
from tests.data.conftest import skip_unless_at_hand

AS_MNIST = PREPARATIONS["mnist"]


def center_of_mass(image: Ink) -> tuple[float, float]:
    rows, columns = np.indices(image.shape)
    return np.average(rows, weights=image), np.average(columns, weights=image)


@pytest.mark.parametrize(("shape", "scaled"), [((100, 50), (20, 10)), ((3, 300), (1, 20))])
def test_the_longer_side_gets_20_pixels(shape: tuple[int, int], scaled: tuple[int, int]) -> None:
    assert scale(np.full(shape, 255, np.uint8)).shape == scaled


def test_edges_are_gray() -> None:
    steps = np.kron(np.tri(7, dtype=np.uint8) * np.uint8(255), np.ones((9, 9), np.uint8))
    assert len(np.unique(scale(steps))) > 5


def test_the_darkest_pixel_becomes_full_ink_and_the_rest_in_proportion() -> None:
    pale = np.array([[0, 51, 102]], np.uint8)
    assert raise_contrast(pale).tolist() == [[0, 128, 255]]


def test_the_center_of_mass_is_in_the_middle(draw) -> None:
    for left, top, size in [(10, 20, 200), (120, 90, 90), (30, 200, 60)]:
        image = AS_MNIST.sample(draw(left, top, size)).reshape(28, 28)
        np.testing.assert_allclose(center_of_mass(image), 14, atol=0.5)


def test_no_ink_is_lost_at_the_border() -> None:
    lopsided = np.zeros((20, 20), np.uint8)
    lopsided[0, :2] = 255  # all but a thin line is on the left
    lopsided[:, 0] = 255
    lopsided[10] = 9
    assert center(lopsided).sum() == lopsided.sum()


def test_images_of_mnist_stay_as_they_are() -> None:
    """They have been through all this once; some lose a pale edge and are scaled a little."""
    skip_unless_at_hand("mnist")
    images = load("mnist").X[60_000:60_300].reshape(-1, 28, 28)
    made = np.stack([AS_MNIST.sample(image) for image in images]).reshape(images.shape)
    is_same = (np.abs(made - images.astype(int)) <= 1).all(axis=(1, 2))
    assert is_same.mean() > 0.6
    for image in made:
        np.testing.assert_allclose(center_of_mass(image), 14, atol=0.5)
