"""A class that trains at the same time: python -m benchmarks.classroom [sessions] [--write]

Starts a server, and lets a class come: each student is a session of its own, through a
websocket as a browser would have it. All train; most watch it, some also go to other pages,
some move a slider of the sidebar, and one reruns the whole page. Then all stop, train a short
run to its end, and close their tabs. A first class warms the server up and is not counted.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.pages import percentile
from benchmarks.process_usage import Usage, usage_of
from benchmarks.report import in_words, machine, table, write_section
from benchmarks.students import ONE_IN, Role, Student, roles_of
from benchmarks.whole_class import Cpu, Measured, hold_class, steps_alone
from data.download import FOLDER_VARIABLE, is_at_hand
from tests.browser.serving import Server, running_server

MAX_SESSIONS, MAX_SECONDS, MAX_ROUNDS = 200, 600, 20
WARM_UP_SECONDS = 10
IDLE_SECONDS = 125  # Streamlit keeps a session for 120 after its tab was closed
LAST_WORDS = 2000  # characters of a log
SAME = 0.1  # so much more memory than before still counts as the same

FELT = {
    "look": "a look at the run",
    "rerun": "rerunning the page",
    "move": "moving a slider of the sidebar",
    "switch": "going to another page",
}


def felt_rows(students: Sequence[Student]) -> list[list[str]]:
    """Return how long each thing takes that a student does, in milliseconds."""
    rows = []
    for name, words in FELT.items():
        values = [1000 * value for student in students for value in student.seconds[name]]
        if values:
            quantiles = [f"{percentile(values, percent):,.0f}" for percent in (50, 95, 99)]
            rows.append([words, *quantiles, f"{len(values):,}"])
    return rows


def looks_in_words(measured: Sequence[Measured]) -> str:
    """Say how often those look who do nothing else."""
    rates = [
        len(student.seconds["look"]) / each.seconds
        for each in measured
        for student in each.students
        if not (student.role.habit or student.lost)
    ]
    if not rates:
        return "Nobody only watches."
    return (
        f"Those who only watch look {min(rates):.2f} times a second at least, "
        f"{statistics.median(rates):.2f} in the median."
    )


def step_rows(measured: Sequence[Measured], alone: dict[str, float]) -> list[list[str]]:
    """Return the steps a second of the class and of the terminal, and how many of it they make."""
    rows, total = [], 0.0
    for name, in_terminal in alone.items():
        in_class = statistics.mean(each.steps.get(name, 0.0) for each in measured)
        total += in_class / in_terminal
        shown = f"{in_class / in_terminal:.2f}"
        rows.append([name, f"{in_class:,.0f}", f"{in_terminal:,.0f}", shown])
    return [*rows, ["in all", "", "", f"{total:.2f}"]]


def cpu_in_words(measured: Sequence[Measured]) -> str:
    """Say how many cores were busy, and with what."""
    cpu = Cpu(*map(statistics.mean, zip(*(each.cpu for each in measured), strict=True)))
    others = max(0.0, cpu.machine - cpu.server - cpu.workers - cpu.benchmark)
    return (
        f"Of {os.cpu_count()} cores the server takes {cpu.server:.2f}, its workers "
        f"{cpu.workers:.2f}, the benchmark itself {cpu.benchmark:.2f}, and other programs "
        f"{others:.2f}."
    )


def endings_in_words(measured: Sequence[Measured], n_tracebacks: int) -> str:
    """Say whether all runs came to their end, and what went wrong."""
    students = [student for each in measured for student in each.students]
    lost = Counter(student.lost for student in students if student.lost)
    shown = Counter(words for student in students for words in student.tab.exceptions)
    others = Counter(words for student in students for words in student.other_endings)
    slowest = max(each.finish_seconds for each in measured)
    sentences = [
        f"Of {sum(student.n_begun for student in students)} runs "
        f"{sum(student.n_ended for student in students)} came to their end, the last ones "
        f"{slowest:.1f} s after all had pressed Stop; of {len(students)} sessions {lost.total()} "
        f"were lost. Pages showed {shown.total()} exceptions; the log of the server has "
        f"{n_tracebacks} tracebacks.",
        *(f"Ended otherwise, {n} times: {words}" for words, n in others.items()),
        *(f"Lost, {n} times: {why}." for why, n in lost.items()),
        *(f"Shown, {n} times: {what}." for what, n in shown.items()),
    ]
    return "\n".join(sentences)


def usage_row(name: str, usage: Usage, base: Usage | None = None) -> list[str]:
    """Return what the server has in use, and whether its memory is that of before."""
    row = [name, str(usage.n_processes), str(usage.n_threads), str(usage.n_descriptors)]
    row += [f"{each:.0f}" for each in (usage.server_mb, usage.workers_mb, usage.megabytes)]
    if base is None:
        return [*row, ""]
    more = usage.megabytes / base.megabytes - 1
    return [*row, f"{more:+.0%} {'✗' if more > SAME else '✓'}"]


def class_in_words(roles: Sequence[Role], seconds: float) -> str:
    """Say who is in a class."""
    tasks = Counter(role.task for role in roles if not role.habit)
    habits = Counter(role.habit for role in roles if role.habit)
    return (
        f"{len(roles)} sessions, measured for {seconds:.0f} s. {tasks['digits']} train digits and "
        f"{tasks['mnist']} MNIST, and only watch; the others train digits, too: {habits['switch']} "
        f"also go to other pages, {habits['move']} move a slider, {habits['rerun']} reruns the "
        "page each second."
    )


# The whole ------------------------------------------------------------------------


def run(arguments: argparse.Namespace, folder: Path) -> str:
    """Hold a class that warms up and those that count, and return what they felt as tables."""
    roles = roles_of(arguments.sessions, arguments.mnist)
    alone = {name: steps_alone(name) for name in sorted({role.task for role in roles})}
    with running_server(folder / "log") as server:
        states = [usage_row("nobody has come yet", usage_in_life(server))]
        _hold(server, roles, min(WARM_UP_SECONDS, arguments.seconds), arguments.idle)
        base = usage_in_life(server)
        states.append(usage_row("idle after the class that warms up", base))
        measured = []
        for i in range(1, arguments.rounds + 1):
            measured.append(_hold(server, roles, arguments.seconds, arguments.idle))
            states.append(usage_row(f"class {i} at work", measured[-1].usage))
            states.append(usage_row(f"idle after class {i}", usage_in_life(server), base))
        n_tracebacks = server.log.read_text(errors="replace").count("Traceback (")
    students = [student for each in measured for student in each.students]
    return "\n\n".join(
        [
            in_words(machine()),
            class_in_words(roles, arguments.seconds),
            "How long it takes (ms):",
            table(["", "median", "p95", "p99", "times"], felt_rows(students)),
            f"{looks_in_words(measured)} {cpu_in_words(measured)}",
            "Steps a second, of all sessions together, and alone in the terminal on one core:",
            table(["", "class", "alone", "class / alone"], step_rows(measured, alone)),
            endings_in_words(measured, n_tracebacks),
            f"What server and workers have in use; idle is {arguments.idle} s after all tabs were "
            "closed; memory (PSS) in MB, and how much more than after the class that warms up:",
            table(
                ["", "processes", "threads", "descriptors", "server", "workers", "all", "more"],
                states,
            ),
        ]
    )


def _hold(server: Server, roles: Sequence[Role], seconds: float, idle: float) -> Measured:
    measured = asyncio.run(hold_class(server, roles, seconds))
    print(looks_in_words([measured]), endings_in_words([measured], 0), file=sys.stderr, flush=True)
    time.sleep(idle)
    return measured


def usage_in_life(server: Server) -> Usage:
    """Return what a server has in use; end with the last words of its log if it has ended."""
    usage = usage_of(server.pid)
    if not usage.server_mb:
        words = server.log.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:]
        sys.exit(f"The server has ended; nothing more can be measured. Its log ends with:\n{words}")
    return usage


def between(low: int, high: int) -> Callable[[str], int]:
    """Return what reads a whole number within limits from the command line."""

    def number(text: str) -> int:
        if not (text.isdecimal() and low <= int(text) <= high):
            message = f"'{text}' is not a whole number from {low} to {high}; give one that is."
            raise argparse.ArgumentTypeError(message)
        return int(text)

    return number


def parse(given: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments; MNIST is trained by one in ten, if its files are at hand."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("sessions", type=between(1, MAX_SESSIONS), nargs="?", default=50)
    add("--seconds", type=between(1, MAX_SECONDS), default=30, help="to measure (default: 30)")
    add("--rounds", type=between(1, MAX_ROUNDS), default=1, help="classes, one after another")
    add("--mnist", type=between(0, MAX_SESSIONS), help="sessions that train MNIST")
    add("--idle", type=between(0, MAX_SECONDS), default=IDLE_SECONDS, help="seconds after each")
    add("--write", action="store_true", help="put the tables into the README")
    arguments = parser.parse_args(given)
    if arguments.mnist is None:
        arguments.mnist = max(1, arguments.sessions // ONE_IN) * is_at_hand("mnist")
    if arguments.mnist and not is_at_hand("mnist"):
        parser.error(
            f"MNIST is not at hand: set {FOLDER_VARIABLE} to its folder, or leave --mnist."
        )
    return arguments


def main(given: Sequence[str] | None = None) -> None:
    """Print the tables; with --write, put them into the README beside this file."""
    arguments = parse(given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Terminated."))  # and the server with it
    with tempfile.TemporaryDirectory() as folder:
        words = run(arguments, Path(folder))
    print(words, flush=True)
    if arguments.write:
        write_section("classroom", words)


if __name__ == "__main__":
    main()
