"""A saved model has the scores of the run it was saved from."""

import dataclasses

import numpy as np
import pytest

from data.datasets import Dataset, load
from experiments.config import OWN, RunConfig
from experiments.evaluation.model_evaluation import PARTS, evaluate_model, summarize_evaluation
from experiments.export.model_file import SavedModel, load_model, run_to_bytes
from experiments.training.run import Run


def trained(config: RunConfig, own: Dataset | None = None) -> tuple[Run, SavedModel]:
    run = Run(config, own)
    run.complete()
    return run, load_model(run_to_bytes(run))


RUN, MODEL = trained(RunConfig(epochs=3, l2=0.001, scaling="z-score"))
MOONS = load("moons")


@pytest.mark.parametrize("part", ["training", "validation", "test"])
@pytest.mark.parametrize(
    "run_and_model",
    [
        (RUN, MODEL),
        trained(RunConfig(epochs=2, split="blocks", output="sigmoid", loss="mse", seed=3)),
        trained(RunConfig(epochs=2, dataset="spirals", hidden_layers=(), class_weight="balanced")),
        trained(RunConfig(epochs=2, dataset="moons", points=90, features="x1x2", label_noise=0.1)),
    ],
    ids=["z-score", "blocks", "no image", "features"],
)
def test_a_part_is_scored_as_in_training_bit_for_bit(
    run_and_model: tuple[Run, SavedModel], part: str
) -> None:
    run, model = run_and_model
    evaluation = evaluate_model(model, part=part)
    score = getattr(run.result, part)
    assert (evaluation.loss, evaluation.accuracy) == score
    np.testing.assert_array_equal(evaluation.rows, getattr(run.prepared_data().split, part))
    assert evaluation.n_correct == np.sum(evaluation.predicted == evaluation.labels)
    assert evaluation.n_correct / len(evaluation.rows) == evaluation.accuracy


def test_the_part_all_is_the_three_parts_together() -> None:
    whole = evaluate_model(MODEL, part="all")
    np.testing.assert_array_equal(whole.rows, np.arange(1797))
    np.testing.assert_array_equal(whole.labels, RUN.prepared_data().dataset.labels)
    parts = [evaluate_model(MODEL, part=part) for part in PARTS[:3]]
    assert whole.n_correct == sum(part.n_correct for part in parts)


def test_saturated_outputs_do_not_change_the_count() -> None:
    _, model = trained(RunConfig(epochs=1, output="sigmoid", loss="mse"))
    model.network.parameters[:] *= 1000  # all outputs are 0 or 1, and some rows have two ones
    evaluation = evaluate_model(model)
    assert evaluation.n_correct == round(evaluation.accuracy * len(evaluation.rows))


def test_a_row_is_found_in_its_part() -> None:
    evaluation = evaluate_model(MODEL)
    row = int(evaluation.rows[17])
    assert evaluation.position_of(row) == 17
    absent = int(RUN.prepared_data().split.training[0])
    with pytest.raises(ValueError, match=rf"Row {absent} is not among these 359 samples. Choose"):
        evaluation.position_of(absent)


def test_the_summary_holds_plain_values() -> None:
    evaluation = evaluate_model(MODEL)
    assert summarize_evaluation(evaluation, "test") == {
        "part": "test",
        "samples": 359,
        "correct": evaluation.n_correct,
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss,
    }
    diverged = dataclasses.replace(evaluation, loss=np.inf)
    assert summarize_evaluation(diverged, "test")["loss"] is None


def test_an_unknown_or_empty_part_is_refused() -> None:
    with pytest.raises(ValueError, match=r"There is no part 'half'. Choose one of: training, val"):
        evaluate_model(MODEL, part="half")
    _, model = trained(RunConfig(epochs=1, validation_fraction=0, test_fraction=0))
    with pytest.raises(ValueError, match=r"No samples were held out for the test part. Choose the"):
        evaluate_model(model)
    assert len(evaluate_model(model, part="training").rows) == 1797


def test_samples_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="A sample has 2 features, but this model takes 64"):
        evaluate_model(MODEL, own=MOONS)


def own(names: tuple[str, ...]) -> Dataset:
    """Return the moons with their classes in a given order."""
    indices = np.array([names.index(name) for name in ("A", "B")])
    return dataclasses.replace(
        MOONS, name="own", class_names=names, labels=indices[MOONS.labels].astype(np.intp)
    )


def test_classes_are_matched_by_name() -> None:
    _, model = trained(RunConfig(dataset="moons", epochs=5))
    same_order, reversed_order = (
        evaluate_model(model, part="all", own=own(names)) for names in (("A", "B"), ("B", "A"))
    )
    np.testing.assert_array_equal(reversed_order.labels, same_order.labels)
    assert reversed_order.accuracy == same_order.accuracy > 0.8
    with pytest.raises(ValueError, match=r"a class 'C' that this model does not know. It knows: A"):
        evaluate_model(model, own=own(("A", "B", "C")))


def test_a_model_trained_on_own_samples_needs_their_file() -> None:
    samples = own(("A", "B"))
    run, model = trained(RunConfig(dataset=OWN, epochs=2), samples)
    assert evaluate_model(model, own=samples).accuracy == run.result.test.accuracy
    with pytest.raises(ValueError, match=r"trained on samples from a file. Give that file, too"):
        evaluate_model(model)
