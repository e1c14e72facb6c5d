import numpy as np
import pytest

from data.drawing import PREPARATIONS, Ink
from data.drawing.as_digits import (
    binarize,
    count_blocks,
    dilate,
    erode,
    normalize_stroke_width,
    one_of_each_block,
    shear,
    stretch,
)


def field(rows: slice | int, columns: slice | int) -> Ink:
    ink = np.zeros((32, 32), np.uint8)
    ink[rows, columns] = 255
    return ink


def count(ink: Ink) -> int:
    return int(np.count_nonzero(ink))


def test_each_pixel_is_ink_or_blank_and_a_pale_pen_counts() -> None:
    pale = np.zeros((200, 200), np.uint8)
    pale[50:60, 50:150], pale[60:70, 50:150] = 40, 10
    assert (np.unique(binarize(pale)) == [0, 255]).all()
    assert count(binarize(pale)) == 10 * 100
    assert max(binarize(pale[:20, :10]).shape) == 128  # enlarged, as small as it is


def test_every_digit_is_20_wide_and_32_high() -> None:
    for shape in [(300, 20), (20, 300), (5, 5)]:
        ink = stretch(np.full(shape, 255, np.uint8))
        assert (ink == field(slice(None), slice(6, 26))).all()


def test_stretched_ink_stays_black_and_white_and_gray_stays_gray() -> None:
    ring = np.full((150, 150), 255, np.uint8)
    ring[10:140, 10:140] = 0
    assert (np.unique(stretch(ring)) == [0, 255]).all()
    assert len(np.unique(stretch(ring // 2))) > 2


def test_thin_strokes_do_not_vanish() -> None:
    diagonal = np.eye(256, dtype=np.uint8) * np.uint8(255)
    assert (stretch(diagonal).any(axis=1)).all()


def test_erosion_and_dilation_know_four_neighbors() -> None:
    assert count(erode(field(slice(10, 13), slice(10, 13)))) == 1
    assert count(dilate(field(10, 10))) == 5
    assert count(erode(field(slice(0, 3), slice(0, 3)))) == 1  # blank outside


@pytest.mark.parametrize(
    ("height", "width", "layers"),
    [
        (28, 20, -1),  # 560
        (29, 20, -2),
        (20, 20, 0),  # 400
        (21, 20, -1),  # 420
        (16, 16, 0),  # 256
        (15, 17, 1),  # 255
        (9, 12, 1),  # 108
        (7, 15, 2),  # 105
    ],
)
def test_layers_are_added_or_taken_by_the_count_of_ink(
    height: int, width: int, layers: int
) -> None:
    top, left = (32 - height) // 2, (32 - width) // 2
    evened = normalize_stroke_width(field(slice(top, top + height), slice(left, left + width)))
    assert count(evened[:, 16]) == height + 2 * layers
    assert count(evened[16]) == width + 2 * layers


def test_rows_are_moved_until_the_left_edge_is_upright() -> None:
    slanted = np.zeros((32, 32), np.uint8)
    for r in range(32):
        start = 20 - r // 4  # leans to the right by a pixel every four rows
        slanted[r, start : start + 5] = 255
    lefts = shear(slanted).argmax(axis=1)
    assert set(lefts) <= {15, 16, 17}
    assert lefts[2] == lefts[29]
    f = (int(slanted[2].argmax()) - int(slanted[29].argmax())) / 27
    expected = [slanted[r].argmax() + round((r - 16) * f) for r in range(32)]
    assert lefts.tolist() == expected


def test_ink_that_is_moved_out_of_the_field_is_lost() -> None:
    slanted = np.zeros((32, 32), np.uint8)
    slanted[[0, 31], [16, 16]] = slanted[2, 0] = slanted[29, 27] = 255  # f = -1
    sheared = shear(slanted)
    assert np.argwhere(sheared).tolist() == [[2, 14], [29, 14], [31, 1]]


@pytest.mark.parametrize("ink", [field(slice(10, 15), slice(3, 20)), field([0, 31], 9)])
def test_what_is_too_low_or_has_no_ink_where_it_is_looked_for_stays(ink: Ink) -> None:
    assert (shear(ink) == ink).all()


def test_blocks_are_counted() -> None:
    ink = field(slice(0, 4), slice(0, 4)) | field(5, slice(4, 7))
    counts = count_blocks(ink)
    assert (counts[0, 0], counts[1, 1], counts.sum()) == (16, 3, 19)
    assert one_of_each_block(ink)[0, 0] == 16
    assert count_blocks(ink // 2)[0, 0] == 8  # half ink counts half


def test_digits_have_as_much_ink_as_those_of_the_dataset(draw) -> None:
    assert 230 < PREPARATIONS["digits"].sample(draw(20, 20, 200)).sum() < 420
