"""Predictions at any step: cached by run, step and part, in bounded memory."""

import gc
import weakref

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.evaluation import predictions as module
from experiments.evaluation.predictions import (
    Predictions,
    last_finite_step,
    predict_now,
    predictions_at,
)
from experiments.training.run import Run


def trained(**settings: object) -> Run:
    run = Run(RunConfig(**{"epochs": 3} | settings), keeps_snapshots=True)
    run.complete()
    return run


RUN = trained()


def predictions(outputs: list[list[float]], labels: list[int]) -> Predictions:
    values = np.array(outputs, np.float32)
    names = tuple("abcdefgh"[: values.shape[1]])
    return Predictions(
        np.arange(len(labels)), np.array(labels), values, values.argmax(axis=1), names
    )


@pytest.mark.parametrize("part", ["training", "validation", "test"])
@pytest.mark.parametrize(
    "run",
    [
        RUN,
        trained(output="sigmoid", loss="mse"),
        trained(epochs=30, early_stopping=True, patience=1, learning_rate=2.0),
        trained(dataset="moons", hidden_layers=()),
    ],
    ids=["softmax", "sigmoid", "best epoch", "moons"],
)
def test_predictions_at_the_end_have_the_accuracy_of_the_result(run: Run, part: str) -> None:
    step = run.step if run.best_epoch is None else run.history[run.best_epoch].step
    found = predictions_at(run, step, part)
    assert found.n_correct / len(found.rows) == getattr(run.result, part).accuracy
    np.testing.assert_array_equal(found.rows, getattr(run.prepared_data().split, part))
    np.testing.assert_array_equal(found.labels, run.prepared_data().dataset.labels[found.rows])


def test_predictions_at_each_step_have_the_accuracy_of_its_record() -> None:
    for record in RUN.history:
        found = predictions_at(RUN, record.step, "validation")
        assert found.n_correct / len(found.rows) == record.validation.accuracy


def test_predictions_are_cached_and_read_only() -> None:
    first = predictions_at(RUN, 0, "validation")
    assert predictions_at(RUN, 0, "validation") is first
    assert predictions_at(RUN, 0, "training") is not first
    assert predictions_at(trained(), 0, "validation") is not first
    with pytest.raises(ValueError, match="read-only"):
        first.outputs[0] = 0


def test_the_cache_is_bounded_and_keeps_no_run_alive() -> None:
    cache = predictions_at.cache
    assert cache.maxsize == module.CACHE_BYTES
    run = trained(epochs=1)
    found = predictions_at(run, 0, "validation")
    assert cache.getsizeof(found) == found.n_bytes > found.outputs.nbytes
    gone = weakref.ref(run)
    del run
    gc.collect()
    assert gone() is None


def test_confidence_and_margin_follow_from_the_two_largest_outputs() -> None:
    found = predictions([[0.1, 0.7, 0.2], [0.5, 0.1, 0.4]], [1, 2])
    np.testing.assert_allclose(found.confidence, [0.7, 0.5])
    np.testing.assert_allclose(found.margin, [0.5, 0.1], rtol=1e-6)
    assert found.is_right.tolist() == [True, False]
    assert found.n_correct == 1


def test_a_part_without_samples_is_refused() -> None:
    run = trained(validation_fraction=0)
    with pytest.raises(ValueError, match=r"No samples were held out for the validation part\. Ch"):
        predictions_at(run, 0, "validation")


def test_without_snapshots_there_are_no_predictions() -> None:
    run = Run(RunConfig(epochs=1))
    with pytest.raises(LookupError, match="No snapshot was made yet"):
        predictions_at(run, 0, "validation")


def test_the_last_step_with_finite_outputs_is_found() -> None:
    run = trained(epochs=1)
    assert last_finite_step(run, run.step, "validation") == run.step
    run.snapshots.keep(run.step + 1, np.full_like(run.network.parameters, np.nan))
    assert not predictions_at(run, run.step + 1, "validation").are_finite
    assert last_finite_step(run, run.step + 1, "validation") == run.step
    assert last_finite_step(run, -1, "validation") is None


@pytest.mark.parametrize("part", ["training", "validation", "test"])
def test_current_predictions_are_for_the_samples_of_the_part(part: str) -> None:
    run = trained(epochs=2)
    found = predict_now(run, part)
    np.testing.assert_array_equal(found.rows, getattr(run.prepared_data().split, part))
    np.testing.assert_array_equal(found.labels, run.prepared_data().dataset.labels[found.rows])
    assert found.is_right.mean() == pytest.approx(getattr(run.result, part).accuracy)
    np.testing.assert_allclose(found.outputs.sum(axis=1), 1, rtol=1e-5)


def test_an_empty_part_has_no_current_predictions() -> None:
    found = predict_now(trained(epochs=2, validation_fraction=0.0, test_fraction=0.0), "test")
    assert len(found.rows) == len(found.predicted) == len(found.is_right) == 0
