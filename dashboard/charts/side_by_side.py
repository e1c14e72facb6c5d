"""Learning curves of several networks in one chart."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from dashboard.charts.curves import Curve, Measure, thinned
from dashboard.charts.figure import Figure, Trace, scatter_trace
from dashboard.charts.style import LEGEND, color, layout
from experiments.comparison.networks import network_name
from experiments.training.run import Run
from mlp.records import EpochRecord

TABLE_STEPS = 10  # of 1000 epochs, every 100th is in the table
CLOSE_UP_FROM = 0.25  # of a curve: before that is the steep beginning

MEASURES: dict[Measure, dict[str, Any]] = {
    "accuracy": {"title": {"text": "samples right (%)"}, "tickformat": ".1~%"},
    "loss": {"title": {"text": "loss (mean per sample)"}, "rangemode": "tozero"},
}


def is_held_out(runs: Sequence[Run]) -> bool:
    """Say whether there is a validation part to show; if not, it is the training part."""
    return all(
        run.history[0].validation is not None if run.history else run.config.validation_fraction > 0
        for run in runs
    )


def compared_curves(runs: Sequence[Run], measure: Measure) -> list[Curve]:
    """Return a curve for each run: over the validation samples, or else the training samples."""
    held_out = is_held_out(runs)
    return [_compared_curve(run, measure, held_out) for run in runs]


def _compared_curve(run: Run, measure: Measure, held_out: bool) -> Curve:
    history = [*run.history]
    kept = thinned(len(history))
    values = [_score(record, measure, held_out) for record in history[kept]]
    return Curve(network_name(run.config), kept.start, kept.step, np.array(values, np.float32))


def _score(record: EpochRecord, measure: Measure, held_out: bool) -> float:
    score = record.validation if held_out and record.validation else record.training
    return float(getattr(score, measure))


def compared_curves_figure(
    curves: Sequence[Curve],
    measure: Measure,
    *,
    held_out: bool,
    epochs: int,
    close_up: bool = False,
    revision: str = "",
) -> Figure:
    """Draw a curve for each network; a zoom lives as long as the revision stays the same."""
    part = "held-out samples (validation)" if held_out else "training samples"
    title = f"{measure.capitalize()} on the {part}"
    traces = [_curve_trace(each, i, measure) for i, each in enumerate(curves)]
    limits = close_up_range(curves) if close_up else None
    figure_layout = layout(
        title,
        x="epoch",
        hovermode="x unified",
        showlegend=True,
        legend=LEGEND | {"uirevision": "always"},
        uirevision=f"{revision} {measure} {close_up}",
        xaxis={"range": [0, epochs], "rangemode": "tozero"},
        yaxis=MEASURES[measure] | ({"range": limits} if limits else {}),
    )
    return Figure(traces, figure_layout)


def close_up_range(curves: Sequence[Curve]) -> list[float] | None:
    """Return the lowest and the highest value after the steep beginning, with a margin.

    None where there is nothing yet, which shows the curves as a whole.
    """
    late = [each.values[int(CLOSE_UP_FROM * len(each.values)) :] for each in curves]
    values = np.concatenate(late) if late else np.empty(0, np.float32)
    if not np.isfinite(values).any():
        return None
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = 0.05 * (high - low) or 0.01
    return [low - margin, high + margin]


def _curve_trace(each: Curve, i: int, measure: Measure) -> Trace:
    return scatter_trace(
        name=each.name,
        x0=each.start,
        dx=each.stride,
        y=each.values,
        mode="lines" if len(each.values) > 1 else "markers",
        line={"width": 3, "color": color(i)},
        hovertemplate="%{y:.1%}" if measure == "accuracy" else "%{y:.4g}",
        meta={"points": len(each.values)},
    )


class AccuracyTable(NamedTuple):
    """Accuracies at some epochs; None where a run has not got that far.

    epochs : (n_columns,)
    rows : one a run, (n_columns,)
    """

    epochs: list[int]
    rows: list[list[float | None]]


def accuracy_table(runs: Sequence[Run]) -> AccuracyTable:
    """Return the accuracies of every tenth of the run, on the samples that the curves show."""
    last = max(run.config.epochs for run in runs)
    epochs = sorted({*range(0, last, -(-last // TABLE_STEPS)), last})
    held_out = is_held_out(runs)
    rows = [
        [_score(history[e], "accuracy", held_out) if e < len(history) else None for e in epochs]
        for history in ([*run.history] for run in runs)
    ]
    return AccuracyTable(epochs, rows)
