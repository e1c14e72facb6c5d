"""The same training by others: python -m benchmarks.peers [--json] [--write] [--repeats N]

Times this project, scikit-learn and PyTorch on the same data with the same network,
batches, epochs, loss (softmax with cross-entropy), optimizer and number of threads, and
beside them the bare matrix products of that training, which NumPy cannot do without.
All take turns, and the medians are compared. What is timed are the epochs: making the
data, the network and the optimizer is left out, and so is measuring the untrained
network. Only scikit-learn's `fit` has its beginning in it, 1 to 3 % of its time.
"""

import argparse
import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from benchmarks.report import in_words, machine, table, write_section
from data.datasets import load
from data.download import FOLDER_VARIABLE, is_at_hand
from mlp.arrays import Array
from mlp.backprop import Workspace, workspaces_for
from mlp.losses import CROSS_ENTROPY, Objective
from mlp.network import Network
from mlp.optimizers import OPTIMIZERS
from mlp.samples import Samples, one_hot
from mlp.training import train

LEARNING_RATE = 0.001
SEED = 0
NEVER = 10**6  # epochs without progress before scikit-learn may stop


# What is trained


class Targets(NamedTuple):
    """What the ratios to this project's time should be at least, with one thread."""

    sklearn32: float
    torch: float
    products: float


@dataclass(frozen=True)
class Shape:
    """A training: which data, which network, which steps.

    sizes : (n_0, ..., n_L)
    batch_size : n_samples for the full batch
    optimizer : a key of OPTIMIZERS that the peers know by the same name
    """

    dataset: str
    sizes: tuple[int, ...]
    n_samples: int
    batch_size: int
    optimizer: str
    epochs: int
    targets: Targets

    @property
    def batch_sizes(self) -> list[int]:
        """The rows of each batch of an epoch; the last batch may be smaller."""
        starts = range(0, self.n_samples, self.batch_size)
        return [min(self.batch_size, self.n_samples - start) for start in starts]

    @property
    def steps(self) -> int:
        """How many steps the optimizer makes in all."""
        return self.epochs * len(self.batch_sizes)

    def __str__(self) -> str:
        sizes = "-".join(map(str, self.sizes))
        is_full = self.batch_size == self.n_samples
        batch = "full batch" if is_full else f"batch {self.batch_size}"
        return f"{self.dataset} {sizes}, {batch}, {self.optimizer}"


DIGITS, MNIST, DEEP = (64, 32, 10), (784, 128, 10), (784, 64, 64, 64, 64, 10)

SHAPES = {
    "digits-full": Shape("digits", DIGITS, 1437, 1437, "sgd", 1000, Targets(2.7, 1.5, 0.40)),
    "digits-32": Shape("digits", DIGITS, 1437, 32, "adam", 150, Targets(4, 6, 0.25)),
    "digits-200": Shape("digits", DIGITS, 1437, 200, "adam", 400, Targets(3.5, 3.5, 0.38)),
    "mnist-128": Shape("mnist", MNIST, 20_000, 128, "adam", 3, Targets(2, 1.6, 0.60)),
    "mnist-800": Shape("mnist", (784, 800, 10), 10_000, 128, "adam", 2, Targets(1.6, 1.2, 0.55)),
    "mnist-deep": Shape("mnist", DEEP, 20_000, 100, "sgd", 4, Targets(1.9, 1.7, 0.60)),
}


class Task(NamedTuple):
    """A shape with its samples.

    X : (n_samples, n_0), float32, from 0 to 1
    labels : (n_samples,), int64
    """

    shape: Shape
    X: Array
    labels: npt.NDArray[np.int64]


def prepare(shape: Shape) -> Task:
    """Load the first samples of a shape's dataset."""
    dataset = load(shape.dataset)
    X = dataset.X[: shape.n_samples].astype(np.float32)
    X /= np.float32(dataset.maximum)
    return Task(shape, X, dataset.labels[: shape.n_samples].astype(np.int64))


# Who trains it: each returns the seconds of all epochs


def time_ours(task: Task) -> float:
    """Time this project."""
    shape, rng = task.shape, np.random.default_rng(SEED)
    network = Network(shape.sizes, rng=rng)
    records = train(
        OPTIMIZERS[shape.optimizer](network, LEARNING_RATE),
        Objective(CROSS_ENTROPY),
        Samples(task.X, one_hot(task.labels, shape.sizes[-1], np.float32)),
        epochs=shape.epochs,
        batch_size=shape.batch_size,
        rng=rng,
    )
    next(records)  # the untrained network, measured
    start = time.perf_counter()
    for _ in records:
        pass
    return time.perf_counter() - start


def time_sklearn32(task: Task) -> float:
    """Time scikit-learn on float32, which it keeps."""
    return _time_sklearn(task.shape, task.X, task.labels)


def time_sklearn64(task: Task) -> float:
    """Time scikit-learn on float64, which its users mostly have."""
    return _time_sklearn(task.shape, task.X.astype(np.float64), task.labels)


def _time_sklearn(shape: Shape, X: npt.NDArray[Any], labels: npt.NDArray[np.int64]) -> float:
    classifier = MLPClassifier(
        shape.sizes[1:-1],
        solver=shape.optimizer,
        batch_size=shape.batch_size,
        max_iter=shape.epochs,
        learning_rate_init=LEARNING_RATE,
        momentum=0,
        nesterovs_momentum=False,
        alpha=0,
        tol=0,
        n_iter_no_change=NEVER,
        random_state=SEED,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are fixed
        start = time.perf_counter()
        classifier.fit(X, labels)
        return time.perf_counter() - start


def time_torch(task: Task) -> float:
    """Time PyTorch on the processor, in its eager mode, with the loss read once a batch."""
    import torch

    shape, model = task.shape, _torch_model(task.shape.sizes)
    optimizers = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
    optimizer = optimizers[shape.optimizer](model.parameters(), lr=LEARNING_RATE)
    cross_entropy = torch.nn.CrossEntropyLoss()
    X, labels = torch.from_numpy(task.X), torch.from_numpy(task.labels)
    start = time.perf_counter()
    for _ in range(shape.epochs):
        for rows in _torch_batches(shape):
            optimizer.zero_grad()
            loss = cross_entropy(model(X[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            loss.item()
    return time.perf_counter() - start


def _torch_model(sizes: Sequence[int]) -> Any:
    import torch

    torch.manual_seed(SEED)
    layers: list[torch.nn.Module] = []
    for fan_in, fan_out in pairwise(sizes):
        layers += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])  # the last layer stays at its logits


def _torch_batches(shape: Shape) -> Iterator[Any]:
    """Yield the rows of each batch; those of the full batch without copying them."""
    import torch

    if shape.batch_size == shape.n_samples:
        yield slice(None)
        return
    order = torch.randperm(shape.n_samples)
    for start in range(0, shape.n_samples, shape.batch_size):
        yield order[start : start + shape.batch_size]


def time_products(task: Task) -> float:
    """Time the matrix products of this project's training, and nothing else of it."""
    shape, rng = task.shape, np.random.default_rng(SEED)
    network = Network(shape.sizes, rng=rng)
    workspaces = workspaces_for(network, shape.n_samples, shape.batch_size)
    for workspace in workspaces.values():
        _fill(workspace, task.X, rng)
    start = time.perf_counter()
    for _ in range(shape.epochs):
        for batch_size in shape.batch_sizes:
            multiply(workspaces[batch_size])
    return time.perf_counter() - start


def _fill(workspace: Workspace, X: Array, rng: np.random.Generator) -> None:
    """Put a batch and ordinary numbers where the products read."""
    workspace.activations[0] = X[: len(workspace.ones)]
    for array in (*workspace.activations[1:], workspace.deltas[-1]):
        rng.random(out=array, dtype=np.float32)


def multiply(workspace: Workspace) -> None:
    """Do the products of one step, between the same arrays as `mlp.backprop` does."""
    weights, gradients = workspace.weights, workspace.weight_gradients
    zs, activations, deltas = workspace.zs, workspace.activations, workspace.deltas
    for l in range(1, len(weights)):
        np.dot(activations[l - 1], weights[l].T, out=zs[l])  # (n, n_{l-1}) @ (n_{l-1}, n_l)
    for l in range(len(weights) - 1, 0, -1):
        np.dot(deltas[l].T, activations[l - 1], out=gradients[l])  # (n_l, n) @ (n, n_{l-1})
        if l > 1:
            np.dot(deltas[l], weights[l], out=deltas[l - 1])  # (n, n_l) @ (n_l, n_{l-1})


COMPETITORS: dict[str, Callable[[Task], float]] = {
    "ours": time_ours,
    "sklearn32": time_sklearn32,
    "sklearn64": time_sklearn64,
    "torch": time_torch,
    "products": time_products,
}
TITLES = {
    "ours": "ours",
    "sklearn32": "sklearn float32",
    "sklearn64": "sklearn float64",
    "torch": "torch",
    "products": "products",
}


def present() -> list[str]:
    """Return the names of the competitors that are installed."""
    return [name for name in COMPETITORS if name != "torch" or find_spec("torch")]


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    """Let BLAS, and PyTorch if it is there, compute with so many threads."""
    with threadpool_limits(threads, user_api="blas"):
        if not find_spec("torch"):
            yield
            return
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            yield
        finally:
            torch.set_num_threads(before)


# What came of it


@dataclass(frozen=True)
class Result:
    """The times of a shape.

    seconds : by the name of the competitor, one for each repeat
    """

    shape: Shape
    threads: int
    seconds: dict[str, list[float]]

    def microseconds(self, name: str) -> float | None:
        """Return the median time of a step, or None if the competitor is not installed."""
        if name not in self.seconds:
            return None
        return 1e6 * statistics.median(self.seconds[name]) / self.shape.steps

    def ratio(self, name: str) -> float | None:
        """Return how many times as long as this project a competitor takes."""
        theirs, ours = self.microseconds(name), self.microseconds("ours")
        return theirs / ours if theirs and ours else None

    def target(self, name: str) -> float | None:
        """Return what the ratio should be at least, if anything is wanted of it."""
        targets: dict[str, float] = self.shape.targets._asdict() if self.threads == 1 else {}
        return targets.get(name)

    def is_met(self, name: str) -> bool | None:
        """Say whether a target is met; None if there is none, or nothing was measured."""
        ratio, target = self.ratio(name), self.target(name)
        return None if ratio is None or target is None else ratio >= target

    def facts(self) -> dict[str, Any]:
        """Return all of it for JSON."""
        shape, peers = self.shape, list(COMPETITORS)[1:]
        return {
            "shape": str(shape),
            "dataset": shape.dataset,
            "sizes": shape.sizes,
            "n_samples": shape.n_samples,
            "batch_size": shape.batch_size,
            "optimizer": shape.optimizer,
            "epochs": shape.epochs,
            "steps": shape.steps,
            "threads": self.threads,
            "seconds": {name: self.seconds.get(name) for name in COMPETITORS},
            "microseconds_a_step": {name: self.microseconds(name) for name in COMPETITORS},
            "ratio_to_ours": {name: self.ratio(name) for name in peers},
            "target": {name: self.target(name) for name in peers},
            "is_met": {name: self.is_met(name) for name in peers},
        }


def measure(task: Task, threads: int, repeats: int) -> Result:
    """Let all competitors train in turns; the first turn warms up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in present()}
    with limited_threads(threads):
        for turn in range(repeats + 1):
            for name, times in seconds.items():
                elapsed = COMPETITORS[name](task)
                if turn > 0:
                    times.append(elapsed)
    return Result(task.shape, threads, seconds)


def compare(keys: Sequence[str], threads: Sequence[int], repeats: int) -> list[Result]:
    """Measure some of the SHAPES with each number of threads."""
    results = []
    for key in keys:
        task = prepare(SHAPES[key])
        for n_threads in threads:
            print(f"{task.shape}, {n_threads} thread(s) ...", file=sys.stderr)
            results.append(measure(task, n_threads, repeats))
    return results


def available(keys: Sequence[str]) -> list[str]:
    """Return those of the SHAPES whose data are here or come along."""
    return [key for key in keys if SHAPES[key].dataset == "digits" or is_at_hand("mnist")]


def report(results: Sequence[Result], facts: dict[str, Any], left_out: Sequence[str]) -> str:
    """Return the tables and the words to them, in Markdown."""
    return "\n\n".join(
        [
            in_words(facts),
            "Microseconds a step:",
            table(["", "threads", *TITLES.values()], [_times(result) for result in results]),
            "How many times as long as ours, with the target for one thread:",
            table(
                ["", "threads", *[f"{TITLES[name]} / ours" for name in list(TITLES)[1:]]],
                [_ratios(result) for result in results],
            ),
            *_remarks(left_out),
        ]
    )


def _times(result: Result) -> list[str]:
    times = [result.microseconds(name) for name in TITLES]
    cells = ["" if one is None else f"{one:,.1f}" for one in times]
    return [str(result.shape), str(result.threads), *cells]


def _ratios(result: Result) -> list[str]:
    cells = [_verdict(result, name) for name in list(TITLES)[1:]]
    return [str(result.shape), str(result.threads), *cells]


def _verdict(result: Result, name: str) -> str:
    """Return a ratio, and what it says to its target: '2.10 ≥ 2 ✓' or '1.90 < 2 ✗'."""
    ratio, target = result.ratio(name), result.target(name)
    if ratio is None:
        return ""
    if target is None:
        return f"{ratio:.2f}"
    return f"{ratio:.2f} ≥ {target:g} ✓" if result.is_met(name) else f"{ratio:.2f} < {target:g} ✗"


def _remarks(left_out: Sequence[str]) -> list[str]:
    remarks = []
    if "torch" not in present():
        remarks.append(
            "PyTorch is not installed, so its columns are empty: pip install -r "
            "requirements-peers.txt brings it."
        )
    if left_out:
        remarks.append(
            f"Left out: {', '.join(left_out)}, for want of the files of MNIST. Let "
            f"{FOLDER_VARIABLE} name the folder that has them in mnist/."
        )
    return remarks


def main(given: Sequence[str] | None = None) -> None:
    """Print the tables, and with --json all numbers in the last line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5, help="timings of each (default: 5)")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="default: 1 2")
    parser.add_argument("--only", nargs="+", choices=SHAPES, default=list(SHAPES), metavar="SHAPE")
    parser.add_argument("--json", action="store_true", help="print all numbers in a last line")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    arguments = parser.parse_args(given)
    keys, facts = available(arguments.only), machine()
    left_out = [key for key in arguments.only if key not in keys]
    results = compare(keys, arguments.threads, arguments.repeats)
    text = report(results, facts, left_out)
    print(text)
    if arguments.write:
        write_section("peers", text)
    if arguments.json:
        measured = [result.facts() for result in results]
        print(json.dumps({"machine": facts, "results": measured, "left_out": left_out}))


if __name__ == "__main__":
    main()
