"""An image, what was done to it, and what has become of it, side by side."""

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.charts.figure import encoded
from dashboard.components.live_feed import IMAGES, LiveContent, follow

HERE = Path(__file__)
HALF = 127  # of a byte: where no change is

_mount = st.components.v2.component(
    "damage_pictures",
    html='<div class="damage-pictures"></div>',
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=IMAGES + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)

Image = npt.NDArray[np.floating[Any]]


class DamagePictures(NamedTuple):
    """An image and the damaged image.

    original, damaged : (height, width), from 0 to the maximum
    title : what was done
    """

    original: Image
    damaged: Image
    maximum: float
    title: str


def show_damage_pictures(
    pictures: Callable[[], DamagePictures], version: Callable[[], Hashable], *, key: str
) -> None:
    """Show an image, its change and the damaged image, and keep them up to date.

    Parameters
    ----------
    pictures, version : return them, and what changes whenever they do
    """
    element = follow(key, LiveContent(lambda: content_of(pictures()), version))
    data = {"key": key, "drawing": element.drawing, "content": element.drawn}
    _mount(key=key, data=data)


def content_of(pictures: DamagePictures) -> dict[str, Any]:
    """Return the pictures as damage_pictures.js reads them.

    The change has a scale of its own around 0, as large as the largest change, or a change of a
    few gray levels could not be seen.
    """
    original, damaged, maximum, title = pictures
    change = damaged - original
    limit = float(np.abs(change).max(initial=0)) or 1.0
    signed = np.rint(HALF * (1 + change / limit))
    return {
        "title": f"{title}; gray levels from 0 to {maximum:g}",
        "shape": original.shape,
        "limit": f"{limit:.3g}",
        "pictures": [
            _picture("the image", 255 * original / maximum),
            _picture(f"the change in gray levels: {size_in_words(change)}", signed, is_signed=True),
            _picture("the damaged image", 255 * damaged / maximum),
        ],
    }


def size_in_words(change: Image) -> str:
    """Say how large a change is, in the gray levels of the image."""
    largest, rms = float(np.abs(change).max(initial=0)), float(np.sqrt(np.square(change).mean()))
    return f"at most {largest:.3g}, root mean square {rms:.3g}"


def _picture(caption: str, values: Image, *, is_signed: bool = False) -> dict[str, Any]:
    pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return {"caption": caption, "bytes": encoded(pixels), "isSigned": is_signed}
