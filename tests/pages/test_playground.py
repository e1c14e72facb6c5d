"""The playground: commands of the browser, other structures, and the settings of its own."""

import json
from collections.abc import Callable

import pytest

from dashboard import session
from dashboard.components.live_feed import LivePage
from dashboard.playground.commands import parse_edit
from dashboard.playground.trainings import MOST_EPOCHS
from dashboard.playground_link import left_out_of_link, link_extras
from data.placed_points import PlacedPoints
from experiments.background.background_task import Status
from tests.pages.conftest import App
from tests.pages.test_forged_messages import send
from tests.waiting import wait_until

KEY, SECOND = session.PLAYGROUND_NETWORK, session.PLAYGROUND_SECOND
QUERY = {"dataset": "xor", "hidden_layers": "3", "epochs": "9000"}
Open = Callable[..., App]


@pytest.fixture
def playground(open_app: Open) -> App:
    return open_app(**QUERY).go_to("playground")


def training(app: App, key: str = KEY):
    return app.tab.playground.trainings[key]


def tell(app: App, *commands: object, seen: object = None) -> dict:
    """Send what the browser would; return the answer."""
    page = app.tab.live_page
    assert isinstance(page, LivePage)
    n = app.tab.playground.command
    numbered = [
        {"n": n + 1 + i, "run": training(app).run.id, **command}
        if isinstance(command, dict)
        else command
        for i, command in enumerate(commands)
    ]
    message = {"page": app.tab.playground.page, "commands": numbered, "seen": seen or {}}
    elements = json.loads(page.look(message))["elements"]
    return {key: element["content"] for key, element in elements.items()}


def test_the_page_shows_an_untrained_network_before_anything_is_asked(open_app: Open) -> None:
    app = open_app().go_to("playground")
    (content,) = app.content_of("plane_network")
    assert content["status"] == "paused"
    assert content["frames"]["steps"] == [0]
    assert app.config.dataset == "circles"


def test_other_pages_have_their_own_settings(open_app: Open) -> None:
    app = open_app().preset(hidden_layers="5").run().go_to("playground")
    assert app.config.dataset == "circles"
    app.go_to("train")
    assert (app.config.dataset, app.config.hidden_layers) == ("digits", (5,))
    app.go_to("playground")
    assert (app.config.dataset, app.config.hidden_layers) == ("circles", (8,))


def test_orders_play_pause_step_and_reset(playground: App) -> None:
    tell(playground, {"do": "play"})
    wait_until(lambda: training(playground).run.step > 0)
    assert tell(playground)[KEY]["status"] in ("playing", "waiting")
    tell(playground, {"do": "pause"})
    wait_until(lambda: training(playground).status is Status.PAUSED)
    step = training(playground).run.step
    answer = tell(playground, {"do": "batch"})[KEY]
    wait_until(lambda: training(playground).run.step == step + 1)
    before = training(playground).run
    answer = tell(playground, {"do": "reset"})[KEY]
    assert answer["run"] != before.id
    assert answer["frames"]["steps"] == [0]


def test_an_order_that_comes_twice_is_met_once(playground: App) -> None:
    tell(playground, {"do": "reset"})
    run = training(playground).run
    page = playground.tab.live_page
    again = {"n": playground.tab.playground.command, "do": "reset"}
    page.look({"page": playground.tab.playground.page, "commands": [again], "seen": {}})
    assert training(playground).run is run


def test_the_browser_gets_what_it_has_not_seen(playground: App) -> None:
    run = training(playground).run
    tell(playground, {"do": "edit", "values": {"0": 1.5}, "frozen": [0]})
    answer = tell(playground, seen={run.id: 0})[KEY]
    assert answer["frames"]["numbers"] == [1]
    assert answer["frozen"] == [0]
    assert run.network.parameters[0] == 1.5


def test_what_cannot_be_edited_is_explained(playground: App) -> None:
    answer = tell(playground, {"do": "edit", "values": {"0": 1e9}, "frozen": []})[KEY]
    assert "from -1,000 to 1,000" in answer["remark"]
    answer = tell(playground, {"do": "edit", "values": {"99999": 1.0}, "frozen": []})[KEY]
    assert "no parameter 99999" in answer["remark"]
    assert not tell(playground, {"do": "pause"})[KEY]["remark"]


FORGED = [
    5,
    None,
    [],
    {"do": "edit"},
    {"do": "edit", "values": [], "frozen": {}},
    {"do": "edit", "values": {"x": 1}, "frozen": []},
    {"do": "edit", "values": {"0": "1"}, "frozen": []},
    {"do": "edit", "values": {"0": True}, "frozen": []},
    {"do": "edit", "values": {"0": 10**400}, "frozen": []},
    {"do": "edit", "values": {}, "frozen": [1.5]},
    {"do": "edit", "values": {}, "frozen": [-1]},
    {"do": "edit", "values": {"0": float("nan")}, "frozen": []},
    {"do": "edit", "run": ["x"], "values": {}, "frozen": []},
    {"do": "pace", "pace": "lightning"},
    {"do": "pace", "pace": ["epoch"]},
    {"do": "explode"},
]


def test_forged_orders_change_nothing(playground: App) -> None:
    before = training(playground).run.network.parameters.copy()
    for command in FORGED:
        tell(playground, command)
    for message in (None, 5, {}, {"page": "x", "commands": [], "seen": {}}):
        playground.tab.live_page.look(message)
    tell(playground, seen={"a": "b", training(playground).run.id: "c"})
    assert (training(playground).run.network.parameters == before).all()
    assert playground.tab.playground.pace == "epoch"


@pytest.mark.parametrize("place", ["²", "-1", "1" * 9, ""])
def test_places_that_are_no_numbers_are_none(place: str) -> None:
    assert parse_edit({"values": {place: 1.0}, "frozen": []}) is None


def test_buttons_change_the_layers_and_the_features(playground: App) -> None:
    send(playground, KEY, "structure", {"hidden_layers": [4, 2]}, {"features": ["x1x1", "x1"]})
    assert playground.config.hidden_layers == (4, 2)
    assert playground.config.features == ("x1", "x1x1")
    assert training(playground).run.plan.sizes == (2, 4, 2, 2)
    send(
        playground,
        KEY,
        "structure",
        {"hidden_layers": ["4"]},
        {"hidden_layers": [0]},
        {"hidden_layers": [10**9] * 50},
        {"features": ["y"]},
        {"features": []},
        7,
    )
    assert playground.config.hidden_layers == (4, 2)


def test_another_learning_rate_goes_on_with_the_same_network(playground: App) -> None:
    before = training(playground)
    playground.test.select_slider(key="learning_rate").set_value(0.1)
    playground.run()
    assert training(playground) is not before  # it had not begun
    tell(playground, {"do": "batch"})
    wait_until(lambda: training(playground).run.step == 1)
    before = training(playground)
    playground.test.select_slider(key="learning_rate").set_value(0.3)
    playground.run()
    assert training(playground) is before
    assert before.run.learning_rate == 0.3
    tell(playground, {"do": "reset"})
    assert training(playground).run.initial_config.learning_rate == 0.3
    after = training(playground)
    assert training(playground.run()) is after


def test_other_first_weights_have_another_seed(playground: App) -> None:
    before = training(playground).run.network.parameters.copy()
    send(playground, KEY, "structure", {"seed": "another"}, {"seed": 7})
    assert playground.config.seed == 1
    assert (training(playground).run.network.parameters != before).any()


def test_a_second_network_differs_in_one_setting_alone(playground: App) -> None:
    setting = session.key_of(session.SECOND_SETTING, playground.tab.playground.page)
    playground.preset(**{setting: "activation"}).run()
    first, second = training(playground).run, training(playground, SECOND).run
    assert second.config == first.config.model_copy(update={"activation": second.config.activation})
    assert second.config.activation != first.config.activation
    assert (first.network.parameters == second.network.parameters).all()
    tell(playground, {"do": "epoch"})
    wait_until(lambda: training(playground, SECOND).run.epochs_done == 1)
    playground.preset(**{setting: "none"}).run()
    assert list(playground.tab.playground.trainings) == [KEY]


def test_a_run_that_is_kept_is_there_on_other_pages(playground: App) -> None:
    tell(playground, {"do": "epoch"})
    wait_until(lambda: training(playground).status is Status.PAUSED)
    run = training(playground).run
    playground.click("Keep this run")
    assert [stored.run for stored in playground.tab.run_store.runs] == [run]
    assert training(playground).run is not run
    playground.go_to("inside")
    assert session.PLAYGROUND_NETWORK not in playground.tab.live_elements
    assert playground.tab.job.run is run
    assert playground.config == run.config


def test_both_networks_are_kept_and_the_next_one_is_shown_after_them(open_app: Open) -> None:
    app = open_app(**QUERY, differs="activation:tanh").go_to("playground")
    for n_kept in (2, 4):
        tell(app, {"do": "epoch"})
        wait_until(
            lambda: all(t.run.epochs_done == 1 for t in app.tab.playground.trainings.values())
        )
        runs = [each.run for each in app.tab.playground.trainings.values()]
        app.run().click("Keep this run")
        wait_until(lambda: all(stored.job.status.is_over for stored in app.tab.run_store.runs))
        assert [stored.run for stored in app.tab.run_store.runs][-2:] == runs
        assert len(app.tab.run_store.runs) == n_kept
        assert app.tab.job.run is runs[0]
        assert runs[0].result is not None
        assert app.content_of("plane_network")[0]["run"] != runs[0].id


def test_a_network_that_has_not_learned_is_not_kept(playground: App) -> None:
    playground.click("Keep this run")
    assert "Train a step first" in playground.messages("info")[0]
    assert not playground.tab.run_store.runs


def test_what_is_too_large_to_be_drawn_can_be_shrunk(open_app: Open) -> None:
    app = open_app(dataset="xor", hidden_layers="64,17,9").go_to("playground")
    assert "drawn whole" in app.messages("info")[0]
    app.click("Take 16 units, and fewer layers")
    assert app.config.hidden_layers == (16, 16, 9)


def test_a_network_with_early_stopping_stops_for_good_and_the_other_goes_on(
    open_app: Open,
) -> None:
    query = QUERY | {"epochs": "2", "play_pace": "fast", "differs": "early_stopping:true"}
    app = open_app(**query).go_to("playground")
    tell(app, {"do": "play"})
    wait_until(lambda: all(t.status.is_over for t in app.tab.playground.trainings.values()))
    assert "Reset begins anew" in tell(app)[SECOND]["remark"]
    assert not tell(app)[KEY]["isStuck"]
    tell(app, {"do": "play"})
    wait_until(lambda: training(app).run.epochs_done == 4)
    assert training(app, SECOND).run.epochs_done == 2


def test_at_the_most_epochs_there_are_no_more(open_app: Open) -> None:
    app = open_app(**QUERY | {"epochs": "2"}).go_to("playground")
    training(app).run.complete()
    training(app).run.history[-1] = training(app).run.history[-1]._replace(epoch=MOST_EPOCHS)
    training(app)._end(Status.FINISHED)
    answer = tell(app, {"do": "play"})[KEY]
    assert answer["isStuck"]
    assert "Reset begins anew" in answer["remark"]


def test_a_link_holds_the_pace_the_second_network_and_points_placed_by_hand(
    open_app: Open,
) -> None:
    rows = [(i / 20, (-1) ** i * 0.5, i % 2) for i in range(20)]
    points = PlacedPoints(tuple(rows))
    query = {
        "dataset": "own",
        "batch_size": "4",
        "hidden_layers": "3",
        "placed": points.to_text(),
        "differs": "hidden_layers:5,2",
        "play_pace": "slow",
    }
    app = open_app(**query).go_to("playground")
    assert not app.messages("error") + app.messages("warning")
    assert app.tab.playground.placed == points
    assert training(app).run.plan.n_training == 12
    assert training(app, SECOND).run.config.hidden_layers == (5, 2)
    assert app.tab.playground.pace == "slow"
    with session.looking_at(app.tab):
        extras = link_extras()
    assert extras == {name: query[name] for name in ("placed", "play_pace")} | {
        "differs": "hidden_layers:5, 2",
        "epochs": "2000",
    }
    app.go_to("explore").go_to("playground")
    assert training(app, SECOND).run.config.hidden_layers == (5, 2)


@pytest.mark.parametrize("text", ["dataset:digits", "seed:5", "points:40", "l2:x", "x", ":", "l2"])
def test_a_second_network_that_makes_no_sense_is_left_out(open_app: Open, text: str) -> None:
    app = open_app(**QUERY | {"differs": text, "placed": "x", "play_pace": "x"})
    app.go_to("playground")
    assert list(app.tab.playground.trainings) == [KEY]
    assert app.tab.playground.pace == "epoch"


def test_points_are_learned_once_there_are_enough_and_no_more_once_there_are_not(
    playground: App,
) -> None:
    rows = [[i / 20, (-1) ** i * 0.5, i % 2] for i in range(20)]
    editor = session.POINT_EDITOR
    message = {"id": playground.tab.playground.placed.id, "points": rows}
    send(playground, editor, "points", message)
    assert training(playground).run.plan.n_training == 12
    assert playground.config.batch_size == 5
    assert playground.config.hidden_layers == (3,)
    message = {"id": playground.tab.playground.placed.id, "points": rows[:3]}
    send(playground, editor, "points", message)
    assert playground.tab.own is None
    assert "Place points by hand" in playground.messages("info")[0]


def test_nothing_plays_out_of_sight_and_what_was_typed_is_there_again(playground: App) -> None:
    tell(playground, {"do": "play"})
    wait_until(lambda: training(playground).run.step > 0)
    playground.test.text_input(key="hidden_layers").set_value("many")
    playground.run().go_to("explore")
    wait_until(lambda: training(playground).status is Status.PAUSED)
    assert playground.config.dataset == "digits"
    playground.go_to("playground")
    assert playground.test.text_input(key="hidden_layers").value == "many"
    assert playground.messages("error")


def test_a_network_that_is_not_drawn_does_not_play(playground: App) -> None:
    tell(playground, {"do": "play"})
    wait_until(lambda: training(playground).run.step > 0)
    playground.test.selectbox(key="dataset").set_value("digits")
    playground.run()
    assert "points in the plane" in playground.messages("info")[0]
    wait_until(lambda: training(playground).status is Status.PAUSED)


def test_an_edit_of_another_run_changes_nothing(playground: App) -> None:
    before = training(playground).run
    tell(playground, {"do": "reset"})
    what = {"do": "edit", "run": before.id, "values": {"0": 9.0}, "frozen": [0]}
    assert tell(playground, what)[KEY]["frozen"] == []
    assert 9.0 not in training(playground).run.network.parameters


def test_a_training_that_was_abandoned_before_its_first_step_can_begin(playground: App) -> None:
    tell(playground, {"do": "edit", "values": {"0": 1.5}, "frozen": [0]})
    training(playground)._end(Status.ABANDONED)
    answer = tell(playground)[KEY]
    assert not answer["isStuck"]
    assert not answer["remark"]
    tell(playground, {"do": "batch"})
    wait_until(lambda: training(playground).run.step == 1)
    assert training(playground).run.network.parameters[0] == 1.5


def test_a_kept_run_that_diverged_has_diverged(open_app: Open) -> None:
    app = open_app(**QUERY, learning_rate="1000", optimizer="sgd").go_to("playground")
    tell(app, {"do": "play"})
    wait_until(lambda: training(app).run.diverged is not None)
    app.run().click("Keep this run")
    (stored,) = app.tab.run_store.runs
    assert stored.job.status is Status.DIVERGED


def test_a_second_network_that_would_be_the_same_is_none(open_app: Open) -> None:
    app = open_app(**QUERY, differs="l2:0").go_to("playground")
    assert list(app.tab.playground.trainings) == [KEY]
    assert any("both would be the same" in caption.value for caption in app.test.caption)


def test_a_damaged_link_says_what_is_wrong_with_it(open_app: Open) -> None:
    app = open_app(**QUERY, differs="activation:foo", placed="AAA").go_to("playground")
    assert "second network with 'activation:foo'" in tell(app)[KEY]["remark"]
    assert app.tab.playground.placed_problem in [caption.value for caption in app.test.caption]
    assert app.tab.playground.placed_problem


def test_what_a_link_cannot_hold_is_said(playground: App) -> None:
    rows = [[i / 500, (-1) ** i * 0.5, i % 2] for i in range(400)]
    message = {"id": playground.tab.playground.placed.id, "points": rows}
    send(playground, session.POINT_EDITOR, "points", message)
    tell(playground, {"do": "edit", "values": {}, "frozen": [0]})
    with session.looking_at(playground.tab):
        assert session.PLACED not in link_extras()
        too_many, by_hand = left_out_of_link()
    assert "Erase 100 of them" in too_many
    assert "set or frozen by hand" in by_hand


def test_images_have_no_place_in_the_plane(open_app: Open) -> None:
    app = open_app(dataset="digits").go_to("playground")
    assert "points in the plane" in app.messages("info")[0]


def test_a_run_that_diverges_says_why(open_app: Open) -> None:
    app = open_app(**QUERY, learning_rate="1000", optimizer="sgd").go_to("playground")
    tell(app, {"do": "play"})
    wait_until(lambda: training(app).run.diverged is not None)
    answer = tell(app)[KEY]
    assert "Diverged at step" in answer["remark"]
    assert answer["isStuck"]
    assert tell(app, {"do": "reset"})[KEY]["isStuck"] is False


def test_play_goes_on_after_the_last_epoch(open_app: Open) -> None:
    app = open_app(**QUERY | {"epochs": "2"}).go_to("playground")
    tell(app, {"do": "play"})
    wait_until(lambda: training(app).status is Status.FINISHED)
    assert "2 epochs are over" in tell(app)[KEY]["remark"]
    tell(app, {"do": "play"})
    wait_until(lambda: training(app).run.epochs_done == 4)
