"""The command line: its commands, its output, its errors and its exit codes."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image
from threadpoolctl import threadpool_limits

import main
from data.datasets import load
from experiments.background import parallel
from experiments.comparison.significance import correct_for_several, paired_test
from experiments.config import DATASET_SETTINGS, SETTINGS, RunConfig
from experiments.export.model_file import load_model
from experiments.presets import PRESETS
from experiments.sweep.grid import grid_configs
from experiments.sweep.result_table import ResultTable
from experiments.training.run import Run
from experiments.training.summary import Summary, train_and_summarize
from mlp.matrix_shapes import describe_shapes
from tests.optional import needed
from tests.settings import another_value
from tests.terminal import ROOT, SECONDS, group_of, start, wait_until

FIELDS = [
    "preset", "config", "status", "epochs", "train_accuracy", "validation_accuracy",
    "test_accuracy", "test_loss", "seconds", "parameters",
]  # fmt: skip

EVERY_SETTING: dict[str, Any] = {name: another_value(name) for name in SETTINGS} | {
    "dataset": "moons", "hidden_layers": (7, 5), "activation": "gelu", "output": "sigmoid",
    "loss": "mse", "optimizer": "adamw", "learning_rate": 0.02, "full_batch": True,
    "batch_size": 17, "epochs": 3, "seed": 4, "momentum": 0.5, "weight_decay": 0.02,
    "l1": 1e-5, "l2": 1e-4, "dropout": 0.1, "max_norm": 3.0, "weight_init": "xavier",
    "bias_init": "normal", "schedule": "step", "decay": 0.9, "decay_every": 2,
    "warmup_epochs": 1, "early_stopping": True, "patience": 2, "scaling": "z-score",
    "class_weight": "balanced", "shuffle": False, "split": "blocks",
    "validation_fraction": 0.25, "test_fraction": 0.15,
}  # fmt: skip

DIVERGING = ("--output", "identity", "--loss", "mse", "--learning-rate", "1000")


class Outcome(NamedTuple):
    """The exit code of the program, and the text on its two streams."""

    code: int
    out: str
    errors: str

    @property
    def last(self) -> dict[str, Any]:
        """The JSON object in the last line, which must be one that any parser reads."""

        def refuse(name: str) -> None:
            raise AssertionError(f"{name} is no JSON")

        return json.loads(self.out.splitlines()[-1], parse_constant=refuse)


Program = Callable[..., Outcome]


@pytest.fixture
def program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Program:
    """Run the program in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["main.py", *map(str, arguments)])
        code = main.main()
        return Outcome(code, *capsys.readouterr())

    return run


def option(name: str, value: Any) -> list[str]:
    """Return the option for a setting on the command line."""
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{flag}" if value else f"--no-{flag}"]
    return [f"--{flag}", ",".join(map(str, value)) if isinstance(value, tuple) else str(value)]


# Train ------------------------------------------------------------------------------


def test_without_arguments_the_defaults_are_trained_and_tested(program: Program) -> None:
    code, out, errors = program()
    assert (code, errors) == (0, "")
    plan, status, *scores = out.splitlines()
    assert plan.startswith("Handwritten digits, 8 × 8 pixels. 64-32-10: 2,410 parameters, 1,079")
    assert status.startswith("finished after 30 epochs")
    parts = {line.split()[0]: float(line.split()[1]) for line in scores}
    assert parts.keys() == {"training", "validation", "test"}
    assert 96 < parts["test"] < 99
    assert program("--json").last["test_accuracy"] == pytest.approx(parts["test"] / 100, abs=1e-4)


class Terminal(io.StringIO):
    """An error stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("command", ["train --epochs 3", "sweep --seeds 0-2 --epochs 1 --jobs 1"])
def test_a_progress_bar_is_drawn_only_in_a_terminal(
    command: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = () if command.startswith("train") else ("--out", "table.csv")
    assert program(*command.split(), *out).errors == ""
    Path("table.csv").unlink(missing_ok=True)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    outcome = program(*command.split(), *out)
    assert "3/3" in terminal.getvalue()
    assert "3/3" not in outcome.out


def test_the_last_line_is_json_with_exactly_these_fields(program: Program) -> None:
    outcome = program("train", "--preset", "mlp-digits-held-out", "--epochs", "5", "--json")
    values = outcome.last
    assert list(values) == FIELDS
    settings = PRESETS["mlp-digits-held-out"].config.model_dump() | {"epochs": 5}
    assert RunConfig(**values["config"]) == RunConfig(**settings)
    assert (values["preset"], values["status"]) == ("mlp-digits-held-out", "finished")
    assert (values["epochs"], values["parameters"]) == (5, 2410)
    assert 0 < values["test_accuracy"] < 1 > values["train_accuracy"] > 0
    assert values["validation_accuracy"] is None
    assert values["test_loss"] > 0 < values["seconds"]


def test_a_run_without_held_out_samples_is_reported_as_such(program: Program) -> None:
    outcome = program("--preset", "slp-digits", "--epochs", "2", "--json")
    assert "Nothing was held out for a test: this says nothing about new samples." in outcome.out
    assert outcome.last["test_accuracy"] is outcome.last["test_loss"] is None


def test_early_stopping_is_a_status(program: Program) -> None:
    outcome = program("--early-stopping", "--patience", "1", "--learning-rate", "0.05", "--json")
    assert outcome.last["status"] == "early-stopped"
    assert ", back at its best, epoch " in outcome.out


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "momentum"])
def test_a_diverged_run_is_reported_without_nan_and_not_saved(
    optimizer: str, program: Program, tmp_path: Path
) -> None:
    needed("onnx")
    files = ("--save", "model", "--onnx", "graph", "--history", "curves.csv")
    outcome = program("train", *DIVERGING, "--optimizer", optimizer, *files, "--json")
    assert (outcome.code, outcome.errors) == (0, "")
    assert "Diverged at step" in outcome.out
    assert "The network was not saved: its parameters are not usable." in outcome.out
    assert (outcome.last["status"], outcome.last["test_accuracy"]) == ("diverged", None)
    assert [path.name for path in tmp_path.iterdir()] == ["curves.csv"]
    assert "nan" not in Path("curves.csv").read_text()


def test_every_setting_is_an_option(program: Program) -> None:
    assert EVERY_SETTING.keys() == RunConfig.model_fields.keys()
    flags = [text for name, value in EVERY_SETTING.items() for text in option(name, value)]
    outcome = program("train", *flags, "--json")
    assert (outcome.code, outcome.errors) == (0, "")
    assert RunConfig(**outcome.last["config"]) == RunConfig(**EVERY_SETTING)
    default = RunConfig(dataset="digits").model_dump()
    assert [name for name, value in EVERY_SETTING.items() if value == default[name]] == []


@pytest.mark.parametrize("name", [*RunConfig.model_fields])
def test_any_setting_of_a_preset_is_overridden_by_its_option(name: str) -> None:
    base = RunConfig(**EVERY_SETTING).model_dump() | {"early_stopping": False}
    changed = main.base_settings("mlp-digits", {name: EVERY_SETTING[name]}, None)
    preset = PRESETS["mlp-digits"].config.model_dump()
    if name == "dataset":  # another one has another split and scaling
        preset = {n: value for n, value in preset.items() if n not in DATASET_SETTINGS}
    assert changed == preset | {name: base[name] if name != "early_stopping" else True}


@pytest.mark.parametrize("command", ["train", "export", "compare", "sweep"])
def test_the_help_explains_every_setting(command: str, program: Program) -> None:
    outcome = program(command, "--help")
    assert outcome.code == 0
    words = "".join(outcome.out.split())
    for name in RunConfig.model_fields:
        assert f"--{name.replace('_', '-')}" in words
        assert "".join(SETTINGS[name].description.split()) in words


def test_the_help_lists_the_exit_codes(program: Program) -> None:
    words = " ".join(program("--help").out.split())
    for name in ("train", "export", "evaluate", "compare", "sweep", "presets", "download"):
        assert f" {name} " in words
    assert "The exit code is 0, even if training diverged; 2, with a line" in words
    assert "130 if Ctrl-C stopped it" in words


def test_every_matrix_of_the_first_batch_is_shown(program: Program) -> None:
    outcome = program("--preset", "mlp-digits", "--epochs", "1", "--shapes")
    run = Run(RunConfig(**PRESETS["mlp-digits"].config.model_dump() | {"epochs": 1}))
    samples = run.prepared_data().training
    lines = describe_shapes(run.network, run.objective, samples.X, samples.targets)
    assert "\n".join(lines) in outcome.out
    assert "z1 = a0 W1^T + b1: (1797,32) = (1797,64) x (64,32) + (32)" in outcome.out


def test_the_curves_are_written_as_csv(program: Program) -> None:
    program("train", "--epochs", "4", "--history", "curves.csv")
    rows = list(csv.DictReader(Path("curves.csv").read_text().splitlines()))
    assert [row["epoch"] for row in rows] == ["0", "1", "2", "3", "4"]
    run = Run(RunConfig(epochs=4))
    with threadpool_limits(1):
        run.complete()
    last = run.history[-1]
    assert (float(rows[-1]["training_loss"]), float(rows[-1]["training_accuracy"])) == last.training
    assert float(rows[-1]["validation_loss"]) == last.validation.loss
    program("--preset", "slp-digits", "--epochs", "1", "--history", "curves.csv")
    (_, after) = csv.DictReader(Path("curves.csv").read_text().splitlines())
    assert after["validation_loss"] == ""


def test_the_network_is_written_as_onnx_and_takes_pixels(program: Program) -> None:
    onnx = needed("onnx")
    runtime = needed("onnxruntime")
    program("train", "--epochs", "2", "--scaling", "z-score", "--onnx", "graph", "--save", "model")
    onnx.checker.check_model(onnx.load("graph"))
    X = load("digits").X.astype(np.float32)
    (outputs,) = runtime.InferenceSession("graph").run(["outputs"], {"X": X})
    np.testing.assert_allclose(outputs, load_model("model").outputs(X), atol=1e-5)


def test_a_missing_onnx_package_is_reported_before_training(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    monkeypatch.setattr(main, "train_with_progress", None)
    outcome = program("train", "--onnx", "graph")
    assert (outcome.code, outcome.out) == (2, "")
    assert "package onnx, and it is not installed. Run: pip install -r" in outcome.errors
    assert not Path("graph").exists()


# Export -----------------------------------------------------------------------------


def test_a_run_is_exported_as_a_script_and_as_a_notebook(program: Program) -> None:
    short = program("export", "short.py", "--dataset", "moons", "--epochs", "3")
    assert (short.code, short.errors) == (0, "")
    n_lines = len(Path("short.py").read_text(encoding="utf-8").splitlines())
    assert short.out == f"short.py: {n_lines} lines\n"
    assert n_lines < 100
    trained = program("train", "--dataset", "moons", "--epochs", "3", "--json").last
    done = subprocess.run(
        [sys.executable, "-I", "short.py"], capture_output=True, text=True, check=True
    )
    printed = done.stdout.split("test: ")[1].removesuffix("% right\n")
    assert float(printed) == pytest.approx(100 * trained["test_accuracy"], abs=1)
    program("export", "notebook.ipynb", "--preset", "slp-digits")
    assert json.loads(Path("notebook.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4
    assert "SHA-256" not in Path("notebook.ipynb").read_text(encoding="utf-8")


def test_the_exact_script_is_exported_with_ones_own_samples(program: Program) -> None:
    write_csv(Path("mine.csv"))
    outcome = program("export", "exact.py", "--exact", "--data", "mine.csv", "--epochs", "2")
    assert (outcome.code, outcome.errors) == (0, "")
    assert outcome.out.splitlines()[1] == "own.npz: the samples that it reads"
    assert "SHA-256" in Path("exact.py").read_text(encoding="utf-8")
    with np.load("own.npz") as samples:
        assert len(samples["X"]) == len(samples["labels"])


def test_a_model_can_be_saved_to_be_continued(program: Program) -> None:
    for options in ((), ("--continuable",)):
        program("train", "--epochs", "2", "--save", "model", *options)
        assert (load_model("model").checkpoint is not None) == bool(options)


# Evaluate ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        ("--epochs", "3"),
        ("--preset", "mlp-digits-held-out", "--epochs", "20"),
        ("--dataset", "spirals", "--l2", "0.001", "--early-stopping", "--patience", "2"),
        ("--split", "blocks", "--output", "sigmoid", "--loss", "mse", "--hidden-layers", "none"),
    ],
    ids=" ".join,
)
def test_a_saved_model_has_the_same_accuracy_bit_for_bit(
    settings: tuple[str, ...], program: Program
) -> None:
    trained = program("train", *settings, "--save", "model", "--json").last
    tested = program("evaluate", "model", "--json")
    assert (tested.code, tested.errors) == (0, "")
    assert tested.last["accuracy"] == trained["test_accuracy"]
    assert tested.last["loss"] == trained["test_loss"]
    again = program("evaluate", "model", "--part", "training", "--json").last
    assert again["accuracy"] == trained["train_accuracy"]
    assert again["correct"] == round(again["accuracy"] * again["samples"])


def test_predictions_are_shown(program: Program) -> None:
    program("train", "--epochs", "3", "--save", "model")
    outcome = program("evaluate", "model", "--show", "4")
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["test:", *["row"] * 4]
    assert program("evaluate", "model", "--show", "4") == outcome
    outcome = program("evaluate", "model", "--part", "all", "--sample", "0", "--show", "5000")
    lines = outcome.out.splitlines()
    assert len(lines) == 1 + 1797 + 1
    assert lines[-1] == lines[1]
    n_right = int(lines[0].split()[1].replace(",", ""))
    assert sum(line.endswith("right") for line in lines[1:-1]) == n_right
    assert any("but it is" in line for line in lines)


# Own data ---------------------------------------------------------------------------


def write_csv(path: Path) -> None:
    moons = load("moons")
    lines = [
        "x,y,label",
        *(f"{x},{y},{n}" for (x, y), n in zip(moons.X, moons.labels, strict=True)),
    ]
    path.write_text("\n".join(lines))


def test_features_are_made_of_a_table_of_two_columns_alone(program: Program) -> None:
    write_csv(Path("two.csv"))
    own = ("train", "--data", "two.csv", "--features", "x1,x2,x1x2", "--epochs", "1")
    assert "3-32-2: " in program(*own, "--save", "model").out
    tested = program("evaluate", "model", "--data", "two.csv", "--part", "all", "--json").last
    assert tested["samples"] == 600
    write_zip(Path("own.zip"))
    code, _, errors = program("train", "--data", "own.zip", "--features", "x1x2")
    assert code == 2
    assert "The features x1x2 are made of two columns, but your data have 64." in errors


def test_points_are_drawn_as_the_options_say(program: Program) -> None:
    points = ("--dataset", "curve", "--curve", "step", "--points", "200", "--label-noise", "0.1")
    trained = program("train", *points, "--features", "x1,sin-x1", "--epochs", "2", "--json")
    assert "2-16-16-2: " in trained.out
    assert "120 training" in trained.out
    swept = ("sweep", *points, "--vary", "features=x1/x1,x2", "--epochs", "1", "--seeds", "0")
    assert "2 of 2 runs" in program(*swept, "--out", "table.csv").out
    assert "2 were there before" in program(*swept, "--out", "table.csv").out


def write_npz(path: Path) -> None:
    moons = load("moons")
    np.savez(path, X=moons.X, y=moons.labels)


def write_zip(path: Path) -> None:
    digits = load("digits")
    with zipfile.ZipFile(path, "w") as archive:
        for row in range(100):
            file = io.BytesIO()
            pixels = (digits.X[row].reshape(8, 8) * 15).astype(np.uint8)
            Image.fromarray(pixels).save(file, "PNG")
            archive.writestr(f"{digits.labels[row]}/{row}.png", file.getvalue())


@pytest.mark.parametrize(
    ("name", "write", "n_samples"),
    [("own.csv", write_csv, 600), ("own.npz", write_npz, 600), ("own.zip", write_zip, 100)],
    ids=["csv", "npz", "zip"],
)
def test_own_samples_are_used_for_training_and_evaluation(
    name: str, write: Callable[[Path], None], n_samples: int, program: Program, tmp_path: Path
) -> None:
    write(tmp_path / name)
    command = ("train", "--data", name, "--epochs", "20", "--save", "model", "--json")
    trained = program(*command).last
    assert trained["config"]["dataset"] == "own"
    assert trained["test_accuracy"] > 0.6
    tested = program("evaluate", "model", "--data", name, "--part", "test", "--json").last
    assert tested["accuracy"] == trained["test_accuracy"]
    whole = program("evaluate", "model", "--data", name, "--part", "all", "--json").last
    assert whole["samples"] == n_samples
    assert "trained on samples from a file" in program("evaluate", "model").errors
    assert "Give --part all for samples" in program("evaluate", "model", "--data", name).errors
    both = program("train", "--data", name, "--dataset", "digits")
    assert both.errors == "Give --data, for samples of your own, or --dataset, but not both.\n"


def test_a_table_is_scaled_by_column_and_images_by_their_largest_value(
    program: Program, tmp_path: Path
) -> None:
    rows = [f"{0.001 * n},{1000 * (n % 2)},{'ab'[n % 2]}" for n in range(90)]
    (tmp_path / "table.csv").write_text("\n".join(rows))
    command = ("train", "--data", "table.csv", "--epochs", "1", "--json")
    assert program(*command).last["config"]["scaling"] == "z-score"
    assert program(*command, "--scaling", "pixel").last["config"]["scaling"] == "pixel"


def test_a_model_is_evaluated_on_a_few_samples_of_one_class(
    program: Program, tmp_path: Path
) -> None:
    program("train", "--epochs", "1", "--save", "model")
    digits = load("digits")
    for name, factor in (("new.npz", 1), ("bright.npz", 10)):
        np.savez(tmp_path / name, X=factor * digits.X[:1], y=digits.labels[:1])
    outcome = program("evaluate", "model", "--data", "new.npz", "--part", "all", "--json")
    assert outcome.last["samples"] == 1
    bright = program("evaluate", "model", "--data", "bright.npz", "--part", "all")
    assert "go up to 150, but the model was trained on samples up to 16." in bright.out
    assert "go up to" not in outcome.out


def test_the_split_and_scaling_of_a_preset_are_for_its_dataset_only(program: Program) -> None:
    command = ("train", "--preset", "mlp-digits-held-out", "--epochs", "1", "--json")
    assert program(*command).last["config"]["scaling"] == "z-score"
    other = program(*command, "--dataset", "moons").last["config"]
    assert (other["scaling"], other["validation_fraction"]) == ("pixel", 0.2)


def test_settings_without_effect_are_named(program: Program) -> None:
    outcome = program(
        "train", "--epochs", "1", "--momentum", "0.5", "--patience", "3", "--dropout", "0.1"
    )
    assert "Without effect, as other settings make no use of it: momentum, patience." in outcome.out


def test_a_comparison_on_blocks_says_that_all_seeds_share_one_split(program: Program) -> None:
    outcome = program(
        "compare", "--split", "blocks", "--epochs", "2", "--seeds", "0-1", "--jobs", "1"
    )
    assert "All seeds share one split" in outcome.out


# Compare ----------------------------------------------------------------------------


def test_presets_are_compared_seed_by_seed(program: Program) -> None:
    command = ("compare", "--seeds", "0-3", "--epochs", "60", "--jobs", "1", "--json")
    outcome = program(*command)
    assert (outcome.code, outcome.errors) == (0, "")
    values = outcome.last
    names = ["slp-digits-held-out", "mlp-digits-held-out"]
    assert values["names"] == names
    for name, row in zip(names, values["test_accuracies"], strict=True):
        for seed, accuracy in enumerate(row):
            settings = PRESETS[name].config.model_dump() | {"epochs": 60, "seed": seed}
            assert accuracy == train_and_summarize(RunConfig(**settings))["test_accuracy"]
    split = Run(PRESETS["mlp-digits-held-out"].config).prepared_data().split
    n_training, n_test = len(split.training), len(split.test)
    assert n_training + n_test == 1797
    test = paired_test(*values["test_accuracies"], n_training=n_training, n_test=n_test)
    assert (values["p_values"], values["mean_differences"]) == ([test.p_value], [test.mean])
    assert "slp-digits-held-out is better than mlp-digits-held-out by" in outcome.out


def test_several_presets_are_compared_with_a_correction(program: Program) -> None:
    names = ("slp-digits-held-out", "mlp-digits-held-out", "digits")
    settings = ("--validation-fraction", "0.2", "--seeds", "0-2", "--epochs", "2")
    outcome = program("compare", *names, *settings, "--jobs", "1", "--json")
    assert "The p-values allow for 2 comparisons (Holm)." in outcome.out
    first, *others = outcome.last["test_accuracies"]
    split = Run(RunConfig()).prepared_data().split
    sizes = {"n_training": len(split.training), "n_test": len(split.test)}
    alone = [paired_test(first, other, **sizes) for other in others]
    corrected = [result.p_value for result in correct_for_several(alone)]
    assert outcome.last["p_values"] == corrected != [result.p_value for result in alone]


def test_a_diverged_run_of_a_comparison_is_named(program: Program) -> None:
    outcome = program("compare", "--seeds", "3-4", "--epochs", "2", *DIVERGING, "--jobs", "1")
    assert outcome.code == 2
    assert outcome.errors == (
        "slp-digits-held-out has diverged with seed 3: there is nothing to compare. Try a "
        "learning rate below 1000.\n"
    )


# Sweep ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_a_sweep_trains_only_what_is_missing(
    name: str, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained: list[RunConfig] = []

    def counted(config: RunConfig, own: object) -> Summary:
        trained.append(config)
        return train_and_summarize(config)

    monkeypatch.setattr(parallel, "train_and_summarize", counted)
    command = ("sweep", "--out", name, "--epochs", "1", "--jobs", "1", "--json")
    small = program(*command, "--vary", "optimizer=sgd/adam", "--seeds", "0-1")
    assert small.last == {
        "out": name, "status": "finished", "runs": 4, "done": 4, "known": 0,
    }  # fmt: skip
    assert len(trained) == 4
    large = program(*command, "--vary", "optimizer=sgd/adam/rmsprop", "--seeds", "0-2")
    assert (large.last["runs"], large.last["done"], large.last["known"]) == (9, 9, 4)
    assert len(trained) == len(set(trained)) == 9
    again = program(*command, "--vary", "optimizer=sgd/adam/rmsprop", "--seeds", "0-2")
    assert again.out.startswith(f"9 of 9 runs are in {name}; 9 were there before.")
    assert len(trained) == 9


# Errors -----------------------------------------------------------------------------

ERRORS = [
    ("train --preset nope", "There is no preset 'nope'. Choose one of: digits, slp-digits"),
    ("train --xyz 3", "No such option: --xyz. Try: python main.py --help"),
    ("--nope", "No such option: --nope"),
    ("nope", "No such command 'nope'"),
    ("train digits", "Got unexpected extra argument"),
    ("train --epochs", "Option '--epochs' requires an argument"),
    ("train --learning-rate fast", "must be a number above 0 and up to 1,000, not 'fast'"),
    ("train --learning-rate nan", "must be a number above 0 and up to 1,000, not 'nan'"),
    ("train --epochs 0 --seed -1", "The number of epochs must be a whole number from 1"),
    ("train --epochs 1.5", "The number of epochs must be a whole number from 1"),
    ("train --hidden-layers x", "'x' is not a list of hidden layers"),
    ("train --hidden-layers 4096,4096", "would have 17,088,522 parameters; the most is"),
    ("train --activation magic", "There is no activation 'magic'. Choose one of"),
    ("train --batch-size 5000", "A batch of 5,000 is more than the 1,079 training samples"),
    ("train --early-stopping --validation-fraction 0", "Early stopping watches the validation"),
    ("train --output sigmoid", "The loss 'cross-entropy' does not go with the output 'sigmoid'"),
    ("train --test-fraction .6 --validation-fraction .6", "together below 1"),
    ("train --dataset own", "Your own data are not here. Give the file again"),
    ("train --data none.csv", "'none.csv' cannot be read: No such file or directory"),
    ("train --data folder", "There are no images"),
    ("train --data garbage", "'garbage' is not of a kind that can be read"),
    ("train --data garbage.npz", "The .npz file cannot be read; it is damaged"),
    ("train --data garbage.zip", "cannot be read"),
    ("train --data garbage.csv", "Row 2, column '?ÿPK not' holds"),
    ("train --save folder", "'folder' cannot be written. Give the name of a file, in a folder"),
    ("train --save none/model", "'none/model' cannot be written"),
    ("train --onnx garbage/graph", "'garbage/graph' cannot be written"),
    ("train --history /dev/null", "'/dev/null' cannot be written"),
    ("train --save model --history model", "Each file needs a name of its own"),
    ("export", "Missing argument 'out'"),
    ("export run.txt", "'run.txt' must end with .py, or with .ipynb for a notebook"),
    ("export none/run.py", "'none/run.py' cannot be written"),
    ("export run.py --data none.csv", "'none.csv' cannot be read: No such file or directory"),
    ("export run.py --batch-size 5000", "A batch of 5,000 is more than the 1,079 training"),
    ("evaluate", "Missing argument 'model'"),
    ("evaluate none", "The model cannot be read from 'none': No such file or directory"),
    ("evaluate folder", "The model cannot be read from 'folder': Is a directory"),
    ("evaluate garbage", "This is not a model file, or the end of it is missing"),
    ("evaluate garbage --show many", "Invalid value for '--show'"),
    ("compare digits", "A comparison takes the names of at least two presets"),
    ("compare digits digits", "A comparison takes the names of at least two presets"),
    ("compare digits nope", "There is no preset 'nope'"),
    ("compare --seed 3", "A comparison takes --seeds, such as 0-9, and no single --seed"),
    ("compare --seeds 3", "A comparison needs at least 2 seeds"),
    ("compare --seeds many", "'many' does not name seeds"),
    ("compare slp-digits mlp-digits", "Nothing is held out, and training accuracy compares"),
    ("compare digits mlp-digits-held-out", "but validation_fraction is 0.0 and 0.2"),
    ("compare --jobs 0", "The number of processes must be 1 or more"),
    ("sweep", "Missing option '--out'"),
    ("sweep --out table.txt", "'table.txt' must end with .csv or .parquet"),
    ("sweep --out folder", "'folder' must end with .csv or .parquet"),
    ("sweep --out none/table.csv", "'none/table.csv' cannot be written"),
    ("sweep --out garbage.csv", "'garbage.csv' is there, but it is no table of a sweep"),
    ("sweep --out table.csv --vary epochs", "'epochs' does not say what to vary"),
    ("sweep --out table.csv --vary epochs=0", "The number of epochs must be a whole number"),
    ("sweep --out table.csv --vary batch_size=9/9999", "A batch of 9,999 is more than"),
    ("sweep --out table.csv --seeds 5-1", "'5-1' does not name seeds"),
    ("sweep --out table.csv --seed 1", "A sweep takes --seeds, such as 0-4, and no single"),
    ("sweep --out table.csv --jobs none", "Invalid value for '--jobs'"),
    ("sweep --out table.csv --jobs 0", "The number of processes must be 1 or more"),
    ("download nope", "There is no dataset to download 'nope'. Choose one of: mnist, fashion"),
    ("download mnist", "should be a folder, but a file is in its way"),
]


@pytest.mark.parametrize(("command", "words"), ERRORS, ids=[line for line, _ in ERRORS])
def test_an_error_is_one_line_and_leaves_no_file(
    command: str, words: str, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("garbage", "garbage.csv", "garbage.npz", "garbage.zip"):
        (tmp_path / name).write_bytes(b"\x01\xffPK not, at all\n" * 9)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", str(tmp_path / "garbage"))
    outcome = program(*command.split())
    assert outcome.code == 2
    assert words in outcome.errors
    assert outcome.errors.count("\n") == 1
    assert "Traceback" not in outcome.errors
    assert len(outcome.errors) < 600
    assert outcome.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_an_unreachable_scheduler_is_reported_in_one_line(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed("distributed")
    monkeypatch.setattr(parallel, "CONNECT_SECONDS", 0.1)
    for command in ("sweep --out table.csv", "compare"):
        outcome = program(*command.split(), "--scheduler", "tcp://127.0.0.1:1")
        assert (outcome.code, outcome.out, outcome.errors.count("\n")) == (2, "", 1)
        assert "There is no Dask scheduler at 'tcp://127.0.0.1:1'" in outcome.errors
    assert not list(tmp_path.iterdir())


def test_a_row_outside_the_part_is_reported_before_any_output(program: Program) -> None:
    program("train", "--epochs", "1", "--save", "model")
    outcome = program("evaluate", "model", "--sample", "99999")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.errors.startswith("Row 99999 is not among these 359 samples.")


def test_a_process_ends_with_exit_code_2_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    process = start(
        "train", "--dataset", "mnist", "--json", PERCEPTRON_LAB_DATA=str(tmp_path / "file")
    )
    out, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, out, errors.count("\n")) == (2, "", 1)
    assert "should be a folder, but a file is in its way" in errors


def test_a_closed_pipe_causes_no_traceback() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [sys.executable, "main.py", "presets"], cwd=ROOT, stdout=writer, stderr=subprocess.PIPE,
        timeout=SECONDS,
    )  # fmt: skip
    os.close(writer)
    assert (result.returncode, result.stderr) == (1, b"")


# Presets, download, imports ---------------------------------------------------------


def test_the_presets_are_listed(program: Program) -> None:
    outcome = program("presets", "--json")
    assert outcome.last.keys() == PRESETS.keys()
    for line, preset in zip(outcome.out.splitlines(), PRESETS.values(), strict=False):
        assert line.split(maxsplit=1) == [preset.name, f"{preset.title}. {preset.why}"]
        assert RunConfig(**outcome.last[preset.name]) == preset.config


def test_datasets_are_downloaded_by_name(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "fetch", lambda name: Path("folder") / name)
    assert program("download", "mnist").out == f"mnist: {Path('folder/mnist')}\n"
    assert len(program("download").out.splitlines()) == 2


def test_heavy_packages_are_not_imported_at_the_start() -> None:
    heavy = "pandas pyarrow joblib scipy sklearn distributed onnx PIL pooch requests streamlit"
    program = f"import sys, main; print(sorted(set({heavy.split()}) & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS
    )
    assert result.stdout == "[]\n"


# Ctrl-C -----------------------------------------------------------------------------


def test_an_interrupted_training_is_reported_and_saved(tmp_path: Path) -> None:
    files = {name: str(tmp_path / name) for name in ("model", "curves")}
    process = start(
        "train", "--epochs", "10000", "--json", "--save", files["model"],
        "--history", files["curves"],
    )  # fmt: skip
    try:
        process.stdout.readline()  # the plan: now it trains
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        os.killpg(process.pid, signal.SIGINT)
        out, errors = process.communicate(timeout=10)
    finally:
        process.kill()
    assert (process.returncode, errors) == (130, "Stopped.\n")
    outcome = Outcome(130, out, errors)
    assert (list(outcome.last), outcome.last["status"]) == (FIELDS, "interrupted")
    assert 0 < outcome.last["epochs"] < 10_000
    assert f"interrupted after {outcome.last['epochs']} epochs" in out
    model = load_model(files["model"])
    assert model.result.test.accuracy == outcome.last["test_accuracy"] > 0.5
    assert len(Path(files["curves"]).read_text().splitlines()) == outcome.last["epochs"] + 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
def test_an_interrupted_sweep_is_saved_and_resumed(program: Program, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"
    command = ("sweep", "--out", str(out), "--seeds", "0-5", "--epochs", "150", "--json")
    process = start(*command, "--jobs", "2")
    try:
        wait_until(out.exists)
        assert len(group_of(process)) >= 2
        os.killpg(process.pid, signal.SIGINT)
        out_text, errors = process.communicate(timeout=10)
    finally:
        process.kill()
    assert (process.returncode, errors) == (130, "Stopped.\n")
    wait_until(lambda: not group_of(process))
    stopped = Outcome(130, out_text, errors).last
    assert (stopped["status"], stopped["runs"]) == ("interrupted", 6)
    assert 0 < stopped["done"] == len(ResultTable(out)) < 6
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
    finished = program(*command, "--jobs", "1").last
    assert (finished["known"], finished["done"]) == (stopped["done"], 6)
    configs = grid_configs({"epochs": 150}, {}, range(6))
    assert all(config in ResultTable(out) for config in configs)
