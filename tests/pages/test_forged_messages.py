"""What a browser may send instead of what the page lets it send: nothing of it is believed."""

import base64
import json

import numpy as np
import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id

from dashboard import session
from dashboard.components.chart import parse_click
from dashboard.components.network_view import Unit, parse_unit
from dashboard.shell.restore_session import MAX_TOKEN
from experiments.inspection.network_picture import picture_of
from mlp.network import Network
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
    app = open_app(pace="full", epochs="1").train("confusion")
    send(app, session.MATRIX_CHART, "click", *BEYOND)
    cell = [app.test.session_state[key] for key in (session.MATRIX_TRUE, session.MATRIX_PREDICTED)]
    assert all(place is None or 0 <= place < 10 for place in cell)


FORGED_EPOCHS = [
    {"epoch": 10**30, "newest": 3},
    {"epoch": -1, "newest": 3},
    {"epoch": 1.5, "newest": 3},
    {"epoch": True, "newest": 3},
    {"epoch": "1", "newest": 3},
    {"epoch": 1},
    [1],
    None,
    "1",
]


def test_the_epoch_slider_looks_back_to_epochs_that_are_there(open_app) -> None:
    app = open_app(pace="full", epochs="3").train()
    tab = app.test.session_state[session.TAB]
    send(app, session.EPOCH, "epoch", *FORGED_EPOCHS)
    assert tab.epoch is None
    send(app, session.EPOCH, "epoch", {"epoch": 1, "newest": 3})
    assert tab.epoch == 1
    send(app, session.EPOCH, "epoch", {"epoch": 3, "newest": 3})
    assert tab.epoch is None


def test_a_film_is_begun_by_a_click_alone_and_ended_by_another(open_app) -> None:
    app = open_app(pace="full", epochs="3").train()
    tab = app.test.session_state[session.TAB]
    send(app, session.EPOCH, "film", "yes", 1, [True], None)
    assert tab.film is None
    send(app, session.EPOCH, "film", True)
    assert tab.film is not None
    send(app, session.EPOCH, "film", False)
    assert tab.film is None


def test_a_sample_is_watched_if_it_is_there(open_app) -> None:
    app = open_app().run()
    tab = app.test.session_state[session.TAB]
    send(app, session.SAMPLE_ROW, "chosen", 12, -1, 10**30, "3", 3.0, True, [3], None)
    assert tab.watched == 0
    send(app, session.SAMPLE_ROW, "chosen", 11)
    assert tab.watched == 11
    send(app, session.SAMPLE_ROW, "others", True)
    assert (tab.watched, tab.watched_draw) == (0, 1)


def test_a_unit_that_is_selected_turns_the_weights_to_its_page(open_app) -> None:
    app = open_app(hidden_layers="100").click("+1 batch")
    app.wait_for(lambda: app.job.run.step == 1)
    app.test.session_state[session.PANELS] = ["Weights"]
    app.run()
    send(app, session.NETWORK_VIEW, "unit", {"layer": 1, "unit": 10**30}, {"layer": 2, "unit": 9})
    assert "units 1 to 32" in app.figures[session.WEIGHTS_CHART]["layout"]["title"]["text"]
    send(app, session.NETWORK_VIEW, "unit", {"layer": 1, "unit": 70})
    assert "units 65 to 96" in app.figures[session.WEIGHTS_CHART]["layout"]["title"]["text"]


@pytest.mark.parametrize(
    "sent",
    [
        {"layer": 9, "unit": 0},
        {"layer": -1, "unit": 0},
        {"layer": 1, "unit": 5},
        {"layer": 1, "unit": -1},
        {"layer": 1.0, "unit": 0},
        {"layer": True, "unit": 0},
        {"layer": 1},
        [1, 0],
        None,
    ],
    ids=str,
)
def test_a_unit_that_is_not_there_is_none(sent: object) -> None:
    network = Network((3, 5, 2), rng=np.random.default_rng(0))
    picture = picture_of(network, np.ones(3, np.float32), is_image=False)
    assert parse_unit(sent, picture) is None
    assert parse_unit({"layer": 1, "unit": 4}, picture) == Unit(1, 4)


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
