import numpy as np

from dashboard.charts.class_balance import class_axis, class_balance
from dashboard.charts.style import whole_numbers

EVIL = "<b>[x](http://evil)</b>"


def test_few_things_have_a_tick_each_and_none_between_them() -> None:
    assert whole_numbers(16) == {"dtick": 1}
    assert whole_numbers(17) == {}


def test_the_axis_of_a_hundred_classes_names_as_many_as_there_is_room_for() -> None:
    axis = class_axis([f"{i}" for i in range(100)])
    assert axis["tickvals"] == list(range(0, 100, 3))
    assert class_axis([EVIL])["ticktext"] == ["&lt;b&gt;[x](http://evil)&lt;"]
    assert list(class_balance({"training": np.array([2, 3])}, "ab").data[0].x) == [0, 1]
