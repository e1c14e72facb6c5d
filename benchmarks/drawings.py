"""From a drawing to a sample: python -m benchmarks.drawings [--write] [--json]

How well drawings are read that are larger, smaller or elsewhere than the samples a network has
learned from, what each step is good for, how many pictures of something else are called far
from all that was learned, and how long it all takes. The test images of MNIST are the drawings.
Settings of the steps were chosen with images of the training part.
"""

import argparse
import json
import statistics
import string
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from threadpoolctl import threadpool_limits

from benchmarks.presets import finished_run
from benchmarks.report import in_words, machine, table, write_section
from data.datasets import Labels, load
from data.download import FOLDER_VARIABLE, is_at_hand
from data.drawing import PREPARATIONS, Ink, Step
from data.drawing.strokes import rasterize, read_strokes
from experiments.config import RunConfig
from experiments.evaluation.drawing_steps import MEASURED, Reader, reader_of, step_accuracies
from experiments.exploration.neighbors import neighbors_of
from experiments.inspection.drawn_sample import novelty_of
from experiments.presets import preset
from experiments.training.prepared_data import PreparedData, prepare
from experiments.training.run import Run

N_TRAINING = 60_000
PAD = 280  # pixels a side
SIDES = (280, 112, 56, 42, 28, 24, 20, 14)  # pixels that 28 become
N_DIGITS = 2000
DIGITS_SEEDS = range(5)
DIGITS: dict[str, Any] = {  # all of the samples of load_digits
    "hidden_layers": (64,),
    "epochs": 100,
    "validation_fraction": 0,
    "test_fraction": 0,
}
N_PICTURES = 300  # pictures of each kind
NO_LETTERS = "IOSZilosz"  # which are digits, too


def mnist_test(n_images: int) -> tuple[list[Ink], Labels]:
    """Return the first test images and their labels."""
    dataset, rows = load("mnist"), slice(N_TRAINING, N_TRAINING + n_images)
    return list(dataset.X[rows].reshape(-1, 28, 28)), dataset.labels[rows]


def on_pads(images: Sequence[Ink], sides: Sequence[int], rng: np.random.Generator) -> list[Ink]:
    """Return each image, enlarged or shrunk to a side drawn at random, at any place of a pad."""
    return [_on_pad(image, int(rng.choice(sides)), rng) for image in images]


def _on_pad(image: Ink, side: int, rng: np.random.Generator) -> Ink:
    pad = np.zeros((PAD, PAD), np.uint8)
    top, left = rng.integers(0, PAD - side + 1, 2)
    resized = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
    pad[top : top + side, left : left + side] = resized
    return pad


def accuracy(
    name: str,
    drawings: Sequence[Ink],
    labels: Labels,
    read: Reader,
    left_out: Collection[str] = (),
) -> float:
    """Return the share of drawings that are read right, in percent."""
    samples = np.stack([PREPARATIONS[name].sample(drawing, left_out) for drawing in drawings])
    return 100 * float(np.mean(read(samples) == labels))


def reader(run: Run) -> Reader:
    """Return the network of a run, as what reads samples."""
    return reader_of(run.network, run.prepared_data().scaler)


# MNIST: any place, any size.


def mnist_rows(read: Reader, n_images: int) -> Iterator[tuple[str, float]]:
    """Yield how many test images are read right: as they are, and after they were moved."""
    images, labels = mnist_test(n_images)
    direct = read(np.stack(images).reshape(n_images, -1))
    yield "as they are in the dataset", 100 * float(np.mean(direct == labels))
    yield "as they are, through all steps", accuracy("mnist", images, labels, read)
    for side in SIDES:
        drawings = on_pads(images, [side], np.random.default_rng(side))
        title = f"28 pixels made {side}, anywhere on the pad"
        yield title, accuracy("mnist", drawings, labels, read)
    drawings = on_pads(images, range(28, PAD + 1), np.random.default_rng(0))
    yield "made 28 to 280, anywhere", accuracy("mnist", drawings, labels, read)
    whole = np.stack([np.asarray(Image.fromarray(each).resize((28, 28))) for each in drawings])
    shrunk = read(whole.reshape(n_images, -1))
    yield "the same, the pad shrunk to 28 x 28", 100 * float(np.mean(shrunk == labels))


# The digits of 8 x 8: what each step is good for.


def digits_runs() -> list[Run]:
    """Train a network of 64 hidden units with each seed."""
    return [finished_run(RunConfig(**DIGITS, seed=seed)) for seed in DIGITS_SEEDS]


def ladder(
    readers: Sequence[Reader], drawings: Sequence[Ink], labels: Labels, name: str = "digits"
) -> list[tuple[str, list[float], list[float]]]:
    """Return for each step the accuracies with it and those before it, and without it alone."""
    tables = [step_accuracies(PREPARATIONS[name], drawings, labels, each) for each in readers]
    return [
        (
            rows[0].step.title,
            [100 * row.so_far for row in rows],
            [100 * row.without for row in rows],
        )
        for rows in zip(*tables, strict=True)
    ]


def for_the_page(results: dict[str, Any]) -> dict[str, Any]:
    """Return what the Draw page tells of the steps: see `measured_steps`."""
    digits = (
        f"{len(DIGITS_SEEDS)} networks 64-64-10 that have learned the digits of 8 x 8, and "
        f"{N_DIGITS:,} test images of MNIST anywhere on the pad and of any size"
    )
    mnist = (
        f"a network 784-128-10 that has learned MNIST, and {N_DIGITS:,} test images of MNIST "
        "anywhere on the pad and of any size"
    )
    ladders = {"mnist": (mnist, "mnist_ladder"), "digits": (digits, "ladder_on_pads")}
    return {
        name: {"about": about, "steps": _means(PREPARATIONS[name].steps, results[key])}
        for name, (about, key) in ladders.items()
    }


def _means(steps: Sequence[Step], rows: Sequence[Any]) -> list[tuple[str, float, float]]:
    names = {step.title: step.name for step in steps}
    return [
        (names[title], *(round(statistics.mean(each) / 100, 4) for each in (so_far, without)))
        for title, so_far, without in rows
    ]


def mean_and_spread(values: Sequence[float]) -> str:
    """Return a mean and a standard deviation."""
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}"


# Pictures of something else.


def letters() -> list[Ink]:
    """Return printed letters, but for those that are digits, too."""
    return [_letter(each) for each in string.ascii_letters if each not in NO_LETTERS]


def _letter(character: str) -> Ink:
    image = Image.new("L", (PAD, PAD))
    font = ImageFont.load_default(200)
    ImageDraw.Draw(image).text((60, 20), character, fill=255, font=font)
    return np.asarray(image)


def zigzags(rng: np.random.Generator, n_drawings: int) -> list[Ink]:
    """Return lines between 5 to 20 points drawn at random, on a part of the pad."""
    sizes = rng.integers(5, 21, n_drawings)
    return [_line(rng.uniform(40, PAD - 40, (n, 2))) for n in sizes]


def curves(rng: np.random.Generator, n_drawings: int) -> list[Ink]:
    """Return smooth lines, each the sum of four waves with amplitudes and phases at random."""
    waves = 3 * np.arange(1, 5) * np.linspace(0, 1, 60)[:, None]  # (n_points, n_waves)
    lines = []
    for _ in range(n_drawings):
        amplitudes = rng.normal(0, 60, (2, 4, 1)) / np.arange(1, 5)[:, None]
        phases = rng.uniform(0, 6, (2, 1, 4))
        x, y = np.sin(waves + phases) @ amplitudes  # (n_points, 4) @ (4, 1), twice
        lines.append(_line(PAD / 2 + np.hstack([x, y])))
    return lines


def _line(points: np.ndarray) -> Ink:
    return rasterize([np.column_stack([points, np.full(len(points), 16.0)])], (PAD, PAD))


def others() -> dict[str, list[Ink]]:
    """Return pictures to call far or not, by what they are."""
    rng = np.random.default_rng(0)
    kinds = {
        "test digits of MNIST": mnist_test(N_PICTURES)[0],
        "printed letters": letters(),
        "zigzags": zigzags(rng, N_PICTURES),
        "curves": curves(rng, N_PICTURES),
        "noise": list(rng.integers(0, 256, (N_PICTURES, 28, 28), np.uint8)),
    }
    if is_at_hand("fashion-mnist"):
        clothes = load("fashion-mnist").X[N_TRAINING : N_TRAINING + N_PICTURES]
        kinds["clothes (Fashion-MNIST)"] = list(clothes.reshape(-1, 28, 28))
    return kinds


def share_novel(prepared: PreparedData, name: str, drawings: Sequence[Ink]) -> float:
    """Return how many drawings are called far from all that was learned, in percent."""
    return 100 * float(np.mean([_is_novel(prepared, name, drawing) for drawing in drawings]))


def _is_novel(prepared: PreparedData, name: str, drawing: Ink) -> bool:
    x = prepared.scaler.transform(PREPARATIONS[name].sample(drawing))
    return novelty_of(prepared, neighbors_of(prepared, x, 1)).is_novel


# Times.


def times(prepared: dict[str, PreparedData]) -> Iterator[tuple[str, float]]:
    """Yield medians in milliseconds."""
    t = np.linspace(0, 6, 300)
    points = np.column_stack([140 + 90 * np.cos(t), 140 + 90 * np.sin(3 * t), 12 + 4 * np.sin(t)])
    value, pad = [points.tolist()], (PAD, PAD)
    yield "300 points checked", milliseconds(lambda: read_strokes(value, pad))
    yield "300 points drawn", milliseconds(lambda: rasterize([points], pad))
    drawing = rasterize([points], pad)
    for each in PREPARATIONS.values():
        yield f"{each.title}, every step", milliseconds(lambda each=each: each.pictures(drawing))
    for name, each in prepared.items():
        x = each.scaler.transform(PREPARATIONS[name].sample(drawing))
        yield (
            f"nearest training image, {name}",
            milliseconds(lambda each=each, x=x: novelty_of(each, neighbors_of(each, x, 8))),
        )


def milliseconds(action: Callable[[], object], repeats: int = 30) -> float:
    """Return the median time of an action, after a first one that does not count."""
    action()
    return 1000 * statistics.median(_seconds(action) for _ in range(repeats))


def _seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def measure() -> dict[str, Any]:
    """Return all figures."""
    print("MNIST ...", file=sys.stderr)
    read = reader(finished_run(preset("mnist-adam").config))
    n_test = load("mnist").n_samples - N_TRAINING
    results: dict[str, Any] = {"mnist": list(mnist_rows(read, n_test))}
    print("digits ...", file=sys.stderr)
    images, labels = mnist_test(N_DIGITS)
    readers = [reader(run) for run in digits_runs()]
    results["ladder"] = ladder(readers, images, labels)
    drawings = on_pads(images, range(28, PAD + 1), np.random.default_rng(0))
    results["ladder_on_pads"] = ladder(readers, drawings, labels)
    results["mnist_ladder"] = ladder([read], drawings, labels, "mnist")
    print("novelty ...", file=sys.stderr)
    prepared = {name: prepare(RunConfig(dataset=name)) for name in PREPARATIONS}
    results["novel"] = [
        (kind, [share_novel(each, name, pictures) for name, each in prepared.items()])
        for kind, pictures in others().items()
    ]
    with threadpool_limits(1):
        results["times"] = list(times(prepared))
    return results


def report(results: dict[str, Any]) -> str:
    """Return the tables, in Markdown."""
    percent = [[title, f"{value:.2f}"] for title, value in results["mnist"]]
    steps = [
        [title, *(mean_and_spread(each) for each in (so_far, without, on_pads, without_on_pads))]
        for (title, so_far, without), (_, on_pads, without_on_pads) in zip(
            results["ladder"], results["ladder_on_pads"], strict=True
        )
    ]
    novel = [[kind, *(f"{share:.0f}" for share in shares)] for kind, shares in results["novel"]]
    spent = [[title, f"{value:.2f}"] for title, value in results["times"]]
    mnist_steps = [
        [title, f"{so_far[0]:.1f}", f"{without[0]:.1f}"]
        for title, so_far, without in results["mnist_ladder"]
    ]
    heads = ["step", "so far, %", "all but it, %", "on a pad: so far, %", "all but it, %"]
    return "\n\n".join(
        [
            "MNIST, 784-128-10 (the preset `mnist-adam`), all 10,000 test images:",
            table(["test images", "read right, %"], percent),
            f"Digits, 64-64-10 that has learned all of `load_digits`, {N_DIGITS:,} test images of "
            f"MNIST as drawings; mean and standard deviation of {len(DIGITS_SEEDS)} seeds:",
            table(heads, steps),
            f"MNIST, the same network as above, {N_DIGITS:,} of the test images on pads:",
            table(heads[:3], mnist_steps),
            "Called far from all that was learned, as are 1 % of the validation part:",
            table(["pictures", *(f"{name}, %" for name in PREPARATIONS)], novel),
            "A drawing, with one thread:",
            table(["", "ms"], spent),
        ]
    )


def main(given: Sequence[str] | None = None) -> None:
    """Print the tables, and with --json all numbers in the last line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print all numbers in a last line")
    parser.add_argument("--write", action="store_true", help="put the tables into the README")
    arguments = parser.parse_args(given)
    if not is_at_hand("mnist"):
        sys.exit(f"The files of MNIST are not here. Let {FOLDER_VARIABLE} name their folder.")
    facts, results = machine(), measure()
    text = f"{in_words(facts)}\n\n{report(results)}"
    print(text)
    if arguments.write:
        write_section("drawings", text)
        MEASURED.write_text(json.dumps(for_the_page(results), indent=1) + "\n", encoding="utf-8")
    if arguments.json:
        print(json.dumps({"machine": facts, **results}))


if __name__ == "__main__":
    main()
