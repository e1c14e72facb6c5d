"""Train every preset, and put what it reaches beside what the original reaches.

    python -m benchmarks.presets [NAME ...] [--write] [--json]

With --write the table in the README is made anew. All of them take some minutes; those
whose files are not at hand are left out with a word on it.
"""

import argparse
import json
import statistics
import sys
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.report import in_words, machine, table, write_section
from data.download import ORIGINALS, is_at_hand
from experiments.config import RunConfig
from experiments.presets import PRESETS, Preset, preset
from experiments.training.run import Run

README = Path(__file__).parents[1] / "README.md"


def finished_run(config: RunConfig) -> Run:
    """Train to the end, with as many BLAS threads as suit it."""
    run = Run(config)
    with threadpool_limits(run.plan.blas_threads):
        run.complete()
    if run.result is None:
        raise SystemExit(f"{config.dataset}, seed {config.seed}: {run.diverged}")
    return run


def measure(entry: Preset) -> dict[str, Any]:
    """Return accuracy in percent and seconds an epoch, over the seeds that a preset asks for."""
    base = entry.config.model_dump()
    configs = [RunConfig(**base | {"seed": entry.config.seed + n}) for n in range(entry.n_seeds)]
    runs = [finished_run(config) for config in configs]
    scores = [getattr(run.result, entry.judged_on) for run in runs]
    return {
        "preset": entry.name,
        "network": "-".join(map(str, runs[0].plan.sizes)),
        "judged_on": entry.judged_on,
        "accuracies": [100 * score.accuracy for score in scores if score],
        "seconds_an_epoch": statistics.median(run.seconds / run.epochs_done for run in runs),
        "original_accuracy": entry.original_accuracy,
        "publication": entry.publication,
        "original_seconds": entry.original_seconds,
    }


def row(result: dict[str, Any]) -> list[str]:
    """Return a row of the table."""
    accuracies, ours = result["accuracies"], result["seconds_an_epoch"]
    original, theirs = result["original_accuracy"], result["original_seconds"]
    quoted = f"({result['publication']})" if result["publication"] else ""
    accuracy = f"{statistics.mean(accuracies):.2f}"
    if len(accuracies) > 1:
        accuracy += f" ± {statistics.stdev(accuracies):.2f} ({len(accuracies)} seeds)"
    return [
        result["preset"],
        result["network"],
        result["judged_on"],
        accuracy,
        " ".join(filter(None, (f"{original:g}" if original else "", quoted))),
        f"{ours:.2g}",
        f"{theirs:g}" if theirs else "",
        f"{theirs / ours:.1f}" if theirs else "",
    ]


HEADS = (
    "preset",
    "network",
    "judged on",
    "accuracy, %",
    "original, %",
    "s an epoch",
    "original, s",
    "times faster",
)


def main() -> int:
    """Measure the presets that are asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="presets; all if none is named")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    results = []
    for entry in [preset(name) for name in arguments.names or PRESETS]:
        if entry.config.dataset in ORIGINALS and not is_at_hand(entry.config.dataset):
            print(f"{entry.name} is left out: {entry.config.dataset} is not here", file=sys.stderr)
            continue
        results.append(measure(entry))
        print("  ".join(row(results[-1])), file=sys.stderr)
    text = table(HEADS, [row(result) for result in results])
    print(text)
    facts = machine()
    if arguments.write:
        write_section("presets", f"{text}\n\nMeasured on {in_words(facts)}", README)
    if arguments.json:
        print(json.dumps({"machine": facts, "results": results}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
