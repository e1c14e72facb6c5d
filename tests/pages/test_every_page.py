"""On every page, each control has a help text, and each figure a title, axes and a description."""

import json

import pytest

from dashboard import session
from dashboard.shell.page_registry import PAGES
from dashboard.train.panels import PANELS

NAMES = [page.name for page in PAGES]
CONTROLS = (
    "button",
    "download_button",
    "file_uploader",
    "multiselect",
    "number_input",
    "pills",
    "radio",
    "segmented_control",
    "select_slider",
    "selectbox",
    "slider",
    "text_input",
    "toggle",
)


@pytest.fixture
def trained(open_app):
    return open_app(epochs="3", hidden_layers="8", pace="full").train()


@pytest.mark.parametrize("page", NAMES)
def test_every_control_has_a_help_text(trained, page: str) -> None:
    trained.go_to(page)
    controls = [control for kind in CONTROLS for control in trained.test.get(kind)]
    unexplained = [control.proto.label for control in controls if not control.proto.help]
    assert len(controls) > 20
    assert not unexplained


CURVES = (session.LOSS_CHART, session.ACCURACY_CHART)


@pytest.mark.parametrize("page", NAMES)
def test_every_figure_has_a_title_and_names_its_axes(trained, page: str) -> None:
    if page == "train":
        trained.test.session_state[session.PANELS] = list(PANELS)
    trained.go_to(page)
    for key, figure in trained.figures.items():
        layout = figure["layout"]
        assert layout["title"]["text"], key
        axes = [layout[name] for name in layout if name.startswith(("xaxis", "yaxis"))]
        for axis in axes:
            is_hidden = False in (axis.get("visible"), axis.get("showticklabels"))
            is_in_title = key in CURVES  # in a low chart, the title says what the axis shows
            assert is_hidden or is_in_title or axis["title"]["text"], key


@pytest.mark.parametrize("page", NAMES)
def test_every_chart_has_a_description_for_screen_readers(trained, page: str) -> None:
    trained.go_to(page)
    charts = [
        json.loads(chart.proto.json)
        for chart in trained.test.get("bidi_component")
        if chart.proto.component_name == "chart"
    ]
    assert all(len(chart["alt"]) > 10 for chart in charts)
    assert charts or page in ("compare", "draw", "playground")


def test_a_tab_is_made_once(open_app, monkeypatch) -> None:
    made = []
    monkeypatch.setattr(session, "Tab", lambda tab=session.Tab: made.append(tab()) or made[-1])
    app = open_app().run().run()
    assert made == [app.tab]
