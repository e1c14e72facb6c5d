import pytest

from dashboard.charts.paired_training import paired_figure
from experiments.inspection.paired_training import LearningCurve
from mlp.records import Score


@pytest.mark.parametrize("measure", ["loss", "accuracy"])
def test_both_curves_are_drawn_and_a_cross_where_one_has_diverged(measure) -> None:
    right = LearningCurve([Score(2.0, 0.1), Score(1.0, 0.5), Score(0.5, 0.75)])
    broken = LearningCurve([Score(2.0, 0.1), Score(4.0, 0.05)], has_diverged=True)
    figure = paired_figure([right, broken], measure, held_out="validation")
    assert [trace.name for trace in figure.data] == ["right", "broken", "diverged"]
    assert list(figure.data[0].y) == pytest.approx([getattr(s, measure) for s in right.scores])
    assert (figure.data[2].x[0], figure.data[2].y[0]) == (1, pytest.approx(figure.data[1].y[1]))
    assert "validation part" in figure.layout.title.text


def test_a_paired_training_that_has_not_begun_is_an_empty_chart() -> None:
    curves = [LearningCurve(), LearningCurve(has_diverged=True)]
    figure = paired_figure(curves, "loss", held_out="training")
    assert not any(len(trace.x) for trace in figure.data)
    assert figure.layout.title.text
