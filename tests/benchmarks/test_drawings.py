"""Drawings of all sizes and places are read as well as the samples that were learned from."""

import numpy as np
import pytest

from benchmarks import drawings
from benchmarks.drawings import accuracy, for_the_page, ladder, mnist_test, on_pads, report
from data.datasets import load
from data.drawing import PREPARATIONS, Ink
from experiments.config import RunConfig
from experiments.evaluation.drawing_steps import Reader, measured_steps, reader_of
from mlp.classifier import MLPClassifier
from tests.data.conftest import skip_unless_at_hand
from tests.runs import finished

ALL_BUT_COUNT = [step.name for step in PREPARATIONS["digits"].steps[:-1]]


@pytest.fixture(scope="module")
def reads_digits() -> Reader:
    run = finished(RunConfig(**drawings.DIGITS | {"epochs": 40}))
    return reader_of(run.network, run.prepared_data().scaler)


def mnist_reader() -> Reader:
    """Return a network that has seen a few of the training images, for a fraction of a second."""
    dataset = load("mnist")
    X, labels = dataset.X[:6000].astype(np.float32) / 255, dataset.labels[:6000]
    network = MLPClassifier((32,), learning_rate=0.003, batch_size=64, epochs=5, random_state=0)
    network.fit(X, labels)
    return lambda X: network.predict(X.astype(np.float32) / 255)


def test_mnist_is_read_as_well_wherever_and_however_large_it_is_drawn() -> None:
    skip_unless_at_hand("mnist")
    images, labels = mnist_test(500)
    read = mnist_reader()
    direct = 100 * np.mean(read(np.stack(images).reshape(500, -1)) == labels)
    rng = np.random.default_rng(0)
    assert direct > 88
    for sides in ([56], range(100, 281)):
        assert accuracy("mnist", on_pads(images, sides, rng), labels, read) > direct - 1


def test_four_of_five_digits_of_mnist_are_read_by_what_has_learned_the_small_ones(
    reads_digits: Reader,
) -> None:
    skip_unless_at_hand("mnist")
    images, labels = mnist_test(400)
    assert accuracy("digits", images, labels, reads_digits) > 78
    assert accuracy("digits", images, labels, reads_digits, ALL_BUT_COUNT) < 40


def test_the_small_digits_themselves_are_read_when_they_are_enlarged(reads_digits: Reader) -> None:
    dataset = load("digits")
    images: list[Ink] = list((dataset.X[::10] * 15.9).astype(np.uint8).reshape(-1, 8, 8))
    labels, enlarged = (
        dataset.labels[::10],
        on_pads(images, range(80, 281), np.random.default_rng(0)),
    )
    assert accuracy("digits", enlarged, labels, reads_digits) > 90
    assert accuracy("digits", enlarged, labels, reads_digits, ALL_BUT_COUNT) < 60


def test_a_step_is_measured_with_each_network() -> None:
    fives = [lambda X, answer=answer: np.full(len(X), answer) for answer in (5, 6)]
    blank = [np.zeros((9, 9), np.uint8)] * 4
    steps = ladder(fives, blank, np.array([5, 5, 5, 6]))
    assert [title for title, _, _ in steps][:2] == ["Count blocks", "Black and white"]
    assert steps[0][1:] == ([75, 25], [75, 25])


def test_the_report_has_a_table_for_each_question() -> None:
    results = {
        "mnist": [("as they are", 97.9)],
        "ladder": [("Count", [20.0, 22.0], [70.0, 72.0])],
        "ladder_on_pads": [("Count", [30.0, 30.0], [60.0, 60.0])],
        "mnist_ladder": [("Scale", [97.2], [37.6])],
        "novel": [("noise", [100.0, 99.6])],
        "times": [("drawn", 1.234)],
    }
    text = " ".join(report(results).split())
    assert "| as they are | 97.90 |" in text
    assert "| Count | 21.0 ± 1.4 | 71.0 ± 1.4 | 30.0 ± 0.0 | 60.0 ± 0.0 |" in text
    assert "| Scale | 97.2 | 37.6 |" in text
    assert "| noise | 100 | 100 |" in text
    assert "| drawn | 1.23 |" in text


def test_what_the_page_tells_of_the_steps_are_the_measured_shares_by_the_names_of_steps() -> None:
    results = {
        "ladder_on_pads": [("Count blocks", [30.0, 40.0], [60.0, 60.0])],
        "mnist_ladder": [("Center of mass", [32.7], [84.1])],
    }
    told = for_the_page(results)
    assert told["digits"]["steps"] == [("count", 0.35, 0.6)]
    assert told["mnist"]["steps"] == [("center", 0.327, 0.841)]
    assert all(measured_steps()[name].steps for name in told)
