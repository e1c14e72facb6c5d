"""The class is what it says it is, and what is read of the server's answers is what they say."""

import asyncio
import json

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import browser_tab, classroom, report
from benchmarks.browser_tab import Reading, SessionLostError, Tab, progress_in
from benchmarks.process_usage import (
    TICKS,
    Stat,
    Usage,
    descendants,
    parse_busy,
    parse_pss,
    parse_stat,
)
from benchmarks.students import Role, Student, epochs_between, roles_of, steps_per_second
from benchmarks.whole_class import Cpu, Measured
from experiments.training.plan import Plan
from tests.browser.serving import Server


class FakeConnection:
    """Answers each request with the next of some lists of messages; then it is silent."""

    def __init__(self, *answers: list[ForwardMsg]) -> None:
        self._answers, self._messages = iter(answers), iter(())
        self.sent: list[BackMsg] = []
        self.is_closed = False

    async def send(self, raw: bytes) -> None:
        self.sent.append(BackMsg.FromString(raw))
        self._messages = iter(next(self._answers, []))

    async def recv(self, *, decode: bool) -> bytes:
        message = next(self._messages, None)
        if message is None:
            await asyncio.sleep(60)
        return message.SerializeToString()

    async def close(self) -> None:
        self.is_closed = True


def drawn(*messages: ForwardMsg) -> list[ForwardMsg]:
    """Return the answer to a rerun of the whole page."""
    start, end = ForwardMsg(), ForwardMsg()
    start.new_session.name = "app"
    start.metadata.run.script_run_id = "1"
    end.script_finished = ForwardMsg.FINISHED_SUCCESSFULLY
    return [start, *messages, end]


def polling(fragment: str, interval: float = 0.001) -> ForwardMsg:
    message = ForwardMsg()
    message.auto_rerun.fragment_id, message.auto_rerun.interval = fragment, interval
    return message


def navigation(current: str) -> ForwardMsg:
    message = ForwardMsg()
    message.navigation.page_script_hash = f"hash of {current}"
    for title in ("Train", "Explore"):
        message.navigation.app_pages.add(page_name=title, page_script_hash=f"hash of {title}")
    return message


def open_tab(*answers: list[ForwardMsg]) -> tuple[Tab, FakeConnection]:
    tab, connection = Tab("http://127.0.0.1:1", {"epochs": "9"}), FakeConnection(*answers)
    tab._connection = connection
    return tab, connection


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Epoch 12 of 100 · 3 s left", Reading(5.0, 12)),
        ("Epoch 1,234 of 10,000", Reading(5.0, 1234)),
        ("Epoch 0 of 9 · 3 s left · 12,345 samples a second", Reading(5.0, 0, 12345)),
        (json.dumps({"words": "Epoch 7 of 30 · 5 images a second"}), Reading(5.0, 7, 5)),
        ("Epoch 7", None),
    ],
)
def test_the_progress_is_found_in_any_text_of_a_message(text, expected) -> None:
    for element in ("progress.text", "bidi_component.json"):
        message, (kind, field) = ForwardMsg(), element.split(".")
        setattr(getattr(message.delta.new_element, kind), field, text)
        assert progress_in(message.SerializeToString(), 5.0) == expected


def test_a_tab_polls_the_newest_fragment_until_the_server_stops() -> None:
    end = ForwardMsg()
    end.script_finished = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
    stop = ForwardMsg()
    stop.stop_auto_rerun.fragment_ids.append("second")
    tab, connection = open_tab(drawn(polling("first")), drawn(polling("second")), [stop, end])

    async def use() -> None:
        await tab.rerun()
        await tab.rerun()
        await tab.look()

    asyncio.run(use())
    look = connection.sent[-1].rerun_script
    assert (look.fragment_id, look.is_auto_rerun) == ("second", True)
    assert tab.next_look == float("inf")


def test_a_tab_goes_to_a_page_and_says_from_then_on_where_it_is() -> None:
    tab, connection = open_tab(
        drawn(navigation("Train")), drawn(navigation("Explore")), drawn(navigation("Explore"))
    )

    async def use() -> None:
        await tab.rerun()
        await tab.go_to("Explore")
        await tab.rerun()

    asyncio.run(use())
    hashes = [message.rerun_script.page_script_hash for message in connection.sent]
    assert hashes == ["", "hash of Explore", "hash of Explore"]
    with pytest.raises(SessionLostError, match="no page 'Draw' in the navigation"):
        asyncio.run(tab.go_to("Draw"))


def test_a_moved_slider_stays_where_it_is_in_the_page_and_in_the_link() -> None:
    slider = ForwardMsg()
    slider.delta.new_element.slider.id = "d"
    slider.delta.new_element.slider.label = "Dropout"
    slider.delta.new_element.slider.query_param_key = "dropout"
    tab, connection = open_tab(drawn(slider), drawn(slider), drawn(slider))

    async def use() -> None:
        await tab.rerun()
        await tab.move_slider("Dropout", 0.25)
        await tab.rerun()

    asyncio.run(use())
    for message in connection.sent[1:]:
        (state,) = message.rerun_script.widget_states.widgets
        assert (state.id, list(state.double_array_value.data)) == ("d", [0.25])
        assert message.rerun_script.query_string == "epochs=9&dropout=0.25"


def test_a_page_without_the_button_loses_the_session_and_closes_the_tab() -> None:
    broken = ForwardMsg()
    broken.delta.new_element.exception.type = "ValueError"
    broken.delta.new_element.exception.message = "broken"
    student = Student(Role("digits"), "http://127.0.0.1:1")
    connection = student.tab._connection = FakeConnection(drawn(broken))

    async def use() -> None:
        await student.tab.rerun()
        await student.tab.click("Train")

    asyncio.run(student.attempt(use(), 5))
    assert student.lost == "no 'Train' on the page "
    assert student.tab.exceptions == ["ValueError: broken"]
    assert connection.is_closed


def test_a_silent_server_loses_the_session(monkeypatch) -> None:
    monkeypatch.setattr(browser_tab, "ANSWER_SECONDS", 0.01)
    tab, _ = open_tab([])
    with pytest.raises(SessionLostError, match="no answer for 0 s"):
        asyncio.run(tab.rerun())


@pytest.mark.parametrize(
    ("n_students", "n_mnist", "watch_digits", "watch_mnist", "habits"),
    [(50, 5, 40, 5, 5), (10, 1, 6, 1, 3), (3, 3, 0, 0, 3), (1, 1, 0, 0, 1)],
)
def test_a_class_is_made_of_roles(n_students, n_mnist, watch_digits, watch_mnist, habits) -> None:
    roles = roles_of(n_students, n_mnist)
    assert len(roles) == n_students
    assert roles.count(Role("digits")) == watch_digits
    assert roles.count(Role("mnist")) == watch_mnist
    assert sum(bool(role.habit) for role in roles) == habits
    assert roles.count(Role("digits", "rerun")) == 1


def test_steps_count_from_the_first_reading_to_the_last() -> None:
    size = Plan((64, 32, 10), 2410, 1077, 360, 360, 32, 34)
    readings = [Reading(10.0, 3), Reading(11.0, 5), Reading(14.0, 11)]
    assert steps_per_second(readings, 8.0, size) == 8 * 34 / 4
    assert steps_per_second(readings[:1], 8.0, size) == steps_per_second([], 8.0, size) == 0


@pytest.mark.parametrize(
    ("whole", "speed", "expected"),
    [(0, 10, 0.4), (1, 10, 0.4), (2, 10, 1), (0, 90, 1), (2, None, 2)],
)
def test_the_mean_speed_tells_parts_of_epochs_as_far_as_it_agrees(whole, speed, expected) -> None:
    first, last = Reading(10.0, 3, speed), Reading(14.0, 3 + whole, speed)
    assert epochs_between(first, last, began_at=8.0, n_training=100) == expected


def test_a_process_is_read_whatever_its_name() -> None:
    counts = f"S 7 {'0 ' * 9}{3 * TICKS} {TICKS} 0 0 20 0 12 0 555"
    assert parse_stat(f"42 (a) (b c) {counts}\n") == Stat(parent=7, seconds=4.0, n_threads=12)
    assert parse_pss("Rss: 4096 kB\nPss:    2048 kB\nPss_Anon: 1 kB\n") == 2
    assert parse_pss("") == 0
    text = f"cpu  {TICKS} {TICKS} {TICKS} 999 999 {TICKS} {TICKS} {TICKS} 0 0\ncpu0 1 2\n"
    assert parse_busy(text) == 6


def test_all_descend_from_a_process_that_it_or_its_own_have_started() -> None:
    assert sorted(descendants(1, {2: 1, 3: 2, 4: 3, 9: 8})) == [2, 3, 4]


def test_idle_memory_is_the_same_within_a_tenth() -> None:
    def usage(megabytes: float) -> Usage:
        return Usage(1, 2, 3, megabytes, 0.0)

    marks = [classroom.usage_row("", usage(x), usage(100))[-1] for x in (90, 109, 112)]
    assert marks == ["-10% ✓", "+9% ✓", "+12% ✗"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["201"], "'201' is not a whole number from 1 to 200; give one that is."),
        (["--seconds", "0"], "'0' is not a whole number from 1 to 600; give one that is."),
        (["--rounds", "two"], "'two' is not a whole number from 1 to 20; give one that is."),
        (["--mnist", "1"], "MNIST is not at hand: set PERCEPTRON_LAB_DATA to its folder"),
    ],
)
def test_what_cannot_be_measured_is_refused(
    arguments, message, monkeypatch, tmp_path, capsys
) -> None:
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", str(tmp_path))
    with pytest.raises(SystemExit):
        classroom.parse(arguments)
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_server_that_has_ended_is_quoted(monkeypatch, tmp_path) -> None:
    log = tmp_path / "log"
    log.write_text("out of memory")
    monkeypatch.setattr(classroom, "usage_of", lambda pid: Usage(0, 0, 0, 0.0, 0.0))
    with pytest.raises(SystemExit, match=r"The server has ended(.|\n)*out of memory"):
        classroom.usage_in_life(Server("", log, 1))


def test_without_its_files_nobody_trains_mnist(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PERCEPTRON_LAB_DATA", str(tmp_path))
    assert classroom.parse([]).mnist == 0


def test_the_readme_has_a_place_for_the_class() -> None:
    text = report.README.read_text(encoding="utf-8")
    assert text.count("<!-- classroom -->\n") == text.count("<!-- /classroom -->\n") == 1


def test_words_say_how_many_runs_came_to_their_end_and_what_became_of_the_others() -> None:
    students = [Student(Role("digits"), "http://127.0.0.1:1") for _ in range(3)]
    for student in students:
        student.n_begun, student.n_ended = 2, 1
    students[0].other_endings = ["Stopped before the first step."]
    students[1].lost = "no answer for 60 s"
    students[2].tab.exceptions = ["ValueError: broken"]
    usage, cpu = Usage(1, 2, 3, 4.0, 5.0), Cpu(0.5, 1.0, 0.1, 1.8)
    measured = [Measured(students, 10.0, {"digits": 300.0}, cpu, usage, 7.0)]
    words = classroom.endings_in_words(measured, n_tracebacks=4)
    assert "Of 6 runs 3 came to their end, the last ones 7.0 s after" in words
    assert "of 3 sessions 1 were lost. Pages showed 1 exceptions" in words
    assert "4 tracebacks" in words
    assert words.splitlines()[1:] == [
        "Ended otherwise, 1 times: Stopped before the first step.",
        "Lost, 1 times: no answer for 60 s.",
        "Shown, 1 times: ValueError: broken.",
    ]
    assert "workers 1.00, the benchmark itself 0.10, and other programs 0.20" in (
        classroom.cpu_in_words(measured)
    )
    rows = classroom.step_rows(measured, {"digits": 1000.0})
    assert rows == [["digits", "300", "1,000", "0.30"], ["in all", "", "", "0.30"]]
