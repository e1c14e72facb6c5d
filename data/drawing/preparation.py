"""From a drawing to a sample, step by step; each step can be left out, to see what it is for."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from data.drawing.ink import FULL_INK, Ink, check_ink


@dataclass(frozen=True)
class Step:
    """What is done to the picture, once those before it are done.

    Attributes
    ----------
    name : how it is called in code and in a link
    title : how it is called on the screen
    meaning : what it does and what for, in a sentence or two
    source : where it is described
    apply : the step, from picture to picture
    instead : what is done where it is left out; None if nothing has to be
    """

    name: str
    title: str
    meaning: str
    source: str
    apply: Callable[[Ink], Ink]
    instead: Callable[[Ink], Ink] | None = None


class StepPicture(NamedTuple):
    """The picture after a step, made or left out; `maximum` stands for full ink in it."""

    step: Step
    picture: Ink
    maximum: int
    is_left_out: bool


@dataclass(frozen=True)
class Preparation:
    """How the samples of a dataset were made from what people wrote.

    Attributes
    ----------
    name : of the dataset
    title : on the screen
    image_shape : (height, width) of a sample
    maximum : what stands for full ink in a sample
    steps : in their order; the last one gives the sample
    """

    name: str
    title: str
    image_shape: tuple[int, int]
    maximum: int
    steps: tuple[Step, ...]

    def pictures(self, drawing: Ink, left_out: Collection[str] = ()) -> list[StepPicture]:
        """Return the picture after each step.

        Parameters
        ----------
        drawing : (height, width) uint8, 0 blank to 255 full ink
        left_out : the names of the steps to leave out

        Raises
        ------
        DrawingError : if it is no drawing
        ValueError : if there is no step of a name
        """
        return list(self._pictures(check_ink(drawing), self._known(left_out)))

    def sample(self, drawing: Ink, left_out: Collection[str] = ()) -> Ink:
        """Return what the network sees of a drawing, (n_features,), as the dataset records it.

        Takes and raises what `pictures` does.
        """
        return self.pictures(drawing, left_out)[-1].picture.reshape(-1)

    def _pictures(self, picture: Ink, left_out: Collection[str]) -> Iterator[StepPicture]:
        for step in self.steps:
            is_left_out = step.name in left_out
            change = step.instead if is_left_out else step.apply
            picture = change(picture) if change else picture
            maximum = self.maximum if step is self.steps[-1] else FULL_INK
            yield StepPicture(step, picture, maximum, is_left_out)

    def _known(self, left_out: Collection[str]) -> Collection[str]:
        names = [step.name for step in self.steps]
        for name in left_out:
            if name not in names:
                raise ValueError(
                    f"There is no step '{name[:40]}' in '{self.title}'. Its steps are: "
                    f"{', '.join(names)}."
                )
        return left_out
