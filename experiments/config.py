"""The one description of a run, and the sentences that say what is wrong with it."""

import math
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from data.datasets import DATASETS
from data.scaling import SCALERS
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.initializers import INITIALIZERS
from mlp.losses import LOSSES, losses_for
from mlp.network import look_up
from mlp.optimizers import OPTIMIZERS

MAX_HIDDEN_LAYERS = 10
MAX_UNITS = 4096  # a layer
MAX_PARAMETERS = 3_000_000  # 784-1024-1024-1024-10 fits; adam takes 60 MB to train it

LIMITS: dict[str, tuple[float, float]] = {
    "learning_rate": (0.0, 1000.0),  # 0 itself excluded
    "batch_size": (1, 100_000),
    "epochs": (1, 10_000),
    "seed": (0, 2**32 - 1),
    "momentum": (0.0, 0.99),
    "weight_decay": (0.0, 1.0),
    "l1": (0.0, 1.0),
    "l2": (0.0, 1.0),
    "validation_fraction": (0.0, 0.8),
    "test_fraction": (0.0, 0.8),
}


IN_WORDS = {"epochs": "number of epochs", "l1": "L1 penalty", "l2": "L2 penalty"}


def _in_words(field: str) -> str:
    return IN_WORDS.get(field, field.replace("_", " "))


def _one_of(what: str, registry: Mapping[str, object]) -> AfterValidator:
    def check(name: str) -> str:
        look_up(what, name, registry)
        return name

    return AfterValidator(check)


def _number(
    field: str, kind: type[int] | type[float], *, above_low: bool = False
) -> BeforeValidator:
    """Accept a number, or text that is one, within the limits of a field."""
    low, high = LIMITS[field]
    noun = "a whole number" if kind is int else "a number"
    limits = f"above {low:g} and up to {high:,g}" if above_low else f"from {low:g} to {high:,.10g}"

    def check(value: Any) -> int | float:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        fits = low <= number <= high and not (above_low and number == low)
        if isinstance(value, bool) or not fits or (kind is int and number != int(number)):
            given = f"'{value[:40]}'" if isinstance(value, str) else str(value)[:40]
            raise ValueError(f"The {_in_words(field)} must be {noun} {limits}, not {given}.")
        return kind(number)

    return BeforeValidator(check)


def _parse_layers(value: Any) -> Any:
    """Turn '64, 32' into (64, 32), and '' or 'none' into ()."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.lower() in ("", "none"):
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(
            f"'{value[:40]}' is not a list of hidden layers. Write whole numbers with commas "
            "between them, such as 64, 32, or leave the field empty for a single-layer perceptron."
        ) from None


def _check_layers(layers: tuple[int, ...]) -> tuple[int, ...]:
    if len(layers) > MAX_HIDDEN_LAYERS:
        raise ValueError(
            f"{len(layers)} hidden layers are more than the {MAX_HIDDEN_LAYERS} "
            "that a plain perceptron can learn with."
        )
    for units in layers:
        if not 1 <= units <= MAX_UNITS:
            given = f"{units:,}"[:40]
            raise ValueError(f"A hidden layer has 1 to {MAX_UNITS:,} units, not {given}.")
    return layers


Layers = Annotated[tuple[int, ...], BeforeValidator(_parse_layers), AfterValidator(_check_layers)]


class RunConfig(BaseModel):
    """Everything that decides how a run goes: the same config gives the same result.

    The defaults make a small network that reads 97 of 100 digits after a few seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: Annotated[str, _one_of("dataset", DATASETS)] = "digits"
    hidden_layers: Layers = (32,)  # units of each; () is the single-layer perceptron
    activation: Annotated[str, _one_of("activation", ACTIVATIONS)] = "relu"
    output: Annotated[str, _one_of("output", OUTPUTS)] = "softmax"
    loss: Annotated[str, _one_of("loss", LOSSES)] = "cross-entropy"
    optimizer: Annotated[str, _one_of("optimizer", OPTIMIZERS)] = "adam"
    # 0.001 would need three times the epochs on so few samples
    learning_rate: Annotated[float, _number("learning_rate", float, above_low=True)] = 0.005
    full_batch: bool = False  # all training samples in one step: an epoch is one exact step
    batch_size: Annotated[int, _number("batch_size", int)] = 32
    epochs: Annotated[int, _number("epochs", int)] = 30
    seed: Annotated[int, _number("seed", int)] = 0  # of the split, the weights and the order

    momentum: Annotated[float, _number("momentum", float)] = 0.9
    weight_decay: Annotated[float, _number("weight_decay", float)] = 0.01
    l1: Annotated[float, _number("l1", float)] = 0.0
    l2: Annotated[float, _number("l2", float)] = 0.0
    weight_init: Annotated[str, _one_of("weight initialization", INITIALIZERS)] = "he"
    scaling: Annotated[str, _one_of("scaling", SCALERS)] = "pixel"
    validation_fraction: Annotated[float, _number("validation_fraction", float)] = 0.2
    test_fraction: Annotated[float, _number("test_fraction", float)] = 0.2

    @model_validator(mode="after")
    def _loss_goes_with_output(self) -> "RunConfig":
        if self.output not in LOSSES[self.loss].outputs:
            raise ValueError(
                f"The loss '{self.loss}' does not go with the output '{self.output}'. "
                f"Choose one of: {', '.join(losses_for(self.output))}."
            )
        return self


def explain(error: ValidationError) -> list[str]:
    """Return one plain sentence for each thing that is wrong with a config."""
    return [
        _sentence(detail, ".".join(str(part) for part in detail["loc"]))
        for detail in error.errors(include_url=False)
    ]


def parse_field(field: str, text: str) -> Any:
    """Return what a text means as one setting, whatever the other settings are.

    Raises
    ------
    ValueError : with a plain sentence, if it means nothing
    """
    try:
        return _adapter(field).validate_python(text)
    except ValidationError as error:
        raise ValueError(_sentence(error.errors(include_url=False)[0], field)) from None


@cache
def _adapter(field: str) -> TypeAdapter[Any]:
    info = RunConfig.model_fields[field]
    kind: Any = Annotated[info.annotation, info]
    return TypeAdapter(kind)


def _sentence(detail: Any, field: str) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if detail["type"] == "extra_forbidden":
        return f"There is no setting '{field[:40]}'."
    given = str(detail["input"])[:40]
    return f"The {_in_words(field)} cannot be '{given}': {detail['msg'].lower()}."
