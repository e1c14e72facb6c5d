"""The head of each page names the scripts that its elements need."""

import re

import pytest
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Message

from dashboard.components.chart import CARTESIAN_SCRIPT
from dashboard.shell.early_scripts import ELEMENTS, IMPORT, SCRIPTS, EarlyScripts, modules
from dashboard.shell.static_files import OF_STREAMLIT
from tests.coroutines import complete

PAGE = (OF_STREAMLIT / "index.html").read_text(encoding="utf-8")


def test_all_that_the_elements_import_is_named_once() -> None:
    named = modules()
    assert {name.split(".")[0] for name in named} >= set(ELEMENTS)
    assert len(set(named)) == len(named) > len(ELEMENTS)
    assert not [name for name in named if name in PAGE]
    for name in named:
        imported = IMPORT.findall((SCRIPTS / name).read_text(encoding="utf-8"))
        assert all(one in named or one in PAGE for one in imported)


def ask(answer: Response, method: str = "GET") -> tuple[Headers, str]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    complete(EarlyScripts(answer)({"type": "http", "method": method}, None, send))
    start, *parts = messages
    return Headers(raw=start["headers"]), b"".join(part["body"] for part in parts).decode()


def test_the_head_of_the_page_names_them_and_the_script_of_the_charts() -> None:
    headers, body = ask(HTMLResponse(PAGE, headers={"etag": "of the page as it was"}))
    before, _, after = PAGE.partition("</head>")
    assert body.startswith(before)
    assert body.endswith(f"</head>{after}")
    added = re.findall(r'href="\./(\S+)"', body.removeprefix(before).removesuffix(after))
    assert added[:-1] == [f"static/js/{name}" for name in modules()]
    assert added[-1] == f"app/static/{CARTESIAN_SCRIPT}"
    assert int(headers["content-length"]) == len(body.encode())
    assert "etag" not in headers


@pytest.mark.parametrize(
    ("answer", "method"),
    [
        (PlainTextResponse("</head>"), "GET"),
        (HTMLResponse("</head>", status_code=404), "GET"),
        (HTMLResponse("</head>"), "HEAD"),
    ],
)
def test_all_else_passes_as_it_is(answer: Response, method: str) -> None:
    assert ask(answer, method)[1] == "</head>"
