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
from data.split import SPLITS
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.initializers import BIAS_INITIALIZERS, INITIALIZERS
from mlp.losses import LOSSES, losses_for
from mlp.network import look_up
from mlp.optimizers import OPTIMIZERS
from mlp.schedules import SHAPES

OWN = "own"  # a dataset of one's own, given together with the config
CLASS_WEIGHTS = ("none", "balanced")

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
    "dropout": (0.0, 0.95),
    "max_norm": (0.0, 1000.0),
    "decay": (0.0, 1.0),  # 0 itself excluded
    "decay_every": (1, 10_000),
    "warmup_epochs": (0, 1000),
    "patience": (1, 1000),
    "validation_fraction": (0.0, 0.8),
    "test_fraction": (0.0, 0.8),
}

NEVER_ZERO = {"learning_rate", "decay"}  # their lower limit itself is excluded

CHOICES: dict[str, Iterable[str]] = {
    "dataset": [*DATASETS, OWN],
    "activation": ACTIVATIONS,
    "output": OUTPUTS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "weight_init": INITIALIZERS,
    "bias_init": BIAS_INITIALIZERS,
    "schedule": SHAPES,
    "scaling": SCALERS,
    "class_weight": CLASS_WEIGHTS,
    "split": SPLITS,
}

MEANINGS: dict[str, str] = {
    "dataset": "What the network learns from.",
    "hidden_layers": "Units of each hidden layer, from input to output, such as 64,32. "
    "Empty, or none, gives the single-layer perceptron.",
    "activation": "What a hidden unit does with its input z.",
    "output": "What the last layer does. Softmax gives probabilities that add up to 1.",
    "loss": "What training makes small. Not every loss goes with every output.",
    "optimizer": "How the parameters follow the gradient.",
    "learning_rate": "Length of a step. Usual: 0.1 for sgd, 0.001 to 0.01 for adam. Too long a "
    "step, and training diverges.",
    "full_batch": "All training samples in one step: an exact gradient, and few steps.",
    "batch_size": "Samples a step. Small batches make many, noisy steps.",
    "epochs": "How many times training sees every sample.",
    "seed": "Decides the split, the first weights, the order of the samples and dropout. The "
    "same seed gives the same run.",
    "momentum": "Share of the last step that goes on, with the optimizers momentum and nesterov.",
    "weight_decay": "How fast the weights shrink by themselves, with the optimizer adamw.",
    "l1": "Strength of the sum of |w| in the loss, over all weights and no biases.",
    "l2": "Strength of half the sum of w² in the loss, over all weights and no biases.",
    "dropout": "Share of the hidden units that are silenced at random in each step. The curve "
    "of the training part shows the network with them silenced, so it may lie below the other.",
    "max_norm": "The longest that the incoming weights of a unit may be; 0 sets no limit.",
    "weight_init": "How large the random weights are before training. he suits relu; xavier "
    "suits tanh and sigmoid.",
    "bias_init": "How large the random biases are before training.",
    "schedule": "How the learning rate falls from epoch to epoch.",
    "decay": "What the learning rate is multiplied by, with the schedules step and exponential.",
    "decay_every": "How many epochs lie between two decays.",
    "warmup_epochs": "How many epochs the learning rate takes to climb to its full height.",
    "early_stopping": "End when the validation loss falls no more, and go back to the best epoch.",
    "patience": "How many epochs to wait for a lower validation loss.",
    "scaling": "pixel divides by the largest value; z-score gives every feature mean 0 and "
    "spread 1 over the training samples.",
    "class_weight": "Whether every sample counts the same in the training loss, or every class, "
    "however rare. Losses of the other parts count every sample the same.",
    "shuffle": "Deal the training samples anew in each epoch.",
    "split": "Deal the samples out at random, or in contiguous blocks: writers, who are recorded "
    "one after another, are then in one part only.",
    "validation_fraction": "Share of the samples held out to watch training with.",
    "test_fraction": "Share of the samples held out until the end, for the result.",
}
"""What each setting means, in the words of the sidebar and of the command line."""

IN_WORDS = {
    "epochs": "number of epochs",
    "l1": "L1 penalty",
    "l2": "L2 penalty",
    "warmup_epochs": "number of warm-up epochs",
    "decay_every": "number of epochs between decays",
    "weight_init": "weight initialization",
    "bias_init": "bias initialization",
}


def in_words(field: str) -> str:
    """Return how a setting is called in a sentence."""
    return IN_WORDS.get(field, field.replace("_", " "))


def _one_of(field: str) -> AfterValidator:
    registry = dict.fromkeys(CHOICES[field])

    def check(name: str) -> str:
        look_up(in_words(field), name, registry)
        return name

    return AfterValidator(check)


def _number(field: str, kind: type[int] | type[float]) -> BeforeValidator:
    """Accept a number, or text that is one, within the limits of a field."""
    low, high = LIMITS[field]
    above_low = field in NEVER_ZERO
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
            raise ValueError(f"The {in_words(field)} must be {noun} {limits}, not {given}.")
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

    dataset: Annotated[str, _one_of("dataset")] = "digits"
    hidden_layers: Layers = (32,)  # units of each; () is the single-layer perceptron
    activation: Annotated[str, _one_of("activation")] = "relu"
    output: Annotated[str, _one_of("output")] = "softmax"
    loss: Annotated[str, _one_of("loss")] = "cross-entropy"
    optimizer: Annotated[str, _one_of("optimizer")] = "adam"
    # 0.001 would need three times the epochs on so few samples
    learning_rate: Annotated[float, _number("learning_rate", float)] = 0.005
    full_batch: bool = False  # all training samples in one step: an epoch is one exact step
    batch_size: Annotated[int, _number("batch_size", int)] = 32
    epochs: Annotated[int, _number("epochs", int)] = 30
    seed: Annotated[int, _number("seed", int)] = 0  # of the split, the weights and the order

    momentum: Annotated[float, _number("momentum", float)] = 0.9
    weight_decay: Annotated[float, _number("weight_decay", float)] = 0.01
    l1: Annotated[float, _number("l1", float)] = 0.0
    l2: Annotated[float, _number("l2", float)] = 0.0
    dropout: Annotated[float, _number("dropout", float)] = 0.0  # share of hidden units
    max_norm: Annotated[float, _number("max_norm", float)] = 0.0  # 0: no limit
    weight_init: Annotated[str, _one_of("weight_init")] = "he"
    bias_init: Annotated[str, _one_of("bias_init")] = "zeros"

    schedule: Annotated[str, _one_of("schedule")] = "constant"
    decay: Annotated[float, _number("decay", float)] = 0.5
    decay_every: Annotated[int, _number("decay_every", int)] = 10  # epochs
    warmup_epochs: Annotated[int, _number("warmup_epochs", int)] = 0
    early_stopping: bool = False
    patience: Annotated[int, _number("patience", int)] = 10  # epochs

    scaling: Annotated[str, _one_of("scaling")] = "pixel"
    class_weight: Annotated[str, _one_of("class_weight")] = "none"
    shuffle: bool = True  # the training samples, anew in each epoch
    # The next three depend on the dataset: MNIST comes with a test part of its own.
    split: Annotated[str, _one_of("split")] = "random"
    validation_fraction: Annotated[float, _number("validation_fraction", float)] = 0.2
    test_fraction: Annotated[float, _number("test_fraction", float)] = 0.2

    @model_validator(mode="before")
    @classmethod
    def _usual_split(cls, values: Any) -> Any:
        """Fill in the split that a dataset is usually given, where none is asked for."""
        return usual_split(values.get("dataset")) | values if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _loss_goes_with_output(self) -> "RunConfig":
        if self.output not in LOSSES[self.loss].outputs:
            raise ValueError(
                f"The loss '{self.loss}' does not go with the output '{self.output}'. "
                f"Choose one of: {', '.join(losses_for(self.output))}."
            )
        return self

    @model_validator(mode="after")
    def _warm_up_comes_to_an_end(self) -> "RunConfig":
        if self.warmup_epochs >= self.epochs:
            raise ValueError(
                f"A warm-up of {self.warmup_epochs} epochs never reaches the full learning rate "
                f"in {self.epochs}. Take a shorter one, or more epochs."
            )
        return self

    @model_validator(mode="after")
    def _stopping_needs_validation(self) -> "RunConfig":
        if self.early_stopping and not self.validation_fraction:
            raise ValueError(
                "Early stopping watches the validation loss: choose a validation fraction above 0."
            )
        return self


def meaning_of(field: str) -> str:
    """Return what a setting means, with its choices or its limits."""
    if field in CHOICES:
        return f"{MEANINGS[field]} One of: {', '.join(CHOICES[field])}."
    if field in LIMITS:
        low, high = LIMITS[field]
        return f"{MEANINGS[field]} From {low:,g} to {high:,.10g}."
    return MEANINGS[field]


def usual_split(dataset: Any) -> dict[str, Any]:
    """Return the settings of the split that a dataset is usually given."""
    entry = DATASETS.get(dataset) if isinstance(dataset, str) else None
    if entry is None:
        return {}
    return {
        "split": entry.split,
        "validation_fraction": entry.validation_fraction,
        "test_fraction": entry.test_fraction,
    }


def differences(config: RunConfig) -> dict[str, Any]:
    """Return the settings that differ from the defaults for that dataset."""
    usual = dict(RunConfig(dataset=config.dataset)) | {"dataset": RunConfig().dataset}
    return {name: value for name, value in config if value != usual[name]}


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
    return f"The {in_words(field)} cannot be '{given}': {detail['msg'].lower()}."
