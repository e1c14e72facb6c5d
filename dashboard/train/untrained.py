"""The network that Train would begin with, so that there is one to see before."""

from dashboard import session
from dashboard.session import Untrained
from experiments.config import OWN
from experiments.training.run import Run
from mlp.evaluation import evaluate


def untrained_run() -> Run | None:
    """Return the run of the settings, before its first step; None while they are not valid."""
    tab, config = session.tab(), session.config()
    own = session.own() if config.dataset == OWN else None
    if session.problems():
        return None
    if tab.untrained is None or (tab.untrained.run.config, tab.untrained.run.own) != (config, own):
        run = Run(config, own)
        validation = run.prepared_data().validation
        score = evaluate(run.network, run.objective, validation) if validation else None
        tab.untrained = Untrained(run, score)
    return tab.untrained.run
