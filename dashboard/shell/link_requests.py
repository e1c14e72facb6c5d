"""Settings in a link that cannot be applied."""

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.settings import VIEW_CHOICES
from experiments.config import SETTINGS, default_of, parse_field
from experiments.setting_kinds import Values


def unmet_requests(requested: Mapping[str, str], values: Values) -> list[str]:
    """Say which settings of the link could not be applied; a text field shows its own error."""
    unknown = sorted(requested.keys() - SETTINGS.keys() - VIEW_CHOICES.keys())
    names = ", ".join(f"'{name[:40]}'" for name in unknown[:5])
    notices = [f"The link asks for settings that do not exist: {names}."] if unknown else []
    for name, choices in VIEW_CHOICES.items():
        if choices and requested.get(name, choices[0]) not in choices:
            asked = f"The link asks for {name.replace('_', ' ')} '{requested[name][:40]}'."
            notices.append(f"{asked} Choose one of: {', '.join(choices)}.")
    for field in sorted(requested.keys() & values.keys() - {"hidden_layers"}):
        asked, used = requested[field], values[field]
        try:
            understood = parse_field(field, asked)
            reason = "" if understood == used else "That is not a choice here."
        except ValueError as error:
            reason = str(error)
        if reason:
            name = field.replace("_", " ")
            notices.append(f"The link asks for {name} '{asked[:40]}'. {reason} Used: {used}.")
    return notices


def drop_unreadable(name: str) -> bool:
    """Say whether the link holds a text for a setting that means nothing, and remove it.

    `st.number_input` makes a whole number of what the link holds before it looks at the
    limits, and there is none for infinity: bind no such control to such a link.
    """
    try:
        parse_field(name, st.query_params.get(name, str(default_of(name))))
    except ValueError:
        with suppress(StreamlitAPIException):  # after Back, a control is bound to it already
            del st.query_params[name]
        return True
    return False
