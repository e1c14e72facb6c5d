"""What a setting of a run is: its label, its meaning, its limits or choices, and its check.

`RunConfig` declares each setting once, with one of the kinds below. Sidebar, link, command
line, sentences of errors, cache keys, sweep and exported script derive from that.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from mlp.network import look_up

Values = Mapping[str, Any]
"""The values of settings, by their names."""


@dataclass(frozen=True)
class Group:
    """Settings that stand together in the sidebar."""

    title: str
    icon: str


@dataclass(frozen=True)
class Setting:
    """What all kinds of settings have.

    Attributes
    ----------
    label : how it is called on the screen
    group : where it stands in the sidebar
    meaning : what it does, in a sentence or two: the text below its declaration
    noun : how it is called in a sentence, if not like its label
    affects_data : whether another value gives other prepared data
    depends_on_dataset : whether it is about the dataset, so that a value that was chosen for one
        says nothing about another
    is_basic : whether a beginner is to see it first, before all others
    is_used : given the values of the settings before it, whether this one has an effect
    """

    label: str
    group: Group
    meaning: str = field(default="", kw_only=True)
    noun: str = field(default="", kw_only=True)
    affects_data: bool = field(default=False, kw_only=True)
    depends_on_dataset: bool = field(default=False, kw_only=True)
    is_basic: bool = field(default=False, kw_only=True)
    is_used: Callable[[Values], bool] = field(default=lambda _: True, kw_only=True)

    @property
    def in_words(self) -> str:
        """How it is called in a sentence."""
        return self.noun or self.label.lower()

    @property
    def description(self) -> str:
        """What it means, with its choices or its limits."""
        return self.meaning

    def parse(self, value: Any) -> Any:
        """Return what is meant by a value that may be text; called before its type is checked."""
        return value

    def check(self, value: Any) -> Any:
        """Return a value of the right type.

        Raises
        ------
        ValueError : in a plain sentence, if it is not one of the choices
        """
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        checked = core_schema.no_info_after_validator_function(self.check, handler(source))
        return core_schema.no_info_before_validator_function(self.parse, checked)


@dataclass(frozen=True)
class Switch(Setting):
    """On or off."""


@dataclass(frozen=True)
class Choice(Setting):
    """One of several names.

    Attributes
    ----------
    options : all there are, the keys of a registry
    options_for : given the settings before it, those that go with them
    """

    options: Iterable[str]
    options_for: Callable[[Values], Iterable[str]] | None = field(default=None, kw_only=True)

    @property
    def description(self) -> str:
        """What it means, with its choices."""
        return f"{self.meaning} One of: {', '.join(self.options)}."

    def check(self, value: str) -> str:
        """Refuse a name that is not among the options."""
        look_up(self.in_words, value, dict.fromkeys(self.options))
        return value


@dataclass(frozen=True)
class Number(Setting):
    """A number within limits.

    Attributes
    ----------
    low, high : the limits
    excludes_low : whether the lower limit itself is excluded
    step : of the control on the screen
    """

    low: float
    high: float
    excludes_low: bool = field(default=False, kw_only=True)
    step: float = field(default=1, kw_only=True)

    @property
    def description(self) -> str:
        """What it means, with its limits."""
        return f"{self.meaning} From {self.low:,g} to {self.high:,.10g}."

    def parse(self, value: Any) -> float:
        """Return a number, or text that is one, if it is within the limits."""
        number = _to_float(value)
        fits = self.low <= number <= self.high and not (self.excludes_low and number == self.low)
        if isinstance(value, bool) or not (fits and self._is_kind(number)):
            given = f"'{value[:40]}'" if isinstance(value, str) else str(value)[:40]
            raise ValueError(f"The {self.in_words} must be {self._expected()}, not {given}.")
        return number

    def _is_kind(self, number: float) -> bool:
        return True

    def _expected(self) -> str:
        if self.excludes_low:
            return f"a number above {self.low:g} and up to {self.high:,g}"
        return f"a number from {self.low:g} to {self.high:,.10g}"


def _to_float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


@dataclass(frozen=True)
class Count(Number):
    """A whole number."""

    def _is_kind(self, number: float) -> bool:
        return number == int(number)

    def _expected(self) -> str:
        return super()._expected().replace("a number", "a whole number")


@dataclass(frozen=True)
class Fraction(Number):
    """A share, for a slider."""


@dataclass(frozen=True)
class LogNumber(Number):
    """A number over several powers of ten."""


@dataclass(frozen=True)
class LayerSizes(Setting):
    """The units of each hidden layer, such as '64, 32'.

    Attributes
    ----------
    max_layers, max_units : how many layers there may be, and units in one
    """

    max_layers: int
    max_units: int

    def parse(self, value: Any) -> Any:
        """Turn '64, 32' into (64, 32), and '' or 'none' into ()."""
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text.lower() in ("", "none"):
            return ()
        try:
            return tuple(int(part) for part in text.split(","))
        except ValueError:
            raise ValueError(
                f"'{value[:40]}' is not a list of hidden layers. Write whole numbers with commas "
                "between them, such as 64, 32, or leave the field empty for a single-layer "
                "perceptron."
            ) from None

    def check(self, value: tuple[int, ...]) -> tuple[int, ...]:
        """Refuse too many layers, or too many units in one."""
        if len(value) > self.max_layers:
            raise ValueError(
                f"{len(value)} hidden layers are more than the {self.max_layers} "
                "that a plain perceptron can learn with."
            )
        for units in value:
            if not 1 <= units <= self.max_units:
                given = f"{units:,}"[:40]
                raise ValueError(f"A hidden layer has 1 to {self.max_units:,} units, not {given}.")
        return value


@dataclass(frozen=True)
class Names(Setting):
    """Some of several names, at least one, such as 'x1, x2'; their order is that of the registry.

    Attributes
    ----------
    options : all there are, the keys of a registry
    """

    options: Iterable[str]

    @property
    def description(self) -> str:
        """What it means, with its choices."""
        return f"{self.meaning} Some of: {', '.join(self.options)}."

    def parse(self, value: Any) -> Any:
        """Turn 'x1, x2' into ('x1', 'x2')."""
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    def check(self, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse a name that is not among the options, and none at all."""
        for name in value:
            look_up(self.in_words, name, dict.fromkeys(self.options))
        if not value:
            raise ValueError(
                f"There must be at least one {self.in_words}. Choose from: "
                f"{', '.join(self.options)}."
            )
        return tuple(name for name in self.options if name in value)


def setting(kind: Callable[..., Setting], default: Any, *what: Any, **more: Any) -> Any:
    """Declare a field of a model: its default, and the setting that it is.

    Parameters
    ----------
    kind : one of the kinds above, made from all that follows the default
    """
    info = Field(default)
    info.metadata.append(kind(*what, **more))
    return info
