"""Charts of a run at the epoch that is shown, each optional: a new one is an entry of PANELS."""

from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from dashboard import session
from dashboard.charts.confusion_matrix import NORMALIZATIONS, confusion_figure
from dashboard.charts.decision_regions import decision_regions_figure
from dashboard.charts.figure import Figure
from dashboard.charts.layer_diagnostics import gradient_figure, ratio_figure, unit_activity_figure
from dashboard.charts.learning_rate import learning_rate_figure
from dashboard.charts.weights import units_per_page, weight_figure
from dashboard.components.epoch_slider import choose_epoch, shown_step
from dashboard.components.live_charts import show_live_chart
from dashboard.components.sample_grid import images_figure
from dashboard.text import percent
from experiments.evaluation.decision_regions import regions_of
from experiments.evaluation.metrics import confusion_counts
from experiments.evaluation.predictions import Predictions, predictions_at
from experiments.training.layer_diagnostics import unit_activity
from experiments.training.run import Run

N_PROBED = 500  # samples that show which units are dead
N_SHOWN = 24  # predictions


class PanelContext(NamedTuple):
    """A run, how long the axis of its epochs is, and how often to look at it, if at all."""

    run: Run
    epochs: int
    poll_seconds: float | None

    @property
    def revision(self) -> str:
        """A zoom is kept while this stays the same."""
        return str(id(self.run))

    @property
    def step(self) -> int:
        """The step that is shown now."""
        return shown_step(self.run)


def draw(run: Run, epochs: int, poll_seconds: float | None) -> None:
    """Draw the slider over the epochs, and the charts asked for, two in a row."""
    choose_epoch(run)
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
    context = PanelContext(run, epochs, poll_seconds)
    columns = st.columns(2)
    for place, name in enumerate(name for name in PANELS if name in chosen):
        with columns[place % 2]:
            PANELS[name](context)


def _weights(context: PanelContext) -> None:
    """Draw the weights into layer 1, a page of its units at a time."""
    run, dataset = context.run, context.run.prepared_data().dataset
    first = _choose_first_unit(*run.network.weights[1].shape)

    def make() -> Figure:
        return weight_figure(
            run.network_at(context.step).weights[1],
            dataset.image_shape,
            first=first,
            revision=context.revision,
            columns=dataset.feature_names,
        )

    show_live_chart(
        make,
        lambda: context.step,
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
    dataset = context.run.prepared_data().dataset
    if dataset.n_features == 2:
        _decision_regions(context)
    elif dataset.image_shape is None:
        st.fragment(_share_of_right, run_every=context.poll_seconds)(context)
    else:
        _predicted_images(context)


def _share_of_right(context: PanelContext) -> None:
    part = _held_out_part(context.run)
    predictions = predictions_at(context.run, context.step, part)
    st.caption(f"{percent(predictions.is_right.mean())} of the {part} samples are right here.")


def _predicted_images(context: PanelContext) -> None:
    """Draw some images, each with what the network says to it."""
    dataset, part = context.run.prepared_data().dataset, _held_out_part(context.run)
    n_shown = min(N_SHOWN, len(context.run.prepared_data().split.rows(part)))

    def make() -> Figure:
        predictions = predictions_at(context.run, context.step, part)
        return images_figure(
            dataset,
            predictions.rows[:n_shown],
            _captions(predictions, n_shown),
            columns=8,
            title=f"Predictions for {n_shown} {part} images; ✗ the true class",
        )

    show_live_chart(
        make,
        lambda: context.step,
        key=session.PREDICTIONS_CHART,
        height=380,
        alt=f"{n_shown} images of the {part} part, each with the prediction of the network",
    )


def _captions(predictions: Predictions, n_shown: int) -> list[str]:
    """Return the prediction for each image, and the true class where it is another."""
    names = predictions.class_names
    pairs = zip(predictions.predicted[:n_shown], predictions.labels[:n_shown], strict=True)
    return [
        names[predicted] if predicted == true else f"{names[predicted]} ✗ {names[true]}"
        for predicted, true in pairs
    ]


def _decision_regions(context: PanelContext) -> None:
    show_live_chart(
        lambda: decision_regions_figure(regions_of(context.run, context.step), "Decision regions"),
        lambda: context.step,
        key=session.DECISION_REGIONS_CHART,
        height=420,
        alt="The plane in the colors of the predicted classes, and samples not trained on",
    )


def _confusion_matrix(context: PanelContext) -> None:
    """Draw the counts of the held-out part, without clicks or other views."""
    part = _held_out_part(context.run)
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


def _held_out_part(run: Run) -> str:
    """Return the part to predict: validation, or training where nothing was held out."""
    return "validation" if run.prepared_data().validation else "training"


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
        lambda: unit_activity_figure(unit_activity(context.run.network_at(context.step), samples)),
        lambda: context.step,
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
    "Predictions": _predictions,
    "Confusion matrix": _confusion_matrix,
    "Gradients": _gradients,
    "Updates": _update_ratios,
    "Dead units": _dead_units,
    "Learning rate": _learning_rate,
}
