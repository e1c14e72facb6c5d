"""The gallery of the Draw page: drawings are kept, scored, downloaded, and learned."""

from concurrent.futures import Future

import numpy as np
import pytest

from dashboard import session
from dashboard.draw.fine_tuning_effect import effect_sentence, effect_table, part_sentence
from dashboard.draw.kept_answers import Answer, count_right_drawings, in_words, score_sentence
from data.download import FOLDER_VARIABLE
from data.drawing.gallery import MAX_DRAWINGS, KeptDrawing
from data.drawing.gallery_files import read_gallery, to_npz, to_zip
from experiments.evaluation.fine_tuning_effect import BeforeAfter, Count, FineTuningEffect
from tests.pages.conftest import App
from tests.pages.test_draw import draw_on, strokes_of, tab_of
from tests.pages.test_forged_messages import BEYOND, MALFORMED, send

NAMES = ("7 plain", "3 round", "0 round")


@pytest.fixture
def draw(open_app, monkeypatch, tmp_path):
    """Open the Draw page on a machine that has no files of MNIST."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return lambda **query: open_app(**query).go_to("draw")


def keep(app: App, name: str, label: str) -> App:
    draw_on(app, strokes_of(name))
    app.test.segmented_control(key=session.KEEP_AS).set_value(label)
    return app.run()


def open_gallery(app: App, network: str = "digits-drawn") -> App:
    tab_of(app).drawing_network = network
    app.test.session_state[session.DRAW_TAB] = "Gallery"
    return app.run()


@pytest.fixture
def with_drawings(draw):
    """Keep three drawings, and open the gallery, read by the network for the small digits."""

    def open_(*labels: str, **query: str) -> App:
        app = draw(**query)
        for name, label in zip(NAMES, labels or ("7", "3", "0"), strict=True):
            keep(app, name, label)
        return open_gallery(app)

    return open_


def captions(app: App) -> list[str]:
    return [note["text"] for note in app.figures[session.GALLERY_CHART]["layout"]["annotations"]]


def words(app: App) -> str:
    texts = (*app.test.markdown, *app.test.caption)
    return "\n".join(element.value for element in texts)


def labels(app: App) -> list[int | None]:
    return [drawing.label for drawing in tab_of(app).gallery.drawings]


# --- Keep, label, score -----------------------------------------------------------------


def test_a_drawing_is_kept_under_its_label_and_the_pad_is_blank_for_the_next(draw) -> None:
    app = keep(draw(), "7 plain", "7")
    tab = tab_of(app)
    (kept,) = tab.gallery.drawings
    assert (kept.label, len(kept.strokes)) == (7, 1)
    assert tab.drawing.strokes == []
    assert app.test.session_state[session.KEEP_AS] is None
    assert app.test.toast[0].value == "Kept: 1 in the gallery."
    assert labels(keep(app, "3 round", "?")) == [7, None]


def test_a_blank_pad_is_not_kept(draw) -> None:
    app = draw()
    app.test.segmented_control(key=session.KEEP_AS).set_value("3")
    app.run()
    assert "nothing on the pad" in app.messages("warning")[0]
    assert tab_of(app).gallery.drawings == []


def test_an_empty_gallery_says_what_to_do(draw) -> None:
    app = open_gallery(draw())
    assert "The gallery is empty" in app.messages("info")[0]
    assert app.button("Train on with these").disabled


def test_each_drawing_has_its_answer_and_the_hand_has_a_score(with_drawings) -> None:
    app = with_drawings("7", "3", "8")
    assert captions(app) == ["7<br>→ 7 ✓", "3<br>→ 3 ✓", "8<br>→ 0 ✗"]
    assert "reads **2 of 3 (67 %, 95 % interval 9 to 99 %)** of your digits" in words(app)


def test_a_network_that_has_diverged_reads_no_digit(with_drawings) -> None:
    app = with_drawings(epochs="1", pace="full").go_to("train").click("Train")
    app.wait_for(lambda: app.job.status.is_over)
    app.job.run.network.parameters[:] = np.nan
    open_gallery(app.go_to("draw"), app.job.run.id)
    assert captions(app) == ["7<br>→ – ✗", "3<br>→ – ✗", "0<br>→ – ✗"]
    assert "reads **0 of 3" in words(app)
    assert app.button("Train on with these").disabled
    assert "nothing can be learned from there" in words(app)


def test_samples_that_cannot_be_read_are_not_waited_for(with_drawings) -> None:
    app = with_drawings()
    failed = Future()
    failed.set_exception(OSError("no such file"))
    tab_of(app).loading_samples["digits-drawn"] = failed
    app.run()
    assert "could not be read" in words(app)
    assert app.button("Train on with these").disabled


def test_the_gallery_is_there_after_another_page(with_drawings) -> None:
    app = with_drawings().go_to("explore").go_to("draw")
    assert labels(app) == [7, 3, 0]
    assert len(captions(open_gallery(app))) == 3


def test_a_click_selects_a_drawing_which_is_labeled_deleted_or_put_on_the_pad(
    with_drawings,
) -> None:
    app = with_drawings()
    tab = tab_of(app)
    assert tab.kept == 3  # the newest
    send(app, session.GALLERY_CHART, "click", {"trace": 0, "index": [0, 0]})
    assert tab.kept == 1
    key = session.key_of(session.GALLERY_LABEL, 1)
    app.test.segmented_control(key=key).set_value("1")
    app.run()
    assert labels(app) == [1, 3, 0]
    strokes = tab.gallery.drawings[0].strokes
    app.click("Put on the pad again")
    assert tab.left_tabs[session.DRAW_TAB] == "Draw"
    np.testing.assert_array_equal(tab.drawing.strokes[0], strokes[0])
    open_gallery(app).click("Delete it")
    assert labels(app) == [3, 0]
    shown = [each.label for each in app.test.segmented_control]
    assert "Drawing 2 is meant to be" in shown  # the newest, which came third
    app.test.session_state[session.GALLERY_DELETE] = True
    app.run().click("Delete all 2")
    assert labels(app) == []
    assert not app.test.session_state[session.GALLERY_DELETE]


def test_forged_clicks_and_labels_change_nothing(with_drawings) -> None:
    app = with_drawings()
    tab = tab_of(app)
    send(app, session.GALLERY_CHART, "click", *BEYOND, *MALFORMED[:4])
    send(app, session.GALLERY_CHART, "click", {"trace": 0, "index": [5, 200]})  # no drawing there
    assert (tab.kept, labels(app)) == (3, [7, 3, 0])


def test_many_drawings_are_shown_page_by_page(with_drawings) -> None:
    app = with_drawings()
    stroke = np.array([[100, 50, 20], [150, 250, 20]], float)
    tab_of(app).gallery.add([KeptDrawing([stroke], (280, 280), label=1) for _ in range(40)])
    assert len(captions(app.run())) == 36
    app.test.selectbox(key=session.GALLERY_PAGE).set_value(36)
    assert len(captions(app.run())) == 7
    send(app, session.GALLERY_CHART, "click", {"trace": 0, "index": [0, 0]})
    assert tab_of(app).kept == 37
    app.click("Delete all 43")
    assert "The gallery is empty" in app.messages("info")[0]


def test_a_drawing_from_another_pad_fits_on_this_one(with_drawings) -> None:
    app = with_drawings()
    stroke = np.array([[0, 0, 10], [50, 100, 10]], float)
    tab_of(app).gallery.add([KeptDrawing([stroke], (100, 50), label=1)])
    tab_of(app).kept = 4
    app.run().click("Put on the pad again")
    assert tab_of(app).drawing.strokes[0].tolist() == [[70, 0, 28], [210, 280, 28]]


# --- Files ------------------------------------------------------------------------------


def upload(app: App, name: str, content: bytes) -> App:
    app.test.file_uploader(key=session.GALLERY_FILE).set_value((name, content, "x/y"))
    return app.run()


@pytest.mark.parametrize("kind", ["npz", "zip"])
def test_a_gallery_is_brought_back_and_what_is_here_already_comes_only_once(
    with_drawings, kind: str
) -> None:
    app = with_drawings()
    gallery = tab_of(app).gallery
    content = (to_npz if kind == "npz" else to_zip)(gallery.drawings)
    gallery.remove(gallery.drawings[0])
    app = upload(app, f"mine.{kind}", content)
    assert sorted(labels(app)) == [0, 3, 7]
    assert "2 of the 3 drawings in that file are here already" in app.messages("warning")[0]
    assert captions(app).count("7<br>→ 7 ✓") == 1
    assert len(read_gallery("again.npz", to_npz(gallery.drawings))) == 3


def test_of_an_image_there_is_nothing_to_put_on_the_pad(with_drawings) -> None:
    app = with_drawings()
    assert not app.button("Put on the pad again").disabled
    content = to_zip(tab_of(app).gallery.drawings)
    tab_of(app).gallery.clear()
    assert upload(app, "mine.zip", content).button("Put on the pad again").disabled


def test_a_file_that_is_no_gallery_or_too_large_is_refused_with_a_message(with_drawings) -> None:
    app = upload(with_drawings(), "mine.npz", b"nothing")
    assert "cannot be read; it is damaged" in app.messages("warning")[0]
    many = [KeptDrawing([np.ones((1, 3))], (280, 280))] * (MAX_DRAWINGS - 2)
    app = upload(app, "many.npz", to_npz(many))
    assert "room for 200 drawings, and these would be 201" in app.messages("warning")[0]
    assert labels(app) == [7, 3, 0]


# --- Train on ---------------------------------------------------------------------------


def loaded(app: App) -> App:
    """Wait for what the network has learned from."""
    tab_of(app).loading_samples["digits-drawn"].result(20)
    return app.run()


def test_a_network_is_taught_a_wrong_seven_and_what_it_forgets_is_shown(with_drawings) -> None:
    app = loaded(with_drawings("1", "3", "?"))  # a seven is to be a one
    app.test.number_input(key=session.FINE_TUNING_REPEATS).set_value(50)
    app.test.segmented_control(key=session.FINE_TUNING_REHEARSED).set_value("None")
    app.run()
    assert "In each of 5 epochs: 2 drawings, 50 times each, and 0 old samples" in words(app)
    assert "1 without such a label are left out" in words(app)
    app.click("Train on with these").wait_for(lambda: app.job.status.is_over)
    (stored,) = tab_of(app).run_store.runs
    assert stored.name == "Digits, for drawings, taught"
    assert (stored.run.fine_tuning.labels.tolist(), stored.run.plan.n_training) == ([1, 3], 100)
    assert captions(app)[0] == "1<br>→ 1 ✓"  # it is the one that reads now
    assert "has learned from these drawings. Keep new ones" in words(app)
    assert "it reads 2 of 2 of your drawings, before 1" in words(app)
    assert "are newly wrong and" in words(app)
    assert "Worse than before" in words(app)
    assert app.go_to("train").job is stored.job  # its curves are there
    assert stored.run.n_results == 2


def test_a_run_under_way_can_be_stopped_and_none_is_begun_beside_it(with_drawings) -> None:
    app = loaded(with_drawings())
    app.test.number_input(key=session.FINE_TUNING_EPOCHS).set_value(30)
    app.run()
    app.click("Train on with these")
    if "Stop" in [button.label for button in app.test.button]:
        app.click("Stop")
    app.wait_for(lambda: app.job.status.is_over)
    assert app.button("Train on with these")
    assert len(tab_of(app).run_store.runs) == 1


def test_a_taught_run_is_taught_again_under_another_name(with_drawings) -> None:
    app = loaded(with_drawings())
    app.test.number_input(key=session.FINE_TUNING_EPOCHS).set_value(1)
    app.run()
    for _ in range(2):
        app.click("Train on with these").wait_for(lambda: app.job.status.is_over)
        tab_of(app).loading_samples[app.job.run.id].result(20)
        app.run()
    first, second = (stored.run.id for stored in tab_of(app).run_store.runs)
    assert tab_of(app).gallery.drawings[0].learned_by == {first, second}
    names = [stored.name for stored in tab_of(app).run_store.runs]
    assert names == ["Digits, for drawings, taught", "Digits, for drawings, taught 2"]


def test_while_another_run_is_not_over_it_says_so(with_drawings) -> None:
    app = with_drawings().go_to("train").click("+1 batch")
    app.wait_for(lambda: app.job.run.step == 1)
    app = loaded(open_gallery(app.go_to("draw")))
    assert app.button("Train on with these").disabled
    assert "A run on the Train page is not over" in words(app)


def test_without_the_images_it_has_learned_from_it_says_how_to_get_them(with_drawings) -> None:
    app = open_gallery(with_drawings(), "mnist-drawn")
    assert app.button("Train on with these").disabled
    assert "Choose mnist as the dataset in the sidebar" in words(app)


def test_what_fails_is_said_and_no_run_is_listed(with_drawings, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("This would take 3 times as long.")

    app = loaded(with_drawings())
    monkeypatch.setattr("dashboard.draw.fine_tuning_actions.check_affordable", refuse)
    app.click("Train on with these")
    assert "This would take 3 times as long" in app.messages("warning")[0]
    assert tab_of(app).run_store.runs == []


# --- Words ------------------------------------------------------------------------------


def test_the_interval_is_said_with_the_count() -> None:
    assert in_words(Count(7, 9)) == "7 of 9 (78 %, 95 % interval 40 to 97 %)"


def test_a_network_without_the_class_of_a_label_is_not_scored_on_it() -> None:
    shirt = Answer(3, "Shirt", can_be_right=False)
    assert shirt.caption == "3\n→ Shirt"
    assert count_right_drawings([shirt, Answer(None, "7", False), Answer(7, "7", True)]) == (1, 1)


def test_drawings_that_were_learned_do_not_count_in_the_score() -> None:
    learned, new = Answer(7, "7", True, is_learned=True), Answer(3, "8", True)
    assert count_right_drawings([learned, learned, new]) == (0, 1)
    sentence = score_sentence([learned, learned, new], "Run 1")
    assert "reads **0 of 1" in sentence
    assert "The 2 that it has learned from do not count" in sentence


def effect(*, newly_wrong: int, newly_right: int) -> FineTuningEffect:
    before, after = Count(90, 100), Count(90 - newly_wrong + newly_right, 100)
    old = BeforeAfter(before, after, newly_right, newly_wrong)
    new = BeforeAfter(Count(0, 2), Count(2, 2), 2, 0)
    classes = old, BeforeAfter(Count(5, 9), Count(5, 9), 0, 0)
    return FineTuningEffect("test", old, classes, new, np.array([7, 7]))


def test_what_was_learned_and_forgotten_is_said() -> None:
    worse = effect_sentence(effect(newly_wrong=5, newly_right=1), ("a*", "b"))
    assert worse.startswith("it reads 2 of 2 of your drawings, before 0. Of 100 test samples, 5")
    assert worse.endswith(r"Worse than before: a\* (4 fewer of 100).")
    same = effect_sentence(effect(newly_wrong=0, newly_right=0), ("a", "b"))
    assert "To no test sample does it say right or wrong otherwise" in same
    better = effect_sentence(effect(newly_wrong=0, newly_right=1), ("a", "b"))
    assert better.endswith("No class got worse.")
    rows = effect_table(effect(newly_wrong=5, newly_right=1)).splitlines()
    assert rows[2] == "| 100 test samples | 90.0 % (82.4–95.1) | 86.0 % (77.6–92.1) |"
    assert rows[3] == "| your 2 drawings | 0 of 2 (0–84 %) | 2 of 2 (16–100 %) |"


def test_where_nothing_was_held_out_it_is_training_accuracy() -> None:
    assert "training accuracy" in part_sentence("training")
    assert "has not learned from the test samples" in part_sentence("test")
