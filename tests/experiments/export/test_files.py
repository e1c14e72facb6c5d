"""Files are checked before they are written, and replaced as a whole."""

from pathlib import Path

import pytest

from experiments.export.files import check_writable
from mlp.storage import write_atomically


def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    check_writable(tmp_path / "new")
    (tmp_path / "old").write_text("old")
    check_writable(tmp_path / "old")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]
    for place in (tmp_path, tmp_path / "none" / "x", tmp_path / "old" / "x", Path("/dev/null")):
        with pytest.raises(
            ValueError, match=r"cannot be written. Give the name of a file, in a fo"
        ):
            check_writable(place)


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"first, and longer")
    write_atomically(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [path]
