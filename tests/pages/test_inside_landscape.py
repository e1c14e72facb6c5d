"""The landscape on the Inside page."""

import numpy as np
import pytest

from dashboard import session
from dashboard.inside import landscape_tasks
from experiments.background.background_task import Status
from tests.pages.conftest import App

FAST = {"epochs": "3", "hidden_layers": "8", "pace": "full"}


def tasks(app: App) -> list:
    return list(app.test.session_state[session.TAB].landscapes.values())


def words(app: App) -> str:
    return " ".join(each.value for kind in ("markdown", "caption") for each in app.test.get(kind))


def train(app: App) -> App:
    app.click("Train")
    return app.wait_for(lambda: app.job.status.is_over)


def open_view(app: App) -> App:
    return app.preset(**{session.INSIDE_VIEW: "Landscape"}).go_to("inside")


def look(app: App) -> App:
    """Open the view, and wait for the picture."""
    return done(open_view(app))


def done(app: App) -> App:
    return app.wait_for(lambda: tasks(app)[-1].status.is_over)


def choose(app: App, key: str, value: str) -> App:
    app.test.segmented_control(key=key).set_value(value)
    return done(app.run())


def test_the_loss_is_drawn_around_the_network_with_its_path(open_app) -> None:
    app = look(open_app(**FAST).train())
    figure = app.figures[session.LANDSCAPE_CHART]
    assert figure["layout"]["title"]["text"] == "Training loss around the network"
    assert [trace["name"] for trace in figure["data"] if "name" in trace][-4:] == [
        "Run 1",
        "start of a path",
        "end of a path",
        "the network shown",
    ]
    assert "What to notice:" in words(app)
    assert "of the variance of the snapshots of this run" in words(app)
    assert "What it cannot show:** the other 608 of 610 dimensions" in words(app)
    assert "500 of the 1,079 training samples, always the same" in words(app)
    (landscape,) = tasks(app)
    assert landscape.status is Status.FINISHED
    assert landscape.center is not None
    assert app.button("Compute").disabled


def test_another_part_other_directions_and_a_surface_are_other_pictures(open_app) -> None:
    app = choose(look(open_app(**FAST).train()), session.LANDSCAPE_PART, "validation")
    title = app.figures[session.LANDSCAPE_CHART]["layout"]["title"]["text"]
    assert title == "Validation loss around the network"
    assert "all 359 validation samples" in words(app)
    app = choose(app, session.LANDSCAPE_DIRECTIONS, "random")
    axis = app.figures[session.LANDSCAPE_CHART]["layout"]["xaxis"]
    assert axis["title"]["text"] == "direction 1 (lengths of the weights)"
    assert session.LANDSCAPE_SURFACE_CHART not in app.figures
    app.test.toggle(key=session.LANDSCAPE_SURFACE).set_value(True)
    figure = app.run().figures[session.LANDSCAPE_SURFACE_CHART]
    assert figure["data"][0]["type"] == "surface"
    assert len(tasks(app)) == 3  # a surface needs no other numbers


def test_runs_with_other_seeds_and_optimizers_are_drawn_on_one_landscape(open_app) -> None:
    app = open_app(**FAST).train()
    app.test.number_input(key="epochs").set_value(4)
    app.test.session_state["seed"] = 7
    app = look(train(app))
    app.test.multiselect(key=session.LANDSCAPE_RUNS).set_value([1])
    app = done(app.run())
    names = [trace.get("name") for trace in app.figures[session.LANDSCAPE_CHART]["data"]]
    assert {"Run 1", "Run 2"} <= set(names)
    assert "Run 1: with another seed, so from other weights" in words(app)
    assert "Run 1 ends " in words(app)


def test_on_the_line_from_the_beginning_there_is_no_barrier(open_app) -> None:
    app = choose(look(open_app(**FAST).train()), session.LANDSCAPE_WHAT, "Straight line")
    figure = app.figures[session.LANDSCAPE_LINE_CHART]
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert names == ["Before its training", "Network shown"]
    assert "On the training samples, there is **no barrier**" in words(app)
    assert "both ends are" in words(app)
    app.test.session_state[session.TAB].epoch = 0
    assert "Both ends are the same network" in app.run().messages("info")[0]


def test_what_takes_long_begins_when_asked_for_and_can_be_stopped(
    open_app, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landscape_tasks, "QUICK_COST", 0)
    app = open_view(open_app(**FAST).train())
    assert not tasks(app)
    assert session.LANDSCAPE_CHART not in app.figures
    monkeypatch.setattr("experiments.inspection.loss_landscape.score_some", lambda *_: [])
    app.click("Compute").click("Stop")
    app = done(app)
    assert tasks(app)[-1].status is Status.STOPPED
    assert not app.button("Compute").disabled


def test_a_network_that_has_diverged_has_no_landscape(open_app) -> None:
    app = open_app(**FAST).train()
    app.job.run.network.parameters[0] = np.nan
    open_view(app)
    assert "it has diverged. Move the slider" in app.messages("info")[0]


def test_one_epoch_of_a_single_layer_has_one_direction_only(open_app) -> None:
    app = look(open_app(**FAST | {"epochs": "1", "hidden_layers": ""}).train())
    assert "Train for two epochs or more, or choose random directions." in app.messages("info")[0]
    app = choose(app, session.LANDSCAPE_DIRECTIONS, "random")
    assert session.LANDSCAPE_CHART in app.figures


def test_while_a_run_trains_its_picture_is_finished_and_can_be_computed_anew(open_app) -> None:
    app = open_app(**FAST | {"epochs": "10000"}).click("Train")
    app.wait_for(lambda: app.job.run.epochs_done > 3)
    app = look(app)
    first = tasks(app)[-1]
    assert first.status is Status.FINISHED
    assert "The run still trains" in words(app)
    app = done(app.click("Compute"))
    (second,) = tasks(app)
    assert second is not first
    app.job.discard()
