"""The changes between two figures, carried out on the old one, give the new one."""

import copy
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.changes import Change, changes_between
from dashboard.charts.curve_marks import Mark
from dashboard.charts.curves import batch_curve, epoch_curves
from dashboard.charts.figure import Figure, scatter_trace, to_json
from dashboard.charts.learning_curves import loss_figure
from mlp.records import EpochRecord, Score

numbers = st.lists(st.integers(0, 3), max_size=6)
rows = st.builds(np.array, numbers, st.sampled_from([np.float32, np.int32]))
rows |= st.builds(lambda values: np.array([values, values]), numbers)
plain = st.none() | st.integers(0, 2) | st.sampled_from(["a", "b"]) | numbers
settings = st.recursive(
    plain,
    lambda inner: (
        st.lists(st.dictionaries(st.sampled_from("uvw"), inner, max_size=3), max_size=3)
        | st.dictionaries(st.sampled_from("uvw"), inner, max_size=3)
    ),
    max_leaves=8,
)
traces = st.dictionaries(st.sampled_from("xyz"), rows | settings, max_size=3)
figures = st.builds(
    Figure,
    st.lists(traces, max_size=3),
    st.dictionaries(st.sampled_from("abc"), settings, max_size=3),
)


def carried_out(figure: Figure, changes: list[Change]) -> dict[str, Any]:
    """Do what chart.js does, on what the browser has been sent."""
    whole = copy.deepcopy(figure._asdict())
    for change in changes:
        *path, key = change["at"]
        inside = whole
        for step in path:
            inside = inside[step]
        if "value" in change:
            inside[key] = change["value"]
        elif "items" in change:
            end = change["from"] + change["drop"]
            assert end <= len(inside[key])
            inside[key] = _spliced(inside[key], change["from"], end, change["items"])
        else:
            del inside[key]
    return whole


def _spliced(values: Any, start: int, end: int, items: Any) -> Any:
    parts = [values[:start], items, values[end:]]
    is_row = isinstance(values, np.ndarray)
    return np.concatenate(parts) if is_row else [item for part in parts for item in part]


@given(figures, figures)
def test_the_changes_carried_out_give_the_new_figure(old: Figure, new: Figure) -> None:
    changed = carried_out(old, changes_between(old, new))
    assert json.loads(to_json(changed)) == json.loads(to_json(new._asdict()))
    assert not changes_between(new, copy.deepcopy(new))


def lines(*values: float) -> Figure:
    return Figure([scatter_trace(y=np.array(values, np.float32))], {})


@pytest.mark.parametrize(
    ("old", "new", "start", "drop", "items"),
    [
        ([1, 2], [1, 2, 3], 2, 0, [3]),
        ([1, 2, 3], [1, 2], 2, 1, []),
        ([1, 2, 2, 1], [1, 2, 3, 3, 2, 1], 2, 0, [3, 3]),
        ([1, np.nan, 2], [1, np.nan, 2, 4], 3, 0, [4]),
    ],
)
def test_of_a_row_of_numbers_only_what_is_new_travels(old, new, start, drop, items) -> None:
    (change,) = changes_between(lines(*old), lines(*new))
    assert change["at"] == ("data", 0, "y")
    assert (change["from"], change["drop"], list(change["items"])) == (start, drop, items)


def test_another_trace_is_added_as_a_whole_and_an_axis_moves_alone() -> None:
    old, new = lines(1, 2), lines(1, 2)
    new.data.append(scatter_trace(name="new"))
    for figure, end in ((old, 5), (new, 9)):
        figure.layout.update(title={"text": "T"}, xaxis={"range": [0, end], "type": "log"})
    assert changes_between(old, new) == [
        {"at": ("data",), "from": 1, "drop": 0, "items": [scatter_trace(name="new")]},
        {"at": ("layout", "xaxis", "range"), "value": [0, 9]},
    ]


def curves_after(n_epochs: int, *marks: Mark, diverged_at: float | None = None) -> Figure:
    score = Score(2.0, 0.5)
    history = [EpochRecord(epoch, epoch, score, score, 0.1) for epoch in range(n_epochs + 1)]
    curves = [*epoch_curves(history, "loss"), batch_curve(n_epochs, [1.0, 9.0], 4)]
    figure = loss_figure(curves, epochs=9, marks=marks, diverged_at=diverged_at)
    return Figure([trace.to_plotly_json() for trace in figure.data], figure.layout.to_plotly_json())


def test_marks_of_learning_curves_come_move_and_go_by_changes() -> None:
    rate, best = Mark(1.5, "learning rate 0.1", "Set."), Mark(2, "best epoch", "Best.")
    stages = [
        curves_after(0),
        curves_after(2, rate),
        curves_after(3, best, rate),
        curves_after(4, best._replace(epoch=3), rate),
        curves_after(5, diverged_at=5.5),
    ]
    for new in stages:
        changed = carried_out(stages[0], changes_between(stages[0], new))
        assert json.loads(to_json(changed)) == json.loads(to_json(new._asdict()))
    assert len(stages[2].layout["annotations"]) == 2
