"""The Draw page: what is on the pad is read by each network, step by step."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dashboard import session
from dashboard.components.digit_pad import PAD_SIDE
from dashboard.draw.views import VIEWS
from data.datasets import load
from data.download import FOLDER_VARIABLE
from data.drawing import PREPARATIONS
from tests.drawn_digits import placed
from tests.pages.conftest import App
from tests.pages.test_forged_messages import send


def strokes_of(name: str, width: float = 22) -> list:
    """Strokes as the pad sends them."""
    digit = placed(name, 0.8, 3)
    return [[[PAD_SIDE * x, PAD_SIDE * y, width] for x, y in stroke] for stroke in digit.strokes]


@pytest.fixture
def draw(open_app, monkeypatch, tmp_path):
    """Open the Draw page on a machine that has no files of MNIST."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return lambda **query: open_app(**query).go_to("draw")


def tab_of(app: App) -> session.Tab:
    return app.test.session_state[session.TAB]


def draw_on(app: App, strokes: list, *, is_down: bool = False) -> dict:
    """Let the browser tell what is on the pad; return what it is told of the page."""
    tab = tab_of(app)
    message = {"id": tab.drawing.id, "strokes": strokes, "isDown": is_down}
    return json.loads(tab.live_page.look(message))["elements"]


def answers(news: dict, key: str = session.CLASS_BARS) -> list[str]:
    return [each["answer"] for each in news[key]["content"]["answers"]]


def choose(app: App, network: str) -> App:
    app.test.selectbox(key=session.DRAW_NETWORK).set_value(network)
    return app.run()


def show(app: App, view: str) -> App:
    app.test.segmented_control(key=session.DRAW_VIEW).set_value(view)
    return app.run()


def test_a_digit_is_read_on_the_first_visit_without_training(draw) -> None:
    app = draw()
    (before,) = app.content_of("class_bars")[0]["answers"]
    assert (before["answer"], before["how"]) == ("–", "Draw a digit on the pad.")
    for name in ("3 round", "7 plain", "0 round"):
        assert answers(draw_on(app, strokes_of(name))) == [name[0]]


def test_the_network_view_and_the_steps_follow_while_the_pen_is_down(draw) -> None:
    app = draw()
    (before,) = app.content_of("network_view")
    assert (before["says"], before["about"]) == ("", "What it makes of a blank pad")
    news = draw_on(app, strokes_of("3 round"), is_down=True)
    assert news[session.DRAWN_NETWORK_VIEW]["content"]["says"].startswith("The network says 3")
    pictures = news[session.DRAWING_STEPS]["content"]["pictures"]
    assert len(pictures) == 1 + len(PREPARATIONS["mnist"].steps)
    assert pictures[-1]["shape"] == [28, 28]


def test_a_step_can_be_left_out_and_made_again(draw) -> None:
    app = draw()
    draw_on(app, [[[x, y / 4, w] for x, y, w in stroke] for stroke in strokes_of("3 round")])
    before = app.run().content_of("drawing_steps")[0]
    send(app, session.DRAWING_STEPS, "switched", "crop")
    after = app.content_of("drawing_steps")[0]
    assert after["leftOut"] == ["crop"]
    assert after["pictures"][-1] != before["pictures"][-1]
    send(app, session.DRAWING_STEPS, "switched", "no such step", 5, None, ["crop"])
    assert app.content_of("drawing_steps")[0] == after
    send(app, session.DRAWING_STEPS, "switched", "crop")
    assert app.content_of("drawing_steps")[0] == before


def test_all_networks_read_the_same_drawing_and_the_newest_run_is_at_large(draw) -> None:
    app = draw(epochs="20", pace="full").go_to("train").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    app.go_to("draw")
    news = draw_on(app, strokes_of("0 round"))
    titles = [each["title"] for each in news[session.ALL_CLASS_BARS]["content"]["answers"]]
    assert titles == ["Run 1", "MNIST, for drawings", "Digits, for drawings"]
    assert answers(news, session.ALL_CLASS_BARS) == ["0", "0", "0"]
    assert news[session.DRAWING_STEPS]["content"]["pictures"][-1]["shape"] == [8, 8]
    choose(app, "mnist-drawn")
    assert app.content_of("drawing_steps")[0]["pictures"][-1]["shape"] == [28, 28]


def test_a_run_on_points_cannot_read_drawings(draw) -> None:
    app = draw(dataset="xor", epochs="2", pace="full").go_to("train").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    app.go_to("draw")
    assert len(app.content_of("class_bars")[1]["answers"]) == 2
    assert answers(draw_on(app, strokes_of("3 round"))) == ["3"]


def test_the_drawing_is_there_after_another_page_and_the_same_view(draw) -> None:
    app = show(draw(), "Another answer")
    draw_on(app, strokes_of("3 round"))
    app.go_to("explore").go_to("draw")
    assert app.content_of("class_bars")[0]["answers"][0]["answer"] == "3"
    assert session.OTHER_ANSWER_CHART in app.figures


def test_the_nearest_training_images_are_those_of_the_same_digit(draw) -> None:
    app = choose(show(draw(), "Nearest images"), "digits-drawn")
    draw_on(app, strokes_of("0 round"))
    loading = tab_of(app).loading_samples["digits-drawn"]
    loading.result(20)
    captions = app.run().figures[session.DRAWN_NEIGHBORS_CHART]["layout"]["annotations"]
    assert sum(note["text"].startswith("0") for note in captions) > 8


def test_a_stroke_that_comes_while_a_page_is_drawn_does_not_break_it(draw) -> None:
    app = choose(show(draw(), "Nearest images"), "digits-drawn")
    draw_on(app, strokes_of("0 round"))
    tab_of(app).loading_samples["digits-drawn"].result(20)

    drawing = tab_of(app).drawing

    class Interrupted(dict):
        def __setitem__(self, what: tuple, made: object) -> None:
            super().__setitem__(what, made)
            if what[0] == "nearest":
                drawing.change(drawing.strokes, is_pen_down=False)

    drawing.prepared = Interrupted()
    app.run()
    assert type(drawing.prepared) is dict  # there was a change


def test_the_samples_of_a_deleted_run_are_let_go(draw) -> None:
    app = draw(epochs="1", pace="full").go_to("train").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    deleted = app.job.run.id
    draw_on(app.go_to("draw"), strokes_of("0 round"))
    loading = tab_of(app).loading_samples
    assert deleted in loading
    store = tab_of(app).run_store
    store.remove(store.runs[0])
    choose(app.run(), "digits-drawn")
    assert set(loading) == {"digits-drawn"}


def test_where_the_training_images_are_not_here_the_page_says_how_to_get_them(draw) -> None:
    app = show(draw(), "Nearest images")
    assert "are fetched" in app.test.info[0].value


@pytest.mark.parametrize("wanted", ["7", "3", "The second best"])
def test_what_it_takes_for_another_answer_is_never_the_answer_itself(draw, wanted: str) -> None:
    app = show(draw(), "Another answer")
    draw_on(app, strokes_of("3 round"))
    app.test.selectbox(key=session.OTHER_ANSWER).set_value(wanted)
    title = app.run().figures[session.OTHER_ANSWER_CHART]["layout"]["title"]["text"]
    other, _, rest = title.partition(" instead of ")
    assert rest.startswith("3: gap ")
    assert other == "7" if wanted == "7" else other != "3"


def test_a_picture_of_something_else_is_asked_about_and_a_digit_is_not(draw) -> None:
    app = choose(draw(), "digits-drawn")
    draw_on(app, strokes_of("0 round"))
    tab_of(app).loading_samples["digits-drawn"].result(20)
    assert app.run().content_of("class_bars")[0]["answers"][0]["note"] == ""
    columns = [[[x, 0, 30], [x, PAD_SIDE, 30]] for x in (10, 140, 270)]
    (answer,) = draw_on(app, columns)[session.CLASS_BARS]["content"]["answers"]
    assert "Not a digit?" in answer["note"]


@pytest.mark.parametrize("name", list(VIEWS))
@pytest.mark.parametrize(
    "strokes",
    [[], [[[140, 140, 280]]], [[[5, 5, 1]]], [[[0, 0, 5], [280, 280, 5], [280, 0, 5]]]],
    ids=["empty", "full", "dot", "scribble"],
)
def test_each_view_has_something_to_say_to_whatever_is_on_the_pad(draw, name, strokes) -> None:
    app = show(draw(), name)
    assert draw_on(app, strokes) is not None
    app.run()
    assert not app.test.error
    (answer,) = app.content_of("class_bars")[0]["answers"]
    assert answer["how"] == ("Draw a digit on the pad." if not strokes else answer["how"])
    assert (answer["answer"] == "–") == (not strokes)


def test_a_look_without_the_request_brings_the_drawing_by_a_rerun(draw) -> None:
    app = draw()
    message = {"id": tab_of(app).drawing.id, "strokes": strokes_of("3 round"), "isDown": False}
    send(app, session.DIGIT_PAD, "drawing", 5, {"id": "x"}, message)
    assert app.content_of("class_bars")[0]["answers"][0]["answer"] == "3"


def test_what_is_wrong_with_a_drawing_is_said_where_the_answer_is(draw) -> None:
    app = draw()
    news = draw_on(app, "no strokes")
    assert "Clear the pad" in news[session.CLASS_BARS]["content"]["answers"][0]["note"]


def test_a_run_on_own_images_gets_ink_on_their_scale(draw) -> None:
    digits = load("digits")
    own = replace(digits, name="own", title="mine", X=digits.X / np.float32(16), maximum=1.0)
    app = draw(epochs="20", pace="full").go_to("train")
    tab_of(app).own = own
    app.test.selectbox(key="dataset").set_value("own")
    app.run().click("Train").wait_for(lambda: app.job.status.is_over)
    app.go_to("draw")
    news = draw_on(app, strokes_of("0 round"))
    assert answers(news) == ["0"]
    (pixels, *_) = news[session.DRAWN_NETWORK_VIEW]["content"]["layers"]
    assert 0.9 < pixels["a"]["scale"] <= 1
