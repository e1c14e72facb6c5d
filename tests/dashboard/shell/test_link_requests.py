"""Whatever a link holds, it is a value or a plain sentence."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dashboard.settings import VIEW_CHOICES
from dashboard.shell.link_requests import unmet_requests
from experiments.config import SETTINGS, RunConfig, explain, parse_field

NASTY = (
    "",
    "inf",
    "-inf",
    "nan",
    "1e999",
    "1e-999",
    "9" * 30,
    "9" * 5000,
    "-1",
    "\u0663",  # a digit, in Arabic
    "\u00b2",
    "1_0",
    "0x10",
    "[1, 2]",
    "%00%ff",
    "\x00",
    "<script>",
    "x" * 10_000,
    ",",
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=12), st.floats().map(str))


def problem_of(name: str, text: str) -> str:
    try:
        RunConfig.model_validate({name: parse_field(name, text)})
    except ValidationError as error:
        return " ".join(explain(error))
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", SETTINGS)
def test_a_nasty_text_is_a_valid_value_or_a_sentence(name: str) -> None:
    for text in NASTY:
        problem = problem_of(name, text)
        assert problem == "" or (problem.endswith(".") and len(problem) < 400)


@settings(max_examples=50, derandomize=True)
@given(st.dictionaries(st.sampled_from([*SETTINGS, *VIEW_CHOICES, "x" * 500]), TEXTS))
def test_each_request_of_a_link_is_met_or_named_in_a_sentence(requested: dict[str, str]) -> None:
    notices = unmet_requests(requested, dict(RunConfig()))
    assert all(notice.startswith("The link asks for ") for notice in notices)
    assert all(notice.endswith(".") and len(notice) < 500 for notice in notices)
    for name in requested.keys() & SETTINGS.keys() - {"hidden_layers"}:
        with suppress(ValueError):
            if parse_field(name, requested[name]) == dict(RunConfig())[name]:
                continue
        words = name.replace("_", " ")
        assert any(notice.startswith(f"The link asks for {words} '") for notice in notices)
