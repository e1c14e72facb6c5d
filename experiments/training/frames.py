"""The frames of a training: the whole network every few steps, to be played like a film."""

from itertools import islice
from threading import Lock
from typing import NamedTuple

from mlp.arrays import Array
from mlp.evaluation import evaluate
from mlp.losses import Objective
from mlp.network import Network
from mlp.records import Score
from mlp.samples import Samples
from mlp.training import TrainingLoop

MAX_FRAMES = 1200  # of one run; then every second one is dropped


class Frame(NamedTuple):
    """A network after a step, and how well exactly this network does.

    parameters : (n_parameters,)
    training : its scores on the training samples as they are, without dropout; the loss is that
        with the penalties
    validation : on the validation samples; None where there are none
    """

    step: int
    parameters: Array
    training: Score
    validation: Score | None


def frame_of(
    network: Network, objective: Objective, step: int, training: Samples, validation: Samples | None
) -> Frame:
    """Return a network as it is now as a frame."""
    return Frame(
        step,
        network.parameters.copy(),
        evaluate(network, objective, training),
        evaluate(network, objective, validation) if validation else None,
    )


class FrameRecorder:
    """Takes a frame of the network that a loop trains every few steps.

    Parameters
    ----------
    steps_per_frame : 1 or more

    Attributes
    ----------
    frames : those taken so far
    """

    def __init__(self, loop: TrainingLoop, steps_per_frame: int) -> None:
        self.loop, self.steps_per_frame = loop, steps_per_frame
        self.frames: list[Frame] = []

    def take_if_due(self) -> None:
        """Take a frame if enough steps are made since the last one."""
        if self.loop.state.step % self.steps_per_frame == 0:
            self.take()

    def take(self) -> None:
        """Take a frame, unless this step has one, or the network has diverged."""
        loop, state = self.loop, self.loop.state
        has_one = bool(self.frames) and self.frames[-1].step == state.step
        if not (has_one or state.has_diverged):
            objective = state.objective
            frame = frame_of(loop.network, objective, state.step, loop.training, loop.validation)
            self.frames.append(frame)


class Frames:
    """The frames of one run, numbered from 0 in the order in which they came.

    Where there are too many, every second one is dropped, but never the newest. One thread may
    add while others read.

    Parameters
    ----------
    most : frames that are kept
    """

    def __init__(self, most: int = MAX_FRAMES) -> None:
        self._most, self._n_added = most, 0
        self._kept: dict[int, Frame] = {}
        self._lock = Lock()

    @property
    def newest_number(self) -> int:
        """The number of the newest frame; -1 if there is none."""
        return self._n_added - 1

    @property
    def newest(self) -> Frame:
        """The newest frame.

        Raises
        ------
        LookupError : if there are none yet
        """
        with self._lock:
            if not self._kept:
                raise LookupError("No frame was taken yet.")
            return self._kept[self._n_added - 1]

    def add(self, frame: Frame) -> None:
        """Keep a frame under the next number."""
        with self._lock:
            self._kept[self._n_added] = frame
            self._n_added += 1
            if len(self._kept) > self._most:
                numbers = list(self._kept)
                kept = {*numbers[::2], numbers[-1]}
                self._kept = {number: self._kept[number] for number in numbers if number in kept}

    def after(self, number: int, most: int) -> dict[int, Frame]:
        """Return the next frames after a number, by their numbers, the oldest first."""
        with self._lock:
            later = (each for each in self._kept if each > number)
            return {each: self._kept[each] for each in islice(later, most)}
