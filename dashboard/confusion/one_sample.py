"""The forward pass of the selected sample: input, hidden layers, logits and outputs."""

import streamlit as st

from dashboard import session
from dashboard.charts.forward_pass import (
    ForwardPass,
    class_values_figure,
    forward_pass_of,
    hidden_figure,
    input_figure,
)
from dashboard.components.chart import show_chart
from dashboard.components.wrapping_columns import wrapping_columns
from dashboard.confusion.samples import percent_of
from dashboard.confusion.selected_cell import Cell
from dashboard.text import plain
from data.datasets import Dataset
from experiments.evaluation.predictions import OUTPUT_MEANINGS, OutputMeaning, Predictions
from experiments.training.run import Run

INPUT_WIDTH, CHART_WIDTH = 220, 360  # pixels


def draw_one_sample(run: Run, predictions: Predictions, cell: Cell, step: int) -> None:
    """Draw what each layer makes of the selected sample, with the weights after a step."""
    position = cell.sample
    if position is None:
        st.caption("Choose a cell with samples in it.")
        return
    meaning = OUTPUT_MEANINGS[run.config.output]
    st.markdown(sample_sentence(predictions, position, meaning))
    prepared, row = run.prepared_data(), int(predictions.rows[position])
    x = prepared.scaler.transform(prepared.dataset.X[row : row + 1])[0]
    forward_pass = forward_pass_of(run.network_at(step), x)
    left, right = wrapping_columns(session.INPUT_COLUMNS, (INPUT_WIDTH, CHART_WIDTH))
    with left:
        _draw_input(prepared.dataset, row)
    with right:
        _draw_hidden_layers(forward_pass, run.config.activation)
    left, right = wrapping_columns(session.OUTPUT_COLUMNS, (CHART_WIDTH, CHART_WIDTH))
    with left:
        _draw_logits(forward_pass, cell, predictions.class_names)
    with right:
        _draw_outputs(forward_pass, cell, predictions.class_names, run.config.output)


def sample_sentence(predictions: Predictions, position: int, meaning: OutputMeaning) -> str:
    """Say what the network predicts for a sample, and what is right."""
    names, outputs = predictions.class_names, predictions.outputs[position]
    true, predicted = int(predictions.labels[position]), int(predictions.predicted[position])
    start = (
        f"Row {predictions.rows[position]:,} of the dataset was read as "
        f"**{plain(names[predicted])}** with {output_in_words(outputs[predicted], meaning)}"
    )
    if true == predicted:
        return f"{start}, which is right."
    return (
        f"{start}; it is **{plain(names[true])}**, with {output_in_words(outputs[true], meaning)}."
    )


def output_in_words(output: float, meaning: OutputMeaning) -> str:
    """Return an output with its noun: a share in percent, any other as it is."""
    if not meaning.are_shares:
        return f"output {output:.3g}"
    return f"{meaning.noun} {percent_of(output)}"


def _draw_input(dataset: Dataset, row: int) -> None:
    figure = input_figure(
        dataset.X[row],
        dataset.image_shape,
        maximum=dataset.maximum,
        unit=dataset.unit,
        columns=dataset.feature_names,
    )
    show_chart(figure, key=session.INPUT_CHART, alt="The sample as it was recorded")


def _draw_hidden_layers(forward_pass: ForwardPass, activation: str) -> None:
    n_layers = len(forward_pass.hidden)
    show_chart(
        hidden_figure(forward_pass, activation),
        key=session.HIDDEN_LAYERS_CHART,
        height=max(340, 90 + 64 * n_layers),
        alt=f"Activations of {n_layers} hidden layers",
    )


def _draw_logits(forward_pass: ForwardPass, cell: Cell, names: tuple[str, ...]) -> None:
    figure = class_values_figure(
        forward_pass.logits,
        names,
        title="Logits: the weighted sums of the last layer",
        y="logit",
        true=cell.true,
        predicted=cell.predicted,
    )
    show_chart(figure, key=session.LOGITS_CHART, alt="The logit of each class")


def _draw_outputs(
    forward_pass: ForwardPass, cell: Cell, names: tuple[str, ...], function: str
) -> None:
    """Draw the output of each class.

    Parameters
    ----------
    function : name of the output function
    """
    meaning = OUTPUT_MEANINGS[function]
    figure = class_values_figure(
        forward_pass.outputs,
        names,
        title=f"Outputs: {function} of the logits",
        y=f"{meaning.noun} (%)" if meaning.are_shares else meaning.noun,
        is_share=meaning.are_shares,
        true=cell.true,
        predicted=cell.predicted,
    )
    show_chart(figure, key=session.OUTPUTS_CHART, alt="The output of each class")
