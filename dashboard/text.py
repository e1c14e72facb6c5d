"""Words and numbers for the screen."""

import re

WORD_JOINER = "\u2060"  # has no width


def plain(text: str) -> str:
    """Escape Markdown, so that text from outside is shown and never interpreted.

    Addresses become links, and :material/bolt: and :smile: become pictures, even when
    escaped, unless something stands between their parts. Line breaks become spaces: they
    could begin a list, a heading or lines of code.
    """
    text = re.sub(r"(www(?=\.)|://|:(?=\S)|@)", rf"\1{WORD_JOINER}", text, flags=re.IGNORECASE)
    text = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])", r"\\\1", text)


def percent(share: float) -> str:
    """Return a share, 0 to 1, as '97.2 %'."""
    return f"{100 * share:.1f} %"


def two_digits(value: float) -> str:
    """Return a number with two digits, or all those before its point: '0.012', '1.5', '1,234'."""
    return f"{value:,.0f}" if 99.5 <= abs(value) < 1e6 else f"{value:.2g}"


def duration(seconds: float) -> str:
    """Return a duration as '0.06 s', '8 s', '2 min' or '1 h 5 min'."""
    if 0 < seconds < 1:
        return f"{seconds:.2g} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
