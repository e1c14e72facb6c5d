"""Scripts and styles that never change are compressed once, for all visitors, and then kept.

Streamlit sends its own scripts as they are, 2.7 MB for a first visit, and compresses those of
the app again for each visitor. Here the first visitor who asks for a file has it compressed,
and a browser that has it does not ask for it again: their names change with what is in them.
"""

import asyncio
import gzip
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

OF_STREAMLIT = Path(st.__file__).parent / "static"
OF_APP = Path(__file__).parents[2]
ADDRESS = re.compile(r"/(app/)?(static/(?:js/|css/|plotly-)[\w.-]+\.(?:js|css))$")
LEVEL = 6  # of compression; 9 would take twice as long for plotly.js, and save 0.2 %
HEADERS = {
    "Content-Encoding": "gzip",
    "Cache-Control": "public, immutable, max-age=31536000",  # for a year
    "Vary": "Accept-Encoding",
    "Access-Control-Allow-Origin": "*",  # as Streamlit answers
    "X-Content-Type-Options": "nosniff",
}


class CompressedFiles:
    """An ASGI middleware that answers requests for scripts and styles compressed.

    Parameters
    ----------
    app : what answers all other requests
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._bodies: dict[Path, asyncio.Task[bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        file = _wanted_file(scope)
        answer = await self._answer(file) if file else self._app
        await answer(scope, receive, send)

    async def _answer(self, file: Path) -> ASGIApp:
        """Return a compressed file, which is compressed once also if fifty ask at once."""
        if file not in self._bodies:
            self._bodies[file] = asyncio.create_task(asyncio.to_thread(_compressed, file))
        body = await asyncio.shield(self._bodies[file])  # a visitor who leaves ends it for none
        kind = "text/css" if file.suffix == ".css" else "text/javascript"
        return Response(body, media_type=kind, headers=HEADERS)


def _wanted_file(scope: Scope) -> Path | None:
    """Return the file to send compressed, if a request asks for one."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    found = ADDRESS.search(scope["path"])
    if not found or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
        return None
    file = (OF_APP if found[1] else OF_STREAMLIT) / found[2]
    return file if file.is_file() else None


def _compressed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes(), LEVEL)
