"""The views of the Inside page that look at units and decisions, with networks of each kind."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import session
from dashboard.inside import selected_unit, switched_off, units
from experiments.inspection.ablation import HiddenUnit, SwitchedOff
from tests.pages.conftest import App
from tests.pages.test_forged_messages import send
from tests.pages.test_train_runs import table, upload
from tests.waiting import wait_until

VIEWS = ("Units", "Switch units off", "Decision")


@pytest.fixture
def inside(open_app):
    """Train a run, and open the page that looks into it."""

    def open_(view: str = "Units", **query: str) -> App:
        app = open_app(**{"epochs": "3", "hidden_layers": "12", "pace": "full"} | query)
        return app.train("inside", **{session.INSIDE_VIEW: view})

    return open_


def show(app: App, view: str) -> App:
    app.test.segmented_control(key=session.INSIDE_VIEW).set_value(view)
    return app.run()


def captions(app: App) -> str:
    return " ".join(caption.value for caption in app.test.caption)


def title_of(app: App, chart: str) -> str:
    return app.figures[chart]["layout"]["title"]["text"]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"hidden_layers": ""},
        {"hidden_layers": "6,5", "activation": "sigmoid", "scaling": "z-score"},
        {"dataset": "xor"},
        {"dataset": "spirals", "hidden_layers": "6,5", "activation": "tanh"},
        {"output": "identity", "loss": "mse", "validation_fraction": "0", "test_fraction": "0"},
        {"early_stopping": "true", "patience": "1"},
    ],
    ids=lambda query: " ".join(query.values()) or "default",
)
def test_each_view_shows_titled_figures_and_says_what_to_notice(inside, query, view: str) -> None:
    app = inside(view, **query)
    if view == "Switch units off" and query.get("hidden_layers") == "":
        assert "nothing to switch off" in app.test.info[0].value
        return
    assert "What to notice: " in captions(app)
    assert app.figures
    for key, figure in app.figures.items():
        assert figure["layout"]["title"]["text"], key
    assert "nan" not in json.dumps(app.figures).lower().replace("nance", "")


@pytest.mark.parametrize("view", VIEWS)
def test_a_table_is_shown_with_the_names_of_its_features(open_app, view: str) -> None:
    app = upload(open_app(dataset="own", epochs="3", pace="full"), "a.csv", table())
    app.click("Train")
    app = show(app.wait_for(lambda: app.job.status.is_over).go_to("inside"), view)
    assert "What to notice: " in captions(app)
    if view == "Units":
        assert app.figures[session.UNITS_CHART]["layout"]["xaxis"]["ticktext"] == ["a", "b", "c"]
        assert "**Training samples that excite it least**" in [m.value for m in app.test.markdown]
        send(app, session.UNITS_CHART, "click", {"trace": 0, "index": [4, 0]})
        assert app.test.number_input(key=session.UNITS_UNIT).value == 5


@pytest.mark.parametrize("view", VIEWS)
def test_the_pictures_follow_a_run_that_still_trains(open_app, view: str) -> None:
    app = open_app(epochs="500", pace="25", hidden_layers="12").click("Train")
    app = show(app.wait_for(lambda: app.job.run.step > 0).go_to("inside"), view)
    step = app.job.run.step
    wait_until(lambda: app.job.run.step > step)
    news = json.loads(app.test.session_state[session.TAB].live_page.look())["elements"]
    assert {session.UNITS_CHART, session.SWITCHED_OFF_CLASSES_CHART, session.PATH_CHART} & {*news}


def test_what_is_said_of_a_unit_is_of_the_same_epoch_as_its_pictures(open_app) -> None:
    app = open_app(epochs="10000", pace="full", hidden_layers="12").click("Train")
    app = app.wait_for(lambda: app.job.run.epochs_done > 0).go_to("inside")
    drawn = app.content_of("live_caption")[0]["name"]
    assert drawn.startswith("Epoch ")
    assert "costs are of epoch " in captions(app)
    epoch = app.job.run.epochs_done
    wait_until(lambda: app.job.run.epochs_done > epoch)
    news = json.loads(app.test.session_state[session.TAB].live_page.look())["elements"]
    assert {session.UNITS_CHART, session.UNIT_FACTS} <= {*news}
    assert news[session.UNIT_FACTS]["content"]["name"] != drawn
    send(app, session.EPOCH, "epoch", {"epoch": 1, "newest": epoch + 1000})
    assert app.content_of("live_caption")[0]["name"] == "Unit 1"
    assert "costs are of epoch " not in captions(app)


@pytest.mark.parametrize("times", [np.nan, 1e30])
@pytest.mark.parametrize("view", VIEWS)
def test_a_network_that_has_diverged_is_said_to_be_so(inside, view: str, times: float) -> None:
    app = inside()
    app.test.session_state[session.TAB].job.run.network.parameters[:] *= times
    assert "has diverged" in show(app, view).test.warning[0].value


def test_a_click_on_a_picture_selects_its_unit_and_the_order_is_that_asked_for(inside) -> None:
    app = inside()
    send(app, session.UNITS_CHART, "click", {"trace": 0, "index": [0, 11]})
    assert app.test.number_input(key=session.UNITS_UNIT).value == 2
    assert title_of(app, session.UNIT_CHART).startswith("Unit 2: its weights")
    send(app, session.UNITS_CHART, "click", {"trace": 0, "index": [900, 0]})
    assert app.test.number_input(key=session.UNITS_UNIT).value == 2
    app.test.selectbox(key=session.UNITS_ORDER).set_value("Mean activation")
    notes = app.run().figures[session.UNITS_CHART]["layout"]["annotations"]
    means = [float(note["text"].split("<br>")[1]) for note in notes]
    assert means == sorted(means, reverse=True)


def test_dead_units_are_marked_and_found(inside) -> None:
    app = inside(bias_init="zeros", weight_init="he", optimizer="sgd", learning_rate="1e-6")
    run = app.job.run
    run.network.biases[1][3] = -1e3
    run.step += 1  # another version of the network
    app.test.segmented_control(key=session.UNITS_FILTER).set_value("Dead")
    notes = app.run().figures[session.UNITS_CHART]["layout"]["annotations"]
    assert "4<br>dead" in [note["text"] for note in notes]
    app.test.number_input(key=session.UNITS_UNIT).set_value(4)
    (facts,) = app.run().content_of("live_caption")
    assert "It is dead" in facts["text"]


@pytest.mark.parametrize("dataset", ["digits", "xor"])
def test_without_a_hidden_layer_nothing_is_said_of_one(inside, dataset: str) -> None:
    app = inside(hidden_layers="", dataset=dataset)
    for words in ("layers above", "the units below", "turns it on", "dead ones", "way of"):
        assert words not in captions(app)
    assert "way of" not in title_of(app, session.UNIT_CHART)
    assert "is the answer, with the largest z, for " in app.content_of("live_caption")[0]["text"]
    keys = [control.key for control in (*app.test.segmented_control, *app.test.select_slider)]
    assert not {session.UNITS_FILTER, session.UNITS_PENALTY} & {*keys}
    assert "How often it is on" not in app.test.selectbox(key=session.UNITS_ORDER).options
    assert session.EXCITATION_CHART not in app.figures


def test_a_large_penalty_is_said_to_hold_a_unit_down(inside) -> None:
    app = inside()
    assert "each step raises z less 0.15 times the squared length" in captions(app)
    app.test.select_slider(key=session.UNITS_PENALTY).set_value(3.0)
    title = title_of(app.run(), session.EXCITATION_CHART)
    assert title.startswith("The penalty outweighs unit 1, so it is excited less: z from ")
    app.test.select_slider(key=session.UNITS_PENALTY).set_value(0.0)
    title = title_of(app.run(), session.EXCITATION_CHART)
    assert title.startswith("An input made to excite unit 1: z from ")
    assert "each step raises z." in captions(app)
    assert selected_unit.excitation_title("unit 1", np.zeros(1)).endswith("z stays 0")


def test_a_choice_of_another_run_is_forgotten_where_it_does_not_fit(inside) -> None:
    app = inside(hidden_layers="6,5")
    app.test.selectbox(key=session.UNITS_LAYER).set_value(3)
    app.test.number_input(key=session.UNITS_UNIT).set_value(10)
    app.run().go_to("train")
    app.test.session_state["hidden_layers"] = "4"
    app.run().click("Train")
    app.wait_for(lambda: app.job.status.is_over).go_to("inside")
    assert title_of(app, session.UNITS_CHART).startswith("Layer 1: ")


def test_a_unit_is_switched_off_by_a_click_on_a_bar_or_in_the_network(inside) -> None:
    app = inside("Switch units off")
    send(app, session.RANKING_CHART, "click", {"trace": 0, "index": [0]})
    (off,) = app.test.session_state[session.SWITCHED_OFF]
    before, after = title_of(app, session.SWITCHED_OFF_CLASSES_CHART).split(" with all, ")
    assert before.removeprefix("Accuracy ") != after.removesuffix(" without")
    send(app, session.SWITCHED_OFF_VIEW, "unit", {"layer": 1, "unit": (off + 1) % 12})
    assert app.test.session_state[session.SWITCHED_OFF] == sorted([off, (off + 1) % 12])
    assert "Together they cost" in captions(app)
    send(app, session.SWITCHED_OFF_VIEW, "unit", {"layer": 2, "unit": 0})
    send(app, session.RANKING_CHART, "click", {"trace": 0, "index": [99]})
    assert len(app.test.session_state[session.SWITCHED_OFF]) == 2
    app.click("All on")
    assert app.test.session_state[session.SWITCHED_OFF] == []
    app.click("Switch off the cheapest")
    assert len(app.test.session_state[session.SWITCHED_OFF]) == 5


def test_a_large_ranking_goes_on_in_the_background_and_can_be_stopped(inside, monkeypatch) -> None:
    monkeypatch.setattr("dashboard.inside.unit_facts.RANKING_SECONDS", 0)
    monkeypatch.setattr("experiments.inspection.ablation.MOST_NUMBERS", 1)
    app = inside("Switch units off")
    ranking = app.test.session_state[session.TAB].ranked_units.ranking
    assert ranking.n_done == 1
    app.click("Rank all units")
    app.wait_for(lambda: ranking.is_over)
    assert "12 units cost nothing" in captions(app) or "of 12 units" in captions(app)
    assert session.RANKING_BUTTON not in [button.key for button in app.test.button]


def test_the_way_goes_to_another_class_and_begins_where_one_clicks(inside) -> None:
    app = inside("Decision")
    assert "flip" in title_of(app, session.PATH_CHART)
    assert not title_of(app, session.PATH_CHART).endswith(": 0 flips")
    send(app, session.NEAR_BOUNDARY_CHART, "click", {"trace": 0, "index": [0, 0]})
    number = app.test.number_input(key=session.SAMPLE_NUMBER).value
    assert title_of(app, session.PATH_CHART).startswith(f"Test sample {number:,} to ")
    app.test.number_input(key=session.PATH_OTHER).set_value(7)
    assert "to test sample 7:" in title_of(app.run(), session.PATH_CHART)


def test_rounding_does_not_make_units_stand_in_for_each_other(monkeypatch) -> None:
    off = [HiddenUnit(1, 0), HiddenUnit(1, 1)]
    lost = np.array([0.9 - 0.8, 0.9 - 0.8])  # a bit less than 0.2
    ranking = SimpleNamespace(is_over=True, units=off, accuracy_lost=lost)
    monkeypatch.setattr(switched_off, "unit_ranking", lambda _: ranking)
    before, after = np.arange(10) < 9, np.arange(10) < 7
    effect = SwitchedOff(np.zeros(10, int), before, after)
    assert switched_off._sum_sentence(None, off, effect) == (
        "Together they cost **20.0 points**; one at a time, their costs add up to 20.0."
    )


def test_costs_are_taken_while_another_thread_measures_more(monkeypatch) -> None:
    ranking = SimpleNamespace(units=[*range(3)], n_done=1, accuracy_lost=np.array([0.1, 0.2]))
    monkeypatch.setattr(units, "unit_ranking", lambda _: ranking)
    inspected = SimpleNamespace(network=SimpleNamespace(sizes=(2, 3, 2)))
    np.testing.assert_allclose(units._costs(inspected, 1), [10, 20, np.nan])


def test_a_ranking_goes_on_when_the_page_is_reloaded(inside, monkeypatch) -> None:
    monkeypatch.setattr("dashboard.inside.unit_facts.RANKING_SECONDS", 0)
    monkeypatch.setattr("experiments.inspection.ablation.MOST_NUMBERS", 1)
    app = inside("Switch units off").click("Rank all units")
    tab = app.test.session_state[session.TAB]
    assert tab.ranked_units.ranking.task in [*tab.works]


def test_numbers_above_a_hundred_are_written_out(inside) -> None:
    app = inside()
    app.job.run.network.parameters[:] *= 300
    app.job.run.step += 1  # another version of the network
    app.test.selectbox(key=session.UNITS_ORDER).set_value("Mean activation")
    app.run()
    assert "e+" not in captions(app)
    for note in app.figures[session.UNITS_CHART]["layout"]["annotations"]:
        assert "e+" not in note["text"]


def test_the_run_shown_after_another_is_deleted_is_at_its_newest_epoch(inside) -> None:
    app = inside().go_to("train").click("Train")
    app.wait_for(lambda: app.job.status.is_over).go_to("inside")
    first = app.test.session_state[session.TAB].run_store.runs[0]
    app.test.selectbox(key=session.CHOSEN).set_value(first.number)
    app.run()
    send(app, session.EPOCH, "epoch", {"epoch": 1, "newest": 3})
    assert app.content_of("epoch_slider")[0]["epoch"] == 1
    app.go_to("train")
    app.test.button(key=session.key_of(session.DELETE_RUN, first.number)).click()
    app.run().go_to("inside")
    assert app.content_of("epoch_slider")[0]["epoch"] == 3
