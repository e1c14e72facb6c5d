"""Evaluation of a saved model: its predictions for some samples, their loss and accuracy."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.datasets import Dataset, Labels
from data.split import Rows, Split
from experiments.config import OWN
from experiments.evaluation.predictions import Predictions
from experiments.export.model_file import SavedModel
from experiments.training.plan import make_objective
from experiments.training.prepared_data import (
    recorded_dataset,
    scaled_samples,
    split_rows,
    with_features,
)
from mlp.evaluation import evaluate

PARTS = (*Split._fields, "all")


@dataclass(frozen=True, eq=False)
class ModelEvaluation(Predictions):
    """The predictions of a saved model for the samples of a part, and their scores.

    Attributes
    ----------
    loss, accuracy : means over the samples; the loss includes the L1 and L2 penalties
    remark : why the scores may mean little; empty if nothing speaks against them
    """

    loss: float
    accuracy: float
    remark: str


def evaluate_model(
    model: SavedModel, *, part: str = "test", own: Dataset | None = None
) -> ModelEvaluation:
    """Evaluate a saved model on a part of its dataset, or on the user's own samples.

    Parameters
    ----------
    part : training, validation or test, split as for its training; or all
    own : samples to use instead of its dataset; their classes are matched by name

    Raises
    ------
    ValueError : if the part has no samples, or if the samples do not fit the model
    """
    dataset = _dataset_for(model, own)
    rows = _rows_of(model, dataset, part)
    labels = _labels_for(model, dataset)[rows]
    X, config = dataset.X[rows], model.config
    objective = make_objective(config)
    samples = scaled_samples(X, labels, len(model.class_names), model.scaler)
    score = evaluate(model.network, objective, samples)
    logits, outputs = model.logits_and_outputs(X)
    predicted = logits.argmax(axis=1)
    remark = _remark_on_range(model, dataset)
    return ModelEvaluation(rows, labels, outputs, predicted, model.class_names, *score, remark)


def _remark_on_range(model: SavedModel, dataset: Dataset) -> str:
    """Return a remark if the range of the pixels is far from that of the training samples."""
    known = float(model.scaler.scale.max())
    if model.config.scaling != "pixel" or known / 3 < dataset.maximum < 3 * known:
        return ""
    return (
        f"These samples go up to {dataset.maximum:g}, but the model was trained on samples up "
        f"to {known:g}. Bring them to the same range, or the scores mean little."
    )


def _dataset_for(model: SavedModel, own: Dataset | None) -> Dataset:
    """Return the samples to evaluate on, which have as many features as the model takes."""
    if own is None and model.config.dataset == OWN:
        raise ValueError("This model was trained on samples from a file. Give that file, too.")
    dataset = with_features(own or recorded_dataset(model.config), model.config)
    n_inputs = model.network.sizes[0]
    if dataset.n_features != n_inputs:
        raise ValueError(
            f"A sample has {dataset.n_features:,} features, but this model takes {n_inputs:,}. "
            "Choose data of the kind that it was trained on."
        )
    return dataset


def _rows_of(model: SavedModel, dataset: Dataset, part: str) -> Rows:
    if part not in PARTS:
        raise ValueError(f"There is no part '{part[:40]}'. Choose one of: {', '.join(PARTS)}.")
    if part == "all":
        return np.arange(dataset.n_samples)
    rows = split_rows(model.config, dataset).rows(part)
    if not len(rows):
        raise ValueError(
            f"No samples were held out for the {part} part. Choose the part 'training' or 'all'."
        )
    return rows


def _labels_for(model: SavedModel, dataset: Dataset) -> Labels:
    """Return the labels, numbered as the classes of the model are."""
    unknown = sorted(set(dataset.class_names) - set(model.class_names))
    if unknown:
        raise ValueError(
            f"The samples have a class '{unknown[0][:40]}' that this model does not know. It "
            f"knows: {', '.join(model.class_names)[:200]}."
        )
    indices = np.array([model.class_names.index(name) for name in dataset.class_names])
    labels: Labels = indices[dataset.labels]
    return labels


def summarize_evaluation(evaluation: ModelEvaluation, part: str) -> dict[str, Any]:
    """Return the scores as plain values for JSON; a loss that is not finite becomes None."""
    return {
        "part": part,
        "samples": len(evaluation.rows),
        "correct": evaluation.n_correct,
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss if math.isfinite(evaluation.loss) else None,
    }
