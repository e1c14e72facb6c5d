"""A run that is saved and loaded goes on bit for bit as if it had never been saved."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from experiments.config import SETTINGS, RunConfig
from experiments.export import model_file
from experiments.export.model_file import SavedModel, load_model, restore_run, run_to_bytes
from experiments.training.checkpoint import Checkpoint
from experiments.training.run import Run

BASE: dict[str, Any] = {"dataset": "moons", "hidden_layers": (8,), "epochs": 4, "batch_size": 50}
STEPS = 8  # of an epoch: 360 training samples


def stopped(config: RunConfig, at_step: int, learning_rate: float | None = None) -> Run:
    """Train up to a step, or to the end, and end the run there."""
    run = Run(config)
    for record in run.records():
        if learning_rate and record.step == 3:
            run.request_learning_rate(learning_rate)
        if record.step == at_step and not run.awaits_epoch_record:
            break
    run.conclude()
    return run


def saved_and_loaded(run: Run) -> Run:
    return restore_run(load_model(run_to_bytes(run, "mine", for_continuing=True)))


def assert_both_go_on_alike(run: Run, loaded: Run, epochs: int = 3) -> None:
    for each in (run, loaded):
        each.add_epochs(epochs)
        each.complete()
    assert repr(loaded.history) == repr(run.history)
    assert loaded.network.parameters.tobytes() == run.network.parameters.tobytes()
    assert (loaded.result, loaded.changes, loaded.n_results) == (
        run.result,
        run.changes,
        run.n_results,
    )


@pytest.mark.parametrize("optimizer", SETTINGS["optimizer"].options)
@pytest.mark.parametrize("at_step", [2 * STEPS, 2 * STEPS + 3, -1], ids=["epoch", "batch", "end"])
def test_a_loaded_run_goes_on_as_the_uncut_one(optimizer: str, at_step: int) -> None:
    run = stopped(RunConfig(**BASE, optimizer=optimizer), at_step)
    assert_both_go_on_alike(run, saved_and_loaded(run))


@pytest.mark.parametrize(
    "settings",
    [
        {"dropout": 0.4},
        {"shuffle": False},
        {"full_batch": True},
        {"schedule": "cosine", "warmup_epochs": 2},
        {"schedule": "exponential", "decay_every": 1, "l1": 1e-3, "max_norm": 1.0},
        {"class_weight": "balanced", "validation_fraction": 0.0, "test_fraction": 0.0},
    ],
    ids=str,
)
def test_so_does_one_with_other_settings(settings: dict[str, Any]) -> None:
    run = stopped(RunConfig(**BASE | settings), 11)
    assert_both_go_on_alike(run, saved_and_loaded(run))


def test_a_changed_learning_rate_and_more_epochs_are_kept() -> None:
    run = stopped(RunConfig(**BASE, schedule="step", decay_every=1), 2 * STEPS + 1, 0.001)
    run.add_epochs(3)
    run.complete()
    loaded = saved_and_loaded(saved_and_loaded(run))
    assert loaded.learning_rate == 0.001
    assert_both_go_on_alike(run, loaded)


def test_a_loaded_run_keeps_its_time_and_its_name() -> None:
    run = stopped(RunConfig(**BASE), -1)
    model = load_model(run_to_bytes(run, "my <best> run"))
    assert model.name == "my <best> run"
    assert model.seconds == restore_run(model).seconds == run.seconds > 0


def test_a_run_that_cannot_be_continued_has_no_checkpoint_in_its_file(monkeypatch) -> None:
    early = stopped(RunConfig(**BASE, early_stopping=True), -1)
    plain = stopped(RunConfig(**BASE), -1)
    released = stopped(RunConfig(**BASE), -1)
    released.release_memory()
    contents = [run_to_bytes(run, for_continuing=True) for run in (early, released)]
    monkeypatch.setattr(model_file, "MAX_CONTINUABLE_BYTES", 100)
    contents += [run_to_bytes(plain), run_to_bytes(plain, for_continuing=True)]
    for content in contents:
        assert load_model(content).checkpoint is None
        assert not restore_run(load_model(content)).can_continue


def test_the_checkpoint_of_adam_takes_twice_the_bytes_of_the_network() -> None:
    run = stopped(RunConfig(**BASE | {"hidden_layers": (300, 300)}), -1)
    small, large = run_to_bytes(run), run_to_bytes(run, for_continuing=True)
    assert len(large) - len(small) == pytest.approx(2 * run.network.parameters.nbytes, rel=0.01)


# Forged files

RUN = stopped(RunConfig(**BASE), 2 * STEPS + 3)
MODEL = load_model(run_to_bytes(RUN, for_continuing=True))
Change = Callable[[Checkpoint], Checkpoint]


def number(**values: Any) -> Change:
    return lambda checkpoint: checkpoint._replace(numbers=checkpoint.numbers._replace(**values))


def generator(**values: int) -> Change:
    return lambda checkpoint: checkpoint._replace(
        numbers=checkpoint.numbers._replace(batches=checkpoint.numbers.batches._replace(**values))
    )


def array(name: str, values: np.ndarray | None) -> Change:
    def change(checkpoint: Checkpoint) -> Checkpoint:
        arrays = {**checkpoint.arrays, name: values}
        return checkpoint._replace(arrays={n: v for n, v in arrays.items() if v is not None})

    return change


def forged(change: Change) -> SavedModel:
    return dataclasses.replace(MODEL, checkpoint=change(MODEL.checkpoint))


N_PARAMETERS = len(RUN.network.parameters)
NUMBERS = MODEL.checkpoint.numbers
BATCHES = r"the random generator of the batches\. The file"
ORDER = r"the order of the samples\. The file"
SUM = r"the optimizer state\. The part sum .* must have the shape"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (number(rate_factor=1.5), "the factor of the learning rate"),
        (number(rate_factor=-0.5), "the factor of the learning rate"),
        (number(loss_sum=math.inf), "the sum of the losses"),
        (number(n_correct=-1), "the number of right answers"),
        (number(n_correct=151), "the number of right answers"),
        (number(limit=0.0), "the loss that counts as diverged"),
        (number(batches=None), BATCHES),
        (number(dropout=NUMBERS.batches), "the random generator of dropout"),
        (generator(state=-1), BATCHES),
        (generator(state=2**128), BATCHES),
        (generator(inc=2), BATCHES),
        (generator(has_uint32=2), BATCHES),
        (generator(uinteger=2**32), BATCHES),
        (array("order", None), ORDER),
        (array("order", np.arange(359, dtype=np.int32)), ORDER),
        (array("order", np.zeros(360, np.int32)), ORDER),
        (array("order", np.arange(360, dtype=np.float32)), ORDER),
        (array("sum", np.zeros(N_PARAMETERS, np.float32)), "the names of its arrays"),
        (
            array("optimizer.sum", None),
            r"the optimizer state\. The state of Adam consists of sum, square_sum, time, not of",
        ),
        (array("optimizer.sum", np.zeros(N_PARAMETERS - 1, np.float32)), SUM),
        (array("optimizer.sum", np.zeros(N_PARAMETERS, np.int32)), SUM),
        (
            array("optimizer.square_sum", np.full(N_PARAMETERS, -1, np.float32)),
            "square_sum of an optimizer's state must be finite and not below 0",
        ),
        (
            array("optimizer.velocity", np.zeros(N_PARAMETERS, np.float32)),
            "The state of Adam consists of",
        ),
    ],
)
def test_what_does_not_fit_the_run_is_named(change: Change, part: str) -> None:
    with pytest.raises(ValueError, match=rf"history of the run: .*{part}") as caught:
        restore_run(forged(change))
    assert str(caught.value).endswith(". The file is damaged: save the model again.")


@pytest.mark.parametrize("step", [2 * STEPS - 1, 3 * STEPS + 1])
def test_so_is_a_step_that_is_not_of_the_epoch_under_way(step: int) -> None:
    model = dataclasses.replace(MODEL, ending=MODEL.ending._replace(step=step))
    with pytest.raises(ValueError, match=r"history of the run: the step\. The file is damaged"):
        restore_run(model)
