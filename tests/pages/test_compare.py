"""The page that compares the single layer with others, in each state."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from dashboard import session, training_speed
from dashboard.session import ComparisonKind
from data.datasets import Dataset
from experiments.background.background_task import Status
from experiments.comparison.architecture_grid import architecture_grid
from experiments.config import RunConfig

SIDE_BY_SIDE, OVER_SEEDS, GRID = "Side by side", "Over many seeds", "Depth and width"
FAST = {"epochs": "4"}
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def at_full_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_speed, "WATCHABLE_SECONDS", 0.0)


@pytest.fixture
def open_page(open_app) -> Iterator[Callable]:
    opened = []

    def open_(tab_name: str = "", **query: str):
        opening = {session.COMPARE_TAB: tab_name} if tab_name else {}
        opened.append(open_app(**query).preset(**opening).go_to("compare"))
        return opened[-1]

    yield open_
    for app in opened:
        here = tab(app)
        if here.side_by_side:
            here.side_by_side.discard()
            assert here.side_by_side.join(PATIENCE)
        for sequence in (here.over_seeds, here.nonlinear_sets, here.architecture_grid):
            if sequence:
                sequence.stop(PATIENCE)


def open_tab(app, name: str):
    app.test.session_state[session.COMPARE_TAB] = name
    return app.run()


def tab(app):
    return app.test.session_state[session.TAB]


def everything(app) -> str:
    kinds = ("success", "info", "warning", "error", "caption", "markdown")
    return "\n".join(text for kind in kinds for text in app.messages(kind))


def train_side_by_side(app):
    open_tab(app, SIDE_BY_SIDE).click("Train side by side")
    return app.wait_for(lambda: tab(app).side_by_side.status.is_over)


def compare_over_seeds(app, n_seeds: int = 3):
    open_tab(app, OVER_SEEDS)
    app.test.number_input(key=session.COMPARE_SEEDS).set_value(n_seeds)
    app.click("Compare over seeds")
    return app.wait_for(lambda: not tab(app).over_seeds.status.is_active)


@pytest.mark.parametrize(
    ("name", "button", "charts"),
    [
        (
            "Where a single layer fails",
            "Try it on XOR, circles and spirals",
            {*session.SLP_REGIONS_CHARTS, *session.MLP_REGIONS_CHARTS},
        ),
        (SIDE_BY_SIDE, "Train side by side", {session.SIDE_BY_SIDE_CHART}),
        (OVER_SEEDS, "Compare over seeds", {session.PAIRS_CHART, session.DIFFERENCES_CHART}),
        (GRID, "Train the grid", {session.ARCHITECTURE_GRID_CHART}),
    ],
)
def test_before_anything_has_run_each_tab_shows_an_example(
    open_page, name: str, button: str, charts: set[str]
) -> None:
    app = open_page()
    assert app.test.title[0].value == "Single layer against multilayer"
    assert session.SLP_REGIONS_CHARTS[0] in app.figures  # what is seen first
    open_tab(app, name)
    assert app.figures.keys() == charts
    assert not app.button(button).disabled
    assert ":blue-badge[Example]" in everything(app)


def test_side_by_side_ends_with_results_on_the_test_samples(open_page) -> None:
    app = train_side_by_side(open_page(**FAST))
    result = tab(app).side_by_side.runs[1].result.test.accuracy
    assert "**359 test samples**, never seen before: SLP" in app.messages("success")[0]
    assert f"MLP 32 {100 * result:.1f} %" in app.messages("success")[0]
    figures = app.figures
    names = [trace["name"] for trace in figures[session.SIDE_BY_SIDE_CHART]["data"]]
    assert names == ["SLP", "MLP 32"]
    assert "| SLP | 650 | 640 |" in everything(app)
    assert "| Epoch | 0 | 1 | 2 | 3 | 4 |" in everything(app)
    for key in (*session.ONLY_RIGHT_CHARTS, *session.TEMPLATE_CHARTS):
        assert figures[key]["layout"]["title"]["text"]


def test_side_by_side_pauses_resumes_and_stops(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, epochs="10000")
    app.click("Train side by side")
    comparison = tab(app).side_by_side
    app.wait_for(lambda: all(run.epochs_done for run in comparison.runs))
    assert app.messages("success") == []
    app.click("Pause")
    assert comparison.status is Status.PAUSED
    app.click("Resume")
    assert comparison.status.is_active
    app.test.button(key=session.key_of("stop", ComparisonKind.SIDE_BY_SIDE)).click()
    app.run().wait_for(lambda: comparison.status.is_over)
    assert comparison.status is Status.STOPPED
    assert "stopped" in everything(app)
    assert "test samples" in app.messages("success")[0]


def test_loss_and_a_close_up_are_shown_on_demand(open_page) -> None:
    app = train_side_by_side(open_page(**FAST))
    before = tab(app).side_by_side
    app.test.segmented_control(key=session.COMPARE_MEASURE).set_value("loss")
    app.test.toggle(key=session.COMPARE_CLOSE_UP).set_value(True)
    layout = app.run().figures[session.SIDE_BY_SIDE_CHART]["layout"]
    assert layout["title"]["text"] == "Loss on the held-out samples (validation)"
    assert "range" in layout["yaxis"]
    assert tab(app).side_by_side is before  # nothing is trained anew


def test_more_networks_can_be_added_and_bad_ones_are_reported(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, **FAST)
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("8, 8")
    app.test.text_input(key=session.COMPARE_MORE[1]).set_value("many")
    train_side_by_side(app.run())
    assert app.messages("error") == [
        "'many' is not a list of hidden layers\\. Write whole numbers with commas between them, "
        "such as 64, 32, or leave the field empty for a single\\-layer perceptron\\."
    ]
    names = [trace["name"] for trace in app.figures[session.SIDE_BY_SIDE_CHART]["data"]]
    assert names == ["SLP", "MLP 32", "MLP 8-8"]
    app.test.selectbox(key=session.COMPARE_PAIR).set_value(2)
    figures = app.run().figures
    assert figures["templates_1"]["layout"]["title"]["text"] == "MLP 8-8: 8 of 8 hidden units"


def test_a_network_too_large_is_refused_with_a_sentence(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, **FAST)
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("4096, 4096")
    app.click("Train side by side")
    assert "parameters; the most is" in app.messages("error")[0]
    assert tab(app).side_by_side is None


def test_changed_settings_are_pointed_out(open_page) -> None:
    app = train_side_by_side(open_page(**FAST))
    app.test.text_input(key="hidden_layers").set_value("16")
    app.run()
    assert "The settings or the samples have changed since" in app.messages("info")[0]


def test_settings_without_a_hidden_layer_get_32_units(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, hidden_layers="none")
    assert "SLP, MLP 32: all learn from the same samples" in everything(app)


def test_the_published_pair_says_that_it_is_training_accuracy(open_page, monkeypatch) -> None:
    app = open_page(SIDE_BY_SIDE)
    app.test.segmented_control(key=session.COMPARE_WHAT).set_value("As published")
    app.run()
    assert "98.0 % with a single layer and 99.4 % with 32 hidden units, on the samples they" in (
        everything(app)
    )
    app.click("Train side by side")
    app.wait_for(lambda: all(run.epochs_done > 20 for run in tab(app).side_by_side.runs))
    app.test.button(key=session.key_of("stop", ComparisonKind.SIDE_BY_SIDE)).click()
    app.run().wait_for(lambda: tab(app).side_by_side.status.is_over)
    assert "**Training accuracy**: SLP" in app.messages("success")[0]
    assert "says nothing about new ones" in app.messages("success")[0]
    assert "| Epoch | 0 | 100 | 200 |" in everything(app)
    title = app.figures[session.SIDE_BY_SIDE_CHART]["layout"]["title"]["text"]
    assert title == "Accuracy on the training samples"
    assert "No samples are held out" in everything(app)
    for name, button in ((OVER_SEEDS, "Compare over seeds"), (GRID, "Train the grid")):
        open_tab(app, name)
        assert "compares only what was memorized" in app.messages("warning")[0]
        assert "Choose As published, held out above" in app.messages("warning")[0]
        assert app.button(button).disabled


def test_a_network_that_diverges_is_shown_in_its_row(open_page) -> None:
    app = open_page(
        epochs="3", output="identity", loss="mse", optimizer="sgd", learning_rate="1000"
    )
    train_side_by_side(app)
    assert any(text.startswith("MLP 32: Diverged at step") for text in app.messages("error"))
    assert "diverged in epoch" in everything(app)
    compare_over_seeds(app, 2)
    assert "MLP 32 diverged with 2 of 2 seeds" in everything(app)


def test_networks_are_compared_over_seeds_and_the_result_is_a_sentence(open_page) -> None:
    app = compare_over_seeds(open_page(**FAST))
    sentences = app.messages("success") + app.messages("info")
    assert any("3 seeds" in sentence and "MLP 32" in sentence for sentence in sentences)
    assert "In one run alone, the median one (seed" in everything(app)
    assert "McNemar's test" in everything(app)
    assert "3 of 3" in everything(app)
    figures = app.figures
    assert len(figures["pairs"]["data"]) == 3
    assert figures["differences"]["layout"]["title"]["text"] == "Ahead of SLP, seed by seed"


def test_on_xor_the_difference_is_significant(open_page) -> None:
    app = open_page(OVER_SEEDS)
    app.test.selectbox(key=session.COMPARE_DATA).set_value("xor")
    compare_over_seeds(app.run(), 4)
    assert "MLP 16 is better than SLP by" in app.messages("success")[0]
    assert "more than luck explains" in app.messages("success")[0]
    assert "Dataset: xor" in everything(app)


def test_several_networks_are_compared_with_a_correction(open_page) -> None:
    app = open_page(OVER_SEEDS, epochs="2")
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("8")
    compare_over_seeds(app.run(), 2)
    assert "All p-values allow for 2 comparisons (Holm)" in everything(app)


def test_a_comparison_over_seeds_stops_with_what_it_has(open_page) -> None:
    app = open_page(OVER_SEEDS, epochs="10000")
    app.click("Compare over seeds")
    comparison = tab(app).over_seeds
    app.wait_for(lambda: comparison.run is not None and comparison.run.step > 0)
    assert app.button("Compare over seeds").disabled
    app.test.button(key=session.key_of("stop", ComparisonKind.OVER_SEEDS)).click()
    app.run()
    assert comparison.join(PATIENCE)
    assert comparison.status is Status.STOPPED
    assert "It ended before two seeds were done" in everything(app.run())


def test_nothing_is_tested_before_the_last_seed_nor_after_a_stop(open_page) -> None:
    """Stopping when it looks good finds a difference where there is none."""
    app = open_page(OVER_SEEDS, **FAST)
    app.test.selectbox(key=session.COMPARE_DATA).set_value("xor")
    app.test.number_input(key=session.COMPARE_SEEDS).set_value(50)
    app.run().click("Compare over seeds")
    comparison = tab(app).over_seeds
    app.wait_for(lambda: len(comparison.outcomes) > 5)
    assert comparison.status.is_active
    expected = "of 50 seeds so far. The test of significance comes after the last one"
    assert expected in everything(app)
    app.test.button(key=session.key_of("stop", ComparisonKind.OVER_SEEDS)).click()
    app.run()
    assert comparison.join(PATIENCE)
    app.run()
    assert f"It ended after {len(comparison.outcomes) // 2} of 50 seeds" in everything(app)
    for word in ("more than luck explains", "McNemar", "p ="):
        assert word not in everything(app)
    assert len(app.figures["differences"]["data"]) == 2


def test_a_comparison_goes_on_while_another_tab_is_open(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, epochs="10000")
    app.click("Train side by side")
    comparison = tab(app).side_by_side
    open_tab(app, OVER_SEEDS)
    epochs_done = min(run.epochs_done for run in comparison.runs)
    app.wait_for(lambda: all(run.epochs_done > epochs_done for run in comparison.runs))
    assert comparison.status.is_active
    open_tab(app, SIDE_BY_SIDE).click("Pause")
    assert comparison.status is Status.PAUSED


def test_nonlinear_sets_are_drawn_with_both_networks(open_page) -> None:
    app = open_page()
    app.click("Try it on XOR, circles and spirals")
    app.wait_for(lambda: not tab(app).nonlinear_sets.status.is_active)
    assert tab(app).nonlinear_sets.status is Status.FINISHED
    titles = [
        figure["layout"]["title"]["text"]
        for key, figure in app.figures.items()
        if key.startswith("regions_")
    ]
    assert [title.split(":")[0] for title in titles] == [
        "SLP, xor",
        "SLP, circles",
        "SLP, spirals",
        "MLP 16, xor",
        "MLP 16, circles",
        "MLP 32-32, spirals",
    ]


def test_the_architecture_grid_is_trained_and_says_with_how_many_seeds(open_page) -> None:
    app = open_page(GRID, epochs="1")
    app.test.number_input(key=session.ARCHITECTURE_GRID_SEEDS).set_value(1)
    app.click("Train the grid")
    app.wait_for(lambda: not tab(app).architecture_grid.status.is_active)
    assert len(tab(app).architecture_grid.outcomes) == len(architecture_grid(RunConfig()))
    assert "One seed only" in everything(app)
    assert "do not choose by it" in everything(app)
    assert "| no hidden layer |" in everything(app)
    assert [trace["name"] for trace in app.figures[session.ARCHITECTURE_GRID_CHART]["data"]] == [
        "0 hidden",
        "1 hidden",
        "2 hidden",
        "4 hidden",
    ]


def test_points_in_the_plane_show_boundaries_and_no_templates(open_page) -> None:
    app = train_side_by_side(open_page(dataset="blobs", **FAST))
    figures = app.figures
    assert "templates_0" not in figures
    assert len(figures[session.PAIR_REGIONS_CHARTS[1]]["data"]) == 6  # three areas, three clouds


def test_without_a_test_part_nothing_is_reported_as_diverged(open_page) -> None:
    app = train_side_by_side(open_page(dataset="xor", test_fraction="0", **FAST))
    titles = [app.figures[key]["layout"]["title"]["text"] for key in session.PAIR_REGIONS_CHARTS]
    assert titles == ["SLP, xor: no test samples", "MLP 8, xor: no test samples"]


def test_training_curves_with_dropout_are_said_to_be_so(open_page) -> None:
    for fraction in ("0", "0.2"):
        query = FAST | {"validation_fraction": fraction, "dropout": "0.2"}
        captions = [text.value for text in train_side_by_side(open_page(**query)).test.caption]
        is_said = any("Training loss is with units dropped" in text for text in captions)
        assert is_said == (fraction == "0")


def test_an_abandoned_network_is_not_compared_with_a_tested_one(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, epochs="10000")
    app.click("Train side by side")
    comparison = tab(app).side_by_side
    app.wait_for(lambda: all(run.epochs_done for run in comparison.runs))
    comparison.jobs[1].discard()
    assert comparison.jobs[1].join(PATIENCE)
    app.test.button(key=session.key_of("stop", ComparisonKind.SIDE_BY_SIDE)).click()
    app.run().wait_for(lambda: comparison.status.is_over)
    assert comparison.finished == [0]
    assert "only_right_0" not in app.figures


def own_samples(n_features: int, names=("a", "b")) -> Dataset:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    X = (rng.normal(size=(200, n_features)) + labels[:, np.newaxis]).astype(np.float32)
    return Dataset("own", "mine", X, labels, names, None, 9.0, "value", "me")


def test_another_file_of_own_samples_counts_as_changed(open_page) -> None:
    app = open_page(dataset="own", **FAST)
    tab(app).own = own_samples(5)
    compare_over_seeds(train_side_by_side(app.run()), 2)
    assert "have changed since" not in everything(app)
    tab(app).own = own_samples(6)
    for name in (SIDE_BY_SIDE, OVER_SEEDS):
        assert "The settings or the samples have changed since" in everything(open_tab(app, name))


def test_own_samples_that_are_no_images_have_no_picture_and_the_page_says_so(open_page) -> None:
    app = open_page(dataset="own", **FAST)
    tab(app).own = own_samples(5, ("<b>yes</b>", "*no*"))
    train_side_by_side(app.run())
    assert "Your samples are neither images" in everything(app)
    compare_over_seeds(app, 2)
    assert "2 of 2" in everything(app)


def test_results_are_kept_while_another_page_is_open(open_page) -> None:
    app = train_side_by_side(open_page(**FAST))
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("8")
    app.run()
    comparison = tab(app).side_by_side
    open_tab(app.go_to("train").go_to("compare"), SIDE_BY_SIDE)
    assert tab(app).side_by_side is comparison
    assert app.test.text_input(key=session.COMPARE_MORE[0]).value == "8"


def test_a_page_that_was_disconnected_says_that_the_training_ended(open_page) -> None:
    app = open_page(SIDE_BY_SIDE, epochs="10000")
    app.click("Train side by side")
    tab(app).side_by_side.discard()
    app.wait_for(lambda: tab(app).side_by_side.status is Status.ABANDONED)
    assert "lost its connection" in app.messages("warning")[0]


def test_bad_settings_disable_the_buttons(open_page) -> None:
    app = open_page()
    app.test.text_input(key="hidden_layers").set_value("x")
    app.run()
    for name, button in ((SIDE_BY_SIDE, "Train side by side"), (OVER_SEEDS, "Compare over seeds")):
        assert open_tab(app, name).button(button).disabled
