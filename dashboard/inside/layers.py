"""Activations, gradients and weights of each layer over the epochs: where learning gets stuck."""

from collections.abc import Callable, Hashable
from functools import partial

import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.charts.layer_diagnostics import unit_activity_figure
from dashboard.charts.layer_histograms import norms_figure, ridges_figure
from dashboard.charts.style import N_COLORS
from dashboard.components.epoch_slider import shown_step
from dashboard.components.live_charts import show_live_chart
from dashboard.components.source_code import show_source
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.inspected_network import InspectedNetwork
from experiments.inspection.layer_histograms import (
    BATCH_SIZE,
    Kind,
    compared_steps,
    histograms_at,
    layer_values,
    layer_values_at,
)
from experiments.training.layer_diagnostics import unit_activity
from experiments.training.run import Run
from mlp.backprop import backward

RIDGES_WIDTH, RIDGES_HEIGHT = 300, 380  # pixels
CHART_WIDTH, CHART_HEIGHT = 420, 340
KINDS: dict[Kind, str] = {
    "activations": "Activations",
    "gradients": "Gradients",
    "weights": "Weights",
}
MEANINGS: dict[Kind, str] = {
    "activations": "An **activation** is what a unit says to a sample, and in the last layer how "
    "much speaks for each class. Each hill shows how often the units of a layer say what.",
    "gradients": "A **gradient** says how much the loss would change if a weight grew a little, "
    "and so how far the next step moves that weight. Each hill shows how large the gradients of a "
    "layer are, in powers of ten, whatever their sign.",
    "weights": "A **weight** is what a unit multiplies an input with. Each hill shows which "
    "weights a layer has.",
}
WHAT_TO_NOTICE: dict[Kind, str] = {
    "activations": "a unit that always says the same tells the next layer nothing: look for hills "
    "that pile up at one place.",
    "gradients": "where the gradient vanishes, the hill of each layer lies farther left than that "
    "of the layer after it, and the first layers hardly learn.",
    "weights": "the hills of a layer that learns grow wider from epoch to epoch; one that stays as "
    "it was does not learn.",
}
WITHOUT_HIDDEN_LAYER: dict[Kind, str] = WHAT_TO_NOTICE | {
    "activations": "the wider the hill, the more clearly the outputs speak for or against a class.",
    "gradients": "a hill that moves to the left from epoch to epoch says that the gradients get "
    "smaller.",
}


def draw_layers(inspected: InspectedNetwork) -> None:
    """Draw the histograms of each layer, then gradients and idle units by layer."""
    run = inspected.run
    if run.diverged:
        st.error(str(run.diverged), icon=":material/trending_up:")
    kind = _choose_kind()
    st.markdown(f"{MEANINGS[kind]} {_hills_sentence(run, kind)}")
    _draw_ridges(run, kind)
    is_deep = run.network.n_layers > 1
    st.markdown(
        f"**What to notice:** {(WHAT_TO_NOTICE if is_deep else WITHOUT_HIDDEN_LAYER)[kind]}"
    )
    if is_deep:
        _draw_from_layer_to_layer(run)
    show_source(
        "The lines of NumPy that do this",
        {"Backward": backward, "By layer": layer_values, "Idle units": unit_activity},
    )


def _draw_from_layer_to_layer(run: Run) -> None:
    """Draw gradients and idle units by layer."""
    left, right = wrapping_columns(session.LAYERS_COLUMNS, [CHART_WIDTH, CHART_WIDTH])
    with left:
        _draw_norms(run)
    with right:
        _draw_activity(run)


def _hills_sentence(run: Run, kind: Kind) -> str:
    """Say how the hills are to be read."""
    n_samples = min(BATCH_SIZE, len(run.prepared_data().training.X))
    same = (
        "" if kind == "weights" else f"The same {n_samples:,} training samples made all of them. "
    )
    return (
        f"{same}The topmost hill is that of the slider's epoch. All are drawn equally high; "
        "numbers that are exactly 0 are counted at the right."
    )


def _choose_kind() -> Kind:
    kind: Kind = st.segmented_control(
        "Numbers",
        list(KINDS),
        default="gradients",
        required=True,
        key=session.LAYER_VALUES,
        persist_state="session",
        format_func=KINDS.__getitem__,
        help="Which numbers of each layer to look at.",
    )
    return kind


def _version(run: Run) -> Callable[[], Hashable]:
    """Return what says whether the charts of a run have changed."""
    return lambda: (run.id, compared_steps(run, shown_step(run)))


def _epochs(run: Run, steps: tuple[int, ...]) -> list[int]:
    """Return the epoch that each step is in, or at the end of."""
    return [-(-step // run.plan.steps_per_epoch) for step in steps]


def _draw_ridges(run: Run, kind: Kind) -> None:
    """Draw the histograms of each layer."""
    n_layers = run.network.n_layers
    columns = wrapping_columns(session.RIDGES_COLUMNS, [RIDGES_WIDTH] * n_layers)
    for layer, column in enumerate(columns, 1):
        with column:
            show_live_chart(
                partial(_ridges, run, kind, layer),
                _version(run),
                key=session.key_of(session.RIDGES_CHART, layer),
                alt=f"Histograms of the {kind} of layer {layer}, epoch by epoch",
                height=RIDGES_HEIGHT,
            )


def _ridges(run: Run, kind: Kind, layer: int) -> Figure:
    steps = compared_steps(run, shown_step(run))
    return ridges_figure(
        histograms_at(run, steps, kind)[layer - 1],
        _epochs(run, steps),
        kind=kind,
        title=layer_title(run, layer),
        chosen=len(steps) - 1,
        hue=(layer - 1) % N_COLORS,
    )


def layer_title(run: Run, layer: int) -> str:
    """Return what a layer is, and how many units it has."""
    name = "output" if layer == run.network.n_layers else "hidden"
    return f"Layer {layer}, {name}: {run.network.sizes[layer]:,} units"


def _draw_norms(run: Run) -> None:
    """Draw how long the gradient of each layer is."""
    show_live_chart(
        partial(_norms, run),
        _version(run),
        key=session.NORMS_CHART,
        alt="Length of the gradient of each layer, epoch by epoch, on a logarithmic axis",
        height=CHART_HEIGHT,
    )
    st.markdown(
        "**What to notice:** a line that falls to the left is a vanishing gradient: on its way "
        "back from the output, each layer multiplies it with the slope of its activation "
        "function, which for a sigmoid is at most 1/4."
    )


def _norms(run: Run) -> Figure:
    steps = compared_steps(run, shown_step(run))
    values = [layer_values_at(run, step) for step in steps]
    norms = [each.gradient_norms for each in values]
    return norms_figure(norms, _epochs(run, steps), ratio=values[-1].gradient_ratio)


def _draw_activity(run: Run) -> None:
    """Draw which share of the units of each layer is dead, and which saturated."""
    show_live_chart(
        lambda: unit_activity_figure(layer_values_at(run, shown_step(run)).activity),
        _version(run),
        key=session.LAYER_ACTIVITY_CHART,
        alt="Shares of dead and of saturated units in each hidden layer",
        height=CHART_HEIGHT,
    )
    st.markdown(
        "**What to notice:** a **dead** unit says 0 to every sample and cannot learn any more; a "
        "**saturated** one is so far out on its curve that its slope is nearly 0, and it hardly "
        "learns."
    )
