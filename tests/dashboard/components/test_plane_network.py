"""What the browser is sent of a network on points in the plane."""

import base64
import math

import numpy as np
import pytest

from dashboard.components.plane_network import (
    MOST_FRAMES,
    Playback,
    _content,
    domain_of,
    network_content,
    why_not_drawn,
)
from experiments.background.played_training import Pace, PlayedTraining
from experiments.config import RunConfig
from experiments.training.edits import Edit
from experiments.training.run import Run

CONFIG = RunConfig(dataset="circles", hidden_layers=(3,), features=("x1", "x2", "x1x1"))
PLAYBACK = Playback("paused", "", "epoch", 4, False, 0.8)


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.float32)


def test_the_numbers_of_the_network_and_its_points_are_sent() -> None:
    run = Run(CONFIG)
    content, prepared = network_content(run), run.prepared_data()
    assert content["sizes"] == [3, 3, 2]
    assert content["features"] == ["x1", "x2", "x1x1"]
    assert content["labels"] == ["x₁", "x₂", "x₁²"]
    points = floats(content["training"]["x"]).reshape(-1, 2)
    assert prepared.plane is not None
    np.testing.assert_array_equal(points, prepared.plane[prepared.split.training])
    labels = np.frombuffer(base64.b64decode(content["validation"]["labels"]), np.uint8)
    np.testing.assert_array_equal(labels, prepared.dataset.labels[prepared.split.validation])


def test_only_frames_that_the_browser_does_not_have_are_sent() -> None:
    training = PlayedTraining(Run(CONFIG), Pace(1, 30))
    for value in (1.0, 2.0):
        training.edit(Edit({0: value}, frozenset({0})))
    content = _content(training, PLAYBACK, seen=0)
    assert content["frames"]["numbers"] == [1, 2]
    n = training.run.plan.n_parameters
    parameters = floats(content["frames"]["parameters"]).reshape(2, n)
    np.testing.assert_array_equal(parameters[:, 0], [1.0, 2.0])
    scores = floats(content["frames"]["scores"]).reshape(2, 4)
    assert scores[1, 1] == np.float32(training.run.frames.newest.training.accuracy)
    assert content["frozen"] == [0]
    assert not content["hasMore"]
    assert _content(training, PLAYBACK, seen=2)["frames"]["numbers"] == []


def test_many_frames_are_sent_in_several_answers() -> None:
    training = PlayedTraining(Run(CONFIG), Pace(1, 30))
    for _ in range(MOST_FRAMES):
        training.edit(Edit({}, frozenset()))
    first = _content(training, PLAYBACK, seen=-1)
    assert len(first["frames"]["numbers"]) == MOST_FRAMES
    assert first["hasMore"]
    assert _content(training, PLAYBACK, seen=MOST_FRAMES - 1)["frames"]["numbers"] == [MOST_FRAMES]


def test_without_held_out_points_their_scores_are_no_numbers() -> None:
    run = Run(CONFIG.model_copy(update={"validation_fraction": 0.0}))
    content = _content(PlayedTraining(run, Pace(1, 30)), PLAYBACK, seen=-1)
    assert [math.isnan(score) for score in floats(content["frames"]["scores"])[-2:]] == [True] * 2


def test_samples_that_are_no_points_cannot_be_shown() -> None:
    with pytest.raises(ValueError, match="points in the plane"):
        network_content(Run(RunConfig(hidden_layers=(4,))))


@pytest.mark.parametrize(
    ("layers", "is_drawn"), [((), True), ((16,) * 6, True), ((17,), False), ((2,) * 7, False)]
)
def test_networks_up_to_a_size_are_drawn(layers: tuple[int, ...], is_drawn: bool) -> None:
    reason = why_not_drawn(RunConfig(dataset="xor", hidden_layers=layers), n_classes=2)
    assert (reason == "") is is_drawn
    assert is_drawn or "at most 6 hidden layers of at most 16 units" in reason


def test_more_classes_than_can_be_told_apart_are_not_drawn() -> None:
    assert "at most 10 outputs; these are 11" in why_not_drawn(CONFIG, n_classes=11)


def test_both_axes_have_one_scale_unless_one_feature_is_far_larger() -> None:
    left, right, bottom, top = domain_of(np.array([[-1, -0.5], [1, 0.5]], np.float32))
    assert right - left == pytest.approx(top - bottom)
    left, right, bottom, top = domain_of(np.array([[0, 0], [1000, 1]], np.float32))
    assert right - left > 100 * (top - bottom)
