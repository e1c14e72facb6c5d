"""The settings of a second network in the playground: those of the first, but for one."""

from typing import Any

from dashboard import session
from experiments.background.limits import check_affordable
from experiments.config import AUGMENTATION, OWN, SETTINGS, RunConfig

SAME_FOR_BOTH = {"seed", "epochs"}
DIFFERING = [
    name
    for name, setting in SETTINGS.items()
    if not setting.affects_data and setting.group is not AUGMENTATION and name not in SAME_FOR_BOTH
]
"""The settings in which the second network can differ: images alone can be augmented."""


def with_other(config: RunConfig, name: str, value: Any) -> RunConfig:
    """Return settings with one of them changed.

    Raises
    ------
    ValueError : if they do not go together, or ask for too much
    """
    changed = RunConfig.model_validate(config.model_dump() | {name: value})
    check_affordable([changed], session.own() if config.dataset == OWN else None)
    return changed


def second_config(config: RunConfig) -> RunConfig | None:
    """Return the settings of the second network; None if there is none, or cannot be."""
    second = session.tab().playground.second
    if second is None:
        return None
    try:
        return with_other(config, *second)
    except ValueError:
        return None  # the controls say why
