"""The page names all scripts of the first screen, so that the browser fetches them at once.

Streamlit's page names those that every app needs. The others come in three further rounds: an
element's script when the element is to be drawn, then what that script imports, and at last
plotly.js, which the script of a chart asks for.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.components.chart import CARTESIAN_SCRIPT
from dashboard.shell.static_files import OF_STREAMLIT

ELEMENTS = (
    "BidiComponent",
    "Button",
    "ButtonGroup",
    "Checkbox",
    "Html",
    "NumberInput",
    "Selectbox",
    "Slider",
    "TextInput",
)
"""What the first screen is made of, by the names of Streamlit's scripts; pictures first."""
SCRIPTS = OF_STREAMLIT / "static" / "js"
IMPORT = re.compile(r"""(?:from|import)\s*["'`]\./([\w.-]+\.js)["'`]""")


def modules() -> list[str]:
    """Return the names of the scripts that the first screen needs and Streamlit's page lacks."""
    page = (OF_STREAMLIT / "index.html").read_text(encoding="utf-8")
    found = [script.name for name in ELEMENTS for script in SCRIPTS.glob(f"{name}.*.js")]
    for script in found:  # which grows on the way
        imported = dict.fromkeys(IMPORT.findall((SCRIPTS / script).read_text(encoding="utf-8")))
        found += [name for name in imported if name not in found and name not in page]
    return found


def links() -> str:
    """Return the lines for the head of the page."""
    priority = 'crossorigin fetchpriority="low"'  # those that Streamlit's page names are urgent
    lines = [
        f'<link rel="modulepreload" {priority} href="./static/js/{name}">' for name in modules()
    ]
    charts = f"./app/static/{CARTESIAN_SCRIPT}"
    lines.append(f'<link rel="preload" as="script" fetchpriority="low" href="{charts}">')
    return "\n".join(lines)


class EarlyScripts:
    """An ASGI middleware that adds the names of scripts to the head of each page.

    Parameters
    ----------
    app : what answers all requests
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._links = links().encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        page: list[Message] = []

        async def take(message: Message) -> None:
            if page or _begins_page(message):
                page.append(message)
            if not page:
                await send(message)
            elif len(page) > 1 and not message.get("more_body"):
                for changed in _with_links(self._links, *page):
                    await send(changed)

        await self._app(scope, receive, take)


def _begins_page(message: Message) -> bool:
    if message["type"] != "http.response.start":
        return False
    headers = MutableHeaders(raw=message["headers"])
    return headers.get("content-type", "").startswith("text/html") and message["status"] == 200


def _with_links(links: bytes, start: Message, *parts: Message) -> list[Message]:
    """Return the messages of a page whose head names the scripts."""
    page = b"".join(part.get("body", b"") for part in parts)
    body = page.replace(b"</head>", links + b"</head>", 1)
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-length"] = str(len(body))
    del headers["etag"]
    return [{**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}]
