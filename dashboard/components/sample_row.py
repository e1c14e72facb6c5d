"""Some samples as small pictures, each with what the network says to it now."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.figure import encoded
from dashboard.components.live_feed import FOLLOW, LiveContent, follow
from data.datasets import Dataset
from data.split import Rows

HERE = Path(__file__)
MOST_BARS = 64  # features of a sample that is no image

_mount = st.components.v2.component(
    "sample_row",
    html="""<div class="head"><span><span class="title"></span> <span class="count"></span></span>
<button type="button" class="others">Show others</button></div>
<div class="sample-row" role="group" aria-label="Samples, and the answers to them"></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


class Answer(NamedTuple):
    """What a network says to a sample.

    says : the class, as short as it fits
    is_right : whether that is the true class
    words : the whole of it, in a sentence
    """

    says: str
    is_right: bool
    words: str


def show_sample_row(
    answers: Callable[[], Sequence[Answer]],
    version: Callable[[], Hashable],
    dataset: Dataset,
    rows: Rows,
    *,
    key: str,
    title: str,
    chosen: int,
    on_choice: Callable[[int], None],
    on_others: Callable[[], None],
) -> None:
    """Show some rows of a dataset, and keep the answers up to date while something moves.

    Parameters
    ----------
    answers, version : return what the network says to each row, and what changes whenever it does
    chosen : position of the sample to mark
    on_choice : called with the position of a sample that was clicked
    on_others : called when other samples are wanted
    """
    element = follow(key, LiveContent(lambda: _content(answers()), version))

    def choose() -> None:
        position = session.sent(key, "chosen")
        if type(position) is int and 0 <= position < len(rows):
            on_choice(position)

    data = {
        "key": key,
        "drawing": element.drawing,
        "content": element.drawn,
        "shape": dataset.image_shape,
        "samples": _pictures(dataset, rows),
        "title": title,
        "chosen": chosen,
    }
    _mount(key=key, data=data, on_chosen_change=choose, on_others_change=on_others)


def _content(answers: Sequence[Answer]) -> dict[str, Any]:
    n_right = sum(answer.is_right for answer in answers)
    shown = [
        {"says": says, "sign": "✓" if is_right else "✗", "words": words}
        for says, is_right, words in answers
    ]
    return {"answers": shown, "count": f"{n_right} of {len(answers)} right"}


def _pictures(dataset: Dataset, rows: Rows) -> list[str]:
    """Return each sample as bytes: ink from 0 to 255, or features around 128."""
    samples = dataset.X[rows]
    if dataset.image_shape:
        bytes_of_all = np.rint(255 * np.clip(samples / dataset.maximum, 0, 1))
    else:
        samples = samples[:, :MOST_BARS].astype(np.float64)
        spread = np.abs(dataset.X[:, :MOST_BARS]).max(axis=0).astype(np.float64)
        bytes_of_all = 128 + np.rint(127 * samples / np.where(spread > 0, spread, 1))
    return [encoded(row.astype(np.uint8)) for row in bytes_of_all]
