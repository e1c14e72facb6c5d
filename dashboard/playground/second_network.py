"""A second network beside the first: the same points and first weights, one setting different."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from dashboard import session
from dashboard.second_config import DIFFERING, with_other
from dashboard.settings import control_value
from experiments.config import SETTINGS, RunConfig, explain, parse_field
from experiments.setting_kinds import Choice, Switch

NONE = "none"


def title_of(config: RunConfig) -> str:
    """Return what tells one of two networks from the other; nothing if there is only one."""
    second = session.tab().playground.second
    if second is None:
        return ""
    name, _ = second
    return f"{SETTINGS[name].label}: {control_value(name, getattr(config, name)) or 'none'}"


def draw_second_controls(config: RunConfig) -> None:
    """Let the reader choose in what the second network differs, and to what."""
    playground = session.tab().playground
    key = session.key_of(session.SECOND_SETTING, playground.page)  # another one after a reload
    _fill_in_controls(key)
    name = st.selectbox(
        "Differs in",
        [NONE, *DIFFERING],
        key=key,
        format_func=lambda each: SETTINGS[each].label if each in SETTINGS else "No second network",
        help="The second network learns from the same points, and begins with the same weights "
        "where its layers are the same.",
    )
    playground.second = None
    if name == NONE:
        return
    try:
        value = _draw_value(name, config)
        changed = with_other(config, name, value)
    except ValueError as error:
        reasons = explain(error) if isinstance(error, ValidationError) else [str(error)]
        st.error(reasons[0], icon=":material/error:")
        return
    if changed == config:
        st.caption("With this value, both would be the same network.")
    else:
        playground.second = name, value


def _fill_in_controls(key: str) -> None:
    """Put what the session or a link asks for into controls that are not there yet."""
    second = session.tab().playground.second
    if second is None or session.value(key) is not None:
        return
    name, value = second
    session.set_value(key, name)
    if not isinstance(SETTINGS[name], Switch):
        written = value if isinstance(SETTINGS[name], Choice) else _written(value)
        session.set_value(session.key_of(session.SECOND_VALUE, name), written)


def _draw_value(name: str, config: RunConfig) -> Any:
    """Draw a control for the other value, and return what it holds.

    Raises
    ------
    ValueError : if that means nothing
    """
    setting, key = SETTINGS[name], session.key_of(session.SECOND_VALUE, name)
    now = getattr(config, name)
    if isinstance(setting, Switch):
        st.caption(f"{setting.label}: {'off' if now else 'on'}")
        return not now
    if isinstance(setting, Choice):
        others = [option for option in setting.options if option != now]
        return st.selectbox(setting.label, others, key=key, help=setting.meaning)
    text = st.text_input(setting.label, _written(now), key=key, help=setting.description)
    return parse_field(name, text)


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value:g}"
