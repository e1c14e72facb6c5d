"""The request by which a browser asks what is new on a live page.

A rerun of a part of the page would do as well, and takes the server five times as long, which
counts when fifty pages ask several times a second. A request may bring a message, such as what
is on the pad of the Draw page, and the answer is what has become of the page by it.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from weakref import WeakKeyDictionary

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.components.live_feed import LIVE_PAGES, LivePage

LOOKS = ThreadPoolExecutor(1, "looks")  # threads that share Python's lock are quickest in turn
MESSAGE_BYTES = 400_000  # at most: a drawing of 10,000 points takes half of it
MESSAGE_SECONDS = 30.0  # at most, until all of a message is here
MOST_AT_ONCE = 4  # requests of one page: its pad and its feed wait for an answer before the next


class _Requests:
    """The requests of one page: how many wait for an answer, and whose turn it is.

    So a page that takes long, with a pad full of strokes for example, is looked at no more often
    than all the others.
    """

    def __init__(self) -> None:
        self.n_waiting, self.turn = 0, asyncio.Lock()


_REQUESTS: WeakKeyDictionary[LivePage, _Requests] = WeakKeyDictionary()


async def look(request: Request) -> Response:
    """Answer with what is new on the page that the request names.

    Otherwise with 404 if there is no such page, 429 if too many requests of it wait, 408 if the
    message takes too long to come, 413 if it is too long, 400 if it is not JSON.
    """
    page = LIVE_PAGES.get(request.path_params["token"])
    if page is None:
        return Response(status_code=404)
    requests = _REQUESTS.setdefault(page, _Requests())
    if requests.n_waiting >= MOST_AT_ONCE:
        return Response(status_code=429)
    requests.n_waiting += 1
    try:
        return await _answer(page, request, requests.turn)
    finally:
        requests.n_waiting -= 1


async def _answer(page: LivePage, request: Request, turn: asyncio.Lock) -> Response:
    try:
        async with asyncio.timeout(MESSAGE_SECONDS):
            body = await _read(request)
    except TimeoutError:
        return Response(status_code=408)
    if body is None:
        return Response(status_code=413)
    async with turn:
        answer = await asyncio.get_running_loop().run_in_executor(LOOKS, _look, page, body)
    if answer is None:
        return Response(status_code=400)
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


def _look(page: LivePage, body: bytes) -> str | None:
    """Look at a page with a message, which takes much memory once it is read; None if it is none.

    So it is read here, when its turn has come, and not while others wait for theirs.
    """
    try:
        message = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None
    return page.look(message)


async def _read(request: Request) -> bytes | None:
    """Return the message of a request; None, before all of it is here, if it is too long."""
    body = b""
    with suppress(ClientDisconnect):  # nobody waits for the answer then
        async for chunk in request.stream():
            body += chunk
            if len(body) > MESSAGE_BYTES:
                return None
    return body


LOOK_ROUTE = Route("/look/{token}", look, methods=["GET", "POST"])
