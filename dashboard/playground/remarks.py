"""What there is to say of a training in the playground, such as why it has died."""

import numpy as np

from dashboard import session
from dashboard.playground.trainings import can_go_on
from dashboard.text import percent
from dashboard.training_speed import waiting_in_words
from experiments.background.played_training import PlayedTraining
from experiments.training.layer_diagnostics import unit_activity
from experiments.training.run import Run
from mlp.evaluation import logits_of

FEW_SAMPLES = 500  # tell enough


def remark_on(training: PlayedTraining) -> str:
    """Return what is most important to say; nothing if it learns as it should."""
    run = training.run
    return (
        session.tab().playground.problem
        or training.problem
        or waiting_in_words(training)
        or _divergence(run)
        or _death(run)
        or _ending(training)
    )


def _divergence(run: Run) -> str:
    return f"{run.diverged} Then press Reset." if run.diverged else ""


def _death(run: Run) -> str:
    """Say why a network that has been trained answers the same everywhere."""
    if not run.step:
        return ""
    X = run.samples().parts().training.X[:FEW_SAMPLES]
    for layer, dead, _ in unit_activity(run.network, X):
        if dead == 1:
            return (
                f"All units of hidden layer {layer} are off: they give 0 for every point, so no "
                "gradient gets through. Reset with another seed, a smaller learning rate, or "
                "leaky-relu."
            )
    answers = np.unique(logits_of(run.network, X).argmax(axis=1))
    if len(answers) > 1:
        return ""
    name = run.prepared_data().dataset.class_names[answers[0]]
    return f"For now, the answer is {name} everywhere: right by chance alone."


def _ending(training: PlayedTraining) -> str:
    """Say that all epochs are over, and how well the network does on the test points."""
    run = training.run
    if not (training.status.is_over and (run.is_at_end or run.result)):
        return ""
    epochs = "1 epoch is over" if run.epochs_done == 1 else f"{run.epochs_done:,} epochs are over"
    more = "Press Play to go on" if can_go_on(training) else "Reset begins anew"
    if not run.result or not run.result.test:
        return f"{epochs}. {more}."
    return (
        f"{epochs}. On the {run.plan.n_test:,} test points, which had no part in it: "
        f"{percent(run.result.test.accuracy)} right. {more}."
    )
