"""The samples as each layer describes them, in the plane, and how far apart the classes are."""

from functools import partial

import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.charts.representations import untangling_figure
from dashboard.components.epoch_slider import shown_step
from dashboard.components.live_charts import show_live_chart
from dashboard.components.source_code import show_source
from dashboard.inside.layer_planes import draw_planes, version_of
from dashboard.inside.layer_tsne import draw_layer_tsne, stop_layer_tsne
from dashboard.inspected_network import InspectedNetwork
from experiments.exploration.projections import principal_components
from experiments.inspection.representations import (
    LayerMeasures,
    align,
    compare_probes,
    linear_probe,
    map_rows,
    measures_at,
    neighbor_agreement,
    probe_rows,
)
from experiments.training.run import Run

PCA, TSNE = "PCA", "t-SNE"
CHART_HEIGHT = 400  # pixels


def draw_representations(inspected: InspectedNetwork) -> None:
    """Draw a plane for the input and each hidden layer, then the numbers from layer to layer."""
    run = inspected.run
    if run.diverged:
        st.error(str(run.diverged), icon=":material/trending_up:")
    choice = _choose_map()
    st.markdown(_samples_sentence(run))
    if choice == TSNE:
        draw_layer_tsne(run)
    else:
        draw_planes(run)
        st.markdown(f"**What to notice:** {_plane_sentence(run)}")
    show_live_chart(
        partial(_untangling, run),
        version_of(run),
        key=session.UNTANGLING_CHART,
        alt="How far apart the classes are in the input and in each hidden layer",
        height=CHART_HEIGHT,
    )
    st.markdown(f"**What to notice:** {_rise_sentence(run)} {_measures_sentence(run)}")
    show_source(
        "The lines of NumPy that do this",
        {
            "PCA": principal_components,
            "Aligned": align,
            "Straight cuts": linear_probe,
            "10 nearest": neighbor_agreement,
        },
    )


def _plane_sentence(run: Run) -> str:
    """Say what training does to the planes."""
    if run.network.n_layers == 1:
        return "this network has no hidden layer; training does not change the input."
    return (
        "in the untrained network the classes lie in a tangle, and training pulls them apart: "
        "play it with the button at the slider."
    )


def _rise_sentence(run: Run) -> str:
    """Say how to read the lines from layer to layer."""
    if run.network.n_layers == 1:
        return "with hidden layers, a line would go on from here, and rise where they help."
    return (
        "a line that rises from the input to the last layer says that the layers untangle the "
        "classes."
    )


def _choose_map() -> str:
    choice: str = st.segmented_control(
        "Plane",
        [PCA, TSNE],
        default=PCA,
        required=True,
        key=session.LAYER_MAP,
        persist_state="session",
        on_change=stop_layer_tsne,
        help="PCA keeps the directions in which the samples differ most, and can be played over "
        "the epochs. t-SNE keeps neighbors together; it takes some seconds, for one epoch.",
    )
    return choice


def _samples_sentence(run: Run) -> str:
    """Say what the points are."""
    part, positions = map_rows(run)
    remark = (
        "which the network did not learn from"
        if part == "validation"
        else "which the network has learned from, as no validation samples were held out"
    )
    return (
        f"A hidden layer describes each sample by what its units say. Each point is one of "
        f"{len(positions):,} {part} samples, {remark}: the closer two points, the more alike the "
        "layer finds them. Colors, symbols and names are those of the true class."
    )


def _measures_sentence(run: Run) -> str:
    """Say how the two numbers are measured."""
    prepared = run.prepared_data()
    rows = probe_rows(prepared, run.network.sizes)
    remark = (
        ""
        if rows.part == "validation"
        else " As no validation samples were held out, the network knows these, and the numbers "
        "are too good."
    )
    if prepared.validation and len(rows.learned) < len(prepared.training.X):
        remark += (
            " With more training samples, layers of many units would gain most, the input among "
            "them."
        )
    return (
        f"**Straight cuts** is a linear probe: a linear model (ridge regression) that sees only "
        f"this layer, fitted to {len(rows.learned):,} training samples and scored on "
        f"{len(rows.scored):,} {rows.part} samples. **10 nearest** is the share of a "
        "sample's 10 nearest training samples that have its class. Bars and brackets are "
        f"intervals of 95 %.{remark}"
    )


def _untangling(run: Run) -> Figure:
    layers = measures_at(run, shown_step(run))
    return untangling_figure(
        layers, measures_at(run, run.snapshots.steps[0]), remark=comparison_in_words(layers)
    )


def comparison_in_words(layers: list[LayerMeasures]) -> str:
    """Say whether the last hidden layer is easier to cut than the input."""
    first, last = layers[0], layers[-1]
    if len(layers) == 1 or first.probe is None or last.probe is None:
        return ""
    compared = compare_probes(first, last)
    luck = "more than luck explains" if compared.is_significant else "no more than luck explains"
    return (
        f"Straight cuts right in layer {len(layers) - 1} alone: {compared.only_other:,} samples;"
        f"<br>in the input alone: {compared.only_first:,}.<br>This difference is {luck}."
    )
