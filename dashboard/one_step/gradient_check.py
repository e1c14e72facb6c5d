"""The gradient by backpropagation against that by nudging one parameter at a time."""

from collections.abc import Hashable
from functools import partial
from threading import Condition

import streamlit as st
from cachetools import LRUCache, cached

from dashboard import session
from dashboard.charts.gradient_check import Gradient, agreement_figure, nudge_figure, parameter_at
from dashboard.components.chart import Click, show_chart
from dashboard.components.source_code import show_source
from dashboard.inspected_network import InspectedNetwork
from experiments.inspection.gradient_checks import (
    NUDGES,
    PRECISIONS,
    ChosenParameters,
    Sweep,
    power_of_ten,
    problem_of,
    sweep,
    sweep_sentence,
)
from mlp.backprop import backward
from mlp.gradient_check import numerical_gradient, relative_error

KEPT_SWEEPS = 32  # some kilobytes each
RISING = tuple(reversed(NUDGES))  # on the slider as on the axis of the chart
USUAL = NUDGES[4]
ALL = "All together"
HEIGHT = 400  # pixels
DIVERGED = (
    "The numbers of this network are beyond all bounds: it has diverged, and there is no gradient "
    "to check. Move the slider to an earlier epoch."
)


def draw_gradient_check(inspected: InspectedNetwork) -> None:
    """Draw both ways to the gradient, for the nudge and the precision that the reader chooses."""
    left, right = st.columns([2, 1], vertical_alignment="center")
    left.markdown(
        "The **gradient** says for each parameter p, a weight or a bias, how fast the loss C grows "
        "with it. Backpropagation finds it for all of them in one go. There is a slow way that "
        "needs no cleverness: **nudge** one parameter up and down by a little h, and look at the "
        "loss. If both ways agree, backpropagation is right."
    )
    right.latex(r"\frac{\partial C}{\partial p} \approx \frac{C(p + h) - C(p - h)}{2h}")
    controls = st.columns([3, 2, 2], vertical_alignment="bottom")
    with controls[0]:
        place = NUDGES.index(_choose_nudge())
    with controls[1]:
        precision = _choose_precision()
    sweeps = sweeps_of(inspected)
    if not all(found.is_finite for found in sweeps.values()):
        st.info(DIVERGED, icon=":material/info:")
        return
    with controls[2]:
        parameter = _choose_parameter(sweeps[precision].chosen)
    _draw_pictures(sweeps, place, precision, parameter)
    st.markdown(sweep_sentence(sweeps[precision], place, precision, parameter))
    st.markdown(
        "**What to notice:** a nudge can be too long and too short, so the error has the shape of "
        "a V; with 7 digits (float32) its foot is much higher than with 16 (float64), which is why "
        "gradients are checked in float64."
    )
    show_source(
        "The lines of NumPy that do this",
        {
            "Nudge": numerical_gradient,
            "Backpropagation": backward,
            "Relative error": relative_error,
            "All nudges": sweep,
        },
    )


def _choose_nudge() -> float:
    """Draw the choice of the nudge; return it."""
    nudge: float = st.select_slider(
        "h, the length of the nudge",
        RISING,
        value=USUAL,
        key=session.NUDGE,
        persist_state="session",
        format_func=power_of_ten,
        help="How far a parameter is moved, up and down. All lengths are computed already.",
    )
    return nudge


def _choose_precision() -> str:
    """Draw the choice of the precision; return it."""
    precision: str = st.segmented_control(
        "Precision",
        PRECISIONS,
        default="float64",
        required=True,
        key=session.CHECK_PRECISION,
        persist_state="session",
        help="float64 holds 16 digits of a number, float32 holds 7. Training uses float32.",
    )
    return precision


def _choose_parameter(chosen: ChosenParameters) -> int | None:
    """Draw the choice of a parameter; return its place, or None for all of them."""
    if session.value(session.CHECKED_PARAMETER) not in chosen.names:  # of another network
        session.set_value(session.CHECKED_PARAMETER, ALL)
    name: str = st.selectbox(
        "Parameter",
        [ALL, *chosen.names],
        key=session.CHECKED_PARAMETER,
        help="W2[3, 17] is the weight from unit 17 of layer 1 into unit 3 of layer 2, counted from "
        "0, and b2[3] the bias of that unit. They were drawn at random; a click on a point "
        "chooses its parameter.",
    )
    return None if name == ALL else chosen.names.index(name)


def _choose_clicked(chosen: ChosenParameters, click: Click) -> None:
    """Choose the parameter whose point the reader has clicked on."""
    place = parameter_at(chosen.layers, click.trace, click.index)
    if place is not None:
        session.set_value(session.CHECKED_PARAMETER, chosen.names[place])


def _sweep_key(inspected: InspectedNetwork) -> Hashable:
    return inspected.version


@cached(LRUCache(KEPT_SWEEPS), key=_sweep_key, condition=Condition())
def sweeps_of(inspected: InspectedNetwork) -> dict[str, Sweep]:
    """Return the check of a network with every nudge, in both precisions."""
    run = inspected.run
    problem = problem_of(
        inspected.network, run.objective, run.prepared_data(), dropout=run.config.dropout
    )
    return {name: sweep(problem, dtype) for name, dtype in PRECISIONS.items()}


def _draw_pictures(
    sweeps: dict[str, Sweep], place: int, precision: str, parameter: int | None
) -> None:
    """Draw what both ways say of each parameter, and the error over the nudge."""
    found = sweeps[precision]
    chosen = found.chosen
    gradient = Gradient(chosen.names, chosen.layers, found.analytic, found.numeric[place])
    left, right = st.columns(2)
    with left:
        title = f"{len(chosen.names)} parameters, both ways"
        show_chart(
            agreement_figure(gradient, title=title, parameter=parameter),
            key=session.GRADIENT_CHECK_CHART,
            height=HEIGHT,
            alt="The gradient of each parameter by nudging over that by backpropagation",
            on_click=partial(_choose_clicked, chosen),
        )
    with right:
        show_chart(
            nudge_figure(sweeps, place=place, precision=precision, parameter=parameter),
            key=session.NUDGE_CHART,
            height=HEIGHT,
            alt="The relative error over the length of the nudge, in both precisions",
        )
