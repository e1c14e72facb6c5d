"""Networks one after another, as the page draws them: over seeds, over shapes, up the ladder."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from dashboard import arena
from dashboard.chart import show_chart
from dashboard.charts import contest as drawings
from dashboard.contest_view import draw_territories
from experiments.background.run_sequence import Relay
from experiments.background.training_job import Status
from experiments.comparison.over_seeds import Duel, Outcome, Standing, duels, standings, whole_rows
from experiments.evaluation.decision_regions import Territory

T = TypeVar("T")


def watch(relay: Relay[T], draw: Callable[[Relay[T]], None]) -> None:
    """Draw a relay again and again while it is on its way, and once more when it is over."""
    was_moving = relay.status.is_moving
    seconds = arena.poll_seconds() if was_moving else None
    st.fragment(_look, run_every=seconds)(relay, draw, was_moving)


def _look(relay: Relay[T], draw: Callable[[Relay[T]], None], was_moving: bool) -> None:
    draw(relay)
    if was_moving != relay.status.is_moving:
        st.rerun()  # the whole page: its buttons are others


# Over many seeds ----------------------------------------------------------------


def draw_series(series: Relay[Outcome]) -> None:
    """Draw what the seeds have shown so far, and give a verdict after the last."""
    status = series.status  # before the outcomes: once it is over, all of them are there
    rows = whole_rows(series.outcomes, len(series.networks))
    _say_state(series, status)
    if len(rows) > 1:
        why_not = arena.no_verdict(status, len(rows), series.n_seeds)
        _draw_result(series, rows, why_not)
    elif status.is_over:
        st.info(
            "It ended before two seeds were done, and one pair cannot tell luck.",
            icon=":material/info:",
        )


def _say_state(relay: Relay[Outcome], status: Status) -> None:
    """Say how far it has come, or why it ended too early."""
    if status.is_moving:
        fraction, words = arena.relay_progress(relay)
        st.progress(fraction, text=words)
    elif lost := arena.lost_words(status):
        st.warning(lost, icon=":material/error:")


def _draw_result(
    series: Relay[Outcome], rows: Sequence[Sequence[Outcome]], why_no_verdict: str
) -> None:
    """Say what came out in a sentence, if that can be said, then show it."""
    found, ranks = duels(rows), standings(rows)
    if why_no_verdict:
        st.info(why_no_verdict, icon=":material/hourglass:")
    else:
        _give_verdicts(found)
    _draw_seeds(found, ranks, [row[0].config.seed for row in rows])
    st.markdown(arena.standings_table(ranks))
    for remark in arena.remarks(ranks, 0 if why_no_verdict else len(found)):
        st.caption(remark)
    st.caption(f"Dataset: {series.configs[0].dataset}. Spread: standard deviation, with n - 1.")


def _give_verdicts(found: Sequence[Duel]) -> None:
    """Say for each network whether luck explains how far it is from the first."""
    for duel in found:
        over_seeds, in_one_run = duel.sentences
        if duel.paired.is_significant:
            st.success(over_seeds, icon=":material/check_circle:")
        else:
            st.info(over_seeds, icon=":material/casino:")
        st.caption(in_one_run)


def _draw_seeds(found: Sequence[Duel], ranks: Sequence[Standing], seeds: Sequence[int]) -> None:
    """Draw each seed twice: how the networks did, and how far they were apart."""
    left, right = st.columns(2)
    with left:
        show_chart(
            drawings.pairs_figure(ranks, seeds),
            key="pairs",
            alt="Test accuracy of each network with each seed; lines join pairs",
        )
    with right:
        show_chart(
            drawings.differences_figure(found),
            key="differences",
            alt="Difference to the first network with each seed, and its mean",
        )


# Where one layer must fail ------------------------------------------------------


def draw_shapes(shapes: Relay[Territory]) -> None:
    """Draw each plane as soon as its network has learned."""
    if shapes.status.is_moving:
        st.progress(shapes.fraction, text=f"{len(shapes.outcomes)} of {len(shapes.configs)} done")
    elif lost := arena.lost_words(shapes.status):
        st.warning(lost, icon=":material/error:")
    lands = list(shapes.outcomes)
    draw_territories([land for land in lands if not land.config.hidden_layers], "single")
    draw_territories([land for land in lands if land.config.hidden_layers], "multi")
    st.caption(
        "Accuracies and points are of the test part, never seen before; the colour behind is what "
        "the network says. In xor, chance has moved 1 point in 20 across an axis, and nobody can "
        "know which: 95 % is about as good as it gets. To try them with many seeds, choose them "
        "above as data."
    )


# Depth and width ----------------------------------------------------------------


def draw_ladder(ladder: Relay[Outcome]) -> None:
    """Draw the rungs, as far as whole seeds are done, and say how far to trust them."""
    status = ladder.status
    rows = whole_rows(ladder.outcomes, len(ladder.networks))
    _say_state(ladder, status)
    if rows:
        ranks = standings(rows)
        show_chart(
            drawings.ladder_figure(ranks),
            key="ladder",
            alt="Test accuracy of ten networks by their number of parameters, a line for each "
            "depth",
        )
        st.markdown(arena.ladder_table(ranks))
        st.caption(arena.trust(len(rows), ladder.configs[0].dataset))
    elif status.is_over:
        st.info("It ended before all ten networks were trained once.", icon=":material/info:")
