"""Charts of a run at the epoch that is shown, each optional: a new one is an entry of PANELS."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.charts.confusion_matrix import NORMALIZATIONS, confusion_figure
from dashboard.charts.figure import Figure
from dashboard.charts.layer_diagnostics import gradient_figure, ratio_figure, unit_activity_figure
from dashboard.charts.learning_rate import learning_rate_figure
from dashboard.charts.weights import units_per_page, weight_figure
from dashboard.components.epoch_slider import shown_network, shown_step, shown_version
from dashboard.components.live_charts import show_live_chart
from dashboard.train.watched_samples import held_out_part
from experiments.evaluation.metrics import confusion_counts
from experiments.evaluation.predictions import predictions_at
from experiments.training.layer_diagnostics import unit_activity
from experiments.training.run import Run

N_PROBED = 500  # samples that show which units are dead


class PanelContext(NamedTuple):
    """A run, and how long the axis of its epochs is."""

    run: Run
    epochs: int

    @property
    def revision(self) -> str:
        """A zoom is kept while this stays the same."""
        return self.run.id

    @property
    def step(self) -> int:
        """The step that is shown now."""
        return shown_step(self.run)


def choose_panels() -> list[str]:
    """Draw the choice of further charts; return the names of those chosen."""
    chosen: list[str] = st.pills(
        "Also show",
        list(PANELS),
        selection_mode="multi",
        key=session.PANELS,
        persist_state="session",
        help="More charts. They change while the network learns, and follow the slider back "
        "to earlier epochs.",
    )
    return [name for name in PANELS if name in chosen]


def draw(names: Sequence[str], run: Run, epochs: int) -> None:
    """Draw the charts asked for, as many in a row as there is room for."""
    context = PanelContext(run, epochs)
    with st.container(key="panels"):
        for name in names:
            with st.container():
                PANELS[name](context)


def _weights(context: PanelContext) -> None:
    """Draw the weights into layer 1, a page of its units at a time."""
    run, dataset = context.run, context.run.prepared_data().dataset
    first = _choose_first_unit(*run.network.weights[1].shape)

    def make() -> Figure:
        return weight_figure(
            shown_network(run).weights[1],
            dataset.image_shape,
            first=first,
            revision=context.revision,
            columns=dataset.feature_names,
        )

    show_live_chart(
        make,
        lambda: shown_version(run),
        key=session.WEIGHTS_CHART,
        height=380,
        alt="The weights into each unit of the first layer; blue below zero, orange above",
    )


def _choose_first_unit(n_units: int, n_inputs: int) -> int:
    """Draw a choice of the page of units, if there are several; return its first unit."""
    per_page = units_per_page(n_inputs)
    if n_units <= per_page:
        return 0
    first = st.selectbox(
        "Units",
        range(0, n_units, per_page),
        key=session.FIRST_UNIT,
        persist_state="session",
        format_func=lambda first: f"{first + 1} to {min(first + per_page, n_units)}",
        help="Which units of the first layer to show.",
    )
    return min(first or 0, n_units - 1)


def _confusion_matrix(context: PanelContext) -> None:
    """Draw the counts of the held-out part, without clicks or other views."""
    part = held_out_part(context.run)
    title = f"Confusion matrix of the {part} part"

    def make() -> Figure:
        predictions = predictions_at(context.run, context.step, part)
        return confusion_figure(
            confusion_counts(predictions),
            predictions.class_names,
            normalization=NORMALIZATIONS["counts"]._replace(title=title),
            is_fixed=True,
        )

    show_live_chart(
        make,
        lambda: context.step,
        key=session.CONFUSION_CHART,
        height=460,
        alt=f"{title}, rows true, columns predicted",
    )


def _gradients(context: PanelContext) -> None:
    show_live_chart(
        lambda: gradient_figure(
            context.run.step_diagnostics[:], epochs=context.epochs, revision=context.revision
        ),
        lambda: len(context.run.step_diagnostics),
        key=session.GRADIENTS_CHART,
        alt="Norm of the gradient of each layer, by epoch",
    )


def _update_ratios(context: PanelContext) -> None:
    show_live_chart(
        lambda: ratio_figure(
            context.run.step_diagnostics[:], epochs=context.epochs, revision=context.revision
        ),
        lambda: len(context.run.step_diagnostics),
        key=session.UPDATES_CHART,
        alt="How far a step moves the weights of each layer, compared with their size, by epoch",
    )


def _dead_units(context: PanelContext) -> None:
    samples = context.run.prepared_data().training.X[:N_PROBED]
    show_live_chart(
        lambda: unit_activity_figure(unit_activity(shown_network(context.run), samples)),
        lambda: shown_version(context.run),
        key=session.UNIT_ACTIVITY_CHART,
        alt="Share of dead and of saturated units in each hidden layer",
    )


def _learning_rate(context: PanelContext) -> None:
    show_live_chart(
        lambda: learning_rate_figure(
            context.run.history[:], epochs=context.epochs, revision=context.revision
        ),
        lambda: len(context.run.history),
        key=session.LEARNING_RATE_CHART,
        alt="Learning rate by epoch",
    )


PANELS: dict[str, Callable[[PanelContext], None]] = {
    "Weights": _weights,
    "Confusion matrix": _confusion_matrix,
    "Gradients": _gradients,
    "Updates": _update_ratios,
    "Dead units": _dead_units,
    "Learning rate": _learning_rate,
}
