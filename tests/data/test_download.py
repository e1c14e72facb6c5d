"""Downloads of the files of MNIST, from a server on this machine with all kinds of faults."""

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pooch
import pytest
import requests  # noqa: F401  (loaded before a test gives up its rights to read packages)

from data import download
from data.download import FILES, ORIGINALS, DownloadError, Original, fetch, is_at_hand

CONTENTS = {file: bytes([i]) * 300_000 for i, file in enumerate(FILES)}
CHECKSUMS = tuple(sha256(content).hexdigest() for content in CONTENTS.values())

Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def well(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def with_other_bytes(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    well(handler, content[:-1] + b"?")


def and_break_off(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])


def not_found(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_error(404)


def go_round_in_circles(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.end_headers()


class Server:
    """A mirror on this machine, with an answer that a test can set; it records the requests."""

    def __init__(self) -> None:
        self.answer: Answer = well
        self.asked: list[str] = []
        self.released = threading.Event()
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.http.server_port}/files/"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                file = self.path.removeprefix("/files/")
                server.asked.append(file)
                server.answer(self, CONTENTS.get(file, b""))

            def log_message(self, *args: object) -> None:
                pass

        return Handler

    def silent(self, handler: BaseHTTPRequestHandler, content: bytes) -> None:
        self.released.wait(5)

    def silent_after_half(self, handler: BaseHTTPRequestHandler, content: bytes) -> None:
        and_break_off(handler, content)
        handler.wfile.flush()
        self.released.wait(5)

    def close(self) -> None:
        self.released.set()
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setitem(ORIGINALS, "mnist", Original(CHECKSUMS, (server.url,)))
    yield server
    server.close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the files."""
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def stored(home: Path) -> dict[str, bytes]:
    """Every file in the folder, incomplete ones included."""
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def quiet(done: int, total: int) -> None:
    pass


def test_all_files_are_downloaded_under_their_names(server: Server, home: Path) -> None:
    assert not is_at_hand("mnist")
    assert fetch("mnist", progress=quiet) == home / "mnist"
    assert stored(home) == {f"mnist/{file}": content for file, content in CONTENTS.items()}
    assert is_at_hand("mnist")


def test_everyone_may_read_a_downloaded_file(server: Server, home: Path) -> None:
    file = fetch("mnist", progress=quiet) / FILES[0]
    assert file.stat().st_mode & 0o444 == 0o444


def test_a_file_that_is_there_is_not_downloaded_again(server: Server, home: Path) -> None:
    fetch("mnist", progress=quiet)
    (home / "mnist" / FILES[2]).unlink()
    server.asked.clear()
    fetch("mnist", progress=quiet)
    assert server.asked == [FILES[2]]
    server.close()
    fetch("mnist")  # needs no network


def test_the_real_checksums_are_those_of_the_real_files(idx_dataset_name: str) -> None:
    folder = download.folder_of(idx_dataset_name)
    found = tuple(sha256((folder / file).read_bytes()).hexdigest() for file in FILES)
    assert found == ORIGINALS[idx_dataset_name].checksums


def test_without_the_variable_files_go_to_the_cache_folder(monkeypatch) -> None:
    monkeypatch.delenv("PERCEPTRON_LAB_DATA", raising=False)
    assert download.folder_of("mnist") == pooch.os_cache("perceptron-lab") / "mnist"


def test_progress_is_reported_in_bytes(server: Server, home: Path) -> None:
    told: list[tuple[int, int]] = []
    fetch("mnist", progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {300_000}
    first = [done for done, _ in told][: len(told) // 4]
    assert first == sorted(first)
    assert len(set(first)) > 3
    assert told[-1] == (300_000, 300_000)


def test_without_a_progress_function_a_bar_is_drawn(server, home, capfd) -> None:
    fetch("mnist")
    assert "300k/300k" in capfd.readouterr().err


FAULTS = {
    "other bytes": (with_other_bytes, "127.0.0.1 sent another file: the SHA-256 is not that"),
    "broken off": (and_break_off, "127.0.0.1 ended the transfer early"),
    "not found": (not_found, "127.0.0.1 answered with error 404"),
    "circles": (go_round_in_circles, r"127.0.0.1 gave no usable answer \(TooManyRedirects\)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_reported_and_leaves_no_file(server: Server, home: Path, fault: str) -> None:
    server.answer, message = FAULTS[fault]
    with pytest.raises(DownloadError, match=f"'{FILES[0]}' could not be downloaded: {message}"):
        fetch("mnist", progress=quiet)
    assert stored(home) == {}
    assert not is_at_hand("mnist")


def test_an_unreachable_server_is_reported(server: Server, home: Path) -> None:
    server.close()
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1 could not be reached.*by hand"):
        fetch("mnist", progress=quiet)
    assert stored(home) == {}


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("silent", "did not answer in time"),
        ("silent_after_half", "could not be reached, or stopped"),
    ],
)
def test_a_silent_server_times_out(
    server: Server, home: Path, monkeypatch: pytest.MonkeyPatch, way: str, message: str
) -> None:
    monkeypatch.setattr(download, "SECONDS_OF_SILENCE", 0.2)
    server.answer = getattr(server, way)
    with pytest.raises(DownloadError, match=message):
        fetch("mnist", progress=quiet)
    assert stored(home) == {}


def test_the_next_mirror_is_tried(server: Server, home: Path, monkeypatch) -> None:
    mirrors = (server.url.replace("/files/", "/nowhere/"), server.url)
    server.answer = lambda handler, content: (
        well(handler, content) if handler.path.startswith("/files/") else not_found(handler, b"")
    )
    monkeypatch.setitem(ORIGINALS, "mnist", Original(CHECKSUMS, mirrors))
    fetch("mnist", progress=quiet)
    assert is_at_hand("mnist")


def test_all_mirrors_are_named_if_none_works(server: Server, home: Path, monkeypatch) -> None:
    server.answer = not_found
    mirrors = (server.url, server.url.replace("127.0.0.1", "localhost"))
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    monkeypatch.setitem(ORIGINALS, "mnist", Original(CHECKSUMS, mirrors))
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1 answered .*; localhost answered"):
        fetch("mnist", progress=quiet)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")
def test_a_full_disk_is_reported_and_leaves_nothing_behind(server, home: Path, monkeypatch) -> None:
    temporary_file = pooch.core.temporary_file

    @contextmanager
    def on_a_full_disk(path: str) -> Iterator[str]:
        with temporary_file(path) as name:
            os.remove(name)
            os.symlink("/dev/full", name)
            yield name

    monkeypatch.setattr(pooch.core, "temporary_file", on_a_full_disk)
    with pytest.raises(DownloadError, match=r"There is no space left on the disk of .*Free"):
        fetch("mnist", progress=quiet)
    assert list((home / "mnist").iterdir()) == []


def test_an_interruption_leaves_nothing_behind(server: Server, home: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        assert len(stored(home)) == 1  # half of it
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch("mnist", progress=interrupt)
    assert stored(home) == {}


def test_a_file_with_other_bytes_is_reported_and_kept(server: Server, home: Path) -> None:
    fetch("mnist", progress=quiet)
    mine = home / "mnist" / FILES[1]
    mine.write_bytes(b"mine")
    server.asked.clear()
    with pytest.raises(DownloadError, match=f"{FILES[1]}' is not the original file.*Remove it"):
        fetch("mnist", progress=quiet)
    assert mine.read_bytes() == b"mine"
    assert server.asked == []


@pytest.mark.parametrize(
    "damaged", [b"", CONTENTS[FILES[1]][:-1], CONTENTS[FILES[1]] + b"\0"], ids=len
)
def test_a_damaged_file_is_reported_as_such(server: Server, home: Path, damaged: bytes) -> None:
    fetch("mnist", progress=quiet)
    (home / "mnist" / FILES[1]).write_bytes(damaged)
    with pytest.raises(DownloadError, match=r"it is damaged, or another one.* Remove it, and it w"):
        fetch("mnist", progress=quiet)


def test_an_enormous_file_in_place_of_the_original_is_not_read_whole(
    server: Server, home: Path, peak_memory, monkeypatch
) -> None:
    fetch("mnist", progress=quiet)
    monkeypatch.setattr(download, "MAX_BYTES", 2**20)
    os.truncate(home / "mnist" / FILES[1], 2**40)  # takes no room on the disk

    def refuse() -> None:
        with pytest.raises(DownloadError, match="is not the original file"):
            fetch("mnist", progress=quiet)

    assert peak_memory(refuse) < 3 * 2**20


def test_a_download_without_an_end_is_broken_off(server: Server, home: Path, monkeypatch) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 200_000)
    with pytest.raises(DownloadError, match="sent another file"):
        fetch("mnist", progress=quiet)
    assert stored(home) == {}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has other rights")
def test_a_file_that_may_not_be_read_is_reported(server: Server, home: Path) -> None:
    fetch("mnist", progress=quiet)
    (home / "mnist" / FILES[0]).chmod(0)
    home.parent.chmod(0o755)
    with as_an_ordinary_user(), pytest.raises(DownloadError, match="cannot be read or written"):
        fetch("mnist", progress=quiet)


def no_home(project: str) -> Path:
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("chosen", ["~no-such-user-here/data", ""])
@pytest.mark.parametrize("os_cache", [no_home, lambda project: Path("~no-such-user-here/.cache")])
def test_without_a_home_folder_another_one_is_asked_for(
    monkeypatch, chosen: str, os_cache: Callable[[str], Path]
) -> None:
    """Where there is neither HOME nor an account, packages raise an error or keep the '~'."""
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", chosen)
    monkeypatch.setattr(pooch, "os_cache", os_cache)
    with pytest.raises(DownloadError, match=r"no such home folder\. Let PERCEPTRON_LAB_DATA name"):
        is_at_hand("mnist")


@pytest.mark.parametrize("place", ["data", "data/mnist"])
def test_a_file_in_place_of_the_folder_is_reported(server: Server, home: Path, place: str) -> None:
    file = home.parent / place
    file.parent.mkdir(exist_ok=True)
    file.write_text("not a folder")
    assert not is_at_hand("mnist")
    with pytest.raises(DownloadError, match="should be a folder, but a file is in its way"):
        fetch("mnist", progress=quiet)
    assert file.read_text() == "not a folder"


@contextmanager
def as_an_ordinary_user() -> Iterator[None]:
    """The superuser may write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system has other rights")
@pytest.mark.parametrize("rights", [0o555, 0o000])
def test_a_folder_without_permission_is_reported(
    server, tmp_path: Path, monkeypatch, rights: int
) -> None:
    home = tmp_path / "locked"
    home.mkdir()
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", str(home))
    home.chmod(rights)
    with as_an_ordinary_user(), pytest.raises(DownloadError, match="cannot be read or written"):
        fetch("mnist", progress=quiet)
    home.chmod(0o755)
    assert stored(home) == {}


def test_any_other_error_of_the_disk_is_reported(server, home: Path, monkeypatch) -> None:
    def fail(folder: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(download, "_create", fail)
    with pytest.raises(DownloadError, match="cannot be used: Input/output error"):
        fetch("mnist", progress=quiet)


def test_two_downloads_at_once_do_not_interfere(server: Server, home: Path) -> None:
    together, waited, faults = threading.Barrier(4), set(), []

    def slowly(done: int, total: int) -> None:
        if threading.get_ident() not in waited:
            waited.add(threading.get_ident())
            together.wait(5)  # all four are in the middle of the first file

    def one() -> None:
        try:
            fetch("mnist", progress=slowly)
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert server.asked.count(FILES[0]) == 4
    assert stored(home) == {f"mnist/{file}": content for file, content in CONTENTS.items()}
