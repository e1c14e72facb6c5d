"""What is on the pad of the Draw page, as a network sees it: on whatever page it is looked at."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from dashboard import session
from dashboard.components.digit_pad import PAD
from data.drawing import PREPARATIONS, Ink, Preparation, StepPicture
from data.drawing.strokes import rasterize
from mlp.arrays import Array


class PreparedDrawing(NamedTuple):
    """What is on the pad: as ink, and as the picture after each step to a sample."""

    ink: Ink
    pictures: list[StepPicture]

    @property
    def is_blank(self) -> bool:
        """Whether nothing was drawn."""
        return not self.ink.any()

    def recorded(self, maximum: float) -> Array:
        """Return the sample as it would have been recorded, (n_features,).

        Parameters
        ----------
        maximum : what stands for full ink in the dataset, 1 or 255 for example
        """
        _, picture, full_ink, _ = self.pictures[-1]
        return picture.reshape(-1).astype(np.float32) * np.float32(maximum / full_ink)


def preparation_for(image_shape: tuple[int, int] | None) -> Preparation | None:
    """Return how to make a drawing into an image of a size, if that is known."""
    found = (each for each in PREPARATIONS.values() if each.image_shape == image_shape)
    return next(found, None)


def left_out_of(preparation: Preparation) -> frozenset[str]:
    """Return which steps of a preparation the reader has left out."""
    return session.tab().left_out_steps & {step.name for step in preparation.steps}


def switch_step(name: str) -> None:
    """Leave a step out, or make it again."""
    tab = session.tab()
    tab.left_out_steps = tab.left_out_steps ^ {name}


def prepared_drawing(preparation: Preparation) -> PreparedDrawing:
    """Return what is on the pad, made into a sample; once for all who ask for the same."""
    drawing, left_out = session.tab().drawing, left_out_of(preparation)
    made = drawing.prepared  # a new one after each change
    if "ink" not in made:
        made["ink"] = rasterize(drawing.strokes, PAD)
    what = preparation.name, left_out
    if what not in made:
        made[what] = PreparedDrawing(made["ink"], preparation.pictures(made["ink"], left_out))
    found: PreparedDrawing = made[what]
    return found


def drawing_version() -> Hashable:
    """Return what changes whenever the drawing does, or the way from it to a sample."""
    tab = session.tab()
    return tab.drawing.id, tab.drawing.number, tab.left_out_steps
