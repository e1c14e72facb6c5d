"""Which class a network predicts at each point of the plane."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.datasets import Labels
from experiments.config import RunConfig
from experiments.training.prepared_data import PreparedData
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network

GRID_POINTS = 80  # along each side of the plane
MARGIN = 0.08  # of the plane, around the points


class DecisionRegions(NamedTuple):
    """The class that a network predicts at each point of a grid over the plane.

    accuracy : on the test samples; None if there is none
    why_none : why there is no accuracy, in two or three words; empty if there is one
    x, y : (n,), where the lines of the grid are
    classes : (n, n), the predicted class at each point of the grid; rows follow y
    points, labels : (n_points, 2) and (n_points,), held-out samples: the test part, or the
        validation part where there is no test result
    class_names : what the classes mean
    feature_names : of the two columns of the table that the points are from; empty if there are
        none
    """

    config: RunConfig
    accuracy: float | None
    why_none: str
    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    classes: Labels
    points: npt.NDArray[np.float32]
    labels: Labels
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...] = ()


def regions_of(run: Run, network: Network | None = None) -> DecisionRegions:
    """Predict the class at each point of the plane around the samples.

    Parameters
    ----------
    network : of the run, at some time; None for now

    Raises
    ------
    ValueError : if the samples are not in the plane
    """
    prepared = run.prepared_data()
    dataset, plane = prepared.recorded, prepared.plane
    if plane is None:
        raise ValueError(
            f"Decision regions are drawn in the plane, but a sample has {dataset.n_features:,} "
            "features. Choose a dataset with two, such as xor."
        )
    x, y = (grid_over(plane[:, i]) for i in (0, 1))
    test = run.result.test if run.result else None
    rows = prepared.split.test if test else prepared.split.validation
    return DecisionRegions(
        run.config,
        test.accuracy if test else None,
        "" if test else _why_no_accuracy(run),
        x,
        y,
        _classes_on(x, y, network or run.network_at(), prepared),
        plane[rows],
        dataset.labels[rows],
        dataset.class_names,
        dataset.feature_names,
    )


def _classes_on(x: Array, y: Array, network: Network, prepared: PreparedData) -> Labels:
    """Return the predicted class at each point of a grid, (len(y), len(x))."""
    plane = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)  # (n_grid_points, 2)
    classes: Labels = logits_of(network, prepared.inputs_at(plane)).argmax(axis=1)
    return classes.reshape(len(y), len(x))


def _why_no_accuracy(run: Run) -> str:
    if run.diverged:
        return "diverged"
    return "no result" if run.prepared_data().test else "no test samples"


def grid_over(
    values: npt.NDArray[np.float32], n_points: int = GRID_POINTS
) -> npt.NDArray[np.float32]:
    """Return evenly spaced values, (n_points,), from a little below some values to above them."""
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low or 1.0)
    return np.linspace(low - margin, high + margin, n_points, dtype=np.float32)
