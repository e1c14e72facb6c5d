"""t-SNE: the slope is that of its objective, and neighbours end up together."""

import numpy as np
import pytest

from experiments import tsne as module
from experiments.config import RunConfig
from experiments.exploration import map_rows
from experiments.material import prepare
from experiments.tsne import (
    STEPS,
    Embedding,
    affinities,
    embedding_of,
    slope,
    squared_distances,
    tsne,
)


@pytest.fixture
def clouds() -> tuple[np.ndarray, np.ndarray]:
    rng, labels = np.random.default_rng(0), np.arange(60) % 3
    return (rng.normal(size=(60, 5)) + 8 * np.eye(5)[labels]).astype(np.float32), labels


def objective(P: np.ndarray, Y: np.ndarray) -> float:
    W = 1 / (1 + squared_distances(Y))
    np.fill_diagonal(W, 0)
    Q = W / W.sum()
    pairs = P > 0
    return float((P[pairs] * np.log(P[pairs] / Q[pairs])).sum())


def test_the_slope_is_the_derivative_of_the_objective(clouds) -> None:
    P = affinities(clouds[0][:12], 3.0).astype(np.float64)
    Y = np.random.default_rng(1).normal(size=(12, 2))
    numeric, step = np.zeros_like(Y), 1e-6
    for place in np.ndindex(Y.shape):
        up, down = Y.copy(), Y.copy()
        up[place] += step
        down[place] -= step
        numeric[place] = (objective(P, up) - objective(P, down)) / (2 * step)
    np.testing.assert_allclose(slope(P, Y), numeric, atol=1e-6)


def test_affinities_add_up_to_one_and_have_the_perplexity(clouds) -> None:
    X, _ = clouds
    P = affinities(X, 10.0)
    assert P.sum() == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(P, P.T)
    assert not P.diagonal().any()
    distances = squared_distances(X)
    np.fill_diagonal(distances, np.inf)
    assert P[np.arange(60), distances.argmin(axis=1)].min() > 0


def test_neighbours_end_up_together(clouds) -> None:
    X, labels = clouds
    *_, Y = tsne(X, rng=np.random.default_rng(0))
    distances = squared_distances(Y)
    np.fill_diagonal(distances, np.inf)
    np.testing.assert_array_equal(labels[distances.argmin(axis=1)], labels)


def test_the_objective_falls(clouds) -> None:
    X, _ = clouds
    P = affinities(X, (len(X) - 1) / 3)
    maps = list(tsne(X, rng=np.random.default_rng(0)))
    assert len(maps) == STEPS
    assert objective(P, maps[-1]) < 0.7 * objective(P, maps[0])


@pytest.mark.parametrize("X", [np.ones((12, 3)), np.repeat(np.eye(3), 5, axis=0)])
def test_samples_that_are_the_same_do_no_harm(X: np.ndarray) -> None:
    *_, Y = tsne(X.astype(np.float32), rng=np.random.default_rng(0))
    assert np.isfinite(Y).all()


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="needs at least 10 training samples, and here are 9"):
        Embedding(np.ones((9, 2), np.float32))
    with pytest.raises(ValueError, match="Choose smaller fractions"):
        next(tsne(np.ones((9, 2), np.float32), rng=np.random.default_rng(0)))


def test_a_map_is_made_in_slices_and_comes_to_an_end(clouds, monkeypatch) -> None:
    monkeypatch.setattr(module, "STEPS", 7)
    embedding = Embedding(clouds[0])
    embedding.advance(0.0)
    assert (embedding.step, embedding.share, embedding.is_over) == (1, 1 / 7, False)
    embedding.advance(60.0)
    assert embedding.is_over
    points = embedding.points
    embedding.advance(60.0)
    assert embedding.points is points


def test_whoever_comes_while_another_is_at_it_does_not_wait(clouds) -> None:
    embedding = Embedding(clouds[0])
    with embedding._lock:
        embedding.advance(60.0)
    assert embedding.step == 0


def test_all_who_watch_a_split_share_one_map() -> None:
    material = prepare(RunConfig())
    assert embedding_of(material) is embedding_of(material)
    assert len(embedding_of(material).points) == len(map_rows(material))
