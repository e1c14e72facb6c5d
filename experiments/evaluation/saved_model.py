"""What a trained network says to samples, and how often it is right."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.datasets import Dataset, Labels, load
from data.split import Rows, Split
from experiments.config import OWN
from experiments.evaluation.predictions import Predictions
from experiments.export.model_file import Model
from experiments.training.prepared_data import scaled_samples, split_rows
from mlp.evaluation import evaluate
from mlp.losses import LOSSES, Objective

PARTS = (*Split._fields, "all")


@dataclass(frozen=True, eq=False)
class ModelEvaluation(Predictions):
    """The answers of a network to the samples of a part, and what they are worth.

    Attributes
    ----------
    loss, accuracy : penalties included; every sample counts the same
    remark : what speaks against the figures, or nothing
    """

    loss: float
    accuracy: float
    remark: str


def evaluate_model(
    model: Model, *, part: str = "test", own: Dataset | None = None
) -> ModelEvaluation:
    """Ask a model about a part of the data it was trained with, or about one's own.

    Parameters
    ----------
    part : training, validation or test, dealt out as for its training; or all
    own : samples to ask about instead; their classes are matched by name

    Raises
    ------
    ValueError : if there are no such samples, or if they do not fit the model
    """
    dataset = _dataset_for(model, own)
    rows = _rows_of(model, dataset, part)
    labels = _labels_for(model, dataset)[rows]
    X, config = dataset.X[rows], model.config
    objective = Objective(LOSSES[config.loss], l1=config.l1, l2=config.l2)
    samples = scaled_samples(X, labels, len(model.class_names), model.scaler)
    score = evaluate(model.network, objective, samples)
    logits, outputs = model.ask(X)
    predicted = logits.argmax(axis=1)
    remark = _remark_on_range(model, dataset)
    return ModelEvaluation(rows, labels, outputs, predicted, model.class_names, *score, remark)


def _remark_on_range(model: Model, dataset: Dataset) -> str:
    """Say if pixels reach far above or below the largest value that the model knows."""
    known = float(model.scaler.scale.max())
    if model.config.scaling != "pixel" or known / 3 < dataset.maximum < 3 * known:
        return ""
    return (
        f"These samples go up to {dataset.maximum:g}, but the model has learned from samples up "
        f"to {known:g}. Bring them to the same range, or the figures mean little."
    )


def _dataset_for(model: Model, own: Dataset | None) -> Dataset:
    if own is None and model.config.dataset == OWN:
        raise ValueError("This model has learned from a file of its own. Give that file, too.")
    dataset = own or load(model.config.dataset)
    n_inputs = model.network.sizes[0]
    if dataset.n_features != n_inputs:
        raise ValueError(
            f"A sample has {dataset.n_features:,} features, but this model takes {n_inputs:,}. "
            "Take data of the kind that it was trained with."
        )
    return dataset


def _rows_of(model: Model, dataset: Dataset, part: str) -> Rows:
    if part not in PARTS:
        raise ValueError(f"There is no part '{part[:40]}'. Choose one of: {', '.join(PARTS)}.")
    if part == "all":
        return np.arange(dataset.n_samples)
    rows: Rows = getattr(split_rows(model.config, dataset), part)
    if not len(rows):
        raise ValueError(
            f"No samples were held out for the {part} part. Take the part 'training' or 'all'."
        )
    return rows


def _labels_for(model: Model, dataset: Dataset) -> Labels:
    """Return the labels as the model counts its classes."""
    unknown = sorted(set(dataset.class_names) - set(model.class_names))
    if unknown:
        raise ValueError(
            f"The samples have a class '{unknown[0][:40]}' that this model does not know. It "
            f"knows: {', '.join(model.class_names)[:200]}."
        )
    places = np.array([model.class_names.index(name) for name in dataset.class_names])
    labels: Labels = places[dataset.labels]
    return labels


def summarize_evaluation(evaluation: ModelEvaluation, part: str) -> dict[str, Any]:
    """Return the figures as plain values, fit for JSON; a loss beyond all numbers is None."""
    return {
        "part": part,
        "samples": len(evaluation.rows),
        "correct": evaluation.n_correct,
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss if math.isfinite(evaluation.loss) else None,
    }
