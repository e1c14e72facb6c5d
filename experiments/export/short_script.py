"""A run as a short script to read: under 100 lines, of NumPy alone where that can be.

The exact script has every line of `mlp` that the run used, and repeats it bit for bit. This
one has the same mathematics in plain loops: the same settings, samples and split, the same
random initial weights and batches. Only rounding is different, so that in the end the accuracy
differs by no more than with another order of the samples. It leaves out the augmentation of
images, and says so.

A script holds the lines that its run needs, and no others. What has a name in a registry (an
activation, a loss, an optimizer) has its lines in `short_script_lines.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby

from data.datasets import DATASETS, Dataset
from data.download import FOLDER_VARIABLE, ORIGINALS
from experiments.config import OWN, SETTINGS, RunConfig
from experiments.export.script import OWN_FILE
from experiments.export.short_script_lines import (
    ACTIVATION_LINES,
    CURVE_LINES,
    FEATURE_LINES,
    LABEL_NOISE_LINES,
    LOSS_LINES,
    NOTES,
    OPTIMIZER_LINES,
    SCALING_LINES,
    SCHEDULE_LINES,
    STD_OF_WEIGHTS,
    TOY_LINES,
    Lines,
)
from experiments.export.source_slices import names_read
from experiments.training.plan import distortions_of
from experiments.training.prepared_data import has_features, prepare

MAX_LINES = 99
COPIES = "[w.copy() for w in W], [bias.copy() for bias in b]"  # of the network
LIKENESS = (
    "Settings, samples, first weights, batches and formulas are as in Perceptron Lab; "
    "rounding is not."
)
AUGMENTED_LIKENESS = (
    "It is as in Perceptron Lab but for rounding, and for augmentation, which is left out here."
)


def to_short_script(
    config: RunConfig, own: Dataset | None = None, *, is_for_colab: bool = False
) -> str:
    """Return a short Python script of a run.

    Changes that were made during training are not in it.

    Parameters
    ----------
    own : the user's own samples, if the config uses them
    is_for_colab : take MNIST and Fashion-MNIST from Keras, which Colab has, and not from files

    Raises
    ------
    ValueError, DownloadError : as in `prepare`
    """
    dataset = prepare(config, own).dataset
    sections = {
        "Data": [
            *_source(config, is_for_colab),
            *(_features(config) if has_features(config) else []),
            *_parts(config, own),
        ],
        "Network": [*_initial(config), *_forward(config)],
        "Loss and gradient": [*_loss(config), *_backward(config)],
        "Training": [*_step(config), *_evaluate(config), *_loop(config)],
    }
    used = names_read("\n".join(line for lines in sections.values() for line in lines))
    settings = {
        "Settings": [*_imports(config.dataset, used, is_for_colab), "", *_values(config, used)]
    }
    title = _title(config, dataset, is_for_colab)
    scripts = (
        _joined(title, settings | sections, gap=gap, has_notes=has_notes)
        for has_notes, gap in ((True, 2), (True, 1), (False, 1), (False, 0))
    )
    return next(text for text in scripts if len(text.splitlines()) <= MAX_LINES)


def _joined(title: str, sections: Mapping[str, Lines], *, gap: int, has_notes: bool) -> str:
    """Return the script; without its notes, one without the heading between two functions."""
    lines = []
    for name, code in sections.items():
        if has_notes:
            lines += ["", f"# %% {name}", *NOTES.get(name, ())]
        elif name != "Loss and gradient":
            lines += ["", f"# %% {name}"]
        lines += code
    return "\n".join((title, *_spaced(lines, gap), ""))


def _spaced(lines: Iterable[str], gap: int) -> Iterator[str]:
    """Put empty lines around each function."""
    is_in_function = False
    for line in lines:
        is_function, is_inside = line.startswith("def "), line.startswith(" ")
        if is_function or (is_in_function and not is_inside):
            yield from [""] * (gap - (line == ""))
        is_in_function = is_function or (is_in_function and is_inside)
        yield line


def _title(config: RunConfig, dataset: Dataset, is_for_colab: bool) -> str:
    sizes = "-".join(map(str, (dataset.n_features, *config.hidden_layers, dataset.n_classes)))
    likeness = AUGMENTED_LIKENESS if distortions_of(config) else LIKENESS
    return f'''"""A network {sizes[:60]} learns {config.dataset}: a script to read.
{likeness}
{_needs(config.dataset, is_for_colab)}
"""'''


def _needs(dataset: str, is_for_colab: bool) -> str:
    """Return what a reader has to install, or to put in its place."""
    if dataset == OWN:
        return f"It needs '{OWN_FILE}'" + (": upload it here." if is_for_colab else " beside it.")
    if dataset not in ORIGINALS:
        return f"It needs: pip install {' '.join(('numpy', *DATASETS[dataset].script_packages))}"
    if is_for_colab:
        return "Nothing has to be uploaded: Keras fetches the images."
    return f"${FOLDER_VARIABLE} names the folder that holds '{dataset}' with its .gz files."


def _imports(dataset: str, used: Set[str], is_for_colab: bool) -> Lines:
    standard = [f"import {name}" for name in ("gzip", "os") if name in used]
    others = ["import numpy as np"]
    if dataset == "digits":
        others.append("from sklearn.datasets import load_digits")
    if dataset in ORIGINALS and is_for_colab:
        others.append(f"from keras.datasets import {_keras_name(dataset)}")
    return [*standard, *([""] if standard else []), *others]


def _keras_name(dataset: str) -> str:
    return dataset.replace("-", "_")


def _values(config: RunConfig, used: Set[str]) -> Iterator[str]:
    """Yield the settings that are used, a line for each group of them."""
    read = [name for name in SETTINGS if name.upper() in used]
    for _, names in groupby(read, key=lambda name: SETTINGS[name].group):
        fields = list(names)
        values = ", ".join(repr(getattr(config, field)) for field in fields)
        yield f"{', '.join(fields).upper()} = {values}"


# Data


def _source(config: RunConfig, is_for_colab: bool) -> Lines:
    """Return the lines that make X, (samples, features), and the labels."""
    dataset = config.dataset
    if dataset == OWN:
        return [f'stored = np.load("{OWN_FILE}")', 'X, labels = stored["X"], stored["labels"]']
    if dataset == "digits":
        return ["X, labels = load_digits(return_X_y=True)"]
    if dataset not in ORIGINALS:
        return _toy(config)
    if is_for_colab:
        return [
            f"(X, labels), (X_last, labels_last) = {_keras_name(dataset)}.load_data()",
            "X = np.concatenate([X, X_last]).reshape(-1, 784)",
            "labels = np.concatenate([labels, labels_last])",
        ]
    return [
        "def read(name, n):  # n bytes of header, and then a byte for each value",
        f'    path = os.path.expandvars(f"${FOLDER_VARIABLE}/{dataset}/{{name}}-ubyte.gz")',
        "    with gzip.open(path) as file:",
        "        return np.frombuffer(file.read(), np.uint8, offset=n)",
        'X = np.append(read("train-images-idx3", 16), read("t10k-images-idx3", 16))'
        ".reshape(-1, 784)",
        'labels = np.append(read("train-labels-idx1", 8), read("t10k-labels-idx1", 8))',
    ]


def _toy(config: RunConfig) -> Lines:
    """Return the lines that draw points in the plane."""
    drawn, points, n_classes = TOY_LINES[config.dataset]
    return [
        f"rng, labels = np.random.default_rng(POINTS_SEED), np.arange(POINTS) % {n_classes}",
        *(line.format(curve=CURVE_LINES[config.curve]) for line in drawn),
        f"X = {points} + rng.normal(0, POINT_NOISE, (POINTS, 2))",
        *(line.format(n=n_classes) for line in LABEL_NOISE_LINES if config.label_noise),
    ]


def _features(config: RunConfig) -> Lines:
    """Return the lines that put features in the place of the two coordinates of a point."""
    columns = ", ".join(FEATURE_LINES[name] for name in config.features)
    return ["x1, x2 = np.float32(X).T", f"X = np.c_[{columns}]"]


def _parts(config: RunConfig, own: Dataset | None) -> Lines:
    """Return the lines that split and scale the samples."""
    dataset = prepare(config, own).dataset
    maximum = dataset.known_maximum
    scale = f"{maximum:g}" if maximum else "(np.abs(X[training]).max() or 1)"
    counts = "np.bincount(labels[training])"
    weights = f"weights = np.float32(len(training) / K / {counts})[labels, np.newaxis]"
    return [
        "K = int(labels.max()) + 1  # classes",
        "split_rng, weights_rng, batches_rng, dropout_rng = np.random.default_rng(SEED).spawn(4)",
        *_split(config, own),
        *(line.format(maximum=scale) for line in SCALING_LINES[config.scaling]),
        "Y = np.eye(K, dtype=np.float32)[labels]  # targets: 1 for the right class, else 0",
        *([weights] if config.class_weight == "balanced" else []),
    ]


def _split(config: RunConfig, own: Dataset | None) -> Lines:
    """Return the lines that make the rows of each part."""
    if config.split == "blocks":
        n_training, n_validation, _ = map(len, prepare(config, own).split)
        cuts = f"[{n_training}, {n_training + n_validation}]"
        return [f"training, validation, test = np.split(np.arange(len(X)), {cuts})"]
    return [
        "pieces = []",
        "for k in range(K):  # the same mix of classes in each part",
        "    rows = split_rng.permutation(np.flatnonzero(labels == k))",
        "    n_test, n_held_out = "
        "round(TEST_FRACTION * len(rows)), round(VALIDATION_FRACTION * len(rows))",
        "    pieces.append(np.split(rows, [n_test, n_test + n_held_out]))",
        "test, validation, training = (np.sort(np.concatenate(part)) for part in zip(*pieces))",
    ]


# Network


def _initial(config: RunConfig) -> Lines:
    """Return the lines that draw the initial weights and biases."""
    std, bias_std = STD_OF_WEIGHTS[config.weight_init], STD_OF_WEIGHTS[config.bias_init]
    biases = f"np.float32(weights_rng.normal(0, {bias_std}, m))"
    if config.bias_init == "zeros":
        biases = "np.zeros(m, np.float32)"
    hidden = "*HIDDEN_LAYERS" if config.hidden_layers else ""
    outputs, inputs = (f"{hidden}, K", f"X.shape[1], {hidden}") if hidden else ("K,", "X.shape[1],")
    return [
        "# W[i], (m, n), and b[i], (m,), lead from n units to m: z = a W^T + b, next a = f(z).",
        f"shapes = list(zip(({outputs}), ({inputs})))",
        f"W = [np.float32(weights_rng.normal(0, {std}, (m, n))) for m, n in shapes]",
        f"b = [{biases} for m, n in shapes]",
    ]


def _forward(config: RunConfig) -> Lines:
    """Return the activation, and the forward pass."""
    if not config.hidden_layers:
        return [
            "def forward(x):",
            "    return [x], [], x @ W[0].T + b[0]  # no hidden layer, so that there is no slope",
        ]
    drops = [
        "        if drops:  # those kept are scaled up, so that the mean stays",
        "            mask = np.float32(dropout_rng.random(a.shape, np.float32) >= DROPOUT)",
        "            a, slope = a * mask / (1 - DROPOUT), slope * mask / (1 - DROPOUT)",
    ]
    return [
        f"def f(z):  # {config.activation}, and its slope",
        *(f"    {line}" for line in ACTIVATION_LINES[config.activation]),
        f"def forward(x{', drops=False' if config.dropout else ''}):",
        "    activations, slopes = [x], []",
        "    for w, bias in zip(W[:-1], b[:-1]):",
        "        a, slope = f(activations[-1] @ w.T + bias)  # (samples, n) @ (n, m)",
        *(drops if config.dropout else []),
        "        activations, slopes = [*activations, a], [*slopes, slope]",
        "    return activations, slopes, activations[-1] @ W[-1].T + b[-1]",
    ]


def _loss(config: RunConfig) -> Lines:
    return [
        f"def loss(z, y):  # {config.loss} with {config.output}, of each sample; and dC/dz",
        *(f"    {line}" for line in LOSS_LINES[config.loss](config.output)),
    ]


def _backward(config: RunConfig) -> Lines:
    """Return the backward pass."""
    terms = {" + L1 * np.sign(W[i])": config.l1, " + L2 * W[i]": config.l2}
    penalty = "".join(term for term, strength in terms.items() if strength)
    down = ["        if i > 0:", "            delta = (delta @ W[i]) * slopes[i - 1]"]
    return [
        "def backward(activations, slopes, delta):  # the chain rule, from the last dC/dz down",
        "    dW, db = [0] * len(W), [0] * len(b)",
        "    for i in reversed(range(len(W))):",
        f"        dW[i], db[i] = delta.T @ activations[i]{penalty}, delta.sum(axis=0)",
        *(down if config.hidden_layers else []),
        "    return dW + db",
    ]


# Training


def _step(config: RunConfig) -> Lines:
    """Return the optimizer, with weight decay and max-norm."""
    state, lines = OPTIMIZER_LINES[config.optimizer]
    zeros = _as_one(["np.zeros_like(p)"] * len(state))
    lists = {"p": "W + b", "g": "gradients"} | ({_as_one(state): "state"} if state else {})
    limit = "np.maximum(1, np.linalg.norm(w, axis=1, keepdims=True) / MAX_NORM)"
    return [
        *([f"state = [{zeros} for p in W + b]"] if state else []),
        f"def step(gradients, eta{', t' if _counts(config) else ''}):  # {config.optimizer}",
        f"    for {', '.join(lists)} in zip({', '.join(lists.values())}):",
        *(f"        {line}" for line in lines),
        *(["    for w in W:", f"        w /= {limit}"] if config.max_norm else []),
    ]


def _as_one(values: Sequence[str]) -> str:
    """Return one value as it is, and several as a tuple."""
    return values[0] if len(values) == 1 else f"({', '.join(values)})"


def _counts(config: RunConfig) -> bool:
    """Say whether the optimizer has to know the number of the step."""
    return any("**t" in line for line in OPTIMIZER_LINES[config.optimizer].step)


def _evaluate(config: RunConfig) -> Lines:
    terms = {"L1 * np.abs(w).sum()": config.l1, "L2 / 2 * (w * w).sum()": config.l2}
    penalty = " + ".join(term for term, strength in terms.items() if strength)
    cost = "loss(z, Y[rows])[0].mean()" + (" + penalty" if penalty else "")
    return [
        "def evaluate(rows):  # the loss and the share of right answers",
        "    z = forward(X[rows])[-1]",
        *([f"    penalty = sum({penalty} for w in W)"] if penalty else []),
        f"    return {cost}, (z.argmax(axis=1) == labels[rows]).mean()",
    ]


def _loop(config: RunConfig) -> Lines:
    """Return the lines that train, print each epoch, and test at the end."""
    watched = "validation" if config.validation_fraction else "training"
    result = "test" if config.test_fraction else "training"
    stopping = [
        f"    best = min(best, (cost, epoch, {COPIES}))",
        "    if epoch - best[1] == PATIENCE:",
        "        break",
        "W, b = best[2:]",
    ]
    return [
        *_start(config, watched),
        "for epoch in range(1, EPOCHS + 1):",
        *_epoch(config),
        f"    cost, accuracy = evaluate({watched})",
        f'    print(f"epoch {{epoch}}: {watched} loss {{cost:.4f}}, {{accuracy:.2%}} right")',
        *(stopping if config.early_stopping else []),
        f'print(f"{result}: {{evaluate({result})[1]:.2%}} right")',
    ]


def _start(config: RunConfig, watched: str) -> Lines:
    """Return what is known before the first epoch, if anything has to be."""
    values = {"t": ("0", _counts(config))}
    values["best"] = (f"(evaluate({watched})[0], 0, {COPIES})", config.early_stopping)
    used = {name: value for name, (value, is_used) in values.items() if is_used}
    return [f"{', '.join(used)} = {', '.join(used.values())}"] if used else []


def _epoch(config: RunConfig) -> Lines:
    """Return the lines of one pass over the training samples."""
    is_shuffled = config.shuffle and not config.full_batch
    order = f"    order = {'batches_rng.permutation(training)' if is_shuffled else 'training'}"
    batches = "np.split(order, range(BATCH_SIZE, len(order), BATCH_SIZE))"
    if config.full_batch:
        order, batches = "", "[training]"
    drops = ", drops=True" if config.dropout and config.hidden_layers else ""
    weights = " * weights[rows]" if config.class_weight == "balanced" else ""
    rate = _rate(config)
    return [
        *rate,
        *([order] if order else []),
        f"    for rows in {batches}:",
        *(["        t += 1"] if _counts(config) else []),
        f"        activations, slopes, z = forward(X[rows]{drops})",
        f"        delta = loss(z, Y[rows])[1]{weights} / len(rows)",
        f"        step(backward(activations, slopes, delta), {'eta' if rate else 'LEARNING_RATE'}"
        f"{', t' if _counts(config) else ''})",
    ]


def _rate(config: RunConfig) -> Lines:
    """Return the lines that set the learning rate of an epoch, if it ever changes."""
    if config.schedule == "constant" and not config.warmup_epochs:
        return []
    after, total, warmup = "(epoch - 1)", "EPOCHS", ""
    if config.warmup_epochs:
        after, total = "max(0, epoch - 1 - WARMUP_EPOCHS)", "(EPOCHS - WARMUP_EPOCHS)"
        warmup = " * min(1, epoch / (WARMUP_EPOCHS + 1))"
    progress, factor = SCHEDULE_LINES[config.schedule]
    return [
        *([f"    {progress.format(after=after, total=total)}"] if progress else []),
        f"    eta = LEARNING_RATE{warmup}{factor}",
    ]
