"""The request by which a browser asks what is new on a live page.

A rerun of a part of the page would do as well, and takes the server five times as long, which
counts when fifty pages ask several times a second. A request may bring a message, such as what
is on the pad of the Draw page, and the answer is what has become of the page by it.
"""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.components.live_feed import LIVE_PAGES

LOOKS = ThreadPoolExecutor(1, "looks")  # threads that share Python's lock are quickest in turn
MESSAGE_BYTES = 400_000  # at most: a drawing of 10,000 points takes half of it


async def look(request: Request) -> Response:
    """Answer with what is new on the page that the request names.

    Otherwise with 404 if there is no such page, 413 if the message is too long, 400 if it is
    not JSON.
    """
    page = LIVE_PAGES.get(request.path_params["token"])
    if page is None:
        return Response(status_code=404)
    body = await _read(request)
    if body is None:
        return Response(status_code=413)
    try:
        message = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return Response(status_code=400)
    look_at = partial(page.look, message)
    answer = await asyncio.get_running_loop().run_in_executor(LOOKS, look_at)
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


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
