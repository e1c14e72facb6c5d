"""The Explore page: every view, for images, points, tables and data that cannot be loaded."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest

from dashboard import session
from dashboard.explore.projection_map import PCA_2D, PCA_3D, TSNE
from dashboard.explore.views import VIEWS
from data.datasets import Dataset, load
from data.download import DownloadError
from data.own import load_own
from experiments.background.background_task import Status
from experiments.comparison import split_effect
from experiments.exploration import tsne
from tests.waiting import busy_processor


def show(app, view: str):
    app.test.segmented_control(key=session.VIEW).set_value(view)
    return app.run()


@pytest.fixture
def explore(open_app):
    def open_(view: str = "Samples", **query: str):
        return open_app(**query).preset(**{session.VIEW: view}).go_to("explore")

    return open_


@pytest.fixture
def explore_own(open_app):
    def open_(own: Dataset, view: str = "Samples"):
        app = open_app(dataset="own", full_batch="true")
        return app.preset(**{session.TAB: session.Tab(own=own), session.VIEW: view}).go_to(
            "explore"
        )

    return open_


def own_table(n_classes: int = 3, n_features: int = 5, names: str = "c{}") -> Dataset:
    rng = np.random.default_rng(0)
    labels = np.arange(20 * n_classes) % n_classes
    values = rng.normal(labels[:, np.newaxis], 1, (len(labels), n_features))
    head = ",".join([*(f"f{i}" for i in range(n_features)), "label"])
    lines = [
        ",".join(map(str, row)) + f",{names.format(c)}"
        for row, c in zip(values, labels, strict=True)
    ]
    return load_own(("mine.csv", "\n".join([head, *lines]).encode()))


def own_images() -> Dataset:
    rng, file = np.random.default_rng(0), io.BytesIO()
    np.savez(file, X=rng.integers(0, 256, (60, 5, 7), np.uint8), y=np.arange(60) % 3)
    return load_own(("pictures.npz", file.getvalue()))


def captions(app, chart: str = "samples") -> list[str]:
    return [note["text"] for note in app.figures[chart]["layout"]["annotations"]]


def words(app) -> str:
    return " ".join(element.value for element in app.test.markdown)


def test_the_page_opens_with_facts_and_samples(explore) -> None:
    app = explore()
    assert app.metrics == {
        "Samples": "1,797",
        "Classes": "10",
        "Pixels": "8 × 8",
        "For training": "1,079",
    }
    assert len(captions(app)) == 40
    assert set(app.figures) == {"samples", "enlarged"}


def test_classes_and_parts_can_be_chosen(explore) -> None:
    app = explore()
    everything = captions(app)
    app.test.pills[0].set_value(["3", "7"])
    app.run()
    assert set(captions(app)) == {"3", "7"}
    app.test.pills[0].set_value([])
    app.test.segmented_control(key=session.PART).set_value("test")
    app.run()
    assert captions(app) != everything


def test_classes_of_another_dataset_are_forgotten(explore) -> None:
    app = explore()
    app.test.pills[0].set_value(["3"])
    app.run()
    app.test.selectbox(key="dataset").set_value("blobs")
    app.run()
    assert (
        app.figures[session.POINTS_CHART]["layout"]["title"]["text"]
        == "600 samples: color is the class, shape the part"
    )


def test_a_link_can_ask_for_classes(explore) -> None:
    app = explore(classes="3")
    assert set(captions(app)) == {"3"}
    assert not app.messages("warning")


def test_an_empty_part_has_a_message(explore) -> None:
    app = explore(test_fraction="0", part="test")
    assert app.messages("info") == ["There is no such sample in this part."]


def test_shuffle_shows_others(explore) -> None:
    app = explore()
    before = captions(app)
    assert captions(app.click("Shuffle")) != before


def test_the_split_follows_the_settings(explore) -> None:
    assert explore(test_fraction="0.4").metrics["For training"] == "719"


def test_invalid_settings_have_a_message_and_the_page_still_works(explore) -> None:
    app = explore()
    app.test.text_input(key="hidden_layers").set_value("x")
    app.run()
    assert app.messages("error")
    assert len(captions(app)) == 40


def test_a_sample_is_chosen_by_its_number_and_shown_in_every_view(explore) -> None:
    app = explore()
    app.test.number_input(key=session.SAMPLE).set_value(1796)
    app.run()
    assert app.figures["enlarged"]["layout"]["title"]["text"] == "8 · training part · ink"
    for view in ("Neighbors", "Scaling", "Map"):
        show(app, view)
        assert app.test.number_input(key=session.SAMPLE).value == 1796


def test_a_number_beyond_a_smaller_dataset_becomes_its_last(explore) -> None:
    app = explore()
    app.test.number_input(key=session.SAMPLE).set_value(1796)
    app.run()
    app.test.selectbox(key="dataset").set_value("moons")
    app.run()
    assert app.test.number_input(key=session.SAMPLE).value == 599


def test_classes_have_a_balance_and_images_of_mean_and_spread(explore) -> None:
    app = explore("Classes")
    bars = app.figures["balance"]["data"]
    assert [bar["name"] for bar in bars] == ["training (1,079)", "validation (359)", "test (359)"]
    assert captions(app, "class_Mean") == list("0123456789")
    assert set(app.figures) == {"balance", "class_Mean", "class_Standard deviation"}


def test_constant_pixels_are_counted(explore) -> None:
    app = explore("Values")
    assert "**3 of 64** pixels are the same in all 1,797 samples" in words(app)
    assert len(app.figures) == 4


def test_the_map_shows_the_training_samples_in_two_and_three_dimensions(explore) -> None:
    app = explore("Map")
    flat = app.figures["pca_2d_map"]
    assert sum(trace["type"] == "scatter" for trace in flat["data"]) == 11  # and the ring
    assert re.fullmatch(
        r"component 1 \(\d+\.\d % of variance\)", flat["layout"]["xaxis"]["title"]["text"]
    )
    app.test.segmented_control(key=session.MAP).set_value(PCA_3D)
    app.run()
    assert app.figures["pca_3d_map"]["data"][0]["type"] == "scatter3d"


def test_tsne_runs_until_its_last_step(explore, monkeypatch) -> None:
    monkeypatch.setattr(tsne, "STEPS", 20)
    app = explore("Map", seed="77")
    app.test.segmented_control(key=session.MAP).set_value(TSNE)
    app.run().click("Run t-SNE")
    tab = app.test.session_state[session.TAB]
    app.wait_for(lambda: app.run() and not tab.is_tsne_running)
    labels = [button.label for button in app.test.button]
    assert "Stop" not in labels
    assert "Go on" not in labels


def test_tsne_can_be_stopped_and_continued(explore) -> None:
    app = explore("Map", seed="78")
    app.test.segmented_control(key=session.MAP).set_value(TSNE)
    app.run().click("Run t-SNE")
    app.wait_for(lambda: progress(app.run()) != "Step 0 of 500").click("Stop")
    assert not app.test.session_state[session.TAB].is_tsne_running
    assert app.button("Go on")


def test_tsne_on_a_busy_processor_says_that_it_waits_and_can_be_stopped(explore) -> None:
    app = explore("Map", seed="79")
    app.test.segmented_control(key=session.MAP).set_value(TSNE)
    app.run()
    with busy_processor():
        app.click("Run t-SNE")
        app.wait_for(lambda: "waiting for the processor" in progress(app.run()))
        app.click("Stop")
    assert progress(app) == "Step 0 of 500"


def progress(app) -> str:
    (bar,) = app.test.get("progress")
    return bar.proto.text


def test_neighbors_are_named_with_label_and_distance(explore) -> None:
    app = explore("Neighbors")
    assert "has the **same label**" in words(app)
    assert len(captions(app, "neighbors")) == 10
    assert captions(app, "neighbors")[0].startswith("0 · ")


@pytest.mark.parametrize(
    ("scaling", "formula"),
    [
        ("pixel", "x′ = x / 16**: every pixel is divided by the largest value a pixel can have"),
        ("z-score", "(x − μ) / σ**, with the mean μ and the standard deviation σ of each pixel"),
        ("z-score-global", "and the standard deviation σ of all pixels together"),
    ],
)
def test_a_sample_is_shown_before_and_after_scaling(explore, scaling, formula) -> None:
    app = explore("Scaling", scaling=scaling)
    assert formula in words(app)
    axis = app.figures["scaled"]["data"][0]["coloraxis"]
    assert axis == ("coloraxis" if scaling == "pixel" else "coloraxis2")


def test_points_are_divided_by_the_largest_value_in_training(explore) -> None:
    assert "the largest value among the training samples" in words(
        explore("Scaling", dataset="xor")
    )


def test_a_sample_is_shown_as_augmentation_distorts_it(explore) -> None:
    app = explore("Augmentation", rotation="90")
    assert "it gets another version: rotated by up to 90°" in words(app)
    before = app.figures[session.VERSIONS_CHART]["data"][0]["z"]
    assert app.click("Next epoch").figures[session.VERSIONS_CHART]["data"][0]["z"] != before
    assert "Use these strengths" not in [button.label for button in app.test.button]


def test_without_augmentation_moderate_strengths_are_shown_and_can_be_used(explore) -> None:
    app = explore("Augmentation")
    assert "Augmentation is off" in words(app)
    assert session.VERSIONS_CHART in app.figures
    app.click("Use these strengths")
    assert (app.config.rotation, app.config.elastic) == (7.5, 0.4)
    assert "it gets another version: moved by up to 0.3 pixels" in words(app)


def test_points_are_not_augmented(explore) -> None:
    app = explore("Augmentation", dataset="moons", rotation="90")
    assert "These samples are not images" in app.messages("info")[0]


def test_both_splits_are_measured_on_demand_and_remembered(explore, monkeypatch) -> None:
    monkeypatch.setattr(split_effect, "SEEDS", range(1))
    app = explore("Split")
    results = split_effect.results_of(load("digits"))
    assert "splits" not in app.figures
    app.click("Measure it")
    try:
        app.wait_for(lambda: len(results) > 0)
        assert "with blocks held out" in words(app)
        assert len(app.figures["splits"]["data"]) == 4
        assert "splits" in explore("Split").figures
    finally:
        results.clear()


def test_a_measurement_on_a_busy_processor_can_be_stopped(explore) -> None:
    app = explore("Split")
    with busy_processor():
        app.click("Measure it")
        sequence = app.test.session_state[session.TAB].split_effect.sequence
        assert "splits" not in app.figures
        app.click("Stop")
        assert sequence.join(5)
    assert app.button("Measure it")


@pytest.mark.parametrize(
    ("status", "word"), [(Status.FINISHED, "diverged"), (Status.FAILED, "Try again")]
)
def test_a_measurement_without_a_result_has_a_message(explore, status, word) -> None:
    app = explore("Split")
    digits = load("digits")
    sequence = split_effect.measure(digits)
    sequence._ending = status
    app.test.session_state[session.TAB].split_effect = session.SplitEffectRun(digits, sequence)
    app.run()
    assert word in app.messages("info")[0]
    assert app.button("Measure it")


def test_rows_that_cannot_be_split_into_blocks_have_a_message(explore_own) -> None:
    own = own_table()
    order = np.argsort(own.labels, kind="stable")
    ordered = replace(own, X=own.X[order], labels=own.labels[order])
    app = explore_own(ordered, "Split").click("Measure it")
    assert "Both splits cannot be compared here." in app.messages("info")[0]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_points_in_the_plane(explore, view) -> None:
    app = explore(view, dataset="blobs")
    if view == "Samples":
        assert (
            len(app.figures[session.POINTS_CHART]["data"]) == 10
        )  # three classes in three parts, the ring
        assert app.metrics["Features"] == "2"
        assert "Shuffle" not in [button.label for button in app.test.button]
    if view == "Map":
        options = app.test.segmented_control(key=session.MAP).options
        assert options == [PCA_2D, TSNE]
    if view == "Split":
        assert "drawn on its own" in app.messages("info")[0]
    assert not app.messages("error")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_a_table(explore_own, view) -> None:
    app = explore_own(own_table(), view)
    assert app.metrics["Features"] == "5"
    assert not app.messages("error")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_times_in_seconds(explore_own, view) -> None:
    own = own_table(n_features=2)
    app = explore_own(replace(own, X=(own.X + 1.7e9).astype(np.float32)), view)
    assert not app.messages("error")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws_images_of_any_shape(explore_own, view) -> None:
    app = explore_own(own_images(), view)
    assert app.metrics["Pixels"] == "5 × 7"
    assert not app.messages("error")


@pytest.mark.parametrize("view", ["Samples", "Classes", "Map", "Neighbors"])
def test_a_hundred_classes_fit(explore_own, view) -> None:
    app = explore_own(own_table(n_classes=100), view)
    assert app.metrics["Classes"] == "100"


@pytest.mark.parametrize("view", VIEWS)
def test_names_from_outside_are_never_interpreted(explore_own, view) -> None:
    app = explore_own(own_table(names="<b>[x](http://evil){}</b>"), view)
    assert "](http" not in words(app)
    for figure in app.figures.values():
        traces = [trace.get("name", "") for trace in figure["data"]]
        assert not any("<b>" in text for text in traces)


def test_a_table_too_small_for_tsne_has_a_message(explore_own) -> None:
    own = load_own(("tiny.csv", b"a,b,label\n1,2,x\n2,1,x\n3,1,x\n1,5,y\n2,5,y\n4,5,y\n3,3,y\n"))
    app = explore_own(own, "Map")
    app.test.segmented_control(key=session.MAP).set_value(TSNE)
    app.run()
    assert "needs at least 10 training samples" in app.messages("info")[0].replace("\\", "")


@pytest.mark.parametrize("error", [DownloadError("No network. Try later."), ValueError("Bad.")])
def test_data_that_cannot_be_loaded_have_a_message(explore, monkeypatch, error) -> None:
    app = explore()

    def fail(config, own=None):
        raise error

    monkeypatch.setattr("experiments.training.prepared_data.prepare", fail)
    app.run()
    assert str(error) in [message.replace("\\", "") for message in app.messages("error")]


def test_without_a_file_of_ones_own_the_page_says_what_to_do(open_app) -> None:
    app = open_app(dataset="own").go_to("explore")
    assert "Choose a file in the sidebar" in app.messages("info")[0]
    assert not app.figures


def test_ones_own_samples_are_shown_even_if_a_setting_does_not_fit_them(open_app) -> None:
    app = open_app(dataset="own", batch_size="500")
    rows = "\n".join(f"{i},{i % 5},{'yes' if i % 2 else 'no'}" for i in range(40))
    uploader = next(one for one in app.test.file_uploader if one.label == "Your data")
    uploader.set_value(("few.csv", f"a,b,label\n{rows}".encode(), "text/csv"))
    app.run()
    assert "A batch of 500 is more" in app.messages("error")[0]
    app.go_to("explore")
    assert app.metrics["Samples"] == "40"
