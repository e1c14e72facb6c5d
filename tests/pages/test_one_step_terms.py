"""The views of One step that check the gradient, right and broken, for runs of all kinds."""

import numpy as np
import pytest

from dashboard import session
from dashboard.one_step import paired_training
from experiments.background.background_task import Status
from experiments.inspection import paired_training as paired_module
from experiments.inspection.broken_terms import TERMS

CHECK, BREAK = "Gradient check", "Break a term"
RUNS = {
    "usual": {},
    "single layer": {"hidden_layers": "none"},
    "points": {"dataset": "xor", "batch_size": "16"},
    "table": {"dataset": "breast-cancer"},
    "early stopping": {"early_stopping": "true", "patience": "1"},
    "dropout and penalties": {"dropout": "0.5", "l1": "0.001", "l2": "0.01"},
}


@pytest.fixture
def one_step(open_app):
    def open_(view: str, **query: str):
        app = open_app(**{"epochs": "2", "hidden_layers": "8", "pace": "full"} | query)
        return app.train("one_step", **{session.ONE_STEP_VIEW: view})

    return open_


def words(app) -> str:
    return " ".join(element.value for element in app.test.markdown)


@pytest.mark.parametrize("query", RUNS.values(), ids=list(RUNS))
def test_both_views_answer_for_every_kind_of_run(one_step, query: dict[str, str]) -> None:
    app = one_step(CHECK, **query)
    assert set(app.figures) == {session.GRADIENT_CHECK_CHART, session.NUDGE_CHART}
    assert "the two ways differ by" in words(app)
    app.test.segmented_control(key=session.ONE_STEP_VIEW).set_value(BREAK)
    app.run()
    assert set(app.figures) == {session.BROKEN_CHECK_CHART, session.BROKEN_ERRORS_CHART}
    assert "The check notices" in words(app)
    assert "nan" not in words(app).split()


def test_a_run_that_still_trains_is_checked_as_it_is(open_app) -> None:
    app = open_app(epochs="10000", hidden_layers="8", pace="1").click("Train")
    app.wait_for(lambda: bool(app.job.run.snapshots.steps)).go_to("one_step")
    for view in (CHECK, BREAK):
        app.test.segmented_control(key=session.ONE_STEP_VIEW).set_value(view)
        app.run()
        assert app.figures
        assert not app.messages("info")
    assert app.job.status.is_active


def test_the_nudge_and_the_precision_can_be_chosen(one_step) -> None:
    app = one_step(CHECK)
    before = app.figures[session.GRADIENT_CHECK_CHART]["data"]
    app.test.select_slider(key=session.NUDGE).set_value(1e-12)
    app.run()
    assert "rounding eats" in words(app)
    assert app.figures[session.GRADIENT_CHECK_CHART]["data"] != before
    app.test.segmented_control(key=session.CHECK_PRECISION).set_value("float32")
    app.test.select_slider(key=session.NUDGE).set_value(1e-1)
    app.run()
    assert "truncation" in words(app)


def test_a_single_parameter_can_be_chosen_and_is_forgotten_with_its_network(one_step) -> None:
    app = one_step(CHECK)
    choice = app.test.selectbox(key=session.CHECKED_PARAMETER)
    name = next(each for each in choice.options if each.startswith("b2"))
    choice.set_value(name)
    app.run()
    assert "backpropagation says" in words(app)
    assert name in app.figures[session.NUDGE_CHART]["layout"]["title"]["text"]
    app.test.text_input(key="hidden_layers").set_value("none")
    app.run().go_to("train").click("Train")
    app.wait_for(lambda: app.job.status.is_over).go_to("one_step")
    assert app.test.selectbox(key=session.CHECKED_PARAMETER).value == "All together"
    assert "backpropagation says" not in words(app)


def test_each_term_can_be_broken_and_says_where_it_is_shown(one_step) -> None:
    app = one_step(BREAK)
    for name in TERMS:
        app.test.pills(key=session.BROKEN_TERM).set_value(name)
        app.run()
        assert "The check notices" in words(app)
        assert r"\cancel" in app.test.latex[0].value
    app.test.pills(key=session.BROKEN_TERM).set_value("penalty")
    app.run()
    assert "but with l2 penalty 0" in app.messages("info")[0].lower().replace("**", "")


def test_a_run_that_has_diverged_says_so(one_step) -> None:
    app = one_step(CHECK, optimizer="sgd", learning_rate="1000", activation="identity")
    assert app.job.status is Status.DIVERGED
    assert "the two ways differ by" in words(app)  # its numbers are large, but there are some
    app.job.run.step += 1
    app.job.run.network.parameters[:] = np.nan
    app.run()
    assert "it has diverged" in app.messages("info")[0]
    app.test.segmented_control(key=session.ONE_STEP_VIEW).set_value(BREAK)
    app.run()
    assert any("it has diverged" in message for message in app.messages("info"))


def test_a_paired_training_is_run_and_its_curves_are_drawn(one_step, monkeypatch) -> None:
    monkeypatch.setattr(paired_module, "EPOCH_SECONDS", 0.0)
    app = one_step(BREAK).click("Train both")
    training = app.test.session_state[session.TAB].paired_training.training
    app.wait_for(lambda: training.status.is_over)
    assert training.status is Status.FINISHED
    curves = app.figures[session.PAIRED_ACCURACY_CHART]["data"]
    assert [curve["name"] for curve in curves] == ["right", "broken"]
    assert "Right answers in the validation part" in words(app)
    assert app.button("Train both")
    app.test.pills(key=session.BROKEN_TERM).set_value("sign")
    app.run()
    assert session.PAIRED_ACCURACY_CHART not in app.figures


def test_a_paired_training_can_be_stopped(one_step, monkeypatch) -> None:
    monkeypatch.setattr(paired_module, "EPOCH_SECONDS", 60.0)
    app = one_step(BREAK).click("Train both").click("Stop")
    training = app.test.session_state[session.TAB].paired_training.training
    assert training.status is Status.STOPPED
    assert app.button("Train both")
    assert paired_training.paired_training_of(TERMS["bias"], app.job.run) is None
