"""A trained network to take home: its parameters, and all that led to them.

The file is that of `mlp.storage`; config, scaler, class names, history and result stand in
its metadata, each as JSON. A file may come from anyone, so every part is checked against
the others before it is used.
"""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import ConfigDict, FailFast, Field, TypeAdapter, ValidationError

from data.datasets import Dataset, Features
from data.scaling import Scaler
from experiments.config import RunConfig, explain, limits_of
from experiments.training.restore import record_of, restore
from experiments.training.run import Result, Run
from experiments.training.run_record import Change, RunRecord
from mlp.arrays import Array
from mlp.evaluation import logits_of
from mlp.network import Network
from mlp.records import EpochRecord, Score
from mlp.storage import ModelFileError, StoredNetwork, from_bytes, load, save, to_bytes

MAX_CONFIG_CHARACTERS = 10_000  # all settings at their longest take 2,000
MAX_RECORDS = int(limits_of("epochs")[1]) + 1  # the untrained network is one of them
MAX_STEP = 10**9  # 10,000 epochs of 60,000 samples, one at a time, are 6 * 10**8
MAX_NAME_CHARACTERS = 80
MAX_CHANGES = 10_000  # during a training

Numbers = Annotated[list[float], FailFast()]  # of millions of mistakes, the first is enough
Names = Annotated[tuple[str, ...], FailFast()]
History = Annotated[list[EpochRecord], FailFast(), Field(max_length=MAX_RECORDS)]

STRICT = ConfigDict(strict=True, allow_inf_nan=False)

PARTS: dict[str, TypeAdapter[Any]] = {
    "shift": TypeAdapter(Numbers, config=STRICT),
    "scale": TypeAdapter(Numbers, config=STRICT),
    "class_names": TypeAdapter(Names, config=STRICT),
    "image_shape": TypeAdapter(tuple[int, int] | None, config=STRICT),
    "history": TypeAdapter(History, config=STRICT),
    "result": TypeAdapter(Result | None, config=STRICT),
    "way": TypeAdapter(RunRecord, config=STRICT),
}
"""What stands in the metadata besides the config, and of which type it is."""


@dataclass(frozen=True)
class Model:
    """A network that was trained before, here or elsewhere.

    Attributes
    ----------
    config : what the run was asked to do
    network : with the parameters at its end
    scaler : fitted on the training part of its data
    class_names : what the outputs stand for
    image_shape : (height, width) of a sample in pixels; None if a sample is no image
    history : one record an epoch, from epoch 0, as far as it came
    result : the scores in the end; None if the run never came to one
    run_record : how the run came to its end
    """

    config: RunConfig
    network: Network
    scaler: Scaler
    class_names: tuple[str, ...]
    image_shape: tuple[int, int] | None
    history: list[EpochRecord]
    result: Result | None
    run_record: RunRecord

    def predict(self, X: Features) -> Array:
        """Return the outputs, (n_samples, n_classes): with softmax, the probabilities.

        See `ask` for what it takes and what it raises.
        """
        return self.ask(X)[1]

    def ask(self, X: Features) -> tuple[Array, Array]:
        """Return the logits and the outputs, (n_samples, n_classes) both.

        Parameters
        ----------
        X : (n_samples, n_features), as recorded, not scaled

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
        with np.errstate(all="ignore"):  # what went wrong shows in the outputs
            logits = logits_of(network, self.scaler.transform(X))
            outputs = network.output.value(logits)
        if not np.isfinite(outputs).all():
            raise ValueError(
                "An output of the network is not a finite number: the samples hold NaN or "
                "infinity, or numbers of the model are too large to compute with. "
                "Check the samples, or choose another model."
            )
        return logits, outputs


def run_to_bytes(run: Run) -> bytes:
    """Return a run, with its network as it is now, as the content of a model file.

    Raises
    ------
    ModelFileError : if the network holds NaN or infinity, or if a class has too long a name
    """
    return to_bytes(run.network, _describe(run))


def save_run(path: Path | str, run: Run) -> None:
    """Write a run to a model file.

    Raises
    ------
    ModelFileError : for what `run_to_bytes` refuses, or if the file cannot be written
    """
    save(path, run.network, _describe(run))


def load_model(source: Path | str | bytes) -> Model:
    """Read a model file, or the content of one, whoever wrote it.

    Raises
    ------
    ModelFileError : for anything but what `run_to_bytes` and `save_run` write
    """
    stored = from_bytes(source) if isinstance(source, bytes) else load(source)
    return _check(stored)


def revive(model: Model, own: Dataset | None = None) -> Run:
    """Return the run that a model comes from, as it ended; it cannot go on.

    Parameters
    ----------
    own : the samples it was trained with, if they are one's own

    Raises
    ------
    ValueError : if the data that it was trained with are not here
    """
    run = Run(model.config, own, keeps_snapshots=True)
    prepared = run.prepared_data()
    same_scaler = all(
        np.array_equal(getattr(prepared.scaler, name), getattr(model.scaler, name))
        for name in ("shift", "scale")
    )
    if prepared.dataset.class_names != model.class_names or not same_scaler:
        raise ModelFileError(
            "This model has learned from other data than those of that name here. Give the data "
            "that it was trained with first."
        )
    restore(run, model.network.parameters, model.history, model.run_record)
    return run


def _describe(run: Run) -> dict[str, str]:
    """Return the metadata of a run, if they can be read back."""
    scaler, dataset = run.prepared_data().scaler, run.prepared_data().dataset
    parts = {
        "shift": scaler.shift.tolist(),
        "scale": scaler.scale.tolist(),
        "class_names": dataset.class_names,
        "image_shape": dataset.image_shape,
        "history": run.history,
        "result": run.result,
        "way": record_of(run),
    }
    metadata = {name: PARTS[name].dump_json(part).decode() for name, part in parts.items()}
    metadata["config"] = run.config.model_dump_json()
    _check(StoredNetwork(run.network, metadata))
    return metadata


def _check(stored: StoredNetwork) -> Model:
    network, metadata = stored
    expected = {"config", *PARTS}
    if metadata.keys() != expected:
        raise ModelFileError(
            f"A model says {', '.join(sorted(expected))} of itself; this file says "
            f"{', '.join(sorted(metadata))[:100] or 'nothing'}. Choose a model that was saved "
            "here."
        )
    config = _parse_config(metadata["config"])
    parts = {name: _parse(name, metadata[name]) for name in PARTS}
    _check_network(network, config)
    _check_class_names(parts["class_names"], network.sizes[-1])
    _check_image_shape(parts["image_shape"], network.sizes[0])
    _check_history(parts["history"])
    _check_accuracies("result", parts["result"] or ())
    run_record = parts.pop("way")
    _check_run_record(run_record, parts["history"])
    return Model(
        config,
        network,
        _scaler(parts.pop("shift"), parts.pop("scale"), network.sizes[0]),
        **parts,
        run_record=run_record,
    )


def _parse_config(text: str) -> RunConfig:
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
        sentences = " ".join(explain(error)[:3]) if is_object else "They are no JSON object."
        raise ModelFileError(
            f"The settings in the file cannot be used. {sentences} Choose a model that was "
            "saved here."
        ) from None
    if missing := RunConfig.model_fields.keys() - json.loads(text).keys():
        raise ModelFileError(
            f"The settings in the file lack {', '.join(sorted(missing))}: it was saved by another "
            "version. Train the model again."
        )
    return config


def _parse(name: str, text: str) -> Any:
    try:
        return PARTS[name].validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part)[:40] for part in (name, *detail["loc"]))
        raise ModelFileError(
            f"What the file says at {place} cannot be used: {detail['msg'][:200]}. The file is "
            "damaged: save the model again."
        ) from None


def _check_network(network: Network, config: RunConfig) -> None:
    inside = (network.sizes[1:-1], network.activation.name, network.output.name)
    settings = (config.hidden_layers, config.activation, config.output)
    if inside != settings:
        raise ModelFileError(
            f"The network has {_in_words(*inside)}, and the settings in the file say "
            f"{_in_words(*settings)}. Choose a model that was saved here."
        )


def _in_words(hidden_layers: tuple[int, ...], activation: str, output: str) -> str:
    layers = ", ".join(map(str, hidden_layers))[:60] or "none"
    return f"the hidden layers {layers} with {activation} and {output}"


def _scaler(shift: list[float], scale: list[float], n_features: int) -> Scaler:
    if len(shift) != n_features or len(scale) != n_features:
        raise ModelFileError(
            f"The scaler has {len(shift):,} shifts and {len(scale):,} scales; the network takes "
            f"{n_features:,} numbers and needs as many of both. The file is damaged: save the "
            "model again."
        )
    with np.errstate(over="ignore"):  # too large for float32 becomes infinity, and is refused
        scaler = Scaler(np.array(shift, np.float32), np.array(scale, np.float32))
    if not (np.isfinite([scaler.shift, scaler.scale]).all() and (scaler.scale > 0).all()):
        raise ModelFileError(
            "The shifts of the scaler must be finite numbers, and the scales finite and above 0, "
            "all within the range of float32. The file is damaged: save the model again."
        )
    return scaler


def _check_class_names(names: tuple[str, ...], n_classes: int) -> None:
    fit = all(0 < len(name) <= MAX_NAME_CHARACTERS and name.isprintable() for name in names)
    if not fit or len(names) != n_classes or len(set(names)) != n_classes:
        raise ModelFileError(
            f"The network has {n_classes:,} outputs and needs as many different class names of "
            f"1 to {MAX_NAME_CHARACTERS} characters; there are {len(names):,}, or some that do not "
            "fit. Name the classes so, and train the model again."
        )


def _check_image_shape(shape: tuple[int, int] | None, n_features: int) -> None:
    if shape and (min(shape) < 1 or math.prod(shape) != n_features):
        raise ModelFileError(
            f"An image cannot have {str(shape)[:60]} pixels where the network takes "
            f"{n_features:,} numbers. The file is damaged: save the model again."
        )


def _check_history(history: list[EpochRecord]) -> None:
    step = -1
    for epoch, record in enumerate(history):
        if record.epoch != epoch or not step < record.step <= MAX_STEP:
            raise ModelFileError(
                f"Record {epoch} of the history must be of epoch {epoch}, at a step after {step} "
                f"and up to {MAX_STEP:,}. The file is damaged: save the model again."
            )
        if (record.validation is None) != (history[0].validation is None):
            raise ModelFileError(
                f"Of the records of the history, some have a validation score and record {epoch} "
                "differs. The file is damaged: save the model again."
            )
        step = record.step
        _check_accuracies(f"history at epoch {epoch}", (record.training, record.validation))


def _check_run_record(record: RunRecord, history: list[EpochRecord]) -> None:
    last = history[-1] if history else None
    least, most = (last.step, last.epoch) if last else (0, 0)
    is_fit = (
        least <= record.step <= MAX_STEP
        and 1 <= record.first_epochs <= limits_of("epochs")[1]
        and (record.best_epoch is None or 0 <= record.best_epoch <= most)
        and 0 <= record.n_results <= MAX_CHANGES
        and len(record.changes) <= MAX_CHANGES
        and all(_is_possible(change) for change in record.changes)
    )
    if not is_fit:
        raise ModelFileError(
            "What the file says of how its run ended cannot be. The file is damaged: save the "
            "model again."
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
