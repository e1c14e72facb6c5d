"""The confusion matrix; a click selects a cell."""

from dashboard import session
from dashboard.charts.confusion_matrix import NORMALIZATIONS, confusion_figure
from dashboard.components.chart import show_chart
from dashboard.confusion.controls import MatrixOptions
from dashboard.confusion.selected_cell import Cell, select_clicked_cell
from experiments.evaluation.metrics import IntArray
from experiments.evaluation.predictions import Predictions


def draw_matrix(
    predictions: Predictions, counts: IntArray, cell: Cell, options: MatrixOptions
) -> None:
    """Draw the matrix, with a frame around the selected cell."""
    figure = confusion_figure(
        counts,
        predictions.class_names,
        normalization=NORMALIZATIONS[options.normalization],
        hide_diagonal=options.hide_diagonal,
        is_fixed=options.is_fixed,
        chosen=(cell.true, cell.predicted),
    )
    show_chart(
        figure,
        key=session.MATRIX_CHART,
        height=560,
        alt=f"Confusion matrix of {len(predictions.labels)} samples, rows true, columns predicted; "
        f"{predictions.n_correct} are right. The lists True class and Predicted class open a cell.",
        on_click=select_clicked_cell,
    )
