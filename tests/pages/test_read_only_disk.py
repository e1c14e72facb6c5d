"""Every page works where nothing can be written, not even the script of the charts."""

from pathlib import Path

from dashboard.components import chart
from dashboard.shell.page_registry import PAGES


def test_without_the_script_streamlit_draws_the_charts(
    open_app, tmp_path: Path, monkeypatch
) -> None:
    (tmp_path / "static").write_text("a file where the folder should be")
    address = chart.publish_plotly(tmp_path / "static")
    assert address is None
    monkeypatch.setattr(chart, "publish_plotly", lambda: address)
    app = open_app(pace="full", epochs="1").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    for entry in PAGES:
        app.go_to(Path(entry.file).stem)
        assert not app.figures
        assert not app.messages("error")
    app.go_to("train")
    assert len(app.test.get("plotly_chart")) >= 2
