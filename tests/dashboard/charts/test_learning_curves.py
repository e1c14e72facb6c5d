import numpy as np
import pytest

from dashboard.charts.learning_curves import (
    BATCHES,
    GAP,
    MAX_POINTS,
    TRAINING,
    VALIDATION,
    BestEpoch,
    Comparison,
    Marks,
    accuracy_figure,
    batch_curve,
    curve,
    epoch_curves,
    loss_figure,
)
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


def test_the_best_epoch_the_past_epoch_and_other_runs_are_drawn() -> None:
    curves = epoch_curves(history(4), "accuracy")
    others = [Comparison("<b>wide</b>", 2, curves[1])]
    figure = accuracy_figure(curves, epochs=4, marks=Marks(1, 3.5, others))
    assert [line.x0 for line in figure.layout.shapes] == [1, 3.5]
    assert figure.data[-1].name == "&lt;b&gt;wide&lt;/b&gt;"
    assert figure.data[-1].line.color not in {trace.line.color for trace in figure.data[:2]}
    assert not accuracy_figure(curves, epochs=4).layout.shapes


def test_before_the_first_record_there_is_a_titled_empty_figure() -> None:
    figure = loss_figure(epoch_curves([], "loss"), epochs=30)
    assert figure.layout.title.text == "Loss"
    assert len(figure.data[0].y) == 0


def test_curves_are_sent_in_single_precision() -> None:
    figure = loss_figure([*epoch_curves(history(2), "loss"), batch_curve(2, [1.0], 4)], epochs=9)
    assert '"dtype":"f4"' in figure.to_json()
    assert figure.data[2].name == BATCHES
