"""What the pictures of the loss say, and what they cannot say, in sentences."""

from collections.abc import Sequence

import numpy as np

from dashboard.text import percent, plain
from experiments.inspection.loss_landscape import (
    RANDOM,
    Look,
    ProjectedPath,
    capped,
)
from experiments.inspection.loss_line import Barrier, LossLine, barrier_of
from experiments.inspection.parameter_plane import Floats

SMALL_SHARE = 0.03  # of the variance: with less, a path is a spot
SMALL_BARRIER = 0.02  # of the larger loss at the ends: less is not to be seen


def share_sentence(shares: Floats, look: Look, n_runs: int) -> str:
    """Say how much of the way of the training two directions hold."""
    held = float(shares.sum())
    if not held:
        return "No epoch is over yet, so there is no path to draw."
    whose = "this run" if n_runs == 1 else f"these {n_runs} runs"
    sentence = f"These two directions hold **{_precise(held)}** of the variance of the snapshots of"
    if look.directions != RANDOM:
        each = " and ".join(_precise(float(share)) for share in shares)
        return (
            f"{sentence} {whose} ({each}); the rest of the way is at right angles to the picture."
        )
    if held > SMALL_SHARE:
        return f"{sentence} {whose}."
    return (
        f"{sentence} {whose}: its way is nearly at right angles to directions drawn at random, so "
        "that the whole path shrinks to a spot in the middle."
    )


def _precise(share: float) -> str:
    """Return a share as '97.2 %', or '0.0013 %' where that is what it takes."""
    return percent(share) if share >= 0.001 or share == 0 else f"{100 * share:.1g} %"


def samples_sentence(part: str, n_evaluated: int, n_all: int) -> str:
    """Say which loss of which samples is drawn."""
    samples = f"all {n_all:,} {part} samples"
    if n_evaluated < n_all:
        samples = f"{n_evaluated:,} of the {n_all:,} {part} samples, always the same"
    return (
        f"At each point: the loss as it is reported, penalties included and without dropout or "
        f"augmentation, on {samples}."
    )


def capped_sentence(losses: Floats, part: str) -> str:
    """Say how many losses are drawn smaller than they are; nothing if none is."""
    found = capped(losses)
    if found.cap is None:
        return ""
    cap = short_number(found.cap)
    return (
        f"On the {part} samples, the loss is above {cap} or no finite number at "
        f"{found.n_capped:,} of {losses.size:,} points; there, {cap} is drawn."
    )


def short_number(value: float) -> str:
    """Return a loss or a distance as '0.0123', '4.56' or '7,890'."""
    return f"{value:,.0f}" if 1000 <= value < 1e7 else f"{value:.3g}"


def limits_sentence(n_parameters: int, look: Look) -> str:
    """Say what a picture in two dimensions cannot show.

    Source for the bend: J. Antognini and J. Sohl-Dickstein, PCA of high dimensional random walks
    with comparison to neural network training, NeurIPS 2018.
    """
    sentence = (
        f"**What it cannot show:** the other {n_parameters - 2:,} of {n_parameters:,} dimensions. "
        "A wall may have a way around it, two valleys may be joined outside of the picture, and in "
        "other directions the same network may look sharp instead of flat."
    )
    if look.directions == RANDOM:
        return sentence
    return f"{sentence} That a path bends says little: in its own PCA, even a random walk does."


def notice_sentence(look: Look) -> str:
    """Say what to look at."""
    if look.directions == RANDOM:
        return (
            "**What to notice:** how far one can go from the middle, and in which direction, until "
            "a line is crossed: the nearer the lines, the steeper the loss rises."
        )
    return (
        "**What to notice:** follow the path from its circle to its diamond, point by point: how "
        "many lines the first few epochs cross, and how few the last ones."
    )


def other_seeds_sentence(names: Sequence[str]) -> str:
    """Say what it means that other runs on the landscape began with another seed."""
    if not names:
        return ""
    runs = " and ".join(plain(name) for name in names)
    return (
        f"{runs}: with another seed, so from other weights. Hidden units then have another order, "
        "and two networks that compute the same can lie far apart. Some of the validation samples "
        "here may be training samples there."
    )


def ends_sentence(paths: Sequence[ProjectedPath]) -> str:
    """Say how far the ends of other runs are from the plane, and their own losses."""
    ends = [
        f"{plain(path.name)} ends {short_number(path.distances[-1])} away from this plane, "
        f"with a loss of {short_number(path.losses[-1])}"
        for path in paths[1:]
        if np.isfinite(path.losses[-1])
    ]
    return f"{'; '.join(ends)}." if ends else ""


def barrier_sentence(line: LossLine, part: str) -> str:
    """Say whether there is a hill on the line between two networks."""
    scored = line.scored[part]
    losses = scored.losses
    barrier = barrier_of(line.t, losses)
    at_ends = [float(losses[line.t == end][0]) for end in (0, 1)]
    ends = " and ".join(map(short_number, at_ends))
    if not np.isfinite(barrier.height):
        return f"On the {part} samples, the loss is no finite number on a part of the line."
    if barrier.height <= SMALL_BARRIER * max(at_ends):
        return f"On the {part} samples, there is **no barrier** between the losses {ends}."
    return _hill_sentence(barrier, part, ends)


def _hill_sentence(barrier: Barrier, part: str, ends: str) -> str:
    return (
        f"On the {part} samples, there is a **barrier of {short_number(barrier.height)}** between "
        f"the losses {ends}: so much higher than a straight line between these two is the loss at "
        f"{100 * barrier.at:.0f} % of the way."
    )


def line_samples_sentence(line: LossLine) -> str:
    """Say what was evaluated on a line."""
    counts = " and ".join(f"{n:,} {part}" for part, n in line.n_samples.items())
    return (
        f"{len(line.t)} networks on the line, each with {counts} samples, always the same; both "
        f"ends are {short_number(line.distance)} apart."
    )


LINE_LIMITS = (
    "**What it cannot show:** whether there is another way. A hill on the straight line says only "
    "that the straight way leads over it; a curve may lead around it."
)
LINE_NOTICE = (
    "**What to notice:** whether the loss rises between 0 and 1. From a network before its "
    "training to the same one after it, it mostly falls all the way. Between two runs from "
    "different weights there is mostly a hill, and the accuracy falls with it."
)
