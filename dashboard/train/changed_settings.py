"""Whether the run on the page was made with the settings in the sidebar."""

from dashboard import session
from experiments.config import OWN
from experiments.training.run import Run


def changed_settings_sentence(run: Run, *, is_over: bool) -> str:
    """Say that the settings have changed since the run began; nothing if they have not."""
    if has_settings(run):
        return ""
    what_to_do = "Train starts a run" if is_over else "Reset, then Train, to start a run"
    return f"The settings have changed. {what_to_do} with them."


def has_settings(run: Run) -> bool:
    """Say whether a run was made with the settings, and the data, of the sidebar."""
    config = session.config()
    is_same = config in (run.config, run.initial_config)
    return is_same and (config.dataset != OWN or run.own is session.own())
