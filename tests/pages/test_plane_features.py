"""Every page shows a run on points in the plane whose network is given features of them."""

import pytest

from dashboard import session, training_speed
from dashboard.inside.views import VIEWS as INSIDE_VIEWS
from dashboard.train.panels import PANELS


@pytest.fixture
def app(open_app, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(training_speed, "WATCHABLE_SECONDS", 0.0)
    app = open_app(dataset="circles", features=["x1x1", "x2x2"], epochs="2", hidden_layers="3")
    return app.click("Train").wait_for(lambda: app.job.status.is_over)


def test_the_train_page_draws_the_regions_in_the_plane(app) -> None:
    app.test.session_state[session.PANELS] = list(PANELS)
    figure = app.run().figures[session.DECISION_REGIONS_CHART]
    assert figure["layout"]["xaxis"]["title"]["text"] == "x₁"
    assert figure["layout"]["xaxis"]["range"][0] < -1


def test_the_other_pages_show_features_and_points(app) -> None:
    app.go_to("inside")
    for view in INSIDE_VIEWS:
        app.test.segmented_control(key=session.INSIDE_VIEW).set_value(view)
        app.run()
    for page in ("confusion", "one_step", "compare", "draw"):
        app.go_to(page)
    app.go_to("explore")
    points = app.figures[session.POINTS_CHART]["layout"]
    assert points["xaxis"]["title"]["text"].startswith("x₁ (")
    bars = app.figures[session.SAMPLE_CHART]["layout"]
    assert "x₁²" in str(bars)


def own_table(n_columns: int) -> bytes:
    rows = [
        ",".join([*(f"{i % 7 + j}.5" for j in range(n_columns)), "ab"[i % 2]]) for i in range(60)
    ]
    return "\n".join([",".join([*"pqr"[:n_columns], "label"]), *rows]).encode()


def upload(app, content: bytes):
    uploader = next(one for one in app.test.file_uploader if one.label == "Your data")
    uploader.set_value(("mine.csv", content, "text/csv"))
    return app.run()


def test_own_tables_of_two_columns_can_have_features_and_others_cannot(open_app) -> None:
    app = upload(open_app(dataset="own"), own_table(2))
    app.test.pills(key="features").set_value(["x1x2"])
    assert app.run().config.features == ("x1x2",)
    assert any("**1-32-2**" in caption.value for caption in app.test.sidebar.caption)
    assert "points" not in {control.key for control in app.test.sidebar.number_input}
    upload(app, own_table(3))
    assert not app.test.sidebar.pills
    assert app.config.features == ("x1", "x2")
    assert any("**3-32-2**" in caption.value for caption in app.test.sidebar.caption)
