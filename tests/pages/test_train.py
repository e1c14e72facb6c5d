"""The Train page in each of its states."""

import pytest

from dashboard import session
from dashboard.text import WORD_JOINER
from experiments.background.background_task import Status
from experiments.config import PLANE, SETTINGS, RunConfig


def test_before_any_run_the_page_says_what_to_do(open_app) -> None:
    app = open_app()
    assert app.test.title[0].value == "Train"
    assert app.config == RunConfig()
    assert app.metrics == {
        "Test accuracy": "–",
        "Validation accuracy, before any training": "7.0 %",
        "Training accuracy": "–",
    }
    (row,) = app.content_of("sample_row")
    assert len(row["answers"]) == 12
    (view,) = app.content_of("network_view")
    assert [layer["n"] for layer in view["layers"]] == [64, 32, 10]
    assert not app.button("Train").disabled
    assert app.button("Stop").disabled
    assert app.button("Reset").disabled


def test_below_the_curves_stands_what_the_training_loss_is_over(open_app) -> None:
    def remarks(**query: str) -> list[str]:
        captions = open_app(**query).test.caption
        return [text.value for text in captions if text.value.startswith("Training loss")]

    assert remarks() == []
    (remark,) = remarks(rotation="5", dropout="0.2")
    assert "over distorted images, with units dropped." in remark


def test_train_runs_to_a_result(open_app) -> None:
    app = open_app(pace="full").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    assert app.job.status is Status.FINISHED
    accuracy = app.job.run.result.test.accuracy
    assert accuracy > 0.96
    assert app.metrics["Test accuracy"] == f"{100 * accuracy:.1f} %"
    assert "test images correctly" in app.messages("success")[0]
    assert app.button("+1 epoch").disabled
    assert not app.button("Train").disabled


def test_the_test_accuracy_stays_hidden_until_the_end(open_app) -> None:
    app = open_app(pace="1").click("Train")
    app.wait_for(lambda: len(app.job.run.history) > 1)
    assert app.metrics["Test accuracy"] == "–"
    assert app.metrics["Validation accuracy"] != "–"


def test_pause_step_and_resume(open_app) -> None:
    app = open_app(pace="10", epochs="40").click("Train")
    app.wait_for(lambda: len(app.job.run.history) > 1)
    job = app.job
    app.click("Pause")
    assert job.status is Status.PAUSED
    step = job.run.step
    app.click("+1 batch").wait_for(lambda: job.status is Status.PAUSED)
    assert job.run.step == step + 1
    epochs = len(job.run.history)
    app.click("+1 epoch").wait_for(lambda: job.status is Status.PAUSED)
    assert len(job.run.history) == epochs + 1
    app.click("Resume")
    assert app.job is job
    assert not job.status.is_over


def test_stepping_can_begin_a_run(open_app) -> None:
    app = open_app().click("+1 batch")
    app.wait_for(lambda: app.job.status is Status.PAUSED)
    assert app.job.run.step == 1


def test_stop_ends_with_a_result(open_app) -> None:
    app = open_app(pace="10").click("Train")
    app.wait_for(lambda: len(app.job.run.history) > 2)
    app.click("Stop").wait_for(lambda: app.job.status.is_over)
    assert app.job.status is Status.STOPPED
    assert app.metrics["Test accuracy"] != "–"


def test_reset_starts_from_the_same_weights(open_app) -> None:
    app = open_app().click("+1 batch")
    app.wait_for(lambda: app.job.status is Status.PAUSED)
    first = app.job
    app.click("Reset")
    assert app.job is None
    assert first.join(20)
    app.click("+1 batch")
    app.wait_for(lambda: app.job.status is Status.PAUSED)
    assert app.job is not first
    assert app.job.run.history == first.run.history
    assert app.job.run.current_epoch == first.run.current_epoch


def test_visiting_another_page_neither_stops_nor_restarts_the_training(open_app) -> None:
    app = open_app(pace="10", epochs="1000").click("Train")
    job = app.job
    app.go_to("explore")
    reached = len(job.run.history)
    app.wait_for(lambda: len(job.run.history) > reached + 2)
    app.go_to("train")
    assert app.job is job
    assert job.status is Status.RUNNING
    assert app.button("Pause")


def test_settings_survive_another_page(open_app) -> None:
    app = open_app()
    app.test.text_input(key="hidden_layers").set_value("16, 8")
    app.test.select_slider(key="learning_rate").set_value(0.01)
    app.run().go_to("explore").go_to("train")
    assert app.config == RunConfig(hidden_layers=(16, 8), learning_rate=0.01)


def test_changed_settings_do_not_affect_a_run_and_the_page_says_so(open_app) -> None:
    app = open_app(pace="1").click("Train")
    app.test.number_input(key="epochs").set_value(7)
    app.run()
    (status,) = app.content_of("run_status")
    words = "The settings have changed. Reset, then Train, to start a run with them."
    assert status["changed"] == words
    assert app.job.run.config.epochs == 30


def test_settings_typed_right_before_the_click_are_the_ones_trained(open_app) -> None:
    app = open_app(pace="full")
    app.test.text_input(key="hidden_layers").set_value("16, 8")
    app.click("Train")
    assert app.job.run.config.hidden_layers == (16, 8)


def test_invalid_settings_typed_right_before_the_click_are_not_trained(open_app) -> None:
    app = open_app(pace="full")
    app.test.text_input(key="hidden_layers").set_value("zzz")
    app.click("Train")
    assert app.job is None
    assert "is not a list" in app.messages("error")[0].replace("\\", "")
    app.test.text_input(key="hidden_layers").set_value("8")
    app.run()
    assert app.job is None  # the click is not kept for later


def test_a_lost_connection_is_reported(open_app) -> None:
    app = open_app().click("Train")
    app.job.discard()
    app.wait_for(lambda: app.job.status.is_over)
    assert "lost its connection" in app.messages("warning")[0]


def test_an_error_in_the_training_is_reported(open_app) -> None:
    app = open_app().click("+1 batch")
    app.wait_for(lambda: app.job.status is Status.PAUSED)
    app.job.submit = lambda *_: 1 / 0
    app.click("Resume").wait_for(lambda: app.job.status.is_over)
    assert "an error in the app" in app.messages("error")[0]


def test_divergence_is_explained(open_app) -> None:
    app = open_app(pace="full", learning_rate="1000").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    assert app.job.status is Status.DIVERGED
    assert app.messages("error")[0].startswith("Diverged at step ")
    assert app.metrics["Test accuracy"] == "–"


def test_a_network_that_only_guesses_is_not_praised(open_app) -> None:
    app = open_app(pace="full", weight_init="zeros", optimizer="sgd", epochs="3").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    assert "no better than guessing" in app.messages("warning")[0]
    assert not app.messages("success")


def test_a_result_without_held_out_samples_says_training_accuracy(open_app) -> None:
    app = open_app(pace="full", epochs="2", validation_fraction="0", test_fraction="0")
    app.click("Train").wait_for(lambda: app.job.status.is_over)
    assert "training accuracy. No samples were held out" in app.messages("info")[0]
    assert not app.messages("success")
    assert app.metrics["Test accuracy"] == "–"


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        ("32,,x", "is not a list of hidden layers"),
        ("0", "units, not 0"),
        ("-4", "units, not -4"),
        ("10000000", "units, not 10,000,000"),
        ("4096, 4096", "parameters; the most is"),
        ("[a](http://b)", "is not a list of hidden layers"),
    ],
)
def test_invalid_layers_give_a_message_and_no_training(open_app, layers: str, words: str) -> None:
    app = open_app()
    app.test.text_input(key="hidden_layers").set_value(layers)
    app.run()
    (message,) = app.messages("error")
    assert words in message.replace("\\", "")
    assert "](" not in message
    for label in ("Train", "+1 epoch", "+1 batch"):
        assert app.button(label).disabled
    app.test.text_input(key="hidden_layers").set_value("8")
    app.run()
    assert not app.messages("error")
    assert not app.button("Train").disabled


def test_a_batch_larger_than_the_data_gives_a_message(open_app) -> None:
    app = open_app(batch_size="5000")
    assert "A batch of 5,000 is more than" in app.messages("error")[0].replace("\\", "")
    assert app.button("Train").disabled
    app.test.toggle(key="full_batch").set_value(True)
    app.run()
    assert not app.messages("error")


@pytest.mark.parametrize(
    ("field", "requested", "used"),
    [
        ("activation", "magic", "relu"),
        ("optimizer", "[click](http://evil)", "adam"),
        ("learning_rate", "0", "0.005"),
        ("learning_rate", "inf", "0.005"),
        ("epochs", "99999999", None),
        ("epochs", "many", "30"),
        ("seed", "-1", None),
        ("loss", "binary-cross-entropy", "cross-entropy"),
        ("validation_fraction", "7", None),
        ("full_batch", "maybe", "False"),
        ("full_batch", "1", "False"),
    ],
)
def test_an_invalid_link_gives_a_message(open_app, field, requested, used) -> None:
    app = open_app(**{field: requested})
    (notice,) = app.messages("warning")
    words = notice.replace("\\", "").replace(WORD_JOINER, "")
    assert words.startswith(f"The link asks for {field.replace('_', ' ')} '{requested}'.")
    assert f"Used: {used or getattr(app.config, field)}." in words
    assert "](http" not in notice
    app.test.toggle(key="full_batch").set_value(True)
    app.run()
    assert not app.messages("warning")


def test_a_good_link_sets_everything(open_app) -> None:
    wanted = RunConfig(
        hidden_layers=(20, 10),
        activation="tanh",
        output="sigmoid",
        loss="mse",
        optimizer="nesterov",
        learning_rate=0.007,
        full_batch=True,
        batch_size=7,
        epochs=12,
        seed=5,
        momentum=0.5,
        l1=0.001,
        l2=0.002,
        weight_init="lecun",
        scaling="z-score",
        validation_fraction=0.1,
        test_fraction=0.3,
    )
    text = {name: str(value) for name, value in wanted.model_dump().items()}
    app = open_app(**text | {"hidden_layers": "20, 10"})
    assert app.config == wanted
    assert not app.messages("warning")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("0.0010", 0.001),
        ("7e-3", 0.007),
        (".5", 0.5),
        ("100.0", 100),
        ("5e-3", 0.005),
    ],
)
def test_a_link_may_write_the_learning_rate_in_any_way(open_app, text, value) -> None:
    app = open_app(learning_rate=text)
    assert not app.messages("warning")
    for _ in range(3):  # and it stays when other things change
        assert app.config.learning_rate == value
        full_batch = app.test.toggle(key="full_batch")
        full_batch.set_value(not full_batch.value)
        app.run()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lr": "3", "x": "1"}, "settings that do not exist: 'lr', 'x'."),
        ({"pace": "abc"}, "pace 'abc'. Choose one of: auto, 1,"),
        ({"part": "zzz"}, "part 'zzz'. Choose one of: all, training,"),
        ({"log_loss": "maybe"}, "log loss 'maybe'. Choose one of: true, false."),
    ],
)
def test_unknown_settings_and_choices_of_a_link_are_reported(open_app, query, words) -> None:
    (notice,) = open_app(**query).messages("warning")
    assert words in notice.replace("\\", "")


def test_the_loss_follows_the_output(open_app) -> None:
    app = open_app()
    app.test.selectbox(key="output").set_value("sigmoid")
    app.run()
    assert app.config.loss == "binary-cross-entropy"
    assert app.test.selectbox(key="loss").options == ["binary-cross-entropy", "mse"]


def test_settings_without_effect_are_disabled_and_keep_their_value(open_app) -> None:
    app = open_app(optimizer="momentum", momentum="0.5")
    assert not app.test.slider(key="momentum").disabled
    for optimizer in ("adam", "momentum"):
        app.test.selectbox(key="optimizer").set_value(optimizer)
        app.run()
        assert app.test.slider(key="momentum").disabled is (optimizer == "adam")
    assert app.config.momentum == 0.5


@pytest.mark.parametrize("other", ["Stop", "Reset"])
def test_of_two_clicks_at_once_the_one_that_ends_the_run_counts(open_app, other: str) -> None:
    app = open_app().click("+1 batch")
    app.wait_for(lambda: app.job.status is Status.PAUSED)
    job = app.job
    app.button("Resume").click()
    app.button(other).click()
    app.run().wait_for(lambda: job.status.is_over)
    assert app.job is (job if other == "Stop" else None)


def test_resume_does_not_start_a_new_run_when_the_run_has_ended_meanwhile(open_app) -> None:
    app = open_app().click("+1 batch")
    app.wait_for(lambda: app.job.status is Status.PAUSED).run()
    job = app.job
    job.discard()
    assert job.join(20)
    app.click("Resume")
    assert app.job is job
    assert "lost its connection" in app.messages("warning")[0]


def test_a_notice_about_the_link_goes_when_a_view_control_is_used(open_app) -> None:
    app = open_app(pace="abc")
    assert app.messages("warning")
    app.test.selectbox(key="pace").set_value("5")
    app.run()
    assert not app.messages("warning")


def test_the_page_shows_the_real_source(open_app) -> None:
    app = open_app()
    assert not app.test.code  # the browser gets nothing of it before it is opened
    app.test.session_state[session.SOURCE] = True
    shown = "\n".join(code.value for code in app.run().test.code)
    assert "def forward(" in shown
    assert "def backward(" in shown
    assert "class Adam" in shown


def test_every_control_explains_itself(open_app) -> None:
    app = open_app(optimizer="adamw").test
    controls = [
        *app.selectbox,
        *app.text_input,
        *app.select_slider,
        *app.toggle,
        *app.number_input,
        *app.slider,
        *app.button,
    ]
    assert len(controls) > 20
    assert not [control.label for control in controls if not control.help]


def test_the_learning_rates_are_written_out(open_app) -> None:
    options = open_app().test.select_slider(key="learning_rate").options
    assert options[0] == "0.00001"
    assert options[-2:] == ["500", "1000"]
    assert "0.005" in options


def test_every_setting_of_a_run_has_a_control_and_comes_with_the_link(open_app) -> None:
    settings = {
        "dropout": "0.2",
        "max_norm": "3",
        "schedule": "step",
        "decay": "0.3",
        "decay_every": "5",
        "warmup_epochs": "2",
        "early_stopping": "true",
        "patience": "7",
        "bias_init": "normal",
        "class_weight": "balanced",
        "shuffle": "false",
        "split": "blocks",
    }
    app = open_app(**settings)
    assert not app.messages("warning")
    assert app.config == RunConfig(**settings)
    controls = [
        *app.test.selectbox,
        *app.test.text_input,
        *app.test.select_slider,
        *app.test.toggle,
        *app.test.number_input,
        *app.test.slider,
    ]
    folded = {name for name, each in SETTINGS.items() if each.group is not PLANE}
    assert folded == {control.key for control in controls} & SETTINGS.keys()
