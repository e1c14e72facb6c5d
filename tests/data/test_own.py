"""The reader's own data: what can be read, and the messages for all else."""

import io
import math
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from data.datasets import load
from data.own import OwnDataError, images, inverted, load_own
from data.own import checks as limits
from data.own import table as own_table

LABELS = "aabbab"


def table(*rows: str, header: str = "") -> bytes:
    return "\n".join([header] * bool(header) + list(rows)).encode()


ROWS = [f"{i},{i / 2},{label}" for i, label in enumerate(LABELS)]


def own(content: bytes, name: str = "my.csv"):
    return load_own((name, content))


def refuse(content: bytes, message: str, name: str = "my.csv") -> None:
    with pytest.raises(OwnDataError, match=message):
        own(content, name)


# --- Tables ---------------------------------------------------------------------------


def test_a_table_becomes_a_dataset() -> None:
    dataset = own(table(*ROWS), "my flowers.csv")
    assert (dataset.name, dataset.title) == ("own", "my flowers")
    assert dataset.X.dtype == np.float32
    np.testing.assert_array_equal(dataset.X, [[i, i / 2] for i in range(6)])
    assert dataset.class_names == ("a", "b")
    assert "".join(dataset.class_names[label] for label in dataset.labels) == LABELS
    assert dataset.maximum == 5
    assert dataset.image_shape is None
    assert not dataset.X.flags.writeable


@pytest.mark.parametrize("header", ["width,height,species", "x,y_position,Label", "1st,2,label"])
def test_a_header_is_distinguished_from_samples(header: str) -> None:
    assert own(table(*ROWS, header=header)).n_samples == 6


def test_a_table_keeps_the_names_of_its_columns() -> None:
    rows = [f"{i},{label},{i / 2}" for i, label in enumerate(LABELS)]
    assert own(table(*rows, header="width,class, height\t\x07")).feature_names == (
        "width",
        "height",
    )
    assert own(table(*ROWS)).feature_names == ()


@pytest.mark.parametrize("name", ["label", "Class", " target ", "y", "LABEL"])
def test_a_named_label_column_may_be_anywhere(name: str) -> None:
    rows = [f"{label},{i},{-i}" for i, label in enumerate(LABELS)]
    dataset = own(table(*rows, header=f"{name},p,q"))
    np.testing.assert_array_equal(dataset.X[:, 1], [-i for i in range(6)])
    assert dataset.class_names == ("a", "b")
    assert dataset.maximum == 5


def test_labels_may_be_numbers_and_are_sorted_as_such() -> None:
    rows = [f"1,{label}" for label in (10, 2, 9) * 3]
    assert own(table(*rows)).class_names == ("2", "9", "10")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_a_table_may_be_encoded_in_several_ways(encoding: str) -> None:
    text = "größe,label\n" + "1,süß\n2,sauer\n" * 3
    assert own(text.encode(encoding)).class_names == ("sauer", "süß")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_may_be_separated_in_several_ways(delimiter: str, end: str) -> None:
    lines = [row.replace(",", delimiter) for row in ROWS]
    assert own(end.join([*lines, "", delimiter * 2, ""]).encode()).X.shape == (6, 2)


def test_a_label_in_quotes_may_hold_commas() -> None:
    assert own(table(*['1,"a, b"', '2,"c"'] * 3)).class_names == ("a, b", "c")


def test_a_label_may_have_spaces_around_it() -> None:
    assert own(table(*["1, a", "2,a ", "3,b"] * 3)).class_names == ("a", "b")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("five", "five"),
        ("", ""),
        ("nan", "nan"),
        ("inf", "inf"),
        ("-inf", "-inf"),
        ("1e99", "inf"),
        ("-2e30", r"-2e\+30"),
    ],
)
def test_a_cell_that_is_not_a_number_is_named_with_its_place(cell: str, shown: str) -> None:
    rows = [*ROWS[:3], "", f"7,{cell},b", *ROWS[3:]]
    refuse(table(*rows), f"Row 5, column '2' holds '{shown}'")
    refuse(table(*rows, header="p,q,label"), f"Row 6, column 'q' holds '{shown}'")


def test_a_comma_in_a_number_is_pointed_out() -> None:
    refuse(table(*["1;2,5;a", "1;3;b"] * 3), "column '2' holds '2,5'.* a point before its decimals")


WRONG_TABLES = {
    "empty": (b"", "The file is empty"),
    "blank": (b"\n\n  \n", "This is not a table: .* but has 0"),
    "one column": (table("1", "2"), "This is not a table: .* but has 1. Put commas"),
    "header only": (b"p,q,label\n", "There are 0 samples; 1 to 100,000 are possible"),
    "ragged": (table(*ROWS, "1,2"), "Row 7 has 2 columns, but the first row has 3"),
    "too wide a row": (table(*ROWS, "1,2,3,a"), "Row 7 has 4 columns"),
    "no label": (table(*ROWS, "1,2, "), "Row 7 has no label. Give it one"),
    "label nan": (table(*ROWS, "1,2,NaN"), "Row 7 has no label"),
    "open quote": (table(*ROWS, '1,2,"a'), "Row 7 has a quotation mark without its partner"),
    "broken line": (table('1,"a', 'b"'), "Row 1 .* a line break between two of them. Take them"),
    "workbook": (b"PK\3\4\24\0\6\0\b\0", "This is not a table in plain text. .* as 'CSV UTF-8'"),
    "utf-16": ("1,a\n2,b\n".encode("utf-16-le"), "This is not a table in plain text"),
    "utf-32": ("1,a\n2,b\n".encode("utf-32"), "This is not a table in plain text"),
    "one class": (table(*["1,a"] * 9), "belong to one class, 'a', but two or more are needed"),
    "numbers": (table(*[f"1,{i}" for i in range(101)]), "101 different values, but at most 100"),
    "rare": (table(*ROWS, "1,2,c", "1,2,c"), "Class 'c' has too few samples, 2; every .* needs 3"),
    "wide": (table(",".join(["1"] * 4098)), "A sample has 4,097 features; 1 to 4,096"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "This is not a table|Row"),
    "long line": (b"1," * 70_000, "Row 1 has 140,000 characters; at most 131,072"),
}


@pytest.mark.parametrize("case", WRONG_TABLES)
def test_a_wrong_table_is_described(case: str) -> None:
    refuse(*WRONG_TABLES[case])


def test_too_many_samples_are_refused_while_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SAMPLES", 5)
    refuse(table(*ROWS, "not a sample"), "There are 6 samples; 1 to 5 are possible")


def test_empty_rows_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_table, "MAX_ROWS", 9)
    assert own(table(*ROWS, "", "", "")).n_samples == 6
    refuse(
        table(*ROWS, "", "", "", "", ""), "more than 9 rows, counted with the empty ones. Save it"
    )
    refuse(b"\n" * 10, "more than 9 rows")


def test_too_many_numbers_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_VALUES", 11)
    refuse(table(*ROWS), "6 samples of 2 features are more than 11 numbers")


def test_a_table_takes_little_more_memory_than_it_has_bytes(peak_memory) -> None:
    content = b"0.123456,1.5,a\n2,3,b\n" * 5_000
    assert peak_memory(lambda: own(content)) < 12 * len(content)


def test_all_features_zero_leave_something_to_divide_by() -> None:
    assert own(table(*["0,a", "0,b"] * 3)).maximum == 1


# --- Files ----------------------------------------------------------------------------


def test_a_file_is_read_like_its_content(tmp_path: Path) -> None:
    (tmp_path / "My.CSV").write_bytes(table(*ROWS))
    np.testing.assert_array_equal(load_own(tmp_path / "My.CSV").X, own(table(*ROWS)).X)


@pytest.mark.parametrize("name", ["letter.docx", "data", "data.csv.exe", ".csv"])
def test_another_kind_of_file_is_refused_by_its_name(name: str) -> None:
    refuse(table(*ROWS), "not of a kind that can be read.*csv, .npz, .zip, or a folder", name)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OwnDataError, match=r"'gone.csv' cannot be read: No such file"):
        load_own(tmp_path / "gone.csv")


def test_a_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 2**20)
    (tmp_path / "large.csv").write_bytes(bytes(2**21))
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("was read"))
    with pytest.raises(OwnDataError, match=r"The data have 2\.0 MiB; at most 1 are possible"):
        load_own(tmp_path / "large.csv")
    refuse(bytes(2**21), "The data have 2")


# --- Arrays ---------------------------------------------------------------------------


def npz(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


X6 = np.arange(12.0).reshape(6, 2)
Y6 = np.array(list(LABELS))


@pytest.mark.parametrize("feature_name", ["X", "x", "data", "pixels", "images"])
@pytest.mark.parametrize("label_name", ["y", "labels", "target"])
def test_arrays_become_a_dataset(feature_name: str, label_name: str) -> None:
    dataset = own(npz(**{feature_name: X6, label_name: Y6}), "my.npz")
    assert dataset.X.dtype == np.float32
    np.testing.assert_array_equal(dataset.X, X6)
    assert dataset.class_names == ("a", "b")
    assert dataset.image_shape is None


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32, np.float64, ">f4", bool])
@pytest.mark.parametrize("order", ["C", "F"])
def test_images_are_flattened_and_bytes_stay_bytes(dtype, order: str) -> None:
    images = np.asarray(np.arange(6 * 4 * 3).reshape(6, 4, 3) % 5, dtype, order=order)
    dataset = own(npz(images=images, y=Y6), "my.npz")
    np.testing.assert_array_equal(dataset.X, images.reshape(6, 12))
    assert dataset.X.dtype == (np.uint8 if dtype in (np.uint8, bool) else np.float32)
    assert dataset.image_shape == (4, 3)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([1, 0] * 3),
        np.array([1.0, 0] * 3),
        np.array(["1", "0"] * 3),
        np.array([b"1", b"0"] * 3),
    ],
)
def test_labels_may_be_of_any_plain_type(labels: np.ndarray) -> None:
    assert own(npz(X=X6, y=labels), "my.npz").class_names == ("0", "1")


class Bomb:
    def __reduce__(self):
        return pytest.fail, ("was unpickled",)


def with_nan(i: int, j: int) -> np.ndarray:
    X = X6.copy()
    X[i, j] = math.nan
    return X


def npy_header(shape: tuple[int, ...], descr: str = "|u1") -> bytes:
    """The header of an array, of bytes for example."""
    header = io.BytesIO()
    fields = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(header, fields)
    return header.getvalue()


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


WRONG_ARRAYS = {
    "not a zip file": (b"hello", "The .npz file cannot be read; it is damaged"),
    "cut short": (npz(X=X6, y=Y6)[:-30], "The .npz file cannot be read"),
    "no features": (npz(a=X6, y=Y6), "has no features: an array named X or x .* there are a, y"),
    "no labels": (npz(X=X6), "has no labels: an array named y or labels"),
    "nothing": (zipped({}), "has no features: .* there are none"),
    "one dimension": (npz(X=X6[:, 0], y=Y6), r"should have the shape .* \(6,\) and \(6,\)"),
    "color": (npz(X=np.zeros((6, 2, 2, 3)), y=Y6), r"these have \(6, 2, 2, 3\) and \(6,\)"),
    "counts": (npz(X=X6, y=Y6[:5]), r"these have \(6, 2\) and \(5,\)"),
    "no samples": (npz(X=X6[:0], y=Y6[:0]), r"array 'X' is empty, its shape is \(0, 2\)"),
    "nan": (npz(X=with_nan(3, 1), y=Y6), "Sample 3, feature 1, counted from 0, is nan"),
    "too large a number": (npz(X=X6 * 1e99, y=Y6), "Sample 0, feature 1, counted from 0, is inf"),
    "a large number": (
        npz(X=X6 * 1e30, y=Y6),
        r"Sample 1, feature 0, .*is 2e\+30, but .*1e\+30 at",
    ),
    "text": (npz(X=X6.astype(str), y=Y6), "The features are text, but numbers were expected"),
    "complex": (npz(X=X6 * 1j, y=Y6), "'X' is of the type complex128, but numbers were expected"),
    "missing label": (npz(X=X6, y=[1, 2, 1, 2, 1, math.nan]), "Sample 5, .* has no label"),
    "broken header": (zipped({"X.npy": b"\x93NUMPY\1\0\4\0oops", "y.npy": b""}), "cannot be read"),
    "negative": (
        zipped({"X.npy": npy_header((-1, 5))}),
        r"array 'X' is empty, its shape is \(-1, 5\)",
    ),
    "short": (
        zipped({"X.npy": npy_header((5, 5)) + bytes(1), "y.npy": npy_header((5,)) + bytes(5)}),
        "The .npz file cannot be read",
    ),
    "wide labels": (npz(X=X6, y=["a", "b" * 81] * 3), "texts of up to 81 .* at most 80. Are they"),
    "many types": (
        npz(X=np.zeros(6, [(f"x{i}", "O") for i in range(99)]), y=Y6),
        r"'X' is of the type \[\('x0', 'O'\), .{26}, but numbers were expected",
    ),
    "features": (npz(X=np.zeros((6, 5000), np.uint8), y=Y6), "has 5,000 features"),
}


@pytest.mark.parametrize("case", WRONG_ARRAYS)
def test_wrong_arrays_are_described(case: str) -> None:
    refuse(*WRONG_ARRAYS[case], "my.npz")


@pytest.mark.parametrize("name", ["X", "y"])
def test_objects_are_never_unpickled(name: str) -> None:
    bombs = np.array([Bomb()] * 6, object)
    content = npz(**{"X": X6, "y": Y6, name: bombs})
    refuse(content, f"'{name}' is of the type object, .* never unpickled", "my.npz")


# --- Images ---------------------------------------------------------------------------


def picture(size=(4, 3), value=0, mode: str = "L", kind: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, size, value).save(stream, kind, **options)
    return stream.getvalue()


def classes(**changes: bytes) -> dict[str, bytes]:
    """Three black and three white images, in a folder each."""
    files = {
        f"{name}/{i}.png": picture(value=255 * (name == "white"))
        for i in range(3)
        for name in ("black", "white")
    }
    return files | changes


@pytest.fixture(params=["folder", "zip"])
def read_images(request: pytest.FixtureRequest, tmp_path: Path):
    """Load images out of a folder, or out of a zip file."""

    def read(files: dict[str, bytes]):
        if request.param == "zip":
            return load_own(("my.zip", zipped(files)))
        for name, content in files.items():
            path = tmp_path / "my" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        (tmp_path / "my").mkdir(exist_ok=True)
        return load_own(tmp_path / "my")

    return read


def test_images_become_a_dataset(read_images) -> None:
    dataset = read_images(classes())
    assert dataset.title == "my"
    assert dataset.class_names == ("black", "white")
    assert dataset.image_shape == (3, 4)
    assert dataset.X.dtype == np.uint8
    np.testing.assert_array_equal(dataset.X, 255 * dataset.labels[:, np.newaxis] * np.ones(12))
    assert dataset.unit == "brightness"


def digit_images(*, is_paper: bool) -> tuple[np.ndarray, bytes]:
    """The first 60 digits with white ink, and a zip file of them as they are or as on paper."""
    digits = load("digits")
    ink = np.minimum(digits.X[:60].reshape(-1, 8, 8) * 16, 255).astype(np.uint8)
    files = {}
    for i, (image, label) in enumerate(zip(ink, digits.labels, strict=False)):
        stream = io.BytesIO()
        Image.fromarray(255 - image if is_paper else image).save(stream, "PNG")
        files[f"{label}/{i:02}.png"] = stream.getvalue()
    order = np.argsort(digits.labels[:60], kind="stable")
    return ink[order].reshape(60, 64), zipped(files)


@pytest.mark.parametrize("is_paper", [True, False])
def test_ink_is_high_whether_digits_come_on_paper_or_on_black(is_paper: bool) -> None:
    ink, content = digit_images(is_paper=is_paper)
    dataset = own(content, "scans.zip")
    np.testing.assert_array_equal(dataset.X, ink)
    assert dataset.inverted_from == (255 if is_paper else None)
    assert dataset.unit == ("ink" if is_paper else "brightness")


def test_images_inverted_twice_are_as_they_were() -> None:
    for dataset in (own(digit_images(is_paper=True)[1], "a.zip"), own(npz(X=X6, y=Y6), "a.npz")):
        once = inverted(dataset)
        assert not np.array_equal(once.X, dataset.X)
        twice = inverted(once)
        np.testing.assert_allclose(twice.X, dataset.X, atol=1e-6)
        assert twice.inverted_from == dataset.inverted_from
        assert twice.maximum == pytest.approx(dataset.maximum)


def test_only_bytes_with_a_bright_border_are_inverted() -> None:
    light = np.full((6, 3, 3), 200, np.uint8)
    assert own(npz(X=light, y=Y6), "a.npz").inverted_from == 255
    half_dark = light.copy()
    half_dark[:3] = 20
    assert own(npz(X=half_dark, y=Y6), "a.npz").inverted_from is None
    for no_bytes in (light.astype(float), light.reshape(6, 9)):
        assert own(npz(X=no_bytes, y=Y6), "a.npz").inverted_from is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF"])
def test_several_kinds_of_images_are_read(read_images, kind: str) -> None:
    image = picture(mode="RGB", value=(80, 80, 80), kind=kind)
    dataset = read_images(classes(**{f"black/9.{kind}": image}))
    np.testing.assert_allclose(dataset.X[3], 80, atol=2)


def test_a_row_of_pixels_stays_a_row(read_images) -> None:
    image = Image.new("L", (4, 3))
    image.putpixel((3, 1), 200)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    dataset = read_images(classes(**{"black/0.png": stream.getvalue()}))
    assert dataset.X[0].reshape(3, 4)[1, 3] == 200


def test_all_images_take_the_size_of_the_first_shrunk(read_images) -> None:
    files = classes(**{"black/0.png": picture((640, 320)), "white/9.png": picture((7, 7), 255)})
    dataset = read_images(files)
    assert dataset.image_shape == (32, 64)
    assert set(np.unique(dataset.X)) == {0, 255}


def test_what_is_transparent_is_white(read_images) -> None:
    clear = picture(mode="RGBA", value=(0, 0, 0, 0))
    assert read_images(classes(**{"white/9.png": clear})).X[-1].min() == 255


MODES = [
    ("1", 1, "PNG", 255),
    ("P", 40, "PNG", None),
    ("LA", (40, 255), "PNG", 40),
    ("RGBA", (40, 40, 40, 255), "PNG", 40),
    ("CMYK", (0, 0, 0, 215), "JPEG", 40),
]


@pytest.mark.parametrize(("mode", "value", "kind", "gray"), MODES)
def test_an_image_in_any_colors_becomes_the_gray_that_pillow_makes_of_it(
    mode: str, value, kind: str, gray: int | None
) -> None:
    content = picture((5, 3), value, mode, kind)
    expected = np.asarray(Image.open(io.BytesIO(content)).convert("L")).reshape(-1)
    image = own(zipped(classes(**{f"black/0.{kind}": content})), "my.zip").X[0]
    np.testing.assert_array_equal(image, expected)
    assert gray is None or np.abs(image - float(gray)).max() <= 1


def test_pieces_of_a_large_image_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = Image.fromarray(np.arange(60 * 50, dtype=np.uint8).reshape(60, 50)).convert("RGBA")
    gradient.putalpha(Image.linear_gradient("L").resize((50, 60)))
    stream = io.BytesIO()
    gradient.save(stream, "PNG")
    content = zipped(classes(**{"black/0.png": stream.getvalue()}))
    whole = own(content, "my.zip").X
    monkeypatch.setattr(images, "PIECE", 16)
    np.testing.assert_array_equal(own(content, "my.zip").X, whole)


def test_only_the_first_picture_of_an_animation_is_read() -> None:
    stream = io.BytesIO()
    Image.new("L", (4, 3), 80).save(
        stream, "GIF", save_all=True, append_images=[Image.new("L", (4, 3), i) for i in range(9)]
    )
    assert set(own(zipped(classes(**{"black/0.gif": stream.getvalue()})), "my.zip").X[0]) == {80}


@pytest.mark.parametrize("name", ["x" * 81, "a\x1b[31mb"])
def test_a_folder_is_named_as_a_class_can_be(name: str) -> None:
    refuse(
        zipped(classes(**{f"{name}/{i}.png": picture() for i in range(3)})),
        "by its folder, has the label '.*', but a label is a name of at most 80 characters",
        "my.zip",
    )


def test_folders_of_a_zip_file_may_be_written_with_backslashes() -> None:
    files = {name.replace("/", "\\"): content for name, content in classes().items()}
    assert own(zipped(files), "my.zip").class_names == ("black", "white")
    refuse(zipped({"..\\a\\1.png": picture()}), "points outside the .zip file", "my.zip")


def test_an_image_file_that_cannot_be_opened_is_not_called_damaged(tmp_path, monkeypatch) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(picture())

    def refuse_to_read(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse_to_read)
    with pytest.raises(OwnDataError, match=r"'1.png' cannot be read: Permission denied\. Is it"):
        load_own(tmp_path)


def test_an_image_file_that_takes_too_much_is_refused_unread(monkeypatch) -> None:
    monkeypatch.setattr(images, "MAX_IMAGE_BYTES", 10)
    refuse(zipped(classes()), "'black/0.png' takes 0.0 MiB; at most 0 are possible", "my.zip")


def test_a_photo_taken_sideways_is_turned(read_images) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter
    photo = picture((8, 4), kind="JPEG", exif=exif.tobytes())
    assert read_images(classes(**{"black/0.jpg": photo})).image_shape == (8, 4)


def test_other_files_are_ignored(read_images) -> None:
    others = {
        "README.txt": b"hello",
        "cover.png": b"lies in no class",
        "black/notes.txt": b"hello",
        "black/.hidden.png": b"no image",
        "__MACOSX/black/0.png": b"no image",
    }
    assert read_images(classes()).n_samples == 6
    assert load_own(("my.zip", zipped(classes(**others)))).n_samples == 6


def test_folders_may_be_packed_within_another() -> None:
    files = {f"my animals/{name}": content for name, content in classes().items()}
    assert load_own(("my.zip", zipped(files))).class_names == ("black", "white")


WRONG_IMAGES = {
    "none": ({}, r"There are no images \(.png, .jpg, .* Put them into one folder for each class"),
    "no folders": ({"1.png": picture()}, "There are no images"),
    "broken": ({"black/1.png": b"hello"}, "The image 'black/1.png' cannot be read; it is damaged"),
    "cut short": ({"black/1.png": picture((99, 99))[:-30]}, "The image 'black/1.png' cannot be"),
    "another kind": ({"black/1.png": picture(kind="TIFF")}, "The image 'black/1.png' cannot be"),
    "huge": ({"black/1.png": picture((4097, 4096))}, "'black/1.png' has more than 16,777,216 pix"),
    "deep": ({"black/1.png": picture(mode="I;16")}, "has more than 256 shades of gray"),
    "one class": ({"black/1.png": picture()}, "belong to one class, 'black'"),
}


@pytest.mark.parametrize("case", WRONG_IMAGES)
def test_wrong_images_are_described(read_images, case: str) -> None:
    files, message = WRONG_IMAGES[case]
    with pytest.raises(OwnDataError, match=message):
        read_images(files)


def test_an_image_that_declares_an_enormous_size_is_refused(read_images) -> None:
    image = bytearray(picture())
    image[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(OwnDataError, match=r"The image 'black/1\.png' cannot be read"):
        read_images({"black/1.png": bytes(image)})


def test_an_image_too_large_for_pillow_is_only_too_large(monkeypatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    refuse(zipped(classes()), "'black/0.png' has more than 16,777,216 pixels. Make it", "my.zip")


def test_a_large_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(bytes(11))
    with pytest.raises(OwnDataError, match="at most 0 are possible"):
        load_own(tmp_path)


@pytest.mark.parametrize("name", ["../black/1.png", "/black/1.png", "black/../../1.png"])
def test_an_entry_that_points_outside_a_zip_file_is_refused(name: str) -> None:
    refuse(zipped(classes(**{name: picture()})), "points outside the .zip file", "my.zip")


# --- Decompression bombs --------------------------------------------------------------


def forged(content: bytes, size: int) -> bytes:
    """Let the directory of a zip file declare another size of each entry."""
    entries = content.split(limits.DIRECTORY_MARK)
    sizes = size.to_bytes(4, "little")
    return limits.DIRECTORY_MARK.join(
        [entries[0], *(entry[:20] + sizes + entry[24:] for entry in entries[1:])]
    )


BOMBS = {
    "one": ("my.zip", forged(zipped({"a/1.png": b""}), 2**28), "would have 256.0 MiB; at most"),
    "many": ("my.zip", forged(zipped(classes()), 2**25), "would have 192.0 MiB; at most 128"),
    "lying": (
        "my.zip",
        forged(zipped({"a/1.png": bytes(2**24)}), 100_000),
        "The image 'a/1.png' cannot be read",
    ),
    "lying array": (
        "my.npz",
        forged(zipped({"X.npy": npy_header((6, 2)) + bytes(2**24)}), 100_000),
        "The .npz file has no labels",
    ),
    "another method": (
        "my.zip",
        forged(zipped({"a/1.png": bytes(2**22)}, zipfile.ZIP_BZIP2), 1000),
        "'a/1.png' is packed in an unusual way",
    ),
}


def npy(values: np.ndarray) -> bytes:
    return npy_header(values.shape, values.dtype.str) + values.tobytes()


LARGE_HEADER = b"\x93NUMPY\2\0" + (2**31).to_bytes(4, "little") + bytes(2**22)
SMALL_FILES = {
    "features": ("X", npy_header((256, 4096), "<f8") + bytes(2**23), 7_000_000),
    "too many features": ("X", npy_header((256, 2**14), "|u1") + bytes(2**22), 500_000),
    "header": ("X", LARGE_HEADER, 500_000),
    "labels": ("y", npy_header((256,), "|S16384") + bytes(2**22), 500_000),
    "wide labels": ("y", npy_header((256,), "<U4096") + bytes(2**22), 500_000),
}


@pytest.mark.parametrize("case", SMALL_FILES)
def test_a_small_npz_takes_no_more_memory_than_its_limits(peak_memory, case: str) -> None:
    name, content, most = SMALL_FILES[case]
    arrays = {"X": npy(np.zeros((256, 2))), "y": npy(np.tile([0.0, 1.0], 128)), name: content}
    packed = zipped({f"{key}.npy": value for key, value in arrays.items()})
    assert len(packed) < 20_000

    def read() -> None:
        try:
            own(packed, "my.npz")
        except OwnDataError:
            assert case != "features"

    assert peak_memory(read) < most


@pytest.mark.parametrize("case", BOMBS)
def test_a_decompression_bomb_is_refused(peak_memory, case: str) -> None:
    name, content, message = BOMBS[case]
    assert peak_memory(lambda: refuse(content, message, name)) < 2_000_000


def test_a_zip_file_with_too_many_entries_is_refused_uncounted(monkeypatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENTRIES", 5)
    refuse(zipped(classes()), "has 6 entries; at most 100,000 samples", "my.zip")


def test_images_with_too_many_pixels_in_all_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(images, "MAX_ALL_PIXELS", 5)
    refuse(zipped(classes()), "more than 5 pixels in all", "my.zip")


def test_a_jpeg_may_not_go_over_its_pixels_again_and_again() -> None:
    """Each further pass takes a few bytes of the file, and packed even fewer."""
    image = picture((64, 64), 128, kind="JPEG", progressive=True)
    assert own(zipped(classes(**{"black/0.jpg": image})), "my.zip").X[0].max() > 0
    last_pass, end = image[image.rindex(images.SCAN) : -2], image[-2:]
    content = zipped(classes(**{"black/0.jpg": image[:-2] + last_pass * 20 + end}))
    refuse(content, r"'black/0\.jpg' is a JPEG of more than 20 passes\. Save it again", "my.zip")


def test_images_of_several_readers_are_unpacked_one_at_a_time(monkeypatch) -> None:
    gray, at_work, together = images._gray, [], []

    def watched(stored: Image.Image) -> Image.Image:
        at_work.append(stored)
        time.sleep(0.001)  # for the others to begin
        together.append(len(at_work))
        at_work.remove(stored)
        return gray(stored)

    monkeypatch.setattr(images, "_gray", watched)
    with ThreadPoolExecutor(4) as pool:
        datasets = list(pool.map(own, [zipped(classes())] * 4, ["my.zip"] * 4))
    assert [dataset.n_samples for dataset in datasets] == [6] * 4
    assert set(together) == {1}


def test_an_encrypted_zip_file_is_refused() -> None:
    content = bytearray(zipped(classes()))
    for mark, at in ((b"PK\3\4", 6), (limits.DIRECTORY_MARK, 8)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + at] |= 1  # says: encrypted
            start += 1
    refuse(bytes(content), "'black/0.png' is locked with a password", "my.zip")


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("my.csv", table(*ROWS, header="p,q,label")),
        ("my.npz", npz(X=X6, y=Y6)),
        ("my.zip", zipped(classes())),
    ],
)
def test_damage_gives_a_dataset_or_an_own_data_error(name: str, original: bytes) -> None:
    rng, n_refused = np.random.default_rng(0), 0
    for _ in range(300):
        content = bytearray(original)
        for _ in range(rng.integers(1, 5)):
            content[rng.integers(len(content))] = rng.integers(256)
        try:
            own(bytes(content), name)
        except OwnDataError:
            n_refused += 1
    assert n_refused > 0


def test_a_column_of_row_numbers_is_refused() -> None:
    table = ",width,label\n" + "".join(f"{n},{n % 3},{'ab'[n % 2]}\n" for n in range(12))
    with pytest.raises(OwnDataError, match=r"The first column has no name: .* index=False"):
        load_own(("table.csv", table.encode()))


def test_a_few_samples_are_enough_to_evaluate_a_trained_network() -> None:
    table = b"width,label\n1,a\n"
    assert load_own(("table.csv", table), to_learn=False).class_names == ("a",)
    with pytest.raises(OwnDataError, match="All samples belong to one class"):
        load_own(("table.csv", table))


def test_a_table_without_names_may_say_yes_and_no() -> None:
    table = "".join(f"{n},{n % 3},{'yn'[n % 2]}\n" for n in range(12))
    assert load_own(("table.csv", table.encode())).n_samples == 12


@pytest.mark.parametrize("label", ["x" * 81, "a\x1b[31mb"])
def test_a_label_is_a_short_name_that_can_be_printed(label: str) -> None:
    table = "width,label\n" + "".join(f"{n},{(label, 'b')[n % 2]}\n" for n in range(12))
    with pytest.raises(OwnDataError, match="but a label is a name of at most 80 characters"):
        load_own(("table.csv", table.encode()))
