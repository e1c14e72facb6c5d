"""What the split does to the test accuracy: at random, or in blocks."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session, training_speed
from dashboard.charts.split_scores import split_scores
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.session import SplitEffectRun
from dashboard.text import plain
from data.datasets import Dataset
from data.split import SPLITS, Split
from experiments.background.background_task import Status
from experiments.comparison.split_effect import (
    SEEDS,
    SplitScore,
    measure,
    n_runs,
    results_of,
    row_order_of,
    split_effect_sentence,
    thinned,
)
from experiments.training.prepared_data import PreparedData


def draw_split(prepared: PreparedData) -> None:
    """Draw the effect of the split; again and again while networks train."""
    is_running = is_split_effect_running(prepared.dataset)
    seconds = training_speed.sequence_poll_seconds() if is_running else None
    st.fragment(_draw, run_every=seconds)(prepared, is_running)


def _draw(prepared: PreparedData, was_running: bool) -> None:
    """Draw the scores of both splits, or the way to get them.

    Parameters
    ----------
    was_running : whether networks trained when the page was drawn
    """
    dataset = prepared.dataset
    st.markdown(sizes_sentence(session.config().split, prepared.split))
    order = row_order_of(dataset)
    if not order.has_blocks:
        st.info(order.reason, icon=":material/info:")
        return
    st.markdown(
        "With a **random** split, samples from one source, a writer for example, are in every "
        "part: the network is tested on sources that it knows. With **blocks**, whole stretches "
        f"of rows are held out, and it is tested on new sources. {order.reason}"
    )
    if results := results_of(dataset):
        _draw_scores(dataset, results)
    else:
        _draw_progress(dataset)
    if was_running != is_split_effect_running(dataset):
        st.rerun()  # the whole page, which sets how often this view is drawn


def _draw_scores(dataset: Dataset, results: list[SplitScore]) -> None:
    """Draw the test accuracy of each network under both splits."""
    alt = "Test accuracy of two networks with the random split and with blocks"
    show_chart(split_scores(results), key=session.SPLITS_CHART, alt=alt)
    st.markdown(scores_sentence(dataset, results, split_effect_sentence(results)))
    show_source("The lines of NumPy that do this", SPLITS)


def sizes_sentence(name: str, split: Split) -> str:
    """Say how many samples each part has, with the split of that name."""
    sizes = ", ".join(f"**{len(rows):,}** {part}" for part, rows in split._asdict().items())
    return f"With your settings, the split is **{name}**: {sizes} samples."


def scores_sentence(dataset: Dataset, results: Sequence[SplitScore], verdict: str) -> str:
    """Say what was measured, and how."""
    n_rows = thinned(dataset).n_samples
    thinning = f" To be quick, the networks used only {n_rows:,} evenly spaced rows of the dataset."
    thinning = thinning if n_rows < dataset.n_samples else ""
    sizes = {f"{result.n_test:,} ({result.split})": None for result in results}
    return (
        f"{plain(verdict)} Means of {len(SEEDS)} seeds, each measured on test samples that were "
        f"not used in training: {' and '.join(sizes)}.{thinning}"
    )


def _draw_progress(dataset: Dataset) -> None:
    """Draw the progress and a button to stop; where nothing runs, a button to begin."""
    run = split_effect_run(dataset)
    if run and run.sequence.status.is_active:
        st.progress(run.sequence.fraction, text="Training small networks")
        st.button(
            "Stop",
            icon=":material/stop:",
            on_click=stop_split_effect,
            help="End the training here, without a result.",
        )
        return
    if run:
        st.info(no_scores_sentence(run.sequence.status), icon=":material/info:")
    if st.button(
        "Measure it",
        icon=":material/balance:",
        type="primary",
        help=f"Train {n_runs()} small networks, half of them with each split: some seconds.",
    ):
        try:
            start_split_effect(dataset)
        except ValueError as error:
            st.info(f"Both splits cannot be compared here. {plain(str(error))}")


def no_scores_sentence(status: Status) -> str:
    """Say why a training under both splits that is over has no scores."""
    if status is Status.FINISHED:
        return "All networks diverged on these data: their values may be too far apart."
    return "The measurement ended early. Try again."


def start_split_effect(dataset: Dataset) -> None:
    """Train small networks under both splits.

    Raises
    ------
    ValueError : if the dataset cannot be split so
    """
    stop_split_effect()
    sequence = measure(dataset, page=session.page())
    session.tab().split_effect = SplitEffectRun(dataset, sequence)
    sequence.go()


def stop_split_effect() -> None:
    """End the training under both splits, without a result."""
    tab = session.tab()
    run, tab.split_effect = tab.split_effect, None
    if run:
        run.sequence.stop()


def split_effect_run(dataset: Dataset) -> SplitEffectRun | None:
    """Return the training under both splits that this tab began on a dataset, if it has."""
    run = session.tab().split_effect
    return run if run and run.dataset is dataset else None


def is_split_effect_running(dataset: Dataset) -> bool:
    """Say whether small networks are being trained on a dataset."""
    run = split_effect_run(dataset)
    return run is not None and run.sequence.status.is_active
