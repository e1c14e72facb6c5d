"""One step in slow motion: move by move, for a sample or a batch, of whatever network there is."""

import json

import pytest

from dashboard import session
from tests.pages.conftest import App
from tests.pages.test_forged_messages import send


def open_step(open_app, **query: str) -> App:
    app = open_app(**{"epochs": "2", "pace": "full", "hidden_layers": "6"} | query)
    return app.train("one_step")


def motion(app: App) -> session.SlowMotion:
    return app.test.session_state[session.TAB].slow_motion


def moves(app: App) -> list[str]:
    return app.test.pills(key=session.STEP_MOVE).options


def go(app: App, label: str) -> App:
    app.test.button(key=session.key_of(session.STEP_BUTTON, label)).click()
    return app.run()


def learn_from_batch(app: App) -> App:
    app.test.segmented_control(key=session.STEP_LEARNS_FROM).set_value("A batch")
    return app.run()


def place(app: App) -> dict:
    return app.content_of("network_view")[0]["place"]


def words(app: App) -> str:
    texts = [*app.test.markdown, *app.test.caption, *app.test.info]
    return " ".join(text.value for text in texts) + " ".join(c.value for c in app.test.code)


def walk(app: App) -> list[str]:
    """Go through all moves; return what the page says at each."""
    said = [words(app)]
    while not app.test.button(key=session.key_of(session.STEP_BUTTON, "Next")).disabled:
        said.append(words(go(app, "Next")))
    return said


def test_the_buttons_go_through_the_moves_and_the_picture_follows(open_app) -> None:
    app = open_step(open_app)
    assert "Weighted inputs of layer 1" in words(app)
    assert place(app)["layer"] == 1
    assert "move 2 of 13" in words(go(app, "Next"))
    assert "Activations of layer 1" in words(app)
    assert "New weights" in words(go(app, "Last"))
    assert "Memory of the optimizer" in words(go(app, "Back"))
    assert motion(go(app, "First")).move == "z1"


def test_a_click_on_a_symbol_goes_to_its_move_and_on_a_unit_to_that_unit(open_app) -> None:
    app = open_step(open_app)
    app.test.pills(key=session.STEP_MOVE).set_value("delta2")
    app.run()
    assert "Error of the last layer" in words(app)
    send(app, session.STEP_NETWORK_VIEW, "unit", {"layer": 1, "unit": 4})
    assert motion(app).move == "delta1"
    assert motion(app).units == {1: 4}
    assert "unit 5 of layer 1" in words(app)
    send(app, session.STEP_NETWORK_VIEW, "unit", 5, {"layer": 9, "unit": 0})
    assert motion(app).units == {1: 4}


def test_the_film_goes_on_by_itself_until_the_end(open_app) -> None:
    app = go(open_step(open_app), "play")
    assert motion(app).is_playing
    motion(app).shown_at = 0.0
    app.run()
    assert motion(app).move == "a1"
    motion(app).move, motion(app).shown_at = "memory", 0.0
    app.run()
    assert motion(app).move == "new"
    assert not motion(app).is_playing
    assert motion(go(app, "play")).move == "z1"  # from the beginning
    assert not motion(go(app, "play")).is_playing


def test_a_batch_is_the_next_of_the_training_and_its_sum_is_drawn(open_app) -> None:
    app = learn_from_batch(open_step(open_app))
    assert "training makes next, bit for bit" in words(app)
    app.test.pills(key=session.STEP_MOVE).set_value("dW2")
    figure = app.run().figures[session.STEP_ADDENDS_CHART]
    assert "32 samples" in figure["layout"]["title"]["text"]
    assert [
        app.figures[key]["layout"]["title"]["text"] for key in session.STEP_MATRIX_CHARTS[:3]
    ] == [
        "δ₂ (32 × 10)",
        "a₁ (32 × 6)",
        "∂C/∂W₂ (10 × 6)",
    ]
    app.test.number_input(key=session.STEP_ROW).set_value(7)
    assert "sample 7 of the batch" in app.run().content_of("network_view")[0]["about"]


def test_at_an_earlier_epoch_the_memory_begins_at_zero(open_app) -> None:
    app = open_step(open_app)
    app.test.session_state[session.TAB].epoch = 1
    said = words(learn_from_batch(app.run()))
    assert "Of this epoch, the parameters alone are kept, so the optimizer state" in said
    assert "this batch is drawn anew" in said


def test_the_first_sample_is_one_that_is_misread_and_none_of_the_test_part(open_app) -> None:
    app = open_step(open_app)
    (view,) = app.content_of("network_view")
    assert view["about"].startswith("validation sample ")
    assert view["answer"] != view["right"]
    app.test.segmented_control(key=session.SAMPLE_PART).set_value("test")
    assert app.run().content_of("network_view")[0]["about"].startswith("test sample ")


def test_a_drawing_is_told_its_class(open_app) -> None:
    app = open_step(open_app)
    app.test.segmented_control(key=session.SAMPLE_PART).set_value("drawing")
    app.run().test.selectbox(key=session.STEP_CLASS).set_value(4)
    assert app.run().content_of("network_view")[0]["right"] == 4
    app.test.pills(key=session.STEP_MOVE).set_value("delta2")
    assert "output “4”" in words(app.run())


KINDS = {
    "single layer": {"hidden_layers": ""},
    "plane": {"dataset": "circles", "dropout": "0.2", "l1": "0.001", "l2": "0.001"},
    "mse": {"output": "sigmoid", "loss": "mse", "optimizer": "sgd", "max_norm": "1"},
    "early stopping": {"early_stopping": "true", "patience": "1", "optimizer": "nesterov"},
    "diverged": {"learning_rate": "1000", "optimizer": "sgd", "activation": "identity"},
    "deep": {"hidden_layers": "4,4,4", "optimizer": "adamw", "class_weight": "balanced"},
}


@pytest.mark.parametrize("query", KINDS.values(), ids=list(KINDS))
def test_every_move_of_every_kind_of_network_has_its_words(open_app, query: dict) -> None:
    app = open_step(open_app, **query)
    said = walk(app)
    assert len(said) == len(moves(app))
    said += [words(learn_from_batch(app)), words(go(app, "First"))]
    assert not app.test.error
    assert all("nan" not in each and " inf" not in each for each in said)
    figures = json.dumps(app.figures)
    assert "NaN" not in figures


def test_a_batch_that_is_cut_is_not_said_to_be_that_of_the_training(open_app) -> None:
    app = learn_from_batch(open_step(open_app, batch_size="600"))
    assert "Of each batch of 600, 512 are traced." in words(app)
    assert "bit for bit" not in words(app)
