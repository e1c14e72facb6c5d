"""Planes in the space of all parameters: where to cut it, and where a training passes.

A network with N parameters is a point in N dimensions, and a picture has two. A plane is given
by a point and two directions,

    theta(c) = origin + c_1 d_1 + c_2 d_2,

and this module finds directions worth looking in: random ones of the right lengths, or those in
which the training itself has moved. With one direction instead of two, it is a straight line.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mlp.arrays import Array
from mlp.network import Network, split_layers

CHUNK = 16_384  # parameters of all snapshots that are handled at once, in double precision
LEAST_SHARE = 1e-9  # of the variance: a component with less is rounding
MARGIN = 1.3  # the picture of a path is so many times as wide as the path

Floats = npt.NDArray[np.float64]


class ParameterPlane(NamedTuple):
    """The parameters origin + sum over k of c_k directions[k], for any coordinates c.

    origin : (n_parameters,)
    directions : (n_directions, n_parameters)
    """

    origin: Array
    directions: Array

    def at(self, coordinates: Sequence[float] | Floats) -> Array:
        """Return the parameters, (n_parameters,), at coordinates, (n_directions,)."""
        moved = self.origin.copy()
        for coordinate, direction in zip(coordinates, self.directions, strict=True):
            if coordinate:
                moved += moved.dtype.type(coordinate) * direction
        return moved


def filter_normalized_directions(network: Network, *, rng: np.random.Generator) -> Array:
    """Return two random directions, (2, n_parameters), as long as the network's own weights.

    Each unit's part of a direction, w' of normal random numbers, is scaled to the length of the
    weights w that enter this unit: d = w' |w| / |w'|. So a step of 1 means as much for a unit
    with large weights as for one with small weights, and pictures of two networks can be
    compared: relu makes no difference between weights (2w, v/2) and (w, v), and without the
    scaling one would seem flatter than the other. Biases stay as they are: their part is 0.

    Source: H. Li et al., Visualizing the loss landscape of neural nets, NeurIPS 2018, section 4;
    that biases stay is a choice of the authors' code.
    """
    directions = np.zeros((2, len(network.parameters)), network.parameters.dtype)
    for direction in directions:
        parts, _ = split_layers(direction, network.sizes)
        for part, weights in zip(parts[1:], network.weights[1:], strict=True):
            part[...] = rng.standard_normal(part.shape)  # (n_l, n_{l-1}), a row for each unit
            lengths = np.linalg.norm(weights, axis=1) / np.linalg.norm(part, axis=1)
            part *= lengths[:, np.newaxis]
    return directions


def principal_directions(snapshots: Sequence[Array]) -> Array:
    """Return the two directions of length 1, (2, n_parameters), in which snapshots differ most.

    They are the first right singular vectors of the matrix M of all snapshots less their mean,
    (n_snapshots, n_parameters). M = U S V^T gives M M^T = U S^2 U^T, which is small, and then
    V = M^T U / S. M itself is never made: both products are added up over CHUNK columns. The
    first snapshot lies on the negative side of both.

    Raises
    ------
    ValueError : if the snapshots lie on a line, as fewer than three always do

    Source: section 7 of Li et al.; the method of snapshots is L. Sirovich's, Turbulence and the
    dynamics of coherent structures, Quarterly of Applied Mathematics 45 (1987).
    """
    n_snapshots, n_parameters = len(snapshots), len(snapshots[0])
    products = np.zeros((n_snapshots, n_snapshots))
    for _, block in _centered(snapshots):
        products += block @ block.T  # (n_snapshots, n_snapshots)
    squares, vectors = np.linalg.eigh(products)  # in rising order
    if n_snapshots < 3 or squares[-2] <= LEAST_SHARE * squares[-1]:
        raise ValueError(
            "The training has moved along one straight line so far, and two directions are needed. "
            "Train for two epochs or more, or choose random directions."
        )
    two = vectors[:, [-1, -2]] / np.sqrt(squares[[-1, -2]])
    two *= np.where(two[0] > 0, -1, 1)
    directions: Array = np.empty((2, n_parameters), snapshots[0].dtype)
    for columns, block in _centered(snapshots):
        directions[:, columns] = two.T @ block  # (2, n_snapshots) @ (n_snapshots, chunk)
    return directions


def _centered(snapshots: Sequence[Array]) -> Iterator[tuple[slice, Floats]]:
    """Yield the matrix of all snapshots less their mean, (n_snapshots, CHUNK) at a time."""
    for start in range(0, len(snapshots[0]), CHUNK):
        columns = slice(start, start + CHUNK)
        block = np.array([snapshot[columns] for snapshot in snapshots], np.float64)
        yield columns, block - block.mean(axis=0)


class Projection(NamedTuple):
    """Where the nearest points of a plane are.

    coordinates : (n_snapshots, n_directions)
    distances : (n_snapshots,), how far each snapshot is from the plane
    """

    coordinates: Floats
    distances: Floats


def project(plane: ParameterPlane, snapshots: Sequence[Array]) -> Projection:
    """Return the nearest point of a plane to each snapshot.

    The coordinates c solve D D^T c = D (theta - origin), the normal equations: random directions
    are only nearly at right angles.

    Parameters
    ----------
    snapshots : (n_parameters,) each
    """
    directions = plane.directions.astype(np.float64)
    inverse = np.linalg.pinv(directions @ directions.T)  # (n_directions, n_directions)
    coordinates, distances = [], []
    for snapshot in snapshots:
        step = snapshot.astype(np.float64) - plane.origin
        coordinates.append(inverse @ (directions @ step))
        distances.append(np.linalg.norm(step - coordinates[-1] @ directions))
    return Projection(np.array(coordinates), np.array(distances))


def variance_shares(plane: ParameterPlane, snapshots: Sequence[Array]) -> Floats:
    """Return the share of the variance of snapshots along each direction, (n_directions,).

    Of m snapshots with mean mu, and a direction d: sum_i (d . (theta_i - mu))^2 / |d|^2, divided by
    sum_i |theta_i - mu|^2. All are 0 where the snapshots are the same.
    """
    n_directions = len(plane.directions)
    along = np.zeros((n_directions, len(snapshots)))
    lengths, total = np.zeros(n_directions), 0.0
    for columns, block in _centered(snapshots):
        directions = plane.directions[:, columns].astype(np.float64)
        along += directions @ block.T  # (n_directions, n_snapshots)
        lengths += (directions**2).sum(axis=1)
        total += float((block**2).sum())
    is_known = (lengths > 0) & (total > 0)
    shares = np.zeros(n_directions)
    np.divide((along**2).sum(axis=1), lengths * total, out=shares, where=is_known)
    return shares


def axis_around_origin(reach: float, n_points: int) -> Floats:
    """Return evenly spaced coordinates, (n_points,), from -reach to reach.

    An odd number of them has 0 in its middle.
    """
    return reach * np.linspace(-1, 1, n_points)


def axis_around_path(coordinates: Floats, widening: float, n_points: int) -> Floats:
    """Return evenly spaced coordinates, (n_points,), that reach beyond a path, and meet 0.

    Parameters
    ----------
    coordinates : (n,), of the path along this axis
    widening : so many times as wide as usual; below 1, 0 is in the middle
    """
    low, high = float(coordinates.min(initial=0.0)), float(coordinates.max(initial=0.0))
    middle = (low + high) / 2 if widening >= 1 else 0.0
    step = widening * MARGIN * (high - low or 1.0) / (n_points - 1)
    before = round((n_points - 1) / 2 - middle / step)
    return step * np.arange(-before, n_points - before, dtype=np.float64)
