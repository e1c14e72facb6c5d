"""The network every few steps, and each picture's own scores."""

import numpy as np
import pytest

from experiments.config import RunConfig
from experiments.training.frames import Frame, Frames
from experiments.training.run import Run
from experiments.training.slices import Extent, train_slice
from mlp.evaluation import evaluate
from mlp.records import Score

CONFIG = RunConfig(dataset="xor", hidden_layers=(3,), epochs=3, batch_size=60)  # 6 steps an epoch


def frame(step: int) -> Frame:
    return Frame(step, np.zeros(2, np.float32), Score(0.0, 1.0), None)


def test_a_slice_has_a_frame_every_few_steps_and_one_of_its_last_step() -> None:
    run = Run(CONFIG)
    report = train_slice(run.training(), run.samples(), Extent(60, batches=10, steps_per_frame=4))
    assert [each.step for each in report.frames] == [4, 8, 10]


def test_the_scores_of_a_frame_are_those_of_its_own_network() -> None:
    run = Run(CONFIG)
    run.take(train_slice(run.training(), run.samples(), Extent(60, batches=5, steps_per_frame=5)))
    newest, parts = run.frames.newest, run.samples().parts()
    np.testing.assert_array_equal(newest.parameters, run.network.parameters)
    assert parts.validation is not None
    assert newest.training == evaluate(run.network, run.objective, parts.training)
    assert newest.validation == evaluate(run.network, run.objective, parts.validation)


def test_frames_change_nothing_about_the_training() -> None:
    with_frames, without = Run(CONFIG), Run(CONFIG)
    for run, steps in ((with_frames, 1), (without, 0)):
        run.take(train_slice(run.training(), run.samples(), Extent(60, steps_per_frame=steps)))
    np.testing.assert_array_equal(with_frames.network.parameters, without.network.parameters)
    assert without.frames.newest_number == -1
    with pytest.raises(LookupError, match="No frame"):
        _ = without.frames.newest


def test_too_many_frames_are_thinned_out_but_for_the_newest() -> None:
    frames = Frames(most=4)
    for step in range(6):
        frames.add(frame(step))
    assert frames.newest_number == 5
    assert frames.newest.step == 5
    assert list(frames.after(-1, 10)) == [0, 2, 4, 5]
    assert list(frames.after(0, 2)) == [2, 4]


def test_a_network_that_has_diverged_has_no_frame() -> None:
    run = Run(CONFIG.model_copy(update={"learning_rate": 1000.0, "optimizer": "sgd"}))
    report = train_slice(run.training(), run.samples(), Extent(60, steps_per_frame=1))
    state = report.training.state
    assert state.has_diverged
    assert [each.step for each in report.frames] == list(range(1, state.step))
