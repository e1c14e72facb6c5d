"""The one description of a run, and the sentences that say what is wrong with it."""

import math
from collections.abc import Iterable
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
from mlp.optimizers import OPTIMIZERS

MAX_HIDDEN_LAYERS = 10
MAX_UNITS = 4096  # a layer
MAX_PARAMETERS = 4_000_000  # 784-1024-1024-1024-10 fits; fifty of them on one server do not hurt
MAX_EPOCHS = 10_000
MAX_SEED = 2**32 - 1


def _one_of(what: str, names: Iterable[str]) -> AfterValidator:
    names = tuple(names)

    def check(name: str) -> str:
        if name not in names:
            choices = ", ".join(names)
            raise ValueError(f"There is no {what} '{name[:40]}'. Choose one of: {choices}.")
        return name

    return AfterValidator(check)


def _number(
    what: str, kind: type[int] | type[float], low: float, high: float, *, above_low: bool = False
) -> BeforeValidator:
    """Accept a number, or text that is one, from low to high."""
    noun = "a whole number" if kind is int else "a number"
    limits = f"above {low:g} and up to {high:,g}" if above_low else f"from {low:g} to {high:,.10g}"

    def check(value: Any) -> int | float:
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        fits = low <= number <= high and not (above_low and number == low)
        if isinstance(value, bool) or not fits or (kind is int and number != int(number)):
            raise ValueError(f"{what} must be {noun} {limits}, not {str(value)[:40]}.")
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
            raise ValueError(f"A hidden layer has 1 to {MAX_UNITS:,} units, not {units:,}.")
    return layers


Layers = Annotated[tuple[int, ...], BeforeValidator(_parse_layers), AfterValidator(_check_layers)]
Fraction = Annotated[float, _number("A held-out fraction", float, 0, 0.9)]
LearningRate = Annotated[float, _number("The learning rate", float, 0, 1000, above_low=True)]
Strength = Annotated[float, _number("The strength of a penalty", float, 0, 1)]


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
    learning_rate: LearningRate = 0.005  # 0.001 needs three times the epochs on so few samples
    full_batch: bool = False  # all training samples in one step, an epoch is one exact step
    batch_size: Annotated[int, _number("The batch size", int, 1, 1_000_000)] = 32
    epochs: Annotated[int, _number("The number of epochs", int, 1, MAX_EPOCHS)] = 30
    seed: Annotated[int, _number("The seed", int, 0, MAX_SEED)] = 0  # split, weights and order

    momentum: Annotated[float, _number("The momentum", float, 0, 0.999)] = 0.9
    weight_decay: Annotated[float, _number("The weight decay", float, 0, 1)] = 0.01
    l1: Strength = 0.0
    l2: Strength = 0.0
    weight_init: Annotated[str, _one_of("weight initialization", INITIALIZERS)] = "he"
    scaling: Annotated[str, _one_of("scaling", SCALERS)] = "pixel"
    validation_fraction: Fraction = 0.2
    test_fraction: Fraction = 0.2

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
    return [_sentence(detail) for detail in error.errors(include_url=False)]


def parse_field(field: str, text: str) -> Any:
    """Return what a text means as one setting, whatever the other settings are.

    Raises
    ------
    ValueError : with a plain sentence, if it means nothing
    """
    try:
        return _adapter(field).validate_python(text)
    except ValidationError as error:
        raise ValueError(" ".join(explain(error))) from None


@cache
def _adapter(field: str) -> TypeAdapter[Any]:
    info = RunConfig.model_fields[field]
    kind: Any = Annotated[info.annotation, info]
    return TypeAdapter(kind)


def _sentence(detail: Any) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"There is no setting '{field}'."
    return f"{field}: {detail['msg']}."
