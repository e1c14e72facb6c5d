"""Every page works where nothing can be written, not even the script that draws in 3-D."""

from pathlib import Path

import pytest

from dashboard import session
from dashboard.components import chart
from dashboard.explore.projection_map import PCA_3D
from dashboard.shell.page_registry import PAGES


@pytest.fixture
def read_only_app(open_app, tmp_path: Path, monkeypatch):
    (tmp_path / "static").write_text("a file where the folder should be")
    address = chart.publish_plotly(tmp_path / "static")
    assert address is None
    monkeypatch.setattr(chart, "publish_plotly", lambda: address)
    return open_app(pace="full", epochs="1")


def test_all_charts_in_the_plane_are_drawn_as_everywhere(read_only_app) -> None:
    app = read_only_app.click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    for entry in PAGES:
        app.go_to(Path(entry.file).stem)
        assert not app.test.get("plotly_chart")
        assert not app.messages("error")
    app.go_to("train")
    assert len(app.figures) >= 2


def test_streamlit_draws_the_map_in_three_dimensions(read_only_app) -> None:
    app = read_only_app.go_to("explore")
    app.test.segmented_control(key=session.VIEW).set_value("Map")
    app.run().test.segmented_control(key=session.MAP).set_value(PCA_3D)
    app.run()
    assert session.PCA_3D_CHART not in app.figures
    assert len(app.test.get("plotly_chart")) == 1
