"""What a browser may send instead of what the page lets it send: nothing of it is believed."""

import base64
import json

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id

from dashboard import session
from dashboard.components.chart import parse_click
from dashboard.shell.restore_session import MAX_TOKEN
from tests.pages.conftest import App


def send(app: App, key: str, event: str, *values: object) -> None:
    """Let the browser report an event of a component, once for each value, as Streamlit does."""
    component = next(
        component.proto
        for component in app.test.get("bidi_component")
        if component.proto.id.endswith(f"-{key}")
    )
    for value in values:
        states = app.test._tree.get_widget_states()
        message = states.widgets.add()
        message.id = _make_trigger_id(component.id, "events")
        message.json_trigger_value = json.dumps([{"event": event, "value": value}])
        app.test._run(states)
        assert not app.test.exception, str(value)[:80]


MALFORMED = [
    5,
    [],
    {"trace": 0, "index": None},
    {"trace": 0, "index": {"0": 1}},
    {"trace": 0, "index": [[1], [2]]},
    {"trace": 0, "index": [None, 1]},
    {"trace": 0, "index": [float("nan"), 1]},
    {"trace": 0, "index": [1] * 100_000},
    {"trace": 0.0, "index": [1]},
    {"trace": [0], "index": [1]},
    {"trace": None, "index": [1]},
    {"index": [1]},
]


@pytest.mark.parametrize("sent", MALFORMED, ids=lambda sent: str(sent)[:40])
def test_a_click_of_another_form_is_none(sent: object) -> None:
    assert parse_click(sent) is None


BEYOND = [{"trace": 10**30, "index": [10**30, 2**63]}, {"trace": 0, "index": [10**30]}]


def test_a_click_beyond_the_samples_selects_none(open_app) -> None:
    app = open_app().go_to("explore")
    send(app, session.SAMPLES_CHART, "click", *BEYOND, MALFORMED[0])
    assert app.test.session_state[session.TAB].sample == 0
    send(app, session.SAMPLES_CHART, "click", {"trace": 0, "index": [0, 0]})
    assert app.test.session_state[session.TAB].sample > 0  # the first of the samples shown


def test_a_click_beyond_the_confusion_matrix_leaves_a_cell_that_is_there(open_app) -> None:
    app = open_app(pace="full", epochs="1").click("Train")
    app.wait_for(lambda: app.job.status.is_over).go_to("confusion")
    send(app, session.MATRIX_CHART, "click", *BEYOND)
    cell = [app.test.session_state[key] for key in (session.MATRIX_TRUE, session.MATRIX_PREDICTED)]
    assert all(place is None or 0 <= place < 10 for place in cell)


def token_of(app: App) -> str:
    return app.test.session_state[session.RESTORE_TOKEN]


def test_the_token_of_a_page_that_is_there_gives_nothing(open_app) -> None:
    theirs, mine = open_app().run(), open_app().run()
    tab = mine.test.session_state[session.TAB]
    send(mine, session.RESTORE, "previous", {"token": token_of(theirs), "runs": 1})
    assert mine.test.session_state[session.TAB] is tab
    assert mine.test.session_state[session.TAB] is not theirs.test.session_state[session.TAB]
    assert mine.messages("warning") == []


def test_an_unknown_token_only_says_that_the_runs_are_gone(open_app) -> None:
    app = open_app().run()
    tab = app.test.session_state[session.TAB]
    send(app, session.RESTORE, "previous", {"token": "x" * MAX_TOKEN, "runs": 10**30})
    assert app.test.session_state[session.TAB] is tab
    (notice,) = app.messages("warning")
    assert "This page was reloaded, and its runs are gone" in notice


def test_a_token_is_long_and_told_to_its_own_browser_alone(open_app, caplog) -> None:
    app, other = open_app().run(), open_app().run()
    token = token_of(app)
    assert len(base64.urlsafe_b64decode(token + "=")) * 8 == 256
    assert token != token_of(other)
    told = {
        one.proto.component_name
        for one in app.test.get("bidi_component")
        if token in str(one.proto)
    }
    assert told == {"restore_session"}
    assert token not in str(app.test.main) + str(app.test.query_params) + caplog.text
