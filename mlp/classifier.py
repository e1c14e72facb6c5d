"""The network as a scikit-learn estimator: `fit`, `predict`, and all that is built on them.

The learning is done by the modules before this one. What this one adds is what an
estimator owes its users: any labels and any table of numbers, weights of samples and
classes, and a network that goes through pipelines, searches, clones and pickles.
"""

import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_array, check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from mlp.activations import OUTPUTS, SIGMOID, SOFTMAX
from mlp.arrays import Array
from mlp.backprop import Dropout, Workspace, forward
from mlp.losses import LOSSES, Objective, losses_for
from mlp.network import Network, look_up
from mlp.optimizers import OPTIMIZERS, Optimizer
from mlp.schedules import CONSTANT, Schedule
from mlp.stopping import BestKeeper
from mlp.training import (
    Diverged,
    EpochRecord,
    Record,
    Samples,
    count_all_correct,
    count_correct,
    logits_of,
    one_hot,
    train,
)

Labels: TypeAlias = npt.NDArray[Any]
DType: TypeAlias = np.dtype[Any]

AUTO, FULL, BALANCED = "auto", "full", "balanced"
AUTO_BATCH = 200  # as in scikit-learn's own MLPClassifier
AUTO_STEPS = 1000  # enough for iris and for digits
AUTO_EPOCHS = 10  # at least so many; MNIST makes 3000 steps in them
MANY_NUMBERS = 1_000_000  # from here on, double precision is paid for in seconds
DTYPES = {name: np.dtype(name) for name in ("float32", "float64")}

Condition: TypeAlias = Callable[[float], bool]
NUMBERS: dict[str, tuple[str, Condition]] = {  # what it may be, in words and in code
    "learning_rate": ("above 0", lambda value: 0 < value < math.inf),
    "momentum": ("from 0 up to, but not, 1", lambda value: 0 <= value < 1),
    "weight_decay": ("from 0 up", lambda value: 0 <= value < math.inf),
    "l1": ("from 0 up", lambda value: 0 <= value < math.inf),
    "l2": ("from 0 up", lambda value: 0 <= value < math.inf),
    "dropout": ("from 0 up to, but not, 1", lambda value: 0 <= value < 1),
    "validation_fraction": ("between 0 and 1", lambda value: 0 < value < 1),
}


class Seeds(NamedTuple):
    """The sources of chance; they are independent, so that changing one thing changes one."""

    split: np.random.SeedSequence
    weights: np.random.SeedSequence
    batches: np.random.SeedSequence
    dropout: np.random.SeedSequence


class Rows(NamedTuple):
    """Samples as a user thinks of them: X with labels instead of targets.

    weights : (n_samples,), all above 0, in any unit, or None
    """

    X: Array
    y: Labels
    weights: Array | None

    def take(self, kept: npt.NDArray[np.bool_]) -> "Rows":
        """Return some of the rows."""
        return Rows(
            self.X[kept], self.y[kept], None if self.weights is None else self.weights[kept]
        )


def _has_probabilities(classifier: "MLPClassifier") -> bool:
    if classifier.output in (AUTO, SOFTMAX.name, SIGMOID.name):
        return True
    raise AttributeError(
        f"The output '{classifier.output}' makes no probabilities. Use decision_function, or "
        "the output softmax or sigmoid."
    )


def _learns_in_parts(classifier: "MLPClassifier") -> bool:
    if not classifier.early_stopping and classifier.schedule in (CONSTANT.name, Schedule()):
        return True
    raise AttributeError(
        "partial_fit makes one epoch and knows of no other: it needs early_stopping=False and "
        "schedule='constant'. Between two calls, set_params(learning_rate=...) acts at once."
    )


class MLPClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # sklearn: no types
    r"""A multilayer perceptron that learns which class a sample belongs to.

    z_l = W_l a_{l-1} + b_l and a_l = f(z_l), with the parameters moved against the gradient
    of loss + l1 sum |w| + l2 / 2 sum w**2; see `mlp.network`, `mlp.losses`, `mlp.backprop`.

    Bring the features to a size near 1 first: a step that suits a feature in thousands
    does nothing for one in thousandths.

    Parameters
    ----------
    hidden_layer_sizes : units of each hidden layer; () is the single-layer perceptron
    activation : f of the hidden layers, a name in `mlp.activations.ACTIVATIONS`
    output : of the last layer, a name in `mlp.activations.OUTPUTS`. "auto" is softmax, or
        sigmoid where a sample can have several labels. For two classes softmax has two
        units, every other output one, which says yes to the second class
    loss : a name in `mlp.losses.LOSSES` that goes with the output; "auto" is its usual one
    optimizer : a name in `mlp.optimizers.OPTIMIZERS`
    learning_rate : the length of a step: 0.001 suits adam, 0.1 sgd
    momentum : of the optimizers momentum and nesterov, from 0 up to, but not, 1
    weight_decay : of adamw
    schedule : how the learning rate changes from epoch to epoch, a name in
        `mlp.schedules.SHAPES` or a `mlp.schedules.Schedule`
    batch_size : samples a step, at most all there are; "auto" is 200, "full" is all
    epochs : passes over the training samples, with early stopping at most. "auto" makes
        as many as 1000 steps take, and at least 10: learning takes steps, and a small set
        gives few in an epoch
    l1, l2 : penalties on the weights; alpha of scikit-learn is l2 * batch_size
    dropout : share of the hidden units silenced in each step, from 0 up to, but not, 1
    max_norm : the longest that the incoming weights of a unit may be, or None
    weight_init, bias_init : names in `mlp.initializers`, where learning starts
    early_stopping : end when the validation loss has not fallen for `patience` epochs, and
        go back to the best epoch
    validation_fraction : share of the training samples, of every class alike, that early
        stopping holds out if `fit` gets no validation_data. Copies of a sample stay
        together, so that none is learned and watched at once
    patience : epochs without a lower validation loss
    class_weight : {class: weight}, or "balanced" for n / (K n_c), which lets every class
        count the same, or None
    warm_start : whether `fit` goes on with the network that is there, and with the memory
        of its optimizer if that is still the same one
    dtype : "float32", twice as quick on large sets, or "float64", in which a weight of 2 is
        the same as two samples to the last digits; "auto" is float64 where X is, and
        float32 for all else
    random_state : decides first weights, split, batches and dropout, each by a source of
        its own: an int gives the same result each time, bit for bit, on one machine

    Attributes
    ----------
    network_ : the `mlp.network.Network` that has learned
    history_ : list of `mlp.training.EpochRecord`, from epoch 0, the untrained network, on
    n_iter_ : epochs made so far, over all calls that went on with this network
    best_epoch_ : with early stopping, the epoch whose parameters the network has
    classes_ : (n_classes,), the labels in order; 0, 1, ... where samples have several
    n_outputs_ : units of the last layer
    n_features_in_, feature_names_in_ : what X has had in `fit`, names if it had any

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from mlp.classifier import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), MLPClassifier((20,), random_state=0))
    >>> model.fit(X, y).predict(X[:3])
    array([0, 0, 0])
    >>> model[-1].network_
    Network(4-20-3, relu, softmax, 163 parameters)
    >>> model[-1].activations(model[0].transform(X), layer=1).shape
    (150, 20)
    """

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        *,
        activation: str = "relu",
        output: str = AUTO,
        loss: str = AUTO,
        optimizer: str = "adam",
        learning_rate: float = 0.001,
        momentum: float = 0.9,
        weight_decay: float = 0.01,
        schedule: str | Schedule = CONSTANT.name,
        batch_size: int | str = AUTO,
        epochs: int | str = AUTO,
        l1: float = 0.0,
        l2: float = 0.0,
        dropout: float = 0.0,
        max_norm: float | None = None,
        weight_init: str = "he",
        bias_init: str = "zeros",
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        class_weight: Mapping[Any, float] | str | None = None,
        warm_start: bool = False,
        dtype: str = AUTO,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.output = output
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.schedule = schedule
        self.batch_size = batch_size
        self.epochs = epochs
        self.l1 = l1
        self.l2 = l2
        self.dropout = dropout
        self.max_norm = max_norm
        self.weight_init = weight_init
        self.bias_init = bias_init
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.dtype = dtype
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation_data: Any = None) -> Self:
        """Learn: from the start or, with warm_start, from where the network stands.

        Parameters
        ----------
        X : (n_samples, n_features), array, list or DataFrame of finite numbers
        y : (n_samples,) labels, or (n_samples, n_labels) of 0 and 1 where a sample can
            have several
        sample_weight : (n_samples,), how much each counts; only the proportions matter,
            and a sample of weight 0 might as well not be there
        validation_data : (X, y), measured after every epoch; early stopping watches them

        Raises
        ------
        ValueError : for settings or data that make no sense, and when training diverges:
            then there is no network at all, rather than one that predicts nonsense
        """
        self._check_settings()
        if not self.warm_start:
            self._forget()
        goes_on = self.__sklearn_is_fitted__()
        rows = self._read(X, y, sample_weight, self._check_network() if goes_on else None)
        if goes_on:
            self._check_classes(_classes_of(rows.y))
        else:
            self._begin(_classes_of(rows.y), rows.y.ndim)
        by_class = self._class_weights(rows)
        rows, held_out = self._hold_out(rows, validation_data)
        validation = None if held_out is None else self._samples(held_out, by_class)
        self._learn(self._samples(rows, by_class), validation, self._n_epochs(len(rows.X)))
        return self

    @available_if(_learns_in_parts)  # type: ignore[untyped-decorator]  # sklearn: no types
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Make one epoch with these samples, and keep the memory of the optimizer.

        There is no such method with early stopping or a schedule, which need to know of
        all epochs; `epochs` and `warm_start` do not matter here.

        Parameters
        ----------
        X, y, sample_weight : as in `fit`; the weights of each call are brought to mean 1
        classes : all labels that will come; needed in the first call, unless y has columns

        Raises
        ------
        ValueError : as in `fit`
        """
        self._check_settings()
        if self.class_weight == BALANCED:
            raise ValueError(
                "class_weight='balanced' counts all samples, and partial_fit sees a few of them. "
                "Give the weights as {class: weight}."
            )
        goes_on = self.__sklearn_is_fitted__()
        rows = self._read(X, y, sample_weight, self._check_network() if goes_on else None)
        named = None if classes is None else _classes_of(np.asarray(classes))
        if not goes_on:
            self._begin(_first_classes(named, rows.y), rows.y.ndim)
        elif named is not None:
            self._check_classes(named)
        self._learn(self._samples(rows, self._class_weights(rows)), None, epochs=1)
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likeliest class, (n_samples,), or 0 and 1, (n_samples, n_labels)."""
        decision = self.decision_function(X)
        if self._several:
            return (decision > 0).astype(np.int64)
        winners = decision.argmax(axis=1) if decision.ndim == 2 else (decision > 0).astype(np.intp)
        classes: npt.NDArray[Any] = self.classes_[winners]
        return classes

    def decision_function(self, X: Any) -> Array:
        """Return how strongly each output says yes, with 0 at the border.

        These are the logits with softmax and sigmoid, and output - 1/2 otherwise:
        (n_samples, n_classes) or (n_samples, n_labels), and for two classes (n_samples,),
        with softmax the difference of the two logits.
        """
        logits, output = self._logits(X), self.network_.output
        scores = logits if output in (SOFTMAX, SIGMOID) else output.value(logits) - 0.5
        if self._several or len(self.classes_) > 2:
            return scores
        return scores[:, 0] if self.n_outputs_ == 1 else scores[:, 1] - scores[:, 0]

    @available_if(_has_probabilities)  # type: ignore[untyped-decorator]  # sklearn: no types
    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (n_samples, n_classes), or of each label.

        With several labels, (n_samples, n_labels), each stands for itself. The sigmoids
        of three classes or more are divided by their sum.
        """
        probabilities: Array = np.exp(self.predict_log_proba(X))
        return probabilities

    @available_if(_has_probabilities)  # type: ignore[untyped-decorator]  # sklearn: no types
    def predict_log_proba(self, X: Any) -> Array:
        """Return log(predict_proba(X)), made from the logits, and so never log(0)."""
        logits = self._logits(X).astype(np.float64)  # 1 - 1e-8 is 1 in single precision
        if self.network_.output == SOFTMAX:
            return _log_softmax(logits)
        if self._several:
            return _log_sigmoid(logits)
        if self.n_outputs_ == 1:
            return np.hstack([_log_sigmoid(-logits), _log_sigmoid(logits)])
        return _log_softmax(_log_sigmoid(logits))  # log(a_k / sum_j a_j)

    def activations(self, X: Any, layer: int | None = None) -> list[Array] | Array:
        """Return what the units of each layer say: a list over layers 0..L, or one of them.

        Layer l is (n_samples, n_l); 0 is X itself, and L the output.

        Raises
        ------
        ValueError : if there is no such layer
        """
        X, network = self._read_inputs(X), self.network_
        if layer is not None and layer not in range(network.n_layers + 1):
            raise ValueError(f"This network has the layers 0 to {network.n_layers}, not {layer}.")
        workspace = Workspace(network, len(X))
        logits = forward(network, X, workspace)
        activations = [*workspace.activations[:-1], network.output.value(logits)]
        return activations if layer is None else activations[layer]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = self.output != SOFTMAX.name
        return tags

    # Settings: what they mean for the data at hand.

    def _check_settings(self) -> None:
        """Refuse what the modules that do the work would not refuse in plain words."""
        for name, (words, fits) in NUMBERS.items():
            _check_number(name, getattr(self, name), words, fits)
        if self.max_norm is not None:
            _check_number("max_norm", self.max_norm, "above 0, or None", lambda value: value > 0)
        _check_count("patience", self.patience)
        _check_count("epochs", self.epochs, AUTO)
        _check_count("batch_size", self.batch_size, AUTO, FULL)
        for units in self._hidden_layers():
            _check_count("each of hidden_layer_sizes", units)
        weights = self.class_weight
        if not (weights is None or isinstance(weights, Mapping) or weights == BALANCED):
            raise ValueError(
                f"class_weight must be {{class: weight}}, 'balanced' or None, not {weights!r}."
            )

    def _hidden_layers(self) -> tuple[Any, ...]:
        sizes = self.hidden_layer_sizes
        return tuple(sizes) if isinstance(sizes, Iterable) else (sizes,)

    def _dtypes(self, X: Any = None) -> list[DType]:
        """Return the precisions that X may keep; any other is brought to the first of them."""
        if self.dtype == AUTO:
            is_large = math.prod(getattr(X, "shape", ())) > MANY_NUMBERS
            return list(DTYPES.values())[: 1 if is_large else None]
        return [look_up("dtype", str(self.dtype), DTYPES)]

    def _batch_size(self, n_samples: int) -> int:
        if self.batch_size == FULL:
            return n_samples
        return min(AUTO_BATCH if self.batch_size == AUTO else int(self.batch_size), n_samples)

    def _n_epochs(self, n_samples: int) -> int:
        if self.epochs != AUTO:
            return int(self.epochs)
        steps_per_epoch = math.ceil(n_samples / self._batch_size(n_samples))
        return max(math.ceil(AUTO_STEPS / steps_per_epoch), AUTO_EPOCHS)

    def _output(self) -> str:
        usual = SIGMOID if self._several else SOFTMAX
        output = look_up("output", str(self.output), OUTPUTS | {AUTO: usual})
        if self._several and output == SOFTMAX:
            raise ValueError(
                "Softmax shares one whole among the labels, so that a sample has one of them, "
                "and y has a column for each. Choose the output sigmoid."
            )
        return output.name

    def _objective(self) -> Objective:
        output = self._output()
        choices = {name: LOSSES[name] for name in losses_for(output)}
        usual = next(iter(choices.values()))
        loss = look_up(
            f"loss for the output {output} called", str(self.loss), choices | {AUTO: usual}
        )
        return Objective(loss, l1=self.l1, l2=self.l2)

    def _schedule(self) -> Schedule:
        given = self.schedule
        return given if isinstance(given, Schedule) else Schedule(str(given))

    # Data: from whatever was given to what a network takes.

    def _read(self, X: Any, y: Any, sample_weight: Any, dtype: DType | None) -> Rows:
        """Return checked rows without those of weight 0; `dtype` is that of a network there is."""
        X = np.asarray(X) if isinstance(X, list | tuple) else X  # so that floats come as float64
        X, y = validate_data(
            self,
            X,
            y,
            dtype=self._dtypes(X) if dtype is None else dtype,
            order="C",
            multi_output=True,
            reset=dtype is None,
        )
        rows = Rows(X, _read_labels(y), None)
        if sample_weight is None:
            return rows
        weights = _read_weights(sample_weight, len(X))
        rows = rows._replace(weights=weights)
        return rows if weights.all() else rows.take(weights > 0)

    def _read_inputs(self, X: Any) -> Array:
        check_is_fitted(self)
        dtype = self.network_.parameters.dtype
        inputs: Array = validate_data(self, X, dtype=dtype, order="C", reset=False)
        return inputs

    def _class_weights(self, rows: Rows) -> Array | None:
        """Return the weight of each class, (n_classes,), or None if all are the same."""
        if self.class_weight is None:
            return None
        if self._several:
            raise ValueError(
                "class_weight is for samples with one class each; here y has columns. "
                "Use sample_weight."
            )
        weights: Array = compute_class_weight(
            self.class_weight, classes=self.classes_, y=rows.y, sample_weight=rows.weights
        )
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            raise ValueError(f"The class weights must be numbers from 0 up, not {weights}.")
        return weights

    def _hold_out(self, rows: Rows, validation_data: Any) -> tuple[Rows, Rows | None]:
        """Return the rows to learn from and, if there are any, those to validate with."""
        if validation_data is not None:
            X, y = _read_pair(validation_data)
            return rows, self._read(X, y, None, rows.X.dtype)
        if not self.early_stopping:
            return rows, None
        rng = np.random.default_rng(self._seeds.split)
        held_out = choose_held_out(rows, self.validation_fraction, rng)
        return rows.take(~held_out), rows.take(held_out)

    def _samples(self, rows: Rows, by_class: Array | None) -> Samples:
        """Return what training takes: targets instead of labels, and weights with mean 1."""
        expected = (self.n_outputs_,) if self._several else ()
        if rows.y.shape[1:] != expected:
            raise ValueError(
                f"y has the shape {rows.y.shape}, and this network learns from {len(rows.y)} rows "
                + (f"of {self.n_outputs_} labels." if self._several else "with one label each.")
            )
        dtype, weights = rows.X.dtype, rows.weights
        if self._several:
            return Samples(rows.X, rows.y.astype(dtype), _with_mean_one(weights, dtype))
        numbers = self._number(rows.y)
        if by_class is not None:
            weights = by_class[numbers] * (1 if weights is None else weights)
        if self.n_outputs_ == 1:
            targets = numbers[:, np.newaxis].astype(dtype)
        else:
            targets = one_hot(numbers, self.n_outputs_, dtype)
        return Samples(rows.X, targets, _with_mean_one(weights, dtype))

    def _number(self, y: Labels) -> npt.NDArray[np.intp]:
        """Return the place of each label in classes_, (n_samples,)."""
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y has the label '{unknown[0]}', which is not among the classes "
                f"{_in_words(self.classes_)}."
            )
        return np.searchsorted(self.classes_, y)

    def _logits(self, X: Any) -> Array:
        """Return the logits of checked X, (n_samples, n_outputs), some rows at a time."""
        X = self._read_inputs(X)
        logits = logits_of(self.network_, X)
        if not np.isfinite(logits).all():
            raise ValueError(
                f"X holds numbers so large, up to {np.abs(X).max():g}, that {X.dtype} cannot hold "
                "what the network makes of them. Scale X as the training samples were."
            )
        return logits

    # Learning.

    def _begin(self, classes: Labels, y_dimensions: int) -> None:
        """Settle what all calls to come have in common."""
        self.classes_, self._several = classes, y_dimensions == 2
        is_single = len(classes) == 2 and not self._several and self._output() != SOFTMAX.name
        self.n_outputs_ = 1 if is_single else len(classes)
        entropy = check_random_state(self.random_state).randint(2**32, dtype=np.uint64)
        self._seeds = Seeds(*np.random.SeedSequence(int(entropy)).spawn(4))
        self._optimizer: Optimizer | None = None
        self._batches_rng = np.random.default_rng(self._seeds.batches)
        self._dropout_rng = np.random.default_rng(self._seeds.dropout)

    def _forget(self) -> None:
        for name in ("network_", "_optimizer", "history_", "n_iter_", "best_epoch_"):
            self.__dict__.pop(name, None)

    def _check_classes(self, classes: Labels) -> None:
        if not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"The network knows the classes {_in_words(self.classes_)}, and now they are "
                f"{_in_words(classes)}: keep them, or start anew with a clone."
            )

    def _check_network(self) -> DType:
        """Return the precision of the network, if it is the one that the settings ask for."""
        network = self.network_
        there_is = network.sizes[1:-1], network.activation.name, network.output.name
        dtype = network.parameters.dtype
        asked = self._hidden_layers(), self.activation, self._output()
        if asked != there_is or dtype not in self._dtypes():
            raise ValueError(
                f"Training goes on with {network!r} in {dtype}, and the settings ask for another: "
                f"hidden layers {asked[0]}, {asked[1]}, {asked[2]}, dtype {self.dtype}. "
                "Set them back, or start anew with a clone."
            )
        return dtype

    def _learn(self, training: Samples, validation: Samples | None, epochs: int) -> None:
        """Train, and keep one record an epoch."""
        objective, schedule = self._objective(), self._schedule()
        optimizer = self._ready_optimizer(training.X.dtype)
        records: Iterator[Record] = train(
            optimizer,
            objective,
            training,
            epochs=epochs,
            batch_size=self._batch_size(len(training.X)),
            rng=self._batches_rng,
            validation=validation,
            schedule=schedule,
            dropout=Dropout(self.dropout, self._dropout_rng) if self.dropout else None,
            max_norm=self.max_norm,
            count=count_all_correct if self._several else count_correct,
        )
        if self.early_stopping:
            keeper, epochs_before = BestKeeper(self.network_, self.patience), self.n_iter_
            self._keep(keeper.watch(records))
            if keeper.best_epoch or not hasattr(self, "best_epoch_"):  # else: as good as it was
                self.best_epoch_ = epochs_before + keeper.best_epoch
        else:
            self.__dict__.pop("best_epoch_", None)
            self._keep(records)

    def _ready_optimizer(self, dtype: DType) -> Optimizer:
        """Return an optimizer with the settings of now, and the memory it had, if any."""
        kind = look_up("optimizer", str(self.optimizer), OPTIMIZERS)
        names = {field.name for field in fields(kind)} & NUMBERS.keys()
        settings = {name: getattr(self, name) for name in names}
        if not self.__sklearn_is_fitted__():
            self.network_, self.n_iter_ = self._new_network(dtype), 0
            self.history_: list[EpochRecord] = []
        if type(self._optimizer) is not kind:
            self._optimizer = kind(self.network_, **settings)
        for name, value in settings.items():
            setattr(self._optimizer, name, value)
        return self._optimizer

    def _new_network(self, dtype: DType) -> Network:
        return Network(
            (self.n_features_in_, *self._hidden_layers(), self.n_outputs_),
            activation=str(self.activation),
            output=self._output(),
            weight_init=str(self.weight_init),
            bias_init=str(self.bias_init),
            rng=np.random.default_rng(self._seeds.weights),
            dtype=dtype,
        )

    def _keep(self, records: Iterator[Record]) -> None:
        """Add to the history, counting on from the epochs and steps that it has."""
        epochs = self.n_iter_
        steps = self.history_[-1].step if self.history_ else 0
        for record in records:
            if isinstance(record, Diverged):
                self._forget()
                raise ValueError(f"{record} Or bring the features to a size near 1.")
            if isinstance(record, EpochRecord) and (record.epoch > 0 or not self.history_):
                self.n_iter_ = epochs + record.epoch
                self.history_.append(record._replace(epoch=self.n_iter_, step=steps + record.step))


# Reading what was given.


def _check_number(name: str, value: Any, words: str, fits: Condition) -> None:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not (is_number and fits(value)):
        raise ValueError(f"{name} must be a number {words}, not {value!r}.")


def _check_count(name: str, value: Any, *words: str) -> None:
    is_count = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1
    if not (is_count or (isinstance(value, str) and value in words)):
        choices = " or ".join(["a whole number from 1 up", *map(repr, words)])
        raise ValueError(f"{name} must be {choices}, not {value!r}.")


def _read_labels(y: Any) -> Labels:
    """Return labels, (n_samples,), or (n_samples, n_labels) with nothing but 0 and 1."""
    labels: Labels = y.toarray() if hasattr(y, "toarray") else y  # columns may come sparse
    check_classification_targets(labels)
    if labels.ndim == 1 or labels.shape[1] == 1:
        column: Labels = column_or_1d(labels, warn=True)
        return column
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(
            f"y has the shape {labels.shape}: a column for each label, 1 where a sample has it "
            "and 0 where not. It holds other values. For one class a sample, give one column."
        )
    return labels


def _read_weights(sample_weight: Any, n_samples: int) -> Array:
    """Return checked weights, (n_samples,) in double precision."""
    weights: Array = check_array(
        sample_weight, ensure_2d=False, allow_nd=True, dtype=np.float64, input_name="sample_weight"
    )
    if weights.shape != (n_samples,) or (weights < 0).any() or not weights.any():
        raise ValueError(
            f"sample_weight must be {n_samples} numbers from 0 up, one a sample and not all "
            f"zero; it has the shape {weights.shape} and values from {weights.min():g} to "
            f"{weights.max():g}."
        )
    return weights


def _read_pair(validation_data: Any) -> tuple[Any, Any]:
    if not (isinstance(validation_data, tuple | list) and len(validation_data) == 2):
        raise ValueError("validation_data must be a pair (X, y), or None.")
    return validation_data[0], validation_data[1]


def _classes_of(y: Labels) -> Labels:
    """Return the different labels in order; where y has columns, the number of each."""
    if y.ndim == 2:
        return np.arange(y.shape[1])
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(
            f"There is nothing to tell apart with 1 class, '{classes[0]}'. "
            "Give samples of two classes at least."
        )
    return classes


def _first_classes(named: Labels | None, y: Labels) -> Labels:
    if y.ndim == 2:
        return _classes_of(y)
    if named is None:
        raise ValueError("The first call of partial_fit needs classes, all labels that will come.")
    return named


def _in_words(classes: Labels) -> str:
    names = [str(name) for name in classes[:10]]
    return ", ".join(names) + (", ..." if len(classes) > 10 else "")


def _with_mean_one(weights: Array | None, dtype: DType) -> Array | None:
    if weights is None:
        return None
    if not weights.any():
        raise ValueError("With these class weights all samples have weight 0. Raise one.")
    scaled: Array = (weights / weights.mean()).astype(dtype)
    return scaled


def choose_held_out(rows: Rows, fraction: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Return which rows to hold out for validation, (n_samples,), of every class alike.

    In each class the samples form a queue by chance, and the first are held out until
    their weights make up the fraction. Copies of one sample stand together in it, found by
    the check sum of their bytes, so that none of them is learned while another is watched,
    and a sample of weight 2 is the same as two. One sample a class stays in any case.

    Raises
    ------
    ValueError : if no class has two different samples
    """
    check_sums = np.array([zlib.crc32(row) for row in rows.X])
    weights = np.ones(len(rows.X)) if rows.weights is None else rows.weights
    strata = rows.y if rows.y.ndim == 1 else np.zeros(len(rows.X))
    held_out = np.zeros(len(rows.X), bool)
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        different, copies = np.unique(check_sums[members], return_inverse=True)
        place = rng.permutation(len(different))[copies]
        weight_at = np.bincount(place, weights[members])
        before = np.cumsum(weight_at) - weight_at
        is_first = before < fraction * weight_at.sum()
        is_first[-1] = False
        held_out[members] = is_first[place]
    if not held_out.any():
        raise ValueError(
            f"Early stopping has nothing to hold out with n_samples={len(rows.X)}: no class has "
            "two different samples. Give validation_data, or more samples."
        )
    return held_out


# Probabilities, from logits z, without a logarithm of zero.


def _log_softmax(z: Array) -> Array:
    """Return z_k - log sum_j exp(z_j), row by row."""
    log_probabilities: Array = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    return log_probabilities


def _log_sigmoid(z: Array) -> Array:
    """Return log(1 / (1 + exp(-z))) = -log(exp(0) + exp(-z))."""
    log_probabilities: Array = -np.logaddexp(0, -z)
    return log_probabilities
