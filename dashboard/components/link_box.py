"""A link of some settings to read, to copy and, as a QR code, to photograph."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import segno
import streamlit as st
from segno import DataOverflowError

from dashboard import session
from experiments.config import OWN, RunConfig
from experiments.export.link import query_of

QUIET_MODULES = 4  # the light border that a QR code has to have
MAX_ADDRESS = 500  # characters
HOST = re.compile(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
PATH = re.compile(r"[A-Za-z0-9._~%/-]*")
THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")

_mount = st.components.v2.component(
    "link_box",
    html="""<svg class="code" role="img" aria-label="QR code of the link" hidden>
<path shape-rendering="crispEdges" /></svg>
<div class="row"><input readonly aria-label="Link"><button type="button">Copy</button></div>
<div class="said" role="status"></div>""",
    css=Path(__file__).with_suffix(".css").read_text(encoding="utf-8"),
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
)


def draw_link_to(
    config: RunConfig,
    *,
    key: str,
    with_code: bool = False,
    extras: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Draw the link that opens this page with some settings, and say what it leaves out.

    Parameters
    ----------
    with_code : with its QR code above it
    extras : what else it holds, by its names there
    """
    address = valid_address(st.context.url)
    if not address:
        st.caption("The address of this page is not known here: copy it from your browser.")
        return
    link = address + query_of(config, extras)
    size, path = qr_path(link) if with_code else (0, "")
    _mount(key=key, data={"link": link, "size": size, "path": path})
    remarks = ["The link opens this page with the same settings."]
    if with_code and not size:
        remarks.append("It is too long for a QR code.")
    if config.dataset == OWN and session.PLACED not in extras:
        remarks.append("Your own data have to be uploaded again.")
    if urlsplit(address).hostname in THIS_COMPUTER:
        remarks.append("Its address is that of this computer: no other can open it.")
    st.caption(" ".join(remarks))


def valid_address(url: str | None) -> str:
    """Return the address of a page without its query; nothing if it is none of the web."""
    address = re.split(r"[?#]", url or "", maxsplit=1)[0]
    if not (0 < len(address) <= MAX_ADDRESS and address.isprintable()):
        return ""
    try:
        scheme, host, path, *_ = urlsplit(address)
    except ValueError:
        return ""
    is_valid = scheme in ("http", "https") and HOST.fullmatch(host) and PATH.fullmatch(path)
    return f"{scheme}://{host}{path or '/'}" if is_valid else ""


def qr_path(text: str) -> tuple[int, str]:
    """Return the QR code of a text: its modules on a side, and the dark ones as an SVG path.

    A text that is too long for a QR code has none: 0 and an empty path.
    """
    try:
        code = segno.make_qr(text, error="l")  # segno corrects more where that takes no room
    except DataOverflowError:
        return 0, ""
    rows = list(code.matrix_iter(border=QUIET_MODULES))
    dark = [(x, y) for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return len(rows), "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
