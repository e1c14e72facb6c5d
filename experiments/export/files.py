"""Whether a file can be written, asked before the work that would be lost."""

from pathlib import Path
from tempfile import TemporaryFile


def check_writable(path: Path) -> None:
    """Say before the work, and not after it, that a file cannot be written.

    Raises
    ------
    ValueError : for a folder, a device, or a place where nothing can be written
    """
    try:
        with TemporaryFile(dir=path.absolute().parent):
            is_fit = path.is_file() or not path.exists()
    except OSError:
        is_fit = False
    if not is_fit:
        raise ValueError(
            f"'{path}' cannot be written. Give the name of a file, in a folder that is there and "
            "that you may write to."
        )
