"""Maps of the layers by t-SNE, made in the background: which samples a layer calls similar."""

from threading import Condition

import numpy as np
from cachetools import LRUCache, cached

from experiments.exploration.tsne import FEWEST_SAMPLES, Embedding
from experiments.inspection.representations import map_activations
from experiments.training.run import Run
from mlp.arrays import Array

MOST_MAPS = 120  # of all runs together; one that is begun takes 1 MB, one that is made almost none


class LayerMaps:
    """A map for the input and each hidden layer, made one after another.

    Attributes
    ----------
    maps : an `Embedding` each; None where there is nothing to see: activations that are not finite
        or all the same, or too few samples
    """

    def __init__(self, maps: list[Embedding | None]) -> None:
        self.maps = maps

    def __len__(self) -> int:
        return len(self.maps)

    @property
    def next(self) -> Embedding | None:
        """The map to make next; None if all are made."""
        unfinished = (each for each in self.maps if each and not each.is_over and not each.problem)
        return next(unfinished, None)

    @property
    def fraction(self) -> float:
        """The fraction of all steps that are made, from 0 to 1."""
        fractions = [each.fraction for each in self.maps if each]
        return sum(fractions) / len(fractions) if fractions else 1.0

    @property
    def problem(self) -> str:
        """Why one of the maps could not be made; empty if there is none."""
        return next((each.problem for each in self.maps if each and each.problem), "")


@cached(
    LRUCache(MOST_MAPS, getsizeof=len),
    key=lambda run, step: (run.id, run.snapshots.nearest(step)),
    condition=Condition(),  # simultaneous calls compute once
)
def layer_maps_at(run: Run, step: int) -> LayerMaps:
    """Return the maps of the layers of a run after a step, as far as they are made.

    The samples are those of `map_rows`. Unlike planes of principal components, maps of several
    epochs are not aligned: each is a map of its own.

    Raises
    ------
    LookupError : if there are no snapshots yet
    """
    hidden = map_activations(run, step)[1:]
    return LayerMaps([_input_map(run), *(_map_of(activations) for activations in hidden)])


@cached(LRUCache(MOST_MAPS), key=lambda run: run.id, condition=Condition())
def _input_map(run: Run) -> Embedding | None:
    """Return the map of the input, which is the same after all steps."""
    return _map_of(map_activations(run, 0)[0])


def _map_of(activations: Array) -> Embedding | None:
    is_finite = bool(np.isfinite(activations).all())
    if not is_finite or len(activations) < FEWEST_SAMPLES or not np.ptp(activations, axis=0).any():
        return None
    return Embedding(activations / np.abs(activations).max())
