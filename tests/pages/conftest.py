import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.state.session_state import SessionState
from streamlit.testing.v1 import AppTest

from dashboard import session
from experiments.background.executors import SliceExecutor
from experiments.background.slice_scheduler import PROCESS_SCHEDULER
from experiments.background.training_job import Goal

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


class App:
    """The app in a test: find things by what the reader sees, and wait for the training.

    It opens on the Train page, unless the test goes to another one first. A page is drawn
    when the test looks at it: one that is left unseen costs no time.
    """

    def __init__(self, **query: str) -> None:
        self._test = AppTest.from_file(ROOT / "app.py", default_timeout=PATIENCE)
        self._is_drawn = False
        for name, value in query.items():
            self._test.query_params[name] = value

    @property
    def test(self) -> AppTest:
        if not self._is_drawn:
            self.run()
        return self._test

    def run(self) -> "App":
        self._is_drawn = True
        self._test.run()
        assert not self._test.exception
        return self

    def go_to(self, page: str) -> "App":
        self._test.switch_page(f"pages/{page}.py")
        return self.run()

    def button(self, label: str):
        return next(button for button in self.test.button if button.label == label)

    def click(self, label: str) -> "App":
        self.button(label).click()
        return self.run()

    def preset(self, **values: Any) -> "App":
        """Keep values in the session, for the next page that is drawn."""
        for key, value in values.items():
            self._test.session_state[key] = value
        return self

    def train(self, page: str = "train", **values: Any) -> "App":
        """Open a page, and train there to the end: as a click on Train does, but at once."""
        request = session.TrainingRequest(Goal.THE_END, None)
        self.preset(**{session.TAB: session.Tab(request=request)} | values).go_to(page)
        return self.wait_for(lambda: self.job.status.is_over)

    @property
    def tab(self) -> session.Tab:
        """What the session has, even if the page is to be drawn anew."""
        if session.TAB not in self._test.session_state:
            self.run()
        return self._test.session_state[session.TAB]

    @property
    def job(self):
        return self.tab.job

    @property
    def config(self):
        return self.test.session_state[session.TAB].config

    @property
    def metrics(self) -> dict[str, str]:
        scores = [score for status in self.content_of("run_status") for score in status["scores"]]
        shown = {metric.label: metric.value for metric in self.test.metric}
        return shown | {score["label"]: score["value"] for score in scores}

    def _data_of(self, component: str) -> list[dict]:
        elements = self.test.get("bidi_component")
        return [
            json.loads(element.proto.json)
            for element in elements
            if element.proto.component_name == component
        ]

    @property
    def figures(self) -> dict[str, dict]:
        """The charts on the page, by their keys, as plotly.js gets them."""
        charts = self.test.get("bidi_component")
        return {
            chart.proto.id.split("-", 2)[2]: json.loads(json.loads(chart.proto.json)["figure"])
            for chart in charts
            if chart.proto.component_name == "chart"
        }

    def content_of(self, component: str) -> list[dict]:
        """What a component that follows a run was drawn with."""
        return [data["content"] for data in self._data_of(component)]

    def messages(self, kind: str) -> list[str]:
        """All messages of a kind, and the words on the ending of a run, if it is of that kind."""
        endings = [s["words"] for s in self.content_of("run_status") if s["tone"] == kind]
        return [message.value for message in getattr(self.test, kind)] + endings

    def wait_for(self, condition: Callable[[], bool]) -> "App":
        """Wait until something has happened; the page is to be drawn anew then."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, "timed out"
            time.sleep(0.005)
        self._is_drawn = False
        return self


@pytest.fixture(scope="session", autouse=True)
def train_in_a_thread() -> Iterator[None]:
    """Make slices in a thread: other tests have worker processes, which take a while to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(vars(PROCESS_SCHEDULER), "executor", SliceExecutor())
        yield


@pytest.fixture(scope="session", autouse=True)
def search_no_packages() -> Iterator[None]:
    """Spare each test a search for components in all installed packages: there are none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda *_: [])
        yield


class LookUp(Mapping[str, Any]):
    """The values of a session, each found when it is asked for."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(ALL_VALUES(self._state))

    def __len__(self) -> int:
        return len(ALL_VALUES(self._state))


ALL_VALUES = vars(SessionState)["filtered_state"].fget


@pytest.fixture(scope="session", autouse=True)
def look_up_values() -> Iterator[None]:
    """Spare each control a copy of the whole session, of which it reads one value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SessionState, "filtered_state", property(LookUp))
        yield


@pytest.fixture
def open_app() -> Iterator[Callable[..., App]]:
    opened: list[App] = []

    def open_(**query: str) -> App:
        opened.append(App(**query))
        return opened[-1]

    yield open_
    for app in opened:
        if app.job:
            app.job.discard()
            assert app.job.join(PATIENCE)
