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
        try:
            return await self._get(path)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.close()
            return await self._get(path)

    async def _get(self, path: str) -> bytes:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=2**24)
        reader, writer = self._streams
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode())
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
