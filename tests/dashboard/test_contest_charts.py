"""The numbers in the charts of the comparison, apart from how they are drawn."""

import numpy as np
import pytest

from dashboard.charts.contest import (
    MAX_CAPTION,
    SHOWN_IMAGES,
    OnlyRight,
    accuracy_table,
    class_areas,
    close_up_range,
    common_limit,
    contest_curves,
    contest_figure,
    differences_figure,
    ladder_figure,
    only_right,
    only_right_figure,
    pairs_figure,
    template_figures,
    territory_figure,
)
from dashboard.charts.curves import Curve
from data.datasets import Dataset
from experiments.comparison.networks import entrants
from experiments.comparison.over_seeds import Duel, Standing
from experiments.comparison.significance import mcnemar_test, paired_test
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import Territory
from experiments.evaluation.predictions import Answers
from experiments.training.run import Run


def trained(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


@pytest.fixture(scope="module")
def pair() -> list[Run]:
    return [trained(config) for config in entrants(RunConfig(epochs=12))]


@pytest.fixture(scope="module")
def memories() -> list[Run]:
    config = RunConfig(epochs=3, validation_fraction=0.0, test_fraction=0.0)
    return [trained(each) for each in entrants(config)]


def curve(*values: float) -> Curve:
    return Curve("SLP", 0, 1, np.array(values, np.float32))


# Curves and the table -----------------------------------------------------------


def test_curves_show_the_held_out_samples(pair: list[Run]) -> None:
    single, other = contest_curves(pair, "accuracy")
    assert (single.name, other.name) == ("SLP", "MLP 32")
    expected = [record.validation.accuracy for record in pair[1].history]
    np.testing.assert_allclose(other.values, expected, rtol=1e-6)
    losses = [record.validation.loss for record in pair[0].history]
    np.testing.assert_allclose(contest_curves(pair, "loss")[0].values, losses, rtol=1e-6)


def test_without_held_out_samples_the_title_says_training(memories: list[Run]) -> None:
    curves = contest_curves(memories, "accuracy")
    expected = [record.training.accuracy for record in memories[0].history]
    np.testing.assert_allclose(curves[0].values, expected, rtol=1e-6)
    figure = contest_figure(curves, "accuracy", held_out=False, epochs=3)
    assert figure.layout.title.text == "Accuracy on the training samples"


def test_a_network_keeps_its_colour_whatever_is_shown(pair: list[Run]) -> None:
    for measure in ("accuracy", "loss"):
        curves = contest_curves(pair, measure)
        figure = contest_figure(curves, measure, held_out=True, epochs=12)
        assert [trace.line.color for trace in figure.data] == ["var(--theme-0)", "var(--theme-1)"]
        assert figure.layout.xaxis.range == (0, 12)


def test_a_close_up_leaves_out_the_beginning() -> None:
    low, high = close_up_range([curve(0.1, 0.9, 0.92, 0.95), curve(0.0, 0.94, 0.96, 0.97)])
    assert 0.89 < low < 0.9
    assert 0.97 < high < 0.98


@pytest.mark.parametrize("curves", [[], [curve()], [curve(float("nan"), float("nan"))]])
def test_a_close_up_of_nothing_is_the_whole_axis(curves: list[Curve]) -> None:
    assert close_up_range(curves) is None
    contest_figure(curves, "loss", held_out=True, epochs=3, close_up=True)


def test_the_table_tells_every_tenth_of_a_run_and_its_end(pair: list[Run]) -> None:
    table = accuracy_table(pair)
    assert table.epochs == [0, 2, 4, 6, 8, 10, 12]
    assert table.rows[1][3] == pair[1].history[6].validation.accuracy


def test_a_thousand_epochs_are_told_every_hundred() -> None:
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


# Over seeds ---------------------------------------------------------------------


def standing(layers: tuple[int, ...], *accuracies: float) -> Standing:
    config = RunConfig(hidden_layers=layers)
    return Standing(config, np.array(accuracies), (64, *layers, 10))


def test_each_seed_is_a_line_of_its_own() -> None:
    figure = pairs_figure([standing((), 0.9, 0.8), standing((8,), 0.95, 0.7)], [3, 4])
    pairs, single, other = figure.data
    assert list(pairs.x) == [0, 1, None, 0, 1, None]
    assert list(pairs.y) == [0.9, 0.95, None, 0.8, 0.7, None]
    assert pairs.text[0] == "seed 3"
    assert pairs.text[-1] == "seed 4"
    assert single.y[0] == pytest.approx(0.85)
    assert other.error_y.array[0] == pytest.approx(np.std([0.95, 0.7], ddof=1))


def test_a_network_without_any_result_has_no_mean() -> None:
    nothing = standing((8,), float("nan"))
    assert len(pairs_figure([standing((), 0.9), nothing], [0]).data) == 2
    (only,) = ladder_figure([standing((), 0.9), nothing]).data
    assert list(only.x) == [650]


def test_differences_are_in_points() -> None:
    paired = paired_test([0.9, 0.8], [0.95, 0.82], n_training=100, n_test=100)
    same = mcnemar_test(np.ones(2, bool), np.ones(2, bool))
    dots, mean = differences_figure([Duel("SLP", "MLP 8", paired, 0, same)]).data
    np.testing.assert_allclose(dots.y, [5, 2])
    np.testing.assert_allclose(mean.y, [3.5, 3.5])


def test_the_ladder_has_a_line_for_each_depth_over_the_parameters() -> None:
    rungs = [standing((), 0.9), standing((16,), 0.91), standing((32,), 0.92, 0.94)]
    none, one = ladder_figure(rungs).data
    assert (none.name, one.name) == ("0 hidden", "1 hidden")
    assert list(one.x) == [64 * 16 + 16 + 16 * 10 + 10, 64 * 32 + 32 + 32 * 10 + 10]
    np.testing.assert_allclose(one.y, [0.91, 0.93])


def test_nothing_yet_gives_empty_figures_with_a_title() -> None:
    for figure in (pairs_figure([], []), differences_figure([]), ladder_figure([])):
        assert figure.layout.title.text
        assert figure.layout.xaxis.title.text


# The plane ----------------------------------------------------------------------


def land(classes: list[list[int]]) -> Territory:
    grid = np.array(classes)
    x, y = (np.arange(n, dtype=np.float32) for n in grid.shape[::-1])
    points = np.array([[0.0, 1.0], [1.0, 0.0]], np.float32)
    names = ("a", "<b>b")
    return Territory(RunConfig(), 0.5, "", x, y, grid, points, np.array([0, 1]), names)


def test_neighbours_in_a_row_make_one_rectangle() -> None:
    xs, ys = class_areas(land([[0, 1, 1, 0], [1, 0, 0, 1]]), 1)
    rectangles = np.split(xs.reshape(-1, 6), 3)
    assert [each[0, :2].tolist() for each in rectangles] == [[0.5, 2.5], [-0.5, 0.5], [2.5, 3.5]]
    assert np.isnan(xs[5::6]).all()
    assert np.isnan(ys[5::6]).all()
    np.testing.assert_allclose(ys[:5], [-0.52, -0.52, 0.52, 0.52, -0.52], rtol=1e-6)
    assert ys[6] == pytest.approx(0.48)


def test_a_class_that_is_never_said_has_no_area() -> None:
    xs, ys = class_areas(land([[0, 0], [0, 0]]), 1)
    assert len(xs) == len(ys) == 0


def test_areas_lie_below_points_and_have_their_colour() -> None:
    figure = territory_figure(land([[0, 1], [0, 1]]), "title")
    areas, points = figure.data[:2], figure.data[2:]
    assert [area.fillcolor for area in areas] == [dots.marker.color for dots in points]
    assert (list(points[1].x), list(points[1].y)) == ([1.0], [0.0])
    assert points[1].name == "&lt;b&gt;b"


def test_a_hundred_classes_have_symbols_and_the_same_color_seldom_the_same_one() -> None:
    grid, points = np.zeros((2, 2), np.intp), np.zeros((100, 2), np.float32)
    ends, labels = np.array([0, 1], np.float32), np.arange(100)
    names = tuple(f"class {i}" for i in labels)
    many = Territory(RunConfig(), 0.5, "", ends, ends, grid, points, labels, names)
    markers = [dots.marker for dots in territory_figure(many, "title").data[100:]]
    assert len({(marker.color, marker.symbol) for marker in markers[:50]}) == 50
    assert len({marker.symbol for marker in markers[:5]}) == 5


# Images -------------------------------------------------------------------------


DIGITS = tuple("0123456789")


def answers(predicted: list[int], labels: list[int], names: tuple[str, ...] = DIGITS) -> Answers:
    rows = np.arange(len(labels)) + 5
    outputs = np.eye(len(names), dtype=np.float32)[predicted]
    return Answers(rows, np.array(labels), outputs, np.array(predicted), names)


def test_only_right_shows_what_the_other_takes_them_for() -> None:
    first = answers([3, 1, 2, 9], labels=[3, 1, 2, 8])
    other = answers([3, 7, 2, 8], labels=[3, 1, 2, 8])
    found = only_right((first, other), ("SLP", "MLP 32"), "test")
    assert found.rows.tolist() == [6]
    assert found.captions == ["1<br>not 7"]
    assert found.title == "Only SLP is right: 1 of 4 test images"
    back = only_right((other, first), ("MLP 32", "SLP"), "validation")
    assert (back.rows.tolist(), back.captions) == ([8], ["8<br>not 9"])
    assert back.title.endswith("of 4 validation images")


def test_at_most_a_row_is_shown_and_all_are_counted() -> None:
    n = SHOWN_IMAGES + 5
    found = only_right(
        (answers([1] * n, [1] * n), answers([2] * n, [1] * n)), ("SLP", "MLP"), "test"
    )
    assert len(found.rows) == len(found.captions) == SHOWN_IMAGES
    assert f"{n} of {n}" in found.title


def test_names_of_classes_are_text_and_not_too_long() -> None:
    names = ("<i>one</i>", "a very long name of a class")
    found = only_right(
        (answers([0], [0], names), answers([1], [0], names)), ("a", "b"), "validation"
    )
    right, wrong = found.captions[0].split("<br>")
    assert right == "&lt;i&gt;one&lt;/i&gt;"
    assert wrong == f"not {names[1][: MAX_CAPTION - 1]}…"


def test_no_image_gives_an_empty_figure_with_its_title(pair: list[Run]) -> None:
    dataset = pair[0].material.dataset
    figure = only_right_figure(OnlyRight(np.empty(0, np.intp), [], "Only SLP: 0 of 9"), dataset)
    assert figure.layout.title.text == "Only SLP: 0 of 9"
    assert len(figure.data[1].text) == 0


def test_templates_have_one_scale_around_zero(pair: list[Run]) -> None:
    figures = template_figures(*pair)
    limit = max(np.abs(run.network.weights[1]).max() for run in pair)
    for figure in figures:
        scale = figure.layout.coloraxis2
        assert (scale.cmin, scale.cmax) == pytest.approx((-limit, limit))
        assert figure.data[0].coloraxis == "coloraxis2"
    first_tile = figures[0].data[0].z[:8, :8]
    np.testing.assert_allclose(first_tile, pair[0].network.weights[1][0].reshape(8, 8))
    assert list(figures[0].data[1].text) == list("0123456789")
    assert len(figures[1].data[1].text) == 32


def test_with_many_classes_the_title_says_how_many_templates_are_shown() -> None:
    labels = np.arange(400) % 40
    X = np.zeros((400, 4), np.float32)
    X[:, 0] = labels
    names = tuple(f"class {i}" for i in range(40))
    own = Dataset("own", "", X, labels, names, (2, 2), 40.0, "ink", "")
    runs = [Run(each, own) for each in entrants(RunConfig(dataset="own", epochs=1))]
    templates, features = template_figures(*runs)
    assert templates.layout.title.text == "SLP: one template for 32 of 40 classes"
    assert features.layout.title.text == "MLP 32: 32 of 32 hidden units"
    assert len(templates.data[1].text) == 32


def test_weights_that_are_all_zero_have_a_scale_too() -> None:
    assert common_limit([np.zeros((2, 4))]) == 1.0
    assert common_limit([np.array([0.5]), np.array([-2.0])]) == 2.0
