"""The network behaves like every other scikit-learn classifier."""

import doctest
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits, load_iris, make_blobs
from sklearn.exceptions import DataConversionWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import mlp.classifier
from data.augmentation import Augmentation, Distortions
from mlp.activations import OUTPUTS
from mlp.classifier import MLPClassifier
from mlp.classifier_inputs import LabeledInputs, choose_held_out
from mlp.evaluation import evaluate
from mlp.losses import BINARY_CROSS_ENTROPY, CROSS_ENTROPY, LOSSES, MSE, Objective
from mlp.optimizers import Adam
from mlp.samples import Samples, one_hot
from mlp.schedules import Schedule

ROOT = Path(__file__).parents[2]

CHECKED = [
    MLPClassifier(),
    MLPClassifier((), output="sigmoid", learning_rate=0.05, epochs=200),
    MLPClassifier((16,), early_stopping=True, learning_rate=0.01),
]


@parametrize_with_checks(CHECKED)
def test_scikit_learn_finds_nothing_wrong(estimator, check, monkeypatch) -> None:
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # otherwise one of the checks is skipped
    check(estimator)


def clusters(n_samples: int = 120, n_classes: int = 3, seed: int = 0):
    """Clusters that overlap a little, in float64."""
    return make_blobs(n_samples, centers=4 * np.eye(n_classes, 2) - 1, random_state=seed)


def quick(*hidden: int, **settings) -> MLPClassifier:
    settings = {"epochs": 5, "batch_size": 16, "learning_rate": 0.02, "random_state": 0} | settings
    return MLPClassifier(hidden, **settings)


QUESTIONS = np.array([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])
ANSWERS = np.array([[0, 0], [0, 1], [0, 1], [1, 0]])  # both of them? just one?


def two_questions(**settings) -> MLPClassifier:
    settings = {"learning_rate": 0.05, "epochs": 300, "random_state": 0} | settings
    return MLPClassifier((8,), activation="tanh", **settings).fit(QUESTIONS, ANSWERS)


def parameters_of(classifier: MLPClassifier) -> np.ndarray:
    return classifier.network_.parameters


# With the tools of scikit-learn.


def test_the_example_of_the_docstring_runs() -> None:
    assert doctest.testmod(mlp.classifier).attempted == 9
    assert doctest.testmod(mlp.classifier).failed == 0


def test_it_reads_digits_out_of_the_box() -> None:
    X, y = load_digits(return_X_y=True)
    classifier = MLPClassifier(random_state=0).fit(X[:1200] / 16, y[:1200])
    assert classifier.score(X[1200:] / 16, y[1200:]) > 0.92


def test_a_grid_search_through_a_pipeline_finds_the_better_network() -> None:
    X, y = load_iris(return_X_y=True, as_frame=True)
    names = y.map(dict(enumerate(["setosa", "versicolor", "virginica"])))
    pipeline = make_pipeline(StandardScaler(), MLPClassifier((), learning_rate=0.05))
    grid = {"mlpclassifier__epochs": [1, 100], "mlpclassifier__random_state": [0]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, names)
    assert search.best_params_["mlpclassifier__epochs"] == 100
    assert search.best_score_ > 0.93
    assert set(search.predict(X)) == {"setosa", "versicolor", "virginica"}
    assert list(search.best_estimator_[0].feature_names_in_) == list(X.columns)


def test_a_table_keeps_the_names_of_its_columns() -> None:
    X, y = clusters()
    table = pd.DataFrame(X, columns=["width", "height"])
    labels = pd.Series(y).map({0: "a", 1: "b", 2: "c"})
    classifier = quick(4).fit(table, labels)
    assert list(classifier.feature_names_in_) == ["width", "height"]
    assert classifier.n_features_in_ == 2
    assert list(classifier.classes_) == ["a", "b", "c"]
    assert set(classifier.predict(table)) <= {"a", "b", "c"}
    with pytest.raises(ValueError, match="feature names"):
        classifier.predict(table[["height", "width"]])


def test_cross_validation_and_calibration_take_it() -> None:
    X, y = clusters(150)
    assert cross_val_score(quick(8), X, y, cv=3).min() > 0.8
    calibrated = CalibratedClassifierCV(quick(8), cv=2).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1)
    assert calibrated.score(X, y) > 0.8


def test_the_single_layer_comes_to_the_optimum_of_logistic_regression() -> None:
    X, y = load_iris(return_X_y=True)
    X, y = StandardScaler().fit_transform(X[50:]), y[50:]
    known = LogisticRegression(C=2.0, tol=1e-10).fit(X, y)
    ours = MLPClassifier(
        (),
        output="sigmoid",
        l2=1 / (2.0 * len(X)),
        optimizer="nesterov",
        learning_rate=1.0,
        epochs=1500,
    ).fit(X, y)
    np.testing.assert_allclose(ours.network_.weights[1], known.coef_, rtol=1e-5)
    np.testing.assert_allclose(ours.network_.biases[1], known.intercept_, rtol=1e-5)
    np.testing.assert_allclose(ours.predict_proba(X), known.predict_proba(X), rtol=1e-5)
    np.testing.assert_allclose(ours.decision_function(X), known.decision_function(X), rtol=1e-5)


def test_three_classes_come_to_the_optimum_of_logistic_regression() -> None:
    X, y = clusters()
    known = LogisticRegression(C=1.0, tol=1e-10).fit(X, y)
    ours = MLPClassifier(
        (), l2=1 / len(X), optimizer="nesterov", learning_rate=0.3, epochs=1500
    ).fit(X, y)
    np.testing.assert_allclose(ours.predict_proba(X), known.predict_proba(X), atol=1e-6)


def test_it_goes_through_a_pickle_and_learns_on() -> None:
    X, y = clusters()
    one = quick(5, dropout=0.1).fit(X, y)
    two = pickle.loads(pickle.dumps(one))  # noqa: S301
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    one.partial_fit(X, y)
    two.partial_fit(X, y)
    np.testing.assert_array_equal(parameters_of(one), parameters_of(two))
    assert two._optimizer.network is two.network_


def test_a_clone_has_the_settings_and_nothing_else() -> None:
    schedule = Schedule("cosine", warmup_epochs=2)
    classifier = quick(4, schedule=schedule, class_weight={0: 2, 1: 1, 2: 1}).fit(*clusters())
    copy = clone(classifier)
    assert copy.get_params() == classifier.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(QUESTIONS)


def test_batches_are_augmented_anew_in_each_epoch_over_all_calls() -> None:
    seen = []

    def augment(X: np.ndarray, epoch: int, batch: int) -> np.ndarray:
        seen.append((epoch, batch))
        return X.astype(np.float32)  # the network itself is in double precision

    X, y = clusters()
    classifier = quick(4, augment=augment, batch_size=len(X) - 1, epochs=2, dtype="float64")
    classifier.fit(X, y).partial_fit(X, y)
    assert seen == [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)]
    assert parameters_of(classifier).dtype == np.float64


def test_images_can_be_distorted_by_the_augmentation_of_the_project() -> None:
    X, y = load_digits(return_X_y=True)
    augmentation = Augmentation((8, 8), Distortions(shift=0.5, rotation=10), maximum=16.0)
    settings = {"epochs": 3, "learning_rate": 0.005, "random_state": 0}
    plain = MLPClassifier(**settings).fit(X, y)
    one, two = (MLPClassifier(**settings, augment=augmentation).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(parameters_of(one), parameters_of(two))
    assert not np.array_equal(parameters_of(one), parameters_of(plain))
    assert one.history_[-1].training.accuracy < plain.history_[-1].training.accuracy
    assert clone(one).augment == augmentation


def test_importing_it_costs_no_more_than_scikit_learn_itself() -> None:
    code = "import sys, mlp.classifier; print([m for m in sys.modules if m.startswith('sklearn')])"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    printed = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout
    assert "sklearn.base" in printed
    for heavy in ("model_selection", "metrics", "preprocessing", "linear_model"):
        assert f"sklearn.{heavy}" not in printed


# Labels and outputs.


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_every_output_separates_clusters(output: str, n_classes: int) -> None:
    X, y = clusters(n_classes=n_classes)
    classifier = quick(8, output=output, epochs=30).fit(X, y - 1)
    assert classifier.score(X, y - 1) > 0.9
    decision = classifier.decision_function(X)
    is_single = n_classes == 2 and output != "softmax"
    assert classifier.n_outputs_ == (1 if is_single else n_classes)
    if n_classes == 2:
        np.testing.assert_array_equal(classifier.predict(X), np.where(decision > 0, 0, -1))
    else:
        np.testing.assert_array_equal(classifier.predict(X), decision.argmax(axis=1) - 1)
    assert classifier.history_[-1].training.accuracy > 0.85


@pytest.mark.parametrize(
    ("output", "loss"),
    [(output, loss) for loss in LOSSES for output in LOSSES[loss].outputs],
)
def test_every_loss_goes_with_its_outputs(output: str, loss: str) -> None:
    X, y = clusters()
    classifier = quick(8, output=output, loss=loss, epochs=30).fit(X, y)
    assert classifier.score(X, y) > 0.9
    targets = one_hot(y, 3, np.float64)
    score = evaluate(classifier.network_, Objective(LOSSES[loss]), Samples(X, targets))
    assert score.loss == pytest.approx(classifier.history_[-1].training.loss, rel=0.3)


def test_two_yes_or_no_questions_are_learned_exactly() -> None:
    classifier = two_questions()
    predicted = classifier.predict(QUESTIONS)
    np.testing.assert_array_equal(predicted, ANSWERS)
    assert predicted.dtype == ANSWERS.dtype
    np.testing.assert_array_equal(classifier.classes_, [0, 1])
    assert classifier.network_.output.name == "sigmoid"
    assert classifier.score(QUESTIONS, ANSWERS) == 1
    assert classifier.history_[-1].training.accuracy == 1
    logits = classifier.decision_function(QUESTIONS)
    np.testing.assert_allclose(
        classifier.predict_proba(QUESTIONS), 1 / (1 + np.exp(-logits)), rtol=1e-12
    )


def test_the_accuracy_of_several_labels_counts_whole_rows() -> None:
    classifier = two_questions(epochs=1, learning_rate=1e-9)
    right = (classifier.predict(QUESTIONS) == ANSWERS).all(axis=1).mean()
    assert 0 < right < 1
    assert classifier.history_[0].training.accuracy == right


def test_labels_in_columns_may_be_sparse() -> None:
    dense = two_questions()
    sparse = clone(dense).fit(QUESTIONS, csr_array(ANSWERS))
    np.testing.assert_array_equal(parameters_of(sparse), parameters_of(dense))


def test_a_single_column_of_labels_is_taken_with_a_warning() -> None:
    X, y = clusters()
    with pytest.warns(DataConversionWarning, match="column-vector"):
        column = quick(4).fit(X, y[:, np.newaxis])
    np.testing.assert_array_equal(parameters_of(column), parameters_of(quick(4).fit(X, y)))


def test_only_outputs_that_are_probabilities_say_so() -> None:
    classifier = quick(4, output="identity").fit(*clusters())
    assert not hasattr(classifier, "predict_proba")
    assert not hasattr(classifier, "predict_log_proba")
    with pytest.raises(AttributeError) as raised:
        classifier.predict_proba(QUESTIONS)
    assert "The output 'identity' gives no probabilities. Use decision_function" in str(
        raised.value.__cause__
    )


def test_tags_tell_whether_samples_may_have_several_labels() -> None:
    assert MLPClassifier().__sklearn_tags__().classifier_tags.multi_label
    assert not MLPClassifier(output="softmax").__sklearn_tags__().classifier_tags.multi_label


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("output", "n_classes"), [("softmax", 3), ("sigmoid", 2), ("sigmoid", 3)])
def test_log_probabilities_are_finite_for_extreme_logits(output, n_classes, dtype) -> None:
    X, y = clusters(n_classes=n_classes)
    classifier = quick(4, output=output, dtype=dtype).fit(X, y)
    parameters_of(classifier)[:] *= 1e4
    logs, probabilities = classifier.predict_log_proba(X), classifier.predict_proba(X)
    assert np.isfinite(logs).all()
    assert logs.min() < -1e4
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    np.testing.assert_array_equal(classifier.classes_[logs.argmax(axis=1)], classifier.predict(X))


def test_sigmoids_of_three_classes_are_divided_by_their_sum() -> None:
    X, y = clusters()
    classifier = quick(4, output="sigmoid").fit(X, y)
    sigmoids = classifier.activations(X)[-1]
    np.testing.assert_allclose(
        classifier.predict_proba(X), sigmoids / sigmoids.sum(axis=1, keepdims=True), rtol=1e-12
    )


def test_an_input_that_overflows_is_refused_rather_than_answered_with_nan() -> None:
    classifier = quick(4, dtype="float32").fit(*clusters())
    parameters_of(classifier)[:] = 100
    with (
        np.errstate(all="ignore"),
        pytest.raises(ValueError, match=r"so large, up to 1e\+38, that float32 cannot hold"),
    ):
        classifier.predict([[1e38, -1.0]])


# Activations and settings.


@pytest.mark.parametrize("hidden", [(), (5,), (5, 4)])
def test_activations_are_the_forward_pass_by_hand(hidden: tuple[int, ...]) -> None:
    X, y = clusters()
    classifier = quick(*hidden, activation="tanh").fit(X, y)
    by_hand, network = [X], classifier.network_
    for l in range(1, network.n_layers):
        by_hand.append(np.tanh(by_hand[-1] @ network.weights[l].T + network.biases[l]))
    z = by_hand[-1] @ network.weights[-1].T + network.biases[-1]
    by_hand.append(np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))
    activations = classifier.activations(X)
    assert len(activations) == len(hidden) + 2
    for l, expected in enumerate(by_hand):
        np.testing.assert_allclose(activations[l], expected, rtol=1e-10)
        np.testing.assert_array_equal(classifier.activations(X, l), activations[l])
    np.testing.assert_allclose(classifier.predict_proba(X), by_hand[-1], rtol=1e-10)


@pytest.mark.parametrize("layer", [-1, 3])
def test_a_layer_that_is_not_there_is_named(layer: int) -> None:
    classifier = quick(4).fit(*clusters())
    with pytest.raises(ValueError, match=f"has the layers 0 to 2, not {layer}"):
        classifier.activations(QUESTIONS, layer)


def test_predicting_in_pieces_is_predicting_at_once() -> None:
    X, y = clusters(5000)
    classifier = quick(4, epochs=1).fit(X, y)
    at_once = classifier.activations(X)[-1]
    np.testing.assert_allclose(classifier.predict_proba(X), at_once, rtol=1e-10)


def test_the_network_starts_with_the_chosen_distributions() -> None:
    X, y = clusters()
    classifier = quick(
        200, weight_init="zeros", bias_init="unit-normal", learning_rate=1e-9, epochs=1
    ).fit(X, y)
    assert np.abs(classifier.network_.all_weights).max() < 1e-6
    assert classifier.network_.biases[1].std() == pytest.approx(1, abs=0.15)


def test_settings_reach_the_training() -> None:
    X, y = clusters()
    plain = quick(6).fit(X, y)
    changes = [
        {"l1": 0.1},
        {"l2": 0.1},
        {"dropout": 0.5},
        {"max_norm": 0.1},
        {"schedule": "cosine"},
        {"schedule": Schedule("step", decay_every=1)},
        {"optimizer": "adamw", "weight_decay": 0.5},
        {"optimizer": "momentum", "momentum": 0.5},
        {"optimizer": "momentum", "momentum": 0.8},
        {"activation": "tanh"},
        {"batch_size": "full"},
    ]
    results = [quick(6, **change).fit(X, y) for change in changes]
    results.append(plain)
    assert len({parameters_of(result).tobytes() for result in results}) == len(results)
    assert np.linalg.norm(results[3].network_.weights[1], axis=1).max() < 0.1 + 1e-9


@pytest.mark.parametrize(
    ("n_samples", "settings", "steps", "epochs"),
    [
        (90, {}, 1, 1000),
        (240, {}, 2, 500),
        (240, {"batch_size": 32}, 8, 125),
        (90, {"batch_size": 500, "epochs": 3}, 1, 3),
        (30_000, {}, 150, 10),
        (300, {"batch_size": "full", "epochs": 2}, 1, 2),
    ],
)
def test_auto_makes_a_thousand_steps_and_ten_epochs(n_samples, settings, steps, epochs) -> None:
    X, y = clusters(n_samples)
    classifier = MLPClassifier((), random_state=0, **settings).fit(X, y)
    assert classifier.n_iter_ == epochs
    assert classifier.history_[-1].step == steps * epochs


@pytest.mark.parametrize(
    ("given", "dtype", "trained"),
    [
        (np.float64, "auto", "float64"),
        (np.float32, "auto", "float32"),
        (np.float16, "auto", "float32"),
        (np.uint8, "auto", "float32"),
        (object, "auto", "float32"),
        (list, "auto", "float64"),
        (np.float64, "float32", "float32"),
        (np.float32, "float64", "float64"),
    ],
)
def test_the_precision_is_that_of_the_input_unless_it_is_asked_for(given, dtype, trained) -> None:
    X, y = clusters()
    X = (X + 10).tolist() if given is list else (X + 10).astype(given)
    classifier = quick(4, dtype=dtype).fit(X, y)
    assert parameters_of(classifier).dtype == trained
    assert classifier.activations(X, 1).dtype == trained
    assert classifier.predict_proba(X).dtype == np.float64


def test_large_inputs_are_converted_to_single_precision_unless_double_is_asked_for() -> None:
    X = np.random.default_rng(0).normal(size=(1001, 1000))
    y = np.arange(1001) % 2
    for dtype, trained in (("auto", np.float32), ("float64", np.float64)):
        assert parameters_of(quick(1, dtype=dtype, epochs=1).fit(X, y)).dtype == trained


# Randomness.


def test_the_same_seed_gives_the_same_network_and_another_does_not() -> None:
    X, y = clusters()
    settings = {"dropout": 0.3, "early_stopping": True}
    first, same, other = (
        parameters_of(quick(4, random_state=seed, **settings).fit(X, y)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


def test_a_random_state_advances_from_fit_to_fit() -> None:
    X, y = clusters()
    classifier = quick(4, random_state=np.random.RandomState(3))
    first, second = (parameters_of(classifier.fit(X, y)) for _ in range(2))
    again = parameters_of(quick(4, random_state=np.random.RandomState(3)).fit(X, y))
    np.testing.assert_array_equal(first, again)
    assert (first != second).any()


def test_without_a_seed_no_network_is_like_another() -> None:
    X, y = clusters()
    first, second = (parameters_of(quick(4, random_state=None).fit(X, y)) for _ in range(2))
    assert (first != second).any()


def test_dropout_has_a_random_generator_of_its_own() -> None:
    X, y = clusters()
    with_it, without = quick(4, dropout=0.3).fit(X, y), quick(4).fit(X, y)
    assert with_it.history_[0] == without.history_[0]
    assert with_it._batches_rng.random() == without._batches_rng.random()


# Weights.


def test_a_weight_is_a_number_of_copies() -> None:
    X, y = clusters(40)
    copies = np.random.default_rng(0).integers(0, 4, 40)
    settings = {"batch_size": "full", "epochs": 50}
    repeated = quick(4, **settings).fit(X.repeat(copies, axis=0), y.repeat(copies))
    weighted = quick(4, **settings).fit(X, y, sample_weight=copies / 7)
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-8)


def test_class_weights_move_the_answer_to_the_rare_class() -> None:
    rng = np.random.default_rng(0)
    X = np.vstack([rng.normal(0, 1, (190, 2)), rng.normal(1.5, 1, (10, 2))])
    y = np.repeat(["common", "rare"], [190, 10])
    found = [
        (quick(4, class_weight=weight, epochs=40).fit(X, y).predict(X) == "rare").sum()
        for weight in (None, "balanced", {"common": 1, "rare": 1000})
    ]
    assert found[0] < 20 < found[1] < found[2]


def test_balanced_is_n_over_k_n_c_and_multiplies_the_weights_of_samples() -> None:
    X, y = clusters(60)
    X, y = X[y < 2][:30], np.repeat([0, 1], [20, 10])
    by_hand = np.repeat([30 / (2 * 20), 30 / (2 * 10)], [20, 10])
    balanced = quick(4, class_weight="balanced").fit(X, y)
    np.testing.assert_array_equal(
        parameters_of(balanced), parameters_of(quick(4).fit(X, y, sample_weight=by_hand))
    )
    both = quick(4, class_weight={0: 3, 1: 1}).fit(X, y, sample_weight=np.arange(1, 31))
    product = quick(4).fit(X, y, sample_weight=np.arange(1, 31) * np.repeat([3, 1], [20, 10]))
    np.testing.assert_array_equal(parameters_of(both), parameters_of(product))


def test_a_class_whose_samples_all_have_weight_0_is_not_there() -> None:
    X, y = clusters()
    classifier = quick(4).fit(X, y, sample_weight=y != 1)
    np.testing.assert_array_equal(classifier.classes_, [0, 2])


def test_the_validation_loss_weighs_classes_as_training_does() -> None:
    X, y = clusters()
    classifier = quick(4, class_weight={0: 8, 1: 1, 2: 1}).fit(X, y, validation_data=(X, y))
    weights = np.where(y == 0, 8.0, 1)
    samples = Samples(X, one_hot(y, 3, np.float64), weights / weights.mean())
    expected = evaluate(classifier.network_, Objective(CROSS_ENTROPY), samples)
    assert classifier.history_[-1].validation.loss == pytest.approx(expected.loss)


# History, partial_fit and warm start.


def test_history_tells_of_every_epoch() -> None:
    X, y = clusters()
    classifier = quick(4, l2=0.01).fit(X, y, validation_data=clusters(50, seed=1))
    assert [record.epoch for record in classifier.history_] == [0, 1, 2, 3, 4, 5]
    assert [record.step for record in classifier.history_] == [0, 8, 16, 24, 32, 40]
    X_new, y_new = clusters(50, seed=1)
    expected = evaluate(
        classifier.network_,
        Objective(CROSS_ENTROPY, l2=0.01),
        Samples(X_new, one_hot(y_new, 3, np.float64)),
    )
    assert classifier.history_[-1].validation == expected
    assert quick(4).fit(X, y).history_[-1].validation is None


@pytest.mark.parametrize("optimizer", ["sgd", "nesterov", "adam"])
def test_five_calls_of_partial_fit_are_five_epochs(optimizer: str) -> None:
    X, y = clusters()
    settings = {"optimizer": optimizer, "dropout": 0.2, "class_weight": {0: 2, 1: 1, 2: 1}}
    at_once, in_parts = quick(4, **settings).fit(X, y), quick(4, **settings)
    for call in range(5):
        in_parts.partial_fit(X, y, classes=[2, 1, 0] if call == 0 else None)
    np.testing.assert_array_equal(parameters_of(at_once), parameters_of(in_parts))
    assert at_once.history_ == in_parts.history_
    assert in_parts.n_iter_ == 5


def test_partial_fit_may_see_classes_late() -> None:
    X, y = clusters()
    classifier = quick(4).partial_fit(X[y < 1], y[y < 1], classes=np.arange(3))
    classifier.partial_fit(X[y > 0], y[y > 0])
    assert classifier.predict_proba(X).shape == (120, 3)


def test_partial_fit_needs_no_classes_for_columns() -> None:
    classifier = quick(4).partial_fit(QUESTIONS, ANSWERS)
    np.testing.assert_array_equal(classifier.classes_, [0, 1])
    assert classifier.predict(QUESTIONS).shape == (4, 2)


def test_a_new_learning_rate_acts_at_once() -> None:
    X, y = clusters()
    classifier = quick(4).fit(X, y)
    before, memory = parameters_of(classifier).copy(), classifier._optimizer.time
    classifier.set_params(learning_rate=1e-9).partial_fit(X, y)
    np.testing.assert_allclose(parameters_of(classifier), before, atol=1e-7)
    assert classifier._optimizer.time == memory + 8
    assert classifier.history_[-1].learning_rate == 1e-9


def test_another_optimizer_starts_without_memory() -> None:
    X, y = clusters()
    classifier = quick(4, optimizer="momentum").fit(X, y)
    classifier.set_params(optimizer="adam").partial_fit(X, y)
    assert isinstance(classifier._optimizer, Adam)
    assert classifier._optimizer.time == 8


def test_a_warm_start_goes_on_where_the_last_fit_ended() -> None:
    X, y = clusters()
    long = quick(4, epochs=6).fit(X, y)
    warm = quick(4, epochs=2, warm_start=True)
    for _ in range(3):
        warm.fit(X, y)
    np.testing.assert_array_equal(parameters_of(long), parameters_of(warm))
    assert warm.history_ == long.history_
    assert warm.n_iter_ == 6


def test_without_a_warm_start_fit_starts_again() -> None:
    X, y = clusters()
    twice = quick(4, early_stopping=True).fit(X, y).set_params(early_stopping=False).fit(X, y)
    np.testing.assert_array_equal(parameters_of(twice), parameters_of(quick(4).fit(X, y)))
    assert len(twice.history_) == 6
    assert not hasattr(twice, "best_epoch_")


# Early stopping.


def noisy(n_samples: int = 60, seed: int = 0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n_samples, 8)), rng.integers(0, 2, n_samples)


def test_early_stopping_goes_back_to_the_best_epoch() -> None:
    X, y = noisy()
    held_out = noisy(seed=1)
    classifier = quick(30, epochs=200, early_stopping=True, patience=4)
    classifier.fit(X, y, validation_data=held_out)
    losses = [record.validation.loss for record in classifier.history_]
    assert classifier.best_epoch_ == np.argmin(losses)
    assert classifier.n_iter_ == classifier.best_epoch_ + 4 < 200
    samples = Samples(held_out[0], one_hot(held_out[1], 2, np.float64))
    now = evaluate(classifier.network_, Objective(CROSS_ENTROPY), samples)
    assert now.loss == pytest.approx(min(losses))


def test_ctrl_c_leaves_the_best_network_so_far(monkeypatch) -> None:
    X, y = noisy()
    held_out = noisy(seed=1)
    settings = {"early_stopping": True, "patience": 50}
    whole = quick(30, **settings).fit(X, y, validation_data=held_out)
    step, n_steps = Adam.step, 4 * 4 + 2  # four epochs and a half

    def interrupted(optimizer: Adam, gradient: np.ndarray) -> None:
        step(optimizer, gradient)
        if optimizer.time == n_steps:
            raise KeyboardInterrupt

    monkeypatch.setattr(Adam, "step", interrupted)
    classifier = quick(30, **settings)
    with pytest.raises(KeyboardInterrupt):
        classifier.fit(X, y, validation_data=held_out)
    losses = [record.validation.loss for record in whole.history_[:5]]
    assert classifier.history_ == whole.history_[:5]
    assert (classifier.n_iter_, classifier.best_epoch_) == (4, np.argmin(losses))
    samples = Samples(held_out[0], one_hot(held_out[1], 2, np.float64))
    now = evaluate(classifier.network_, Objective(CROSS_ENTROPY), samples)
    assert now.loss == pytest.approx(min(losses))


def test_early_stopping_goes_on_counting_after_a_warm_start() -> None:
    X, y = clusters()
    classifier = quick(4, warm_start=True).fit(X, y)
    classifier.set_params(early_stopping=True, learning_rate=1e-6, epochs=3).fit(X, y)
    assert classifier.n_iter_ == 8
    assert 5 <= classifier.best_epoch_ <= 8


def test_a_tenth_of_each_class_is_held_out() -> None:
    X, y = clusters(200)
    y[:110], y[110:190], y[190:] = 0, 1, 2
    held_out = choose_held_out(LabeledInputs(X, y, None), 0.1, np.random.default_rng(0))
    np.testing.assert_array_equal(np.bincount(y[held_out]), [11, 8, 1])
    other = choose_held_out(LabeledInputs(X, y, None), 0.1, np.random.default_rng(1))
    assert (held_out != other).any()


def test_copies_of_a_sample_stay_together() -> None:
    X, y = noisy(20)
    rows = LabeledInputs(X.repeat(3, axis=0), y.repeat(3), None)
    held_out = choose_held_out(rows, 0.3, np.random.default_rng(0)).reshape(20, 3)
    np.testing.assert_array_equal(held_out.all(axis=1), held_out.any(axis=1))
    assert 0 < held_out.mean() < 0.5


@pytest.mark.parametrize("seed", range(5))
def test_copies_with_different_labels_stay_together(seed: int) -> None:
    X, _ = noisy(20)
    y = np.random.default_rng(seed).integers(0, 3, 60)
    rows = LabeledInputs(X.repeat(3, axis=0), y, None)
    held_out = choose_held_out(rows, 0.3, np.random.default_rng(seed)).reshape(20, 3)
    np.testing.assert_array_equal(held_out.all(axis=1), held_out.any(axis=1))
    assert 0 < held_out.mean() < 0.6


@pytest.mark.parametrize("seed", range(5))
def test_a_class_of_copies_of_another_is_left_for_training(seed: int) -> None:
    X, _ = noisy(5)
    rows = LabeledInputs(np.vstack([X, X[:1]]), np.array([0] * 5 + [1]), None)
    held_out = choose_held_out(rows, 0.7, np.random.default_rng(seed))
    assert not held_out[[0, 5]].any()
    assert held_out.any()


def test_zero_and_minus_zero_are_copies() -> None:
    X = np.array([[0.0, 1], [-0.0, 1], [2, 1], [2, -0.0], [2, 0.0]])
    for seed in range(10):
        held_out = choose_held_out(
            LabeledInputs(X, np.zeros(5), None), 0.5, np.random.default_rng(seed)
        )
        assert held_out[0] == held_out[1]
        assert held_out[3] == held_out[4]


def test_the_weights_of_a_class_make_up_the_fraction() -> None:
    X, _ = noisy(10)
    weights = np.array([90.0, *[1] * 9])
    inputs = LabeledInputs(X, np.zeros(10), weights)
    shares = [
        weights[choose_held_out(inputs, 0.5, np.random.default_rng(seed))] for seed in range(20)
    ]
    assert {share.sum() >= 90 or len(share) == 9 for share in shares} == {True}


def test_a_sample_alone_in_its_class_is_not_held_out() -> None:
    X, y = noisy(21)
    y[20] = 2
    held_out = choose_held_out(LabeledInputs(X, y, None), 0.9, np.random.default_rng(0))
    assert not held_out[20]
    assert held_out[:20].any()


def test_where_samples_have_several_labels_all_are_one_class_for_the_split() -> None:
    X, _ = noisy(40)
    y = np.random.default_rng(0).integers(0, 2, (40, 5))
    held_out = choose_held_out(LabeledInputs(X, y, None), 0.25, np.random.default_rng(0))
    assert held_out.sum() == 10


def test_a_warm_start_holds_out_the_same_samples_again() -> None:
    X, y = noisy()
    classifier = quick(4, warm_start=True, early_stopping=True, learning_rate=1e-9)
    first = classifier.fit(X, y).history_[-1].validation
    assert classifier.fit(X, y).history_[-1].validation.loss == pytest.approx(first.loss, abs=1e-6)


# What is refused.


def test_a_diverged_training_leaves_no_network() -> None:
    X, y = clusters()
    classifier = quick(4, optimizer="sgd", learning_rate=1e6, warm_start=True)
    with pytest.raises(ValueError, match=r"^Diverged at step .* Try a learning rate of 0\.1 or le"):
        classifier.fit(X, y)
    with pytest.raises(NotFittedError):
        classifier.predict(X)
    classifier.set_params(learning_rate=0.01).fit(X, y).set_params(learning_rate=1e6)
    with pytest.raises(ValueError, match=r"Or scale the features to values near 1\.$"):
        classifier.partial_fit(X, y)
    with pytest.raises(NotFittedError):
        classifier.predict(X)


WRONG_SETTINGS = [
    ({"learning_rate": 0}, "learning_rate must be a number above 0, not 0."),
    ({"learning_rate": "fast"}, "learning_rate must be a number above 0, not 'fast'."),
    ({"learning_rate": np.inf}, "learning_rate must be a number above 0, not inf."),
    ({"momentum": 1.0}, "momentum must be a number of at least 0 and below 1, not 1.0."),
    ({"weight_decay": -1}, "weight_decay must be a number of at least 0, not -1."),
    ({"l1": np.nan}, "l1 must be a number of at least 0, not nan."),
    ({"l2": None}, "l2 must be a number of at least 0, not None."),
    ({"dropout": True}, "dropout must be a number of at least 0 and below 1, not True."),
    ({"validation_fraction": 1}, "validation_fraction must be a number between 0 and 1, not 1."),
    ({"max_norm": 0}, "max_norm must be a number above 0, or None, not 0."),
    ({"patience": 0}, "patience must be a whole number of at least 1, not 0."),
    ({"epochs": 1.5}, "epochs must be a whole number of at least 1 or 'auto', not 1.5."),
    ({"batch_size": "half"}, "of at least 1 or 'auto' or 'full', not 'half'."),
    ({"hidden_layer_sizes": (4, 0)}, "each of hidden_layer_sizes must be a whole number"),
    ({"hidden_layer_sizes": "64"}, "each of hidden_layer_sizes must be a whole number"),
    ({"hidden_layer_sizes": True}, "each of hidden_layer_sizes must be a whole number"),
    ({"augment": 3}, "augment must be a function of (X, epoch, batch), not 3."),
    ({"class_weight": "even"}, "class_weight must be {class: weight}, 'balanced' or None, not"),
    ({"class_weight": {0: -1, 1: 1, 2: 1}}, "must be numbers of at least 0, not [-1.  1.  1.]."),
    ({"class_weight": {0: 0, 1: 0, 2: 0}}, "all samples have weight 0. Raise one."),
    ({"activation": "cubic"}, "There is no activation 'cubic'. Choose one of: relu"),
    ({"activation": 3}, "There is no activation '3'."),
    ({"output": "max"}, "There is no output 'max'. Choose one of: softmax"),
    ({"loss": "hinge"}, "There is no loss for the output softmax called 'hinge'. Choose one of"),
    ({"loss": "binary-cross-entropy"}, "no loss for the output softmax called 'binary-cross"),
    ({"optimizer": "lbfgs"}, "There is no optimizer 'lbfgs'."),
    ({"schedule": "up"}, "There is no schedule 'up'."),
    ({"weight_init": "ones"}, "There is no weight initialization 'ones'."),
    ({"bias_init": "ones"}, "There is no bias initialization 'ones'."),
    ({"dtype": "float16"}, "There is no dtype 'float16'. Choose one of: float32, float64."),
    ({"random_state": "dice"}, "'dice' cannot be used to seed"),
]


@pytest.mark.parametrize(("settings", "message"), WRONG_SETTINGS)
def test_an_invalid_setting_is_refused_and_leaves_no_network(settings, message) -> None:
    classifier = quick(4).fit(*clusters()).set_params(**settings)
    with pytest.raises(ValueError, match=re.escape(message)):
        classifier.fit(*clusters())
    if message.startswith("There is no"):
        with pytest.raises(NotFittedError):
            classifier.predict(QUESTIONS)


def test_hidden_layers_may_be_one_number_or_an_array() -> None:
    X, y = clusters()
    for sizes in (7, np.int64(7), [7], np.array([7])):
        assert quick(4).set_params(hidden_layer_sizes=sizes).fit(X, y).network_.sizes == (2, 7, 3)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.zeros(4), "There is nothing to tell apart with 1 class, '0.0'. Give"),
        (np.linspace(0, 1, 4), "continuous"),
        (2 * ANSWERS, "It holds other values. For one class per sample, give one column."),
        (np.array([[0, 1], [1, 2], [2, 0], [0, 0]]), "y has the shape (4, 2): a column for each"),
        ([0, 1, 0], "inconsistent numbers of samples"),
        (None, "requires y to be passed"),
    ],
)
def test_invalid_labels_are_refused(y, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        quick(4).fit(QUESTIONS, y)


def test_sparse_samples_are_refused() -> None:
    with pytest.raises(TypeError, match="dense data is required"):
        quick(4).fit(csr_array(QUESTIONS), [0, 0, 1, 1])


@pytest.mark.parametrize(
    ("weights", "shape"),
    [([1, 1, 1, -1], "(4,)"), ([0, 0, 0, 0], "(4,)"), ([1, 1], "(2,)"), ([[1]] * 4, "(4, 1)")],
)
def test_invalid_weights_are_refused(weights, shape: str) -> None:
    message = (
        "sample_weight must be 4 numbers of at least 0, one per sample and not all zero; it has "
    )
    with pytest.raises(ValueError, match=re.escape(f"{message}the shape {shape}")):
        quick(4).fit(QUESTIONS, [0, 0, 1, 1], sample_weight=weights)


@pytest.mark.parametrize("settings", [{}, {"early_stopping": True}])
@pytest.mark.parametrize(
    ("class_weight", "sample_weight"),
    [({0: 2e306, 1: 2e306}, None), (None, 2e306), ({0: 1e160, 1: 1}, 1e160), ("balanced", 1e306)],
)
def test_weights_whose_sum_overflows_are_refused(settings, class_weight, sample_weight) -> None:
    X, y = noisy(120)
    weights = sample_weight and np.full(120, sample_weight)
    with pytest.raises(
        ValueError, match=r"weights .* so large, up to .* sum is above 1e\+300\. Onl"
    ):
        quick(4, class_weight=class_weight, **settings).fit(X, y, sample_weight=weights)


@pytest.mark.parametrize("given", [QUESTIONS, (QUESTIONS,), [1, 2, 3]])
def test_validation_data_are_a_pair(given) -> None:
    with pytest.raises(ValueError, match=r"validation_data must be a pair \(X, y\), or None"):
        quick(4).fit(QUESTIONS, [0, 0, 1, 1], validation_data=given)


def test_validation_data_fit_to_the_training_data() -> None:
    classifier = quick(4)
    y = ["a", "a", "b", "b"]
    with pytest.raises(
        ValueError, match=r"y has the label 'c', which is not among the classes a, b\."
    ):
        classifier.fit(QUESTIONS, y, validation_data=(QUESTIONS, ["a", "b", "c", "c"]))
    with pytest.raises(NotFittedError):
        classifier.predict(QUESTIONS)
    with pytest.raises(ValueError, match="expecting 2 features"):
        classifier.fit(QUESTIONS, y, validation_data=(QUESTIONS[:, :1], y))
    with pytest.raises(ValueError, match=r"shape \(4, 2\), and .* 4 rows with one label each"):
        classifier.fit(QUESTIONS, y, validation_data=(QUESTIONS, ANSWERS))
    with pytest.raises(ValueError, match=r"shape \(4, 1\), .* 4 rows of 2 labels|shape \(4,\)"):
        classifier.fit(QUESTIONS, ANSWERS, validation_data=(QUESTIONS, [0, 1, 0, 1]))


def test_several_labels_need_an_output_that_can_give_them() -> None:
    with pytest.raises(
        ValueError, match=r"Softmax makes probabilities .* Choose the output sigmoid"
    ):
        two_questions(output="softmax")
    with pytest.raises(ValueError, match=r"class_weight is for .* one class each.* sample_weight"):
        two_questions(class_weight="balanced")


def test_early_stopping_needs_something_to_hold_out() -> None:
    with pytest.raises(ValueError, match=r"nothing to hold out with n_samples=4: no class has two"):
        quick(4, early_stopping=True).fit(QUESTIONS, [0, 1, 2, 3])


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_layer_sizes": (5,)},
        {"activation": "tanh"},
        {"output": "sigmoid"},
        {"dtype": "float32"},
    ],
)
def test_training_goes_on_only_with_the_network_that_is_there(change) -> None:
    X, y = clusters()
    classifier = quick(4, warm_start=True).fit(X, y).set_params(**change)
    message = r"goes on with Network\(2-4-3, .* in float64, and the settings ask for another: hidde"
    for learn in (classifier.fit, classifier.partial_fit):
        with pytest.raises(ValueError, match=message):
            learn(X, y)
    assert classifier.predict(X).shape == (120,)


def test_training_goes_on_only_with_the_same_classes_and_features() -> None:
    X, y = clusters()
    classifier = quick(4, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match=r"knows the classes 0, 1, 2, and now they are 0, 1: keep"):
        classifier.fit(X[y < 2], y[y < 2])
    with pytest.raises(
        ValueError, match=r"now they are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\.: keep"
    ):
        classifier.partial_fit(X, y, classes=range(11))
    with pytest.raises(
        ValueError, match=r"y has the label '3', which is not among the classes 0, 1, 2\."
    ):
        classifier.partial_fit(X, y + 1)
    with pytest.raises(ValueError, match="expecting 2 features"):
        classifier.partial_fit(X[:, :1], y)


def test_the_first_partial_fit_needs_the_classes() -> None:
    X, y = clusters()
    with pytest.raises(ValueError, match="first call of partial_fit needs classes, all labels"):
        quick(4).partial_fit(X, y)


@pytest.mark.parametrize(
    "settings",
    [
        {"early_stopping": True},
        {"schedule": "cosine"},
        {"schedule": Schedule("step")},
        {"class_weight": "balanced"},
    ],
)
def test_there_is_no_partial_fit_where_all_must_be_known(settings) -> None:
    classifier = quick(4, **settings)
    assert not hasattr(classifier, "partial_fit")
    with pytest.raises(AttributeError) as raised:
        classifier.partial_fit(*clusters(), classes=[0, 1, 2])
    assert "partial_fit makes a single epoch" in str(raised.value.__cause__)


def test_auto_losses_are_the_usual_ones() -> None:
    X, y = clusters()
    for output, loss in (
        ("softmax", CROSS_ENTROPY),
        ("sigmoid", BINARY_CROSS_ENTROPY),
        ("tanh", MSE),
    ):
        classifier = quick(4, output=output).fit(X, y)
        untrained = quick(4, output=output, learning_rate=1e-12, epochs=1).fit(X, y)
        samples = Samples(X, one_hot(y, 3, np.float64))
        score = evaluate(untrained.network_, Objective(loss), samples)
        assert classifier.history_[0].training.loss == pytest.approx(score.loss)


def test_a_second_start_that_finds_nothing_better_keeps_the_best_epoch() -> None:
    X, y = clusters()
    settings = {"early_stopping": True, "patience": 3, "epochs": 60, "learning_rate": 0.3}
    classifier = quick(8, warm_start=True, **settings).fit(X, y)
    best, parameters = classifier.best_epoch_, parameters_of(classifier).copy()
    classifier.fit(X, y)
    if np.array_equal(parameters, parameters_of(classifier)):
        assert classifier.best_epoch_ == best
    else:
        assert classifier.best_epoch_ > best
    assert not hasattr(classifier.set_params(early_stopping=False).fit(X, y), "best_epoch_")
