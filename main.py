"""The runs of the app from a terminal: train, export, evaluate, compare, sweep, and so on.

`python main.py` alone trains and tests the defaults; options without a command go to `train`.
`python main.py COMMAND --help` lists the options of a command, with one for each setting of
RunConfig.

The exit code is 0, even if training diverged; 2, with a line that says why, if the command
cannot be carried out; and 130 if Ctrl-C stopped it: what there is by then is evaluated, saved
and reported as at the end.
"""

import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial, wraps
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from pydantic import ValidationError
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from data.datasets import Dataset
from data.download import ORIGINALS, fetch
from data.own import load_own
from experiments.background.interrupts import stop_on_interrupt
from experiments.background.parallel import run_all
from experiments.comparison.significance import (
    check_comparable,
    check_seeds,
    correct_for_several,
    paired_test,
    paired_test_sentence,
)
from experiments.config import (
    DATASET_SETTINGS,
    OWN,
    SETTINGS,
    RunConfig,
    defaults_for,
    explain,
    unused_settings,
)
from experiments.evaluation.model_evaluation import (
    PARTS,
    ModelEvaluation,
    evaluate_model,
    summarize_evaluation,
)
from experiments.export.files import check_writable
from experiments.export.history_csv import history_to_csv
from experiments.export.model_file import load_model, save_run
from experiments.export.notebook import to_notebook
from experiments.export.script import OWN_FILE, samples_to_npz, to_script
from experiments.export.short_script import to_short_script
from experiments.presets import PRESETS, preset
from experiments.setting_kinds import Switch
from experiments.sweep.grid import grid_configs, parse_seeds, parse_vary, plan_each
from experiments.sweep.result_table import ResultTable
from experiments.sweep.sweep import sweep
from experiments.training.plan import plan
from experiments.training.prepared_data import prepare
from experiments.training.run import Run
from experiments.training.summary import Summary, status_of, summarize
from mlp.matrix_shapes import describe_shapes
from mlp.network import look_up
from mlp.onnx_export import to_onnx
from mlp.records import EpochRecord
from mlp.storage import write_atomically

app = typer.Typer(
    help=__doc__,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Settings = Mapping[str, Any]

PresetName = Annotated[str | None, typer.Option("--preset", help="Start from these settings.")]
OwnData = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help="Your own samples: a .csv with the labels in the column label, class, target or y, or "
        "else in the last; an .npz with X and y; a folder or .zip with a sub-folder of images for "
        "each class. Columns of a table are scaled with z-score by default; images of dark ink on "
        "a light background are inverted, so that ink is high.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Make the last line of output JSON.")]
Jobs = Annotated[int, typer.Option(help="Processes at a time; -1: one for each core.")]
Scheduler = Annotated[str | None, typer.Option(help="Address of a Dask scheduler: tcp://...")]
SeedList = Annotated[str, typer.Option(help="Such as 0-9, or 1,5,7.")]


def takes_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each setting of a run; it gets those used as `settings`."""
    own = {n: p for n, p in inspect.signature(command).parameters.items() if n != "settings"}
    options = {
        name: inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=Annotated[
                bool | None if isinstance(setting, Switch) else str | None,
                typer.Option(help=setting.description, show_default=False),
            ],
        )
        for name, setting in SETTINGS.items()
    }

    @wraps(command)
    def with_settings(**values: Any) -> None:
        given = {name: values.pop(name, None) for name in options}
        command(**values, settings={n: v for n, v in given.items() if v is not None})

    parameters = {**own, **{n: p for n, p in options.items() if n not in own}}
    with_settings.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters.values()]
    )
    with_settings.__annotations__ = {n: p.annotation for n, p in parameters.items()}
    return with_settings


# Commands -------------------------------------------------------------------------


@app.command()
@takes_settings
def train(
    settings: Settings,
    preset_name: PresetName = None,
    data: OwnData = None,
    save: Annotated[Path | None, typer.Option(help="Write the model here.")] = None,
    continuable: Annotated[
        bool,
        typer.Option(
            "--continuable",
            help="Save with the model a checkpoint, to continue the run on the Train page.",
        ),
    ] = False,
    onnx: Annotated[Path | None, typer.Option(help="Write the network as ONNX here.")] = None,
    history: Annotated[Path | None, typer.Option(help="Write the curves as CSV here.")] = None,
    shapes: Annotated[bool, typer.Option("--shapes", help="Show every matrix of a batch.")] = False,
    as_json: Json = False,
) -> None:
    """Train a network, test it, and print the result."""
    own = own_data(data)
    config = config_from(preset_name, settings, own)
    check_outputs([path for path in (save, onnx, history) if path], data)
    run = Run(config, own)
    if onnx:
        run_to_onnx(run)  # fails now, not after training, if it cannot be done
    print_plan(run)
    if idle := sorted(unused_settings(dict(config)) & settings.keys()):
        print(f"Without effect, as other settings make no use of it: {', '.join(idle)}.")
    if shapes:
        print_shapes(run)
    train_with_progress(run)
    if save and not run.diverged:
        save_run(save, run, for_continuing=continuable)
    if onnx and not run.diverged:
        write_atomically(onnx, run_to_onnx(run))
    if history:
        write_atomically(history, history_to_csv(run).encode())
    summary = summarize(run, preset=preset_name)
    print_result(run, summary)
    if run.diverged and (save or onnx):
        print("The network was not saved: its parameters are not usable.")
    print_json(as_json, summary)
    if status_of(run) == "interrupted":
        raise typer.Exit(INTERRUPTED)


@app.command()
@takes_settings
def export(
    settings: Settings,
    out: Annotated[Path, typer.Argument(help="The file to write: .py, or .ipynb for a notebook.")],
    preset_name: PresetName = None,
    data: OwnData = None,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="Repeat the run bit for bit, in many lines."),
    ] = False,
) -> None:
    """Write a run as a Python script or a notebook that does not need this project."""
    if out.suffix not in (".py", ".ipynb"):
        raise ValueError(f"'{out}' must end with .py, or with .ipynb for a notebook.")
    own = own_data(data)
    config = config_from(preset_name, settings, own)
    samples = out.with_name(OWN_FILE)
    check_outputs([out, samples] if own else [out], data)
    is_notebook = out.suffix == ".ipynb"
    threads = plan(config, own).blas_threads  # reports errors now
    script = (
        to_script(config, blas_threads=threads)
        if exact
        else to_short_script(config, own, is_for_colab=is_notebook)
    )
    write_atomically(out, (to_notebook(script) if is_notebook else script).encode())
    print(f"{out}: {len(script.splitlines()):,} lines")
    if own:
        write_atomically(samples, samples_to_npz(own))
        print(f"{samples}: the samples that it reads")


@app.command()
def evaluate(
    model: Annotated[Path, typer.Argument(help="A model file written by train --save.")],
    data: OwnData = None,
    part: Annotated[
        str | None,
        typer.Option(help=f"One of: {', '.join(PARTS)}; test by default, without --data."),
    ] = None,
    show: Annotated[int, typer.Option(min=0, help="Show this many predictions.")] = 0,
    sample: Annotated[int | None, typer.Option(min=0, help="Show the one for this row.")] = None,
    as_json: Json = False,
) -> None:
    """Evaluate a saved model on samples."""
    if data and not part:
        raise ValueError(
            "Give --part all for samples that the model was not trained on, or --part test for the "
            "file that it was trained on."
        )
    stored, part = load_model(model), part or "test"
    evaluation = evaluate_model(
        stored, part=part, own=load_own(data, to_learn=False) if data else None
    )
    n_samples = len(evaluation.rows)
    rng = np.random.default_rng(stored.config.seed)
    positions = sorted(rng.choice(n_samples, min(show, n_samples), replace=False))
    if sample is not None:
        positions.append(evaluation.position_of(sample))
    print(
        f"{part}: {evaluation.n_correct:,} of {n_samples:,} right, "
        f"{percent(evaluation.accuracy)}; loss {evaluation.loss:.4f}"
    )
    if evaluation.remark:
        print(evaluation.remark)
    for position in positions:
        print_prediction(evaluation, int(position))
    print_json(as_json, summarize_evaluation(evaluation, part))


@app.command()
@takes_settings
def compare(
    settings: Settings,
    presets: Annotated[list[str] | None, typer.Argument(help="Names of presets.")] = None,
    seeds: SeedList = "0-9",
    data: OwnData = None,
    jobs: Jobs = -1,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Train presets on the same splits, seed by seed, and test whether they differ."""
    names = list(dict.fromkeys(presets or ["slp-digits-held-out", "mlp-digits-held-out"]))
    if len(names) < 2:
        raise ValueError("A comparison takes the names of at least two presets.")
    if "seed" in settings:
        raise ValueError("A comparison takes --seeds, such as 0-9, and no single --seed.")
    all_seeds, own = parse_seeds(seeds), own_data(data)
    check_seeds(all_seeds)
    bases = [config_from(name, settings, own) for name in names]
    check_comparable(bases)
    configs = [with_seed(config, seed) for config in bases for seed in all_seeds]
    for config in bases:
        plan(config, own)  # reports errors now, and not in another process
    with closing(run_all(configs, jobs=jobs, scheduler=scheduler, own=own)) as results:
        summaries = dict(tqdm(results, total=len(configs), unit="run", disable=None))
    accuracies = [
        [accuracy_of(name, summaries[i * len(all_seeds) + j]) for j in range(len(all_seeds))]
        for i, name in enumerate(names)
    ]
    print_comparison(names, np.array(accuracies), bases[0], own, as_json)


@app.command("sweep")
@takes_settings
def sweep_command(
    settings: Settings,
    out: Annotated[Path, typer.Option(help="Table of results, .csv or .parquet.")],
    vary: Annotated[
        list[str] | None, typer.Option(help="learning_rate=0.01/0.1; may be given several times.")
    ] = None,
    seeds: SeedList = "0-4",
    preset_name: PresetName = None,
    data: OwnData = None,
    jobs: Jobs = -1,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Train every combination of settings with every seed; continue where the table ends."""
    if "seed" in settings:
        raise ValueError("A sweep takes --seeds, such as 0-4, and no single --seed.")
    own, grid = own_data(data), parse_vary(vary or [])
    table = ResultTable(out, own)
    check_outputs([out], data)
    configs = grid_configs(base_settings(preset_name, settings, own), grid, parse_seeds(seeds))
    plan_each(configs, own)  # reports errors now, and not after hours
    n_known = sum(config in table for config in configs)
    runner = partial(run_all, jobs=jobs, scheduler=scheduler, own=own)
    with_bar = partial(tqdm, total=len(configs), initial=n_known, unit="run", disable=None)
    status = "finished"
    try:
        with closing(sweep(configs, table, runner)) as summaries:
            for _ in with_bar(summaries):
                pass
    except KeyboardInterrupt:
        status = "interrupted"
    n_done = sum(config in table for config in configs)
    print(f"{n_done:,} of {len(configs):,} runs are in {out}; {n_known:,} were there before.")
    counts = {"runs": len(configs), "done": n_done, "known": n_known}
    print_json(as_json, {"out": str(out), "status": status, **counts})
    if status == "interrupted":
        raise typer.Exit(INTERRUPTED)


@app.command("presets")
def presets_command(as_json: Json = False) -> None:
    """List the presets, with the reason for each."""
    for entry in PRESETS.values():
        print(f"{entry.name:24}{entry.title}. {entry.why}")
    print_json(as_json, {name: entry.config.model_dump() for name, entry in PRESETS.items()})


@app.command()
def download(
    names: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(ORIGINALS)}.")] = None,
) -> None:
    """Download datasets, or all of them if none is named, and check their SHA-256 sums."""
    for name in names or ORIGINALS:
        look_up("dataset to download", name, ORIGINALS)
    for name in names or ORIGINALS:
        print(f"{name}: {fetch(name)}")


# Shared by the commands ----------------------------------------------------------

INTERRUPTED = 130


def base_settings(
    preset_name: str | None, settings: Settings, own: Dataset | None
) -> dict[str, Any]:
    """Return the settings of a preset, if one is named, overridden by those given.

    The split and the scaling of a preset are for its own dataset, not for another one. What
    nobody asks for has the default for the dataset.
    """
    if own and settings.get("dataset", OWN) != OWN:
        raise ValueError("Give --data, for samples of your own, or --dataset, but not both.")
    chosen = {**settings, **({"dataset": OWN} if own else {})}
    base = preset(preset_name).config.model_dump() if preset_name else {}
    if chosen.get("dataset", base.get("dataset")) != base.get("dataset"):
        base = {name: value for name, value in base.items() if name not in DATASET_SETTINGS}
    return defaults_for(OWN, own) | base | chosen if own else base | chosen


def config_from(preset_name: str | None, settings: Settings, own: Dataset | None) -> RunConfig:
    """Return the config of a preset and the settings given."""
    return RunConfig(**base_settings(preset_name, settings, own))


def with_seed(config: RunConfig, seed: int) -> RunConfig:
    """Return the same config with another seed."""
    return RunConfig(**{**config.model_dump(), "seed": seed})


def own_data(path: Path | None) -> Dataset | None:
    """Load the user's own samples, if a file is given."""
    return load_own(path) if path else None


def check_outputs(paths: Sequence[Path], data: Path | None) -> None:
    """Check that all files can be written, and that no two have the same name."""
    for path in paths:
        check_writable(path)
    resolved = [path.resolve() for path in (*paths, data) if path]
    if len(set(resolved)) < len(resolved):
        raise ValueError("Each file needs a name of its own, but two of them have the same.")


def run_to_onnx(run: Run) -> bytes:
    """Return the network of a run as an ONNX file that takes samples before scaling."""
    scaler = run.prepared_data().scaler
    return to_onnx(run.network, shift=scaler.shift, scale=scaler.scale)


def train_with_progress(run: Run) -> None:
    """Train a run, with a progress bar on stderr if that is a terminal."""
    bar = tqdm(total=run.config.epochs, unit="epoch", disable=None)
    with stop_on_interrupt() as is_stopping, threadpool_limits(run.plan.blas_threads), bar:
        for record in run.records():
            if isinstance(record, EpochRecord) and record.epoch:
                bar.set_postfix_str(f"loss {record.training.loss:.4f}", refresh=False)
                bar.update()
            if is_stopping():
                break
        run.conclude()


def accuracy_of(name: str, summary: Summary) -> float:
    """Return the test accuracy of a run.

    Parameters
    ----------
    name : of its preset

    Raises
    ------
    ValueError : if it diverged
    """
    accuracy: float | None = summary["test_accuracy"]
    if accuracy is None:
        config = summary["config"]
        raise ValueError(
            f"{name} has diverged with seed {config['seed']}: there is nothing to compare. Try a "
            f"learning rate below {config['learning_rate']:g}."
        )
    return accuracy


# Output ---------------------------------------------------------------------------


def percent(share: float) -> str:
    """Return a share as a percentage."""
    return f"{100 * share:.2f} %"


def print_plan(run: Run) -> None:
    """Print what is going to be trained."""
    size = run.plan
    print(
        f"{run.prepared_data().dataset.title}. {'-'.join(map(str, size.sizes))}: "
        f"{size.n_parameters:,} parameters, {size.samples_in_words}, "
        f"{size.steps_per_epoch:,} steps an epoch"
    )


def print_shapes(run: Run) -> None:
    """Print the shape of every matrix of the first batch."""
    samples = run.prepared_data().training
    X, targets = samples.X[: run.plan.batch_size], samples.targets[: run.plan.batch_size]
    print("\n".join(describe_shapes(run.network, run.objective, X, targets)))


def print_result(run: Run, summary: Summary) -> None:
    """Print how a run ended, and the scores of its network."""
    if run.diverged:
        print(run.diverged)
        return
    epochs, seconds = summary["epochs"], summary["seconds"]
    noun = "epoch" if epochs == 1 else "epochs"
    print(f"{summary['status']} after {epochs} {noun}, {seconds:.2f} s", end="")
    print("" if run.best_epoch is None else f", back at its best, epoch {run.best_epoch}")
    if run.result is None:
        print("There is nothing to evaluate yet.")
        return
    for part, score in run.result._asdict().items():
        if score:
            print(f"{part:11} {percent(score.accuracy):>8}, loss {score.loss:.4f}")
    if not run.result.test:
        print("Nothing was held out for a test: this says nothing about new samples.")


def print_prediction(evaluation: ModelEvaluation, position: int) -> None:
    """Print the predicted class of one sample, and the true class if that is another one."""
    outputs, names = evaluation.outputs[position], evaluation.class_names
    predicted, true = evaluation.predicted[position], evaluation.labels[position]
    print(
        f"row {evaluation.rows[position]}: {names[predicted]} with output "
        f"{outputs[predicted]:.3f}, "
        + ("right" if predicted == true else f"but it is {names[true]} with {outputs[true]:.3f}")
    )


def print_comparison(
    names: Sequence[str],
    accuracies: npt.NDArray[np.float64],
    config: RunConfig,
    own: Dataset | None,
    as_json: bool,
) -> None:
    """Print the accuracy of each preset, and whether the others differ from the first."""
    for name, row in zip(names, accuracies, strict=True):
        spread = row.std(ddof=1) if len(row) > 1 else 0.0
        print(f"{name:24}{percent(row.mean())} +- {100 * spread:.2f} on the test part")
    if config.split == "blocks":
        print("All seeds share one split: the result holds for these test samples only.")
    split = prepare(config, own).split
    sizes = {"n_training": len(split.training), "n_test": len(split.test)}
    results = correct_for_several(
        [paired_test(accuracies[0], row, **sizes) for row in accuracies[1:]]
    )
    if len(results) > 1:
        print(f"The p-values allow for {len(results)} comparisons (Holm).")
    for name, result in zip(names[1:], results, strict=True):
        print(paired_test_sentence(names[0], name, result))
    print_json(
        as_json,
        {
            "names": list(names),
            "test_accuracies": accuracies.tolist(),
            "mean_differences": [result.mean for result in results],
            "p_values": [result.p_value for result in results],
        },
    )


def print_json(as_json: bool, values: Mapping[str, Any]) -> None:
    """Print the values as one line of JSON, the last of standard output, if --json is given."""
    if as_json:
        print(json.dumps(values, allow_nan=False), flush=True)


def error_line(error: Exception) -> str:
    """Return the message of an error in one line, without control characters."""
    match error:
        case ValidationError():
            text = " ".join(explain(error))
        case typer.TyperException():
            message = error.format_message().rstrip(".")
            text = f"{message}. Try: python main.py --help, or python main.py COMMAND --help."
        case _:
            text = str(error)
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


def command_line() -> list[str]:
    """Return the arguments of the program; `train` is put first if no command is given."""
    arguments = sys.argv[1:]
    is_implied = not arguments or (arguments[0].startswith("-") and arguments[0] != "--help")
    return ["train", *arguments] if is_implied else arguments


def main() -> int:
    """Run the command line and return the exit code; an error is printed in one line."""
    try:
        code = app(command_line(), standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has closed it; at exit, Python would write to it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (typer.TyperException, ValueError, ImportError, OSError) as error:
        print(error_line(error), file=sys.stderr)
        return 2
    if code == INTERRUPTED:
        print("Stopped.", file=sys.stderr)
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
