"""Scripts and styles are compressed once; all else passes as it is."""

import asyncio
import gzip

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Scope

from dashboard.shell.static_files import CompressedFiles

SCRIPT = b"let a = 1;" * 1000
GZIP = [(b"accept-encoding", b"gzip, br")]


class Server:
    """Has two files, and shows a page at all other addresses, as Streamlit does."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive, send) -> None:
        self.asked.append(scope["path"])
        await asyncio.sleep(0)
        kinds = {"/static/js/index.1a.js": "text/javascript", "/static/css/a.2b.css": "text/css"}
        kind = kinds.get(scope["path"])
        answer = (
            Response(SCRIPT, media_type=kind) if kind else Response("<p>", media_type="text/html")
        )
        await answer(scope, receive, send)


def ask(app: CompressedFiles, *paths: str, headers=GZIP, method: str = "GET") -> list[tuple]:
    """Return status, headers and body of each answer; all are asked for at once."""

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

    return asyncio.run(ask_all())


@pytest.mark.parametrize("path", ["/static/js/index.1a.js", "/static/css/a.2b.css"])
def test_a_script_is_sent_compressed_and_kept_by_the_browser(path: str) -> None:
    ((status, headers, body),) = ask(CompressedFiles(Server()), path)
    assert status == 200
    assert gzip.decompress(body) == SCRIPT
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(body) < len(SCRIPT) / 10
    assert "immutable" in headers["cache-control"]
    assert headers["vary"] == "Accept-Encoding"


def test_a_class_that_comes_at_once_has_a_file_read_and_compressed_once() -> None:
    server = Server()
    answers = ask(CompressedFiles(server), *["/static/js/index.1a.js"] * 50)
    assert server.asked == ["/static/js/index.1a.js"]
    assert len({body for _, _, body in answers}) == 1


def test_a_browser_that_cannot_decompress_gets_the_file_as_it_is() -> None:
    ((_, headers, body),) = ask(CompressedFiles(Server()), "/static/js/index.1a.js", headers=[])
    assert body == SCRIPT
    assert "content-encoding" not in headers


@pytest.mark.parametrize("path", ["/", "/explore", "/static/media/font.woff2", "/static/js/no.js"])
def test_all_else_passes_as_it_is_and_is_not_kept(path: str) -> None:
    server = Server()
    app = CompressedFiles(server)
    for _ in range(2):
        ((_, headers, body),) = ask(app, path)
        assert body == b"<p>"
        assert "content-encoding" not in headers
    assert server.asked == [path, path]
