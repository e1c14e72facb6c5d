"""The reader of IDX files, also for files that are damaged or of another kind."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.idx import MAX_BYTES, IdxError, read_idx, read_labeled_images


def idx(values: np.ndarray, type_code: int = 0x08) -> bytes:
    """Write an IDX file."""
    magic = bytes([0, 0, type_code, values.ndim])
    return magic + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


VALUES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
FILE = idx(VALUES)
PACKED = gzip.compress(FILE, mtime=0)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=4), st.booleans(), st.randoms())
def test_what_was_written_is_read(shape: list[int], packed: bool, random) -> None:
    values = np.frombuffer(random.randbytes(int(np.prod(shape))), np.uint8).reshape(shape)
    read = read_idx(gzip.compress(idx(values)) if packed else idx(values))
    assert read.dtype == np.uint8
    np.testing.assert_array_equal(read, values)
    assert not read.flags.writeable


@pytest.mark.parametrize("content", [FILE, PACKED], ids=["raw", "packed"])
@pytest.mark.parametrize("name", ["values.gz", "values"])
def test_compression_is_recognized_by_the_bytes_and_not_by_the_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    np.testing.assert_array_equal(read_idx(tmp_path / name), VALUES)


WRONG = {
    "empty": (b"", "not an IDX file: it begins with ''"),
    "short magic": (FILE[:3], "not an IDX file: it begins with '00 00 08'"),
    "another format": (b"PK\3\4" + FILE, "not an IDX file: it begins with '50 4b 03 04'"),
    "floats": (idx(VALUES, 0x0D), r"holds 32-bit floating-point numbers \(type 0d\).*Convert it"),
    "unknown type": (idx(VALUES, 0x07), "a type of values that IDX does not know, 07"),
    "no dimensions": (b"\0\0\x08\0", "declares 0 dimensions; 1 to 4 were expected"),
    "many dimensions": (b"\0\0\x08\5" + bytes(99), "declares 5 dimensions; 1 to 4"),
    "half a header": (FILE[:9], "3 sizes of 4 bytes each were expected, 5 bytes came"),
    "no samples": (idx(VALUES[:0]), "declares 0 x 3 x 4 = 0 values; 1 to"),
    "huge": (b"\0\0\x08\4" + b"\xff" * 16, "declares 4,294,967,295 x .*; 1 to 67,108,864 were"),
    "cut short": (FILE[:-1], "declares 2 x 3 x 4 = 24 values, but has only 23"),
    "too long": (FILE + b"\0", "declares 2 x 3 x 4 = 24 values, but has more"),
    "packed, cut short": (PACKED[:-9], "cannot be unpacked, it is damaged or was cut short"),
    "packed, no sum": (PACKED[:-4], "cannot be unpacked"),
    "packed, wrong sum": (PACKED[:-8] + bytes(8), "cannot be unpacked.*CRC"),
    "packed, too long": (gzip.compress(FILE + b"\0"), "but has more"),
    "packed, another format": (gzip.compress(b"hello"), "begins with '68 65 6c 6c'"),
    "begins like gzip": (b"\x1f\x8bgarbage", "cannot be unpacked"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_described(tmp_path: Path, case: str) -> None:
    content, message = WRONG[case]
    with pytest.raises(IdxError, match=message):
        read_idx(content)
    (tmp_path / "my-file").write_bytes(content)
    with pytest.raises(IdxError, match=f"^'my-file' .*{message}"):
        read_idx(tmp_path / "my-file")


def test_a_file_that_is_not_there_or_is_a_folder_is_an_idx_error_too(tmp_path: Path) -> None:
    with pytest.raises(IdxError, match="'gone' cannot be read: No such file"):
        read_idx(tmp_path / "gone")
    with pytest.raises(IdxError, match="cannot be read: Is a directory"):
        read_idx(tmp_path)


def test_the_limit_can_be_set() -> None:
    assert read_idx(FILE, max_bytes=24).size == 24
    with pytest.raises(IdxError, match="1 to 23 were expected"):
        read_idx(FILE, max_bytes=23)


def refuse(content: bytes) -> None:
    with pytest.raises(IdxError):
        read_idx(content)


def test_a_decompression_bomb_is_not_unpacked(peak_memory) -> None:
    bomb = gzip.compress(FILE + bytes(50_000_000))
    assert peak_memory(lambda: refuse(bomb)) < 1_000_000


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_nothing_is_allocated_for_values_that_are_missing(peak_memory, pack) -> None:
    header = b"\0\0\x08\1" + struct.pack(">I", MAX_BYTES)
    content = pack(header + bytes(1000))
    assert peak_memory(lambda: refuse(content)) < 1_000_000


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """Change, drop, insert or double some bytes, most of them near the beginning."""
    data = bytearray(content)
    for _ in range(rng.integers(1, 4)):
        at = int(len(data) * rng.random() ** 3)
        match rng.integers(5):
            case 0:
                data[at : at + 1] = rng.bytes(1)
            case 1:
                data[at : at + 1] = bytes([rng.choice([0, 1, 4, 8, 0x7F, 0x80, 0xFF])])
            case 2:
                del data[at : at + int(rng.integers(1, 9))]
            case 3:
                data[at:at] = rng.bytes(int(rng.integers(1, 9)))
            case 4:
                data += data[at:]
    return bytes(data)


@pytest.mark.parametrize(
    ("original", "pack"),
    [(FILE, bytes), (PACKED, bytes), (FILE, gzip.compress)],
    ids=["raw", "packed", "damaged, then packed"],
)
def test_damage_gives_values_or_an_idx_error_and_takes_little_memory(
    peak_memory, original: bytes, pack
) -> None:
    rng, n_refused = np.random.default_rng(0), 0

    def read_damaged() -> None:
        nonlocal n_refused
        content = mutated(original, rng)
        try:
            values = read_idx(pack(content))
        except IdxError:
            n_refused += 1
        else:
            assert values.dtype == np.uint8
            assert 1 <= values.ndim <= 4
            assert values.size < len(content)

    assert peak_memory(lambda: [read_damaged() for _ in range(2000)]) < 2_000_000
    assert 0 < n_refused < 2000


def test_images_come_with_their_labels() -> None:
    images, labels = read_labeled_images(FILE, idx(np.array([7, 2], np.uint8)))
    assert images.shape == (2, 3, 4)
    assert labels.tolist() == [7, 2]


def test_images_and_labels_must_be_equally_many() -> None:
    with pytest.raises(IdxError, match=r"2 images but 3 labels\. Take both files"):
        read_labeled_images(FILE, idx(np.zeros(3, np.uint8)))


def test_images_and_labels_must_not_be_swapped() -> None:
    with pytest.raises(IdxError, match="3 dimensions and labels have 1; these have 1 and 3"):
        read_labeled_images(idx(np.zeros(2, np.uint8)), FILE)


def test_a_stored_file_may_consist_of_several_packed_pieces() -> None:
    pieces = gzip.compress(FILE[:20]) + gzip.compress(FILE[20:])
    np.testing.assert_array_equal(read_idx(pieces), VALUES)
