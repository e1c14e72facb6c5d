"""The Train page beyond a first run: presets, several runs, more epochs, past epochs."""

import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image

from dashboard import session
from dashboard.text import percent
from dashboard.train.export_import import short_config
from data.download import ORIGINALS, is_at_hand
from experiments.background.background_task import Status
from experiments.config import GROUPS, SETTINGS, RunConfig
from experiments.export.model_file import load_model, run_to_bytes
from experiments.presets import PRESETS
from experiments.training.run import Run

QUICK = {"pace": "full", "epochs": "4", "hidden_layers": "8", "batch_size": "200"}


def trained(app):
    app.click("Train")
    return app.wait_for(lambda: app.job.status.is_over)


def labeled(elements, label: str):
    return next(element for element in elements if element.label == label)


def table(n_rows: int = 60) -> bytes:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 3)).round(3)
    rows = [f"{a},{b},{c},{'yes' if a > 0 else 'no'}" for a, b, c in X]
    return "\n".join(["a,b,c,label", *rows]).encode()


def skip_without_files(dataset: str) -> None:
    if dataset in ORIGINALS and not is_at_hand(dataset):
        pytest.skip(f"the files of {dataset} are not at hand")


@pytest.mark.parametrize("name", ["slp-digits", "sigmoid-l2", "fashion-relu-100"])
def test_a_preset_sets_every_setting(open_app, name: str) -> None:
    skip_without_files(PRESETS[name].config.dataset)
    app = open_app()
    labeled(app.test.selectbox, "Preset").set_value(name)
    app.run()
    assert app.config == PRESETS[name].config
    assert not app.messages("error")
    assert PRESETS[name].why.split(":")[0] in "".join(c.value for c in app.test.caption)
    labeled(app.test.number_input, "Seed").set_value(77)
    app.run()
    assert labeled(app.test.selectbox, "Preset").value == "Custom"


def test_another_dataset_brings_its_usual_split(open_app) -> None:
    skip_without_files("mnist")
    app = open_app()
    labeled(app.test.selectbox, "Dataset").set_value("mnist")
    app.run()
    assert (app.config.split, round(app.config.test_fraction, 6)) == ("blocks", 0.142857)
    labeled(app.test.selectbox, "Dataset").set_value("xor")
    app.run()
    assert (app.config.split, app.config.test_fraction) == ("random", 0.2)


def test_a_link_to_a_dataset_begins_with_its_usual_split(open_app) -> None:
    skip_without_files("mnist")
    app = open_app(dataset="mnist")
    assert app.config.split == "blocks"
    assert not app.messages("warning")
    assert open_app(dataset="mnist", split="random").config.split == "random"


def test_another_dataset_brings_its_defaults_but_what_was_changed_stays(open_app) -> None:
    app = open_app()
    labeled(app.test.selectbox, "Dataset").set_value("spirals")
    app.run()
    assert app.config == RunConfig(dataset="spirals")
    assert (app.config.hidden_layers, app.config.activation) == ((16, 16), "tanh")
    labeled(app.test.text_input, "Hidden layers").set_value("5")
    app.run()
    labeled(app.test.selectbox, "Dataset").set_value("digits")
    app.run()
    assert app.config == RunConfig(hidden_layers=(5,))


def test_a_link_takes_the_defaults_of_its_dataset_where_it_asks_for_nothing(open_app) -> None:
    assert open_app(dataset="moons").config == RunConfig(dataset="moons")
    app = open_app(dataset="moons", hidden_layers="32", learning_rate="0.005")
    asked = {"hidden_layers": (32,), "learning_rate": 0.005}  # as if it were the digits
    assert app.config == RunConfig(dataset="moons", **asked)
    assert app.test.query_params["hidden_layers"] == "32"
    assert not app.messages("warning")


def test_settings_out_of_sight_that_are_changed_are_counted(open_app) -> None:
    app = open_app(dataset="moons", seed="3", dropout="0.2")
    assert "All settings :primary-badge[2 changed]" in expander_labels(app)
    assert "Regularization :primary-badge[1 changed]" in expander_labels(app)
    labeled(app.test.number_input, "Seed").set_value(0)
    assert "All settings :primary-badge[1 changed]" in expander_labels(app.run())
    labeled(app.test.slider, "Dropout").set_value(0.0)
    assert "All settings" in expander_labels(app.run())


def expander_labels(app) -> list[str]:
    return [expander.label for expander in app.test.sidebar.expander]


def test_a_beginner_sees_few_settings_and_all_others_in_their_groups(open_app) -> None:
    app = open_app().run()
    assert expander_labels(app) == ["All settings", *(group.title for group in GROUPS)]
    basic = {setting.label for setting in SETTINGS.values() if setting.is_basic}
    assert basic == {"Dataset", "Hidden layers", "Activation", "Learning rate", "Epochs"}
    folded = app.test.sidebar.expander[0]
    kinds = ("selectbox", "number_input", "text_input", "slider", "select_slider", "toggle")
    inside = {control.label for kind in kinds for control in getattr(folded, kind)}
    assert inside == {each.label for each in SETTINGS.values() if each.group in GROUPS} - basic


def upload(app, name: str, content: bytes):
    labeled(app.test.file_uploader, "Your data").set_value((name, content, "text/plain"))
    return app.run()


def scans(n_images: int = 80) -> bytes:
    """Dark squares on white paper, in one corner or the other, for two classes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for i in range(n_images):
            pixels, low = np.full((8, 8), 255, np.uint8), 1 if i % 2 else 4
            pixels[low : low + 3, low : low + 3] = i
            image = io.BytesIO()
            Image.fromarray(pixels).save(image, "PNG")
            archive.writestr(f"{i % 2}/{i}.png", image.getvalue())
    return packed.getvalue()


def test_a_table_is_scaled_with_z_score_unless_the_reader_chooses_otherwise(open_app) -> None:
    app = upload(open_app(dataset="own"), "a.csv", table())
    assert app.config == RunConfig(dataset="own")
    assert app.config.scaling == "z-score"
    labeled(app.test.selectbox, "Scaling").set_value("pixel")
    assert upload(app.run(), "b.csv", table()).config.scaling == "pixel"
    asked = upload(open_app(dataset="own", scaling="pixel"), "a.csv", table())
    assert asked.config.scaling == "pixel"


def test_the_columns_of_a_table_are_named_in_the_network_view(open_app) -> None:
    app = upload(open_app(dataset="own"), "a.csv", table())
    (view,) = app.content_of("network_view")
    assert view["features"] == ["a", "b", "c"]


def test_scans_are_inverted_and_the_reader_can_switch_that_off(open_app) -> None:
    app = upload(open_app(dataset="own"), "scans.zip", scans())
    assert app.config.scaling == "pixel"
    inverted = app.test.session_state[session.TAB].own
    assert inverted.X[:, 0].max() == 0
    assert any("so inverted" in caption.value for caption in app.test.caption)
    labeled(app.test.toggle, "Invert images").set_value(False)
    app.run().go_to("explore")
    as_recorded = app.test.session_state[session.TAB].own
    np.testing.assert_array_equal(as_recorded.X, 255 - inverted.X)
    assert not labeled(app.test.toggle, "Invert images").value
    labeled(app.test.toggle, "Invert images").set_value(True)
    app.run()
    np.testing.assert_array_equal(app.test.session_state[session.TAB].own.X, inverted.X)


def test_own_data_are_asked_for_uploaded_and_trained_on(open_app) -> None:
    app = open_app(dataset="own", epochs="100", pace="full")
    assert "Choose a file in the sidebar" in app.messages("info")[0]
    assert not app.messages("error")
    assert app.button("Train").disabled
    labeled(app.test.file_uploader, "Your data").set_value(
        ("my <b>data</b>.csv", table(), "text/csv")
    )
    app.run()
    assert not app.messages("error")
    trained(app)
    assert app.job.status is Status.FINISHED
    assert "test samples correctly" in app.messages("success")[0]
    app.go_to("explore").go_to("train")
    assert app.job.run.own is app.test.session_state[session.TAB].own


def test_own_data_that_cannot_be_used_say_why(open_app) -> None:
    app = open_app(dataset="own")
    labeled(app.test.file_uploader, "Your data").set_value(("a.csv", b"", "text/csv"))
    app.run()
    assert "The file is empty" in app.messages("error")[0]


def test_a_run_is_continued_for_more_epochs(open_app) -> None:
    app = open_app(**QUICK).train()
    labeled(app.test.number_input, "More epochs").set_value(3)
    app.click("Continue").wait_for(lambda: app.job.status.is_over)
    run = app.job.run
    assert (run.epochs_done, run.config.epochs) == (7, 7)
    assert len(app.test.session_state[session.TAB].run_store.runs) == 1
    assert "used 2 times" in app.messages("success")[0]


def test_the_learning_rate_can_be_changed_during_training(open_app) -> None:
    app = open_app(epochs="10000", pace="10").click("Train")
    labeled(app.test.select_slider, "Learning rate (applies at once)").set_value(0.0005)
    app.run().wait_for(lambda: app.job.run.changes)
    assert app.job.run.changes[0].value == 0.0005
    assert app.config.learning_rate == 0.005


def test_after_a_divergence_one_button_retries_with_a_smaller_learning_rate(open_app) -> None:
    app = open_app(**QUICK, learning_rate="1000").train()
    assert app.job.status is Status.DIVERGED
    app.click("Try again with 0.1").wait_for(lambda: app.job.status.is_over)
    assert app.config.learning_rate == 0.1
    assert app.job.run.config.learning_rate == 0.1
    assert len(app.test.session_state[session.TAB].run_store.runs) == 2


def test_runs_are_listed_with_the_settings_that_differ(open_app) -> None:
    app = open_app(**QUICK).train()
    labeled(app.test.number_input, "Seed").set_value(3)
    trained(app.run())
    words = [text.value for text in app.test.markdown]
    assert any("seed 3" in text and "test accuracy" in text for text in words)
    first, _ = app.test.session_state[session.TAB].run_store.runs
    app.test.toggle(key=session.key_of(session.DRAW_RUN, 1)).set_value(True)
    app.run()
    assert "Run 1" in [trace["name"] for trace in app.figures["loss_chart"]["data"]]
    app.test.text_input(key=session.key_of(session.NAME_RUN, 1)).set_value("the *first*")
    app.run()
    assert first.name == "the *first*"
    tab = app.test.session_state[session.TAB]
    tab.epoch, tab.film = 1, session.Film(time.monotonic(), 1e-9)  # of the second run
    app.test.button(key=session.key_of(session.SHOW_RUN, 1)).click()
    app.run()
    assert (tab.epoch, tab.film) == (None, None)
    assert app.job is first.job
    assert app.config.seed == 0
    app.test.button(key=session.key_of(session.DELETE_RUN, 2)).click()
    app.run()
    assert app.test.session_state[session.TAB].run_store.runs == [first]


def test_reset_keeps_a_run_that_is_over_and_drops_one_that_is_not(open_app) -> None:
    app = open_app(**QUICK).train().click("Reset")
    assert app.job is None
    assert len(app.test.session_state[session.TAB].run_store.runs) == 1
    app.click("+1 batch").wait_for(lambda: app.job.status is Status.PAUSED)
    app.click("Reset")
    assert len(app.test.session_state[session.TAB].run_store.runs) == 1


def test_the_epoch_of_the_slider_is_marked_in_the_curves(open_app) -> None:
    app = open_app(**QUICK).train()
    (slider,) = app.content_of("epoch_slider")
    assert (slider["last"], slider["newest"], slider["epoch"]) == (4, 4, 4)
    app.test.session_state[session.TAB].epoch = 1
    app.run()
    lines = app.figures["loss_chart"]["layout"]["shapes"]
    assert 1 in [line["x0"] for line in lines]
    (slider,) = app.content_of("epoch_slider")
    assert (slider["last"], slider["newest"], slider["epoch"]) == (4, 4, 1)


def test_looking_back_shows_the_figures_of_that_epoch(open_app) -> None:
    app = open_app(**QUICK).train()
    app.test.session_state[session.TAB].epoch = 1
    app.run()
    record = app.job.run.history[1]
    assert app.metrics == {
        "Test accuracy: only at the end": "–",
        "Validation accuracy, epoch 1": percent(record.validation.accuracy),
        "Training accuracy, epoch 1": percent(record.training.accuracy),
    }


def test_a_downloaded_model_can_be_loaded(open_app) -> None:
    app = open_app(**QUICK, seed="5").train()
    content = run_to_bytes(app.job.run)
    other = open_app()
    labeled(other.test.file_uploader, "Load a model").set_value(
        ("model.safetensors", content, "application/octet-stream")
    )
    other.run()
    run: Run = other.job.run
    assert run.history == app.job.run.history
    assert run.result == app.job.run.result
    assert other.config == app.config
    assert load_model(run_to_bytes(run)).network.parameters.tobytes() == (
        app.job.run.network.parameters.tobytes()
    )
    assert other.metrics["Test accuracy"] == app.metrics["Test accuracy"]


def load_into(app, content: bytes):
    labeled(app.test.file_uploader, "Load a model").set_value(
        ("model.safetensors", content, "application/octet-stream")
    )
    return app.run()


def test_a_loaded_run_has_its_name_and_its_time_and_goes_on_as_the_uncut_one(open_app) -> None:
    app = open_app(**QUICK).train()
    run = app.job.run
    run.seconds = 125.0
    model = run_to_bytes(run, "best *run*", for_continuing=True)
    other = load_into(open_app(pace="full"), model)
    (stored,) = other.test.session_state[session.TAB].run_store.runs
    assert stored.name == "best *run*"
    assert any("4 epochs in 2 min of computing time" in text.value for text in other.test.markdown)
    for each in (app, other):
        labeled(each.test.number_input, "More epochs").set_value(3)
        each.click("Continue").wait_for(lambda each=each: each.job.status.is_over)
    assert repr(other.job.run.history) == repr(run.history)
    assert other.job.run.network.parameters.tobytes() == run.network.parameters.tobytes()


def test_a_loaded_run_that_cannot_be_continued_says_why(open_app) -> None:
    app = open_app(**QUICK).train()
    other = load_into(open_app(), run_to_bytes(app.job.run))
    assert "Continue" not in [button.label for button in other.test.button]
    assert any("It cannot be continued: the file holds" in c.value for c in other.test.caption)
    again = load_into(other, run_to_bytes(app.job.run, for_continuing=True))
    assert not any("cannot be continued" in c.value for c in again.test.caption)


def test_a_fine_tuned_run_has_a_model_but_no_script_and_no_link(open_app) -> None:
    app = open_app(**QUICK).train()
    assert "Exact script" in downloads(app)
    app.job.run.n_new_samples = 2
    assert downloads(app.run()) == ["Model", "History"]
    assert any("no script and no link for this run" in c.value for c in app.test.caption)
    assert any("fine-tuned with 2 drawings" in text.value for text in app.test.markdown)
    other = load_into(open_app(), run_to_bytes(app.job.run))
    assert any("drawings that the file does not hold" in c.value for c in other.test.caption)
    assert downloads(other) == ["Model", "History"]


def downloads(app) -> list[str]:
    return [button.proto.label for button in app.test.get("download_button")]


def test_the_short_script_of_a_stopped_run_trains_as_many_epochs(open_app) -> None:
    app = open_app(**QUICK | {"epochs": "10000", "pace": "10"}).click("Train")
    app.wait_for(lambda: app.job.run.epochs_done > 1).click("Stop")
    run = app.wait_for(lambda: app.job.status.is_over).job.run
    assert short_config(run).epochs == run.epochs_done


def test_a_file_that_is_no_model_is_refused_with_a_message(open_app) -> None:
    app = open_app()
    labeled(app.test.file_uploader, "Load a model").set_value(
        ("model.safetensors", b"nothing", "application/octet-stream")
    )
    app.run()
    assert app.messages("error")
    assert app.job is None


def test_downloads_are_offered_for_a_run_that_is_over(open_app) -> None:
    labels = {
        button.proto.label for button in open_app(**QUICK).train().test.get("download_button")
    }
    assert labels == {
        *("Model", "History"),
        *("Short script", "Short notebook", "Exact script", "Exact notebook"),
    }


def test_own_samples_can_be_downloaded_too(open_app) -> None:
    app = open_app(dataset="own", epochs="2", pace="full")
    content = io.BytesIO()
    rng = np.random.default_rng(0)
    np.savez(content, X=rng.normal(size=(60, 4)), y=np.arange(60) % 3)
    labeled(app.test.file_uploader, "Your data").set_value(
        ("mine.npz", content.getvalue(), "application/octet-stream")
    )
    trained(app.run())
    assert "Samples" in {button.proto.label for button in app.test.get("download_button")}
