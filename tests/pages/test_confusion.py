"""The Confusion matrix page in each state that a reader can reach."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard import session
from data.datasets import load
from experiments.background.background_task import Status
from experiments.background.training_job import TrainingJob
from experiments.evaluation.metrics import confusion_counts
from experiments.evaluation.predictions import predictions_at
from experiments.training.run import Run

NO_TEST = "The test part is hidden until the run has a result"


def finished(open_app, **query: str):
    """Open the app with a run that has ended, and go to the page."""
    return open_app(pace="full", **({"epochs": "3"} | query)).train("confusion")


def part_control(app):
    return next(control for control in app.test.segmented_control if control.label == "Samples")


def words(app) -> str:
    return "\n".join(
        element.value for kind in ("markdown", "caption") for element in getattr(app.test, kind)
    )


def open_tab(app, name: str):
    app.test.session_state[session.MATRIX_TAB] = name
    return app.run()


def cell(app) -> list[object]:
    return [
        app.test.selectbox(key=key).value for key in (session.MATRIX_TRUE, session.MATRIX_PREDICTED)
    ]


def test_before_any_run_the_page_offers_to_train(open_app) -> None:
    app = open_app(pace="full", epochs="2").go_to("confusion")
    assert "A network has to be trained first" in words(app)
    assert ":blue-badge[Example]" in words(app)
    assert app.figures.keys() == {"confusion_matrix"}
    app.click("Train now").wait_for(lambda: app.job.status.is_over)
    assert "confusion_matrix" in app.figures
    assert "Example" not in words(app)


def test_with_bad_settings_there_is_no_training(open_app) -> None:
    app = open_app().go_to("confusion")
    app.test.text_input(key="hidden_layers").set_value("x")
    app.run()
    assert app.button("Train now").disabled


def test_at_the_end_the_matrix_agrees_with_the_result(open_app) -> None:
    app = finished(open_app)
    run = app.job.run
    assert part_control(app).value == "test"
    n_test = len(run.prepared_data().split.test)
    n_right = round(run.result.test.accuracy * n_test)
    assert f"({n_right:,} of {n_test:,} test samples), at its end, after epoch 3" in words(app)
    written = app.figures["confusion_matrix"]["data"][1]
    diagonal = [
        int(text)
        for true, predicted, text in zip(written["y"], written["x"], written["text"], strict=True)
        if true == predicted
    ]
    assert sum(diagonal) == n_right


def test_test_samples_are_hidden_until_the_end(open_app) -> None:
    app = open_app(pace="1").click("Train")
    app.wait_for(lambda: len(app.job.run.history) > 1).go_to("confusion")
    assert "test" not in part_control(app).options
    assert part_control(app).value == "validation"
    assert NO_TEST in words(app)
    app.job.pause()
    app.wait_for(lambda: app.job.status is Status.PAUSED)
    assert "test" not in part_control(app).options
    app.job.stop()
    app.wait_for(lambda: app.job.status.is_over)
    assert part_control(app).value == "test"
    assert NO_TEST not in words(app)


def test_earlier_epochs_on_the_test_part_come_with_a_warning(open_app) -> None:
    app = finished(open_app)
    app.test.session_state[session.TAB].epoch = 1
    app.run()
    assert "test samples), after epoch 1." in words(app)
    earlier = confusion_counts(predictions_at(app.job.run, app.job.run.history[1].step, "test"))
    assert f"({np.trace(earlier):,} of {earlier.sum():,} test samples)" in words(app)
    assert "To choose an epoch, use the validation part" in words(app)
    part_control(app).set_value("training")
    app.run()
    assert "these figures are too optimistic" in words(app)


def test_a_run_is_shown_while_it_trains(open_app) -> None:
    app = open_app(pace="5", epochs="1000").click("Train").go_to("confusion")
    app.wait_for(lambda: app.job.run.epochs_done > 1)
    first = words(app)
    epochs = app.job.run.epochs_done
    app.wait_for(lambda: app.job.run.epochs_done > epochs + 1)
    assert words(app) != first


def test_nothing_chosen_shows_the_most_frequent_mistake(open_app) -> None:
    app = finished(open_app)
    assert cell(app) == [None, None]
    assert len(app.figures["cell_samples"]["layout"]["annotations"]) > 0


def test_a_cell_is_chosen_by_keyboard_and_its_samples_are_shown(open_app) -> None:
    app = finished(open_app)
    app.test.selectbox(key=session.MATRIX_TRUE).select(3)
    app.test.selectbox(key=session.MATRIX_PREDICTED).select(3)
    app.run()
    assert "**3 read as 3**, correctly:" in words(app)
    assert len(app.figures["cell_samples"]["layout"]["annotations"]) == 20
    number = app.test.number_input(key=session.MATRIX_SAMPLE)
    number.set_value(21)
    app.run()
    assert "Numbers 21 to " in app.figures["cell_samples"]["layout"]["title"]["text"]


def test_an_empty_cell_says_so(open_app) -> None:
    app = finished(open_app, epochs="30")
    app.test.selectbox(key=session.MATRIX_TRUE).select(0)
    app.test.selectbox(key=session.MATRIX_PREDICTED).select(7)
    app.run()
    assert "No sample is in this cell." in words(app)


def test_the_forward_pass_of_a_sample_is_shown(open_app) -> None:
    app = finished(open_app, hidden_layers="16,8")
    assert "forward_pass_hidden" not in app.figures
    app.test.number_input(key=session.MATRIX_SAMPLE).set_value(2)
    app.run()
    assert "of the dataset was read as" in words(app)
    assert len(app.figures["forward_pass_hidden"]["data"]) == 2
    assert (
        app.figures["forward_pass_outputs"]["layout"]["yaxis"]["title"]["text"] == "probability (%)"
    )


def test_each_class_has_its_scores(open_app) -> None:
    app = open_tab(finished(open_app), "Each class")
    assert "| Class | Precision | Recall | F1 | Support |" in words(app)
    assert ":orange-badge[worst" in words(app)
    assert "forward_pass_input" not in app.figures  # a tab that is closed takes no time


def test_mistakes_lead_to_their_cell(open_app) -> None:
    app = open_tab(finished(open_app), "Mistakes")
    mistake = next(button for button in app.test.button if " read as " in button.label)
    true, predicted = mistake.label.split(":")[0].split(" read as ")
    mistake.click()
    app.run()
    assert cell(app) == [int(true), int(predicted)]
    assert "confidently_wrong" in app.figures
    assert "least_certain" not in app.figures  # some of them are right
    open_key = session.key_of(session.LIST_OPEN, "confidently_wrong")
    show = next(button for button in app.test.button if button.key == open_key)
    show.click()
    app.run()
    assert "forward_pass_input" in app.figures
    assert "confidently_wrong" not in app.figures


def test_confidence_is_compared_with_accuracy(open_app) -> None:
    app = open_tab(finished(open_app), "Confidence")
    assert {"reliability", "rejection", "least_certain"} <= app.figures.keys()
    assert "expected calibration error" in words(app)
    assert "Rejection rate 10" in words(app)


@pytest.mark.parametrize("output", ["identity", "tanh"])
def test_outputs_that_are_not_probabilities_have_no_reliability_diagram(
    open_app, output: str
) -> None:
    app = open_tab(finished(open_app, output=output, loss="mse"), "Confidence")
    assert "The outputs of this network are not probabilities" in words(app)
    assert "reliability" not in app.figures
    assert "rejection" in app.figures
    open_tab(app, "One sample")
    assert app.figures["forward_pass_outputs"]["layout"]["yaxis"]["title"]["text"] == "output"


def test_a_remark_says_that_sigmoid_outputs_need_not_add_up_to_one(open_app) -> None:
    app = finished(open_app, output="sigmoid", loss="binary cross-entropy")
    assert "they need not add up to 100 %" in words(app)


def test_a_run_without_a_validation_part_waits_for_its_end(open_app) -> None:
    app = open_app(pace="1", validation_fraction="0").click("Train")
    app.wait_for(lambda: len(app.job.run.history) > 1).go_to("confusion")
    part_control(app).set_value("validation")
    app.run()
    assert "No samples were held out for the validation part" in app.messages("info")[0]
    assert "available at the end" in app.messages("info")[0]
    part_control(app).set_value("training")
    app.run()
    assert "confusion_matrix" in app.figures


def test_without_a_test_part_the_end_shows_the_validation_part(open_app) -> None:
    app = finished(open_app, test_fraction="0")
    assert part_control(app).value == "validation"


def test_a_run_that_diverged_says_so_and_shows_its_last_finite_step(open_app) -> None:
    app = finished(open_app, learning_rate="1000", optimizer="sgd", epochs="5")
    assert app.job.status is Status.DIVERGED
    assert app.messages("error")[0].startswith("Diverged at step")
    assert "test" not in part_control(app).options
    assert "validation samples)" in words(app)
    assert "its test part stays hidden" in words(app)
    assert "confusion_matrix" in app.figures


def test_samples_without_images_are_shown_by_their_features(open_app) -> None:
    app = open_tab(finished(open_app, dataset="moons", hidden_layers=""), "One sample")
    assert "| No. | Confidence | x₁ | x₂ |" in words(app)
    assert app.figures["forward_pass_input"]["data"][0]["type"] == "bar"
    assert not app.figures["forward_pass_hidden"]["data"]
    open_tab(app, "Mistakes")
    assert "Most confidently wrong" in words(app)


def test_class_names_with_markup_are_escaped(open_app) -> None:
    moons = load("moons")
    own = replace(moons, name="own", class_names=("<b>=1+1</b>", "a|b *c*"))
    app = open_app(pace="full", epochs="2")
    app.test.session_state[session.TAB].own = own
    app.test.query_params["dataset"] = "own"
    run = Run(
        app.config.model_copy(update={"dataset": "own", "epochs": 2}), own, keeps_snapshots=True
    )
    run.complete()
    job = TrainingJob(run)
    app.test.session_state[session.TAB].run_store.add(job)
    app.test.session_state[session.TAB].job = job
    job.go()
    app.wait_for(lambda: job.status.is_over).go_to("confusion")
    for tab in ("Each class", "Mistakes", "Confidence", "Download", "One sample"):
        open_tab(app, tab)
    assert r"a\|b \*c\*" in words(app)
    assert app.figures["confusion_matrix"]["data"][0]["x"][0] == "&lt;b&gt;=1+1&lt;/b&gt;"


def test_a_run_with_fewer_classes_can_take_the_place_of_another(open_app) -> None:
    app = finished(open_app)
    app.test.selectbox(key=session.MATRIX_TRUE).select(9)
    app.test.selectbox(key=session.MATRIX_PREDICTED).select(9)
    app.run()
    app.test.number_input(key=session.MATRIX_SAMPLE).set_value(30)
    app.run()
    moons = Run(
        app.config.model_copy(update={"dataset": "moons", "epochs": 1}), keeps_snapshots=True
    )
    moons.complete()
    app.job.run = moons
    app.run()
    assert cell(app) == [None, None]
    app.job.run = Run(app.config, keeps_snapshots=True)  # has not begun
    app.run()
    assert "has not begun" in app.messages("info")[0]


def test_the_tables_can_be_downloaded(open_app) -> None:
    app = open_tab(finished(open_app), "Download")
    labels = [button.proto.label for button in app.test.get("download_button")]
    assert labels == ["Matrix (CSV)", "Each class (CSV)", "Predictions (CSV)"]


def test_the_normalization_changes_what_the_cells_show(open_app) -> None:
    app = finished(open_app)
    normalization = next(
        control for control in app.test.segmented_control if control.label == "Cells"
    )
    normalization.set_value("recall %")
    app.test.toggle(key=session.MATRIX_HIDE_DIAGONAL).set_value(True)
    app.test.toggle(key=session.MATRIX_FIXED_COLORS).set_value(True)
    app.run()
    figure = app.figures["confusion_matrix"]
    assert figure["layout"]["coloraxis"]["cmax"] == 100
    written = figure["data"][1]
    assert all(
        true != predicted for true, predicted in zip(written["y"], written["x"], strict=True)
    )
    assert np.all([text == "<1" or int(text) <= 100 for text in written["text"]])
