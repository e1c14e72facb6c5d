"""What happened during a run, as lines across its curves with a few words above each.

The words have rows of their own between title and curves, so that they cover no curve.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dashboard.charts.style import TEXT
from experiments.evaluation.overfitting import overfitting_epoch
from experiments.training.changes import Change
from experiments.training.run import Run
from mlp.records import EpochRecord

LETTER_SIZE, LETTER_WIDTH, ROW_HEIGHT = 11, 6, 13  # pixels
N_ROWS = 2  # of words above the curves
NARROWEST = 280  # pixels from the left to the right of the curves: those of a phone
CLOSE = 0.02  # of the axis: marks closer than this become one
SETTLED_AFTER = 3  # epochs without a better one, before a run is over


class Mark(NamedTuple):
    """Something that happened at an epoch.

    words : a few, above the curves
    sentence : all of it, under the mouse
    short : instead of the words, where there is no room for them
    """

    epoch: float
    words: str
    sentence: str
    short: str = ""
    dash: str = "dot"


class Label(NamedTuple):
    """Where the words of a mark stand: in a row, from 0, and on which side of its line."""

    words: str
    row: int
    anchor: str


def run_marks(
    run: Run,
    history: Sequence[EpochRecord],
    *,
    best_epoch: int | None,
    past_epoch: int | None,
    is_over: bool,
    axis_end: float,
) -> list[Mark]:
    """Return what happened during a run, the most important first.

    Parameters
    ----------
    best_epoch : with the lowest validation loss so far
    past_epoch : the epoch that is shown; None for the newest
    axis_end : last epoch of the axis
    """
    marks = []
    if past_epoch is not None:
        sentence = f"All pages show the network after epoch {past_epoch}."
        marks.append(Mark(past_epoch, "epoch shown", sentence, "shown", "solid"))
    marks += _ends(run)
    marks += _best_and_overfitting(history, best_epoch, is_over, CLOSE * axis_end)
    return [*marks, *_changes(run, CLOSE * axis_end)]


def _ends(run: Run) -> list[Mark]:
    """Return where the run has diverged or stopped early."""
    marks = []
    if run.diverged:
        epoch = run.diverged.step / run.plan.steps_per_epoch
        marks.append(Mark(epoch, "diverged", f"Diverged at step {run.diverged.step:,}."))
    if run.early_stopped:
        patience = f"no lower validation loss for {run.config.patience} epochs"
        sentence = f"Stopped early after epoch {run.early_stopped.epoch}: {patience}."
        marks.append(Mark(run.early_stopped.epoch, "stopped early", sentence, "stopped"))
    return marks


def _best_and_overfitting(
    history: Sequence[EpochRecord], best_epoch: int | None, is_over: bool, close: float
) -> list[Mark]:
    """Return the epoch with the lowest validation loss, and where overfitting sets in.

    While a run goes on, its newest epochs are often the best so far, and are not marked.
    """
    marks = []
    is_settled = is_over or (best_epoch or 0) + SETTLED_AFTER < len(history)
    if best_epoch and is_settled:
        sentence = f"The validation loss was lowest after epoch {best_epoch}."
        marks.append(Mark(best_epoch, "best epoch", sentence, "best", "dash"))
    start = overfitting_epoch(history)
    if start is None:
        return marks
    sentence = (
        f"Overfitting sets in after epoch {start}: from here the smoothed validation loss rises "
        "while the training loss falls."
    )
    if marks and abs(start - marks[0].epoch) <= close:
        best = marks.pop()
        sentence = f"{best.sentence} {sentence}"
        return [Mark(best.epoch, "best, then overfitting", sentence, "overfitting", "dash")]
    return [*marks, Mark(start, "overfitting starts", sentence, "overfitting")]


def _changes(run: Run, close: float) -> list[Mark]:
    """Return what was changed on the way; of changes close to each other, the last one."""
    latest: dict[str, Mark] = {}
    marks: list[Mark] = []
    for change in list(run.changes):
        mark = _change_mark(change, run.plan.steps_per_epoch)
        before = latest.get(change.setting)
        if before and mark.epoch - before.epoch <= close:
            marks.remove(before)
            mark = mark._replace(epoch=before.epoch)
        latest[change.setting] = mark
        marks.append(mark)
    return marks


def _change_mark(change: Change, steps_per_epoch: int) -> Mark:
    epoch = change.step / steps_per_epoch
    value = f"{change.value:g}"
    if change.setting == "epochs":
        return Mark(
            epoch, f"continued to {value}", f"Continued to epoch {value} from here.", "continued"
        )
    words = f"learning rate {value}"
    return Mark(epoch, words, f"The {words} was set after epoch {epoch:.4g}.", f"rate {value}")


def mark_layout(
    marks: Sequence[Mark], axis_end: float, notes: Sequence[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return the lines and the words of marks, and other notes, as parts of a layout."""
    labels = place_labels(marks, axis_end)
    annotations = [
        _annotation(mark, label) for mark, label in zip(marks, labels, strict=True) if label
    ]
    return {"shapes": [_line(mark) for mark in marks], "annotations": [*annotations, *notes]}


def place_labels(marks: Sequence[Mark], axis_end: float) -> list[Label | None]:
    """Return where the words of each mark stand; None where there is no room left.

    No two overlap on a chart that is at least as wide as that of a phone. The first marks
    have the first choice.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in range(N_ROWS)]
    return [_place(mark, NARROWEST * mark.epoch / (axis_end or 1), taken) for mark in marks]


def _place(mark: Mark, at: float, taken: list[list[tuple[float, float]]]) -> Label | None:
    """Find room for the words of a mark, take it, and return where it is.

    Parameters
    ----------
    at : pixels from the left of the curves
    taken : for each row, where words begin and end
    """
    for words in filter(None, (mark.words, mark.short)):
        width = LETTER_WIDTH * (len(words) + 1)
        for row, spans in enumerate(taken):
            for anchor, start in (("left", at), ("right", at - width)):
                end = start + width
                is_free = all(end <= begin or start >= stop for begin, stop in spans)
                if is_free and start >= 0 and end <= NARROWEST + LETTER_WIDTH:
                    spans.append((start, end))
                    return Label(words, row, anchor)
    return None


def _annotation(mark: Mark, label: Label) -> dict[str, Any]:
    return {
        "x": mark.epoch,
        "y": 1,
        "yref": "paper",
        "xanchor": label.anchor,
        "yanchor": "bottom",
        "xshift": 3 if label.anchor == "left" else -3,
        "yshift": ROW_HEIGHT * label.row,
        "borderpad": 0,
        "text": label.words,
        "hovertext": mark.sentence,
        "showarrow": False,
        "font": {"size": LETTER_SIZE},
    }


def _line(mark: Mark) -> dict[str, Any]:
    """Return a line over the whole height at an epoch."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": mark.epoch,
        "x1": mark.epoch,
        "y0": 0,
        "y1": 1,
        "line": {"width": 1.5, "dash": mark.dash, "color": TEXT},
        "opacity": 0.6,
        "layer": "below",
    }
