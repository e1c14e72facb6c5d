"""Which step is looked at: with one sample, or with the next batch of the training."""

from collections.abc import Hashable
from threading import Condition
from typing import NamedTuple

import numpy as np
import streamlit as st
from cachetools import LRUCache, cached

from dashboard import session
from dashboard.components.network_view import ShownSample
from dashboard.inspected_network import InspectedNetwork
from dashboard.sample_choice import ChosenSample, choose_sample
from dashboard.text import plain
from experiments.inspection.sample_choice import first_misread
from experiments.inspection.step_moves import Move, moves_of
from experiments.inspection.step_trace import (
    MOST_SAMPLES,
    StepStart,
    StepTrace,
    longest_terms,
    start_of_step,
    trace_sample,
    trace_step,
)
from experiments.training.run import Run

SAMPLE, BATCH = "One sample", "A batch"
CACHE_BYTES = 64_000_000  # of all traces; of MNIST 784-128-10 with adam, one takes 5 MB


class TracedStep(NamedTuple):
    """A step that is looked at.

    trace, moves : of it
    sample : the one that is followed, of those in the batch
    shown : what it is
    remark : from where the step is made
    """

    run: Run
    trace: StepTrace
    moves: list[Move]
    sample: int
    shown: ShownSample
    remark: str


def choose_step(inspected: InspectedNetwork) -> TracedStep:
    """Draw the choice of what the step learns from, and return the step."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        learns_from = st.segmented_control(
            "The step learns from",
            (SAMPLE, BATCH),
            default=SAMPLE,
            required=True,
            key=session.STEP_LEARNS_FROM,
            persist_state="session",
            help="One sample, as if it were the whole batch; or the batch that training takes "
            "next, in which the gradients of all samples are summed.",
        )
        if learns_from == BATCH:
            return _batch_step(inspected)
        return _sample_step(inspected)


def _sample_step(inspected: InspectedNetwork) -> TracedStep:
    run = inspected.run
    if session.value(session.SAMPLE_PART) is None:
        _begin_with_misread_sample(inspected)
    chosen = choose_sample(run)
    label = _choose_class(run) if chosen.label is None else chosen.label
    start = _start(inspected)
    trace, moves = _traced(inspected, (chosen.version, label), start, chosen, label)
    shown = ShownSample(chosen.recorded, chosen.x, chosen.about, label)
    return TracedStep(run, trace, moves, 0, shown, _remark(run, start, trace, is_batch=False))


def _begin_with_misread_sample(inspected: InspectedNetwork) -> None:
    """Choose a sample with something to learn from; of the test part, nothing is chosen."""
    prepared = inspected.run.prepared_data()
    part = "validation" if prepared.validation else "training"
    position = first_misread(inspected.network, prepared.validation or prepared.training)
    if position is not None:
        session.set_value(session.SAMPLE_PART, part)
        session.set_value(session.SAMPLE_NUMBER, position + 1)


def _batch_step(inspected: InspectedNetwork) -> TracedStep:
    run, start = inspected.run, _start(inspected)
    trace, moves = _traced(inspected, BATCH, start)
    number = st.number_input(
        "Sample of the batch",
        min_value=1,
        max_value=trace.n_samples,
        value=min(int(session.value(session.STEP_ROW, 1)), trace.n_samples),
        key=session.STEP_ROW,
        persist_state="session",
        width=170,
        help=f"Which of its {trace.n_samples} samples to follow.",
    )
    sample = int(number) - 1
    shown = _sample_of_batch(run, trace, sample)
    return TracedStep(run, trace, moves, sample, shown, _remark(run, start, trace, is_batch=True))


def _choose_class(run: Run) -> int:
    """Draw the choice of what the network is told that a drawing is."""
    names = run.prepared_data().dataset.class_names
    label: int = st.selectbox(
        "Its class",
        range(len(names)),
        key=session.STEP_CLASS,
        persist_state="session",
        format_func=lambda i: plain(names[i]),
        width=150,
        help="What the network is told that your drawing is.",
    )
    return label


def _sample_of_batch(run: Run, trace: StepTrace, sample: int) -> ShownSample:
    prepared, row = run.prepared_data(), int(trace.rows[sample])
    recorded = prepared.dataset.X[prepared.split.training[row]]
    label = int(trace.targets[sample].argmax())
    about = f"sample {sample + 1} of the batch"
    return ShownSample(recorded, trace.activations[0][sample], about, label)


def _start(inspected: InspectedNetwork) -> StepStart:
    run = inspected.run
    stored = session.tab().run_store.find(run)
    is_still = stored is None or not stored.job.status.is_active
    return start_of_step(run, inspected.network, inspected.epoch, is_still=is_still)


def _traced_key(
    inspected: InspectedNetwork, what: Hashable, start: StepStart, *_: object
) -> Hashable:
    rate = start.state.optimizer.learning_rate
    return inspected.version, what, start.has_memory, rate, start.state.n_seen


@cached(
    LRUCache(CACHE_BYTES, getsizeof=lambda traced: traced[0].n_bytes),
    key=_traced_key,
    condition=Condition(),
)
def _traced(
    inspected: InspectedNetwork,
    what: Hashable,
    start: StepStart,
    chosen: ChosenSample | None = None,
    label: int = 0,
) -> tuple[StepTrace, list[Move]]:
    """Trace a step and take it apart, once for all sessions and moves."""
    if chosen is None:
        trace = trace_step(start.state, inspected.run.prepared_data().training)
    else:
        trace = trace_sample(start.state, chosen.x.astype(np.float32), label)
    return trace, moves_of(trace)


def _why_from_zero(run: Run) -> str:
    """Say why the optimizer state of the run is not there."""
    if session.is_training(run):
        return "While a run trains, this page has its parameters alone"
    return "Of this epoch, the parameters alone are kept"


def _remark(run: Run, start: StepStart, trace: StepTrace, *, is_batch: bool) -> str:
    """Say from where a step is made, as far as it is not the next one of the training."""
    remarks = [] if run.diverged is None else [f"The run has ended here. {run.diverged}"]
    if not trace.is_made:
        remarks.append("The loss is not finite, or far too large: no step is made.")
    is_cut = is_batch and run.plan.batch_size > MOST_SAMPLES
    if is_batch and start.has_memory and not is_cut:
        remarks.append("This is the step that training makes next, bit for bit.")
    elif start.has_memory and trace.state_before:
        remarks.append("The optimizer state, its memory of earlier gradients, is the run's own.")
    if not start.has_memory and trace.state_before:
        remarks.append(
            f"{_why_from_zero(run)}, so the optimizer state, its memory of earlier gradients, "
            "is all 0 here, as before the first step of a training."
        )
    if not start.has_memory and is_batch:
        remarks.append("The order of the samples is not kept either: this batch is drawn anew.")
    if is_cut:
        remarks.append(f"Of each batch of {run.plan.batch_size:,}, {MOST_SAMPLES} are traced.")
    return " ".join(remarks)


def followed_units(traced: TracedStep) -> tuple[int, ...]:
    """Return a unit of each layer: those the reader has chosen, else those that matter most."""
    chosen, sizes = session.tab().slow_motion.units, traced.trace.network.sizes
    matter = longest_terms(traced.trace, traced.sample)
    return tuple(
        chosen[l] if chosen.get(l, size) < size else matter[l] for l, size in enumerate(sizes)
    )
