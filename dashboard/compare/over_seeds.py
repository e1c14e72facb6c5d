"""Networks compared over several seeds: the view."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.charts import over_seeds
from dashboard.compare import messages
from dashboard.components.chart import show_chart
from experiments.background.run_sequence import RunSequence
from experiments.background.training_job import Status
from experiments.comparison.over_seeds import (
    PairedComparison,
    RunOutcome,
    SeedSummary,
    complete_seeds,
    paired_comparisons,
    seed_summaries,
)


def draw_series(series: RunSequence[RunOutcome]) -> None:
    """Draw what the seeds have shown so far, and give a verdict after the last."""
    status = series.status  # before the outcomes: once it is over, all of them are there
    rows = complete_seeds(series.outcomes, len(series.networks))
    _say_state(series, status)
    if len(rows) > 1:
        why_not = messages.no_verdict(status, len(rows), series.n_seeds)
        _draw_result(series, rows, why_not)
    elif status.is_over:
        st.info(
            "It ended before two seeds were done, and one pair cannot tell luck.",
            icon=":material/info:",
        )


def _say_state(sequence: RunSequence[RunOutcome], status: Status) -> None:
    """Say how far it has come, or why it ended too early."""
    if status.is_moving:
        fraction, words = messages.sequence_progress(sequence)
        st.progress(fraction, text=words)
    elif lost := messages.lost_words(status):
        st.warning(lost, icon=":material/error:")


def _draw_result(
    series: RunSequence[RunOutcome], rows: Sequence[Sequence[RunOutcome]], why_no_verdict: str
) -> None:
    """Say what came out in a sentence, if that can be said, then show it."""
    found, ranks = paired_comparisons(rows), seed_summaries(rows)
    if why_no_verdict:
        st.info(why_no_verdict, icon=":material/hourglass:")
    else:
        _give_verdicts(found)
    _draw_seeds(found, ranks, [row[0].config.seed for row in rows])
    st.markdown(messages.seed_summary_table(ranks))
    for remark in messages.remarks(ranks, 0 if why_no_verdict else len(found)):
        st.caption(remark)
    st.caption(f"Dataset: {series.configs[0].dataset}. Spread: standard deviation, with n - 1.")


def _give_verdicts(found: Sequence[PairedComparison]) -> None:
    """Say for each network whether luck explains how far it is from the first."""
    for pair in found:
        over_seeds, in_one_run = pair.sentences
        if pair.paired.is_significant:
            st.success(over_seeds, icon=":material/check_circle:")
        else:
            st.info(over_seeds, icon=":material/casino:")
        st.caption(in_one_run)


def _draw_seeds(
    found: Sequence[PairedComparison], ranks: Sequence[SeedSummary], seeds: Sequence[int]
) -> None:
    """Draw each seed twice: how the networks did, and how far they were apart."""
    left, right = st.columns(2)
    with left:
        show_chart(
            over_seeds.pairs_figure(ranks, seeds),
            key=session.PAIRS_CHART,
            alt="Test accuracy of each network with each seed; lines join pairs",
        )
    with right:
        show_chart(
            over_seeds.differences_figure(found),
            key=session.DIFFERENCES_CHART,
            alt="Difference to the first network with each seed, and its mean",
        )
