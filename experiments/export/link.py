"""The settings of a run as the end of a link."""

from typing import Any
from urllib.parse import urlencode

from experiments.config import RunConfig, differences


def query_of(config: RunConfig) -> str:
    """Return the end of a link that asks for these settings, such as '?hidden_layers=64%2C32'.

    What a dataset is usually given is left out; nothing is left of the defaults.
    """
    asked = {field: _in_link(value) for field, value in differences(config).items()}
    return f"?{urlencode(asked)}" if asked else ""


def _in_link(value: Any) -> str:
    """Write a setting as the controls do, so that `parse_field` reads the same."""
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return ",".join(map(str, value)) or "none"
        case str():
            return value
    return repr(value)
