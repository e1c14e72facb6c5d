"""The network as a scikit-learn estimator: `fit`, `predict`, and all that is built on them.

The learning is done by the modules before this one. This one adds what users expect of
an estimator: any labels and any table of numbers, weights of samples and classes, and a
network that goes through pipelines, searches, clones and pickles.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from mlp.activations import SIGMOID, SOFTMAX
from mlp.arrays import Array
from mlp.backprop import Dropout, Workspace, forward
from mlp.classifier_inputs import (
    LabeledInputs,
    Labels,
    choose_held_out,
    classes_of,
    first_classes,
    in_words,
    read_labels,
    read_pair,
    read_weights,
    to_samples,
)
from mlp.classifier_settings import (
    AUTO,
    BALANCED,
    NUMBERS,
    DType,
    batch_size_for,
    check_settings,
    dtypes_for,
    epochs_for,
    hidden_layers,
    objective_for,
    output_for,
    schedule_for,
)
from mlp.early_stopping import EarlyStopping
from mlp.evaluation import count_all_correct, count_correct, logits_of
from mlp.network import Network, look_up
from mlp.optimizers import OPTIMIZERS, Optimizer
from mlp.records import Diverged, EpochRecord, Record
from mlp.samples import Augment, Samples
from mlp.schedules import CONSTANT, Schedule
from mlp.training import train


class Seeds(NamedTuple):
    """Seeds of independent random generators: to change what one draws leaves the others."""

    split: np.random.SeedSequence
    weights: np.random.SeedSequence
    batches: np.random.SeedSequence
    dropout: np.random.SeedSequence


def _has_probabilities(classifier: "MLPClassifier") -> bool:
    if classifier.output in (AUTO, SOFTMAX.name, SIGMOID.name):
        return True
    raise AttributeError(
        f"The output '{classifier.output}' gives no probabilities. Use decision_function, or "
        "the output softmax or sigmoid."
    )


def _learns_in_parts(classifier: "MLPClassifier") -> bool:
    has_constant_rate = classifier.schedule in (CONSTANT.name, Schedule())
    if has_constant_rate and not (classifier.early_stopping or classifier.class_weight == BALANCED):
        return True
    raise AttributeError(
        "partial_fit makes a single epoch with some of the samples: it needs early_stopping=False, "
        "schedule='constant', and class weights as {class: weight} instead of 'balanced'. Between "
        "two calls, set_params(learning_rate=...) acts at once."
    )


class MLPClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # sklearn: no types
    r"""A multilayer perceptron that learns which class a sample belongs to.

    z_l = W_l a_{l-1} + b_l and a_l = f(z_l), with the parameters moved against the gradient
    of loss + l1 sum |w| + l2 / 2 sum w**2; see `mlp.network`, `mlp.losses`, `mlp.backprop`.

    Scale the features to values near 1 first: a step that suits a feature in thousands
    does nothing for one in thousandths.

    Parameters
    ----------
    hidden_layer_sizes : units of each hidden layer; () is the single-layer perceptron
    activation : f of the hidden layers, a name in `mlp.activations.ACTIVATIONS`
    output : of the last layer, a name in `mlp.activations.OUTPUTS`. "auto" is softmax, or
        sigmoid where a sample can have several labels. For two classes softmax has two
        units, every other output one, for the second class
    loss : a name in `mlp.losses.LOSSES` that goes with the output; "auto" is its usual one
    optimizer : a name in `mlp.optimizers.OPTIMIZERS`
    learning_rate : the length of a step: 0.001 suits adam, 0.1 sgd
    momentum : of the optimizers momentum and nesterov, 0 <= momentum < 1
    weight_decay : of adamw
    schedule : how the learning rate changes from epoch to epoch, a name in
        `mlp.schedules.SCHEDULES` or a `mlp.schedules.Schedule`
    batch_size : samples a step, at most all of them; "auto" is 200, "full" is all
    epochs : passes over the training samples, with early stopping at most so many. "auto"
        makes at least 1000 steps and 10 epochs: a small set has few steps in an epoch
    l1, l2 : penalties on the weights; alpha of scikit-learn is l2 * batch_size
    dropout : share of the hidden units dropped in each step, 0 <= dropout < 1
    max_norm : the longest that the incoming weights of a unit may be, or None
    weight_init, bias_init : names in `mlp.initializers`, for the initial parameters
    augment : changes the rows of a batch before they are learned from, such as a
        `data.augmentation.Augmentation`: a function of (X, epoch, batch), the rows, the number of
        the epoch over all calls and that of the batch in it; or None
    early_stopping : end when the validation loss has not fallen for `patience` epochs, and
        go back to the best epoch
    validation_fraction : share of the training samples, of every class alike, that early
        stopping holds out if `fit` gets no validation_data. Copies of a sample stay
        together, whatever their labels, so that none is trained on while another is held out
    patience : epochs without a lower validation loss
    class_weight : {class: weight}, or "balanced" for n / (K n_c), with which every class
        counts the same, or None
    warm_start : whether `fit` goes on with the network that is there, and with the state
        of its optimizer if that is still the same one
    dtype : "float32", twice as fast on large sets, or "float64", in which a weight of 2 is
        the same as two samples to the last digits; "auto" is float64 where X is, and
        float32 for all else
    random_state : decides initial weights, split, batches and dropout, each by a random
        generator of its own: an int gives the same result each time, bit for bit, on one
        machine

    Attributes
    ----------
    network_ : the trained `mlp.network.Network`
    history_ : list of `mlp.records.EpochRecord`, from epoch 0, the untrained network, on
    n_iter_ : epochs made so far, over all calls that trained this network
    best_epoch_ : with early stopping, the epoch whose parameters the network has
    classes_ : (n_classes,), the labels in order; 0, 1, ... where samples have several
    n_outputs_ : units of the last layer
    n_features_in_, feature_names_in_ : of X in `fit`; names if it had any

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
        augment: Augment | None = None,
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
        self.augment = augment
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.dtype = dtype
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation_data: Any = None) -> Self:
        """Train: from the start or, with warm_start, the network that is there.

        Parameters
        ----------
        X : (n_samples, n_features), array, list or DataFrame of finite numbers
        y : (n_samples,) labels, or (n_samples, n_labels) of 0 and 1 where a sample can
            have several
        sample_weight : (n_samples,), how much each counts; only the proportions matter,
            and a sample of weight 0 is left out
        validation_data : (X, y), measured after every epoch; early stopping watches its loss

        Raises
        ------
        ValueError : for settings or data that make no sense, and when training diverges:
            then no network is left, rather than one that predicts nonsense
        KeyboardInterrupt : on Ctrl-C; the network is the one so far, with early stopping the
            best so far, and all attributes are set
        """
        check_settings(vars(self))
        if not self.warm_start:
            self._forget()
        goes_on = self.__sklearn_is_fitted__()
        inputs = self._read(X, y, sample_weight, self._check_network() if goes_on else None)
        if goes_on:
            self._check_classes(classes_of(inputs.y))
        else:
            self._start(classes_of(inputs.y), inputs.y.ndim)
        by_class = self._class_weights(inputs)
        inputs, held_out = self._hold_out(inputs, validation_data)
        validation = None if held_out is None else self._samples(held_out, by_class)
        n_samples = len(inputs.X)
        epochs = epochs_for(self.epochs, n_samples, batch_size_for(self.batch_size, n_samples))
        self._learn(self._samples(inputs, by_class), validation, epochs)
        return self

    @available_if(_learns_in_parts)  # type: ignore[untyped-decorator]  # sklearn: no types
    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Self:
        """Make one epoch with these samples, and keep the state of the optimizer.

        There is no such method with early stopping or a schedule, which need to know all
        epochs, or with balanced class weights, which need to know all samples; `epochs` and
        `warm_start` do not matter here.

        Parameters
        ----------
        X, y, sample_weight : as in `fit`; the weights of each call are scaled to mean 1
        classes : all labels that will come; needed in the first call, unless y has columns

        Raises
        ------
        ValueError : as in `fit`
        """
        check_settings(vars(self))
        goes_on = self.__sklearn_is_fitted__()
        inputs = self._read(X, y, sample_weight, self._check_network() if goes_on else None)
        named = None if classes is None else classes_of(np.asarray(classes))
        if not goes_on:
            self._start(first_classes(named, inputs.y), inputs.y.ndim)
        elif named is not None:
            self._check_classes(named)
        self._learn(self._samples(inputs, self._class_weights(inputs)), None, epochs=1)
        return self

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """Return the likeliest class, (n_samples,), or 0 and 1, (n_samples, n_labels)."""
        decision = self.decision_function(X)
        if self._is_multilabel:
            return (decision > 0).astype(np.int64)
        winners = decision.argmax(axis=1) if decision.ndim == 2 else (decision > 0).astype(np.intp)
        classes: npt.NDArray[Any] = self.classes_[winners]
        return classes

    def decision_function(self, X: Any) -> Array:
        """Return how strongly each output says yes, with 0 as the threshold.

        These are the logits with softmax and sigmoid, and output - 1/2 otherwise:
        (n_samples, n_classes) or (n_samples, n_labels), and for two classes (n_samples,),
        with softmax the difference of the two logits.
        """
        logits, output = self._logits(X), self.network_.output
        scores = logits if output in (SOFTMAX, SIGMOID) else output.value(logits) - 0.5
        if self._is_multilabel or len(self.classes_) > 2:
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
        """Return log(predict_proba(X)), computed from the logits, and so never log(0)."""
        logits = self._logits(X).astype(np.float64)  # 1 - 1e-8 is 1 in single precision
        if self.network_.output == SOFTMAX:
            return _log_softmax(logits)
        if self._is_multilabel:
            return _log_sigmoid(logits)
        if self.n_outputs_ == 1:
            return np.hstack([_log_sigmoid(-logits), _log_sigmoid(logits)])
        return _log_softmax(_log_sigmoid(logits))  # log(a_k / sum_j a_j)

    def activations(self, X: Any, layer: int | None = None) -> list[Array] | Array:
        """Return the activations of each layer: a list over layers 0..L, or one of them.

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

    def _output(self) -> str:
        return output_for(self.output, self._is_multilabel)

    # Data: from what was given to what a network takes.

    def _read(self, X: Any, y: Any, sample_weight: Any, dtype: DType | None) -> LabeledInputs:
        """Return checked samples without those of weight 0.

        dtype : that of the network, or None if there is none yet
        """
        X = np.asarray(X) if isinstance(X, list | tuple) else X  # so that floats come as float64
        X, y = validate_data(
            self,
            X,
            y,
            dtype=dtypes_for(self.dtype, X) if dtype is None else dtype,
            order="C",
            multi_output=True,
            reset=dtype is None,
        )
        inputs = LabeledInputs(X, read_labels(y), None)
        if sample_weight is None:
            return inputs
        weights = read_weights(sample_weight, len(X))
        inputs = inputs._replace(weights=weights)
        return inputs if weights.all() else inputs.take(weights > 0)

    def _read_inputs(self, X: Any) -> Array:
        check_is_fitted(self)
        dtype = self.network_.parameters.dtype
        inputs: Array = validate_data(self, X, dtype=dtype, order="C", reset=False)
        return inputs

    def _class_weights(self, inputs: LabeledInputs) -> Array | None:
        """Return the weight of each class, (n_classes,), or None if all are the same."""
        if self.class_weight is None:
            return None
        if self._is_multilabel:
            raise ValueError(
                "class_weight is for samples with one class each; here y has columns. "
                "Use sample_weight."
            )
        weights: Array = compute_class_weight(
            self.class_weight, classes=self.classes_, y=inputs.y, sample_weight=inputs.weights
        )
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            raise ValueError(f"The class weights must be numbers of at least 0, not {weights}.")
        return weights

    def _hold_out(
        self, inputs: LabeledInputs, validation_data: Any
    ) -> tuple[LabeledInputs, LabeledInputs | None]:
        """Return the samples for training and, if there are any, those for validation."""
        if validation_data is not None:
            X, y = read_pair(validation_data)
            return inputs, self._read(X, y, None, inputs.X.dtype)
        if not self.early_stopping:
            return inputs, None
        rng = np.random.default_rng(self._seeds.split)
        held_out = choose_held_out(inputs, self.validation_fraction, rng)
        return inputs.take(~held_out), inputs.take(held_out)

    def _samples(self, inputs: LabeledInputs, class_weights: Array | None) -> Samples:
        return to_samples(
            inputs, self.classes_, self.n_outputs_, self._is_multilabel, class_weights
        )

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

    def _start(self, classes: Labels, y_dimensions: int) -> None:
        """Set what all later calls share: classes, outputs, and the random generators."""
        self.classes_, self._is_multilabel = classes, y_dimensions == 2
        is_single = len(classes) == 2 and not self._is_multilabel and self._output() != SOFTMAX.name
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
                f"The network knows the classes {in_words(self.classes_)}, and now they are "
                f"{in_words(classes)}: keep them, or start again with a clone."
            )

    def _check_network(self) -> DType:
        """Return the precision of the network, if it is the one that the settings ask for."""
        network = self.network_
        present = network.sizes[1:-1], network.activation.name, network.output.name
        dtype = network.parameters.dtype
        asked = hidden_layers(self.hidden_layer_sizes), self.activation, self._output()
        if asked != present or dtype not in dtypes_for(self.dtype):
            raise ValueError(
                f"Training goes on with {network!r} in {dtype}, and the settings ask for another: "
                f"hidden layers {asked[0]}, {asked[1]}, {asked[2]}, dtype {self.dtype}. "
                "Set them back, or start again with a clone."
            )
        return dtype

    def _learn(self, training: Samples, validation: Samples | None, epochs: int) -> None:
        """Train, and keep one record an epoch."""
        objective = objective_for(self.loss, self._output(), self.l1, self.l2)
        schedule = schedule_for(self.schedule)
        optimizer = self._ready_optimizer(training.X.dtype)
        records: Iterator[Record] = train(
            optimizer,
            objective,
            training,
            epochs=epochs,
            batch_size=batch_size_for(self.batch_size, len(training.X)),
            rng=self._batches_rng,
            validation=validation,
            schedule=schedule,
            dropout=Dropout(self.dropout, self._dropout_rng) if self.dropout else None,
            max_norm=self.max_norm,
            count=count_all_correct if self._is_multilabel else count_correct,
            augment=None if self.augment is None else self._augment_from(self.n_iter_),
        )
        if self.early_stopping:
            self._keep_best(EarlyStopping(self.network_, self.patience), records)
        else:
            self.__dict__.pop("best_epoch_", None)
            self._keep(records)

    def _augment_from(self, epochs: int) -> Augment:
        """Return what changes a batch after so many epochs, in the precision of the network."""
        augment: Any = self.augment
        return lambda X, epoch, batch: np.asarray(augment(X, epochs + epoch, batch), X.dtype)

    def _keep_best(self, stopping: EarlyStopping, records: Iterator[Record]) -> None:
        """Train until the loss no longer falls, or Ctrl-C; end with the best network."""
        epochs_before = self.n_iter_
        try:
            self._keep(stopping.watch(records))
        finally:
            if self.__sklearn_is_fitted__():  # no network is left of a training that diverged
                stopping.restore()
                if stopping.best_epoch or not hasattr(self, "best_epoch_"):  # 0: as it was before
                    self.best_epoch_ = epochs_before + stopping.best_epoch

    def _ready_optimizer(self, dtype: DType) -> Optimizer:
        """Return an optimizer with the current settings, and with the state it had, if any."""
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
            (self.n_features_in_, *hidden_layers(self.hidden_layer_sizes), self.n_outputs_),
            activation=str(self.activation),
            output=self._output(),
            weight_init=str(self.weight_init),
            bias_init=str(self.bias_init),
            rng=np.random.default_rng(self._seeds.weights),
            dtype=dtype,
        )

    def _keep(self, records: Iterator[Record]) -> None:
        """Add to the history; epochs and steps are counted on from those it has."""
        epochs = self.n_iter_
        steps = self.history_[-1].step if self.history_ else 0
        for record in records:
            if isinstance(record, Diverged):
                self._forget()
                raise ValueError(f"{record} Or scale the features to values near 1.")
            if isinstance(record, EpochRecord) and (record.epoch > 0 or not self.history_):
                self.n_iter_ = epochs + record.epoch
                self.history_.append(record._replace(epoch=self.n_iter_, step=steps + record.step))


# Probabilities, from logits z, without a logarithm of zero.


def _log_softmax(z: Array) -> Array:
    """Return z_k - log sum_j exp(z_j), row by row."""
    log_probabilities: Array = z - np.logaddexp.reduce(z, axis=1, keepdims=True)
    return log_probabilities


def _log_sigmoid(z: Array) -> Array:
    """Return log(1 / (1 + exp(-z))) = -log(exp(0) + exp(-z))."""
    log_probabilities: Array = -np.logaddexp(0, -z)
    return log_probabilities
