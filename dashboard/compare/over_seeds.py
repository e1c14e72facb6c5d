"""Networks compared over several seeds: the view."""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import session
from dashboard.charts import over_seeds as charts
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
from experiments.comparison.examples import example_seeds
from experiments.comparison.networks import NONLINEAR_SETS, compared_networks
from experiments.comparison.over_seeds import (
    PairedComparison,
    RunOutcome,
    SeedSummary,
    complete_seeds,
    paired_comparisons,
    seed_summaries,
)
from experiments.config import RunConfig

AS_ABOVE = "as above"


LABEL = "Compare over seeds"
CHART_WIDTH, TABLE_WIDTH = 390, 480  # pixels


def over_seeds(networks: Sequence[RunConfig]) -> None:
    """Compare the networks over many seeds: is the difference more than luck?"""
    st.markdown(
        "A single run may be luck. Here each network is trained with many seeds, each seed is one "
        "pair on the same samples, and two tests say whether luck explains the difference."
    )
    with row():
        chosen, n_seeds = _choose_data_and_seeds(networks)
        objection = objection_to(chosen)
        problem = sequence_buttons(
            LABEL,
            ComparisonKind.OVER_SEEDS,
            objection,
            partial(actions.begin_over_seeds, chosen, n_seeds),
            "Train each network with each seed, then test whether luck explains the differences.",
        )
    show_problems(objection, problem)
    if comparison := session.tab().over_seeds:
        note_if_changed(actions.is_of(comparison, chosen), LABEL)
        watch(comparison, _draw)
    else:
        rows = example_seeds()
        note_example(f"{len(rows)} seeds with the default settings, trained beforehand.")
        _draw_result(rows, "")


def _choose_data_and_seeds(networks: Sequence[RunConfig]) -> tuple[tuple[RunConfig, ...], int]:
    """Let the reader choose the samples and the number of seeds; return networks for them."""
    data = st.selectbox(
        "Data",
        (AS_ABOVE, *NONLINEAR_SETS),
        key=session.COMPARE_DATA,
        persist_state="session",
        width=160,
        help="As above: the networks of this page on their samples. The others are points "
        "that no line separates, with small networks that suit them.",
    )
    n_seeds = st.number_input(
        "Seeds",
        min_value=2,
        max_value=50,
        value=10,
        key=session.COMPARE_SEEDS,
        persist_state="session",
        width=140,
        help="How many times each network is trained. Each seed splits the samples differently, "
        "and starts from different initial weights.",
    )
    return _networks_for(data, networks), n_seeds


def _networks_for(data: str, networks: Sequence[RunConfig]) -> tuple[RunConfig, ...]:
    """Return the networks as they are, or those that suit a set of points."""
    if data == AS_ABOVE:
        return tuple(networks)
    return compared_networks(
        NONLINEAR_SETS[data], [config.hidden_layers for config in networks[2:]]
    )


def _draw(comparison: RunSequence[RunOutcome]) -> None:
    """Draw what the seeds have shown so far, and test the differences after the last."""
    status = comparison.status  # before the outcomes: once it is over, all of them are there
    rows = complete_seeds(comparison.outcomes, len(comparison.networks))
    show_status(comparison, sequence_progress(comparison))
    if len(rows) > 1:
        _draw_result(rows, messages.why_untested(status, len(rows), comparison.n_seeds))
    elif status.is_over:
        st.info(
            "It ended before two seeds were done, and a single pair may be luck.",
            icon=":material/info:",
        )


def _draw_result(rows: Sequence[Sequence[RunOutcome]], why_untested: str) -> None:
    """Say what the tests have found, or why there are none yet; then show each seed."""
    pairs, summaries = paired_comparisons(rows), seed_summaries(rows)
    if why_untested:
        st.info(why_untested, icon=":material/hourglass:")
    else:
        _show_tests(pairs)
    widths = (CHART_WIDTH, CHART_WIDTH, TABLE_WIDTH)
    left, middle, right = wrapping_columns(session.COMPARE_RESULTS, widths)
    _draw_seeds(left, middle, pairs, summaries, [row[0].config.seed for row in rows])
    with right:
        st.markdown(messages.seed_summary_table(summaries))
        for note in messages.notes(summaries, 0 if why_untested else len(pairs)):
            st.caption(note)
        st.caption(f"Dataset: {rows[0][0].config.dataset}. Spread: standard deviation, with n - 1.")


def _show_tests(pairs: Sequence[PairedComparison]) -> None:
    """Say for each network whether luck explains its difference to the first."""
    for pair in pairs:
        over_all_seeds, in_one_run = pair.sentences
        if pair.paired.is_significant:
            st.success(over_all_seeds, icon=":material/check_circle:")
        else:
            st.info(over_all_seeds, icon=":material/casino:")
        st.caption(in_one_run)


def _draw_seeds(
    left: DeltaGenerator,
    right: DeltaGenerator,
    pairs: Sequence[PairedComparison],
    summaries: Sequence[SeedSummary],
    seeds: Sequence[int],
) -> None:
    """Draw each seed twice: the accuracies of the networks, and their differences."""
    with left:
        show_chart(
            charts.pairs_figure(summaries, seeds),
            key=session.PAIRS_CHART,
            alt="Test accuracy of each network with each seed; lines join pairs",
        )
    with right:
        show_chart(
            charts.differences_figure(pairs),
            key=session.DIFFERENCES_CHART,
            alt="Difference to the first network with each seed, and its mean",
        )
