"""The loss on the straight line from another network to the one that is shown."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.loss_line import LineScores, loss_line_figure
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.inside.landscape_controls import PART_TITLES, runs_beside
from dashboard.inside.landscape_tasks import (
    Computed,
    View,
    draw_view,
    moment_of,
    moment_shown,
)
from dashboard.inside.landscape_words import (
    LINE_LIMITS,
    LINE_NOTICE,
    barrier_sentence,
    capped_sentence,
    line_samples_sentence,
    other_seeds_sentence,
)
from dashboard.inspected_network import InspectedNetwork
from experiments.background.background_task import Status
from experiments.inspection.loss_landscape import N_SAMPLES, Evaluation, scores_at, some_of
from experiments.inspection.loss_line import N_POINTS, LossLine, barrier_of, line_between
from experiments.training.run import Run
from mlp.arrays import Array

OWN_BEGINNING = 0  # numbers of runs begin with 1
BEFORE_TRAINING, LAST = "Before its training", "Network shown"


def draw_line(inspected: InspectedNetwork) -> None:
    """Draw the loss between another network and the one that is shown."""
    run = inspected.run
    beside = {stored.number: stored for stored in runs_beside(run)}
    names = {OWN_BEGINNING: BEFORE_TRAINING} | {n: each.name for n, each in beside.items()}
    if session.value(session.LANDSCAPE_FROM) not in names:
        session.set_value(session.LANDSCAPE_FROM, OWN_BEGINNING)
    chosen = st.selectbox(
        "From",
        list(names),
        key=session.LANDSCAPE_FROM,
        persist_state="session",
        format_func=names.__getitem__,
        help="Where the line begins: runs with the same layers on the same data. It ends at the "
        "network that is shown.",
    )
    other = beside[chosen].run if chosen in beside else None
    first = _parameters_of(other) if other else run.snapshots.at(0)
    if problem := problem_with(first, inspected.network.parameters):
        st.info(problem, icon=":material/info:")
        return
    has_other_seed = other is not None and other.config.seed != run.config.seed
    remark = other_seeds_sentence([names[chosen]]) if has_other_seed else ""
    moment = moment_of(other) if other else OWN_BEGINNING
    draw_view(
        View(
            ("line", moment_shown(inspected), moment),
            partial(_line, inspected, first),
            len(PART_TITLES) * N_POINTS * N_SAMPLES * len(first),
            partial(_draw_chart, names[chosen]),
            partial(_tell, remark),
            is_of_past=session.is_training(run)
            or (other is not None and session.is_training(other)),
        )
    )
    show_source(
        "The lines of NumPy that do this",
        {"The line": line_between, "The loss on it": scores_at, "The barrier": barrier_of},
    )


def _parameters_of(run: Run) -> Array:
    return run.network_at().parameters


def problem_with(first: Array, last: Array) -> str:
    """Say why there is no line between two networks; nothing if there is one."""
    if not np.isfinite(first).all():
        return "The other network has diverged: its parameters are no finite numbers any more."
    if np.array_equal(first, last):
        return "Both ends are the same network. Move the slider, or choose another beginning."
    return ""


def _line(inspected: InspectedNetwork, first: Array) -> LossLine:
    """Return the line, not yet begun."""
    prepared, run = inspected.run.prepared_data(), inspected.run
    parts = {
        part: Evaluation(inspected.network, run.objective, some_of(samples))
        for part in PART_TITLES
        if (samples := prepared.samples(part))
    }
    return LossLine(parts, first, inspected.network.parameters, page=session.page())


def _draw_chart(first_name: str, line: Computed) -> None:
    """Draw what is known of a line."""
    if not isinstance(line, LossLine):
        return
    scores = {
        part: LineScores(scored.losses, scored.accuracies) for part, scored in line.scored.items()
    }
    title = "On the line between two networks"
    figure = loss_line_figure(line.t, scores, (first_name, LAST), title)
    alt = f"{title}, from {first_name} to {LAST}: loss and accuracy"
    show_chart(figure, key=session.LANDSCAPE_LINE_CHART, alt=alt, height=460)


def _tell(remark: str, line: Computed) -> None:
    """Say what the picture of a line shows, and what it cannot show."""
    if not isinstance(line, LossLine):
        return
    if line.status is Status.FINISHED:
        st.markdown(" ".join(barrier_sentence(line, part) for part in line.scored))
    st.markdown(LINE_NOTICE)
    st.markdown(LINE_LIMITS)
    caps = (capped_sentence(scored.losses, part) for part, scored in line.scored.items())
    st.caption(" ".join(filter(None, (line_samples_sentence(line), *caps, remark))))
