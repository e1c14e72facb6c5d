import numpy as np
import pytest

from dashboard.charts import style
from dashboard.charts.confusion_matrix import (
    NORMALIZATIONS,
    cell_values,
    color_range,
    confusion_figure,
)
from dashboard.charts.forward_pass import class_values_figure

COUNTS = np.array([[8, 2, 0], [1, 9, 0], [0, 0, 0]])
NAMES = ("cat", "dog", "owl")


def numbers(figure) -> dict[tuple[str, str], str]:
    """Return what is written into the cells, by (true, predicted)."""
    trace = figure.data[1]
    return dict(zip(zip(trace.y, trace.x, strict=True), trace.text, strict=True))


def test_each_row_is_divided_by_its_sum_for_recall() -> None:
    values = cell_values(COUNTS, NORMALIZATIONS["recall %"])
    np.testing.assert_allclose(values[:2], [[80, 20, 0], [10, 90, 0]])
    assert np.isnan(values[2]).all()  # no sample is of this class


def test_each_column_is_divided_by_its_sum_for_precision() -> None:
    values = cell_values(COUNTS, NORMALIZATIONS["precision %"])
    np.testing.assert_allclose(values[:, 0], [100 * 8 / 9, 100 / 9, 0])
    assert np.isnan(values[:, 2]).all()  # no sample is predicted as this class


def test_hiding_the_diagonal_changes_no_other_cell() -> None:
    shown = cell_values(COUNTS, NORMALIZATIONS["recall %"], hide_diagonal=True)
    np.testing.assert_allclose([shown[0, 1], shown[1, 0]], [20, 10])
    assert np.isnan(np.diag(shown)).all()
    assert COUNTS[0, 0] == 8


@pytest.mark.parametrize(
    ("name", "is_fixed", "top"),
    [("counts", False, 9), ("counts", True, 10), ("recall %", True, 100), ("recall %", False, 90)],
)
def test_a_fixed_range_depends_on_the_samples_alone(name: str, is_fixed: bool, top: float) -> None:
    values = cell_values(COUNTS, NORMALIZATIONS[name])
    assert color_range(COUNTS, values, NORMALIZATIONS[name], is_fixed=is_fixed) == top


def test_the_range_is_never_empty() -> None:
    perfect = np.diag([3, 3])
    values = cell_values(perfect, NORMALIZATIONS["counts"], hide_diagonal=True)
    assert color_range(perfect, values, NORMALIZATIONS["counts"], is_fixed=False) == 1


def test_rows_are_true_and_columns_predicted() -> None:
    figure = confusion_figure(COUNTS, NAMES, normalization=NORMALIZATIONS["counts"])
    assert figure.layout.xaxis.title.text.startswith("predicted")
    assert figure.layout.yaxis.title.text.startswith("true")
    assert tuple(figure.layout.xaxis.range) == (-0.5, 2.5)
    assert tuple(figure.layout.yaxis.range) == (2.5, -0.5)  # the first class on top
    assert numbers(figure) == {
        ("cat", "cat"): "8",
        ("cat", "dog"): "2",
        ("dog", "cat"): "1",
        ("dog", "dog"): "9",
    }


def test_numbers_are_light_on_dark_and_dark_on_light() -> None:
    figure = confusion_figure(COUNTS, NAMES, normalization=NORMALIZATIONS["counts"])
    colors = dict(zip(figure.data[1].text, figure.data[1].textfont.color, strict=True))
    assert colors["9"] == style.readable_on(1.0)
    assert colors["1"] == style.readable_on(1 / 9)


def test_a_small_percentage_is_not_written_as_nothing() -> None:
    figure = confusion_figure(
        np.array([[999, 1], [0, 1]]), NAMES[:2], normalization=NORMALIZATIONS["recall %"]
    )
    assert numbers(figure)["cat", "dog"] == "<1"


def test_the_chosen_cell_has_a_frame() -> None:
    figure = confusion_figure(COUNTS, NAMES, normalization=NORMALIZATIONS["counts"], chosen=(0, 1))
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, -0.5, 0.5)


def test_many_classes_get_colors_without_numbers() -> None:
    many = np.eye(100, dtype=int)
    names = [f"class {i}" for i in range(100)]
    assert len(confusion_figure(many, names, normalization=NORMALIZATIONS["counts"]).data) == 1


def test_names_from_outside_are_shown_and_never_interpreted() -> None:
    names = ("<b>bold</b>", "a name that is longer than the axis has room for")
    figure = confusion_figure(np.eye(2, dtype=int), names, normalization=NORMALIZATIONS["counts"])
    assert figure.data[0].x[0] == "&lt;b&gt;bold&lt;/b&gt;"
    assert figure.layout.xaxis.labelalias[names[1]] == "a name…om for"
    bars = class_values_figure(np.eye(2)[0], names, true=0, predicted=0, title="", y="")
    assert bars.data[0].x == ("&lt;b&gt;bold&lt;/b&gt;",)
