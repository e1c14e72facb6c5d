"""Scripts and styles that never change are compressed once, for all visitors, and then kept.

Streamlit sends its own scripts as they are, 3 MB for a first visit, and compresses those of
the app again for each visitor. Here the first visitor who asks for a file has it compressed,
and a browser that has it does not ask for it again: their names change with what is in them.
"""

import asyncio
import gzip
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UNCHANGING = re.compile(r"/(static/(js|css)/[^/]+|app/static/plotly-[^/]+)\.(js|css)$")
LEVEL = 6  # of compression; 9 would take twice as long for plotly.js, and save 0.2 %
CACHED = "public, immutable, max-age=31536000"  # a year
KINDS = ("text/javascript", "application/javascript", "text/css")  # all else is an error page


class CompressedFiles:
    """An ASGI middleware that answers requests for scripts and styles compressed.

    Parameters
    ----------
    app : what answers all other requests, and says once what is in each file
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: dict[str, list[Message]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not _wants_compressed_file(scope):
            await self._app(scope, receive, send)
            return
        if scope["path"] not in self._answers:
            async with self._one_at_a_time:  # fifty visitors at once have a file compressed once
                answer = self._answers.get(scope["path"]) or await self._ask(scope, receive)
        else:
            answer = self._answers[scope["path"]]
        for message in answer:
            await send(message)

    async def _ask(self, scope: Scope, receive: Receive) -> list[Message]:
        """Return the answer of the app; if it is a file, compressed, and keep it."""
        plain = {**scope, "headers": [], "extensions": {}}  # the whole of it, as it is
        answer: list[Message] = []

        async def take(message: Message) -> None:
            answer.append(message)

        await self._app(plain, receive, take)
        start, *parts = answer
        headers = Headers(raw=start["headers"])
        if start["status"] == 200 and headers.get("content-type", "").startswith(KINDS):
            body = b"".join(part.get("body", b"") for part in parts)
            answer = _compressed(start, await asyncio.to_thread(gzip.compress, body, LEVEL))
            self._answers[scope["path"]] = answer
        return answer


def _wants_compressed_file(scope: Scope) -> bool:
    return (
        scope["type"] == "http"
        and scope["method"] == "GET"
        and UNCHANGING.search(scope["path"]) is not None
        and "gzip" in Headers(scope=scope).get("accept-encoding", "")
    )


def _compressed(start: Message, body: bytes) -> list[Message]:
    """Return the two messages of an answer with a compressed body."""
    headers = MutableHeaders(raw=list(start["headers"]))
    for name in ("etag", "last-modified", "accept-ranges"):  # of the file as it is
        del headers[name]
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(body))
    headers["cache-control"] = CACHED
    headers.add_vary_header("Accept-Encoding")
    return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
