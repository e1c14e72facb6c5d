"""Files that are whole or not there, whatever happens while they are written."""

import os
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


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name, and rename it when all of it is there.

    Raises
    ------
    OSError : if there is no space, or no permission; what was there before is kept
    """
    half_done = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half_done.write_bytes(content)
        os.replace(half_done, path)
    finally:
        half_done.unlink(missing_ok=True)
