"""The trainings of the playground: one, or two side by side.

A look and a rerun of the page may come at the same time: each changes the trainings as a whole,
and one after the other.
"""

from dashboard import session
from dashboard.play_paces import PLAY_PACES
from dashboard.second_config import second_config
from data.datasets import Dataset
from experiments.background.background_task import Page
from experiments.background.played_training import PlayedTraining
from experiments.background.training_job import Goal
from experiments.config import OWN, RunConfig, limits_of
from experiments.training.edits import Edit, check_edit
from experiments.training.run import Run

SNAPSHOT_BYTES = 2_000_000  # of one run: it has its frames as well
MOST_EPOCHS = int(limits_of("epochs")[1])
GOALS = {"play": Goal.THE_END, "batch": Goal.ONE_BATCH, "epoch": Goal.ONE_EPOCH}


def prepare_trainings(config: RunConfig) -> None:
    """Have an untrained network for each of the settings, unless there is one for them already.

    Raises
    ------
    ValueError : if there cannot be such a run
    """
    playground, own = session.tab().playground, session.own() if config.dataset == OWN else None
    configs = {session.PLAYGROUND_NETWORK: config}
    if (second := second_config(config)) is not None:
        configs[session.PLAYGROUND_SECOND] = second
    with playground.lock:
        before = playground.trainings
        _replace(
            {
                key: _goes_on(before.get(key), each, own) or new_training(each, own, session.page())
                for key, each in configs.items()
            }
        )


def _replace(trainings: dict[str, PlayedTraining]) -> None:
    """Have these trainings from now on, and end those that are not among them."""
    playground = session.tab().playground
    before, playground.trainings = playground.trainings, trainings
    runs = [training.run for training in trainings.values()]
    for training in before.values():
        if training.run not in runs:
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
        if not (run.step and can_go_on(training)):
            return None
        run.request_learning_rate(rate)
    return training


def new_training(config: RunConfig, own: Dataset | None, page: Page) -> PlayedTraining:
    """Return a training that has not begun."""
    playground, run = session.tab().playground, Run(config, own, keeps_snapshots=True)
    run.snapshots.budget = SNAPSHOT_BYTES
    pace = PLAY_PACES[playground.pace].of(run.plan)
    return PlayedTraining(run, pace, page=page, work=playground)


def fresh_training(training: PlayedTraining) -> PlayedTraining:
    """Return a training that begins with the same weights, with the learning rate as it is now."""
    run = training.run
    config = run.initial_config.model_copy(update={"learning_rate": run.learning_rate})
    return new_training(config, run.own, training.page)


def can_go_on(training: PlayedTraining) -> bool:
    """Say whether a training can make another step, with more epochs if all are made."""
    run = training.run
    if not training.status.is_over:
        return True
    has_not_begun = run.step == 0 and not run.diverged
    return has_not_begun or (run.can_continue and run.epochs_done < MOST_EPOCHS)


def _reopened(training: PlayedTraining) -> PlayedTraining:
    """Return what continues a training; for as many more epochs, if all are made."""
    run = training.run
    if not training.status.is_over or not can_go_on(training):
        return training
    if run.is_at_end or run.result:
        run.add_epochs(min(run.initial_config.epochs, MOST_EPOCHS - run.epochs_done))
    playground = session.tab().playground
    return PlayedTraining(run, training.pace, page=training.page, work=playground)


def go(goal: Goal) -> None:
    """Train on, as far as the reader wants, what can go on."""
    playground = session.tab().playground
    with playground.lock:
        _replace({key: _reopened(each) for key, each in playground.trainings.items()})
        for training in playground.trainings.values():
            training.go(goal)


def reset() -> None:
    """Begin anew, with the same first weights."""
    playground = session.tab().playground
    with playground.lock:
        _replace({key: fresh_training(each) for key, each in playground.trainings.items()})


def set_pace(name: str) -> None:
    """Play at another pace from now on."""
    playground = session.tab().playground
    with playground.lock:
        playground.pace = name
        for training in playground.trainings.values():
            training.pace = PLAY_PACES[name].of(training.run.plan)


def edit(run_id: str, change: Edit) -> None:
    """Set or freeze parameters of a run, if it is still there; the trainings pause for it.

    Raises
    ------
    ValueError : if the network cannot be changed so
    """
    playground = session.tab().playground
    for training in playground.trainings.values():
        if training.run.id != run_id:
            continue
        check_edit(change, training.run.plan.n_parameters)
        if training.run.diverged:
            raise ValueError("This network has diverged. Press Reset, and then change it.")
        playground.pause()
        training.edit(change)
