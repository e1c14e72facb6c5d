"""What is likely wrong when a network has learned little, judged from its records."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from experiments.training.layer_diagnostics import unit_activity
from experiments.training.plan import make_network
from experiments.training.prepared_data import random_generators
from experiments.training.run import Run

FEW_SAMPLES = 500  # tell enough about the activity of units
NARROW = 0.05  # a feature with a smaller deviation, where 1 is ideal, hardly counts
MANY = 0.5  # of the units of a layer
SHRUNK = 0.3  # of the initial size of the weights
JUMP = 0.05  # of the loss: less is the noise of small batches
OFTEN = 0.25  # of the epochs
LITTLE = 0.2  # of the loss at the start
STILL = 0.1  # of all that the loss has fallen, in the last quarter of the epochs
OVERFIT = 0.15  # between the training accuracy and that on held-out samples


def advice(run: Run) -> str:
    """Return what is most likely wrong with a run that has a result, and what to do about it."""
    return next(sentence for check in CHECKS if (sentence := check(run)))


def _scaling(run: Run) -> str:
    """A table whose columns have different units, all divided by one number."""
    prepared = run.prepared_data()
    if prepared.dataset.image_shape or run.config.scaling == "z-score":
        return ""
    spread = prepared.training.X.std(axis=0)  # (n_features,)
    is_narrow = (spread > 0) & (spread < NARROW)
    if not is_narrow.any():
        return ""
    return (
        f"After the scaling '{run.config.scaling}', {is_narrow.sum():,} of {len(spread):,} "
        f"features have a standard deviation below {NARROW:g}, and hardly count: choose the "
        "scaling z-score."
    )


def _equal_units(run: Run) -> str:
    """Units that began alike get the same gradients, and stay alike."""
    weights = run.network.weights[1]  # (n_1, n_0)
    if not run.config.hidden_layers or len(weights) == 1 or np.ptp(weights, axis=0).any():
        return ""
    return (
        "All units of the first hidden layer have the same weights, because they began alike: "
        "choose another weight initialization, such as he."
    )


def _flat_units(run: Run) -> str:
    """Units that hardly learn, because their slope is 0, or nearly."""
    activities = unit_activity(run.network, run.prepared_data().training.X[:FEW_SAMPLES])
    for layer, dead, saturated in activities:
        if dead >= MANY:
            return (
                f"{100 * dead:.0f} % of the units of hidden layer {layer} are dead, they give 0 "
                "for every sample: try a smaller learning rate, or leaky-relu."
            )
        if saturated >= MANY:
            return (
                f"{100 * saturated:.0f} % of the units of hidden layer {layer} are saturated, so "
                "that hardly any gradient gets through: try smaller initial weights, a smaller "
                "learning rate, or relu."
            )
    return ""


def _penalty(run: Run) -> str:
    """Weights that L1 or L2 has shrunk to nearly nothing."""
    config = run.initial_config
    start = make_network(config, run.plan.sizes, random_generators(config.seed)[1])
    before, now = (
        sum(float(np.square(w).sum()) for w in network.weights[1:])
        for network in (start, run.network)
    )
    if not (config.l1 or config.l2) or not before or now > SHRUNK**2 * before:
        return ""
    return (
        f"The penalty has shrunk the weights to {100 * np.sqrt(now / before):.0f} % of their "
        "initial size: try a smaller one."
    )


def _losses(run: Run) -> list[float]:
    """Return the training loss of each epoch, from that of the untrained network on."""
    return [record.training.loss for record in run.history]


def _hardly_trained(run: Run) -> str:
    """A run that was stopped in its first epoch has no curves to judge from."""
    return "" if len(run.history) > 1 else "Less than an epoch is little: train for more."


def _jumps(run: Run) -> str:
    """Steps that are too long: the loss jumps up again and again."""
    losses = _losses(run)
    rises = sum(after > (1 + JUMP) * before for before, after in pairwise(losses))
    if losses[-1] <= losses[0] and rises <= OFTEN * (len(losses) - 1):
        return ""
    return (
        f"The training loss rose in {rises} of {len(losses) - 1} epochs, and ended at "
        f"{losses[-1]:.3g} from {losses[0]:.3g}: the learning rate {run.learning_rate:g} is too "
        f"large, try {run.learning_rate / 10:.1g}."
    )


def _is_still_falling(losses: list[float]) -> bool:
    if len(losses) < 3:
        return True
    recent = losses[-1 - max(1, (len(losses) - 1) // 4)] - losses[-1]
    return recent > STILL * (losses[0] - losses[-1]) > 0


def _too_slow(run: Run) -> str:
    """A loss that was still falling at the end: slowly, or it had little time."""
    losses = _losses(run)
    if not _is_still_falling(losses):
        return ""
    fell = f"from {losses[0]:.3g} to {losses[-1]:.3g}"
    if len(losses) > 3 and losses[0] - losses[-1] < LITTLE * losses[0]:
        return (
            f"The training loss fell only {fell} and was still falling: the learning rate "
            f"{run.learning_rate:g} is too small, try {10 * run.learning_rate:.1g}."
        )
    return f"The training loss, {fell}, was still falling at the end: train for more epochs."


def _single_layer(run: Run) -> str:
    """A single layer has one minimum: when its loss is level, no line does better."""
    if run.config.hidden_layers or _is_still_falling(_losses(run)):
        return ""
    return (
        f"The loss of the single layer has leveled off at {_losses(run)[-1]:.3g}: straight lines "
        "cannot separate these classes any better. Add a hidden layer."
    )


def _overfitting(run: Run) -> str:
    """A network that knows its training samples by heart."""
    training, validation, test = run.result or (None, None, None)
    held_out = validation or test  # the test part is for the result alone
    if not training or not held_out or training.accuracy - held_out.accuracy < OVERFIT:
        return ""
    return (
        f"The network reads {100 * training.accuracy:.0f} % of the training samples, but only "
        f"{100 * held_out.accuracy:.0f} % of those held out: it overfits. Take more samples, "
        "fewer units, or regularization."
    )


def _too_small(run: Run) -> str:
    """A loss that is level, and still high."""
    losses = _losses(run)
    if not run.config.hidden_layers or _is_still_falling(losses) or _overfitting(run):
        return ""
    return (
        f"The training loss has leveled off at {losses[-1]:.3g}: try more hidden units or another "
        "layer."
    )


CHECKS: tuple[Callable[[Run], str], ...] = (
    _hardly_trained,
    _equal_units,
    _scaling,
    _flat_units,
    _penalty,
    _jumps,
    _too_slow,
    _single_layer,
    _overfitting,
    _too_small,
)
"""What can be wrong, the most certain first; each returns a sentence, or nothing.

One of the last four always applies: a loss falls, or is level because the network is a single
layer, or overfits, or has too few units.
"""
