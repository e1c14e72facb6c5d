"""Networks that train at the same time, in one chart: the view."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import session, training_speed
from dashboard.charts import side_by_side as charts
from dashboard.charts.curves import HARDER, Curve, Measure, remark_on_training
from dashboard.charts.figure import Figure
from dashboard.compare import actions, messages
from dashboard.compare.buttons import (
    begin_button,
    note_example,
    note_if_changed,
    row,
    show_problems,
    stop_button,
)
from dashboard.compare.polling import failure_sentence
from dashboard.compare.selected_pair import show_selected_pair
from dashboard.components.chart import show_chart
from dashboard.components.live_charts import show_live_chart
from dashboard.components.live_feed import forget_live_elements, tell_changes
from dashboard.components.transport_buttons import pause_button, play_button
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.session import ComparisonKind
from experiments.background.background_task import Status
from experiments.comparison.examples import example_accuracies, two_networks
from experiments.comparison.networks import network_name
from experiments.comparison.side_by_side import SideBySide
from experiments.config import RunConfig

LABEL = "Train side by side"
CHART_WIDTH, TABLE_WIDTH = 560, 560  # pixels
PLAY_WIDTH = 190  # pixels; wide enough for each of its names, so that the row stands still


def side_by_side(networks: tuple[RunConfig, ...]) -> None:
    """Draw the networks as they train at the same time."""
    names = ", ".join(network_name(config) for config in networks)
    st.markdown(
        f"{names}: all learn from the same samples, in the same order, in one chart. See which "
        "leads early, which leads at the end, and what each of them costs."
    )
    begin = partial(actions.begin_side_by_side, networks)
    problem = actions.begin_if_requested(ComparisonKind.SIDE_BY_SIDE, begin)
    comparison = session.tab().side_by_side
    status = comparison.status if comparison else None
    _buttons(status)
    show_problems("", problem)
    if comparison is None or status is None:
        _draw_example()
        return
    what_to_do = LABEL if status.is_over else f"Stop, then {LABEL},"
    note_if_changed(actions.is_of(comparison, networks), what_to_do)
    _draw_and_follow(comparison, status)
    if status.is_over:
        st.fragment(show_selected_pair)(comparison)


def _draw_example() -> None:
    """Draw the curves of networks that were trained beforehand."""
    note_example("One run of each with the default settings, trained beforehand.")
    accuracies, configs = example_accuracies(), two_networks()
    curves = [
        Curve(network_name(config), 0, 1, values)
        for config, values in zip(configs, accuracies, strict=True)
    ]
    show_chart(
        charts.compared_curves_figure(curves, "accuracy", held_out=True, epochs=configs[0].epochs),
        key=session.SIDE_BY_SIDE_CHART,
        alt="Example: accuracy of a single layer and of a network with a hidden layer, by epoch",
    )


def _buttons(status: Status | None) -> None:
    """Draw the buttons: the first begins, pauses or resumes, the other stops."""
    with row():
        if status and status.is_active:
            pause_button(
                actions.pause_side_by_side,
                key=session.COMPARE_PAUSE,
                width=PLAY_WIDTH,
                help="Pause all networks; nothing is lost.",
            )
        elif status is Status.PAUSED:
            play_button(
                "Resume",
                actions.resume_side_by_side,
                key=session.COMPARE_RESUME,
                width=PLAY_WIDTH,
                help="Continue training all networks.",
            )
        else:
            begin_button(
                LABEL,
                ComparisonKind.SIDE_BY_SIDE,
                disabled=False,
                help_text="All networks from the same seed, on the same samples, at the same "
                "time. A short training is stretched to about 8 seconds.",
                width=PLAY_WIDTH,
            )
        stop_button(ComparisonKind.SIDE_BY_SIDE, disabled=status is None or status.is_over)


def _draw_and_follow(comparison: SideBySide, status: Status) -> None:
    """Draw the curves and the tables, and have them follow the training."""
    seconds = training_speed.poll_seconds() if status.is_active else None
    above = st.container()
    left, below = wrapping_columns(session.COMPARE_CURVES, (CHART_WIDTH, TABLE_WIDTH))
    with left:
        st.fragment(_draw_curves)(comparison)
    with above:
        st.fragment(_look, run_every=seconds)(comparison, status, below)


def _look(comparison: SideBySide, status: Status, below: DeltaGenerator) -> None:
    """Draw what is new since the last look.

    Parameters
    ----------
    status : for which the rest of the page was drawn; with another one, it is drawn anew
    below : the place of the tables, below or beside the curves
    """
    if status.is_over:
        _show_ending(comparison, status)
    else:
        progress = messages.side_by_side_progress(comparison)
        st.progress(progress.fraction, text=progress.words)
    tell_changes()
    with below:
        _draw_tables(comparison)
    if status.is_active != comparison.status.is_active:
        st.rerun()  # the whole page: it has other buttons now, and the images


def _view_controls() -> tuple[Measure, bool]:
    """Draw how the curves are shown; return what to show, and whether close up."""
    with row():
        measure = st.segmented_control(
            "Show",
            list(charts.MEASURES),
            default="accuracy",
            required=True,
            key=session.COMPARE_MEASURE,
            persist_state="session",
            format_func=str.capitalize,
            help="The share of samples that are right, or the loss that training minimizes.",
        )
        close_up = st.toggle(
            "Close up",
            key=session.COMPARE_CLOSE_UP,
            persist_state="session",
            help="Leave out the steep beginning: small differences show at the end.",
        )
    return measure, close_up


def _draw_curves(comparison: SideBySide) -> None:
    """Draw a curve for each network, and the controls that choose what is shown."""
    forget_live_elements()
    above = st.container()
    measure, close_up = _view_controls()
    names = ", ".join(network_name(config) for config in comparison.networks)
    remark = (
        "" if charts.is_held_out(comparison.runs) else remark_on_training(comparison.networks[-1])
    )
    with above:
        show_live_chart(
            partial(_curves_figure, comparison, measure, close_up),
            lambda: tuple(len(run.history) for run in comparison.runs),
            key=session.SIDE_BY_SIDE_CHART,
            alt=f"{measure.capitalize()} of {names}, by epoch",
        )
        if remark:
            st.caption(remark, help=HARDER)


def _curves_figure(comparison: SideBySide, measure: Measure, close_up: bool) -> Figure:
    runs = comparison.runs
    return charts.compared_curves_figure(
        charts.compared_curves(runs, measure),
        measure,
        held_out=charts.is_held_out(runs),
        epochs=max(run.config.epochs for run in runs),
        close_up=close_up,
        revision=str(id(comparison)),
    )


def _draw_tables(comparison: SideBySide) -> None:
    """Show what each network costs, what it reaches, and its accuracy during training."""
    st.markdown(messages.cost_table(comparison))
    st.caption(
        "The multiplications are what a larger network costs. On small ones, the seconds are "
        "mostly Python's overhead, and vary from run to run."
    )
    names = [network_name(config) for config in comparison.networks]
    held_out = charts.is_held_out(comparison.runs)
    samples = "validation samples, held out" if held_out else "**training samples**"
    st.markdown(f"Accuracy (%) on the {samples}, epoch by epoch")
    st.markdown(messages.accuracy_rows(names, *charts.accuracy_table(comparison.runs)))


def _show_ending(comparison: SideBySide, status: Status) -> None:
    """Say how it ended."""
    for run in comparison.runs:
        if run.diverged:
            st.error(f"{network_name(run.config)}: {run.diverged}", icon=":material/trending_up:")
    if failure := failure_sentence(status, comparison.problem):
        st.warning(failure, icon=":material/error:")
    elif comparison.finished:
        st.success(messages.side_by_side_ending(comparison), icon=":material/sports_score:")
    else:
        st.info("No network has a result.", icon=":material/info:")
