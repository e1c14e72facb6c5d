"""The page that holds the single layer against others, in each state."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from dashboard import session, training_speed
from data.datasets import Dataset
from experiments.background.training_job import Status
from experiments.comparison.architecture_grid import architecture_grid
from experiments.config import RunConfig

FAST = {"epochs": "4"}
PATIENCE = 20.0


@pytest.fixture(autouse=True)
def at_full_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_speed, "WATCHABLE_SECONDS", 0.0)


@pytest.fixture
def open_page(open_app) -> Iterator[Callable]:
    opened = []

    def open_(**query: str):
        opened.append(open_app(**query).go_to("compare"))
        return opened[-1]

    yield open_
    for app in opened:
        here = tab(app)
        if here.contest:
            here.contest.discard()
            assert here.contest.join(PATIENCE)
        for sequence in (here.series, here.shapes, here.ladder):
            if sequence:
                sequence.stop(PATIENCE)


def tab(app):
    return app.test.session_state[session.TAB]


def everything(app) -> str:
    kinds = ("success", "info", "warning", "error", "caption", "markdown")
    return "\n".join(text for kind in kinds for text in app.messages(kind))


def compete(app):
    app.click("Train side by side")
    return app.wait_for(lambda: tab(app).contest.status.is_over)


def configs_over_seeds(app, n_seeds: int = 3):
    app.test.number_input(key=session.COMPARE_SEEDS).set_value(n_seeds)
    app.click("Compare over seeds")
    return app.wait_for(lambda: not tab(app).series.status.is_moving)


def test_before_anything_has_run_the_page_says_what_there_is_to_see(open_page) -> None:
    app = open_page()
    assert app.test.title[0].value == "Single layer against multilayer"
    assert len(app.messages("info")) == 4
    assert "SLP, MLP 32: all learn from the same samples" in app.messages("info")[0]
    for label in (
        "Train side by side",
        "Compare over seeds",
        "Try it on XOR, circles and spirals",
        "Climb the ladder",
    ):
        assert not app.button(label).disabled
    assert not app.figures


def test_a_contest_comes_to_results_on_the_test_samples(open_page) -> None:
    app = compete(open_page(**FAST))
    result = tab(app).contest.runs[1].result.test.accuracy
    assert "**359 test samples**, never seen before: SLP" in app.messages("success")[0]
    assert f"MLP 32 {100 * result:.1f} %" in app.messages("success")[0]
    figures = app.figures
    assert [trace["name"] for trace in figures["contest_chart"]["data"]] == ["SLP", "MLP 32"]
    assert "| SLP | 650 | 640 |" in everything(app)
    assert "| Epoch | 0 | 1 | 2 | 3 | 4 |" in everything(app)
    for key in ("only_right_0", "only_right_1", "templates_0", "templates_1"):
        assert figures[key]["layout"]["title"]["text"]


def test_a_contest_pauses_goes_on_and_stops(open_page) -> None:
    app = open_page(epochs="10000")
    app.click("Train side by side")
    contest = tab(app).contest
    app.wait_for(lambda: all(run.epochs_done for run in contest.runs))
    assert app.messages("success") == []
    app.click("Pause")
    assert contest.status is Status.PAUSED
    app.click("Resume")
    assert contest.status.is_moving
    app.test.button(key=session.key_of("stop", "contest")).click()
    app.run().wait_for(lambda: contest.status.is_over)
    assert contest.status is Status.STOPPED
    assert "stopped" in everything(app)
    assert "test samples" in app.messages("success")[0]


def test_loss_and_a_close_up_are_shown_on_demand(open_page) -> None:
    app = compete(open_page(**FAST))
    before = tab(app).contest
    app.test.segmented_control(key=session.COMPARE_MEASURE).set_value("loss")
    app.test.toggle(key=session.COMPARE_CLOSE_UP).set_value(True)
    layout = app.run().figures["contest_chart"]["layout"]
    assert layout["title"]["text"] == "Loss on the held-out samples (validation)"
    assert "range" in layout["yaxis"]
    assert tab(app).contest is before  # nothing is trained anew


def test_more_networks_join_and_bad_ones_are_told(open_page) -> None:
    app = open_page(**FAST)
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("8, 8")
    app.test.text_input(key=session.COMPARE_MORE[1]).set_value("many")
    compete(app.run())
    assert app.messages("error") == [
        "'many' is not a list of hidden layers\\. Write whole numbers with commas between them, "
        "such as 64, 32, or leave the field empty for a single\\-layer perceptron\\."
    ]
    names = [trace["name"] for trace in app.figures["contest_chart"]["data"]]
    assert names == ["SLP", "MLP 32", "MLP 8-8"]
    app.test.selectbox(key=session.COMPARE_PAIR).set_value(2)
    figures = app.run().figures
    assert figures["templates_1"]["layout"]["title"]["text"] == "MLP 8-8: 8 of 8 hidden units"


def test_a_network_too_large_is_refused_in_a_sentence(open_page) -> None:
    app = open_page(**FAST)
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("4096, 4096")
    app.click("Train side by side")
    assert "parameters; the most is" in app.messages("error")[0]
    assert tab(app).contest is None


def test_changed_settings_are_said_to_wait(open_page) -> None:
    app = compete(open_page(**FAST))
    app.test.text_input(key="hidden_layers").set_value("16")
    app.run()
    assert "The settings or the samples have changed since" in app.messages("info")[0]


def test_settings_without_a_hidden_layer_get_32_units(open_page) -> None:
    app = open_page(hidden_layers="none")
    assert "SLP, MLP 32" in app.messages("info")[0]


def test_the_published_pair_says_that_it_is_training_accuracy(open_page, monkeypatch) -> None:
    app = open_page()
    app.test.segmented_control(key=session.COMPARE_WHAT).set_value("As published")
    app.run()
    assert "98.0 % with a single layer and 99.4 % with 32 hidden units, on the samples they" in (
        everything(app)
    )
    app.click("Train side by side")
    app.wait_for(lambda: all(run.epochs_done > 20 for run in tab(app).contest.runs))
    app.test.button(key=session.key_of("stop", "contest")).click()
    app.run().wait_for(lambda: tab(app).contest.status.is_over)
    assert "**Training accuracy**: SLP" in app.messages("success")[0]
    assert "says nothing about new ones" in app.messages("success")[0]
    assert "| Epoch | 0 | 100 | 200 |" in everything(app)
    title = app.figures["contest_chart"]["layout"]["title"]["text"]
    assert title == "Accuracy on the training samples"
    assert "No samples are held out" in everything(app)
    assert "Nothing is held out, and training accuracy compares memories" in everything(app)
    assert app.button("Compare over seeds").disabled
    assert app.button("Climb the ladder").disabled


def test_a_network_that_diverges_is_told_in_its_row(open_page) -> None:
    app = open_page(
        epochs="3", output="identity", loss="mse", optimizer="sgd", learning_rate="1000"
    )
    compete(app)
    assert any(text.startswith("MLP 32: Diverged at step") for text in app.messages("error"))
    assert "diverged in epoch" in everything(app)
    configs_over_seeds(app, 2)
    assert "MLP 32 diverged with 2 of 2 seeds" in everything(app)


def test_seeds_are_compared_and_the_answer_is_a_sentence(open_page) -> None:
    app = configs_over_seeds(open_page(**FAST))
    predictions = app.messages("success") + app.messages("info")
    assert any("3 seeds" in answer and "MLP 32" in answer for answer in predictions)
    assert "In one run alone, the median one (seed" in everything(app)
    assert "McNemar's test" in everything(app)
    assert "3 of 3" in everything(app)
    figures = app.figures
    assert len(figures["pairs"]["data"]) == 3
    assert figures["differences"]["layout"]["title"]["text"] == "Ahead of SLP, seed by seed"


def test_on_xor_the_seeds_agree(open_page) -> None:
    app = open_page()
    app.test.selectbox(key=session.COMPARE_DATA).set_value("xor")
    configs_over_seeds(app.run(), 4)
    assert "MLP 16 is better than SLP by" in app.messages("success")[0]
    assert "more than luck explains" in app.messages("success")[0]
    assert "Dataset: xor" in everything(app)


def test_several_networks_are_compared_with_a_correction(open_page) -> None:
    app = open_page(epochs="2")
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("8")
    configs_over_seeds(app.run(), 2)
    assert "All p-values allow for 2 comparisons (Holm)" in everything(app)


def test_a_series_stops_with_what_it_has(open_page) -> None:
    app = open_page(epochs="10000")
    app.click("Compare over seeds")
    series = tab(app).series
    app.wait_for(lambda: series.run is not None and series.run.step > 0)
    assert app.button("Compare over seeds").disabled
    app.test.button(key=session.key_of("stop", "series")).click()
    app.run()
    assert series.join(PATIENCE)
    assert series.status is Status.STOPPED
    assert "It ended before two seeds were done" in everything(app.run())


def test_no_verdict_is_given_before_the_last_seed_nor_after_a_stop(open_page) -> None:
    """Whoever may stop when it looks good finds a difference where there is none."""
    app = open_page(**FAST)
    app.test.selectbox(key=session.COMPARE_DATA).set_value("xor")
    app.test.number_input(key=session.COMPARE_SEEDS).set_value(50)
    app.run().click("Compare over seeds")
    series = tab(app).series
    app.wait_for(lambda: len(series.outcomes) > 5)
    assert series.status.is_moving
    assert "of 50 seeds so far. The verdict comes after the last one" in everything(app)
    app.test.button(key=session.key_of("stop", "series")).click()
    app.run()
    assert series.join(PATIENCE)
    app.run()
    assert f"It ended after {len(series.outcomes) // 2} of 50 seeds" in everything(app)
    for word in ("more than luck explains", "McNemar", "p ="):
        assert word not in everything(app)
    assert len(app.figures["differences"]["data"]) == 2


def test_two_quick_clicks_are_both_heard(open_page) -> None:
    app = open_page(**FAST)
    app.button("Try it on XOR, circles and spirals").click()
    app.click("Climb the ladder")
    assert tab(app).shapes is not None
    assert tab(app).ladder is not None


def test_points_without_a_line_between_them_are_drawn(open_page) -> None:
    app = open_page()
    app.click("Try it on XOR, circles and spirals")
    app.wait_for(lambda: not tab(app).shapes.status.is_moving)
    assert tab(app).shapes.status is Status.FINISHED
    titles = [
        figure["layout"]["title"]["text"]
        for key, figure in app.figures.items()
        if key.startswith("land_")
    ]
    assert [title.split(":")[0] for title in titles] == [
        "SLP, xor",
        "SLP, circles",
        "SLP, spirals",
        "MLP 16, xor",
        "MLP 16, circles",
        "MLP 32-32, spirals",
    ]


def test_the_ladder_is_climbed_and_says_how_often(open_page) -> None:
    app = open_page(epochs="1")
    app.test.number_input(key=session.LADDER_SEEDS).set_value(1)
    app.click("Climb the ladder")
    app.wait_for(lambda: not tab(app).ladder.status.is_moving)
    assert len(tab(app).ladder.outcomes) == len(architecture_grid(RunConfig()))
    assert "One seed only" in everything(app)
    assert "do not choose by it" in everything(app)
    assert "| no hidden layer |" in everything(app)
    assert [trace["name"] for trace in app.figures["ladder"]["data"]] == [
        "0 hidden",
        "1 hidden",
        "2 hidden",
        "4 hidden",
    ]


def test_toys_show_boundaries_and_no_templates(open_page) -> None:
    app = compete(open_page(dataset="blobs", **FAST))
    figures = app.figures
    assert "templates_0" not in figures
    assert len(figures["land_contest_1"]["data"]) == 6  # three areas, three clouds


def test_without_a_test_part_nothing_is_said_to_have_diverged(open_page) -> None:
    app = compete(open_page(dataset="xor", test_fraction="0", **FAST))
    titles = [app.figures[f"land_contest_{i}"]["layout"]["title"]["text"] for i in range(2)]
    assert titles == ["SLP, xor: no test samples", "MLP 32, xor: no test samples"]


def test_one_that_was_abandoned_is_not_held_against_one_that_was_tested(open_page) -> None:
    app = open_page(epochs="10000")
    app.click("Train side by side")
    contest = tab(app).contest
    app.wait_for(lambda: all(run.epochs_done for run in contest.runs))
    contest.jobs[1].discard()
    assert contest.jobs[1].join(PATIENCE)
    app.test.button(key=session.key_of("stop", "contest")).click()
    app.run().wait_for(lambda: contest.status.is_over)
    assert contest.arrived == [0]
    assert "only_right_0" not in app.figures


def own_samples(n_features: int, names=("a", "b")) -> Dataset:
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    X = (rng.normal(size=(200, n_features)) + labels[:, np.newaxis]).astype(np.float32)
    return Dataset("own", "mine", X, labels, names, None, 9.0, "value", "me")


def test_another_file_of_ones_own_counts_as_changed(open_page) -> None:
    app = open_page(dataset="own", **FAST)
    tab(app).own = own_samples(5)
    configs_over_seeds(compete(app.run()), 2)
    assert "have changed since" not in everything(app)
    tab(app).own = own_samples(6)
    assert everything(app.run()).count("The settings or the samples have changed since") == 2


def test_own_samples_that_are_no_images_are_said_to_have_no_picture(open_page) -> None:
    app = open_page(dataset="own", **FAST)
    tab(app).own = own_samples(5, ("<b>yes</b>", "*no*"))
    compete(app.run())
    assert "Your samples are no images" in everything(app)
    configs_over_seeds(app, 2)
    assert "2 of 2" in everything(app)


def test_results_outlive_another_page_and_nothing_trains_anew(open_page) -> None:
    app = compete(open_page(**FAST))
    app.test.text_input(key=session.COMPARE_MORE[0]).set_value("8")
    app.run()
    contest = tab(app).contest
    app.go_to("train").go_to("compare")
    assert tab(app).contest is contest
    assert app.test.text_input(key=session.COMPARE_MORE[0]).value == "8"


def test_a_page_that_was_away_is_told_that_the_training_ended(open_page) -> None:
    app = open_page(epochs="10000")
    app.click("Train side by side")
    tab(app).contest.discard()
    app.wait_for(lambda: tab(app).contest.status is Status.ABANDONED)
    assert "lost its connection" in app.messages("warning")[0]


def test_bad_settings_begin_nothing(open_page) -> None:
    app = open_page()
    app.test.text_input(key="hidden_layers").set_value("x")
    app.run()
    assert app.button("Train side by side").disabled
    assert app.button("Compare over seeds").disabled
