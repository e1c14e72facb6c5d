"""Parameters that a reader sets by hand, or keeps from being trained."""

import math
from collections.abc import Mapping
from typing import NamedTuple

MAX_VALUE = 1000.0  # of a parameter that is set by hand, on each side of 0


class Edit(NamedTuple):
    """What is done to a network by hand.

    values : what parameters are set to, by their places in the flat vector
    frozen : the places of all parameters that training is to leave as they are
    """

    values: Mapping[int, float]
    frozen: frozenset[int]


def check_edit(edit: Edit, n_parameters: int) -> None:
    """Check that a network can be edited so.

    Raises
    ------
    ValueError : for a place that the network does not have, or a value out of range
    """
    for place in (*edit.values, *edit.frozen):
        if not 0 <= place < n_parameters:
            raise ValueError(
                f"This network has no parameter {place}; there are {n_parameters:,}, counted from "
                "0. Reload the page: it shows another network."
            )
    for value in edit.values.values():
        if not (math.isfinite(value) and abs(value) <= MAX_VALUE):
            raise ValueError(
                f"A weight or a bias set by hand lies from {-MAX_VALUE:,g} to {MAX_VALUE:,g}; "
                f"{value:g} does not. Type another number."
            )
