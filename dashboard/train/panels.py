"""What else there is to see of a run, at the moment that is looked at: each of it optional."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.charts.confusion_matrix import VIEWS, confusion_figure
from dashboard.charts.decision_regions import decision_regions_figure
from dashboard.charts.image_grid import image_grid
from dashboard.charts.layer_diagnostics import gradient_figure, ratio_figure, unit_activity_figure
from dashboard.charts.learning_rate import learning_rate_figure
from dashboard.charts.weights import units_per_page, weight_figure
from dashboard.components.chart import show_chart
from dashboard.components.epoch_slider import choose_epoch
from dashboard.text import percent
from experiments.evaluation.decision_regions import regions_of
from experiments.evaluation.metrics import confusion_counts
from experiments.evaluation.predictions import predictions_at
from experiments.training.layer_diagnostics import unit_activity
from experiments.training.run import Run

PROBE = 500  # samples that the units are judged by
SHOWN = 24  # predictions


class PanelContext(NamedTuple):
    """A run, the step that is looked at, and how long the axis of its epochs is."""

    run: Run
    step: int
    epochs: int

    @property
    def revision(self) -> str:
        """What a zoom lives as long as."""
        return str(id(self.run))


def draw(run: Run, epochs: int) -> None:
    """Draw the slider that goes back in time, and the pictures asked for, two in a row."""
    step = choose_epoch(run)
    chosen = st.pills(
        "Also show",
        list(PANELS),
        selection_mode="multi",
        default=["Weights"],
        key=session.PANELS,
        persist_state="session",
        help="Pictures of the inside. They change while the network learns, and go back in time "
        "with the slider.",
    )
    context = PanelContext(run, step, epochs)
    columns = st.columns(2)
    for place, name in enumerate(name for name in PANELS if name in chosen):
        with columns[place % 2]:
            PANELS[name](context)


def _weights(context: PanelContext) -> None:
    run, weights = context.run, context.run.network_at(context.step).weights[1]
    n_units, a_page = len(weights), units_per_page(weights.shape[1])
    first = 0
    if n_units > a_page:
        first = st.selectbox(
            "Units",
            range(0, n_units, a_page),
            key=session.FIRST_UNIT,
            persist_state="session",
            format_func=lambda first: f"{first + 1} to {min(first + a_page, n_units)}",
            help="Which units of the first layer to look at.",
        )
    show_chart(
        weight_figure(
            weights,
            run.prepared_data().dataset.image_shape,
            first=min(first or 0, n_units - 1),
            revision=context.revision,
        ),
        key=session.WEIGHTS_CHART,
        height=380,
        alt="The weights into each unit of the first layer; blue below zero, orange above",
    )


def _predictions(context: PanelContext) -> None:
    prepared = context.run.prepared_data()
    part = _watched_part(context.run)
    shape = prepared.dataset.image_shape
    predictions = predictions_at(context.run, context.step, part)
    names = predictions.class_names
    if prepared.dataset.n_features == 2:
        _plane(context)
        return
    if shape is None:
        st.caption(f"{percent(predictions.is_right.mean())} of the {part} samples are right here.")
        return
    rows = predictions.rows[:SHOWN]
    captions = [
        names[said] if said == true else f"{names[said]} ✗ {names[true]}"
        for said, true in zip(
            predictions.predicted[:SHOWN], predictions.labels[:SHOWN], strict=True
        )
    ]
    show_chart(
        image_grid(
            prepared.dataset.X[rows].reshape(-1, *shape),
            captions,
            columns=8,
            title=f"What it says to {len(rows)} {part} images; ✗ the right answer",
            maximum=prepared.dataset.maximum,
            unit=prepared.dataset.unit,
        ),
        key=session.PREDICTIONS_CHART,
        height=380,
        alt=f"{len(rows)} images of the {part} part, each with the answer of the network",
    )


def _plane(context: PanelContext) -> None:
    """Draw what the network says to every point around the samples."""
    show_chart(
        decision_regions_figure(
            regions_of(context.run, context.step), "What it says all over the plane"
        ),
        key=session.DECISION_REGIONS_CHART,
        height=420,
        alt="The plane in the colors of the answers, and samples that were not learned from",
    )


def _confusion(context: PanelContext) -> None:
    part = _watched_part(context.run)
    predictions = predictions_at(context.run, context.step, part)
    show_chart(
        confusion_figure(
            confusion_counts(predictions),
            predictions.class_names,
            view=VIEWS["counts"]._replace(title=f"Confusion matrix of the {part} part"),
            is_fixed=True,
        ),
        key=session.CONFUSION_CHART,
        height=460,
        alt=f"Confusion matrix of the {part} part, rows true, columns predicted",
    )


def _watched_part(run: Run) -> str:
    return "validation" if run.prepared_data().validation else "training"


def _gradients(context: PanelContext) -> None:
    show_chart(
        gradient_figure(
            context.run.step_diagnostics[:], epochs=context.epochs, revision=context.revision
        ),
        key=session.GRADIENTS_CHART,
        alt="Length of the gradient of each layer, by epoch",
    )


def _updates(context: PanelContext) -> None:
    show_chart(
        ratio_figure(
            context.run.step_diagnostics[:], epochs=context.epochs, revision=context.revision
        ),
        key=session.UPDATES_CHART,
        alt="How far a step moves the weights of each layer, compared with their size, by epoch",
    )


def _units(context: PanelContext) -> None:
    samples = context.run.prepared_data().training.X[:PROBE]
    activities = unit_activity(context.run.network_at(context.step), samples)
    show_chart(
        unit_activity_figure(activities),
        key=session.UNIT_ACTIVITY_CHART,
        alt="Share of dead and of saturated units in each hidden layer",
    )


def _learning_rate(context: PanelContext) -> None:
    show_chart(
        learning_rate_figure(
            context.run.history[:], epochs=context.epochs, revision=context.revision
        ),
        key=session.LEARNING_RATE_CHART,
        alt="Learning rate by epoch",
    )


PANELS: dict[str, Callable[[PanelContext], None]] = {
    "Weights": _weights,
    "Predictions": _predictions,
    "Confusion matrix": _confusion,
    "Gradients": _gradients,
    "Updates": _updates,
    "Dead units": _units,
    "Learning rate": _learning_rate,
}
