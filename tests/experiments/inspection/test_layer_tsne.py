import math

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.exploration.tsne import STEPS, Embedding
from experiments.inspection.layer_tsne import LayerMaps, layer_maps_at
from experiments.training.run import Run


@pytest.fixture
def run() -> Run:
    return Run(RunConfig(hidden_layers=(6, 5)), keeps_snapshots=True)


def test_each_layer_has_a_map_that_is_kept(run: Run) -> None:
    run.snapshots.keep(0, run.network.parameters)
    found = layer_maps_at(run, 0)
    assert [each.X.shape[1] for each in found.maps] == [64, 6, 5]
    assert layer_maps_at(run, 0) is found


def test_activations_that_are_not_finite_or_all_the_same_have_no_map(run: Run) -> None:
    for step, value in enumerate((math.nan, 0.0)):
        run.network.parameters[:] = value
        run.snapshots.keep(step, run.network.parameters)
        first, *hidden = layer_maps_at(run, step).maps
        assert first is layer_maps_at(run, 0).maps[0] is not None
        assert hidden == [None, None]


def test_maps_are_made_one_after_another() -> None:
    rng = np.random.default_rng(0)
    first, other = (Embedding(rng.normal(size=(20, 3)).astype(np.float32)) for _ in range(2))
    maps = LayerMaps([first, None, other])
    assert (maps.next, maps.fraction, len(maps)) == (first, 0, 3)
    first.keep(None, STEPS, first.points)
    assert (maps.next, maps.fraction) == (other, 0.5)
    other.keep(None, STEPS, other.points)
    assert (maps.next, maps.fraction) == (None, 1)
    assert LayerMaps([None]).fraction == 1
