"""The training of a small network that is watched like a film: so many pictures a second."""

from typing import Any, NamedTuple

from experiments.background.slice_scheduler import Share
from experiments.background.training_job import Goal, TrainingJob
from experiments.training.edits import Edit
from experiments.training.run import Run
from experiments.training.slices import Extent, Result, SliceReport


class Pace(NamedTuple):
    """How fast a training is played.

    steps_per_frame : that lie between two pictures
    frames_per_second : pictures a second
    """

    steps_per_frame: int
    frames_per_second: int


class PlayedTraining(TrainingJob):
    """Trains a run as fast as its pictures are played, and makes at most a second of them at once.

    Parameters
    ----------
    run : its frames are added to
    pace : may be changed at any time; counts from the next slice
    options : see `BackgroundTask`
    """

    def __init__(self, run: Run, pace: Pace, **options: Any) -> None:
        super().__init__(run, **options)
        self.pace = pace
        if run.frames.newest_number < 0:
            run.take_frame()

    @property
    def is_stepping(self) -> bool:
        """Whether it makes one batch or one epoch, and then pauses."""
        return self._goal in (Goal.ONE_BATCH, Goal.ONE_EPOCH)

    def edit(self, edit: Edit) -> None:
        """Set or freeze parameters; at once, unless a slice is under way.

        Raises
        ------
        ValueError : for an edit that the network cannot take; see `Run.request_edit`
        """
        with self._changed:
            self.run.request_edit(edit)
            if not self._in_slice:
                self._edit_now()

    def take(self, outcome: SliceReport | Result) -> None:
        """Put what a slice gave back into the run, and what was edited meanwhile."""
        super().take(outcome)
        with self._changed:
            if self.run.has_requested_edits:
                self._edit_now()

    def _edit_now(self) -> None:
        self.run.training()
        self.run.take_frame()

    def _extent(self, share: Share) -> Extent:
        """Return how far the next slice goes: as far as a second of pictures."""
        extent, pace = super()._extent(share), self.pace
        if self._goal is Goal.THE_END:
            extent = extent._replace(batches=pace.steps_per_frame * pace.frames_per_second)
        steps = 1 if self._goal is Goal.ONE_BATCH else pace.steps_per_frame
        return extent._replace(steps_per_frame=steps)

    def _pause_after(self, report: SliceReport, n_epochs: int) -> float:
        """Return the time that the pictures of a slice are played."""
        return len(report.frames) / self.pace.frames_per_second
