"""Download the original files of MNIST and of Fashion-MNIST, once.

They go to the folder that PERCEPTRON_LAB_DATA names, or else to the user's cache folder,
as mnist/train-images-idx3-ubyte.gz and so on. A file that is already there is checked and
kept; one with other bytes is never overwritten, as it may be the user's own. A download
gets a temporary name, and its final one only when its SHA-256 is right.
"""

import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

Progress: TypeAlias = Callable[[int, int], object]

FOLDER_VARIABLE = "PERCEPTRON_LAB_DATA"
FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
SECONDS_TO_CONNECT, SECONDS_OF_SILENCE = 10.0, 30.0
CHUNK = 2**16  # bytes between two reports of progress
MAX_BYTES = 2**26  # of a file; the largest original has 31 million


@dataclass(frozen=True)
class Original:
    """Where the files of a dataset come from, and what they must be.

    Attributes
    ----------
    checksums : the SHA-256 of each of FILES
    mirrors : web addresses of the folder that holds them, tried in this order
    """

    checksums: tuple[str, ...]
    mirrors: tuple[str, ...]


ORIGINALS = {
    "mnist": Original(
        checksums=(
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
    ),
    "fashion-mnist": Original(
        checksums=(
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
        mirrors=(
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
    ),
}


class DownloadError(OSError):
    """Files that could not be downloaded; the message says why, and what to do."""


def folder_of(name: str) -> Path:
    """Return the folder in which the files of a dataset belong.

    Raises
    ------
    DownloadError : if it would be in a home folder, and there is none
    """
    import pooch

    chosen = os.environ.get(FOLDER_VARIABLE)
    try:
        return Path(chosen or pooch.os_cache("perceptron-lab")).expanduser() / name
    except RuntimeError as error:
        raise DownloadError(
            f"The data belong in '{chosen or '~'}', but there is no such home folder. Let "
            f"{FOLDER_VARIABLE} name a folder for them."
        ) from error


def is_at_hand(name: str) -> bool:
    """Say whether all files of a dataset are there; the network is not used."""
    folder = folder_of(name)
    return all(os.path.isfile(folder / file) for file in FILES)


def fetch(name: str, *, progress: Progress | None = None) -> Path:
    """Download the files of a dataset that are missing, and return their folder.

    Where nothing is missing, the network is not used.

    Parameters
    ----------
    name : a key of ORIGINALS
    progress : called for each file with the bytes received so far and those of the whole
        file; without it, a bar is drawn on the standard error stream

    Raises
    ------
    DownloadError : if a file cannot be downloaded or stored, or if another one is in its place
    """
    folder, original = folder_of(name), ORIGINALS[name]
    try:
        for file, checksum in zip(FILES, original.checksums, strict=True):
            if os.path.isfile(folder / file):
                _check(folder / file, checksum)
            else:
                _create(folder)
                _download(file, checksum, folder, original.mirrors, progress)
    except DownloadError:
        raise
    except OSError as error:
        raise DownloadError(_storage_problem(folder, error)) from error
    return folder


def _check(path: Path, checksum: str) -> None:
    with path.open("rb") as file:
        found = sha256(file.read(MAX_BYTES)).hexdigest()
    if found != checksum:
        raise DownloadError(
            f"'{path}' is not the original file: it is damaged, or another one (its SHA-256 begins "
            f"with {found[:12]} and not with {checksum[:12]}). Remove it, and it will be "
            "downloaded again."
        )


def _create(folder: Path) -> None:
    """Create a folder; a file in its way raises NotADirectoryError on every system."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", str(folder)) from error


def _download(
    file: str, checksum: str, folder: Path, mirrors: Iterable[str], progress: Progress | None
) -> None:
    """Get a file from the first mirror that has it."""
    import pooch
    import requests

    downloader = pooch.HTTPDownloader(
        progressbar=_Bar(progress) if progress else True,
        chunk_size=CHUNK,
        timeout=(SECONDS_TO_CONNECT, SECONDS_OF_SILENCE),
    )
    reasons = []
    for mirror in mirrors:
        try:
            pooch.retrieve(mirror + file, checksum, file, folder, downloader=downloader)
            with suppress(PermissionError):  # another user was faster
                (folder / file).chmod(0o644)  # pooch makes it readable by its owner only
        except (requests.RequestException, ValueError) as error:
            reasons.append(f"{urlsplit(mirror).hostname} {_mirror_problem(error)}")
        else:
            return
    raise DownloadError(
        f"'{file}' could not be downloaded: {'; '.join(reasons)}. Try again when the "
        f"connection works, or put the file into '{folder}' by hand."
    )


def _mirror_problem(error: Exception) -> str:
    """Say what a mirror did wrong, as the rest of a sentence that begins with its name."""
    import requests

    match error:
        case requests.HTTPError(response=requests.Response(status_code=code)):
            return f"answered with error {code}"
        case requests.Timeout():
            return "did not answer in time"
        case requests.exceptions.ChunkedEncodingError():
            return "ended the transfer early"
        case requests.ConnectionError():
            return "could not be reached, or stopped responding"
        case requests.RequestException():
            return f"gave no usable answer ({type(error).__name__})"
    return "sent another file: the SHA-256 is not that of the original"


def _storage_problem(folder: Path, error: OSError) -> str:
    advice = f"let {FOLDER_VARIABLE} name another folder"
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"There is no space left on the disk of '{folder}'. Free some, or {advice}."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"'{folder}' cannot be read or written to. Allow it, or {advice}."
        case errno.ENOTDIR:
            return (
                f"'{folder}' should be a folder, but a file is in its way. Remove it, or {advice}."
            )
    return f"'{folder}' cannot be used: {error.strerror or error}. Repair it, or {advice}."


class _Bar:
    """The progress bar that pooch expects, for a function of (done, total)."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.total = self.done = 0

    def update(self, n_bytes: int) -> None:
        self.done += n_bytes
        if self.done > MAX_BYTES:
            raise ValueError("There is no end to this file.")
        self.progress(min(self.done, self.total), self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        self.reset()
