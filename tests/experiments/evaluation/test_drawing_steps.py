import numpy as np

from data.datasets import Features, Labels
from data.drawing import Ink, Preparation, Step
from data.scaling import Scaler
from experiments.evaluation.drawing_steps import reader_of, step_accuracies
from mlp.network import Network


def add(number: int) -> Step:
    return Step(f"add {number}", "", "", "", lambda ink: ink + np.uint8(number))


def drawings(*shades: int) -> list[Ink]:
    return [np.full((1, 1), shade, np.uint8) for shade in shades]


def value(X: Features) -> Labels:
    return X[:, 0].astype(np.intp)


def test_steps_are_added_to_the_last_one_after_another_and_each_is_left_out_once() -> None:
    steps = add(1), add(2), add(4)
    preparation = Preparation("numbers", "Numbers", (1, 1), 255, steps)
    # The last step alone makes 4 of the first; with each one more, another one is right.
    labels = np.array([4, 5 + 10, 7 + 20, 7 + 30, 6 + 40, 3 + 50])
    rows = step_accuracies(preparation, drawings(0, 10, 20, 30, 40, 50), labels, value)
    assert [row.step for row in rows] == [steps[2], steps[0], steps[1]]
    assert [6 * row.so_far for row in rows] == [1, 1, 2]
    assert [6 * row.without for row in rows] == [1, 1, 1]


def test_a_network_reads_what_has_the_largest_logit() -> None:
    network = Network((2, 2))
    network.weights[1][:] = np.eye(2)
    read = reader_of(network, Scaler(np.float32([0, 10]), np.float32([1, 1])))
    assert read(np.uint8([[3, 12], [1, 12]])).tolist() == [0, 1]
