"""Names from outside are shown as they are: no page takes one for markup."""

from collections.abc import Iterator

import numpy as np
import pytest
from google.protobuf.json_format import MessageToDict

from dashboard import session, training_speed
from dashboard.train.panels import PANELS
from experiments.export.script import to_script

NAME = "<i>%{y} $x$ **b** [a](http://b.c) :red[d] :material/bathtub:"
IN_MARKDOWN = ("<i>", "$x$", "**b**", "[a](", ":red[d", ":material/bathtub")
IN_PLOTLY = ("<i>", "%{y} ", "$x$")
PLAIN_TEXT = ("options[]", "value", "alt", "json")  # shown as it is, or looked at as a figure


def table(n_features: int) -> bytes:
    values = np.random.default_rng(0).normal(0, 2, (90, n_features)).round(3).astype(str)
    rows = [[*row, f"{NAME}{i % 3}"] for i, row in enumerate(values)]
    head = [*(f"{NAME}{i}" for i in range(n_features)), "label"]
    return "\n".join(",".join(row) for row in [head, *rows]).encode()


def upload(app, content: bytes):
    uploader = next(one for one in app.test.file_uploader if one.label == "Your data")
    uploader.set_value((f"{NAME}.csv", content, "text/csv"))
    return app.run()


@pytest.fixture
def train(open_app, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_speed, "WATCHABLE_SECONDS", 0.0)

    def train_(n_features: int):
        app = open_app(dataset="own", epochs="1", hidden_layers="2", test_fraction="0.4")
        upload(app, table(n_features)).click("Train").wait_for(lambda: app.job.status.is_over)
        return app

    return train_


def texts_in(content: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from texts_in(value, f"{path}.{name}")
    elif isinstance(content, list):
        for value in content:
            yield from texts_in(value, f"{path}[]")
    elif isinstance(content, str):
        yield path, content


def assert_names_are_escaped(app) -> None:
    """Look at each text that Streamlit takes for Markdown, or Plotly for HTML."""
    texts = [(text, path, IN_PLOTLY) for path, text in texts_in(app.figures, "figures")]
    for element in app.test:
        if hasattr(getattr(element, "proto", None), "DESCRIPTOR"):
            for path, text in texts_in(MessageToDict(element.proto), type(element).__name__):
                if not path.endswith(PLAIN_TEXT):
                    texts.append((text, path, IN_MARKDOWN))
    assert any("i\\>" in text or "i&gt;" in text for text, _, _ in texts)
    assert not [(path, text) for text, path, marks in texts if any(mark in text for mark in marks)]


def test_on_the_train_page(train) -> None:
    app = train(2)
    store = app.test.session_state[session.TAB].run_store
    store.rename(store.runs[0], NAME)
    store.remark = f"{NAME} was removed."
    app.test.session_state[session.PANELS] = list(PANELS)
    app.run().click("Train").wait_for(lambda: app.job.status.is_over)
    store.runs[0].is_drawn = True
    assert_names_are_escaped(app.run())
    assert "bathtub" not in to_script(app.job.run.initial_config, app.job.run.changes)


@pytest.mark.parametrize("n_features", [2, 3])
def test_on_the_explore_page(train, n_features: int) -> None:
    app = train(n_features).go_to("explore")
    for view in ("Samples", "Classes", "Map", "Neighbors"):
        app.test.segmented_control(key=session.VIEW).set_value(view)
        assert_names_are_escaped(app.run())


def test_in_a_long_list_of_classes(open_app) -> None:
    """Streamlit takes the pills of a few classes for Markdown, and the options of a list not."""
    rows = "\n".join(f"{i},1,<b>{i % 25}</b>" for i in range(100))
    app = upload(open_app(dataset="own"), rows.encode()).go_to("explore")
    classes = next(one for one in app.test.multiselect if one.label == "Classes")
    assert "<b>3</b>" in classes.options


def test_on_the_page_of_the_confusion_matrix(train) -> None:
    app = train(3).go_to("confusion")
    for tab in ("Each class", "Mistakes", "Confidence", "Download", "One sample"):
        app.test.session_state[session.MATRIX_TAB] = tab
        assert_names_are_escaped(app.run())


def test_on_the_page_that_compares(train) -> None:
    app = train(2).go_to("compare")
    app.test.session_state[session.COMPARE_TAB] = "Side by side"
    app.run().click("Train side by side")
    comparison = app.test.session_state[session.TAB].side_by_side
    assert_names_are_escaped(app.wait_for(lambda: comparison.status.is_over))


def test_in_an_error(open_app) -> None:
    app = upload(open_app(dataset="own"), table(2).replace(b"\n-", b"\nx"))
    assert "holds 'x" in app.messages("error")[0]
    assert_names_are_escaped(app)
