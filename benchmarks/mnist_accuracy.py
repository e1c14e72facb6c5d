"""MNIST in ten epochs: python -m benchmarks.mnist_accuracy [--json] [--write] [--repeats N]

Fits 784-128-10 with Adam and batches of 128 to the 60,000 training rows, with this
project's classifier and with scikit-learn's, both on float64 as their users have it, and
reports how many of the 10,000 test rows are right and how long `fit` took in the median.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as SklearnClassifier

from benchmarks.report import in_words, machine, table, write_section
from data.datasets import load
from data.download import FOLDER_VARIABLE, is_at_hand
from mlp.classifier import MLPClassifier

N_TRAINING = 60_000
EPOCHS, BATCH_SIZE, HIDDEN = 10, 128, (128,)
WANTED_ACCURACY, WANTED_SHARE = 0.978, 1 / 3  # of the test rows; of scikit-learn's seconds


class Samples(NamedTuple):
    """Pixels from 0 to 1 in float64, (n_samples, n_features), and labels, (n_samples,)."""

    X: npt.NDArray[np.float64]
    y: npt.NDArray[np.intp]


@dataclass
class RunOutcome:
    """How a classifier did.

    Attributes
    ----------
    accuracy : share of the test samples with the right label, 0 to 1
    seconds : of `fit`, one for each repeat
    """

    accuracy: float
    seconds: list[float]

    @property
    def median(self) -> float:
        """The median of the seconds."""
        return statistics.median(self.seconds)


def ours() -> MLPClassifier:
    """Return this project's classifier."""
    return MLPClassifier(
        hidden_layer_sizes=HIDDEN,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        learning_rate=0.001,
        random_state=0,
    )


def sklearn() -> SklearnClassifier:
    """Return scikit-learn's classifier; its solver is Adam with the same learning rate."""
    return SklearnClassifier(
        hidden_layer_sizes=HIDDEN, max_iter=EPOCHS, batch_size=BATCH_SIZE, random_state=0
    )


CLASSIFIERS: dict[str, Callable[[], Any]] = {"ours": ours, "sklearn": sklearn}


def mnist() -> tuple[Samples, Samples]:
    """Return the training and the test samples."""
    dataset = load("mnist")
    X, y = dataset.X.astype(np.float64), dataset.labels
    X /= dataset.maximum
    return Samples(X[:N_TRAINING], y[:N_TRAINING]), Samples(X[N_TRAINING:], y[N_TRAINING:])


def compare(training: Samples, test: Samples, repeats: int) -> dict[str, RunOutcome]:
    """Let both fit in turns; equal seeds give equal networks, so the accuracy is the last's."""
    outcomes = {name: RunOutcome(0.0, []) for name in CLASSIFIERS}
    for _ in range(repeats):
        for name, outcome in outcomes.items():
            print(f"{name} ...", file=sys.stderr)
            classifier = CLASSIFIERS[name]()
            outcome.seconds.append(_time_fit(classifier, training))
            outcome.accuracy = float(np.mean(classifier.predict(test.X) == test.y))
    return outcomes


def _time_fit(classifier: Any, training: Samples) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are fixed
        start = time.perf_counter()
        classifier.fit(training.X, training.y)
        return time.perf_counter() - start


def report(outcomes: dict[str, RunOutcome], facts: dict[str, Any]) -> str:
    """Return the table and the verdict on it, in Markdown."""
    rows = [
        [name, f"{100 * outcome.accuracy:.2f} %", f"{outcome.median:.2f}"]
        for name, outcome in outcomes.items()
    ]
    accuracy, share = outcomes["ours"].accuracy, _share(outcomes)
    verdict = (
        f"Ours has {100 * accuracy:.2f} % right, wanted were {100 * WANTED_ACCURACY:.1f} % "
        f"{_mark(accuracy >= WANTED_ACCURACY)}; it takes {share:.2f} of scikit-learn's time, "
        f"wanted was less than {WANTED_SHARE:.2f} {_mark(share < WANTED_SHARE)}"
    )
    return "\n\n".join([in_words(facts), table(["", "test accuracy", "fit (s)"], rows), verdict])


def _share(outcomes: dict[str, RunOutcome]) -> float:
    return outcomes["ours"].median / outcomes["sklearn"].median


def _mark(is_met: bool) -> str:
    return "✓" if is_met else "✗"


def main(given: Sequence[str] | None = None) -> None:
    """Print the table, and with --json all numbers in the last line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="fits of each (default: 3)")
    parser.add_argument("--json", action="store_true", help="print all numbers in a last line")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    arguments = parser.parse_args(given)
    if not is_at_hand("mnist"):
        sys.exit(f"The files of MNIST are not here. Let {FOLDER_VARIABLE} name their folder.")
    facts, outcomes = machine(), compare(*mnist(), arguments.repeats)
    text = report(outcomes, facts)
    print(text)
    if arguments.write:
        write_section("mnist_accuracy", text)
    if arguments.json:
        classifiers = {name: asdict(outcome) for name, outcome in outcomes.items()}
        measured = {"classifiers": classifiers, "share_of_sklearn": _share(outcomes)}
        print(json.dumps({"machine": facts, **measured}))


if __name__ == "__main__":
    main()
