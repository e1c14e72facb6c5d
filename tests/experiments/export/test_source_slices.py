"""Pieces of source come out whole, once, and with all that they need."""

import inspect
from pathlib import Path

import pytest

from experiments.export.source_slices import (
    Import,
    Place,
    extract,
    name_of,
    names_read,
    read_chapter,
)
from mlp import evaluation, losses, training
from mlp.losses import CROSS_ENTROPY, MSE
from mlp.optimizers import Adam

NOTHING_SHORTENED: dict[Place, tuple[str, ...]] = {}


def sources(module: str, name: str) -> dict[str, str]:
    """Return what is taken for the sake of one name, a text a module."""
    chapters, _ = extract([Place(module, name)], NOTHING_SHORTENED)
    return {
        module: "\n".join(piece.source for piece in pieces) for module, pieces in chapters.items()
    }


def test_a_function_and_a_class_come_with_their_decorators() -> None:
    pieces = read_chapter("mlp.evaluation").pieces | read_chapter("mlp.training").pieces
    assert pieces["evaluate"].source == inspect.getsource(evaluation.evaluate).rstrip()
    assert pieces["TrainingLoop"].source == inspect.getsource(training.TrainingLoop).rstrip()
    assert pieces["TrainingLoop"].source.startswith("@dataclass")
    assert pieces["evaluate"].is_definition


def test_a_constant_comes_with_the_text_below_it() -> None:
    piece = read_chapter("mlp.losses").pieces["MSE"]
    assert piece.source.startswith("MSE = Loss(")
    assert piece.source.endswith('without a half."""')
    assert not piece.is_definition


def test_comments_right_above_a_piece_belong_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "noted.py").write_text('"""S."""\n# far\n\n# one\n# two\nA = 1  # three\nB = A\n')
    monkeypatch.syspath_prepend(tmp_path)
    pieces = read_chapter("noted").pieces
    assert [piece.source for piece in pieces.values()] == ["# one\n# two\nA = 1  # three", "B = A"]


def test_two_names_of_one_assignment_are_one_piece() -> None:
    pieces = read_chapter("mlp.activations").pieces
    assert pieces["_GELU_SCALE"] is pieces["_GELU_CUBE"]
    assert sources("mlp.activations", "_gelu")["mlp.activations"].count("_GELU_SCALE,") == 1


def test_the_story_of_a_module_is_its_docstring() -> None:
    assert read_chapter("mlp.losses").story == inspect.getdoc(losses)


def test_what_a_piece_needs_comes_from_its_module_and_from_others() -> None:
    found = sources("mlp.losses", "BINARY_CROSS_ENTROPY")
    assert "def _binary_cross_entropy" in found["mlp.losses"]
    assert "SIGMOID = Activation(" in found["mlp.activations"]
    assert "Array: TypeAlias" in found["mlp.arrays"]
    assert "def _cross_entropy" not in found["mlp.losses"]


def test_pieces_keep_the_order_of_their_file() -> None:
    text = sources("mlp.optimizers", "AdamW")["mlp.optimizers"]
    places = [text.index(f"class {name}") for name in ("Optimizer", "Adam(", "AdamW")]
    assert places == sorted(places)


def test_what_comes_from_outside_is_told() -> None:
    _, imports = extract([Place("mlp.optimizers", "Adam")], NOTHING_SHORTENED)
    assert Import("numpy", "", "np") in imports
    assert Import("math", "", "math") in imports
    assert Import("dataclasses", "dataclass", "dataclass") in imports
    assert not any(used.is_ours for used in imports)


def test_a_registry_is_shortened_to_the_keys_kept() -> None:
    registry = Place("mlp.losses", "LOSSES")
    chapters, _ = extract([registry], {registry: ("mse",)})
    text = "\n".join(piece.source for piece in chapters["mlp.losses"])
    assert 'LOSSES = {"mse": MSE}' in text
    assert "def _mean_squared_error" in text
    assert "def _cross_entropy" not in text


def test_an_object_is_found_by_its_name_in_the_module() -> None:
    assert name_of("mlp.losses", MSE) == "MSE"
    assert name_of("mlp.losses", CROSS_ENTROPY) == "CROSS_ENTROPY"
    assert name_of("mlp.optimizers", Adam) == "Adam"


def test_names_that_are_only_written_are_not_needed() -> None:
    assert names_read("a = b\nfor c in d:\n    e(a)") == {"a", "b", "d", "e"}
