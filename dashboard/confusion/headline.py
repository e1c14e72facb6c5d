"""How many predictions are right, after which epoch, and what to keep in mind about that."""

import streamlit as st

from dashboard.components.epoch_slider import step_now
from dashboard.text import percent
from experiments.evaluation.predictions import OUTPUT_MEANINGS, Predictions
from experiments.training.run import Run


def draw_headline(run: Run, predictions: Predictions, part: str, step: int) -> None:
    """Draw the accuracy on a part after a step, and the remarks on it."""
    n_samples = len(predictions.labels)
    with st.container():  # what follows keeps its place, however many words there are
        st.markdown(
            f"**{percent(predictions.n_correct / n_samples)} right** ({predictions.n_correct:,} "
            f"of {n_samples:,} {part} samples), {step_in_words(run, step)}."
        )
        remarks = f"{_remark_on_part(run, part, step)} {OUTPUT_MEANINGS[run.config.output].remark}"
        st.caption(remarks.strip())


def step_in_words(run: Run, step: int) -> str:
    """Return a step as epochs and batches."""
    epochs, batches = divmod(step, run.plan.steps_per_epoch)
    if step == 0:
        return "before any training"
    when = f"after epoch {epochs:,}" + (f" and {batches:,} batches" if batches else "")
    return f"at its end, {when}" if run.result and step == step_now(run) else when


def _remark_on_part(run: Run, part: str, step: int) -> str:
    """Say how far the figures of a part can be trusted."""
    if part == "training":
        return "The network was trained on these samples, so these figures are too optimistic."
    if part == "test" and step != step_now(run):
        return (
            "Earlier epochs on the test part show how the network got here. To choose an epoch, "
            "use the validation part: what is chosen by the test part is no longer tested by it."
        )
    if run.diverged:
        return "A run that has diverged has no result, so its test part stays hidden."
    if run.result is None:
        return (
            "The test part is hidden until the run has a result, so that nothing is chosen by it."
        )
    return "The network was not trained on these samples."
