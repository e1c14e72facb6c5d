"""A control for each kind of setting; what is chosen is kept in the link and in the session."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.settings import LEARNING_RATES, control_value
from dashboard.shell.link_requests import drop_unreadable
from experiments.config import SETTINGS, default_of, parse_field
from experiments.setting_kinds import (
    Choice,
    Count,
    Fraction,
    LayerSizes,
    LogNumber,
    Names,
    Number,
    Setting,
    Switch,
    Values,
)

Options = dict[str, Any]


def draw_settings(names: Iterable[str], values: Values) -> Values:
    """Draw some settings, in the order of RunConfig; return the values with theirs."""
    for name in names:
        values = {**values, name: draw_setting(name, values)}
    return values


def draw_setting(
    name: str, values: Values, on_change: Callable[[], None] = session.forget_notices
) -> Any:
    """Draw the control of a setting, under its own name; return its value.

    Parameters
    ----------
    values : of the settings before it
    """
    setting, default = SETTINGS[name], default_of(name, values.get("dataset"), session.own())
    options: Options = {
        "label": setting.label,
        "key": name,
        "bind": "query-params",
        "on_change": on_change,
        "help": setting.meaning if isinstance(setting, Choice) else setting.description,
        "disabled": not setting.is_used(values),
    }
    return CONTROLS[type(setting)](setting, default, values, options)


def _choice(setting: Choice, default: str, values: Values, options: Options) -> Any:
    names = list(setting.options_for(values) if setting.options_for else setting.options)
    index = names.index(default) if default in names else 0
    return st.selectbox(options=names, index=index, **options)


def _switch(setting: Switch, default: bool, values: Values, options: Options) -> Any:
    return st.toggle(value=default, **options)


def _count(setting: Count, default: int, values: Values, options: Options) -> Any:
    if drop_unreadable(options["key"]):
        options["bind"] = None
    return st.number_input(
        min_value=int(setting.low), max_value=int(setting.high), value=default, **options
    )


def _number(setting: Number, default: float, values: Values, options: Options) -> Any:
    return st.number_input(
        min_value=setting.low,
        max_value=setting.high,
        value=default,
        step=setting.step,
        format="%g",
        **options,
    )


def _fraction(setting: Fraction, default: float, values: Values, options: Options) -> Any:
    return st.slider(
        min_value=setting.low, max_value=setting.high, value=default, step=setting.step, **options
    )


def _layer_sizes(
    setting: LayerSizes, default: tuple[int, ...], values: Values, options: Options
) -> Any:
    return st.text_input(
        value=control_value(options["key"], default),
        placeholder="none: single-layer perceptron",
        **options,
    )


def _names(setting: Names, default: tuple[str, ...], values: Values, options: Options) -> Any:
    name = options["key"]
    asked = st.query_params.get(name, "")
    if "," in asked and session.value(name) is None:  # as in a link that was written, not chosen
        with suppress(ValueError):
            session.set_value(name, control_value(name, parse_field(name, asked)))
    return st.pills(
        options=list(setting.options),
        default=control_value(name, default),
        selection_mode="multi",
        **options,
    )


def _log_number(setting: LogNumber, default: float, values: Values, options: Options) -> Any:
    stops = _stops(options["key"], default)
    return st.select_slider(
        options=list(stops), value=default, format_func=stops.__getitem__, **options
    )


def _stops(name: str, default: float) -> dict[float, str]:
    """Return the stops of the slider, and how each is written.

    What the link asks for is one of them, in the spelling of the link: Streamlit looks for
    the very text among the choices, and 1e-3 may stand for 0.001.
    """
    stops = {rate: f"{rate:.5f}".rstrip("0").rstrip(".") for rate in LEARNING_RATES}
    for asked in (str(session.value(name, default)), st.query_params.get(name, "")):
        with suppress(ValueError):
            stops[parse_field(name, asked)] = asked
    return dict(sorted(stops.items()))


CONTROLS: dict[type[Setting], Callable[[Any, Any, Values, Options], Any]] = {
    Choice: _choice,
    Switch: _switch,
    Count: _count,
    Number: _number,
    Fraction: _fraction,
    LogNumber: _log_number,
    LayerSizes: _layer_sizes,
    Names: _names,
}
