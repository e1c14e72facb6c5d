import numpy as np
import pytest

from dashboard.charts.curve_marks import Mark
from dashboard.charts.curves import (
    BATCH_MEANS,
    BATCHES,
    MAX_BATCHES,
    MAX_POINTS,
    TRAINING,
    VALIDATION,
    BestEpoch,
    batch_curve,
    curve,
    epoch_curves,
    last_batches,
)
from dashboard.charts.divergence import ABOVE
from dashboard.charts.learning_curves import GAP, Comparison, accuracy_figure, loss_figure
from mlp.records import EpochRecord, Score


def history(n_epochs: int, *, validation: bool = True) -> list[EpochRecord]:
    return [
        EpochRecord(
            epoch,
            epoch * 34,
            Score(2.0 / (epoch + 1), epoch / max(n_epochs, 1)),
            Score(3.0 / (epoch + 1), epoch / max(n_epochs, 1) / 2) if validation else None,
            0.1,
        )
        for epoch in range(n_epochs + 1)
    ]


def test_a_run_has_a_curve_for_training_and_one_for_validation() -> None:
    training, validation = epoch_curves(history(4), "loss")
    assert (training.name, validation.name) == (TRAINING, VALIDATION)
    np.testing.assert_allclose(training.values, [2, 1, 2 / 3, 0.5, 0.4], rtol=1e-6)
    np.testing.assert_allclose(validation.values, [3, 1.5, 1, 0.75, 0.6], rtol=1e-6)
    assert (training.start, training.stride) == (0, 1)


def test_without_validation_there_is_one_curve() -> None:
    (training,) = epoch_curves(history(4, validation=False), "accuracy")
    np.testing.assert_allclose(training.values, [0, 0.25, 0.5, 0.75, 1])


@pytest.mark.parametrize("n", [1, 2, MAX_POINTS, MAX_POINTS + 1, 2500, 10_000])
def test_a_long_curve_is_thinned_and_keeps_its_last_point(n: int) -> None:
    thinned = curve("x", [float(i) for i in range(n)])
    assert len(thinned.values) <= MAX_POINTS
    epochs = thinned.start + thinned.stride * np.arange(len(thinned.values))
    np.testing.assert_array_equal(epochs, thinned.values)
    assert epochs[-1] == n - 1


def test_batches_stand_at_their_part_of_the_epoch() -> None:
    batches = batch_curve(epochs_done=3, batch_losses=[0.5, 0.4], steps_per_epoch=4)
    positions = batches.start + batches.stride * np.arange(2)
    np.testing.assert_allclose(positions, [3.25, 3.5])
    assert batches.label == BATCHES


def test_of_many_batches_means_are_drawn_each_in_the_middle_of_its_batches() -> None:
    losses = [float(i) for i in range(1, 1001)]
    batches = batch_curve(epochs_done=1, batch_losses=losses, steps_per_epoch=1000)
    assert len(batches.values) == MAX_BATCHES
    np.testing.assert_allclose(batches.values[:2], [5.5, 15.5])
    np.testing.assert_allclose(batches.epochs, 1 + batches.values / 1000, rtol=1e-6)
    assert (batches.label, batches.remark) == (BATCH_MEANS, " (mean of 10 batches)")
    assert not len(batch_curve(1, losses[:9], 1000).values)  # the first ten are not over
    figure = loss_figure([*epoch_curves(history(1), "loss"), batches], epochs=2)
    assert (figure.data[2].name, figure.data[2].mode) == (batches.label, "lines")


def test_the_last_batches_are_drawn_one_by_one() -> None:
    few, many = (last_batches(2, [float(i) for i in range(n)], 400) for n in (3, 300))
    assert list(few.values) == [0, 1, 2]
    np.testing.assert_allclose(few.epochs, 2 + np.array([1, 2, 3]) / 400)
    assert list(many.values) == list(range(200, 300))
    assert many.epochs[-1] == 2.75
    assert (few.label, many.label) == (BATCHES, "Last 100 batches")


def test_figures_have_title_axes_and_room_for_the_whole_run() -> None:
    loss = loss_figure(epoch_curves(history(4), "loss"), epochs=30, revision="a")
    accuracy = accuracy_figure(epoch_curves(history(4), "accuracy"), epochs=30)
    for figure, title, unit in ((loss, "Loss", "mean per sample"), (accuracy, "Accuracy", "%")):
        assert figure.layout.title.text == title
        assert unit in figure.layout.yaxis.title.text
        assert figure.layout.xaxis.title.text == "epoch"
        assert tuple(figure.layout.xaxis.range) == (0, 30)
        assert [trace.name for trace in figure.data] == [TRAINING, VALIDATION, GAP]
    assert loss.layout.uirevision == "a"
    assert loss.layout.legend.uirevision == "always"


def test_the_loss_axis_can_be_logarithmic() -> None:
    curves = epoch_curves(history(4), "loss")
    assert loss_figure(curves, epochs=4).layout.yaxis.type == "linear"
    assert loss_figure(curves, epochs=4, log_scale=True).layout.yaxis.type == "log"


def test_changing_the_axis_resets_the_zoom() -> None:
    curves = epoch_curves(history(4), "loss")
    linear, log = (loss_figure(curves, epochs=4, log_scale=scale) for scale in (False, True))
    assert linear.layout.yaxis.uirevision != log.layout.yaxis.uirevision
    assert linear.layout.uirevision == log.layout.uirevision


def test_a_single_point_is_visible() -> None:
    one, two = (loss_figure(epoch_curves(history(n), "loss"), epochs=4) for n in (0, 1))
    assert [trace.mode for trace in one.data] == ["markers", "markers"]
    assert [trace.mode for trace in two.data] == ["lines", "lines", "none"]


def test_the_gap_goes_along_one_curve_and_back_along_the_other() -> None:
    curves = epoch_curves(history(2), "loss")
    gap = loss_figure(curves, epochs=4).data[-1]
    training, validation = (curve.values for curve in curves)
    assert list(gap.x) == [0, 1, 2, 2, 1, 0]
    assert list(gap.y) == [*training, *validation[::-1]]


def test_the_best_epoch_is_that_of_the_lowest_validation_loss() -> None:
    records = [
        EpochRecord(epoch, epoch, Score(0.1, 1.0), Score(loss, 0.5), 0.1)
        for epoch, loss in enumerate([3.0, 1.0, 2.0])
    ]
    best = BestEpoch()
    assert [best.of(records[:n]) for n in range(4)] == [None, 0, 1, 1]
    assert BestEpoch().of([record._replace(validation=None) for record in records]) is None


def test_marks_are_lines_with_words_and_other_runs_are_drawn() -> None:
    curves = epoch_curves(history(4), "accuracy")
    others = [Comparison("<b>wide</b>", 2, curves[1])]
    marks = [Mark(1, "best epoch", "The best."), Mark(3.5, "epoch shown", "Shown.")]
    figure = accuracy_figure(curves, epochs=4, marks=marks, others=others)
    assert [line.x0 for line in figure.layout.shapes] == [1, 3.5]
    assert [note.text for note in figure.layout.annotations] == ["best epoch", "epoch shown"]
    assert figure.data[-1].name == "&lt;b&gt;wide&lt;/b&gt;"
    assert figure.data[-1].line.color not in {trace.line.color for trace in figure.data[:2]}
    assert not accuracy_figure(curves, epochs=4).layout.shapes


@pytest.mark.parametrize("draw", [loss_figure, accuracy_figure])
def test_another_run_moves_neither_the_chart_nor_its_legend(draw) -> None:
    curves = epoch_curves(history(4), "loss")
    alone, with_others = (
        draw(curves, epochs=4, others=[Comparison("wide", i, curves[1]) for i in range(n)])
        for n in (0, 9)
    )
    for name in ("legend", "margin", "title", "xaxis", "yaxis"):
        assert alone.layout[name] == with_others.layout[name]
    assert {trace.legend for trace in with_others.data} == {None, "legend2"}
    assert with_others.layout.legend2.maxheight < 1


def test_of_a_run_that_diverged_the_axis_is_clipped_and_the_rest_marked_at_its_edge() -> None:
    curves = [*epoch_curves(history(0), "loss"), last_batches(0, [2.0, 50.0, 34_000.0], 40)]
    figure = loss_figure(curves, epochs=0.125, diverged_at=0.1)
    assert figure.layout.annotations[-1].text == "▲ loss up to<br>3.4e+04"
    assert tuple(figure.layout.yaxis.range) == (0, 6)
    way, above = figure.data[-2:]
    assert above.name == ABOVE
    np.testing.assert_allclose(above.x, [0.05, 0.075, 0.1], rtol=1e-6)
    assert list(above.y) == [6, 6, 6]
    assert list(above.text) == ["loss 50", "loss 3.4e+04", "too large to go on"]
    np.testing.assert_allclose(way.x, [0.025, 0.05, 0.075, 0.1], rtol=1e-6)
    assert list(way.y) == [2, 50, 34_000, 34_000]
    assert loss_figure(curves, epochs=1, diverged_at=0.1, log_scale=True).layout.yaxis.range is None


def test_before_the_first_record_there_is_a_titled_empty_figure() -> None:
    figure = loss_figure(epoch_curves([], "loss"), epochs=30)
    assert figure.layout.title.text == "Loss"
    assert len(figure.data[0].y) == 0


def test_curves_are_sent_in_single_precision() -> None:
    figure = loss_figure([*epoch_curves(history(2), "loss"), batch_curve(2, [1.0], 4)], epochs=9)
    assert '"dtype":"f4"' in figure.to_json()
    assert figure.data[2].name == BATCHES
