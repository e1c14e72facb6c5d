"""A drawing made into a sample, as the samples that a network has learned from were made.

Networks fail on drawings that are larger, smaller or elsewhere than what they learned from, and
not because of how they are written. `PREPARATIONS` has the way from stroke to sample of each
dataset of digits, step by step; `strokes` turns what a pen did into ink.
"""

from data.drawing.as_digits import AS_DIGITS
from data.drawing.as_mnist import AS_MNIST
from data.drawing.ink import DrawingError, Ink
from data.drawing.preparation import Preparation, Step, StepPicture

__all__ = ["PREPARATIONS", "DrawingError", "Ink", "Preparation", "Step", "StepPicture"]

PREPARATIONS: dict[str, Preparation] = {each.name: each for each in (AS_MNIST, AS_DIGITS)}
"""By the name of the dataset."""
