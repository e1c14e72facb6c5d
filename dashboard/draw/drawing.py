"""What is on the pad, as a network sees it."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from dashboard import session
from dashboard.components.digit_pad import PAD
from dashboard.components.network_view import ShownSample
from dashboard.draw.trained_networks import TrainedNetwork
from data.drawing import Ink, Preparation, StepPicture
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

    @property
    def recorded(self) -> Array:
        """The sample as it would have been recorded, (n_features,)."""
        return self.pictures[-1].picture.reshape(-1).astype(np.float32)


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


def resting_version(before: Hashable) -> Hashable:
    """Return the same, but `before` while the pen is down: for what takes its time."""
    return before if session.tab().drawing.is_pen_down else drawing_version()


def scaled_drawing(trained: TrainedNetwork) -> Array:
    """Return what is on the pad as a network gets it, (n_features,)."""
    recorded = prepared_drawing(trained.preparation).recorded
    scaled: Array = trained.scaler.transform(recorded[np.newaxis])[0]
    return scaled


def shown_drawing(trained: TrainedNetwork) -> ShownSample:
    """Return what is on the pad as a sample for the network view."""
    prepared = prepared_drawing(trained.preparation)
    about = "Blank pad" if prepared.is_blank else ""
    return ShownSample(prepared.recorded, scaled_drawing(trained), about, None)
