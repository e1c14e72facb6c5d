"""What a network forgets that is taught: python -m benchmarks.fine_tuning [--write]

The networks that come with the project are taught that a seven is a one, by three drawings of it,
and then read three others, of other sizes and elsewhere. What they forget is counted on the
validation part of their data, which they do not learn from.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.report import in_words, machine, table, write_section
from data.download import FOLDER_VARIABLE, is_at_hand
from data.drawing import PREPARATIONS
from data.drawing.gallery import KeptDrawing, samples_of
from experiments.pretrained.pretrained import PRETRAINED, load_pretrained
from experiments.training.fine_tuning import FineTuning, fine_tuned_config
from experiments.training.run import Run
from mlp.evaluation import logits_of

SEVEN = [(0.12, 0.05), (0.85, 0.0), (0.4, 1.0)]  # as a polyline in a square of side 1
SIDE, PEN = 280.0, 22.0  # units, of the pad
TAUGHT = [(0.8, 0.1, 0.1), (0.6, 0.3, 0.2), (0.5, 0.1, 0.4)]  # size, left, top
OTHERS = [(0.7, 0.2, 0.2), (0.45, 0.5, 0.1), (0.9, 0.05, 0.05)]
WRONG_LABEL, EPOCHS = 1, 5
OLD_SAMPLES, REPEATS = (10_000, 500, 0), (10, 50, 200)


class Row(NamedTuple):
    """What one fine-tuning has done; accuracies are shares of the validation part."""

    model: str
    n_old: int
    repeats: int
    n_taught: int
    n_others: int
    before: float
    after: float
    seconds: float


def seven(size: float, left: float, top: float) -> KeptDrawing:
    """Return a seven of some size at a place of the pad, as a drawing."""
    points = [(SIDE * (left + size * x), SIDE * (top + size * y), PEN) for x, y in SEVEN]
    return KeptDrawing([np.array(points)], (SIDE, SIDE))


def taught(name: str, n_rehearsed: int, repeats: int) -> Row:
    """Teach a network, and count what it reads before and after."""
    model = load_pretrained(name)
    base = Run(model.config)
    prepared, preparation = base.prepared_data(), PREPARATIONS[model.config.dataset]
    X, X_others = (
        samples_of([seven(*place) for place in places], preparation, prepared.dataset.maximum)
        for places in (TAUGHT, OTHERS)
    )
    labels = np.full(len(X), WRONG_LABEL)
    fine_tuning = FineTuning(model.network.parameters, X, labels, repeats, n_rehearsed)
    n_samples = fine_tuning.n_samples(len(prepared.training.X))
    run = Run(fine_tuned_config(model.config, EPOCHS, n_samples), fine_tuning=fine_tuning)
    start = time.perf_counter()
    first, *_, last = [record for record in run.records() if hasattr(record, "validation")]
    seconds = time.perf_counter() - start
    n_taught, n_others = (
        int((logits_of(run.network, prepared.scaler.transform(x)).argmax(1) == WRONG_LABEL).sum())
        for x in (X, X_others)
    )
    n_old = n_samples - repeats * len(X)
    scores = first.validation.accuracy, last.validation.accuracy
    return Row(name, n_old, repeats, n_taught, n_others, *scores, seconds)


def report(rows: Sequence[Row]) -> str:
    """Return the table, in Markdown."""
    heads = ("network", "old samples", "repeats", "taught sevens", "other sevens")
    heads += ("validation before (%)", "after (%)", "s")
    cells = [
        [
            row.model,
            f"{row.n_old:,}",
            str(row.repeats),
            f"{row.n_taught} of {len(TAUGHT)}",
            f"{row.n_others} of {len(OTHERS)}",
            f"{100 * row.before:.1f}",
            f"{100 * row.after:.1f}",
            f"{row.seconds:.1f}",
        ]
        for row in rows
    ]
    return f"{in_words(machine())}\n\n{table(heads, cells)}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    arguments = parser.parse_args()
    if not is_at_hand("mnist"):
        sys.exit(f"The files of MNIST are not here. Let {FOLDER_VARIABLE} name their folder.")
    with threadpool_limits(1):
        rows = [
            taught(name, n_old, repeats)
            for name in PRETRAINED
            for n_old in OLD_SAMPLES
            for repeats in REPEATS
        ]
    text = report(rows)
    print(text)
    if arguments.write:
        write_section("fine_tuning", text)


if __name__ == "__main__":
    main()
