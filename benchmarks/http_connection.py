"""A connection that is kept for one request after another, as that of a browser is."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit


class HttpConnection:
    """Asks a server on this machine for one address after another.

    Parameters
    ----------
    url : of the server
    """

    def __init__(self, url: str) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> bytes:
        """Return what is at a path; where the server has closed the connection, open another.

        Raises
        ------
        ValueError : if the answer is another one than 200
        """
        return await self._ask("GET", path)

    async def post(self, path: str, body: bytes) -> bytes:
        """Send something to a path, and return the answer; otherwise as `get`."""
        return await self._ask("POST", path, body)

    async def _ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        try:
            return await self._ask_once(method, path, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            return await self._ask_once(method, path, body)

    async def _ask_once(self, method: str, path: str, sent: bytes) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=2**24)
        reader, writer = self._streams
        first = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
        writer.write(f"{first}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0])
        body = await reader.readexactly(length)
        status = head.split()[1]
        if status != "200":
            raise ValueError(f"status {status} for {path.split('/')[1]}")
        return body

    async def close(self) -> None:
        """Close the connection, if it is open."""
        if self._streams:
            self._streams[1].close()
            with suppress(OSError):
                await self._streams[1].wait_closed()
            self._streams = None
