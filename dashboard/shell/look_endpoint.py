"""The request by which a browser asks what is new on a live page.

A rerun of a part of the page would do as well, and takes the server five times as long, which
counts when fifty pages ask several times a second.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.components.live_feed import LIVE_PAGES

LOOKS = ThreadPoolExecutor(1, "looks")  # threads that share Python's lock are quickest in turn


async def look(request: Request) -> Response:
    """Answer with what is new on the page that the request names; with 404 if there is none."""
    page = LIVE_PAGES.get(request.path_params["token"])
    if page is None:
        return Response(status_code=404)
    answer = await asyncio.get_running_loop().run_in_executor(LOOKS, page.look)
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


LOOK_ROUTE = Route("/look/{token}", look)
