"""Which networks are compared: the controls at the top of the page."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.compare.actions import problem_of
from dashboard.compare.buttons import row
from dashboard.text import plain
from experiments.comparison.networks import Layers, compared_networks
from experiments.comparison.significance import check_comparable
from experiments.config import RunConfig, parse_field
from experiments.presets import preset

YOURS, PUBLISHED, HELD_OUT = "Your settings", "As published", "As published, held out"
PRESET_PAIRS: dict[str, tuple[str, str]] = {
    PUBLISHED: ("slp-digits", "mlp-digits"),
    HELD_OUT: ("slp-digits-held-out", "mlp-digits-held-out"),
}


def choose_networks() -> tuple[RunConfig, ...]:
    """Let the reader choose which networks to compare."""
    with row():
        what = st.segmented_control(
            "What to compare",
            (YOURS, *PRESET_PAIRS),
            default=YOURS,
            required=True,
            key=session.COMPARE_WHAT,
            persist_state="session",
            help="Your settings: everything in the sidebar, with and without hidden layers. As "
            "published: a small program that many have learned from, with its own settings.",
        )
        more, problems = _parse_layers(_more_networks())
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")
    if what == YOURS:
        return compared_networks(session.config(), more)
    st.caption(published_sentence(what))
    return compared_networks(preset(PRESET_PAIRS[what][1]).config, more)


def _more_networks() -> list[str]:
    """Let the reader type the hidden layers of more networks."""
    with st.popover("More networks", icon=":material/add:", help="Up to four besides the two."):
        return [
            st.text_input(
                f"Hidden layers, network {i}",
                key=key,
                persist_state="session",
                placeholder="such as 64, 32",
                help="Units of each hidden layer; all else is as in the other networks. Leave it "
                "empty for no network.",
            )
            for i, key in enumerate(session.COMPARE_MORE, 3)
        ]


def _parse_layers(texts: Sequence[str]) -> tuple[list[Layers], list[str]]:
    """Return the hidden layers that were typed, and what is wrong with the others."""
    layers, problems = [], []
    for text in texts:
        try:
            layers += [parse_field("hidden_layers", text)] if text.strip() else []
        except ValueError as error:
            problems.append(str(error))
    return layers, problems


def published_sentence(what: str) -> str:
    """Say what the published programs report for this pair."""
    first, other = (preset(name) for name in PRESET_PAIRS[what])
    part = "the samples they learn from" if first.judged_on == "training" else "new samples"
    return (
        "A published program with 1000 steps of plain gradient descent. It reaches "
        f"{first.original_accuracy:.1f} % with a single layer and {other.original_accuracy:.1f} % "
        f"with 32 hidden units, on {part}."
    )


def objection_to(networks: Sequence[RunConfig]) -> str:
    """Say why networks cannot be compared by their test accuracy, and what to do; else nothing."""
    if session.value(session.COMPARE_WHAT) == PUBLISHED and not networks[0].test_fraction:
        return (
            "The published program holds nothing out, and training accuracy compares only what "
            f"was memorized. Choose {HELD_OUT} above."
        )
    return problem_of(partial(check_comparable, networks))
