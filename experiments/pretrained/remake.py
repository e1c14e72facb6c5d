"""Train the models that come with the project anew, and say how well they read.

    python -m experiments.pretrained.remake [NAME ...]

It needs the files of MNIST, whose validation images are the drawings that are read: as they are,
and changed to what other hands and other pens would make of them. No model learns from these.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from threadpoolctl import threadpool_limits

from data.datasets import Labels, load
from data.drawing import PREPARATIONS, Ink
from data.drawing.as_digits import dilate, erode
from experiments.config import RunConfig
from experiments.evaluation.drawing_steps import reader_of
from experiments.export.model_file import SavedModel, load_model, run_to_bytes
from experiments.presets import preset
from experiments.pretrained.pretrained import PRETRAINED
from experiments.training.run import Run
from mlp.network import look_up

FIRST, N_DRAWINGS = 50_000, 2000  # rows of the validation part of MNIST
SIDE, MARGIN = 112, 24  # pixels, of an enlarged image and around it
Change = Callable[[Ink], Ink]


def enlarged(image: Ink) -> Ink:
    """Return an image four times as large, with room around it."""
    large = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return np.pad(np.asarray(large), MARGIN)


def times(n: int, change: Change) -> Change:
    """Return what makes a change several times; four layers of ink are a pixel of MNIST."""

    def changed(drawing: Ink) -> Ink:
        for _ in range(n):
            drawing = change(drawing)
        return drawing

    return changed


def rotated(degrees: float) -> Change:
    """Return what rotates a drawing counterclockwise."""
    return lambda drawing: np.asarray(
        Image.fromarray(drawing).rotate(degrees, Image.Resampling.BILINEAR)
    )


def stretched(width: float = 1.0, lean: float = 0.0) -> Change:
    """Return what makes a drawing wider, and leans it to the right: so far over its height."""

    def changed(drawing: Ink) -> Ink:
        middle = drawing.shape[0] / 2
        matrix = (1 / width, lean / width, middle * (1 - (1 + lean) / width), 0, 1, 0)
        picture = Image.fromarray(drawing)
        method, nearness = Image.Transform.AFFINE, Image.Resampling.BILINEAR
        return np.asarray(picture.transform(picture.size, method, matrix, nearness))

    return changed


HANDS: dict[str, Change] = {
    "as they are": lambda drawing: drawing,
    "a thin pen": times(3, erode),
    "a thick pen": times(5, dilate),
    "rotated 20° to the left": rotated(20),
    "rotated 20° to the right": rotated(-20),
    "leaning 20° to the right": stretched(lean=np.tan(np.radians(20))),
    "leaning 20° to the left": stretched(lean=-np.tan(np.radians(20))),
    "narrow": stretched(0.6),
    "wide": stretched(1.3),
}
"""What other hands make of a drawing."""


def reached(
    model: SavedModel, images: Sequence[Ink], labels: Labels
) -> Iterator[tuple[str, float]]:
    """Yield the share of drawings that a model reads right, in percent, for each hand.

    Parameters
    ----------
    images : each 28 x 28 uint8, as in MNIST
    labels : (n_images,)
    """
    read = reader_of(model.network, model.scaler)
    preparation = PREPARATIONS[model.config.dataset]
    for hand, change in HANDS.items():
        samples = np.stack([preparation.sample(change(enlarged(image))) for image in images])
        yield hand, 100 * float(np.mean(read(samples) == labels))


def remake(config: RunConfig, title: str, file: Path) -> SavedModel:
    """Train to the end, and write a model file without what it takes to continue."""
    run = Run(config)
    with threadpool_limits(run.plan.blas_threads):
        run.complete()
    file.write_bytes(run_to_bytes(run, title))
    return load_model(file)


def report(model: SavedModel, images: Sequence[Ink], labels: Labels) -> Iterator[str]:
    """Yield lines: how large the network is, and what it reads."""
    sizes = "-".join(map(str, model.network.sizes))
    yield f"{model.name}: {sizes}, {model.config.epochs} epochs, {model.seconds:.0f} s"
    for part, score in zip(("validation", "test"), (model.result or ())[1:], strict=False):
        if score:
            yield f"  {part + ' part':<36}{100 * score.accuracy:6.2f} %"
    for hand, percent in reached(model, images, labels):
        yield f"  {'drawings, ' + hand:<36}{percent:6.2f} %"


def main(given: Sequence[str] | None = None) -> None:
    """Make the models that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="models; all if none is named")
    names = parser.parse_args(given).names or PRETRAINED
    try:
        entries = [look_up("pretrained model", name, PRETRAINED) for name in names]
    except ValueError as error:
        parser.error(str(error))
    mnist, rows = load("mnist"), slice(FIRST, FIRST + N_DRAWINGS)
    images = list(np.asarray(mnist.X[rows], np.uint8).reshape(-1, 28, 28))
    for entry in entries:
        model = remake(preset(entry.name).config, entry.title, entry.file)
        for line in report(model, images, mnist.labels[rows]):
            print(line)
        print(f"  {entry.file.name}: {entry.file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
