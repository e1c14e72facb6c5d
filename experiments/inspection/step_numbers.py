"""The arithmetic of a step with its real numbers: the longest terms first, the rest summed.

The terms are taken from a trace, and so is the result: nothing is computed here that training
has not computed. `Line.left` keeps what the terms come to, so that a test can compare the two.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MOST_TERMS = 3  # of a sum that are written out
DIGITS = 3
LEAST_WHOLE = 999.5  # from here on, three digits would be written as a power of 10
LARGE = 1e6  # from here on, a power of 10 is shorter


class Line(NamedTuple):
    """A line of arithmetic.

    words : such as '0.31 · 0.52 + 0.2 · 1.4 = 0.441'
    left : what the terms come to
    result : what training has computed
    """

    words: str
    left: float
    result: float


def number(value: float) -> str:
    """Return a number with a few digits, and a real minus sign."""
    if not math.isfinite(value):
        return "(not finite)"
    if LEAST_WHOLE <= abs(value) < LARGE:
        return f"{value:,.0f}".replace("-", "−")
    value += 0.0  # of -0.0, such as a slope of 0 makes of an error below 0, this makes 0
    return f"{value:.{DIGITS}g}".replace("-", "−").replace("e−0", "e−").replace("e+0", "e")


def line(words: str, left: float, result: float) -> Line:
    """Return a line of arithmetic with its result."""
    return Line(f"{words} = {number(result)}", float(left), float(result))


def product(factors: Sequence[float]) -> str:
    """Write a product; a factor below zero stands in parentheses, unless it is the first one."""
    first, *others = factors
    rest = [f"({number(factor)})" if factor < 0 else number(factor) for factor in others]
    return " · ".join([number(first), *rest])


def sum_of_products(*factors: npt.ArrayLike, most: int = MOST_TERMS) -> tuple[str, float]:
    """Write a sum of products, the longest first, and return what it comes to as well.

    Parameters
    ----------
    factors : (n_terms,) each; a term is the product of what they have at its place
    most : so many terms are written out, and one more if it is the last
    """
    table = np.array(factors, np.float64).T  # (n_terms, n_factors)
    terms = table.prod(axis=1)
    order = np.argsort(-np.nan_to_num(np.abs(terms), nan=np.inf), kind="stable")
    n_written = len(order) if len(order) <= most + 1 else most
    words = "".join(
        _term(table[i], is_first=not place) for place, i in enumerate(order[:n_written])
    )
    if n_written < len(order):
        rest = float(terms[order[n_written:]].sum())
        words += f" + … ({len(order) - n_written:,} more: {number(rest)})"
    return words, float(terms.sum())


def plus(value: float, name: str = "") -> str:
    """Write that a number is added, or taken away if it is below zero."""
    sign = "−" if value < 0 else "+"
    return f" {sign} {name}{number(abs(value))}"


def _term(factors: npt.NDArray[np.float64], *, is_first: bool) -> str:
    """Write a term of a sum: its first factor gives the sign between the terms."""
    if is_first:
        return product(factors.tolist())
    first, *others = factors.tolist()
    sign = "−" if first < 0 else "+"
    return f" {sign} {product([abs(first), *others])}"
