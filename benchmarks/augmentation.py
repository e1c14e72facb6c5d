"""What distorted images cost: python -m benchmarks.augmentation [--json] [--write] [--repeats N]

First, how many images of 28 x 28 pixels one core distorts, by kind of distortion. Then how long
an epoch of the preset simard-800 takes: on the images as they are, distorted batch by batch
before each is learned from, and distorted in a thread while the one before is learned from.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.report import in_words, machine, table, write_section
from data.augmentation import Augmentation, Distortions
from data.download import FOLDER_VARIABLE, is_at_hand
from experiments.config import RunConfig
from experiments.presets import preset
from experiments.training.lookahead import one_ahead
from experiments.training.plan import distortions_of
from experiments.training.run import Run
from mlp.samples import Samples
from mlp.training import TrainingLoop

N_IMAGES, BATCH_SIZE = 60_000, 128
WANTED_SECONDS, WANTED_SHARE = 3.4, 1 / 3  # of 60,000 images; of an epoch
Seconds: TypeAlias = dict[str, float]
Ahead: TypeAlias = Callable[[Iterator[Samples]], Iterator[Samples]]

CONFIG = preset("simard-800").config
ALL = distortions_of(CONFIG)
KINDS: dict[str, Distortions] = {
    "shift": Distortions(shift=1),
    "rotation": Distortions(rotation=7.5),
    "zoom": Distortions(zoom=0.1),
    "shear": Distortions(shear=10),
    "elastic, sigma 4": Distortions(elastic=1.38),
    "elastic, sigma 2": Distortions(elastic=1.38, elastic_sigma=2),
    "noise": Distortions(noise=0.1),
    "erasing": Distortions(erasing=0.2),
    "as simard-800": ALL,
    "all of them": replace(ALL, shear=10, noise=0.1, erasing=0.2),
}
WAYS: dict[str, tuple[bool, Ahead]] = {
    "as they are": (False, iter),
    "distorted in turn": (True, iter),
    "distorted beside": (True, one_ahead),
}


def seconds_of_kinds(repeats: int) -> Seconds:
    """Return how long 60,000 images take, in batches, one BLAS thread: the best of some times.

    It is the time of the processor, which other programs change less than that of the clock.
    """
    images = np.random.default_rng(0).random((N_IMAGES // 5, 784), np.float32)
    with threadpool_limits(1):
        return {
            name: 5 * min(_seconds_of(distortions, images) for _ in range(repeats))
            for name, distortions in KINDS.items()
        }


def _seconds_of(distortions: Distortions, images: Any) -> float:
    augment = Augmentation((28, 28), distortions)
    start = time.process_time()
    for number, first in enumerate(range(0, len(images), BATCH_SIZE)):
        augment(images[first : first + BATCH_SIZE], 1, number)
    return time.process_time() - start


def seconds_of_epochs(repeats: int, steps: int | None) -> dict[int, Seconds]:
    """Return how long an epoch takes by the clock, in each way, by BLAS threads: the best.

    Parameters
    ----------
    steps : as many as are timed; None for a whole epoch
    """
    best = {}
    for threads in (1, 2):
        times: dict[str, list[float]] = {name: [] for name in WAYS}
        with threadpool_limits(threads):
            for _ in range(repeats):
                for name, way in WAYS.items():
                    times[name].append(_seconds_of_epoch(*way, steps))
        best[threads] = {name: min(each) for name, each in times.items()}
    return best


def _seconds_of_epoch(is_distorted: bool, ahead: Ahead, steps: int | None) -> float:
    none = dict.fromkeys(("shift", "rotation", "zoom", "elastic"), 0.0)
    run = Run(RunConfig(**CONFIG.model_dump() | ({} if is_distorted else none)))
    timed = steps or run.plan.steps_per_epoch
    loop = TrainingLoop(run.training().state, run.prepared_data().training, None, ahead)
    next(loop)  # the untrained network
    next(loop)
    start = time.perf_counter()
    for _ in islice(loop, timed - 1):
        pass
    return (time.perf_counter() - start) * run.plan.steps_per_epoch / (timed - 1)


def report(kinds: Seconds, epochs: dict[int, Seconds], facts: dict[str, Any]) -> str:
    """Return the tables and the verdict, in Markdown."""
    speeds = [[name, f"{N_IMAGES / s:,.0f}", f"{s:.2f}"] for name, s in kinds.items()]
    rows = [
        [name, *(f"{epochs[threads][name]:.2f}" for threads in epochs)]
        + [f"{100 * _share(epochs[threads], name):.0f} %" for threads in epochs]
        for name in WAYS
    ]
    heads = ["an epoch", *(f"{n} BLAS threads (s)" for n in epochs)]
    heads += [f"for distorting, {n}" for n in epochs]
    quickest = min(seconds["distorted beside"] for seconds in epochs.values())
    plain = min(seconds["as they are"] for seconds in epochs.values())
    share = 1 - plain / quickest
    verdict = (
        f"60,000 images take {kinds['as simard-800']:.2f} s, wanted were less than "
        f"{WANTED_SECONDS} {_mark(kinds['as simard-800'] < WANTED_SECONDS)}; of the quickest "
        f"epoch on distorted images, {100 * share:.0f} % are due to them, wanted was less than "
        f"{100 * WANTED_SHARE:.0f} % {_mark(share < WANTED_SHARE)}"
    )
    speed_heads = ("distortion", "images a second", "60,000 (s)")
    return "\n\n".join([in_words(facts), table(speed_heads, speeds), table(heads, rows), verdict])


def _share(seconds: Seconds, name: str) -> float:
    """Return the share of an epoch that distorting the images adds."""
    return 1 - seconds["as they are"] / seconds[name]


def _mark(is_met: bool) -> str:
    return "✓" if is_met else "✗"


def main() -> None:
    """Print the tables, and with --json all numbers in the last line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="of each time (default: 3)")
    parser.add_argument("--steps", type=int, help="time so many steps instead of an epoch")
    parser.add_argument("--json", action="store_true", help="print all numbers in a last line")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    arguments = parser.parse_args()
    if not is_at_hand("mnist"):
        sys.exit(f"The files of MNIST are not here. Let {FOLDER_VARIABLE} name their folder.")
    kinds = seconds_of_kinds(arguments.repeats)
    epochs = seconds_of_epochs(arguments.repeats, arguments.steps)
    facts = machine()
    text = report(kinds, epochs, facts)
    print(text)
    if arguments.write:
        write_section("augmentation", text)
    if arguments.json:
        print(json.dumps({"machine": facts, "kinds": kinds, "epochs": epochs}))


if __name__ == "__main__":
    main()
