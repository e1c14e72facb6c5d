"""The one description of a run, and the sentences that say what is wrong with it."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from typing import Annotated, Any, cast

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from data.datasets import DATASETS, USUAL_POINTS, Dataset
from data.plane_features import COORDINATES, PLANE_FEATURES
from data.scaling import SCALERS
from data.split import SPLITS
from data.toy import CURVES
from experiments.setting_kinds import (
    Choice,
    Count,
    Fraction,
    Group,
    LayerSizes,
    LogNumber,
    Names,
    Number,
    Setting,
    Switch,
    Values,
    setting,
)
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.initializers import BIAS_INITIALIZERS, INITIALIZERS
from mlp.losses import LOSSES, losses_for
from mlp.optimizers import OPTIMIZERS
from mlp.schedules import SCHEDULES

OWN = "own"  # a dataset of one's own, given together with the config
CLASS_WEIGHTS = ("none", "balanced")

DATASET = Group("Dataset", ":material/database:")
PLANE = Group("Points in the plane", ":material/scatter_plot:")
NETWORK = Group("Network", ":material/lan:")
TRAINING = Group("Training", ":material/model_training:")
OPTIMIZER = Group("Optimizer details", ":material/stairs:")
REGULARIZATION = Group("Regularization", ":material/shield:")
AUGMENTATION = Group("Augmentation", ":material/rotate_90_degrees_ccw:")
DATA = Group("Data and initialization", ":material/tune:")
GROUPS = (NETWORK, TRAINING, OPTIMIZER, REGULARIZATION, AUGMENTATION, DATA)


def _optimizer_reads(setting: str) -> Callable[[Values], bool]:
    return lambda settings: any(
        field.name == setting for field in fields(OPTIMIZERS[settings["optimizer"]])
    )


def _schedule_decays(settings: Values) -> bool:
    return SCHEDULES[settings["schedule"]].decays


def _has_batches(settings: Values) -> bool:
    return not settings["full_batch"]


def _has_images(settings: Values) -> bool:
    return settings["dataset"] == OWN or DATASETS[settings["dataset"]].has_images


def is_in_plane(settings: Values) -> bool:
    """Say whether the dataset consists of points in the plane, drawn as the settings say."""
    return settings["dataset"] != OWN and DATASETS[settings["dataset"]].point_set is not None


def _may_have_features(settings: Values) -> bool:
    return settings["dataset"] == OWN or is_in_plane(settings)


def _point_set_reads(setting: str) -> Callable[[Values], bool]:
    def reads(settings: Values) -> bool:
        entry = DATASETS.get(settings["dataset"])
        return bool(entry and entry.point_set and setting in entry.point_set.options.values())

    return reads


class RunConfig(BaseModel):
    """Everything that decides how a run goes: the same config gives the same result.

    The defaults make a small network that reads 97 of 100 digits after a few seconds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    # Learned in seconds, and needs no network.
    dataset: str = setting(
        Choice,
        "digits",
        "Dataset",
        DATASET,
        (*DATASETS, OWN),
        affects_data=True,
        depends_on_dataset=True,
        is_basic=True,
    )
    """What the network learns from; own stands for your data."""

    # Enough for a smooth boundary, and few enough to see each of them.
    points: int = setting(
        Count,
        USUAL_POINTS["points"],
        "Points",
        PLANE,
        20,
        5000,
        noun="number of points",
        affects_data=True,
        is_used=is_in_plane,
    )
    """How many points are drawn, over all parts and classes."""
    # That of the points in the plane depends on the set.
    point_noise: float = setting(
        Number,
        0.0,
        "Noise of the points",
        PLANE,
        0.0,
        1.0,
        step=0.01,
        affects_data=True,
        depends_on_dataset=True,
        is_used=is_in_plane,
    )
    """Standard deviation by which each point is moved in both directions; the points lie between
    about -1 and 1."""
    label_noise: float = setting(
        Fraction,
        USUAL_POINTS["label_noise"],
        "Label noise",
        PLANE,
        0.0,
        0.5,
        step=0.01,
        affects_data=True,
        is_used=is_in_plane,
    )
    """Share of the points that get another class at random, so that no network can separate them
    fully. This noise is in the held-out points as well: no network can be right about more than
    the rest of them, other than by chance."""
    point_classes: int = setting(
        Count,
        USUAL_POINTS["point_classes"],
        "Classes",
        PLANE,
        2,
        5,
        noun="number of classes",
        affects_data=True,
        is_used=_point_set_reads("point_classes"),
    )
    """How many clouds there are, with the dataset blobs."""
    points_seed: int = setting(
        Count,
        USUAL_POINTS["points_seed"],
        "Seed of the points",
        PLANE,
        0,
        2**32 - 1,
        affects_data=True,
        is_used=is_in_plane,
    )
    """Decides where the points are and which labels are noise. The other seed goes on deciding
    the split and all that is random in training."""
    curve: str = setting(
        Choice,
        USUAL_POINTS["curve"],
        "Curve",
        PLANE,
        CURVES,
        affects_data=True,
        is_used=_point_set_reads("curve"),
    )
    """The curve between the two classes, with the dataset curve."""
    features: tuple[str, ...] = setting(
        Names,
        COORDINATES,
        "Features",
        PLANE,
        PLANE_FEATURES,
        noun="feature",
        affects_data=True,
        is_used=_may_have_features,
    )
    """What the network is given of each point, such as x1,x2,x1x2. x1 and x2 are the point itself;
    sin-x1 is sin 2πx₁. Your data can have features if they have two columns."""

    # Enough for 97 %, and few enough to look at each of them.
    hidden_layers: tuple[int, ...] = setting(
        LayerSizes,
        (32,),
        "Hidden layers",
        NETWORK,
        max_layers=10,
        max_units=4096,
        is_basic=True,
    )
    """Units of each hidden layer, from input to output, such as 64,32. Empty, or none, gives the
    single-layer perceptron."""
    # Quick to compute, and its slope does not vanish for large z.
    activation: str = setting(Choice, "relu", "Activation", NETWORK, ACTIVATIONS, is_basic=True)
    """What a hidden unit does with its input z."""
    output: str = setting(Choice, "softmax", "Output", NETWORK, OUTPUTS)
    """What the last layer does. Softmax gives probabilities that add up to 1."""
    loss: str = setting(
        Choice,
        "cross-entropy",
        "Loss",
        NETWORK,
        LOSSES,
        options_for=lambda settings: losses_for(settings["output"]),
    )
    """What training minimizes. Not every loss works with every output."""

    # Learns well with hardly any tuning.
    optimizer: str = setting(Choice, "adam", "Optimizer", TRAINING, OPTIMIZERS)
    """How the parameters follow the gradient."""
    # 0.001 would need three times the epochs on so few samples
    learning_rate: float = setting(
        LogNumber,
        0.005,
        "Learning rate",
        TRAINING,
        0.0,
        1000.0,
        excludes_low=True,
        is_basic=True,
    )
    """Size of a step. Typical values: 0.1 for sgd, 0.001 to 0.01 for adam. If it is too large,
    training diverges."""
    full_batch: bool = setting(Switch, False, "Full batch", TRAINING)
    """All training samples in one step: an exact gradient, and few steps."""
    # Some 30 steps an epoch on the small digits, each of them quick.
    batch_size: int = setting(Count, 32, "Batch size", TRAINING, 1, 100_000, is_used=_has_batches)
    """Samples per step. Small batches give many noisy steps."""
    # The validation loss of the defaults has leveled off by then.
    epochs: int = setting(
        Count, 30, "Epochs", TRAINING, 1, 10_000, noun="number of epochs", is_basic=True
    )
    """How many times training sees every sample."""
    seed: int = setting(Count, 0, "Seed", TRAINING, 0, 2**32 - 1, affects_data=True)
    """Decides the split, the initial weights, the order of the samples, dropout and augmentation.
    The same seed gives the same run."""

    momentum: float = setting(
        Fraction,
        0.9,
        "Momentum",
        OPTIMIZER,
        0.0,
        0.99,
        step=0.01,
        is_used=_optimizer_reads("momentum"),
    )
    """Share of the previous step that carries over, with the optimizers momentum and nesterov."""
    weight_decay: float = setting(
        Fraction,
        0.01,
        "Weight decay",
        OPTIMIZER,
        0.0,
        1.0,
        step=0.005,
        is_used=_optimizer_reads("weight_decay"),
    )
    """How fast the weights shrink by themselves, with the optimizer adamw."""
    schedule: str = setting(Choice, "constant", "Schedule", OPTIMIZER, SCHEDULES)
    """How the learning rate falls from epoch to epoch."""
    decay: float = setting(
        Number,
        0.5,
        "Decay",
        OPTIMIZER,
        0.0,
        1.0,
        excludes_low=True,
        step=0.05,
        is_used=_schedule_decays,
    )
    """What the learning rate is multiplied by, with the schedules step and exponential."""
    decay_every: int = setting(
        Count,
        10,
        "Epochs between decays",
        OPTIMIZER,
        1,
        10_000,
        noun="number of epochs between decays",
        is_used=_schedule_decays,
    )
    """How many epochs lie between two decays."""
    warmup_epochs: int = setting(
        Count, 0, "Warm-up epochs", OPTIMIZER, 0, 1000, noun="number of warm-up epochs"
    )
    """How many epochs the learning rate takes to rise to its full value."""
    # In a fixed order, every epoch would pull in the same directions.
    shuffle: bool = setting(Switch, True, "Shuffle", OPTIMIZER, is_used=_has_batches)
    """Put the training samples in a new random order for each epoch."""

    dropout: float = setting(Fraction, 0.0, "Dropout", REGULARIZATION, 0.0, 0.95, step=0.05)
    """Share of the hidden units that are set to 0 at random in each step. The training curve shows
    the network with them off, so its accuracy may be below that of the validation curve."""
    max_norm: float = setting(
        Number, 0.0, "Max-norm", REGULARIZATION, 0.0, 1000.0, noun="max norm", step=0.5
    )
    """The longest that the incoming weights of a unit may be; 0 sets no limit."""
    l1: float = setting(
        Number, 0.0, "L1 penalty", REGULARIZATION, 0.0, 1.0, noun="L1 penalty", step=1e-4
    )
    """Strength of the sum of |w| in the loss, over all weights and no biases."""
    l2: float = setting(
        Number, 0.0, "L2 penalty", REGULARIZATION, 0.0, 1.0, noun="L2 penalty", step=1e-4
    )
    """Strength of half the sum of w² in the loss, over all weights and no biases."""
    early_stopping: bool = setting(Switch, False, "Early stopping", REGULARIZATION)
    """End when the validation loss falls no more, and go back to the best epoch."""
    # Longer than the ups and downs from epoch to epoch.
    patience: int = setting(
        Count,
        10,
        "Patience",
        REGULARIZATION,
        1,
        1000,
        is_used=lambda settings: settings["early_stopping"],
    )
    """How many epochs to wait for a lower validation loss."""

    # Off, so that whoever turns it on sees what it changes.
    shift: float = setting(
        Number, 0.0, "Shift", AUGMENTATION, 0.0, 10.0, step=0.5, is_used=_has_images
    )
    """By how many pixels a training image is moved at most, up or down and left or right. Each
    epoch distorts the images anew; the training curve is about distorted images, the validation
    and the test part about images as they are."""
    rotation: float = setting(
        Number, 0.0, "Rotation", AUGMENTATION, 0.0, 180.0, step=2.5, is_used=_has_images
    )
    """By how many degrees a training image is rotated at most, to either side."""
    zoom: float = setting(
        Fraction, 0.0, "Zoom", AUGMENTATION, 0.0, 0.5, step=0.05, is_used=_has_images
    )
    """By what share of its size a training image grows or shrinks at most, in height and in width
    independently."""
    shear: float = setting(
        Number, 0.0, "Shear", AUGMENTATION, 0.0, 45.0, step=2.5, is_used=_has_images
    )
    """By how many degrees upright strokes lean at most, to either side."""
    elastic: float = setting(
        Number,
        0.0,
        "Elastic distortion",
        AUGMENTATION,
        0.0,
        10.0,
        step=0.1,
        is_used=_has_images,
    )
    """Root mean square, in pixels, of a smooth random displacement in each direction. With sigma 4,
    1.38 is what is known as alpha 34."""
    elastic_sigma: float = setting(
        Number,
        4.0,
        "Elastic sigma",
        AUGMENTATION,
        1.0,
        20.0,
        step=0.5,
        is_used=lambda settings: _has_images(settings) and settings["elastic"] > 0,
    )
    """Over how many pixels the elastic distortion moves neighbors alike. Simard's networks for
    MNIST have 4."""
    noise: float = setting(
        Fraction, 0.0, "Noise", AUGMENTATION, 0.0, 1.0, step=0.05, is_used=_has_images
    )
    """Standard deviation of the noise that is added to each pixel of a training image, as a share
    of full ink."""
    erasing: float = setting(
        Fraction, 0.0, "Erasing", AUGMENTATION, 0.0, 0.5, step=0.05, is_used=_has_images
    )
    """Share of a training image that a blank rectangle at a random place covers at most."""

    # Made for relu, the default activation.
    weight_init: str = setting(Choice, "he", "Weight initialization", DATA, INITIALIZERS)
    """How large the random weights are before training. he suits relu; xavier suits tanh and
    sigmoid."""
    bias_init: str = setting(Choice, "zeros", "Bias initialization", DATA, BIAS_INITIALIZERS)
    """How large the random biases are before training."""
    # Suits images; the columns of a table need z-score.
    scaling: str = setting(
        Choice, "pixel", "Scaling", DATA, SCALERS, affects_data=True, depends_on_dataset=True
    )
    """pixel divides by the largest value; z-score gives every feature mean 0 and standard
    deviation 1 over the training samples; z-score-global takes one mean and one deviation for
    all features together."""
    class_weight: str = setting(
        Choice,
        "none",
        "Class weights",
        DATA,
        CLASS_WEIGHTS,
        noun="class weight",
        affects_data=True,
    )
    """Whether every sample counts the same in the training loss, or every class, however rare.
    Losses of the other parts count every sample the same."""
    # The defaults of the next three depend on the dataset: MNIST comes with a test part of its own.
    split: str = setting(
        Choice, "random", "Split", DATA, SPLITS, affects_data=True, depends_on_dataset=True
    )
    """Assign samples to parts at random, or in contiguous blocks: writers, who are recorded one
    after another, are then in one part only, and the parts are as large as whole writers make
    them."""
    validation_fraction: float = setting(
        Fraction,
        0.2,
        "Validation part",
        DATA,
        0.0,
        0.8,
        noun="validation fraction",
        step=0.05,
        affects_data=True,
        depends_on_dataset=True,
    )
    """Share of the samples held out to watch training with."""
    test_fraction: float = setting(
        Fraction,
        0.2,
        "Test part",
        DATA,
        0.0,
        0.8,
        noun="test fraction",
        step=0.05,
        affects_data=True,
        depends_on_dataset=True,
    )
    """Share of the samples held out until the end, for the result."""

    @model_validator(mode="before")
    @classmethod
    def _usual_settings(cls, values: Any) -> Any:
        """Fill in what is usual for the dataset, where nothing else is asked for."""
        return defaults_for(values.get("dataset")) | values if isinstance(values, dict) else values

    @model_validator(mode="after")
    def _loss_goes_with_output(self) -> "RunConfig":
        if self.output not in LOSSES[self.loss].outputs:
            raise ValueError(
                f"The loss '{self.loss}' does not go with the output '{self.output}'. "
                f"Choose one of: {', '.join(losses_for(self.output))}."
            )
        return self

    @model_validator(mode="after")
    def _warmup_ends_before_training(self) -> "RunConfig":
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


SETTINGS: dict[str, Setting] = {
    name: replace(info.metadata[0], meaning=" ".join(str(info.description).split()))
    for name, info in RunConfig.model_fields.items()
}
"""All settings by their names, in the order in which they are declared."""

DATA_SETTINGS = {name for name, each in SETTINGS.items() if each.affects_data}
DATASET_SETTINGS = {name for name, each in SETTINGS.items() if each.depends_on_dataset}


def limits_of(name: str) -> tuple[float, float]:
    """Return the limits of a setting that is a number."""
    number = cast(Number, SETTINGS[name])
    return number.low, number.high


def default_of(name: str, dataset: Any = None, own: Dataset | None = None) -> Any:
    """Return the default of a setting, which may depend on the dataset."""
    return defaults_for(dataset, own).get(name, RunConfig.model_fields[name].default)


def unused_settings(settings: Values) -> set[str]:
    """Return the settings that have no effect, because another one makes no use of them."""
    return {name for name, each in SETTINGS.items() if not each.is_used(settings)}


def optimizer_settings(optimizer: str) -> set[str]:
    """Return which settings an optimizer reads."""
    return {field.name for field in fields(OPTIMIZERS[optimizer])} & SETTINGS.keys()


def defaults_for(dataset: Any, own: Dataset | None = None) -> dict[str, Any]:
    """Return the settings that have another default for a dataset than for most.

    The columns of one's own table may have any units, so each is scaled by itself.

    Parameters
    ----------
    own : the user's own samples, once they are known
    """
    if dataset == OWN:
        return {"scaling": "pixel" if own and own.image_shape else "z-score"}
    entry = DATASETS.get(dataset) if isinstance(dataset, str) else None
    return dict(entry.settings) if entry else {}


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
    kind: Any = Annotated[RunConfig.model_fields[field].annotation, SETTINGS[field]]
    return TypeAdapter(kind)


def _sentence(detail: Any, field: str) -> str:
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    if detail["type"] == "extra_forbidden":
        return f"There is no setting '{field[:40]}'."
    given = str(detail["input"])[:40]
    return f"The {SETTINGS[field].in_words} cannot be '{given}': {detail['msg'].lower()}."
