import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


class App:
    """The app in a test: find things by what the reader sees, and wait for the training."""

    def __init__(self, **query: str) -> None:
        self.test = AppTest.from_file(ROOT / "app.py", default_timeout=PATIENCE)
        for name, value in query.items():
            self.test.query_params[name] = value
        self.run()

    def run(self) -> "App":
        self.test.run()
        assert not self.test.exception
        return self

    def go_to(self, page: str) -> "App":
        self.test.switch_page(f"pages/{page}.py")
        return self.run()

    def button(self, label: str):
        return next(button for button in self.test.button if button.label == label)

    def click(self, label: str) -> "App":
        self.button(label).click()
        return self.run()

    @property
    def job(self):
        return self.test.session_state[session.TAB].job

    @property
    def config(self):
        return self.test.session_state[session.CONFIG]

    @property
    def metrics(self) -> dict[str, str]:
        return {metric.label: metric.value for metric in self.test.metric}

    @property
    def figures(self) -> dict[str, dict]:
        """The charts on the page, by their keys, as plotly.js gets them."""
        charts = self.test.get("bidi_component")
        return {
            chart.proto.id.split("-", 2)[2]: json.loads(json.loads(chart.proto.json)["figure"])
            for chart in charts
            if chart.proto.component_name == "chart"
        }

    def messages(self, kind: str) -> list[str]:
        return [message.value for message in getattr(self.test, kind)]

    def wait_for(self, condition: Callable[[], bool]) -> "App":
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.005)
        return self.run()


@pytest.fixture
def open_app() -> Iterator[Callable[..., App]]:
    opened: list[App] = []

    def open_(**query: str) -> App:
        opened.append(App(**query))
        return opened[-1]

    yield open_
    for app in opened:
        if app.job:
            app.job.dismiss()
            assert app.job.join(PATIENCE)
