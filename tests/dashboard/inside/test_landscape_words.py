"""What the sentences beside a landscape say."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dashboard.inside.landscape_words import (
    barrier_sentence,
    capped_sentence,
    other_seeds_sentence,
    share_sentence,
    short_number,
)
from experiments.inspection.loss_landscape import PRINCIPAL, RANDOM, Look


@pytest.mark.parametrize(
    ("shares", "directions", "expected"),
    [
        (
            [0.8, 0.1],
            PRINCIPAL,
            "**90.0 %** of the variance of the snapshots of this run (80.0",
        ),
        ([1e-6, 2e-6], RANDOM, "hold **0.0003 %** of the variance"),
        ([1e-6, 2e-6], RANDOM, "shrinks to a spot"),
        ([0.2, 0.1], RANDOM, "of this run."),
        ([0.0, 0.0], RANDOM, "No epoch is over yet"),
    ],
)
def test_the_share_of_the_variance_is_said(shares: list, directions: str, expected: str) -> None:
    assert expected in share_sentence(np.array(shares), Look(directions), 1)


def test_capped_losses_are_counted_aloud() -> None:
    sentence = capped_sentence(np.array([1.0, 2000, np.inf, np.nan]), "training")
    assert sentence == (
        "On the training samples, the loss is above 2,000 or no finite number at 1 of 4 points; "
        "there, 2,000 is drawn."
    )
    assert not capped_sentence(np.array([1.0, 2.0]), "training")


def line(losses: list) -> Any:
    scored = SimpleNamespace(losses=np.array(losses, float))
    return SimpleNamespace(t=np.array([-1.0, 0, 0.5, 1]), scored={"training": scored})


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([9, 3, 2, 1], "there is **no barrier** between the losses 3 and 1."),
        ([9, 1, 4, 1], "a **barrier of 3** between the losses 1 and 1: so much higher"),
        ([9, 1, 4, 1], "at 50 % of the way."),
        ([9, 1, np.inf, 1], "is no finite number on a part of the line"),
    ],
)
def test_a_barrier_is_said_with_its_place(losses: list, expected: str) -> None:
    assert expected in barrier_sentence(line(losses), "training")


def test_names_of_runs_are_shown_as_they_are() -> None:
    assert r"\*b\*" in other_seeds_sentence(["*b*"])
    assert not other_seeds_sentence([])


def test_numbers_are_short() -> None:
    found = [short_number(value) for value in (0.012345, 4.5678, 12345.6, 1e9)]
    assert found == ["0.0123", "4.57", "12,346", "1e+09"]
