"""Scripts and styles are compressed once; all else passes as it is."""

import asyncio
import gzip
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Message

from dashboard.components.chart import CARTESIAN_SCRIPT
from dashboard.shell import static_files
from dashboard.shell.static_files import OF_APP, OF_STREAMLIT, CompressedFiles
from tests.coroutines import complete

GZIP = [(b"accept-encoding", b"gzip, br")]
CHARTS = OF_APP / "static" / CARTESIAN_SCRIPT
STYLES = next(OF_STREAMLIT.glob("static/css/*.css"))
ASKED = {f"/app/static/{CHARTS.name}": CHARTS, f"/static/css/{STYLES.name}": STYLES}


def ask(*paths: str, headers=GZIP, method: str = "GET") -> list[tuple[int, Headers, bytes]]:
    """Return status, headers and body of each answer; all are asked for at once."""
    app = CompressedFiles(PlainTextResponse("as it is"))

    async def ask_one(path: str):
        messages: list[Message] = []

        async def send(message: Message) -> None:
            messages.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        await app(scope, None, send)
        start, *parts = messages
        body = b"".join(part["body"] for part in parts)
        return start["status"], Headers(raw=start["headers"]), body

    async def ask_all():
        return await asyncio.gather(*map(ask_one, paths))

    return complete(ask_all())


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("base", ["", "/lab"])
def test_a_file_is_sent_compressed_and_kept_by_the_browser(base: str, path: str) -> None:
    ((status, headers, body),) = ask(base + path)
    assert status == 200
    assert gzip.decompress(body) == ASKED[path].read_bytes()
    assert headers["content-encoding"] == "gzip"
    assert headers["content-type"].split(";")[0] in ("text/javascript", "text/css")
    assert int(headers["content-length"]) == len(body) < ASKED[path].stat().st_size / 2
    assert "immutable" in headers["cache-control"]
    assert headers["vary"] == "Accept-Encoding"


def test_a_class_that_comes_at_once_has_a_file_compressed_once(monkeypatch) -> None:
    compressed: list[Path] = []

    def compress(file: Path) -> bytes:
        compressed.append(file)
        return b"compressed"

    monkeypatch.setattr(static_files, "_compressed", compress)
    answers = ask(*[f"/static/css/{STYLES.name}"] * 50)
    assert compressed == [STYLES]
    assert {body for _, _, body in answers} == {b"compressed"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/explore",
        "/static/media/font.woff2",
        "/static/js/no-such.js",
        "/static/js/../../../app.js",
        "/app/static/icon.svg",
        "/app/static/plotly-../../app.js",
        "/app/static/plotly-1.js",
    ],
)
def test_all_else_passes_as_it_is(path: str) -> None:
    ((_, headers, body),) = ask(path)
    assert body == b"as it is"
    assert "content-encoding" not in headers


@pytest.mark.parametrize("asked", [{"headers": []}, {"method": "HEAD"}, {"method": "POST"}])
def test_who_does_not_ask_for_a_compressed_file_gets_it_as_it_is(asked: dict) -> None:
    ((_, headers, body),) = ask(f"/static/css/{STYLES.name}", **asked)
    assert body == b"as it is"
    assert "content-encoding" not in headers
