"""t-SNE: neighbors end up together, however often someone pauses."""

import gc
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from data.datasets import load
from experiments.background.background_task import Page
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import SliceScheduler
from experiments.config import RunConfig
from experiments.exploration import tsne as module
from experiments.exploration.projections import map_positions
from experiments.exploration.tsne import STEPS, STRIDE, Embedding, embedding_of, tsne, tsne_slice
from experiments.training.prepared_data import prepare
from tests.waiting import busy_processor, wait_until

ROOT = Path(__file__).parents[3]
THREADS = Path("/proc/self/task")


@pytest.fixture
def clouds() -> tuple[np.ndarray, np.ndarray]:
    rng, labels = np.random.default_rng(0), np.arange(60) % 3
    return (rng.normal(size=(60, 5)) + 8 * np.eye(5)[labels]).astype(np.float32), labels


def advance(embedding: Embedding, seconds: float) -> None:
    """Make a slice here."""
    if not embedding.is_over:
        it = embedding
        embedding.keep(
            *tsne_slice(it.X if it.Y is None else None, it.Y, it.step, it.points, seconds)
        )


def nearest(Y: np.ndarray) -> np.ndarray:
    distances = squareform(pdist(Y))
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(axis=1)


def last_map(X: np.ndarray, seed: int = 0) -> np.ndarray:
    *_, Y = tsne(X.astype(np.float32), rng=np.random.default_rng(seed))
    return Y


def objective(X: np.ndarray, Y: np.ndarray) -> float:
    """Return sum p_ij log(p_ij / q_ij), for neighborhoods as wide as the nearest sample is far."""
    squares = squareform(pdist(X, "sqeuclidean"))
    np.fill_diagonal(squares, np.inf)
    P = np.exp(-squares / squares.min(axis=1, keepdims=True))
    P = (P + P.T) / (2 * P.sum())
    W = 1 / (1 + squareform(pdist(Y.astype(np.float64), "sqeuclidean")))
    np.fill_diagonal(W, 0)
    pairs = P > 0
    return float((P[pairs] * np.log(P[pairs] / (W / W.sum())[pairs])).sum())


def test_neighbors_end_up_together(clouds) -> None:
    X, labels = clouds
    np.testing.assert_array_equal(labels[nearest(last_map(X))], labels)


def test_digits_end_up_beside_digits_of_their_class() -> None:
    digits = load("digits")
    Y = last_map(digits.X[:500])
    assert (digits.labels[nearest(Y)] == digits.labels[:500]).mean() > 0.95


def test_the_objective_falls(clouds) -> None:
    X, _ = clouds
    maps = list(tsne(X, rng=np.random.default_rng(0)))
    assert len(maps) == STEPS // STRIDE
    assert objective(X, maps[-1]) < 0.7 * objective(X, maps[0])


def test_the_same_seed_gives_the_same_map(clouds) -> None:
    X, _ = clouds
    np.testing.assert_array_equal(last_map(X), last_map(X))
    assert (last_map(X) != last_map(X, seed=1)).any()


def test_maps_that_were_yielded_do_not_change(clouds) -> None:
    maps = tsne(clouds[0], rng=np.random.default_rng(0))
    first = next(maps)
    before = first.copy()
    next(maps)
    np.testing.assert_array_equal(first, before)


@pytest.mark.parametrize("X", [np.ones((12, 3)), np.repeat(np.eye(3), 5, axis=0), np.eye(10)])
def test_equal_samples_give_finite_points(X: np.ndarray) -> None:
    assert np.isfinite(last_map(X)).all()


def test_one_feature_is_enough() -> None:
    assert np.isfinite(last_map(np.arange(30.0)[:, np.newaxis])).all()


def test_the_library_is_imported_only_when_points_move() -> None:
    program = (
        "import sys, experiments.exploration.tsne\n"
        "print({'openTSNE', 'sklearn'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True
    )
    assert result.stdout == "set()\n"


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(ValueError, match="needs at least 10 training samples, and here are 9"):
        Embedding(np.ones((9, 2), np.float32))
    with pytest.raises(ValueError, match="Choose smaller fractions"):
        next(tsne(np.ones((9, 2), np.float32), rng=np.random.default_rng(0)))


def test_the_numbers_of_steps_are_multiples_of_the_stride() -> None:
    assert STEPS % STRIDE == module.EXAGGERATED_STEPS % STRIDE == 0


def test_a_map_is_made_in_slices_and_comes_to_an_end(clouds, monkeypatch) -> None:
    monkeypatch.setattr(module, "STEPS", 7 * STRIDE)
    embedding = Embedding(clouds[0])
    advance(embedding, 0.0)
    assert (embedding.step, embedding.fraction, embedding.is_over) == (STRIDE, 1 / 7, False)
    advance(embedding, 60.0)
    assert embedding.is_over
    points = embedding.points
    advance(embedding, 60.0)
    assert embedding.points is points


def test_a_map_made_with_pauses_is_that_made_without(clouds) -> None:
    paused, at_one_go = Embedding(clouds[0]), Embedding(clouds[0])
    while not paused.is_over:
        advance(paused, 0.0)
    advance(at_one_go, 60.0)
    np.testing.assert_array_equal(paused.points, at_one_go.points)


def test_a_finished_map_frees_the_samples(clouds) -> None:
    X = clouds[0].copy()
    samples, embedding = weakref.ref(X), Embedding(X)
    del X
    assert samples() is not None
    advance(embedding, 60.0)
    gc.collect()
    assert samples() is None


@pytest.mark.skipif(not THREADS.exists(), reason="only Linux lists a process's threads")
def test_tsne_starts_no_threads() -> None:
    X, counts = load("digits").X.astype(np.float32), []

    def make_maps() -> None:  # a thread of its own has no helpers yet from earlier tests
        maps = tsne(X, rng=np.random.default_rng(0))
        for _ in range(2):
            counts.append(len(list(THREADS.iterdir())))
            next(maps)
        counts.append(len(list(THREADS.iterdir())))

    last_map(X[:10])  # the import itself may start some
    thread = threading.Thread(target=make_maps)
    thread.start()
    thread.join()
    assert counts[0] == counts[1] == counts[2]


def test_points_move_while_a_page_asks_for_it(clouds, monkeypatch) -> None:
    monkeypatch.setattr(module, "WANTED_SECONDS", 60.0)
    embedding, here = Embedding(clouds[0]), Embedding(clouds[0])
    embedding.move(Page("reader", lambda: True), SliceScheduler(SliceExecutor))
    wait_until(lambda: embedding.is_over)
    advance(here, 60.0)
    np.testing.assert_array_equal(embedding.points, here.points)


def test_points_rest_when_no_page_asks_any_more(clouds, monkeypatch) -> None:
    monkeypatch.setattr(module, "WANTED_SECONDS", 0.0)
    embedding = Embedding(clouds[0])
    embedding.move(Page("reader", lambda: True))
    wait_until(lambda: embedding._task.status.is_over)
    assert embedding.step == 0


def test_a_busy_processor_is_told(clouds, monkeypatch) -> None:
    monkeypatch.setattr(module, "WANTED_SECONDS", 60.0)
    embedding = Embedding(clouds[0])
    with busy_processor():
        embedding.move(Page("reader", lambda: True))
        wait_until(lambda: embedding.is_waiting)
        assert embedding.step == 0
        embedding._task.discard()


def test_all_sessions_with_one_split_share_one_map() -> None:
    prepared = prepare(RunConfig())
    assert embedding_of(prepared) is embedding_of(prepared)
    assert len(embedding_of(prepared).points) == len(map_positions(prepared))
