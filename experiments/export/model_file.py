"""The model file: a trained network with its config, scaler, class names and history.

The format is that of `mlp.storage`; everything but the parameters is stored in the metadata,
each entry as JSON. A file for continuing the run also has a checkpoint: the optimizer state, as
tensors, and the state of the random generators; then it takes up to three times the bytes. A
file may come from anyone, so every entry is checked, also against the others, before it is used.
"""

import json
import math
from collections.abc import Iterable, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import ConfigDict, FailFast, Field, TypeAdapter, ValidationError

from data.datasets import Dataset, Features
from data.scaling import Scaler
from experiments.config import PLANE, SETTINGS, RunConfig, explain, limits_of
from experiments.training.changes import Change
from experiments.training.checkpoint import (
    Checkpoint,
    CheckpointNumbers,
    checkpoint_of,
    restore_checkpoint,
)
from experiments.training.fine_tuning import MAX_NEW
from experiments.training.restore import RunEnding, ending_of, restore
from experiments.training.run import Run
from experiments.training.slices import Result
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network
from mlp.records import EpochRecord, Score
from mlp.storage import ModelFileError, StoredNetwork, from_bytes, load, save, to_bytes

MAX_CONFIG_CHARACTERS = 10_000  # all settings at their longest take 2,000
MAX_RECORDS = int(limits_of("epochs")[1]) + 1  # the untrained network is one of them
MAX_STEP = 10**9  # 10,000 epochs of 60,000 samples, one at a time, are 6 * 10**8
MAX_NAME_CHARACTERS = 80
MAX_CHANGES = 10_000  # to the settings of one training
MAX_SECONDS = 1e9
MAX_CONTINUABLE_BYTES = 15_000_000  # of tensors: the page takes files of up to 20 MB

Numbers = Annotated[list[float], FailFast()]  # of millions of errors, report only the first
Names = Annotated[tuple[str, ...], FailFast()]
History = Annotated[list[EpochRecord], FailFast(), Field(max_length=MAX_RECORDS)]

STRICT = ConfigDict(strict=True, allow_inf_nan=False)

METADATA_TYPES: dict[str, TypeAdapter[Any]] = {
    "shift": TypeAdapter(Numbers, config=STRICT),
    "scale": TypeAdapter(Numbers, config=STRICT),
    "class_names": TypeAdapter(Names, config=STRICT),
    "image_shape": TypeAdapter(tuple[int, int] | None, config=STRICT),
    "history": TypeAdapter(History, config=STRICT),
    "result": TypeAdapter(Result | None, config=STRICT),
    # The run record keeps its first key, so that files saved before can be read.
    "way": TypeAdapter(RunEnding, config=STRICT),
}
"""The entries of the metadata besides the config, and their types."""

OPTIONAL_TYPES: dict[str, TypeAdapter[Any]] = {
    "name": TypeAdapter(str, config=STRICT),
    "seconds": TypeAdapter(float, config=STRICT),
    "checkpoint": TypeAdapter(CheckpointNumbers | None, config=STRICT),
    "n_new_samples": TypeAdapter(int, config=STRICT),
}
"""Entries that older files lack, and their types."""

OPTIONAL_SETTINGS = {name for name, each in SETTINGS.items() if each.group is PLANE}
"""Settings that older files lack: points in the plane were drawn with the defaults."""

DEFAULTS = {"name": '""', "seconds": "0.0", "checkpoint": "null", "n_new_samples": "0"}

IN_WORDS = {
    "config": "settings",
    "shift": "shifts of the scaler",
    "scale": "scales of the scaler",
    "class_names": "names of the classes",
    "image_shape": "height and width of the images",
    "history": "curves",
    "result": "result",
    "way": "record of how the run ended",
}
OPTIONAL_IN_WORDS = {
    "name": "name of the run",
    "seconds": "computing time",
    "checkpoint": "checkpoint",
    "n_new_samples": "number of samples of the fine-tuning",
}
"""What the entries are called in a message."""


@dataclass(frozen=True)
class SavedModel:
    """A trained network as a model file holds it.

    Attributes
    ----------
    config : the settings of the run
    network : with the parameters at the time of saving
    scaler : fitted on the training part of its data
    class_names : the class of each output
    image_shape : (height, width) of a sample in pixels; None if a sample is no image
    history : one record for each epoch so far, from epoch 0
    result : the final scores; None if the run has none
    ending : how the run went, and how it ended
    name : of the run, in the list of the Train page; may be empty
    seconds : of computing time
    checkpoint : what it takes to continue the run; None if it cannot be continued
    n_new_samples : how many samples it was fine-tuned with; the file does not hold them
    """

    config: RunConfig
    network: Network
    scaler: Scaler
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    history: list[EpochRecord]
    result: Result | None
    ending: RunEnding
    name: str = ""
    seconds: float = 0.0
    checkpoint: Checkpoint | None = None
    n_new_samples: int = 0

    def outputs(self, X: Features) -> Array:
        """Return the outputs, (n_samples, n_classes): with softmax, the probabilities.

        Parameters and errors are those of `logits_and_outputs`.
        """
        return self.logits_and_outputs(X)[1]

    def logits_and_outputs(self, X: Features) -> tuple[Array, Array]:
        """Return the logits and the outputs, both (n_samples, n_classes).

        Parameters
        ----------
        X : (n_samples, n_features), before scaling

        Raises
        ------
        ValueError : for samples of another size, or if an output is not a finite number
        """
        network, n_features = self.network, self.network.sizes[0]
        if X.ndim != 2 or X.shape[1] != n_features:
            raise ValueError(
                f"The samples have the shape {X.shape}; this model needs (n_samples, "
                f"{n_features}). Bring them to the size of those that it was trained on."
            )
        with np.errstate(all="ignore"):  # NaN and infinity are reported below
            logits = logits_of(network, self.scaler.transform(X))
            outputs = network.output.value(logits)
        if not np.isfinite(outputs).all():
            raise ValueError(
                "An output of the network is not a finite number: the samples hold NaN or "
                "infinity, or parameters of the model are too large to compute with. "
                "Check the samples, or choose another model."
            )
        return logits, outputs


def run_to_bytes(run: Run, name: str = "", *, for_continuing: bool = False) -> bytes:
    """Return the content of a model file with a run and its network as it is now.

    Parameters
    ----------
    name : of the run
    for_continuing : with what it takes to continue it, if it can be continued and the file
        does not become too large to be loaded

    Raises
    ------
    ModelFileError : if the network holds NaN or infinity, or if the name of a class is too long
    """
    checkpoint = _storable_checkpoint(run) if for_continuing else None
    metadata = _metadata(run, name, checkpoint)
    return to_bytes(run.network, metadata, checkpoint.arrays if checkpoint else None)


def save_run(path: Path | str, run: Run, *, for_continuing: bool = False) -> None:
    """Write a run to a model file; see `run_to_bytes`.

    Raises
    ------
    ModelFileError : as in `run_to_bytes`, or if the file cannot be written
    """
    checkpoint = _storable_checkpoint(run) if for_continuing else None
    metadata = _metadata(run, "", checkpoint)
    save(path, run.network, metadata, checkpoint.arrays if checkpoint else None)


def load_model(source: Path | str | bytes) -> SavedModel:
    """Read and check a model file, or the content of one.

    Raises
    ------
    ModelFileError : if it is not what `run_to_bytes` and `save_run` write
    """
    stored = from_bytes(source) if isinstance(source, bytes) else load(source)
    return _checked_model(stored)


def restore_run(model: SavedModel, own: Dataset | None = None) -> Run:
    """Return the run of a saved model as it ended.

    If the file holds what that takes, it can be continued as if it had never been saved.

    Parameters
    ----------
    own : the user's own samples, if it was trained on those

    Raises
    ------
    ValueError : if the data that it was trained on are not here, or if the checkpoint
        is not one of this run
    """
    run = Run(model.config, own, keeps_snapshots=True)
    prepared = run.prepared_data()
    same_scaler = all(
        np.array_equal(getattr(prepared.scaler, name), getattr(model.scaler, name))
        for name in ("shift", "scale")
    )
    if prepared.dataset.class_names != model.class_names or not same_scaler:
        raise ModelFileError(
            "This model was trained on other data than those of that name here. First give the "
            "data that it was trained on."
        )
    restore(run, model.network.parameters, model.history, model.ending)
    run.seconds, run.n_new_samples = model.seconds, model.n_new_samples
    if model.checkpoint and run.result and not run.config.early_stopping:
        restore_checkpoint(run, model.checkpoint)
    return run


def _storable_checkpoint(run: Run) -> Checkpoint | None:
    """Return the checkpoint of a run, unless a file with it would become too large.

    A run that fine-tunes a network goes on with samples that the file does not hold.
    """
    checkpoint = None if run.fine_tuning else checkpoint_of(run)
    if checkpoint is None:
        return None
    arrays = checkpoint.arrays.values()
    n_bytes = run.network.parameters.nbytes + sum(array.nbytes for array in arrays)
    is_usable = all(np.isfinite(array).all() for array in arrays)
    return checkpoint if is_usable and n_bytes <= MAX_CONTINUABLE_BYTES else None


def _metadata(run: Run, name: str, checkpoint: Checkpoint | None) -> dict[str, str]:
    """Return the metadata of a run, after a check that they can be read back."""
    scaler, dataset = run.prepared_data().scaler, run.prepared_data().dataset
    entries = {
        "shift": scaler.shift.tolist(),
        "scale": scaler.scale.tolist(),
        "class_names": dataset.class_names,
        "image_shape": dataset.image_shape,
        "history": run.history,
        "result": run.result,
        "way": ending_of(run),
        "name": name,
        "seconds": run.seconds,
        "checkpoint": checkpoint.numbers if checkpoint else None,
        "n_new_samples": run.n_new_samples,
    }
    types = METADATA_TYPES | OPTIONAL_TYPES
    metadata = {entry: types[entry].dump_json(value).decode() for entry, value in entries.items()}
    metadata["config"] = run.config.model_dump_json()
    arrays = dict(checkpoint.arrays) if checkpoint else {}
    _checked_model(StoredNetwork(run.network, metadata, arrays))
    return metadata


def _checked_model(stored: StoredNetwork) -> SavedModel:
    """Return the saved model, if every entry of the metadata is valid and fits the others."""
    network, metadata, arrays = stored
    _check_entries(metadata.keys())
    optional = {name: _parse(name, metadata.get(name, DEFAULTS[name])) for name in OPTIONAL_TYPES}
    _check_name(optional["name"])
    _check_seconds(optional["seconds"])
    _check_new_samples(optional["n_new_samples"])
    numbers = optional.pop("checkpoint")
    if arrays and numbers is None:
        raise ModelFileError(
            "The checkpoint in the file lacks its numbers. The file is damaged: save the model "
            "again."
        )
    config = _parse_config(metadata["config"])
    entries = {name: _parse(name, metadata[name]) for name in METADATA_TYPES}
    _check_network(network, config)
    _check_class_names(entries["class_names"], network.sizes[-1])
    _check_image_shape(entries["image_shape"], network.sizes[0])
    _check_history(entries["history"])
    _check_accuracies("result", entries["result"] or ())
    ending = entries.pop("way")
    _check_ending(ending, entries["history"])
    return SavedModel(
        config,
        network,
        _scaler(entries.pop("shift"), entries.pop("scale"), network.sizes[0]),
        **entries,
        ending=ending,
        **optional,
        checkpoint=Checkpoint(numbers, arrays) if numbers else None,
    )


def _check_entries(found: Set[str]) -> None:
    if missing := [words for name, words in IN_WORDS.items() if name not in found]:
        raise ModelFileError(
            f"The file lacks the {', the '.join(missing)}: it was saved by another program or "
            "version. Choose a model that was saved here."
        )
    if unknown := found - IN_WORDS.keys() - OPTIONAL_IN_WORDS.keys():
        raise ModelFileError(
            f"The file holds more than a model: {', '.join(sorted(unknown))[:100]}. It was saved "
            "by another program or version. Choose a model that was saved here."
        )


def _parse_config(text: str) -> RunConfig:
    """Return the config; unlike elsewhere, every setting must be given that files always had."""
    if len(text) > MAX_CONFIG_CHARACTERS:
        raise ModelFileError(
            f"The settings in the file have {len(text):,} characters; the most is "
            f"{MAX_CONFIG_CHARACTERS:,}. Choose a model that was saved here."
        )
    try:
        config = RunConfig.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        is_object = detail["loc"] or detail["type"] == "value_error"
        sentences = " ".join(explain(error)[:3]) if is_object else "They cannot be read."
        raise ModelFileError(
            f"The settings in the file cannot be used. {sentences} Choose a model that was "
            "saved here."
        ) from None
    if missing := SETTINGS.keys() - OPTIONAL_SETTINGS - json.loads(text).keys():
        raise ModelFileError(
            f"The settings in the file lack {', '.join(sorted(missing))}: it was saved by another "
            "version. Train the model again."
        )
    return config


def _parse(name: str, text: str) -> Any:
    try:
        return (METADATA_TYPES | OPTIONAL_TYPES)[name].validate_json(text)
    except ValidationError:
        words = IN_WORDS | OPTIONAL_IN_WORDS
        raise ModelFileError(
            f"The {words[name]} in the file cannot be used. The file is damaged: save the model "
            "again."
        ) from None


def _check_network(network: Network, config: RunConfig) -> None:
    stored = (network.sizes[1:-1], network.activation.name, network.output.name)
    settings = (config.hidden_layers, config.activation, config.output)
    if stored != settings:
        raise ModelFileError(
            f"The network has {_in_words(*stored)}, and the settings in the file say "
            f"{_in_words(*settings)}. Choose a model that was saved here."
        )


def _in_words(hidden_layers: tuple[int, ...], activation: str, output: str) -> str:
    layers = ", ".join(map(str, hidden_layers))[:60] or "none"
    return f"the hidden layers {layers} with {activation} and {output}"


def _scaler(shift: list[float], scale: list[float], n_features: int) -> Scaler:
    """Return the scaler, with one finite shift and positive scale for each feature."""
    if len(shift) != n_features or len(scale) != n_features:
        raise ModelFileError(
            f"The scaler has {len(shift):,} shifts and {len(scale):,} scales; the network takes "
            f"{n_features:,} numbers and needs as many of both. The file is damaged: save the "
            "model again."
        )
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinity
        scaler = Scaler(np.array(shift, np.float32), np.array(scale, np.float32))
    if not (np.isfinite([scaler.shift, scaler.scale]).all() and (scaler.scale > 0).all()):
        raise ModelFileError(
            "The shifts of the scaler must be finite numbers, and the scales finite and above 0, "
            "all within the range of float32. The file is damaged: save the model again."
        )
    return scaler


def _check_class_names(names: tuple[str, ...], n_classes: int) -> None:
    are_valid = all(0 < len(name) <= MAX_NAME_CHARACTERS and name.isprintable() for name in names)
    if not are_valid or len(names) != n_classes or len(set(names)) != n_classes:
        raise ModelFileError(
            f"The network has {n_classes:,} outputs and needs as many different class names of "
            f"1 to {MAX_NAME_CHARACTERS} characters; there are {len(names):,}, or some are not "
            "valid. Name the classes so, and train the model again."
        )


def _check_name(name: str) -> None:
    if len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise ModelFileError(
            f"The name of the run may have up to {MAX_NAME_CHARACTERS} characters, all of them "
            f"printable; this one has {len(name):,}. Rename the run, and save it again."
        )


def _check_seconds(seconds: float) -> None:
    if not 0 <= seconds <= MAX_SECONDS:
        raise ModelFileError(
            f"A run cannot have taken {seconds:g} s of computing time. The file is damaged: "
            "save the model again."
        )


def _check_image_shape(shape: tuple[int, int] | None, n_features: int) -> None:
    if shape and (min(shape) < 1 or math.prod(shape) != n_features):
        raise ModelFileError(
            f"An image cannot have {str(shape)[:60]} pixels where the network takes "
            f"{n_features:,} numbers. The file is damaged: save the model again."
        )


def _check_history(history: list[EpochRecord]) -> None:
    """Check that epochs and steps rise, and that all records have the same scores."""
    step = -1
    for epoch, record in enumerate(history):
        if record.epoch != epoch or not step < record.step <= MAX_STEP:
            raise ModelFileError(
                f"The curves in the file do not go on from epoch to epoch: epoch {epoch} is out of "
                "place. The file is damaged: save the model again."
            )
        if (record.validation is None) != (history[0].validation is None):
            raise ModelFileError(
                "All epochs in the file must have a validation score, or none; epoch "
                f"{epoch} differs from the first. The file is damaged: save the model again."
            )
        step = record.step
        _check_accuracies(f"history at epoch {epoch}", (record.training, record.validation))


def _check_new_samples(n_new_samples: int) -> None:
    if not 0 <= n_new_samples <= MAX_NEW:
        raise ModelFileError(
            f"A network cannot have been fine-tuned with {n_new_samples:,} samples. The file is "
            "damaged: save the model again."
        )


def _check_ending(record: RunEnding, history: list[EpochRecord]) -> None:
    """Check that a run record is possible for a run with this history."""
    last = history[-1] if history else None
    least, most = (last.step, last.epoch) if last else (0, 0)
    is_valid = (
        least <= record.step <= MAX_STEP
        and 1 <= record.first_epochs <= limits_of("epochs")[1]
        and (record.best_epoch is None or 0 <= record.best_epoch <= most)
        and 0 <= record.n_results <= MAX_CHANGES
        and len(record.changes) <= MAX_CHANGES
        and all(_is_possible(change) for change in record.changes)
    )
    if not is_valid:
        raise ModelFileError(
            "The record of how the run ended does not fit its history. The file is damaged: save "
            "the model again."
        )


def _is_possible(change: Change) -> bool:
    low, high = limits_of(change.setting)
    return 0 <= change.step <= MAX_STEP and low < change.value <= high


def _check_accuracies(where: str, scores: Iterable[Score | None]) -> None:
    for score in scores:
        if score and not 0 <= score.accuracy <= 1:
            raise ModelFileError(
                f"The {where} has the accuracy {score.accuracy:g}; it must be from 0 to 1. The "
                "file is damaged: save the model again."
            )
