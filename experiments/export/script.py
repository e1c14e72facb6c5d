"""A run as a standalone Python script.

A script does not need this project. It consists of the lines of `mlp` and `data` that the run
used, unchanged, and of a few lines that call them with the settings of the run.
"""

import io
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from data.augmentation import DISTORTIONS, Distortions
from data.datasets import DATASETS, Dataset, block_starts_of
from data.download import FOLDER_VARIABLE, ORIGINALS
from data.scaling import SCALERS
from data.split import SPLITS
from experiments.config import OWN, SETTINGS, RunConfig, optimizer_settings
from experiments.export.source_slices import (
    Definition,
    Import,
    QualifiedName,
    RegistryKeys,
    collect_definitions,
    defined_name,
    names_read,
    read_module,
)
from experiments.training.changes import Change
from experiments.training.plan import distortions_of
from experiments.training.prepared_data import has_features
from mlp.losses import LOSSES
from mlp.optimizers import OPTIMIZERS
from mlp.schedules import SCHEDULES

OWN_FILE = "own.npz"  # beside the script, with the user's own samples
LINE = 100  # characters

SECTIONS: dict[str, tuple[str, ...]] = {
    "Kinds of arrays": ("mlp.arrays", "data.datasets"),
    "Activations": ("mlp.activations",),
    "Losses": ("mlp.losses",),
    "Initial weights": ("mlp.initializers",),
    "Network": ("mlp.network",),
    "Forward and backward": ("mlp.backprop",),
    "Optimizer": ("mlp.optimizers",),
    "Learning rate": ("mlp.schedules",),
    "Batches": ("mlp.samples",),
    "Records": ("mlp.records",),
    "Evaluation": ("mlp.evaluation",),
    "Training": ("mlp.training",),
    "Early stopping": ("mlp.early_stopping",),
    "Points in the plane": ("data.toy",),
    "Features": ("data.plane_features",),
    "Split": ("data.split",),
    "Scaling": ("data.scaling",),
    "Augmentation": ("data.augmentation",),
    "Changes during training": ("experiments.training.changes",),
    "Samples and records": (
        "experiments.export.script_runtime",
        "experiments.training.prepared_data",
    ),
}
"""The modules that a script is made of, in reading order; the docstring of the first
of each opens its section."""


def samples_to_npz(own: Dataset) -> bytes:
    """Return one's own samples as the file that a script reads, OWN_FILE."""
    file = io.BytesIO()
    np.savez_compressed(
        file,
        X=own.X,
        labels=own.labels,
        class_names=np.array(own.class_names),
        maximum=own.known_maximum or 0.0,
        image_shape=np.array(own.image_shape or (), np.intp),
    )
    return file.getvalue()


def to_script(
    config: RunConfig,
    changes: Sequence[Change] = (),
    *,
    until_step: int | None = None,
    blas_threads: int | None = 1,
) -> str:
    """Return a Python script that makes the same run without this project, bit for bit.

    That it is the same to the last bit holds for the same machine and the same NumPy. In
    the end the script prints the scores and a SHA-256 of all parameters.

    Parameters
    ----------
    config : as the run began
    changes : what was changed during training, in the order of their steps
    until_step : after which the run was stopped by hand; None if it was not
    blas_threads : threads of a matrix product; None for as many as there are cores
    """
    run = _run(config, changes, until_step)
    roots = [
        QualifiedName(module, name)
        for name in names_read(run)
        for modules in SECTIONS.values()
        for module in modules
        if name in read_module(module).definitions
    ]
    slices = collect_definitions(roots, _registries(config))
    sections = {
        title: f"{_comment(read_module(modules[0]).docstring)}\n\n\n{_join(definitions)}"
        for title, modules in SECTIONS.items()
        if (
            definitions := [
                definition
                for module in modules
                for definition in slices.definitions.get(module, [])
            ]
        )
    }
    settings = f"{_head(slices.imports, blas_threads)}\n\n{_settings(config, run)}"
    code = "\n\n\n".join(
        f"# %% {title}\n{text}" for title, text in {"Settings": settings, **sections}.items()
    )
    return f'"""{_title(config)}"""\n\n{code}\n\n\n{run}'


def _registries(config: RunConfig) -> RegistryKeys:
    """Return what is left of the registries: the objects of this run alone."""
    return {
        QualifiedName("mlp.activations", "ACTIVATIONS"): (config.activation,),
        QualifiedName("mlp.activations", "OUTPUTS"): (config.output,),
        QualifiedName("mlp.initializers", "INITIALIZERS"): (config.weight_init,),
        QualifiedName("mlp.initializers", "BIAS_INITIALIZERS"): (config.bias_init,),
        QualifiedName("mlp.schedules", "SCHEDULES"): (config.schedule,),
    }


def _title(config: RunConfig) -> str:
    """Return the docstring of the script: what it does, and what it takes."""
    layers = ", ".join(map(str, config.hidden_layers)) or "none"
    more = () if config.dataset == OWN else DATASETS[config.dataset].script_packages
    return f"""A run of Perceptron Lab: {config.dataset}, hidden layers: {layers}.

It trains the same network as Perceptron Lab, with the same lines, on its own. It takes
Python 3.11 and NumPy 2.1 or newer:

    pip install {" ".join(("numpy", *more))}
{_about_files(config.dataset)}
The numbers among the settings may be changed at will. Of the functions, only those that this
run needs are here: another activation or optimizer comes with a script of its own.
"""


def _about_files(dataset: str) -> str:
    """Return what a reader has to know about the files that the script reads, if it reads any."""
    if dataset == OWN:
        return f"\nThe samples are read from '{OWN_FILE}', in the folder in which it is run.\n"
    if dataset not in ORIGINALS:
        return ""
    return (
        f"\nThe environment variable {FOLDER_VARIABLE} names the folder of the data: its folder\n"
        f"'{dataset}' holds the four original .gz files.\n"
    )


def _head(imports: Iterable[Import], blas_threads: int | None) -> str:
    """Return the imports, after the number of threads, which NumPy reads when it is loaded."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS") if blas_threads else ()
    threads = [f'os.environ["{name}"] = "{blas_threads}"' for name in names]
    return "\n".join(["import os", "", *threads, "", *_import_lines(list(imports))])


def _import_lines(imports: Sequence[Import]) -> list[str]:
    """Return whole modules first, then names, one line a module; NumPy last."""
    lines = {
        f"import {used.module}" + (f" as {used.alias}" if used.alias != used.module else "")
        for used in imports
        if not used.name
    }
    for module in {used.module for used in imports if used.name}:
        names = sorted(used.name for used in imports if used.name and used.module == module)
        lines.add(f"from {module} import {', '.join(names)}")
    return sorted(lines, key=lambda line: ("numpy" in line, line.startswith("from"), line))


def _settings(config: RunConfig, run: str) -> str:
    """Return a line for each setting that the run makes use of."""
    used = names_read(run)
    lines = []
    for field, value in config:
        if field.upper() in used:
            line = f"{field.upper()} = {_literal(value)}"
            comment = f"  # {SETTINGS[field].meaning.partition('. ')[0].rstrip('.')}"
            lines.append(line + (comment if len(line + comment) <= LINE else ""))
    return "\n".join(lines)


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def _join(definitions: Sequence[Definition]) -> str:
    """Put definitions below each other: constants close together, functions and classes apart."""
    text = definitions[0].source
    for above, below in pairwise(definitions):
        if above.is_function_or_class or below.is_function_or_class:
            text += "\n\n"
        elif "\n" in above.source + below.source:
            text += "\n"
        text += f"\n{below.source}"
    return text


def _run(config: RunConfig, changes: Sequence[Change], until_step: int | None) -> str:
    """Return the lines that make the run."""
    return "\n\n\n".join(
        (
            _samples_section(config),
            _network_section(config),
            *([_augmentation_section(config)] if distortions_of(config) else []),
            _training_section(config, changes, until_step),
            _result_section(config, until_step),
        )
    )


def _samples_section(config: RunConfig) -> str:
    """Return the lines that read the samples, split and scale them."""
    weights = "training = training._replace(weights=balanced_weights(data.labels[split.training]))"
    fit_scaler = defined_name("data.scaling", SCALERS[config.scaling])
    starts = block_starts_of(config.dataset) if config.split == "blocks" else ()
    blocks = f"\n    block_starts={starts}," if starts else ""
    features = "\ndata = with_plane_features(data, FEATURES)" if has_features(config) else ""
    return f"""# %% The samples
split_rng, weights_rng, batches_rng, dropout_rng = random_generators(SEED)
data = {_source(config.dataset)}{features}
split = {defined_name("data.split", SPLITS[config.split])}(
    data.labels,
    validation_fraction=VALIDATION_FRACTION,
    test_fraction=TEST_FRACTION,
    rng=split_rng,{blocks}
)
scaler = {fit_scaler}(data.X[split.training], data.maximum)
training, validation, test = (
    scaled_samples(data.X[rows], data.labels[rows], data.n_classes, scaler) for rows in split
)
{weights if config.class_weight == "balanced" else ""}""".rstrip()


def _source(dataset: str) -> str:
    """Return the expression that gets the samples."""
    if dataset == OWN:
        return f'read_npz(Path("{OWN_FILE}"))'
    return DATASETS[dataset].script_source.format(name=dataset)


def _network_section(config: RunConfig) -> str:
    """Return the lines that make the network, its objective and its optimizer."""
    optimizer = ", ".join(
        ["network"]
        + [f"{name}={name.upper()}" for name in sorted(optimizer_settings(config.optimizer))]
    )
    loss = ", ".join(
        [defined_name("mlp.losses", LOSSES[config.loss])]
        + [f"{name}={name.upper()}" for name in ("l1", "l2") if getattr(config, name)]
    )
    return f"""# %% The network
network = Network(
    (data.X.shape[1], *HIDDEN_LAYERS, data.n_classes),
    activation=ACTIVATION,
    output=OUTPUT,
    weight_init=WEIGHT_INIT,
    bias_init=BIAS_INIT,
    rng=weights_rng,
)
objective = Objective({loss})
optimizer = {defined_name("mlp.optimizers", OPTIMIZERS[config.optimizer])}({optimizer})"""


def _augmentation_section(config: RunConfig) -> str:
    """Return the lines that say how the training images are distorted."""
    none, distortions = Distortions(), distortions_of(config)
    changed = [name for name in DISTORTIONS if getattr(distortions, name) != getattr(none, name)]
    return f"""# %% The augmentation
augment = Augmentation(
    data.image_shape,
    Distortions({", ".join(f"{name}={name.upper()}" for name in changed)}),
    largest_value(data.X[split.training], data.maximum),
    SEED,
    scaler,
)"""


def _training_section(config: RunConfig, changes: Sequence[Change], until_step: int | None) -> str:
    """Return the lines that train, and print each epoch."""
    batch_size = "len(training.X)" if config.full_batch else "BATCH_SIZE"
    return "\n".join(
        [
            "# %% The training",
            "loop = train(",
            "    optimizer,",
            "    objective,",
            "    training,",
            "    epochs=EPOCHS,",
            f"    batch_size={batch_size},",
            f"    rng={'batches_rng' if config.shuffle else None},",
            *(f"    {name}={value}," for name, value in _extras(config).items()),
            ")",
            *(
                ["early_stopping = EarlyStopping(network, PATIENCE)"]
                if config.early_stopping
                else []
            ),
            *_changes(changes),
            "history = []",
            f"for record in {_records(config, changes, until_step)}:",
            "    print_record(record)",
            "    if isinstance(record, EpochRecord):",
            "        history.append(record)",
        ]
    )


def _extras(config: RunConfig) -> dict[str, str]:
    """Return the optional arguments of `train` that this run makes use of."""
    decay = "decay=DECAY, decay_every=DECAY_EVERY, " if SCHEDULES[config.schedule].decays else ""
    is_scheduled = config.schedule != "constant" or config.warmup_epochs
    return {
        name: value
        for name, value, is_used in (
            ("validation", "validation", config.validation_fraction),
            (
                "schedule",
                f"Schedule(SCHEDULE, {decay}warmup_epochs=WARMUP_EPOCHS)",
                is_scheduled,
            ),
            ("dropout", "Dropout(DROPOUT, dropout_rng)", config.dropout),
            ("max_norm", "MAX_NORM", config.max_norm),
            ("augment", "augment", distortions_of(config)),
        )
        if is_used
    }


def _changes(changes: Sequence[Change]) -> list[str]:
    """Return the lines that list what was changed during training, if anything was."""
    lines = [f'    Change({step}, "{setting}", {value!r}),' for step, setting, value in changes]
    return ["changes = [", *lines, "]"] if lines else []


def _records(config: RunConfig, changes: Sequence[Change], until_step: int | None) -> str:
    """Return the expression that yields the records."""
    records = "early_stopping.watch(loop)" if config.early_stopping else "loop"
    if changes or until_step is not None:
        known = "changes" if changes else "[]"
        return f"replay(loop, {records}, {known}, until_step={until_step})"
    return records


def _result_section(config: RunConfig, until_step: int | None) -> str:
    """Return the lines that evaluate the network on each part, and print a hash of it."""
    held_out = [part for part in ("validation", "test") if getattr(config, f"{part}_fraction")]
    parts = ", ".join(f'"{part}": {part}' for part in ("training", *held_out))
    is_cut_short = config.early_stopping and until_step is not None
    restore = "if history[-1].epoch:\n    early_stopping.restore()\n" if is_cut_short else ""
    return f"""# %% The result
{restore}parts = {{{parts}}}
result = {{}}
if not isinstance(record, Diverged):
    result = {{part: evaluate(network, objective, parts[part]) for part in parts}}
for part, score in result.items():
    print(score_line(part, score))
print("SHA-256 of the parameters:", parameters_sha256(network))
"""
