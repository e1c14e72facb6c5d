"""A config is valid, or says in a sentence why not."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.augmentation import DISTORTIONS
from data.datasets import DATASETS, Dataset, load
from experiments.config import (
    AUGMENTATION,
    OWN,
    PLANE,
    SETTINGS,
    RunConfig,
    default_of,
    differences,
    explain,
    limits_of,
    optimizer_settings,
    parse_field,
    unused_settings,
)
from experiments.training.plan import plan
from mlp.activations import ACTIVATIONS
from mlp.losses import LOSSES
from mlp.optimizers import OPTIMIZERS
from tests.datasets import dataset

PAIRS = [(loss, output) for loss in LOSSES for output in LOSSES[loss].outputs]


@st.composite
def configs(draw: st.DrawFn) -> RunConfig:
    loss, output = draw(st.sampled_from(PAIRS))
    return RunConfig(
        hidden_layers=draw(st.lists(st.integers(1, 4096), max_size=10)),
        activation=draw(st.sampled_from(list(ACTIVATIONS))),
        optimizer=draw(st.sampled_from(list(OPTIMIZERS))),
        loss=loss,
        output=output,
        learning_rate=draw(st.floats(1e-9, 1000)),
        full_batch=draw(st.booleans()),
        batch_size=draw(st.integers(1, 1000)),
        seed=draw(st.integers(*map(int, limits_of("seed")))),
        l2=draw(st.floats(0, 1)),
    )


@given(configs())
def test_a_config_survives_json(config: RunConfig) -> None:
    assert RunConfig.model_validate_json(config.model_dump_json()) == config


@given(configs())
def test_a_config_survives_being_text(config: RunConfig) -> None:
    """As in a link or on a command line: every value is a string there."""
    text = {
        name: ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in config.model_dump().items()
    }
    assert RunConfig(**text) == config
    assert {
        field: parse_field(field, value) for field, value in text.items()
    } == config.model_dump()


def problems_of(**settings: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        RunConfig(**settings)
    return explain(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"hidden_layers": "32,,x"}, "'32,,x' is not a list of hidden layers. Write whole"),
        ({"hidden_layers": "9" * 5000}, "is not a list of hidden layers"),
        ({"hidden_layers": "0"}, "A hidden layer has 1 to 4,096 units, not 0."),
        ({"hidden_layers": "32, -5"}, "A hidden layer has 1 to 4,096 units, not -5."),
        ({"hidden_layers": "10000000"}, "A hidden layer has 1 to 4,096 units, not 10,000,000."),
        ({"hidden_layers": "9" * 4000}, "units, not 9,999,999,999"),
        ({"hidden_layers": [2] * 11}, "11 hidden layers are more than the 10"),
        ({"learning_rate": 0}, "The learning rate must be a number above 0 and up to 1,000"),
        ({"learning_rate": math.inf}, "The learning rate must be a number above 0"),
        ({"learning_rate": math.nan}, "The learning rate must be a number above 0"),
        ({"learning_rate": "quick"}, "not 'quick'."),
        ({"learning_rate": None}, "not None."),
        ({"batch_size": 0}, "The batch size must be a whole number from 1 to 100,000, not 0."),
        ({"batch_size": 2.5}, "not 2.5."),
        ({"epochs": 10**400}, "The number of epochs must be a whole number from 1 to 10,000"),
        ({"seed": -1}, "The seed must be a whole number from 0 to 4,294,967,295, not -1."),
        ({"seed": True}, "not True."),
        ({"activation": "magic"}, "There is no activation 'magic'. Choose one of: relu, sigmoid"),
        ({"optimizer": "x" * 999}, f"There is no optimizer '{'x' * 40}'."),
        ({"l2": -0.1}, "The L2 penalty must be a number from 0 to 1, not -0.1."),
        ({"test_fraction": 1}, "The test fraction must be a number from 0 to 0.8, not 1."),
        ({"seed": ""}, "not ''."),
        ({"output": "sigmoid"}, "The loss 'cross-entropy' does not go with the output 'sigmoid'."),
        ({"layers": 3}, "There is no setting 'layers'."),
        ({"activation": 3}, "The activation cannot be '3': input should be a valid string."),
        ({"dropout": 1}, "The dropout must be a number from 0 to 0.95, not 1."),
        ({"max_norm": -1}, "The max norm must be a number from 0 to 1,000, not -1."),
        ({"decay": 0}, "The decay must be a number above 0 and up to 1, not 0."),
        ({"decay_every": 0}, "The number of epochs between decays must be a whole number from 1"),
        ({"warmup_epochs": -1}, "The number of warm-up epochs must be a whole number from 0"),
        ({"warmup_epochs": 9, "epochs": 9}, "A warm-up of 9 epochs never reaches the full"),
        ({"patience": 0}, "The patience must be a whole number from 1 to 1,000, not 0."),
        ({"schedule": "stairs"}, "There is no schedule 'stairs'. Choose one of: constant, step"),
        ({"split": "half"}, "There is no split 'half'. Choose one of: random, blocks."),
        ({"class_weight": "x"}, "There is no class weight 'x'. Choose one of: none, balanced."),
        ({"bias_init": "he"}, "There is no bias initialization 'he'."),
        ({"early_stopping": True, "validation_fraction": 0}, "Early stopping watches the"),
        ({"shift": -1}, "The shift must be a number from 0 to 10, not -1."),
        ({"rotation": 181}, "The rotation must be a number from 0 to 180, not 181."),
        ({"elastic_sigma": 0}, "The elastic sigma must be a number from 1 to 20, not 0."),
        ({"noise": 2}, "The noise must be a number from 0 to 1, not 2."),
        ({"full_batch": "maybe"}, "The full batch cannot be 'maybe'"),
        ({"points": 19}, "The number of points must be a whole number from 20 to 5,000, not 19."),
        ({"point_noise": 1.5}, "The noise of the points must be a number from 0 to 1, not 1.5."),
        ({"label_noise": 0.6}, "The label noise must be a number from 0 to 0.5, not 0.6."),
        ({"point_classes": 6}, "The number of classes must be a whole number from 2 to 5, not 6."),
        ({"curve": "loop"}, "There is no curve 'loop'. Choose one of: sine, parabola, cubic, abs"),
        ({"features": "x1, x3"}, "There is no feature 'x3'. Choose one of: x1, x2, x1x1, x2x2, x1"),
        ({"features": " , "}, "There must be at least one feature. Choose from: x1, x2, x1x1, x2x"),
        ({"features": []}, "There must be at least one feature. Choose from: x1, x2, x1x1, x2x2"),
    ],
)
def test_each_mistake_has_a_plain_sentence(settings: dict[str, object], words: str) -> None:
    (sentence,) = problems_of(**settings)
    assert words in sentence
    assert len(sentence) < 250


def test_several_mistakes_have_several_sentences() -> None:
    assert len(problems_of(hidden_layers="x", learning_rate=0, epochs=0)) == 3


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        RunConfig().epochs = 3


@pytest.mark.parametrize("nothing", ["", "  ", "none"])
def test_no_hidden_layer_can_be_said(nothing: str) -> None:
    assert RunConfig(hidden_layers=nothing).hidden_layers == ()


def test_a_setting_is_checked_whatever_the_others_are() -> None:
    assert parse_field("output", "sigmoid") == "sigmoid"
    with pytest.raises(ValueError, match="There is no activation 'magic'"):
        parse_field("activation", "magic")
    with pytest.raises(ValueError, match="The full batch cannot be 'maybe'"):
        parse_field("full_batch", "maybe")


def test_the_plan_of_the_defaults() -> None:
    size = plan(RunConfig())
    assert size == ((64, 32, 10), 64 * 32 + 32 * 10 + 42, 1079, 359, 359, 32, 34, False)
    assert size.samples_in_words == "1,079 training, 359 validation, 359 test samples"
    nothing_held_out = plan(RunConfig(validation_fraction=0, test_fraction=0))
    assert nothing_held_out.samples_in_words == "1,797 training samples"
    assert plan(RunConfig(full_batch=True)).steps_per_epoch == 1


def test_a_batch_larger_than_the_data_is_refused_with_the_number() -> None:
    with pytest.raises(ValueError, match=r"A batch of 1,080 is more than the 1,079 training"):
        plan(RunConfig(batch_size=1080))
    assert plan(RunConfig(batch_size=1080, full_batch=True)).batch_size == 1079


def test_a_network_too_large_for_a_shared_server_is_refused_before_it_is_made() -> None:
    with pytest.raises(ValueError, match=r"would have 17,088,522 parameters; the most is 3,000"):
        plan(RunConfig(hidden_layers=(4096, 4096)))


def test_which_settings_an_optimizer_reads() -> None:
    assert optimizer_settings("sgd") == {"learning_rate"}
    assert optimizer_settings("nesterov") == {"learning_rate", "momentum"}
    assert optimizer_settings("adamw") == {"learning_rate", "weight_decay"}


def test_every_setting_says_what_it_means() -> None:
    for name, setting in SETTINGS.items():
        assert setting.meaning.endswith("."), name
        assert setting.description.startswith(setting.meaning)


def test_settings_without_effect_are_known() -> None:
    assert unused_settings(dict(RunConfig())) == {
        "momentum",
        "weight_decay",
        "decay",
        "decay_every",
        "patience",
        "elastic_sigma",
        *(name for name, each in SETTINGS.items() if each.group is PLANE),
    }
    assert "elastic_sigma" not in unused_settings(dict(RunConfig(elastic=1)))
    assert {"batch_size", "shuffle"} <= unused_settings(dict(RunConfig(full_batch=True)))
    assert "momentum" not in unused_settings(dict(RunConfig(optimizer="nesterov")))


@pytest.mark.parametrize("dataset", [*DATASETS, OWN])
def test_what_a_dataset_has_by_default_is_no_difference(dataset: str) -> None:
    config = RunConfig(dataset=dataset)
    assert differences(config).keys() <= {"dataset"}
    assert all(default_of(name, dataset) == value for name, value in config if name != "dataset")


def test_the_defaults_of_a_dataset_give_way_to_what_is_asked_for() -> None:
    assert RunConfig(dataset="spirals").hidden_layers == (16, 16)
    asked = RunConfig(dataset="spirals", hidden_layers=(32,))
    assert differences(asked) == {"dataset": "spirals", "hidden_layers": (32,)}
    assert asked.epochs == default_of("epochs", "spirals") == 150


def test_tables_of_ones_own_are_scaled_by_column_and_images_are_not() -> None:
    table: Dataset = load("moons")
    assert default_of("scaling", OWN) == default_of("scaling", OWN, table) == "z-score"
    assert default_of("scaling", OWN, load("digits")) == "pixel"


@pytest.mark.parametrize("given", ["sin-x1, x1x2,x1", ["x1x2", "sin-x1", "x1", "x1"]])
def test_features_are_in_the_order_of_their_registry(given: object) -> None:
    assert RunConfig(features=given).features == ("x1", "x1x2", "sin-x1")


def test_points_are_drawn_with_the_noise_of_their_set_and_only_there() -> None:
    assert RunConfig(dataset="blobs").point_noise == default_of("point_noise", "blobs") == 0.3
    plane = {name for name, setting in SETTINGS.items() if setting.group is PLANE}
    assert list(SETTINGS)[1 : 1 + len(plane)] == [n for n in SETTINGS if n in plane]
    unused = {name: unused_settings(dict(RunConfig(dataset=name))) & plane for name in DATASETS}
    assert unused["mnist"] == plane
    assert unused["moons"] == {"point_classes", "curve"}
    assert unused["blobs"] == {"curve"}
    assert unused["curve"] == {"point_classes"}
    assert unused_settings(dict(RunConfig(dataset=OWN))) & plane == plane - {"features"}


def test_only_images_are_distorted() -> None:
    names = {name for name, setting in SETTINGS.items() if setting.group is AUGMENTATION}
    assert names == set(DISTORTIONS)
    assert names <= unused_settings(dict(RunConfig(dataset="moons", elastic=1)))
    assert not names & unused_settings(dict(RunConfig(dataset="mnist", elastic=1)))
    assert not names & unused_settings(dict(RunConfig(dataset=OWN, elastic=1)))


def test_one_thread_computes_where_another_distorts() -> None:
    large = RunConfig(hidden_layers=(1000, 1000), full_batch=True)
    assert plan(large).blas_threads is None
    assert plan(large.model_copy(update={"rotation": 10.0})).blas_threads == 1


def test_a_table_cannot_be_distorted() -> None:
    own = dataset(np.eye(30, dtype=np.float32), 10 * [0, 1, 2])
    plan(RunConfig(dataset=OWN, batch_size=5), own)
    with pytest.raises(ValueError, match="your data are not images"):
        plan(RunConfig(dataset=OWN, batch_size=5, shift=1), own)


def test_an_elastic_field_is_not_too_fine_for_large_images() -> None:
    own = replace(dataset(np.ones((30, 4096), np.float32), 10 * [0, 1, 2]), image_shape=(64, 64))
    config = RunConfig(dataset=OWN, batch_size=5, elastic=1, elastic_sigma=2)
    plan(config, own)
    with pytest.raises(ValueError, match=r"1\.5 is too fine for images of 64 x 64 pixels\."):
        plan(config.model_copy(update={"elastic_sigma": 1.5}), own)
