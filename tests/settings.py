"""Values for settings, whichever there are."""

from typing import Any

from experiments.config import SETTINGS, default_of
from experiments.setting_kinds import Choice, Count, LayerSizes, Names, Number, Switch


def another_value(name: str) -> Any:
    """Return a value of a setting that is not its default."""
    default = default_of(name)
    match SETTINGS[name]:
        case Choice(options=options):
            return next(option for option in options if option != default)
        case Switch():
            return not default
        case Count(low=low, high=high):
            return int(low if default != low else high)
        case Number(high=high):
            return high / 2 if default != high / 2 else high
        case LayerSizes():
            return (7, 5)
        case Names(options=options):
            return tuple(options)
    raise AssertionError(f"There is no other value for {name}")
