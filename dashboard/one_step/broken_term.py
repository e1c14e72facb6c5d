"""Backpropagation with one term broken: the formula, the check that finds it, and what it costs."""

from collections.abc import Hashable
from threading import Condition
from typing import Any

import streamlit as st
from cachetools import LRUCache, cached

from dashboard import session, settings
from dashboard.charts.gradient_check import Gradient, agreement_figure, errors_figure
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.inspected_network import InspectedNetwork
from dashboard.one_step.gradient_check import DIVERGED
from dashboard.one_step.paired_training import draw_paired_training
from dashboard.text import plain
from experiments.config import SETTINGS
from experiments.inspection.broken_terms import (
    TERMS,
    Backpropagation,
    BrokenTerm,
    TermCheck,
    check_sentence,
    check_term,
    subject_of,
)
from experiments.inspection.gradient_checks import problem_of
from experiments.training.plan import make_objective
from mlp.backprop import backward
from mlp.gradient_check import numerical_gradient

KEPT_CHECKS = 64  # some kilobytes each
HEIGHT = 380  # pixels


def draw_broken_term(inspected: InspectedNetwork) -> None:
    """Draw the choice of a mistake, and what comes of it."""
    st.markdown(
        "Each unit has an error, **δ**: it says how fast the loss C grows with the input z of the "
        "unit. Backpropagation hands δ down from layer to layer, and makes "
        "the gradient of all weights from it. Break one term of that, and the program still runs, "
        "prints a loss, and often even learns. How would you find out?"
    )
    term = TERMS[_choose_term()]
    subject = subject_of(term, inspected.run.config, inspected.network)
    st.latex(term.formula)
    instead = ", in the frame: what stands there instead" if term.is_replaced else ""
    st.markdown(f"Struck through: what is broken{instead}. {term.cost}")
    if subject.added:
        st.info(added_sentence(subject.added), icon=":material/info:")
    found = checked(inspected, term)
    if found.is_finite:
        _draw_check(found, term)
    else:
        st.info(DIVERGED, icon=":material/info:")
    draw_paired_training(term, subject, inspected.run)
    show_source(
        "The lines of NumPy that do this",
        {
            term.title: type(term.backpropagation),
            "Not broken": Backpropagation,
            "Backward": backward,
            "Nudge": numerical_gradient,
        },
    )


def _choose_term() -> str:
    """Draw the choice of a mistake; return its name."""
    name: str = st.pills(
        "What to break",
        TERMS,
        default=next(iter(TERMS)),
        required=True,
        key=session.BROKEN_TERM,
        persist_state="session",
        format_func=lambda name: TERMS[name].title,
        help="One mistake in backpropagation at a time; all else stays right.",
    )
    return name


def added_sentence(added: dict[str, Any]) -> str:
    """Say with which settings a term is shown that plays no part in the run."""
    words = " and ".join(
        f"{SETTINGS[name].in_words} {plain(str(settings.control_value(name, value)))}"
        for name, value in added.items()
    )
    return (
        "In your run, this makes no difference. So you see a network with your settings, but "
        f"with {words}, before its training; the slider above has no effect here."
    )


def _check_key(inspected: InspectedNetwork, term: BrokenTerm) -> Hashable:
    return inspected.version, term.name


@cached(LRUCache(KEPT_CHECKS), key=_check_key, condition=Condition())
def checked(inspected: InspectedNetwork, term: BrokenTerm) -> TermCheck:
    """Return the gradient check of a broken backpropagation."""
    run = inspected.run
    config, _, network = subject_of(term, run.config, inspected.network)
    objective, prepared = make_objective(config), run.prepared_data()
    return check_term(term, problem_of(network, objective, prepared, dropout=config.dropout))


def _draw_check(found: TermCheck, term: BrokenTerm) -> None:
    """Draw the broken gradient against nudges, with the right one beside it."""
    chosen = found.chosen
    gradient = Gradient(chosen.names, chosen.layers, found.broken, found.numeric, found.right)
    left, right = st.columns(2)
    with left:
        show_chart(
            agreement_figure(gradient, title="Broken against nudged", revision=term.name),
            key=session.BROKEN_CHECK_CHART,
            height=HEIGHT,
            alt=f"{term.title}: the gradient by nudging over that by the broken backpropagation",
        )
    with right:
        show_chart(
            errors_figure(gradient, title="Error of each parameter", revision=term.name),
            key=session.BROKEN_ERRORS_CHART,
            height=HEIGHT,
            alt=f"{term.title}: the relative error of each parameter, by layer",
        )
    st.markdown(f"**{plain(check_sentence(found))}**")
    st.markdown(
        "**What to notice:** where the points leave the dashed line, backpropagation says "
        "something else than the loss does; the layers tell where the mistake is."
    )
