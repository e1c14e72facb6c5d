"""A model file restores exactly what was saved, and refuses everything else."""

import copy
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import fuzz
from experiments.config import PLANE, RunConfig
from experiments.config import SETTINGS as SETTINGS_OF_A_RUN
from experiments.export.model_file import (
    IN_WORDS,
    MAX_STEP,
    OPTIONAL_IN_WORDS,
    SavedModel,
    load_model,
    run_to_bytes,
    save_run,
)
from experiments.training.run import Run
from experiments.training.slices import Result
from mlp.backprop import Workspace, forward
from mlp.records import Score
from mlp.storage import ModelFileError, from_bytes, to_bytes

CONFIG = RunConfig(epochs=2, hidden_layers=(5,), scaling="z-score", activation="tanh")


def finished(config: RunConfig) -> Run:
    run = Run(config)
    run.complete()
    return run


RUN = finished(CONFIG)
STORED = from_bytes(run_to_bytes(RUN, "Run 1", for_continuing=True))


def assert_same_run(model: SavedModel, run: Run) -> None:
    assert model.config == run.config
    assert model.network.parameters.tobytes() == run.network.parameters.tobytes()
    assert model.scaler.shift.tobytes() == run.prepared_data().scaler.shift.tobytes()
    assert model.scaler.scale.tobytes() == run.prepared_data().scaler.scale.tobytes()
    assert model.scaler.shift.dtype == model.scaler.scale.dtype == np.float32
    assert model.class_names == run.prepared_data().dataset.class_names
    assert model.image_shape == run.prepared_data().dataset.image_shape
    assert model.history == run.history
    assert model.result == run.result


@pytest.mark.parametrize(
    "config",
    [
        CONFIG,
        RunConfig(epochs=1, hidden_layers=(), validation_fraction=0, test_fraction=0),
        RunConfig(epochs=1, dataset="moons", early_stopping=True, schedule="cosine"),
        RunConfig(epochs=1, dataset="curve", curve="cubic", features="x2,sin-x1", points=90),
        RunConfig(epochs=1, output="sigmoid", loss="mse", optimizer="adamw", full_batch=True),
    ],
    ids=str,
)
def test_a_saved_run_is_loaded_as_it_was(config: RunConfig, tmp_path: Path) -> None:
    run = finished(config)
    save_run(tmp_path / "model", run)
    assert_same_run(load_model(tmp_path / "model"), run)
    assert_same_run(load_model(str(tmp_path / "model")), run)
    assert_same_run(load_model(run_to_bytes(run)), run)


def test_an_unfinished_run_has_no_result() -> None:
    run = Run(CONFIG)
    assert_same_run(load_model(run_to_bytes(run)), run)
    next(run.records())
    assert_same_run(load_model(run_to_bytes(run)), run)


finite = st.floats(allow_nan=False, allow_infinity=False)
scores = st.builds(Score, finite, st.floats(0, 1))


pairs_of_scores = st.lists(st.tuples(scores, scores), max_size=5) | st.lists(
    st.tuples(scores, st.none()), max_size=5
)


@given(pairs_of_scores, scores)
def test_every_number_of_the_history_is_restored_bit_for_bit(
    pairs: list[tuple[Score, Score | None]], result: Score
) -> None:
    run = copy.copy(RUN)
    run.history = [
        RUN.history[0]._replace(epoch=epoch, step=epoch, training=training, validation=validation)
        for epoch, (training, validation) in enumerate(pairs)
    ]
    run.result = Result(result, None, result)
    model = load_model(run_to_bytes(run))
    assert repr(model.history) == repr(run.history)  # 0.0 == -0.0, but their texts differ
    assert repr(model.result) == repr(run.result)


def test_a_model_predicts_from_samples_before_scaling() -> None:
    X = RUN.prepared_data().dataset.X[RUN.prepared_data().split.test]
    scaled = RUN.prepared_data().test.X
    logits = forward(RUN.network, scaled, Workspace(RUN.network, len(scaled)))
    outputs = load_model(run_to_bytes(RUN)).outputs(X)
    np.testing.assert_array_equal(outputs, RUN.network.output.value(logits))
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("shape", [(64,), (3, 63), (1, 8, 8)])
def test_samples_of_another_size_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"this model needs \(n_samples, 64\). Bring them to the"):
        load_model(run_to_bytes(RUN)).outputs(np.zeros(shape, np.float32))


def test_an_output_is_never_nan() -> None:
    model = load_model(run_to_bytes(RUN))
    X = np.zeros((2, 64), np.float32)
    X[1, 3] = np.nan
    with pytest.raises(ValueError, match="is not a finite number: the samples hold NaN or inf"):
        model.outputs(X)
    model.network.parameters[:] = 3e38
    with pytest.raises(ValueError, match="parameters of the model are too large to compute with"):
        model.outputs(X[:1] + 1)


def test_a_network_with_nan_is_not_saved(tmp_path: Path) -> None:
    run = Run(CONFIG)
    run.network.parameters[3] = np.nan
    for save in (run_to_bytes, lambda run: save_run(tmp_path / "model", run)):
        with pytest.raises(ModelFileError, match="its training has diverged"):
            save(run)
    assert not list(tmp_path.iterdir())


def test_a_run_whose_file_could_not_be_read_is_not_saved(monkeypatch) -> None:
    dataset = dataclasses.replace(RUN.prepared_data().dataset, class_names=(*NINE, "x" * 81))
    prepared = dataclasses.replace(RUN.prepared_data(), dataset=dataset)
    monkeypatch.setattr("experiments.training.run.prepare", lambda *_: prepared)
    with pytest.raises(ModelFileError, match=r"1 to 80 characters; .* Name the classes so"):
        run_to_bytes(RUN)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"cannot be read from '.*model': No such file"):
        load_model(tmp_path / "model")


Change = Callable[[Any], Any]


def setting(*keys: object, to: object) -> Change:
    def change(tree: Any) -> Any:
        parent = tree
        for key in keys[:-1]:
            parent = parent[key]
        parent[keys[-1]] = to
        return tree

    return change


def replaced_by(value: object) -> Change:
    return lambda _: value


def without(key: str) -> Change:
    return lambda tree: {name: value for name, value in tree.items() if name != key}


SETTINGS = "The settings in the file cannot be used. "
SCALER = "The shifts of the scaler must be finite numbers, and the scales finite and above 0"
CLASSES = "has 10 outputs and needs as many different class names of 1 to 80 char"
NINE = [str(number) for number in range(9)]


UNUSABLE = {
    name: f"The {words} in the file cannot be used. The"
    for name, words in (IN_WORDS | OPTIONAL_IN_WORDS).items()
}


@pytest.mark.parametrize(
    ("entry", "change", "words"),
    [
        ("config", setting("layers", to=3), f"{SETTINGS}There is no setting 'layers'."),
        ("config", setting("epochs", to=0), f"{SETTINGS}The number of epochs must be a whole"),
        ("config", setting("activation", to="magic"), f"{SETTINGS}There is no activation"),
        ("config", replaced_by([]), f"{SETTINGS}They cannot be read. Choose"),
        ("config", without("split"), "lack split: it was saved by another version"),
        ("config", setting("loss", to="mae"), f"{SETTINGS}There is no loss 'mae'"),
        ("config", setting("output", to="tanh"), f"{SETTINGS}The loss 'cross-entropy' does not go"),
        ("config", without("seed"), "lack seed: it was saved by another version. Train"),
        ("config", setting("seed", to="1" * 9999), r"have 10,\d+ characters; the most is 10,000"),
        ("config", setting("hidden_layers", to=[6]), "has the hidden layers 5 with tanh and soft"),
        ("config", setting("hidden_layers", to=[]), "settings in the file say the hidden layers n"),
        ("config", setting("activation", to="relu"), "say the hidden layers 5 with relu and"),
        ("shift", lambda shift: shift[1:], "has 63 shifts and 64 scales; the network takes 64 num"),
        ("scale", lambda scale: [*scale, 1.0], "has 64 shifts and 65 scales"),
        ("shift", setting(3, to=1e39), SCALER),
        ("scale", setting(3, to=0.0), SCALER),
        ("scale", setting(3, to=1e-60), SCALER),
        ("scale", setting(3, to=-1.0), SCALER),
        ("shift", setting(3, to=float("nan")), UNUSABLE["shift"]),
        ("scale", setting(3, to=float("inf")), UNUSABLE["scale"]),
        ("scale", setting(3, to="1"), UNUSABLE["scale"]),
        ("scale", replaced_by({}), UNUSABLE["scale"]),
        ("class_names", replaced_by(NINE), f"{CLASSES}.*; there are 9, or some"),
        ("class_names", replaced_by([*NINE, "8"]), CLASSES),
        ("class_names", replaced_by([*NINE, ""]), CLASSES),
        ("class_names", replaced_by([*NINE, "x" * 81]), CLASSES),
        (
            "class_names",
            replaced_by([*NINE, 9]),
            UNUSABLE["class_names"],
        ),
        (
            "image_shape",
            replaced_by([8, 9]),
            r"cannot have \(8, 9\) pixels where the network takes 64",
        ),
        ("image_shape", replaced_by([-8, -8]), r"cannot have \(-8, -8\) pixels"),
        ("image_shape", replaced_by([64]), UNUSABLE["image_shape"]),
        ("history", lambda records: records[1:], "from epoch to epoch: epoch 0 is out of place"),
        ("history", setting(2, 0, to=1), "epoch 2 is out of place"),
        ("history", setting(2, 1, to=34), "epoch 2 is out of place"),
        ("history", setting(2, 1, to=MAX_STEP + 1), "epoch 2 is out of place"),
        ("history", setting(0, 1, to=-1), "epoch 0 is out of place"),
        (
            "history",
            setting(1, 2, to=[1.0, 1.01]),
            "history at epoch 1 has the accuracy 1.01; it m",
        ),
        ("history", setting(1, 3, to=[1.0, -0.5]), "history at epoch 1 has the accuracy -0.5;"),
        (
            "history",
            setting(1, 2, 0, to=float("nan")),
            UNUSABLE["history"],
        ),
        ("history", setting(1, 2, to=[1.0]), UNUSABLE["history"]),
        ("history", setting(1, to={"epoch" * 99: 1}), UNUSABLE["history"]),
        ("history", lambda records: records[:1] * 10_002, UNUSABLE["history"]),
        ("result", setting(2, 1, to=2.0), "The result has the accuracy 2; it must be from 0 to 1"),
        ("result", setting(0, 0, to=float("inf")), UNUSABLE["result"]),
        ("result", replaced_by([[1.0, 1.0]]), UNUSABLE["result"]),
        ("name", replaced_by(3), UNUSABLE["name"]),
        ("name", replaced_by("x" * 81), r"up to 80 characters, all of them .* has 81\. Rename"),
        ("name", replaced_by("a\nb"), "The name of the run may have up to 80 characters"),
        (
            "seconds",
            replaced_by(-1.0),
            r"A run cannot have taken -1 s of computing time\. The file is",
        ),
        ("seconds", replaced_by(1e300), r"A run cannot have taken 1e\+300 s of computing time"),
        ("seconds", replaced_by("1"), UNUSABLE["seconds"]),
        ("n_new_samples", replaced_by(-1), "fine-tuned with -1 samples. The file is damaged"),
        ("n_new_samples", replaced_by(True), UNUSABLE["n_new_samples"]),
        ("checkpoint", replaced_by([1.0]), UNUSABLE["checkpoint"]),
        ("checkpoint", setting(4, 0, to=1.5), UNUSABLE["checkpoint"]),
        ("checkpoint", setting(0, to=float("nan")), UNUSABLE["checkpoint"]),
    ],
)
def test_an_invalid_entry_is_refused(entry: str, change: Change, words: str) -> None:
    changed = change(json.loads(STORED.metadata[entry]))
    metadata = STORED.metadata | {entry: json.dumps(changed)}
    with pytest.raises(ModelFileError, match=words) as caught:
        load_model(to_bytes(STORED.network, metadata))
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[1" + "9" * 5000 + "]"])
@pytest.mark.parametrize("entry", sorted(STORED.metadata))
def test_invalid_json_is_refused(entry: str, text: str) -> None:
    with pytest.raises(ModelFileError, match=r"cannot be used|the most is 10,000"):
        load_model(to_bytes(STORED.network, STORED.metadata | {entry: text}))


@pytest.mark.parametrize("entry", ["shift", "scale", "class_names", "history"])
def test_only_the_first_of_many_errors_is_reported(entry: str) -> None:
    """Each error takes memory, and a header has room for millions of them."""
    with pytest.raises(ModelFileError, match=UNUSABLE[entry]) as caught:
        load_model(to_bytes(STORED.network, STORED.metadata | {entry: "[null, null, null]"}))
    assert caught.value.__context__.error_count() == 1


def test_a_file_of_an_older_version_is_loaded_but_cannot_be_continued() -> None:
    older = {entry: STORED.metadata[entry] for entry in IN_WORDS}
    model = load_model(to_bytes(STORED.network, older))
    assert_same_run(model, RUN)
    assert (model.name, model.seconds, model.checkpoint) == ("", 0.0, None)


def test_a_checkpoint_without_its_numbers_is_refused() -> None:
    metadata = STORED.metadata | {"checkpoint": "null"}
    with pytest.raises(
        ModelFileError, match=r"checkpoint in the file lacks its numbers\. The file"
    ):
        load_model(to_bytes(STORED.network, metadata, STORED.checkpoint))


def test_missing_and_unknown_entries_are_refused() -> None:
    fewer = {
        entry: text for entry, text in STORED.metadata.items() if entry not in ("scale", "way")
    }
    with pytest.raises(ModelFileError, match=r"lacks the scales of the scaler, the record of how"):
        load_model(to_bytes(STORED.network, fewer))
    with pytest.raises(ModelFileError, match=r"holds more than a model: extra\. It was saved by"):
        load_model(to_bytes(STORED.network, STORED.metadata | {"extra": "1"}))
    with pytest.raises(ModelFileError, match=r"lacks the settings, the shifts of the scaler"):
        load_model(to_bytes(STORED.network, {}))


# Mutated files


@pytest.mark.parametrize("reader", fuzz.readers(), ids=lambda reader: reader.name)
def test_a_mutated_file_is_accepted_or_refused_without_another_error(reader: fuzz.Reader) -> None:
    outcome = fuzz.attack(reader, 150, seed=1)
    assert not outcome.failures
    assert outcome.counts["accepted"] > 0
    assert outcome.counts["refused"] > 100


@pytest.mark.parametrize("reader", fuzz.readers(), ids=lambda reader: reader.name)
def test_the_files_before_mutation_are_valid(reader: fuzz.Reader) -> None:
    for example in reader.examples:
        reader.read(example)


class Panic(BaseException):
    """An error like the panic of a library in Rust."""


def panicking(data: bytes) -> None:
    raise Panic("of all things")


def run_fuzz(monkeypatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["fuzz", *arguments])
    return fuzz.main()


def test_the_command_fails_on_any_other_error(monkeypatch, capsys) -> None:
    (reader, *_) = fuzz.readers()
    monkeypatch.setattr(fuzz, "readers", lambda: [reader._replace(read=panicking)])
    assert run_fuzz(monkeypatch, "20") == 1
    printed = capsys.readouterr()
    assert printed.out.splitlines()[1].split()[:4] == ["network", "0", "0", "20"]
    assert printed.err.count("Panic: of all things") == fuzz.SHOWN_FAILURES


def test_the_command_fails_when_memory_runs_out(monkeypatch, capsys) -> None:
    monkeypatch.setattr(fuzz, "peak_memory", lambda: fuzz.MAX_MEMORY + 1)
    assert run_fuzz(monkeypatch, "4") == 1
    assert "1024 MB at most" in capsys.readouterr().out


def test_the_command_counts_every_file(monkeypatch, capsys) -> None:
    monkeypatch.setattr(fuzz, "peak_memory", lambda: 2**20)
    assert run_fuzz(monkeypatch, "40", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    counts = report["readers"].values()
    assert sum(count.get("accepted", 0) + count.get("refused", 0) for count in counts) == 40
    assert report["peak_memory_bytes"] == 2**20


def test_files_from_before_points_had_settings_are_read() -> None:
    run = finished(RunConfig(epochs=1, dataset="moons"))
    stored = from_bytes(run_to_bytes(run))
    config = json.loads(stored.metadata["config"])
    old = {name: config[name] for name in config if SETTINGS_OF_A_RUN[name].group is not PLANE}
    assert len(old) == len(config) - 7
    model = load_model(to_bytes(stored.network, stored.metadata | {"config": json.dumps(old)}))
    assert_same_run(model, run)
    assert model.config.point_noise == 0.12
