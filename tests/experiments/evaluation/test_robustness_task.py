import gc
import weakref

import numpy as np
import pytest

from experiments.background.background_task import Status
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import Share, SliceScheduler
from experiments.config import RunConfig
from experiments.evaluation.attack import ScaledNetwork
from experiments.evaluation.robustness import DAMAGES, held_out_images, measure
from experiments.evaluation.robustness_task import (
    Candidate,
    RobustnessTask,
    _Ready,
    single_layer_config,
)
from experiments.training.prepared_data import prepare
from experiments.training.run import Run
from tests.runs import QUICK, trained
from tests.waiting import PATIENCE

CONFIG = RunConfig(**QUICK)


class RecordingExecutor:
    """Notes what it is to do."""

    def __init__(self) -> None:
        self.submitted: list[str] = []

    def __getattr__(self, name: str):
        return lambda *_: self.submitted.append(name)


SINGLE = single_layer_config(CONFIG).model_copy(update={"epochs": 2})


def candidate(name: str, config: RunConfig, *, is_trained: bool = True) -> Candidate:
    network = trained(config).network if is_trained else None
    return Candidate(name, config, lambda: prepare(config), network)


@pytest.fixture
def begin():
    tasks: list[RobustnessTask] = []
    scheduler = SliceScheduler(SliceExecutor)

    def begin_(*candidates: Candidate, first: str = "blur") -> RobustnessTask:
        tasks.append(RobustnessTask(candidates, first, scheduler=scheduler))
        tasks[-1].go()
        return tasks[-1]

    yield begin_
    for task in tasks:
        task.discard()
    scheduler.close()


def test_it_measures_what_measuring_here_does(begin) -> None:
    task = begin(candidate("MLP", CONFIG), candidate("SLP", SINGLE, is_trained=False))
    assert task.join(PATIENCE)
    assert (task.status, task.left_out, task.fraction) == (Status.FINISHED, [], 1)
    assert [each.name for each in task.measured] == ["MLP", "SLP"]
    prepared = prepare(CONFIG)
    for place, config in enumerate((CONFIG, SINGLE)):
        run = trained(config)
        network = ScaledNetwork(run.network, prepared.scaler, run.objective.loss)
        for name, damage in DAMAGES.items():
            *_, expected = measure(network, held_out_images(prepared), damage)
            found = task.curves[name, place]
            assert found.n_samples == expected.n_samples
            np.testing.assert_array_equal(found.n_right, expected.n_right)


def test_the_networks_are_let_go_at_the_end(begin) -> None:
    each = candidate("MLP", CONFIG)
    network = weakref.ref(each.network)
    task = begin(each)
    del each
    assert task.join(PATIENCE)
    gc.collect()
    assert network() is None


def test_what_cannot_be_measured_is_left_out_with_a_reason(begin) -> None:
    points = candidate("Points", RunConfig(dataset="moons", **QUICK))
    task = begin(points, candidate("MLP", CONFIG))
    assert task.join(PATIENCE)
    (reason,) = task.left_out
    assert reason.startswith("Points: Only images can be damaged")
    assert task.status is Status.FINISHED
    assert [each.name for each in task.measured] == ["MLP"]


def test_with_nothing_to_measure_it_is_over(begin) -> None:
    task = begin(candidate("All", RunConfig(test_fraction=0.0, **QUICK)))
    assert task.join(PATIENCE)
    assert (task.status, task.fraction) == (Status.FINISHED, 0)


def test_it_can_be_stopped_and_keeps_what_it_has(begin) -> None:
    task = begin(candidate("MLP", CONFIG), candidate("SLP", SINGLE, is_trained=False))
    task.stop(PATIENCE)
    assert task.status is Status.STOPPED
    assert task.fraction < 1


def test_the_damage_to_begin_with_comes_first_and_networks_take_turns() -> None:
    task = RobustnessTask([], "noise")
    for name in ("A", "B"):
        each = candidate(name, CONFIG)
        images = held_out_images(prepare(CONFIG))
        task._measure(each, each.network, images, prepare(CONFIG).scaler)
    assert task._unfinished()[:2] == [("noise", 0), ("noise", 1)]
    task._under_way = "noise", 0
    task._add([0] * 9)
    assert task._unfinished()[:2] == [("noise", 1), ("noise", 0)]
    task.first = "gradient-sign"
    assert task._unfinished()[0] == ("gradient-sign", 0)


def test_a_network_is_trained_once_there_is_something_to_see() -> None:
    task = RobustnessTask([], "noise")
    single, mlp = candidate("SLP", SINGLE, is_trained=False), candidate("MLP", CONFIG)
    images, scaler = held_out_images(prepare(CONFIG)), prepare(CONFIG).scaler
    executor = RecordingExecutor()
    task._training = _Ready(single, images, scaler, Run(SINGLE))
    task._measure(mlp, mlp.network, images, scaler)
    for _ in range(2):  # blocks of noise
        task.submit(executor, Share(0.1, 0.1))
        task._add([0] * 9)
    task.submit(executor, Share(0.1, 0.1))
    assert executor.submitted == ["call", "call", "train"]
    assert task.fraction == pytest.approx(1 / 16)


def test_the_usual_single_layer_learns_from_the_same_samples() -> None:
    config = RunConfig(split="blocks", seed=7, hidden_layers=(50,), epochs=3, dropout=0.5, shift=1)
    single = single_layer_config(config)
    assert (single.hidden_layers, single.split, single.seed) == ((), "blocks", 7)
    assert (single.dropout, single.shift, single.epochs) == (0, 0, 30)
    assert prepare(single) is prepare(config)
