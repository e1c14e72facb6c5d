"""Networks of several depths and widths: the view."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.charts.architecture_grid import architecture_grid_figure
from dashboard.compare import actions, messages
from dashboard.compare.buttons import note_if_changed, row, sequence_buttons, show_problems
from dashboard.compare.polling import sequence_progress, show_status, watch
from dashboard.components.chart import show_chart
from dashboard.session import ComparisonKind
from experiments.background.run_sequence import RunSequence
from experiments.comparison.over_seeds import RunOutcome, complete_seeds, seed_summaries
from experiments.config import RunConfig


def depth_and_width(networks: Sequence[RunConfig]) -> None:
    """Compare networks from none to many hidden units."""
    st.header("Depth and width")
    with row():
        begin = partial(actions.begin_architecture_grid, networks, _choose_n_seeds())
        problems = sequence_buttons(
            "Train the grid",
            ComparisonKind.ARCHITECTURE_GRID,
            networks,
            begin,
            "Train networks with 0, 1, 2 and 4 hidden layers of 16, 32 and 64 units; all else as "
            "above.",
        )
    show_problems(*problems)
    if comparison := session.tab().architecture_grid:
        note_if_changed(actions.is_of(comparison, networks), "Train the grid")
        watch(comparison, _draw)
    else:
        st.info(
            "Ten networks, from no hidden layer to four, narrow and wide, on the samples above. "
            "See whether more parameters buy more accuracy.",
            icon=":material/stairs:",
        )


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
        summaries = seed_summaries(rows)
        show_chart(
            architecture_grid_figure(summaries),
            key=session.ARCHITECTURE_GRID_CHART,
            alt="Test accuracy of ten networks by their number of parameters, a line for each "
            "depth",
        )
        st.markdown(messages.architecture_grid_table(summaries))
        st.caption(messages.trust(len(rows), comparison.configs[0].dataset))
    elif status.is_over:
        st.info("It ended before all ten networks were trained once.", icon=":material/info:")
