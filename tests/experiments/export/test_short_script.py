"""A short script makes the same run in under 100 lines, but for rounding."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data import download
from data.datasets import DATASETS
from data.plane_features import PLANE_FEATURES
from experiments.config import OWN, SETTINGS, RunConfig
from experiments.export import short_script_lines
from experiments.export.notebook import to_notebook
from experiments.export.script import OWN_FILE, samples_to_npz
from experiments.export.short_script import to_short_script
from experiments.training.run import Run
from mlp.losses import losses_for
from tests.data.conftest import skip_unless_at_hand
from tests.experiments.export.test_script import own_dataset
from tests.runs import finished, namespace_of

TOYS = tuple(name for name, entry in DATASETS.items() if entry.point_set)

# The values of each setting, and of two that depend on each other; all else is the default.
VALUES: dict[str, tuple[Any, ...]] = {
    "dataset": TOYS,
    "curve": tuple(SETTINGS["curve"].options),
    "label_noise": (0.0, 0.2),
    "features": (("x1", "x2"), tuple(PLANE_FEATURES)),
    "activation": tuple(SETTINGS["activation"].options),
    "loss": tuple(
        {"output": output, "loss": loss}
        for output in SETTINGS["output"].options
        for loss in losses_for(output)
    ),
    "optimizer": tuple(SETTINGS["optimizer"].options),
    "schedule": tuple(SETTINGS["schedule"].options),
    "scaling": tuple(SETTINGS["scaling"].options),
    "split": tuple(SETTINGS["split"].options),
    "class_weight": tuple(SETTINGS["class_weight"].options),
    "weight_init": tuple(SETTINGS["weight_init"].options),
    "bias_init": tuple(SETTINGS["bias_init"].options),
    "hidden_layers": ((), (8,), (7, 6)),
    "test": ({"test_fraction": 0.2}, {"test_fraction": 0.0}),
    "stopping": (
        {"validation_fraction": 0.2},
        {"validation_fraction": 0.0},
        {"validation_fraction": 0.2, "early_stopping": True, "patience": 1},
    ),
    **dict.fromkeys(("full_batch", "shuffle"), (False, True)),
    "warmup_epochs": (0, 2),
    "dropout": (0.0, 0.3),
    "max_norm": (0.0, 1.0),
    "l1": (0.0, 1e-3),
    "l2": (0.0, 1e-2),
}
Choice = dict[str, int]


def pairs_of(choice: Choice) -> set[tuple[tuple[str, int], ...]]:
    return set(combinations(choice.items(), 2))


def choices_of_all_pairs() -> list[Choice]:
    """Return choices in which each two values of two settings meet, found greedily."""
    rng = np.random.default_rng(1)
    numbers = [(name, number) for name, each in VALUES.items() for number in range(len(each))]
    missing = {pair for pair in combinations(numbers, 2) if pair[0][0] != pair[1][0]}
    found = []
    while missing:
        base = dict(min(missing))
        candidates = [
            {name: base.get(name, int(rng.integers(len(each)))) for name, each in VALUES.items()}
            for _ in range(20)
        ]
        found.append(max(candidates, key=lambda choice: len(pairs_of(choice) & missing)))
        missing -= pairs_of(found[-1])
    return found


def config_of(choice: Choice) -> RunConfig:
    values: dict[str, Any] = {"epochs": 5, "decay_every": 1, "learning_rate": 0.02}
    for name, number in choice.items():
        value = VALUES[name][number]
        values |= value if isinstance(value, dict) else {name: value}
    return RunConfig(**values)


CONFIGS = [config_of(choice) for choice in choices_of_all_pairs()]
EVERYTHING: dict[str, Any] = {
    "activation": "gelu",
    "loss": "mse",
    "optimizer": "adamw",
    "dropout": 0.1,
    "max_norm": 2.0,
    "schedule": "cosine",
    "warmup_epochs": 2,
    "early_stopping": True,
    "l1": 1e-5,
    "l2": 1e-4,
    "class_weight": "balanced",
    "scaling": "z-score",
    "weight_init": "xavier",
    "bias_init": "normal",
    "split": "random",
}


def parameters_of(namespace: dict[str, Any]) -> np.ndarray:
    return np.concatenate([part.ravel() for part in namespace["W"] + namespace["b"]])


def assert_nearly_same(namespace: dict[str, Any], printed: str, run: Run) -> None:
    assert len(printed.splitlines()) == run.epochs_done + 1
    np.testing.assert_allclose(parameters_of(namespace), run.network.parameters, atol=5e-3)
    part, accuracy = printed.splitlines()[-1].removesuffix("% right").split(": ")
    assert part == ("test" if run.result.test else "training")
    assert float(accuracy) / 100 == pytest.approx(getattr(run.result, part).accuracy, abs=0.01)


@pytest.mark.parametrize("config", CONFIGS, ids=range(len(CONFIGS)))
def test_a_short_script_makes_the_same_run_but_for_rounding(config: RunConfig) -> None:
    namespace, printed = namespace_of([to_short_script(config)])
    assert_nearly_same(namespace, printed, finished(config))


def test_each_pair_of_values_is_among_these() -> None:
    assert len(CONFIGS) < 120
    assert {config.activation for config in CONFIGS} == set(SETTINGS["activation"].options)


def test_the_registries_of_lines_are_complete() -> None:
    for lines, setting in (
        (short_script_lines.ACTIVATION_LINES, "activation"),
        (short_script_lines.MSE_LINES, "output"),
        (short_script_lines.LOSS_LINES, "loss"),
        (short_script_lines.OPTIMIZER_LINES, "optimizer"),
        (short_script_lines.SCHEDULE_LINES, "schedule"),
        (short_script_lines.SCALING_LINES, "scaling"),
        (short_script_lines.STD_OF_WEIGHTS, "weight_init"),
        (short_script_lines.CURVE_LINES, "curve"),
        (short_script_lines.FEATURE_LINES, "features"),
    ):
        assert set(lines) == set(SETTINGS[setting].options)
    assert set(SETTINGS["bias_init"].options) <= set(short_script_lines.STD_OF_WEIGHTS)
    assert set(short_script_lines.TOY_LINES) == set(TOYS)


def test_all_are_short_and_without_complaint_of_the_linter(tmp_path: Path) -> None:
    noisy = {"label_noise": 0.1, "features": tuple(PLANE_FEATURES), "hidden_layers": (4000,) * 5}
    longest = [RunConfig(dataset=name, **noisy, **EVERYTHING) for name in TOYS]
    for number, config in enumerate([*CONFIGS, RunConfig(), *longest]):
        script = to_short_script(config)
        assert len(script.splitlines()) < 100
        (tmp_path / f"script_{number}.py").write_text(script, encoding="utf-8")
    options = [
        "--isolated",
        "--no-cache",
        "--select=E,F,W,I,B",
        "--ignore=B905",
        "--line-length=99",
    ]
    command = [sys.executable, "-m", "ruff", "check", *options, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def output_of(script: str, folder: Path) -> str:
    (folder / "short.py").write_text(script, encoding="utf-8")
    isolated = [sys.executable, "-I", "-W", "error", "short.py"]
    done = subprocess.run(isolated, cwd=folder, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout


def test_a_short_script_runs_alone(tmp_path: Path) -> None:
    config = RunConfig(dataset="spirals", epochs=30, hidden_layers=(32,), **EVERYTHING)
    printed = output_of(to_short_script(config), tmp_path)
    accuracy = float(printed.split("test: ")[1].removesuffix("% right\n")) / 100
    assert accuracy == pytest.approx(finished(config).result.test.accuracy, abs=0.02)


def test_it_always_gives_the_same(tmp_path: Path) -> None:
    script = to_short_script(RunConfig(dataset="moons", epochs=3, dropout=0.1))
    assert output_of(script, tmp_path) == output_of(script, tmp_path)


def test_only_what_the_run_needs_is_in_it() -> None:
    script = to_short_script(RunConfig(hidden_layers=(), optimizer="sgd", dropout=0.5))
    for absent in ("slope(", "state", "mask", "best", "penalty", "HIDDEN_LAYERS", "def f("):
        assert absent not in script
    assert "L2" not in to_short_script(RunConfig(l1=0.1))


def test_augmentation_is_left_out_in_so_many_words() -> None:
    plain, augmented = RunConfig(epochs=1), RunConfig(epochs=1, rotation=10.0)
    script = to_short_script(augmented)
    assert "for augmentation, which is left out here" in script
    assert script.splitlines()[2:] == to_short_script(plain).splitlines()[2:]
    compile(script, "<exported>", "exec")
    assert len(to_short_script(RunConfig(**EVERYTHING, rotation=10.0)).splitlines()) < 100


def test_the_original_files_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "mnist"
    skip_unless_at_hand(name)
    config = RunConfig(dataset=name, hidden_layers=(), epochs=1, batch_size=1000)
    monkeypatch.setenv(download.FOLDER_VARIABLE, str(download.folder_of(name).parent))
    namespace, printed = namespace_of([to_short_script(config)])
    assert_nearly_same(namespace, printed, finished(config))
    longest = RunConfig(dataset=name, **EVERYTHING, rotation=10.0)
    assert len(to_short_script(longest).splitlines()) < 100


def test_in_colab_keras_gives_the_images(monkeypatch: pytest.MonkeyPatch) -> None:
    skip_unless_at_hand("fashion-mnist")
    script = to_short_script(RunConfig(dataset="fashion-mnist"), is_for_colab=True)
    assert "Nothing has to be uploaded" in script
    assert "gzip" not in script
    halves = [(np.full((n, 28, 28), n, np.uint8), np.arange(n, dtype=np.uint8)) for n in (6, 4)]
    keras, datasets, fashion = (type(sys)(name) for name in ("keras", "datasets", "fashion_mnist"))
    fashion.load_data = lambda: tuple(halves)
    datasets.fashion_mnist = fashion
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setitem(sys.modules, "keras.datasets", datasets)
    namespace, _ = namespace_of([script.partition("K = ")[0]])
    assert namespace["X"].shape == (10, 784)
    assert namespace["X"][:, 0].tolist() == [6] * 6 + [4] * 4
    assert namespace["labels"].tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]


@pytest.mark.parametrize("scaling", SETTINGS["scaling"].options)
def test_own_samples_are_read_from_their_file(
    scaling: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, own = RunConfig(dataset=OWN, scaling=scaling, epochs=3), own_dataset()
    (tmp_path / OWN_FILE).write_bytes(samples_to_npz(own))
    monkeypatch.chdir(tmp_path)
    namespace, printed = namespace_of([to_short_script(config, own)])
    assert_nearly_same(namespace, printed, finished(config, own))
    assert f"'{OWN_FILE}': upload it" in to_short_script(config, own, is_for_colab=True)


def test_own_points_have_features(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = RunConfig(dataset=OWN, epochs=3, features=("x2", "x1x2"))
    own = replace(own_dataset(), X=own_dataset().X[:, :2])
    (tmp_path / OWN_FILE).write_bytes(samples_to_npz(own))
    monkeypatch.chdir(tmp_path)
    namespace, printed = namespace_of([to_short_script(config, own)])
    namespace["stored"].close()
    assert_nearly_same(namespace, printed, finished(config, own))


def test_five_clouds_are_drawn_elsewhere() -> None:
    config = RunConfig(dataset="blobs", point_classes=5, points=99, points_seed=3, label_noise=0.3)
    namespace, printed = namespace_of([to_short_script(config)])
    assert_nearly_same(namespace, printed, finished(config))


def test_a_notebook_of_it_makes_the_same_run_cell_by_cell() -> None:
    config = RunConfig(epochs=2)
    notebook = json.loads(to_notebook(to_short_script(config, is_for_colab=True)))
    assert notebook["nbformat"] == 4
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert len(cells) == 5
    namespace, printed = namespace_of(cells)
    assert_nearly_same(namespace, printed, finished(config))
