"""Networks of several depths and widths: the view."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.charts.architecture_grid import architecture_grid_figure
from dashboard.compare import actions, messages
from dashboard.compare.buttons import (
    note_example,
    note_if_changed,
    row,
    sequence_buttons,
    show_problems,
)
from dashboard.compare.networks import objection_to
from dashboard.compare.polling import sequence_progress, show_status, watch
from dashboard.components.chart import show_chart
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.session import ComparisonKind
from experiments.background.run_sequence import RunSequence
from experiments.comparison.examples import example_grid
from experiments.comparison.over_seeds import RunOutcome, complete_seeds, seed_summaries
from experiments.config import RunConfig

LABEL = "Train the grid"
CHART_WIDTH, TABLE_WIDTH = 560, 560  # pixels


def depth_and_width(networks: Sequence[RunConfig]) -> None:
    """Compare networks from none to many hidden units."""
    st.markdown(
        "Compare depth and width: ten networks, from no hidden layer to four, narrow and wide, on "
        "the samples above. See whether more parameters buy more accuracy."
    )
    with row():
        begin = partial(actions.begin_architecture_grid, networks, _choose_n_seeds())
        objection = objection_to(networks)
        problem = sequence_buttons(
            LABEL,
            ComparisonKind.ARCHITECTURE_GRID,
            objection,
            begin,
            "Train networks with 0, 1, 2 and 4 hidden layers of 16, 32 and 64 units; all else as "
            "above.",
        )
    show_problems(objection, problem)
    if comparison := session.tab().architecture_grid:
        note_if_changed(actions.is_of(comparison, networks), LABEL)
        watch(comparison, _draw)
    else:
        rows = example_grid()
        note_example(f"{len(rows)} seeds each with the default settings, trained beforehand.")
        _draw_result(rows)


def _choose_n_seeds() -> int:
    return st.number_input(
        "Seeds each",
        min_value=1,
        max_value=10,
        value=3,
        key=session.ARCHITECTURE_GRID_SEEDS,
        persist_state="session",
        width=140,
        help="How many times each of the ten networks is trained.",
    )


def _draw(comparison: RunSequence[RunOutcome]) -> None:
    """Draw the grid for the seeds that all networks have done, and say how far to trust it."""
    status = comparison.status  # before the outcomes: once it is over, all of them are there
    rows = complete_seeds(comparison.outcomes, len(comparison.networks))
    show_status(comparison, sequence_progress(comparison))
    if rows:
        _draw_result(rows)
    elif status.is_over:
        st.info("It ended before all ten networks were trained once.", icon=":material/info:")


def _draw_result(rows: Sequence[Sequence[RunOutcome]]) -> None:
    """Draw the accuracies by size, and by depth and width."""
    summaries = seed_summaries(rows)
    left, right = wrapping_columns(session.COMPARE_GRID, (CHART_WIDTH, TABLE_WIDTH))
    with left:
        show_chart(
            architecture_grid_figure(summaries),
            key=session.ARCHITECTURE_GRID_CHART,
            alt="Test accuracy of ten networks by their number of parameters, a line for each "
            "depth",
        )
    with right:
        st.markdown(messages.architecture_grid_table(summaries))
        st.caption(messages.trust(len(rows), rows[0][0].config.dataset))
