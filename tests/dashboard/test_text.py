import pytest

from dashboard.text import WORD_JOINER, duration, percent, plain, two_digits


def test_text_from_outside_is_never_markup() -> None:
    assert plain("[win](http://evil) **now** $x$ <b> :material/bolt:") == (
        rf"\[win\]\(http\://{WORD_JOINER}evil\) \*\*now\*\* \$x\$ \<b\> "
        rf"\:{WORD_JOINER}material/bolt\:"
    )
    assert plain(":red[x] :smile: www.x.y a@b") == (
        rf"\:{WORD_JOINER}red\[x\] \:{WORD_JOINER}smile\: www{WORD_JOINER}\.x\.y a@{WORD_JOINER}b"
    )
    assert plain("two\n\n    lines") == "two lines"
    assert plain("one") == "one"


def test_percent() -> None:
    assert percent(0.97493) == "97.5 %"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.2, "0.2 s"), (89, "89 s"), (150, "2 min"), (3900 * 2, "2 h 10 min")]
)
def test_duration(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.0123, "0.012"), (99.4, "99"), (-150.2, "-150"), (1e4, "10,000")]
)
def test_a_short_number_has_no_power_of_ten_where_it_can_be_read_without(
    value: float, words: str
) -> None:
    assert two_digits(value) == words
