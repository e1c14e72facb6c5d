"""Check that a file can be written before the work whose result goes into it."""

from pathlib import Path
from tempfile import TemporaryFile


def check_writable(path: Path) -> None:
    """Check that a file can be created or overwritten.

    Raises
    ------
    ValueError : for a folder, a device, or a path where nothing can be written
    """
    try:
        with TemporaryFile(dir=path.absolute().parent):
            is_writable = path.is_file() or not path.exists()
    except OSError:
        is_writable = False
    if not is_writable:
        raise ValueError(
            f"'{path}' cannot be written. Give the name of a file, in a folder that exists and "
            "that you may write to."
        )
