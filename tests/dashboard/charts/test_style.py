import numpy as np

from dashboard.charts.class_balance import class_axis, class_balance
from dashboard.charts.projections import groups_by_class
from dashboard.charts.style import class_symbol, escape, whole_numbers

EVIL = "<b>[x](http://evil)</b>"


def test_few_things_have_a_tick_each_and_none_between_them() -> None:
    assert whole_numbers(16) == {"dtick": 1}
    assert whole_numbers(17) == {}


def test_the_axis_of_a_hundred_classes_names_as_many_as_there_is_room_for() -> None:
    axis = class_axis([f"{i}" for i in range(100)])
    assert axis["tickvals"] == list(range(0, 100, 3))
    assert class_axis([EVIL])["ticktext"] == ["&lt;b&gt;[x](http://evil)&lt;"]
    assert list(class_balance({"training": np.array([2, 3])}, "ab").data[0].x) == [0, 1]


def test_a_class_has_its_own_symbol_and_classes_of_one_color_have_different_ones() -> None:
    groups = groups_by_class(np.arange(100), [f"class {i}" for i in range(100)])
    assert [group.symbol for group in groups] == [class_symbol(i) for i in range(100)]
    assert len({(group.color, group.symbol) for group in groups[:50]}) == 50
    assert len({group.symbol for group in groups[:5]}) == 5


def test_a_name_is_escaped_but_for_quotes() -> None:
    assert escape("""<b>5" %{x} $a$ & it's""") == (
        """&lt;b&gt;5" %&#123;x} &#36;a&#36; &amp; it's"""
    )
