"""What one network, or several, say to a sample: the answer, and a bar for each class."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from dashboard.charts.image_grid import shortened
from dashboard.components.live_feed import FOLLOW, LiveContent, follow
from dashboard.text import percent
from experiments.evaluation.predictions import OUTPUT_MEANINGS
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network

HERE = Path(__file__)
LONGEST_NAME = 14  # letters of a class
MOST_CLASSES = 12  # bars; with more, those with the largest outputs

_mount = st.components.v2.component(
    "class_bars",
    html='<div class="class-bars"></div>',
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


class ClassAnswer(NamedTuple):
    """What a network says to a sample.

    title : which network; empty where there is one alone
    answer : the class, or what stands for it, a dash for example
    how : with which probability, in a few words
    note : what else there is to say
    names : of the classes that have a bar
    shares : the length of each bar, 0 to 1
    chosen : position of the answer among the bars; None if there is no answer
    """

    title: str
    answer: str
    how: str
    note: str
    names: Sequence[str]
    shares: Sequence[float]
    chosen: int | None


def no_answer(names: Sequence[str], how: str, *, title: str = "") -> ClassAnswer:
    """Return what there is to show while there is no sample, with a reason."""
    shown = [shortened(name, LONGEST_NAME) for name in names[:MOST_CLASSES]]
    return ClassAnswer(title, "–", how, "", shown, [0.0] * len(shown), None)


@np.errstate(all="ignore")  # a network that has diverged has infinite outputs, or NaN
def class_answer(
    network: Network, x: Array, names: Sequence[str], *, title: str = "", note: str = ""
) -> ClassAnswer:
    """Return what a network says to a sample.

    Outputs that are no shares have bars in proportion to the largest.

    Parameters
    ----------
    x : (n_features,), scaled as the network was trained
    names : of all classes
    title, note : see `ClassAnswer`
    """
    logits = logits_of(network, x[np.newaxis])
    outputs, logits = network.output.value(logits)[0], logits[0]
    if not np.isfinite(logits).all():
        return no_answer(names, "no answer: its numbers are not finite", title=title)
    meaning, said = OUTPUT_MEANINGS[network.output.name], int(logits.argmax())
    shown = np.sort(np.argsort(-logits, kind="stable")[:MOST_CLASSES])
    scale = 1.0 if meaning.are_shares else float(np.abs(outputs).max()) or 1.0
    how = percent(outputs[said]) if meaning.are_shares else f"{meaning.noun} {outputs[said]:.2g}"
    return ClassAnswer(
        title,
        shortened(names[said], LONGEST_NAME),
        how,
        note,
        [shortened(names[i], LONGEST_NAME) for i in shown],
        [round(float(share), 4) for share in np.clip(outputs[shown] / scale, 0, 1)],
        int(np.searchsorted(shown, said)),
    )


def show_class_bars(
    answers: Callable[[], Sequence[ClassAnswer]], version: Callable[[], Hashable], *, key: str
) -> None:
    """Show what networks say, and keep it up to date: one at large, several in a row each.

    Parameters
    ----------
    answers, version : return what each network says, and what changes whenever that does
    """

    def content() -> dict[str, Any]:
        return {"answers": [answer._asdict() for answer in answers()]}

    element = follow(key, LiveContent(content, version))
    data = {"key": key, "drawing": element.drawing, "content": element.drawn}
    _mount(key=key, data=data)
