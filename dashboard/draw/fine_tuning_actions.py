"""Begin a run that goes on from a network, with the drawings among its samples."""

import re
from typing import NamedTuple

import numpy as np

from dashboard import session
from dashboard.draw.kept_answers import class_of
from dashboard.draw.trained_networks import TrainedNetwork
from data.drawing.gallery import KeptDrawing, samples_of
from experiments.background.limits import check_affordable
from experiments.background.training_job import Goal, TrainingJob
from experiments.training.fine_tuning import FineTuning, fine_tuned_config
from experiments.training.run import Run

TAUGHT = ", taught"


class Wish(NamedTuple):
    """How long, how often and beside how many of the old samples the drawings are learned."""

    epochs: int
    repeats: int
    n_rehearsed: int


class Teachable(NamedTuple):
    """The drawings that a network can learn, and the class of each among its own."""

    drawings: list[KeptDrawing]
    classes: list[int]


def teachable(trained: TrainedNetwork) -> Teachable:
    """Return the drawings whose label is a class of a network."""
    found = Teachable([], [])
    for drawing in session.tab().gallery.drawings:
        place = class_of(drawing.label, trained.dataset.class_names)
        if place is not None:
            found.drawings.append(drawing)
            found.classes.append(place)
    return found


def begin_fine_tuning(trained: TrainedNetwork, wish: Wish) -> None:
    """Begin a run that goes on from a network, and show it on the Train page as well.

    Only where no run on that page is unfinished: it would lose what it takes to go on.
    """
    tab = session.tab()
    try:
        run = _run(trained, wish)
    except (ValueError, OSError) as error:
        tab.gallery_problem = str(error)
        return
    tab.gallery_problem = ""
    job = TrainingJob(run, page=session.page())
    tab.job, tab.chosen, tab.epoch, tab.request, tab.film = job, None, None, None, None
    tab.run_store.add(job, _name(trained.title))
    tab.drawing_network = run.id
    _note_learned(trained, run)
    job.go(Goal.THE_END)


def _run(trained: TrainedNetwork, wish: Wish) -> Run:
    """Return the run, which has not begun.

    Raises
    ------
    ValueError : if the wish is impossible, or more than the server can give
    """
    drawings, classes = teachable(trained)
    base = next((each.run for each in session.runs() if each.run.id == trained.id), None)
    fine_tuning = FineTuning(
        trained.network().parameters.copy(),
        samples_of(drawings, trained.preparation, trained.dataset.maximum),
        np.array(classes, np.intp),
        wish.repeats,
        wish.n_rehearsed,
        base.n_results if base else 1,  # those that come with the app are tested, too
    )
    n_training = len(trained.prepared_data().split.training)
    config = fine_tuned_config(trained.config, wish.epochs, fine_tuning.n_samples(n_training))
    check_affordable([config], trained.own)
    return Run(config, trained.own, keeps_snapshots=True, fine_tuning=fine_tuning)


def _note_learned(trained: TrainedNetwork, run: Run) -> None:
    """Note which drawings a run learns from: its own, and those of the network before it."""
    own = teachable(trained).drawings
    for drawing in session.tab().gallery.drawings:
        if drawing in own or trained.id in drawing.learned_by:
            drawing.learned_by.add(run.id)


def _name(title: str) -> str:
    """Return a name for the run that goes on from another: 'Run 1, taught', 'Run 1, taught 2'."""
    first = re.sub(rf"{TAUGHT}( \d+)?$", "", title) + TAUGHT
    taken, number, name = {stored.name for stored in session.runs()}, 1, first
    while name in taken:
        number += 1
        name = f"{first} {number}"
    return name
