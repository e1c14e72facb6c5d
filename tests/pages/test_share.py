"""The link of the current settings can be shared from any page."""

import json

import pytest
from streamlit.runtime.context import ContextProxy

from dashboard import session


def shared(app) -> dict[str, object]:
    (box,) = [
        json.loads(element.proto.json)
        for element in app.test.get("bidi_component")
        if element.proto.component_name == "link_box"
    ]
    return box


@pytest.fixture(autouse=True)
def at_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    url = property(lambda _: "http://192.168.0.7:8501/?seed=3")
    monkeypatch.setattr(ContextProxy, "url", url)


def opened(app):
    """Open the popover, as a click does."""
    app.test.session_state[session.SHARE] = True
    return app.run()


def test_nothing_is_made_before_it_is_opened(open_app) -> None:
    app = open_app(seed="7").run()
    assert not [e for e in app.test.get("bidi_component") if e.proto.component_name == "link_box"]


@pytest.mark.parametrize("page", ["train", "explore", "confusion", "compare"])
def test_it_is_the_link_of_the_settings_as_they_are_now(open_app, page: str) -> None:
    app = opened(open_app(seed="7").go_to(page))
    box = shared(app)
    assert box["link"] == "http://192.168.0.7:8501/?seed=7"
    assert box["size"] > 20
    next(one for one in app.test.number_input if one.label == "Seed").set_value(8)
    assert shared(app.run())["link"] == "http://192.168.0.7:8501/?seed=8"
