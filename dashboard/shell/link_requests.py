"""Settings in a link that cannot be applied."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.settings import VIEW_CHOICES
from experiments.config import SETTINGS, default_of, parse_field
from experiments.setting_kinds import Names, Values


def requests_of_link() -> dict[str, str]:
    """Return the texts of the link; several of one setting that takes several as one."""
    texts = st.query_params.to_dict()
    for name in texts.keys() & {name for name, each in SETTINGS.items() if isinstance(each, Names)}:
        texts[name] = ",".join(st.query_params.get_all(name))
    return texts


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
            reason = "" if _is_same(understood, used) else "That is not a choice here."
        except ValueError as error:
            reason = str(error)
        if reason:
            name, shown = field.replace("_", " "), _in_words(used)
            notices.append(f"The link asks for {name} '{asked[:40]}'. {reason} Used: {shown}.")
    return notices


def _is_same(understood: Any, used: Any) -> bool:
    """Say whether a control has a value; one for several names has them in any order."""
    return set(understood) == set(used) if isinstance(used, list) else bool(understood == used)


def _in_words(used: object) -> str:
    return ", ".join(used) if isinstance(used, list | tuple) else str(used)


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
