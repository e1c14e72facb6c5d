"""What the settings of the classifier may be, and what "auto" means for the data at hand."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from mlp.activations import OUTPUTS, SIGMOID, SOFTMAX
from mlp.losses import LOSSES, Objective, losses_for
from mlp.network import look_up
from mlp.schedules import Schedule

DType: TypeAlias = np.dtype[Any]

AUTO, FULL, BALANCED = "auto", "full", "balanced"
AUTO_BATCH = 200  # as in scikit-learn's own MLPClassifier
AUTO_STEPS = 1000  # enough for iris and for digits
AUTO_EPOCHS = 10  # at least; MNIST makes 3000 steps in them
MANY_NUMBERS = 1_000_000  # above it, double precision costs seconds
DTYPES = {name: np.dtype(name) for name in ("float32", "float64")}

Condition: TypeAlias = Callable[[float], bool]
NUMBERS: dict[str, tuple[str, Condition]] = {  # what it may be, in words and in code
    "learning_rate": ("above 0", lambda value: 0 < value < math.inf),
    "momentum": ("of at least 0 and below 1", lambda value: 0 <= value < 1),
    "weight_decay": ("of at least 0", lambda value: 0 <= value < math.inf),
    "l1": ("of at least 0", lambda value: 0 <= value < math.inf),
    "l2": ("of at least 0", lambda value: 0 <= value < math.inf),
    "dropout": ("of at least 0 and below 1", lambda value: 0 <= value < 1),
    "validation_fraction": ("between 0 and 1", lambda value: 0 < value < 1),
}


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise a ValueError for what the modules that do the work would not refuse plainly."""
    for name, (words, fits) in NUMBERS.items():
        _check_number(name, settings[name], words, fits)
    if settings["max_norm"] is not None:
        _check_number("max_norm", settings["max_norm"], "above 0, or None", lambda value: value > 0)
    _check_count("patience", settings["patience"])
    _check_count("epochs", settings["epochs"], AUTO)
    _check_count("batch_size", settings["batch_size"], AUTO, FULL)
    for units in hidden_layers(settings["hidden_layer_sizes"]):
        _check_count("each of hidden_layer_sizes", units)
    augment, weights = settings["augment"], settings["class_weight"]
    if not (augment is None or callable(augment)):
        raise ValueError(f"augment must be a function of (X, epoch, batch), not {augment!r}.")
    if not (weights is None or isinstance(weights, Mapping) or weights == BALANCED):
        raise ValueError(
            f"class_weight must be {{class: weight}}, 'balanced' or None, not {weights!r}."
        )


def _check_number(name: str, value: Any, words: str, fits: Condition) -> None:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not (is_number and fits(value)):
        raise ValueError(f"{name} must be a number {words}, not {value!r}.")


def _check_count(name: str, value: Any, *words: str) -> None:
    is_count = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1
    if not (is_count or (isinstance(value, str) and value in words)):
        choices = " or ".join(["a whole number of at least 1", *map(repr, words)])
        raise ValueError(f"{name} must be {choices}, not {value!r}.")


def hidden_layers(sizes: Any) -> tuple[Any, ...]:
    """Return the units of each hidden layer; a number alone is one layer."""
    return tuple(sizes) if isinstance(sizes, Iterable) else (sizes,)


def dtypes_for(dtype: Any, X: Any = None) -> list[DType]:
    """Return the precisions that X may keep; any other is converted to the first of them."""
    if dtype == AUTO:
        is_large = math.prod(getattr(X, "shape", ())) > MANY_NUMBERS
        return list(DTYPES.values())[: 1 if is_large else None]
    return [look_up("dtype", str(dtype), DTYPES)]


def batch_size_for(batch_size: int | str, n_samples: int) -> int:
    """Return the samples of a step."""
    if batch_size == FULL:
        return n_samples
    return min(AUTO_BATCH if batch_size == AUTO else int(batch_size), n_samples)


def epochs_for(epochs: int | str, n_samples: int, batch_size: int) -> int:
    """Return the number of epochs: with "auto", at least 1000 steps and 10 epochs."""
    if epochs != AUTO:
        return int(epochs)
    steps_per_epoch = math.ceil(n_samples / batch_size)
    return max(math.ceil(AUTO_STEPS / steps_per_epoch), AUTO_EPOCHS)


def output_for(output: Any, is_multilabel: bool) -> str:
    """Return the name of the output; a ValueError if it does not go with several labels."""
    usual = SIGMOID if is_multilabel else SOFTMAX
    chosen = look_up("output", str(output), OUTPUTS | {AUTO: usual})
    if is_multilabel and chosen == SOFTMAX:
        raise ValueError(
            "Softmax makes probabilities that sum to one, so that a sample has one label, "
            "and y has a column for each. Choose the output sigmoid."
        )
    return chosen.name


def objective_for(loss: Any, output: str, l1: float, l2: float) -> Objective:
    """Return what training minimizes; a ValueError if the loss does not go with the output."""
    choices = {name: LOSSES[name] for name in losses_for(output)}
    usual = next(iter(choices.values()))
    chosen = look_up(f"loss for the output {output} called", str(loss), choices | {AUTO: usual})
    return Objective(chosen, l1=l1, l2=l2)


def schedule_for(schedule: str | Schedule) -> Schedule:
    """Return the schedule itself, or the one of that name."""
    return schedule if isinstance(schedule, Schedule) else Schedule(str(schedule))
