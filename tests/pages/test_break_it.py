"""Images are damaged as the slider says, and networks are measured under damage."""

import json

import numpy as np
import pytest

from dashboard import session
from dashboard.draw.break_it import VIEWS
from data.download import FOLDER_VARIABLE, DownloadError
from experiments.background.background_task import Status
from experiments.evaluation import robustness
from experiments.evaluation.robustness import DAMAGES
from experiments.pretrained.pretrained import load_pretrained
from experiments.training.prepared_data import prepare
from tests.pages.conftest import PATIENCE, App
from tests.pages.test_draw import choose, strokes_of, tab_of
from tests.pages.test_every_page import CONTROLS
from tests.pages.test_forged_messages import send

BREAK_IT = "Break it"


@pytest.fixture
def break_it(open_app, monkeypatch, tmp_path):
    """Open the tab with the network of the small digits, whose images come with the app."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    opened: list[App] = []

    def open_(view: str = "One image", network: str = "digits-drawn", **query: str) -> App:
        app = open_app(**query)
        opened.append(app)
        opening = {session.DRAW_TAB: BREAK_IT, session.BREAK_VIEW: view}
        if query:
            app.train("draw", **opening)
        else:
            app.preset(**opening).go_to("draw")
        tab_of(app).left_tabs[session.DRAW_TAB] = BREAK_IT
        if network:
            choose(app, network)
        return app

    yield open_
    for app in opened:
        if task := tab_of(app).breaking.robustness:
            task.discard()
            assert task.join(PATIENCE)


def first_label() -> int:
    """Return the label of the first test image, which the network reads right."""
    prepared = prepare(load_pretrained("digits-drawn").config)
    return int(prepared.dataset.labels[prepared.split.test[0]])


def with_images(app: App) -> App:
    """Wait until the test images of the small digits are there."""
    tab_of(app).loading_samples["digits-drawn"].result(PATIENCE)
    return app.run()


def damage(app: App, name: str) -> App:
    app.test.segmented_control(key=session.BREAK_DAMAGE).set_value(name)
    return app.run()


def move(app: App, position: object, name: str = "rotation") -> dict:
    """Move the slider; return what the browser is told of the page."""
    message = {"slider": name, "position": position}
    return json.loads(tab_of(app).live_page.look(message))["elements"]


def answers(app: App) -> list[str]:
    return [each["answer"] for each in app.content_of("class_bars")[0]["answers"]]


def slider(app: App) -> dict:
    (found,) = app._data_of("live_slider")
    return found


def pictures(app: App) -> list[dict]:
    return app.content_of("damage_pictures")[0]["pictures"]


def caption_of_change(app: App) -> str:
    return pictures(app)[1]["caption"]


def test_on_the_first_visit_there_is_a_digit_to_break(break_it) -> None:
    app = break_it(network="")
    assert answers(app)[0] == "3"
    assert app.content_of("network_view")[0]["about"] == "An example, until you draw"
    app.test.segmented_control(key=session.BREAK_SOURCE).set_value("Test image")
    assert any("not on this machine" in each.value for each in app.run().test.caption)


def test_test_images_appear_once_they_are_loaded(break_it) -> None:
    app = break_it()
    tab_of(app).loading_samples["digits-drawn"].result(PATIENCE)
    app = with_images(app)
    (view,) = app.content_of("network_view")
    assert view["about"] == f"Test image 1, labeled {first_label()}"
    assert view["right"] == first_label()


def test_pictures_answers_and_network_follow_the_slider(break_it) -> None:
    app = damage(with_images(break_it()), "rotation")
    news = move(app, 90)
    assert set(news) == {
        session.BREAK_PICTURES,
        session.BREAK_CLASS_BARS,
        session.BREAK_NETWORK_VIEW,
    }
    undamaged, damaged = news[session.BREAK_CLASS_BARS]["content"]["answers"]
    assert undamaged["shares"] != damaged["shares"]
    assert slider(app.run())["position"] == 90
    move(app, 0)
    undamaged, damaged = app.run().content_of("class_bars")[0]["answers"]
    assert undamaged["shares"] == damaged["shares"]
    assert "at most 0, root mean square 0" in caption_of_change(app)


def test_each_damage_has_limits_in_its_unit_and_a_visible_beginning(break_it) -> None:
    app = with_images(break_it())
    for name in DAMAGES:
        sent = slider(damage(app, name))
        assert sent["unit"] == DAMAGES[name].unit
        assert sent["low"] in (0, -sent["high"])
        assert "at most 0," not in caption_of_change(app)
        for end in (sent["high"], sent["low"]):
            assert set(move(app, end, name)) >= {session.BREAK_PICTURES}


def test_an_attack_changes_each_pixel_by_eps_and_reaches_its_target(break_it) -> None:
    app = damage(with_images(break_it()), "gradient-sign")
    move(app, 20, "gradient-sign")
    assert "at most 2, " in caption_of_change(app.run())
    assert answers(app)[0] == str(first_label())
    move(app, 40, "gradient-sign")
    said = {}
    for target in "0123456789":
        app.test.selectbox(key=session.BREAK_TARGET).set_value(target)
        said[target] = answers(app.run())[1]
    assert sum(target == answer for target, answer in said.items()) > 1  # not the truth alone


def test_another_draw_of_what_is_random_is_another_picture(break_it) -> None:
    app = damage(with_images(break_it()), "noise")
    before = pictures(app)
    assert pictures(app.run()) == before
    assert pictures(app.click("Again")) != before
    assert "Again" not in [button.label for button in damage(app, "blur").test.button]


def test_the_drawing_can_be_broken_as_well(break_it) -> None:
    app = with_images(break_it())
    tab_of(app).drawing = session.Drawing([np.array(each) for each in strokes_of("7 plain")])
    app.test.segmented_control(key=session.BREAK_SOURCE).set_value("My drawing")
    assert answers(app.run())[0] == "7"
    move(damage(app, "gradient-sign"), 40, "gradient-sign")  # away from its answer
    undamaged, damaged = app.run().content_of("class_bars")[0]["answers"]
    assert undamaged["shares"][7] > damaged["shares"][7]


FORGED = [
    {"slider": "rotation", "position": 91},
    {"slider": "rotation", "position": -(10**30)},
    {"slider": "rotation", "position": 1.5},
    {"slider": "no such damage", "position": 1},
    {"slider": "rotation"},
    [1, 2],
    "1",
    5,
]


def test_a_forged_position_moves_nothing(break_it) -> None:
    app = damage(with_images(break_it()), "rotation")
    before = slider(app)["position"]
    for message in FORGED:
        assert json.loads(tab_of(app).live_page.look(message))["elements"] == {}
    send(app, session.BREAK_SLIDER, "moved", *FORGED)
    assert slider(app)["position"] == before
    send(app, session.BREAK_SLIDER, "moved", {"slider": "rotation", "position": -7})
    assert slider(app)["position"] == -7


FORGED_CHOICES = {
    session.BREAK_DAMAGE: "no such damage",
    session.BREAK_VIEW: "no such view",
    session.BREAK_SOURCE: "no such source",
}


@pytest.mark.parametrize("key", FORGED_CHOICES)
def test_a_choice_that_is_not_there_changes_nothing(break_it, key: str) -> None:
    app = with_images(break_it())
    app.test.session_state[key] = FORGED_CHOICES[key]
    assert answers(app.run())[0] == str(first_label())


def test_a_target_that_is_not_there_is_none(break_it) -> None:
    app = damage(with_images(break_it()), "gradient-sign")
    before = app.content_of("class_bars")
    states = app.test._tree.get_widget_states()
    target = app.test.selectbox(key=session.BREAK_TARGET)
    next(each for each in states.widgets if each.id == target.id).string_value = "11"
    app.test._run(states)
    assert not app.test.exception
    assert app.content_of("class_bars") == before


def test_a_test_image_that_is_not_there_is_the_last(break_it) -> None:
    app = with_images(break_it())
    tab_of(app).breaking.image = 10**9
    n_images = app.run().test.number_input(key=session.BREAK_IMAGE).max
    assert tab_of(app).breaking.image == n_images - 1


def test_all_is_as_it_was_after_another_page(break_it) -> None:
    app = damage(with_images(break_it()), "blur")
    move(app, 17, "blur")
    app.test.number_input(key=session.BREAK_IMAGE).set_value(5)
    app.run().go_to("explore").go_to("draw")
    assert (slider(app)["name"], slider(app)["position"]) == ("blur", 17)
    assert app.content_of("network_view")[0]["about"].startswith("Test image 5")


def test_saliency_is_of_the_class_that_is_asked_for(break_it) -> None:
    app = with_images(break_it("Where the gradient points"))
    figure = app.figures[session.SALIENCY_CHART]
    assert figure["layout"]["title"]["text"] == f"Gradient of the logit of {first_label()}"
    another = str((first_label() + 1) % 10)
    app.test.selectbox(key=session.SALIENCY_CLASS).set_value(another)
    other = app.run().figures[session.SALIENCY_CHART]
    assert other["layout"]["title"]["text"] == f"Gradient of the logit of {another}"
    assert other["data"][0] != figure["data"][0]


def test_before_a_measurement_there_is_an_example(break_it) -> None:
    app = break_it("Whole test part")
    names = [trace.get("name") for trace in app.figures[session.ROBUSTNESS_CHART]["data"]]
    assert "MLP, augmented" in names
    assert any("Digits, for drawings" in each.value for each in app.test.markdown)


def test_runs_pretrained_networks_and_a_single_layer_are_measured(break_it, monkeypatch) -> None:
    monkeypatch.setattr(robustness, "MAX_TEST_IMAGES", 40)
    query = {"epochs": "3", "hidden_layers": "8", "pace": "full"}
    app = break_it("Whole test part", network="", **query)
    app.test.segmented_control(key=session.ROBUSTNESS_DAMAGE).set_value("blur")
    app.run().click("Measure")
    task = tab_of(app).breaking.robustness
    app.wait_for(lambda: task.status.is_over)
    assert (task.status, task.left_out) == (Status.FINISHED, [])
    traces = app.figures[session.ROBUSTNESS_CHART]["data"]
    names = [trace["name"] for trace in traces if trace.get("name")]
    assert names == ["Run 1", "Digits, for drawings", "Single layer", "guessing"]
    assert app.figures[session.ROBUSTNESS_CHART]["layout"]["title"]["text"] == (
        "Accuracy under blur"
    )
    app.go_to("explore").go_to("draw")
    assert len(app.figures[session.ROBUSTNESS_CHART]["data"]) == len(traces)


def test_a_run_without_a_result_keeps_its_test_part(break_it, open_app) -> None:
    app = open_app().click("+1 batch")
    app.wait_for(lambda: app.job.run.step == 1).go_to("draw")
    app.test.session_state[session.DRAW_TAB] = BREAK_IT
    app.test.session_state[session.BREAK_VIEW] = "Whole test part"
    (example,) = [each.value for each in app.run().test.markdown if "Example" in each.value]
    assert example.endswith("will compare: Digits, for drawings, Single layer (trained for this).")


def test_a_measurement_can_be_stopped_and_says_so(break_it) -> None:
    app = break_it("Whole test part").click("Measure")
    app.click("Stop")
    task = tab_of(app).breaking.robustness
    app.wait_for(lambda: task.status.is_over)
    assert task.status in (Status.STOPPED, Status.FINISHED)
    assert any("stopped" in each.value for each in app.test.info) == (task.status is Status.STOPPED)


def test_networks_whose_images_are_not_here_are_left_out_with_a_reason(
    break_it, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DownloadError("It could not be downloaded.")

    for module in ("break_whole", "trained_networks"):
        monkeypatch.setattr(f"dashboard.draw.{module}.prepare", fail)
    app = break_it("Whole test part", network="mnist-drawn")
    app.click("Measure")
    task = tab_of(app).breaking.robustness
    app.wait_for(lambda: task.status.is_over)
    assert len(task.left_out) == 2
    assert any("could not be downloaded" in each.value for each in app.test.caption)


@pytest.mark.parametrize("view", VIEWS)
def test_every_control_is_explained_and_every_figure_named(break_it, view: str) -> None:
    app = with_images(break_it(view)) if view != "Whole test part" else break_it(view)
    controls = [control for kind in CONTROLS for control in app.test.get(kind)]
    assert not [control.proto.label for control in controls if not control.proto.help]
    for key, figure in app.figures.items():
        assert figure["layout"]["title"]["text"], key
        axes = [figure["layout"].get(name, {}) for name in ("xaxis", "yaxis")]
        assert all(axis.get("visible") is False or axis["title"]["text"] for axis in axes), key
