"""The trainings of the playground: one, or two side by side."""

from dashboard import session
from dashboard.play_paces import PLAY_PACES
from dashboard.playground.rivals import rival_config
from data.datasets import Dataset
from experiments.background.background_task import Page
from experiments.background.played_training import PlayedTraining
from experiments.background.training_job import Goal
from experiments.config import OWN, RunConfig
from experiments.training.edits import Edit
from experiments.training.run import Run

PATIENCE_SECONDS = 0.2  # a step that is done by then is in the answer to the order
SNAPSHOT_BYTES = 2_000_000  # of one run: it has its frames as well
GOALS = {"play": Goal.THE_END, "batch": Goal.ONE_BATCH, "epoch": Goal.ONE_EPOCH}


def prepare_trainings(config: RunConfig) -> None:
    """Have an untrained network for each of the settings, unless there is one for them already.

    Raises
    ------
    ValueError : if there cannot be such a run
    """
    playground, own = session.tab().playground, session.own() if config.dataset == OWN else None
    configs = {session.PLAYGROUND_NETWORK: config}
    if (second := rival_config(config)) is not None:
        configs[session.PLAYGROUND_RIVAL] = second
    before = playground.trainings
    playground.trainings = {
        key: _goes_on(before.get(key), each, own) or new_training(each, own, session.page())
        for key, each in configs.items()
    }
    for training in before.values():
        if training not in playground.trainings.values():
            training.discard()


def _goes_on(
    training: PlayedTraining | None, config: RunConfig, own: Dataset | None
) -> PlayedTraining | None:
    """Return a training if it is one for these settings; None if another one is to begin.

    Another learning rate is no other training, once it has made a step.
    """
    if training is None or training.run.own is not own:
        return None
    run, rate = training.run, config.learning_rate
    if run.initial_config.model_copy(update={"learning_rate": rate}) != config:
        return None
    if run.learning_rate != rate:
        if not run.step or run.diverged:
            return None
        run.request_learning_rate(rate)
    return training


def new_training(config: RunConfig, own: Dataset | None, page: Page) -> PlayedTraining:
    """Return a training that has not begun."""
    run = Run(config, own, keeps_snapshots=True)
    run.snapshots.budget = SNAPSHOT_BYTES
    return PlayedTraining(run, PLAY_PACES[session.tab().playground.pace].of(run.plan), page=page)


def reopened(training: PlayedTraining) -> PlayedTraining:
    """Return what continues a training that is over: for as many more epochs, if all are made.

    Raises
    ------
    ValueError : if it cannot go on
    """
    run = training.run
    if not training.status.is_over:
        return training
    if run.is_at_end or run.result:
        run.add_epochs(run.initial_config.epochs)
    return PlayedTraining(run, training.pace, page=training.page)


def go(goal: Goal) -> None:
    """Train on, as far as the reader wants."""
    _reopen_all()
    trainings = session.tab().playground.trainings.values()
    for training in trainings:
        training.go(goal)
    if goal is not Goal.THE_END:
        for training in trainings:
            training.wait_until_paused(PATIENCE_SECONDS)


def _reopen_all() -> None:
    playground = session.tab().playground
    playground.trainings = {key: reopened(each) for key, each in playground.trainings.items()}


def pause() -> None:
    """Pause after the current batch."""
    for training in session.tab().playground.trainings.values():
        training.pause()


def reset() -> None:
    """Begin anew, with the same first weights."""
    playground = session.tab().playground
    for key, training in playground.trainings.items():
        training.discard()
        playground.trainings[key] = fresh_training(training)


def fresh_training(training: PlayedTraining) -> PlayedTraining:
    """Return a training that begins with the same weights, with the learning rate as it is now."""
    run = training.run
    config = run.initial_config.model_copy(update={"learning_rate": run.learning_rate})
    return new_training(config, run.own, training.page)


def set_pace(name: str) -> None:
    """Play at another pace from now on."""
    playground = session.tab().playground
    playground.pace = name
    for training in playground.trainings.values():
        training.pace = PLAY_PACES[name].of(training.run.plan)


def edit(key: str, change: Edit) -> None:
    """Set or freeze parameters of one network; the training pauses for it.

    Raises
    ------
    ValueError : if the network cannot be changed so
    """
    playground = session.tab().playground
    pause()
    playground.trainings[key] = training = reopened(playground.trainings[key])
    training.edit(change)
