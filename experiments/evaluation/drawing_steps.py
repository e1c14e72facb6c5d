"""What each step from a drawing to a sample is good for: how much is read right without it."""

import json
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from data.datasets import Features, Labels
from data.drawing import Ink, Preparation, Step
from data.scaling import Scaler
from mlp.evaluation import logits_of
from mlp.network import Network

MEASURED = Path(__file__).with_suffix(".json")
"""What `python -m benchmarks.drawings --write` has measured."""

Reader = Callable[[Features], Labels]
"""From samples as recorded, (n_samples, n_features), to their predicted classes."""


def reader_of(network: Network, scaler: Scaler) -> Reader:
    """Return what answers with the class that has the largest logit."""
    return lambda X: logits_of(network, scaler.transform(X)).argmax(axis=1)


class StepAccuracy(NamedTuple):
    """The share of drawings that are read right, 0 to 1, made into samples in two ways.

    so_far : with this step and those in the lines above it
    without : with all steps but this
    """

    step: Step
    so_far: float
    without: float


def step_accuracies(
    preparation: Preparation, drawings: Sequence[Ink], labels: Labels, read: Reader
) -> list[StepAccuracy]:
    """Return what each step is good for, the last step first.

    The last step gives the sample its size. Alone, it shrinks the whole pad; then the others are
    added, one after another, and the accuracy in the last line is that of all steps.

    Parameters
    ----------
    drawings : each (height, width) uint8; they may differ in size
    labels : (n_drawings,), the classes that were meant
    read : what is asked for the class of each sample
    """
    names = [step.name for step in preparation.steps]

    def accuracy(left_out: Collection[str]) -> float:
        samples = np.stack([preparation.sample(drawing, left_out) for drawing in drawings])
        return float(np.mean(read(samples) == labels))

    *others, last = preparation.steps
    return [
        StepAccuracy(step, accuracy(names[n_made:-1]), accuracy([step.name]))
        for n_made, step in enumerate([last, *others])
    ]


class MeasuredStep(NamedTuple):
    """What was measured of a step; shares from 0 to 1, means over several networks.

    name : of the step
    so_far, without : as in `StepAccuracy`
    """

    name: str
    so_far: float
    without: float


class MeasuredSteps(NamedTuple):
    """What was measured of a preparation.

    about : of which network and which drawings, in a sentence
    steps : as `step_accuracies` orders them
    """

    about: str
    steps: list[MeasuredStep]


@cache
def measured_steps() -> dict[str, MeasuredSteps]:
    """Return what was measured of each preparation, by its name."""
    stored: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return {
        name: MeasuredSteps(each["about"], [MeasuredStep(*step) for step in each["steps"]])
        for name, each in stored.items()
    }
