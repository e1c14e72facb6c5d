import numpy as np
import pytest

from dashboard.charts.units import (
    InputPlane,
    answers_in_plane,
    class_means_figure,
    excitation_figure,
    largest,
    unit_features,
    unit_grid,
    unit_in_grid,
    unit_picture,
    unit_rows,
)

PICTURES = np.random.default_rng(0).normal(size=(5, 8, 8))
COMMON = {"title": "T", "limit": 2.0, "revision": "r"}


def grid(n_shown: int, chosen: int | None = None):
    captions = [f"{i}\n<dead>" for i in range(n_shown)]
    return unit_grid(PICTURES[:n_shown], captions, measure="weight", chosen=chosen, **COMMON)


def test_units_are_pictures_on_one_scale_with_a_frame_around_the_chosen_one() -> None:
    layout = grid(5, chosen=3).layout
    assert (layout.coloraxis2.cmin, layout.coloraxis2.cmax) == (-2, 2)
    assert [note.text for note in layout.annotations][:2] == [
        "0<br>&lt;dead&gt;",
        "1<br>&lt;dead&gt;",
    ]
    assert len(layout.shapes) == 1


@pytest.mark.parametrize("n_shown", [1, 2, 5])
def test_each_picture_is_found_where_it_is_drawn(n_shown: int) -> None:
    z = np.array(grid(n_shown).data[0].z)
    found = {unit_in_grid(index, (8, 8), n_shown) for index in np.argwhere(np.isfinite(z)).tolist()}
    assert found == {*range(n_shown)}
    assert unit_in_grid((10**6, 0), (8, 8), n_shown) is None


def test_a_filter_that_leaves_no_unit_leaves_an_empty_titled_figure() -> None:
    assert grid(0).layout.title.text == "T"
    rows = unit_rows(np.empty((0, 3)), [], chosen=None, **COMMON)
    assert not rows.data


def test_the_features_of_a_table_are_columns_by_name() -> None:
    figure = unit_rows(
        PICTURES[0, :4, :3], list("1234"), chosen=1, columns=["a", "", "c"], **COMMON
    )
    assert figure.layout.xaxis.ticktext == ("a", "feature 2", "c")
    assert figure.layout.shapes[0].y0 == 0.5


def test_numbers_that_are_not_finite_leave_gaps_and_do_not_stretch_the_scale() -> None:
    picture = np.array([[np.inf, -3.0], [np.nan, 1.0]])
    assert largest(picture) == 3
    assert largest(np.array([np.nan])) == largest(np.zeros(0)) == 1
    figure = unit_picture(picture, title="T", measure="weight")
    assert np.isfinite(figure.data[0].z).tolist() == [[False, True], [False, True]]
    assert np.isnan(unit_features(picture[0], title="T").data[0].y[0])
    assert np.isnan(class_means_figure(picture[1], ["a", "b"], title="T", y="a").data[0].y[0])


def test_answers_in_the_plane_have_the_samples_and_the_way_on_top() -> None:
    x, points = np.linspace(0, 1, 4), np.array([[0.2, 0.3], [0.5, 0.1]])
    plane = InputPlane(x, x, points, np.array([0, 1]), ("<a>", "b"))
    answers = np.arange(16.0).reshape(4, 4)
    figure = answers_in_plane(answers, plane, title="T", measure="activation", way=points)
    assert [trace.name for trace in figure.data] == [None, "&lt;a&gt;", "b", None]
    assert figure.layout.coloraxis2.cmax == 15


def test_an_input_stays_between_blank_and_full_ink() -> None:
    figure = excitation_figure(PICTURES * 9, ["step"] * 5, title="T", maximum=4, unit="ink")
    z = np.array(figure.data[0].z)
    assert (np.nanmin(z), np.nanmax(z)) == (0, 4)
