"""An exported script repeats its run, bit for bit, without this project."""

import ast
import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from data import download
from data.datasets import DATASETS, Dataset
from data.plane_features import PLANE_FEATURES
from experiments.config import OWN, SETTINGS, RunConfig
from experiments.export.script import OWN_FILE, samples_to_npz, to_script
from experiments.export.script_runtime import read_idx_folder, read_npz
from experiments.training.changes import Change
from experiments.training.run import Run
from mlp.losses import losses_for
from tests.data.conftest import skip_unless_at_hand
from tests.runs import QUICK, assert_same, finished, namespace_of

EACH_CHOICE = [
    {field: name}
    for field in (
        "activation",
        "optimizer",
        "weight_init",
        "bias_init",
        "scaling",
        "split",
        "class_weight",
        "schedule",
    )
    for name in SETTINGS[field].options
]


EACH_LOSS = [
    {"output": output, "loss": loss}
    for output in SETTINGS["output"].options
    for loss in losses_for(output)
]


OTHERS: list[dict[str, Any]] = [
    {"hidden_layers": ()},
    {"hidden_layers": (16, 8)},
    {"full_batch": True},
    {"shuffle": False},
    {"dropout": 0.2},
    {"max_norm": 0.5},
    {"l1": 1e-4, "l2": 1e-3},
    {"epochs": 4, "schedule": "step", "decay_every": 1, "warmup_epochs": 1},
    {"epochs": 9, "learning_rate": 0.1, "early_stopping": True, "patience": 1},
    {"validation_fraction": 0.0},
    {"test_fraction": 0.0},
    {"validation_fraction": 0.0, "test_fraction": 0.0},
    {"optimizer": "sgd", "learning_rate": 1000.0, "loss": "mse", "activation": "identity"},
    {"shift": 1, "rotation": 10, "zoom": 0.1, "shear": 5, "elastic": 0.5, "elastic_sigma": 2},
    {"noise": 0.2, "erasing": 0.3, "full_batch": True},
    {"dataset": "moons", "shift": 1},
    {"elastic": 1, "scaling": "z-score", "epochs": 9, "early_stopping": True, "patience": 1},
]


TOYS: list[dict[str, Any]] = [
    *({"dataset": name} for name, entry in DATASETS.items() if entry.point_set),
    {"dataset": "blobs", "points": 150, "point_classes": 5, "label_noise": 0.2, "points_seed": 7},
    {"dataset": "curve", "curve": "step", "point_noise": 0.2, "features": tuple(PLANE_FEATURES)},
]
ALL = EACH_CHOICE + EACH_LOSS + OTHERS + TOYS


def hash_of(run: Run) -> str:
    return hashlib.sha256(run.network.parameters.tobytes()).hexdigest()


@pytest.mark.parametrize("settings", ALL, ids=str)
def test_a_script_repeats_the_run_bit_for_bit(settings: dict[str, Any]) -> None:
    config = RunConfig(**{**QUICK, **settings})
    run = finished(config)
    namespace, printed = namespace_of([to_script(config)])
    assert_same(namespace, run)
    assert printed.endswith(f"SHA-256 of the parameters: {hash_of(run)}\n")


@pytest.mark.parametrize("settings", ALL, ids=str)
def test_a_script_imports_nothing_of_this_project_and_defines_each_name_once(
    settings: dict[str, Any],
) -> None:
    body = ast.parse(to_script(RunConfig(**{**QUICK, **settings}))).body
    modules = {
        name
        for node in ast.walk(ast.Module(body, []))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    roots = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names)
    assert roots <= {"numpy", "sklearn"}
    defined = Counter(
        node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    )
    assert set(defined.values()) == {1}


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "adamw", "dropout": 0.1, "schedule": "cosine", "scaling": "z-score"},
        {"hidden_layers": (32, 16), "optimizer": "sgd", "learning_rate": 0.1, "full_batch": True},
    ],
    ids=str,
)
def test_a_script_runs_where_this_project_is_not_installed(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    config = RunConfig(**{**QUICK, **settings})
    run = finished(config)
    printed = output_of(to_script(config), tmp_path)
    assert f"SHA-256 of the parameters: {hash_of(run)}" in printed
    assert (
        f"test: loss {run.result.test.loss:.4f}, {100 * run.result.test.accuracy:.2f} %" in printed
    )
    assert f"epoch    2  training: loss {run.history[2].training.loss:.4f}" in printed


def output_of(script: str, folder: Path) -> str:
    (folder / "run.py").write_text(script, encoding="utf-8")
    isolated = [sys.executable, "-I", "-W", "error", "run.py"]
    done = subprocess.run(isolated, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout


def test_a_script_holds_only_what_its_run_needs() -> None:
    script = to_script(RunConfig(optimizer="sgd", activation="tanh"))
    assert "class SGD(Optimizer)" in script
    assert "def _tanh(z" in script
    others = ("class Adam", "def _gelu", "class EarlyStopping", "def block_split", "def replay")
    for other in others:
        assert other not in script


def test_the_settings_are_at_the_top_with_their_meaning() -> None:
    settings = to_script(RunConfig(l2=0.001)).split("# %% ")[1]
    assert settings.startswith("Settings\n")
    assert "L2 = 0.001  # Strength of half the sum of w²" in settings
    assert "HIDDEN_LAYERS = (32,)" in settings
    assert "MOMENTUM" not in settings  # adam has none


@pytest.mark.parametrize(("threads", "line"), [(1, '"1"'), (3, '"3"'), (None, None)])
def test_the_number_of_threads_is_set_before_numpy_is_loaded(
    threads: int | None, line: str | None
) -> None:
    script = to_script(RunConfig(), blas_threads=threads)
    before, _, _ = script.partition("import numpy")
    expected = f'os.environ["OPENBLAS_NUM_THREADS"] = {line}'
    assert (expected in before) == (line is not None)
    assert "environ" in before or line is None


def test_a_diverged_run_diverges_again_and_has_no_result() -> None:
    config = RunConfig(**QUICK | {"optimizer": "sgd", "learning_rate": 1000.0})
    run = finished(config)
    assert run.diverged
    namespace, printed = namespace_of([to_script(config)])
    assert_same(namespace, run)
    assert str(run.diverged) in printed
    assert not namespace["result"]


def advance(run: Run, step: int | None) -> None:
    """Train up to the last record of a step, or to the end."""
    for record in run.records():
        if record.step == step and not run.awaits_epoch_record:
            return


def changed_run(config: RunConfig, changes: Sequence[Change], until_step: int | None = None) -> Run:
    """Make a run, and change it between two records, as a user does."""
    with threadpool_limits(1):
        run = Run(config)
        for step, setting, value in changes:
            if run.step < step:
                advance(run, step)
            if setting == "epochs":
                run.add_epochs(int(value) - run.epochs_done)
            else:
                run.request_learning_rate(value)
        advance(run, until_step)
        run.conclude()
    assert run.changes == list(changes)
    return run


@pytest.mark.parametrize("schedule", ["constant", "cosine"])
@pytest.mark.parametrize(
    "changes",
    [
        [Change(40, "learning_rate", 0.02)],
        [Change(68, "learning_rate", 0.02), Change(80, "learning_rate", 0.001)],
        [Change(102, "epochs", 5)],
        [Change(50, "learning_rate", 0.02), Change(102, "epochs", 4), Change(136, "epochs", 5)],
        [Change(102, "epochs", 4), Change(102, "learning_rate", 0.02)],
        [Change(40, "epochs", 2)],  # stopped by hand, then fewer epochs
    ],
    ids=str,
)
def test_a_script_repeats_the_changes_during_training(changes: list[Change], schedule: str) -> None:
    config = RunConfig(epochs=3, hidden_layers=(8,), schedule=schedule)
    assert Run(config).plan.steps_per_epoch == 34
    run = changed_run(config, changes)
    namespace, _ = namespace_of([to_script(config, changes)])
    assert_same(namespace, run)


def test_a_changed_run_that_was_stopped_is_repeated() -> None:
    config, changes = RunConfig(epochs=3, hidden_layers=(8,)), [Change(40, "learning_rate", 0.02)]
    run = changed_run(config, changes, 60)
    namespace, _ = namespace_of([to_script(config, changes, until_step=60)])
    assert_same(namespace, run)


@pytest.mark.parametrize("until_step", [1, 34, 50, 68, 102])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_a_script_stops_where_the_run_was_stopped(until_step: int, early_stopping: bool) -> None:
    config = RunConfig(epochs=3, hidden_layers=(8,), early_stopping=early_stopping)
    run = changed_run(config, [], until_step)
    namespace, _ = namespace_of([to_script(config, until_step=until_step)])
    assert_same(namespace, run)


def own_dataset() -> Dataset:
    rng = np.random.default_rng(3)
    labels = np.arange(90, dtype=np.intp) % 3
    X = (rng.normal(size=(90, 5)) + labels[:, np.newaxis]).astype(np.float32)
    names = ('"a"', "b", "ç")
    return Dataset("own", "Own", X, labels, names, None, float(np.abs(X).max()), "", "me")


def test_own_samples_are_read_from_a_file_beside_the_script(tmp_path: Path) -> None:
    config, own = RunConfig(dataset=OWN, **QUICK), own_dataset()
    (tmp_path / OWN_FILE).write_bytes(samples_to_npz(own))
    script = to_script(config)
    assert OWN_FILE in ast.get_docstring(ast.parse(script))
    assert hash_of(finished(config, own)) in output_of(script, tmp_path)


def test_own_points_have_features_as_in_the_run(tmp_path: Path) -> None:
    config = RunConfig(dataset=OWN, features=("x2", "sin-x1"), **QUICK)
    own = replace(own_dataset(), X=own_dataset().X[:, :2])
    (tmp_path / OWN_FILE).write_bytes(samples_to_npz(own))
    assert hash_of(finished(config, own)) in output_of(to_script(config), tmp_path)


def test_own_images_are_distorted_as_in_the_run(tmp_path: Path) -> None:
    config = RunConfig(dataset=OWN, rotation=20.0, noise=0.1, **QUICK)
    pixels = np.random.default_rng(3).integers(0, 200, (90, 6), np.uint8)
    labels = np.arange(90, dtype=np.intp) % 3
    own = Dataset("own", "Own", pixels, labels, ("a", "b", "c"), (2, 3), 199.0, "", "me")
    (tmp_path / OWN_FILE).write_bytes(samples_to_npz(own))
    assert hash_of(finished(config, own)) in output_of(to_script(config), tmp_path)


def test_missing_samples_are_reported(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"own\.npz' is not there. Put the samples"):
        read_npz(tmp_path / OWN_FILE)
    with pytest.raises(FileNotFoundError, match=r"train-images.*holds 'mnist' with its four"):
        read_idx_folder(tmp_path / "mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist"])
def test_a_script_reads_the_original_files(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_unless_at_hand(name)
    config = RunConfig(
        dataset=name, hidden_layers=(), epochs=1, batch_size=1000, validation_fraction=0.0
    )
    run = finished(config)
    monkeypatch.setenv(download.FOLDER_VARIABLE, str(download.folder_of(name).parent))
    namespace, _ = namespace_of([to_script(config)])
    assert_same(namespace, run)
