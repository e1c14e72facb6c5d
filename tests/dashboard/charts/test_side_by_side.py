import numpy as np
import pytest

from dashboard.charts.architecture_grid import architecture_grid_figure
from dashboard.charts.curves import Curve
from dashboard.charts.over_seeds import differences_figure, pairs_figure
from dashboard.charts.side_by_side import (
    accuracy_table,
    close_up_range,
    compared_curves,
    compared_curves_figure,
)
from experiments.comparison.networks import compared_networks
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.runs import trained


@pytest.fixture(scope="module")
def training_only() -> list[Run]:
    config = RunConfig(epochs=3, validation_fraction=0.0, test_fraction=0.0)
    return [trained(each) for each in compared_networks(config)]


def curve(*values: float) -> Curve:
    return Curve("SLP", 0, 1, np.array(values, np.float32))


def test_curves_show_the_held_out_samples(pair: list[Run]) -> None:
    single, other = compared_curves(pair, "accuracy")
    assert (single.name, other.name) == ("SLP", "MLP 32")
    expected = [record.validation.accuracy for record in pair[1].history]
    np.testing.assert_allclose(other.values, expected, rtol=1e-6)
    losses = [record.validation.loss for record in pair[0].history]
    np.testing.assert_allclose(compared_curves(pair, "loss")[0].values, losses, rtol=1e-6)


def test_without_held_out_samples_the_title_says_training(training_only: list[Run]) -> None:
    curves = compared_curves(training_only, "accuracy")
    expected = [record.training.accuracy for record in training_only[0].history]
    np.testing.assert_allclose(curves[0].values, expected, rtol=1e-6)
    figure = compared_curves_figure(curves, "accuracy", held_out=False, epochs=3)
    assert figure.layout.title.text == "Accuracy on the training samples"


def test_a_network_keeps_its_color_whatever_is_shown(pair: list[Run]) -> None:
    for measure in ("accuracy", "loss"):
        curves = compared_curves(pair, measure)
        figure = compared_curves_figure(curves, measure, held_out=True, epochs=12)
        assert [trace.line.color for trace in figure.data] == ["var(--theme-0)", "var(--theme-1)"]
        assert figure.layout.xaxis.range == (0, 12)


def test_a_close_up_leaves_out_the_beginning() -> None:
    low, high = close_up_range([curve(0.1, 0.9, 0.92, 0.95), curve(0.0, 0.94, 0.96, 0.97)])
    assert 0.89 < low < 0.9
    assert 0.97 < high < 0.98


@pytest.mark.parametrize("curves", [[], [curve()], [curve(float("nan"), float("nan"))]])
def test_a_close_up_of_nothing_is_the_whole_axis(curves: list[Curve]) -> None:
    assert close_up_range(curves) is None
    compared_curves_figure(curves, "loss", held_out=True, epochs=3, close_up=True)


def test_the_table_has_every_tenth_of_a_run_and_its_end(pair: list[Run]) -> None:
    table = accuracy_table(pair)
    assert table.epochs == [0, 2, 4, 6, 8, 10, 12]
    assert table.rows[1][3] == pair[1].history[6].validation.accuracy


def test_a_thousand_epochs_are_shown_every_hundred() -> None:
    table = accuracy_table([Run(RunConfig(epochs=1000))])
    assert table.epochs == [*range(0, 1001, 100)]
    assert table.rows == [[None] * 11]  # nothing yet


def test_a_run_under_way_has_gaps_in_the_table() -> None:
    run = Run(RunConfig(epochs=4))
    records = run.records()
    while run.epochs_done < 2:
        next(records)
    row = accuracy_table([run]).rows[0]
    assert [share is None for share in row] == [False, False, False, True, True]


def test_nothing_yet_gives_empty_figures_with_a_title() -> None:
    for figure in (pairs_figure([], []), differences_figure([]), architecture_grid_figure([])):
        assert figure.layout.title.text
        assert figure.layout.xaxis.title.text
