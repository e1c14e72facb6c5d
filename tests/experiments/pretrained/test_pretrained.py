"""The models that come with the project read what they have not learned from."""

import shutil

import numpy as np
import pytest

from data.datasets import load
from data.drawing import PREPARATIONS
from experiments.evaluation.drawing_steps import reader_of
from experiments.export.model_file import SavedModel
from experiments.presets import preset
from experiments.pretrained import pretrained
from experiments.pretrained.pretrained import PRETRAINED, Pretrained, load_pretrained
from experiments.training.prepared_data import prepare
from mlp.storage import ModelFileError
from tests.data.conftest import skip_unless_at_hand

MAX_BYTES = 500_000


@pytest.fixture(params=PRETRAINED.values(), ids=list(PRETRAINED))
def entry(request: pytest.FixtureRequest) -> Pretrained:
    """Each model in turn."""
    return request.param


def validation_accuracy(model: SavedModel) -> float:
    prepared = prepare(model.config)
    rows = prepared.split.validation[:1000]
    read = reader_of(model.network, model.scaler)
    return float(np.mean(read(prepared.dataset.X[rows]) == prepared.dataset.labels[rows]))


def test_a_file_is_small_and_has_the_settings_of_the_preset_with_its_name(
    entry: Pretrained,
) -> None:
    model = load_pretrained(entry.name)
    assert entry.file.stat().st_size < MAX_BYTES
    assert model.config == preset(entry.name).config, "see experiments/pretrained/remake.py"
    assert model.config.dataset == entry.dataset
    assert model.name == entry.title
    assert len(model.history) == model.config.epochs + 1
    assert model.checkpoint is None
    assert entry.trained_on.endswith(".")


def test_it_makes_samples_of_drawings_as_it_needs_them(entry: Pretrained) -> None:
    assert PREPARATIONS[entry.dataset].image_shape == load_pretrained(entry.name).image_shape


def test_it_was_never_shown_its_validation_part_and_reads_it(entry: Pretrained) -> None:
    skip_unless_at_hand(entry.dataset)
    model = load_pretrained(entry.name)
    recorded = model.history[-1].validation
    assert recorded is not None
    assert validation_accuracy(model) > {"digits": 0.9, "mnist": 0.98}[entry.dataset]
    assert validation_accuracy(model) == pytest.approx(recorded.accuracy, abs=0.015)


def test_both_read_images_that_no_model_has_learned_from_as_drawings(entry: Pretrained) -> None:
    skip_unless_at_hand("mnist")
    mnist, rows = load("mnist"), slice(50_000, 50_200)
    drawings = mnist.X[rows].reshape(-1, 28, 28)
    samples = np.stack([PREPARATIONS[entry.dataset].sample(each) for each in drawings])
    model = load_pretrained(entry.name)
    share = np.mean(reader_of(model.network, model.scaler)(samples) == mnist.labels[rows])
    assert share > {"digits": 0.8, "mnist": 0.97}[entry.dataset]


def test_it_is_read_once_and_stays_as_it_is(entry: Pretrained) -> None:
    model = load_pretrained(entry.name)
    assert load_pretrained(entry.name) is model
    with pytest.raises(ValueError, match="read-only"):
        model.network.parameters[0] = 1


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no pretrained model 'letters'.*: mnist-drawn, digits"):
        load_pretrained("letters")


def test_a_damaged_or_missing_file_is_refused(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = tmp_path / "digits-drawn.safetensors"
    shutil.copy(PRETRAINED["digits-drawn"].file, damaged)
    monkeypatch.setattr(pretrained, "__file__", str(tmp_path / "pretrained.py"))
    damaged.write_bytes(damaged.read_bytes()[:-4])
    load_pretrained.cache_clear()
    for name, message in {
        "digits-drawn": "cut short or damaged",
        "mnist-drawn": "cannot be read",
    }.items():
        with pytest.raises(ModelFileError, match=message):
            load_pretrained(name)
