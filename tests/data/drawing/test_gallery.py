"""Kept drawings, and the files that they go into and come back from."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from data.drawing import PREPARATIONS, DrawingError
from data.drawing import gallery as limits
from data.drawing.gallery import Gallery, KeptDrawing, as_png, check_label, samples_of
from data.drawing.gallery_files import read_gallery, to_npz, to_zip
from data.drawing.strokes import read_strokes
from data.own import images, load_own
from tests.data.drawing.conftest import FIVE, SEVEN

PAD = (280.0, 300.0)


def written(lines=SEVEN, label: int | None = 7, pen: float = 16.0) -> KeptDrawing:
    strokes = [
        np.column_stack([np.array(line) * 150 + 60, np.full(len(line), pen)]) for line in lines
    ]
    return KeptDrawing(strokes, PAD, label=label)


def kept(*drawings: KeptDrawing) -> Gallery:
    gallery = Gallery()
    gallery.add(drawings)
    return gallery


@pytest.fixture
def gallery() -> Gallery:
    return kept(written(), written((FIVE,), 5), written(label=None))


# --- Keeping ----------------------------------------------------------------------------


def test_drawings_are_numbered_labeled_and_deleted(gallery: Gallery) -> None:
    first, second, third = gallery.drawings
    assert [drawing.number for drawing in gallery.drawings] == [1, 2, 3]
    assert gallery.labeled == [first, second]
    third.label = 7
    gallery.remove(first)
    assert gallery.labeled == [second, third]
    gallery.add([written()])
    assert gallery.drawings[-1].number == 4  # a number is never given again
    gallery.clear()
    assert gallery.drawings == []


def test_drawings_become_samples_on_the_scale_of_the_dataset(gallery: Gallery) -> None:
    preparation = PREPARATIONS["digits"]
    X = samples_of(gallery.labeled, preparation, 16)
    assert (X.shape, X.dtype) == ((2, 64), np.float32)
    np.testing.assert_array_equal(X[1], preparation.sample(gallery.drawings[1].ink))
    np.testing.assert_allclose(samples_of(gallery.labeled, preparation, 1), X / 16)


def test_a_thumbnail_is_the_drawing_made_small(gallery: Gallery) -> None:
    drawing = gallery.drawings[0]
    assert drawing.thumbnail.shape == (32, 32)
    assert drawing.thumbnail.mean() == pytest.approx(drawing.ink.mean(), abs=0.5)


def test_a_gallery_is_bounded(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_DRAWINGS", 4)
    with pytest.raises(DrawingError, match="room for 4 drawings, and these would be 5"):
        gallery.add([written(), written()])
    monkeypatch.setattr(limits, "MAX_BYTES", 400)
    with pytest.raises(DrawingError, match=r"would take 0\.0 MB; a gallery has room for 0\.0004"):
        gallery.add([written()])
    with pytest.raises(DrawingError, match="nothing on the pad"):
        gallery.add([KeptDrawing()])
    assert len(gallery.drawings) == 3  # all or none


def test_what_a_gallery_takes_is_not_more_than_it_says() -> None:
    tracemalloc.start()
    drawing = KeptDrawing(read_strokes([[[5, 5, 5]]] * 1000, PAD), PAD)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert drawing.n_bytes > 0.8 * taken


@pytest.mark.parametrize("label", [10, -1, True, 7.0, "7", [7]])
def test_a_label_is_a_digit(label: object) -> None:
    with pytest.raises(DrawingError, match="labeled with a digit, 0 to 9, and not with"):
        check_label(label)
    assert [check_label(good) for good in (None, 0, 9)] == [None, 0, 9]


# --- There and back ---------------------------------------------------------------------


def test_strokes_come_back_as_they_are(gallery: Gallery) -> None:
    gallery.add([KeptDrawing(png=as_png(written((FIVE,)).ink), label=3)])
    content = to_npz(gallery.drawings)
    back = read_gallery("mine.NPZ", content)
    assert [drawing.label for drawing in back] == [7, 5, None, 3]
    assert [drawing.pad for drawing in back[:3]] == [PAD] * 3
    for before, after in zip(gallery.drawings, back, strict=True):
        np.testing.assert_array_equal(before.ink, after.ink)
        assert len(before.strokes) == len(after.strokes)
        for ours, theirs in zip(before.strokes, after.strokes, strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("kind", ["npz", "zip"])
def test_images_come_back_with_their_labels(gallery: Gallery, kind: str) -> None:
    content = to_npz(kept(*map(image_of, gallery.drawings)).drawings)
    content = content if kind == "npz" else to_zip(gallery.drawings)
    back = read_gallery(f"mine.{kind}", content)
    pictures = {drawing.label: drawing.ink for drawing in back}
    assert all(not drawing.strokes for drawing in back)
    for drawing in gallery.drawings:
        np.testing.assert_array_equal(pictures[drawing.label], drawing.ink)


def image_of(drawing: KeptDrawing) -> KeptDrawing:
    return KeptDrawing(png=as_png(drawing.ink), label=drawing.label)


def test_dark_ink_on_paper_is_inverted() -> None:
    paper = 255 - written().ink
    back = read_gallery("photo.zip", zipped({"7/a.png": png(paper)}))[0]
    np.testing.assert_array_equal(back.ink, written().ink)


def test_a_photo_is_shrunk_with_its_proportions_kept() -> None:
    ink = np.zeros((600, 300), np.uint8)
    ink[100:500, 100:200] = 255
    back = read_gallery("photo.zip", zipped({"1/a.png": png(ink)}))[0]
    rows, columns = np.nonzero(back.ink > 127)
    assert np.ptp(rows) / np.ptp(columns) == pytest.approx(4, abs=0.2)


def test_the_images_can_be_loaded_as_own_data() -> None:
    gallery = kept(*(written(lines, label) for lines, label in ((SEVEN, 7), ((FIVE,), 5)) * 3))
    gallery.add([written(label=None)])  # in the .zip, it is in no folder
    dataset = load_own(("drawings.zip", to_zip(gallery.drawings)))
    assert (dataset.class_names, dataset.image_shape) == (("5", "7"), (64, 64))
    assert dataset.labels.tolist() == [0] * 3 + [1] * 3
    assert dataset.inverted_from is None  # ink is high already


# --- Files from anyone ------------------------------------------------------------------


def png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def npz(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **{name: np.asarray(array) for name, array in arrays.items()})
    return file.getvalue()


def arrays_of(*drawings: KeptDrawing, **changes: object) -> bytes:
    with np.load(io.BytesIO(to_npz(drawings))) as arrays:
        return npz(**(dict(arrays) | changes))


def images_of(n: int = 2, height: int = 8, width: int = 8) -> np.ndarray:
    return np.zeros((n, height, width), np.uint8)


SEVENS = written(), written()  # two strokes each, of 3 and 2 points
DRAWN = np.full((10, 3), 5.0)

WRONG: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "kind": ("mine.pdf", bytes, r"is no gallery. Take a file that ends in \.npz or \.zip"),
    "damaged": ("a.npz", lambda: b"PK", "The .npz file cannot be read; it is damaged"),
    "damaged zip": ("a.zip", lambda: b"PK", "The .zip file cannot be read; it is damaged"),
    "missing": ("a.npz", lambda: npz(images=images_of()), "has no array named labels"),
    "half of the strokes": (
        "a.npz",
        lambda: npz(images=images_of(), labels=[1, 2], points=DRAWN, pads=np.ones((2, 2))),
        "has no array named drawing_ends or stroke_ends",
    ),
    "none": ("a.npz", lambda: npz(images=images_of(0), labels=np.array([], int)), "no drawings"),
    "none in a zip": ("a.zip", lambda: zipped({"7/a.txt": b""}), "There are no drawings"),
    "pickled": (
        "a.npz",
        lambda: npz(images=images_of(), labels=np.array([{}, {}], object)),
        r"'labels' should be integers, \(n,\), but it is object",
    ),
    "type": (
        "a.npz",
        lambda: npz(images=images_of().astype(float), labels=[1, 2]),
        "'images' should be bytes, .* but it is float64 of shape",
    ),
    "wide": (
        "a.npz",
        lambda: npz(images=images_of().astype(np.uint32), labels=[1, 2]),
        "but it is uint32",
    ),
    "shape": (
        "a.npz",
        lambda: arrays_of(*SEVENS, points=np.ones((10, 2))),
        r"'points' should be .* but it is float64 of shape \(10, 2\)",
    ),
    "count": (
        "a.npz",
        lambda: npz(images=images_of(3), labels=[1, 2]),
        "There are 3 images, but 'labels' has 2 rows",
    ),
    "label": (
        "a.npz",
        lambda: npz(images=images_of(), labels=[1, 12]),
        "labeled with a digit, 0 to 9, and not with '12'",
    ),
    "too many": (
        "a.npz",
        lambda: npz(images=images_of(201, 1, 1), labels=np.zeros(201, int)),
        "room for 200 drawings, and these would be 201",
    ),
    "too many in a zip": (
        "a.zip",
        lambda: zipped({f"1/{i}.png": b"" for i in range(201)}),
        "room for 200 drawings, and these would be 201",
    ),
    "large": (
        "a.npz",
        lambda: npz(images=images_of(height=300), labels=[1, 2]),
        "images have 8 x 300 pixels; 1 to 256 a side",
    ),
    "many points": (
        "a.npz",
        lambda: arrays_of(*SEVENS, points=np.ones((200_001, 3))),
        "'points' has 200,001 rows; at most 200,000",
    ),
    "a long drawing": (
        "a.npz",
        lambda: arrays_of(
            *SEVENS, points=np.ones((10_006, 3)), stroke_ends=[10_001, 10_002, 10_004, 10_006]
        ),
        "Drawing 0, counted from 0, has 10,002 points; at most 10,000",
    ),
    "pad": (
        "a.npz",
        lambda: arrays_of(*SEVENS, pads=np.full((2, 2), np.nan)),
        "pad of drawing 0, counted from 0, has the size nan x nan",
    ),
    "tiny pad": (
        "a.npz",
        lambda: arrays_of(*SEVENS, pads=np.full((2, 2), 1e-306), points=np.zeros((10, 3))),
        "has the size 1e-306 x 1e-306, but each side must be from 0.001 to 100,000",
    ),
    "points": (
        "a.npz",
        lambda: arrays_of(*SEVENS, points=np.full((10, 3), np.nan)),
        "three finite numbers",
    ),
    "far": ("a.npz", lambda: arrays_of(*SEVENS, points=DRAWN * 1e6), "far outside the pad"),
    "falling ends": (
        "a.npz",
        lambda: arrays_of(*SEVENS, stroke_ends=[3, 2, 8, 10]),
        "'stroke_ends' should rise up to 10, and they do not",
    ),
    "short ends": (
        "a.npz",
        lambda: arrays_of(*SEVENS, drawing_ends=[2, 3]),
        "'drawing_ends' should rise up to 4",
    ),
    "folder": (
        "a.zip",
        lambda: zipped({"letters/a.png": png(images_of()[0])}),
        "'letters/a.png' is in a folder that is no digit",
    ),
    "no image": ("a.zip", lambda: zipped({"7/a.png": b"no"}), "'7/a.png' cannot be read"),
    "outside": ("a.zip", lambda: zipped({"../7/a.png": b""}), "points outside the .zip file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_described(case: str) -> None:
    name, content, message = WRONG[case]
    with pytest.raises(DrawingError, match=message):
        read_gallery(name, content())


def test_what_declares_too_much_is_refused_before_it_is_unpacked(
    peak_memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.own.checks.MAX_UNPACKED_BYTES", 2**20)
    bomb = zipped({"images.npy": bytes(2**21), "labels.npy": b""})
    with pytest.raises(DrawingError, match=r"Unpacked, the data would have 2\.0 MiB"):
        read_gallery("a.npz", bomb)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"shape": (10**9, 99, 99), "fortran_order": False, "descr": "|u1"}
    )
    content = zipped({"images.npy": header.getvalue(), "labels.npy": header.getvalue()})

    def read() -> None:
        with pytest.raises(DrawingError):
            read_gallery("a.npz", content)

    assert peak_memory(read) < 10_000_000


def test_a_large_file_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.own.checks.MAX_BYTES", 10)
    with pytest.raises(DrawingError, match="MiB; at most 0 are possible"):
        read_gallery("a.zip", bytes(11))


def test_too_many_pixels_in_all_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.drawing.gallery_files.MAX_ALL_PIXELS", 100)
    content = zipped({f"1/{i}.png": png(images_of()[0]) for i in range(2)})
    with pytest.raises(DrawingError, match="more than 100 pixels in all"):
        read_gallery("a.zip", content)


def test_images_are_unpacked_one_reader_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    read = images.read_gray
    monkeypatch.setattr(
        "data.drawing.gallery_files.read_gray",
        lambda file: held.append(images.ONE_AT_A_TIME.locked()) or read(file),
    )
    read_gallery("a.zip", to_zip([written()]))
    assert held == [True]


def use(name: str, content: bytes) -> bool:
    """Say whether a file is a gallery; if it is, all of it can be used."""
    try:
        drawings = read_gallery(name, content)
    except DrawingError:
        return False
    for drawing in drawings:
        drawing.sample(PREPARATIONS["digits"])
    return True


@pytest.mark.parametrize("pack", [to_npz, to_zip])
def test_damage_gives_a_gallery_or_a_drawing_error(pack: Callable[..., bytes]) -> None:
    rng, original = np.random.default_rng(0), pack(SEVENS)
    are_read = []
    for _ in range(100):
        content = bytearray(original)
        for _ in range(rng.integers(1, 5)):
            content[rng.integers(len(content))] = rng.integers(256)
        are_read.append(use("a.npz" if pack is to_npz else "a.zip", bytes(content)))
    assert not all(are_read)


def test_arrays_with_any_number_in_them_give_a_gallery_or_a_drawing_error() -> None:
    rng, are_read = np.random.default_rng(0), []
    with np.load(io.BytesIO(to_npz(SEVENS))) as file:
        original = dict(file)
    extremes = [np.nan, np.inf, -np.inf, 1e308, -1.0, 0.0, 1e-308, 2**62, -(2**62)]
    for _ in range(150):
        arrays = {name: array.copy() for name, array in original.items()}
        array = arrays[rng.choice(sorted(arrays))]
        value = rng.choice(extremes)
        with np.errstate(invalid="ignore"):
            array.flat[rng.integers(array.size)] = np.asarray(value).astype(array.dtype)
        are_read.append(use("a.npz", npz(**arrays)))
    assert {True, False} == set(are_read)
