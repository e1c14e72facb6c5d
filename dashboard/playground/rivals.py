"""A second network beside the first: the same points and first weights, one setting different."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import session
from dashboard.settings import control_value
from experiments.config import SETTINGS, RunConfig, explain, parse_field
from experiments.setting_kinds import Choice, Switch

NONE = "none"
SAME_FOR_BOTH = {"seed", "epochs"}
DIFFERING = [n for n, s in SETTINGS.items() if not s.affects_data and n not in SAME_FOR_BOTH]
"""The settings in which the second network can differ."""


def rival_config(config: RunConfig) -> RunConfig | None:
    """Return the settings of the second network; None if there is none."""
    rival = session.tab().playground.rival
    if rival is None:
        return None
    name, value = rival
    try:
        return RunConfig.model_validate(config.model_dump() | {name: value})
    except ValidationError:
        return None  # the controls say what is wrong


def title_of(config: RunConfig) -> str:
    """Return what tells one of two networks from the other; nothing if there is only one."""
    rival = session.tab().playground.rival
    if rival is None:
        return ""
    name, _ = rival
    value = control_value(name, getattr(config, name))
    return f"{SETTINGS[name].label}: {value if value != '' else 'none'}"


def draw_rival_controls(config: RunConfig) -> None:
    """Let the reader choose in what the second network differs, and to what."""
    playground = session.tab().playground
    name = st.selectbox(
        "Differs in",
        [NONE, *DIFFERING],
        key=session.RIVAL_SETTING,
        format_func=lambda each: SETTINGS[each].label if each in SETTINGS else "No second network",
        help="The second network learns from the same points, and begins with the same weights "
        "where its layers are the same.",
    )
    playground.rival = None
    if name == NONE:
        return
    try:
        playground.rival = name, _draw_value(name, config)
        RunConfig.model_validate(config.model_dump() | dict([playground.rival]))
    except ValidationError as error:
        playground.rival = None
        st.error(explain(error)[0], icon=":material/error:")
    except ValueError as error:
        playground.rival = None
        st.error(str(error), icon=":material/error:")


def _draw_value(name: str, config: RunConfig) -> Any:
    """Draw a control for the other value, and return what it holds.

    Raises
    ------
    ValueError : if that means nothing
    """
    setting, key = SETTINGS[name], session.key_of(session.RIVAL_VALUE, name)
    now = getattr(config, name)
    if isinstance(setting, Choice):
        others = [option for option in setting.options if option != now]
        return st.selectbox(setting.label, others, key=key, help=setting.meaning)
    if isinstance(setting, Switch):
        return not now
    text = ", ".join(map(str, now)) if isinstance(now, tuple) else f"{now:g}"
    return parse_field(name, st.text_input(setting.label, text, key=key, help=setting.description))
