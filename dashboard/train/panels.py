"""Charts of a run at the epoch that is shown, each optional: a new one is an entry of PANELS."""

from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.charts.confusion_matrix import NORMALIZATIONS, confusion_figure
from dashboard.charts.decision_regions import decision_regions_figure
from dashboard.charts.layer_diagnostics import gradient_figure, ratio_figure, unit_activity_figure
from dashboard.charts.learning_rate import learning_rate_figure
from dashboard.charts.weights import units_per_page, weight_figure
from dashboard.components.chart import show_chart
from dashboard.components.epoch_slider import choose_epoch
from dashboard.components.sample_grid import draw_images
from dashboard.text import percent
from experiments.evaluation.decision_regions import regions_of
from experiments.evaluation.metrics import confusion_counts
from experiments.evaluation.predictions import predictions_at
from experiments.training.layer_diagnostics import unit_activity
from experiments.training.run import Run

N_PROBED = 500  # samples that show which units are dead
N_SHOWN = 24  # predictions


class PanelContext(NamedTuple):
    """A run, the step that is shown, and how long the axis of its epochs is."""

    run: Run
    step: int
    epochs: int

    @property
    def revision(self) -> str:
        """A zoom is kept while this stays the same."""
        return str(id(self.run))


def draw(run: Run, epochs: int) -> None:
    """Draw the slider over the epochs, and the charts asked for, two in a row."""
    step = choose_epoch(run)
    chosen = st.pills(
        "Also show",
        list(PANELS),
        selection_mode="multi",
        default=["Weights"],
        key=session.PANELS,
        persist_state="session",
        help="More charts. They change while the network learns, and follow the slider back "
        "to earlier epochs.",
    )
    context = PanelContext(run, step, epochs)
    columns = st.columns(2)
    for place, name in enumerate(name for name in PANELS if name in chosen):
        with columns[place % 2]:
            PANELS[name](context)


def _weights(context: PanelContext) -> None:
    """Draw the weights into layer 1, a page of its units at a time."""
    run, weights = context.run, context.run.network_at(context.step).weights[1]
    show_chart(
        weight_figure(
            weights,
            run.prepared_data().dataset.image_shape,
            first=_choose_first_unit(*weights.shape),
            revision=context.revision,
        ),
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


def _predictions(context: PanelContext) -> None:
    """Draw the predictions as decision regions, images or a share, as the dataset allows."""
    dataset, part = context.run.prepared_data().dataset, _held_out_part(context.run)
    if dataset.n_features == 2:
        _decision_regions(context)
        return
    predictions = predictions_at(context.run, context.step, part)
    if dataset.image_shape is None:
        st.caption(f"{percent(predictions.is_right.mean())} of the {part} samples are right here.")
        return
    names, rows = predictions.class_names, predictions.rows[:N_SHOWN]
    pairs = zip(predictions.predicted, predictions.labels, strict=True)
    draw_images(
        dataset,
        rows,
        [
            names[predicted] if predicted == true else f"{names[predicted]} ✗ {names[true]}"
            for predicted, true in islice(pairs, N_SHOWN)
        ],
        columns=8,
        title=f"Predictions for {len(rows)} {part} images; ✗ the true class",
        key=session.PREDICTIONS_CHART,
        height=380,
        alt=f"{len(rows)} images of the {part} part, each with the prediction of the network",
    )


def _decision_regions(context: PanelContext) -> None:
    show_chart(
        decision_regions_figure(regions_of(context.run, context.step), "Decision regions"),
        key=session.DECISION_REGIONS_CHART,
        height=420,
        alt="The plane in the colors of the predicted classes, and samples not trained on",
    )


def _confusion_matrix(context: PanelContext) -> None:
    """Draw the counts of the held-out part, without clicks or other views."""
    part = _held_out_part(context.run)
    predictions = predictions_at(context.run, context.step, part)
    show_chart(
        confusion_figure(
            confusion_counts(predictions),
            predictions.class_names,
            normalization=NORMALIZATIONS["counts"]._replace(
                title=f"Confusion matrix of the {part} part"
            ),
            is_fixed=True,
        ),
        key=session.CONFUSION_CHART,
        height=460,
        alt=f"Confusion matrix of the {part} part, rows true, columns predicted",
    )


def _held_out_part(run: Run) -> str:
    """Return the part to predict: validation, or training where nothing was held out."""
    return "validation" if run.prepared_data().validation else "training"


def _gradients(context: PanelContext) -> None:
    show_chart(
        gradient_figure(
            context.run.step_diagnostics[:], epochs=context.epochs, revision=context.revision
        ),
        key=session.GRADIENTS_CHART,
        alt="Norm of the gradient of each layer, by epoch",
    )


def _update_ratios(context: PanelContext) -> None:
    show_chart(
        ratio_figure(
            context.run.step_diagnostics[:], epochs=context.epochs, revision=context.revision
        ),
        key=session.UPDATES_CHART,
        alt="How far a step moves the weights of each layer, compared with their size, by epoch",
    )


def _dead_units(context: PanelContext) -> None:
    samples = context.run.prepared_data().training.X[:N_PROBED]
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
    "Confusion matrix": _confusion_matrix,
    "Gradients": _gradients,
    "Updates": _update_ratios,
    "Dead units": _dead_units,
    "Learning rate": _learning_rate,
}
