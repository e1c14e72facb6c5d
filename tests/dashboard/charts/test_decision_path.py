import numpy as np

from dashboard.charts.decision_path import path_figure, shown_classes
from experiments.inspection.decision_path import DecisionPath, Flip

SHARES = np.linspace(0, 1, 3)
OUTPUTS = np.array([[0.9, 0.1, 0.0], [0.6, 0.4, 0.0], [0.2, 0.8, 0.0]], np.float32)
PATH = DecisionPath(SHARES, OUTPUTS, OUTPUTS.argmax(axis=1), (Flip(0.66, 0, 1),))


def test_only_classes_that_matter_have_curves_and_the_flip_is_marked() -> None:
    figure = path_figure(PATH, ["<a>", "b", "c"], title="T", noun="probability", are_shares=True)
    assert [trace.name for trace in figure.data] == ["&lt;a&gt;", "b"]
    assert [note.text for note in figure.layout.annotations] == ["&lt;a&gt; → b at 66.0 %"]
    assert figure.layout.shapes[0].x0 == 66


def test_the_answer_has_a_curve_wherever_it_lies() -> None:
    outputs = np.full((3, 20), -1.0)
    outputs[:, :10] = 5
    path = DecisionPath(SHARES, outputs, np.array([19, 19, 19]), ())
    assert 19 in shown_classes(path)
    assert len(shown_classes(path)) == 9


def test_outputs_that_are_not_finite_leave_gaps() -> None:
    path = DecisionPath(SHARES, np.full((3, 2), np.nan), np.zeros(3, int), ())
    figure = path_figure(path, ["a", "b"], title="T", noun="output", are_shares=False)
    assert np.isnan(figure.data[0].y).all()
