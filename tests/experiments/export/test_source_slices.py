"""Source slices hold whole definitions, each once, with all that they depend on."""

import inspect
from pathlib import Path

import pytest

from experiments.export.source_slices import (
    Import,
    QualifiedName,
    collect_definitions,
    defined_name,
    names_read,
    read_module,
)
from mlp import evaluation, losses, training
from mlp.losses import CROSS_ENTROPY, MSE
from mlp.optimizers import Adam

NOTHING_SHORTENED: dict[QualifiedName, tuple[str, ...]] = {}


def sources(module: str, name: str) -> dict[str, str]:
    """Return the source that one name needs, by module."""
    definitions, _ = collect_definitions([QualifiedName(module, name)], NOTHING_SHORTENED)
    return {
        module: "\n".join(definition.source for definition in of_module)
        for module, of_module in definitions.items()
    }


def test_a_function_and_a_class_come_with_their_decorators() -> None:
    functions = read_module("mlp.evaluation").definitions
    classes = read_module("mlp.training").definitions
    assert functions["evaluate"].source == inspect.getsource(evaluation.evaluate).rstrip()
    assert classes["TrainingState"].source == inspect.getsource(training.TrainingState).rstrip()
    assert classes["TrainingState"].source.startswith("@dataclass")
    assert functions["evaluate"].is_function_or_class


def test_a_constant_comes_with_the_docstring_below_it() -> None:
    constant = read_module("mlp.losses").definitions["MSE"]
    assert constant.source.startswith("MSE = Loss(")
    assert constant.source.endswith('without a half."""')
    assert not constant.is_function_or_class


def test_comments_directly_above_a_definition_belong_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noted.py").write_text('"""S."""\n# far\n\n# one\n# two\nA = 1  # three\nB = A\n')
    monkeypatch.syspath_prepend(tmp_path)
    found = [definition.source for definition in read_module("noted").definitions.values()]
    assert found == ["# one\n# two\nA = 1  # three", "B = A"]


def test_two_names_of_one_assignment_are_one_definition() -> None:
    definitions = read_module("mlp.activations").definitions
    assert definitions["GELU_SCALE"] is definitions["GELU_CUBE"]
    assert sources("mlp.activations", "_gelu")["mlp.activations"].count("GELU_SCALE,") == 1


def test_the_docstring_of_a_module_is_read() -> None:
    assert read_module("mlp.losses").docstring == inspect.getdoc(losses)


def test_dependencies_come_from_the_same_module_and_from_others() -> None:
    found = sources("mlp.losses", "BINARY_CROSS_ENTROPY")
    assert "def _binary_cross_entropy" in found["mlp.losses"]
    assert "SIGMOID = Activation(" in found["mlp.activations"]
    assert "Array: TypeAlias" in found["mlp.arrays"]
    assert "def _cross_entropy" not in found["mlp.losses"]


def test_definitions_keep_the_order_of_their_file() -> None:
    text = sources("mlp.optimizers", "AdamW")["mlp.optimizers"]
    places = [text.index(f"class {name}") for name in ("Optimizer", "Adam(", "AdamW")]
    assert places == sorted(places)


def test_imports_from_outside_the_project_are_listed() -> None:
    _, imports = collect_definitions([QualifiedName("mlp.optimizers", "Adam")], NOTHING_SHORTENED)
    assert Import("numpy", "", "np") in imports
    assert Import("math", "", "math") in imports
    assert Import("dataclasses", "dataclass", "dataclass") in imports
    assert not any(used.is_from_project for used in imports)


def test_a_registry_is_shortened_to_the_keys_kept() -> None:
    registry = QualifiedName("mlp.losses", "LOSSES")
    definitions, _ = collect_definitions([registry], {registry: ("mse",)})
    text = "\n".join(definition.source for definition in definitions["mlp.losses"])
    assert 'LOSSES = {"mse": MSE}' in text
    assert "def _mean_squared_error" in text
    assert "def _cross_entropy" not in text


def test_the_name_of_an_object_is_found_in_its_module() -> None:
    assert defined_name("mlp.losses", MSE) == "MSE"
    assert defined_name("mlp.losses", CROSS_ENTROPY) == "CROSS_ENTROPY"
    assert defined_name("mlp.optimizers", Adam) == "Adam"


def test_names_that_are_only_assigned_are_not_read() -> None:
    assert names_read("a = b\nfor c in d:\n    e(a)") == {"a", "b", "d", "e"}
