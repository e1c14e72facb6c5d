"""The settings of a run as the query of a link."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from experiments.config import RunConfig, differences


def query_of(config: RunConfig, extras: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return the query of a link to these settings, such as '?hidden_layers=64%2C32'.

    Settings at the default for their dataset are left out; it is empty if all are.

    Parameters
    ----------
    extras : what else the link holds, by its names there
    """
    values = {field: _query_value(value) for field, value in differences(config).items()}
    values.update(extras)
    return f"?{urlencode(values, doseq=True)}" if values else ""


def _query_value(value: Any) -> str | list[str]:
    """Write a setting in the form that `parse_field` reads; several names one by one."""
    match value:
        case bool():
            return str(value).lower()
        case (str(), *_):
            return list(value)
        case tuple():
            return ",".join(map(str, value)) or "none"
        case str():
            return value
    return repr(value)
