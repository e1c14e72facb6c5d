"""How smoothly the playground plays, alone and thirty at once: python -m benchmarks.playground.

Plays spirals with a network 2-8-8-2 (tanh) in a real browser, and notes when pictures of another
network are painted, what that costs the server, and how soon a picture follows a press of Play and
a movement of the slider of a weight. Then so many sessions play at once, one of them in the
browser, the others through websockets and requests as a browser would. With --write, the tables go
into the README.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from benchmarks.classroom import between, usage_in_life
from benchmarks.pages import percentile
from benchmarks.players import NETWORK, SETTINGS, Player, play_together
from benchmarks.process_usage import Usage
from benchmarks.report import in_words, machine, table, write_section
from benchmarks.whole_class import PATIENCE_SECONDS, Cpu, cpu_of
from dashboard.play_paces import PLAY_PACES
from tests.browser.serving import Server, running_chromium, running_server

ADDRESS = f"/playground?{urlencode(SETTINGS)}"
ALONE_PACES = ("epoch", "fast")
FIRST_MS = 1000  # of play, in which pauses are not counted
N_MOVES = 20  # of the slider
MAX_PLAYERS, MAX_SECONDS = 200, 300
GOALS = {"alone": 20.0, "gap": 60.0, "longest": 300.0, "class": 10.0, "look": 400.0}

WATCH = """(key) => {
  const view = window.planeNetworks.get(key), seen = (window.seen = { painted: [], moves: [] });
  const slider = view.find(".hand input[type=range]");
  let before = view.frames.at(-1).number;
  const note = (name) => () => { seen[name] = performance.now(); };
  view.find(".play").addEventListener("click", note("pressed"), true);
  slider.addEventListener("input", note("moved"), true);
  new MutationObserver(() => {
    const now = performance.now(), frame = view.frames[Math.round(view.head)];
    if (frame.number !== before) seen.painted.push([now, frame.step / view.content.stepsPerEpoch]);
    before = frame.number;
    const isSet = Number(slider.value) === view.parameters[view.selected];
    if (seen.moved && isSet) seen.moves.push(now - seen.moved);
    if (isSet) seen.moved = undefined;
  }).observe(view.root, { attributeFilter: ["data-drawn"] });
}"""
FROM_NOW = "() => { window.seen.painted = []; }"


class Played(NamedTuple):
    """What was painted while a training was played.

    rate : pictures a second; median, longest : milliseconds between two of them
    epochs : epochs a second that the pictures cover
    """

    rate: float
    median: float
    longest: float
    epochs: float


def played(painted: Sequence[tuple[float, float]], skipped_ms: float = FIRST_MS) -> Played:
    """Return how smoothly pictures came.

    Parameters
    ----------
    painted : the moment of each, in milliseconds, and its epoch
    skipped_ms : after the first of them, in which those that come are not counted
    """
    counted = [each for each in painted if each[0] >= painted[0][0] + skipped_ms]
    if len(counted) < 2:
        return Played(0.0, float("inf"), float("inf"), 0.0)
    moments, epochs = zip(*counted, strict=True)
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    seconds = (moments[-1] - moments[0]) / 1000
    done = (epochs[-1] - epochs[0]) / seconds
    return Played(len(gaps) / seconds, statistics.median(gaps), max(gaps), done)


def cores_of(before: Cpu, after: Cpu, seconds: float) -> Cpu:
    """Return how many cores each kept busy meanwhile."""
    return Cpu(*((b - a) / seconds for a, b in zip(before, after, strict=True)))


def mark(value: float, goal: float, *, is_least: bool = False) -> str:
    """Return a value with what is wanted of it, and whether it is reached."""
    is_reached = value >= goal if is_least else value < goal
    sign = ("≥" if is_reached else "<") if is_least else ("<" if is_reached else "≥")
    digits = 1 if value < 100 else 0
    return f"{value:.{digits}f} {sign} {goal:g} {'✓' if is_reached else '✗'}"


# In the browser -------------------------------------------------------------------


@contextmanager
def opened(browser: Browser, server: Server) -> Iterator[Page]:
    """Open the playground in a session of its own, watched, until the block ends."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{server.url}{ADDRESS}")
    page.locator(".plane-network[data-drawn]").wait_for(timeout=60_000)
    page.evaluate(WATCH, NETWORK)
    try:
        yield page
    finally:
        context.close()


def play_alone(page: Page, server: Server, pace: str, seconds: float) -> list[str]:
    """Play at a pace, and return a row of the table."""
    page.locator(".pace").select_option(pace)
    page.locator(".play").click()
    page.wait_for_function("() => window.seen.painted.length")
    before = cpu_of(server.pid)
    page.wait_for_timeout(FIRST_MS + 1000 * seconds)
    cores = cores_of(before, cpu_of(server.pid), FIRST_MS / 1000 + seconds)
    seen = page.evaluate("() => window.seen")
    shown = played(seen["painted"])
    page.locator(".play").click()
    return [
        PLAY_PACES[pace].label,
        mark(shown.rate, GOALS["alone"], is_least=True),
        mark(shown.median, GOALS["gap"]),
        mark(shown.longest, GOALS["longest"]),
        f"{shown.epochs:.1f}",
        f"{cores.server:.2f}",
        f"{cores.workers:.2f}",
        f"{seen['painted'][0][0] - seen['pressed']:.0f}",
    ]


def move_weight(page: Page) -> list[float]:
    """Select a weight, move its slider, and return the milliseconds until each is painted."""
    page.locator("canvas.network").focus()
    for key in ("ArrowLeft", ".", "Enter"):
        page.keyboard.press(key)
    slider = page.locator(".hand input[type=range]")
    for i in range(N_MOVES):
        slider.fill(str(1 + i % 5 / 2))
        page.wait_for_timeout(200)
    moves: list[float] = page.evaluate("() => window.seen.moves")
    return moves


ALONE_HEADS = (
    "pace",
    "pictures a second",
    "median gap (ms)",
    "longest gap (ms)",
    "epochs a second",
    "server (s / s)",
    "workers (s / s)",
    "from Play (ms)",
)


def alone(browser: Browser, server: Server, seconds: float) -> str:
    """Play at each pace with nobody else there, and move a weight by hand."""
    rows = []
    for pace in ALONE_PACES:
        with opened(browser, server) as page:
            rows.append(play_alone(page, server, pace, seconds))
            moves = move_weight(page)
    return "\n\n".join(
        [
            f"One session, {seconds:.0f} s at each pace, after the first second; the processor "
            "time is that of a second of play:",
            table(ALONE_HEADS, rows),
            f"From a movement of the slider of a weight to its picture: "
            f"{percentile(moves, 50):.0f} ms in the median, {percentile(moves, 95):.0f} at the "
            f"95th percentile, of {len(moves)} movements.",
        ]
    )


# A class --------------------------------------------------------------------------


class PlayedTogether(NamedTuple):
    """What was measured of a class.

    players : all but the one in the browser
    shown : in the browser
    cores : kept busy
    """

    players: list[Player]
    shown: Played
    cores: Cpu
    usage: Usage


def play_in_class(
    browser: Browser, server: Server, n_sessions: int, seconds: float
) -> PlayedTogether:
    """Let a class play, one of them in the browser."""
    settled = Event()
    with ThreadPoolExecutor(1) as pool, opened(browser, server) as page:
        page.locator(".play").click()
        others = play_together(server.url, n_sessions - 1, seconds, settled)
        future = pool.submit(asyncio.run, others)
        settled.wait(2 * PATIENCE_SECONDS)
        before = cpu_of(server.pid)
        page.evaluate(FROM_NOW)
        page.wait_for_timeout(1000 * seconds)
        painted = page.evaluate("() => window.seen.painted")
        cores = cores_of(before, cpu_of(server.pid), seconds)
        usage = usage_in_life(server)
        players = future.result()
    return PlayedTogether(players, played(painted, 0), cores, usage)


def class_rows(measured: PlayedTogether, seconds: float) -> list[list[str]]:
    """Return what a class has felt, as rows of a table."""
    there = [player for player in measured.players if not player.lost]
    rates = [player.tab.n_frames / seconds for player in there]
    looks = [1000 * each for player in there for each in player.seconds["look"]]
    shown = measured.shown
    return [
        ["frames a second, the least", mark(min(rates), GOALS["class"], is_least=True)],
        ["frames a second, median", f"{statistics.median(rates):.1f}"],
        ["pictures a second in the browser", mark(shown.rate, GOALS["class"], is_least=True)],
        ["median gap in the browser (ms)", f"{shown.median:.0f}"],
        ["longest gap in the browser (ms)", f"{shown.longest:.0f}"],
        ["a look, median (ms)", f"{percentile(looks, 50):.0f}"],
        ["a look, p95 (ms)", mark(percentile(looks, 95), GOALS["look"])],
        ["memory of the server (MB)", f"{measured.usage.server_mb:.0f}"],
        ["memory of its workers (MB)", f"{measured.usage.workers_mb:.0f}"],
    ]


def endings_in_words(players: Sequence[Player], n_tracebacks: int) -> str:
    """Say what went wrong."""
    lost = [player.lost for player in players if player.lost]
    n_shown = sum(len(player.tab.exceptions) for player in players)
    still = [player.tab.status for player in players if player.tab.next_look == float("inf")]
    return (
        f"{len(lost)} sessions were lost{''.join(f' ({why})' for why in sorted(set(lost)))}, "
        f"{len(still)} asked for no more frames, pages showed {n_shown} exceptions, and the log of "
        f"the server has {n_tracebacks} tracebacks."
    )


def together(browser: Browser, server: Server, n_sessions: int, seconds: float) -> str:
    """Let a class play, and return what it felt."""
    measured = play_in_class(browser, server, n_sessions, seconds)
    cpu = measured.cores
    return "\n\n".join(
        [
            f"{n_sessions} sessions play at once, one of them in the browser, "
            f"{PLAY_PACES['epoch'].label}, for {seconds:.0f} s:",
            table(["", f"{n_sessions} sessions"], class_rows(measured, seconds)),
            f"Of {os.cpu_count()} cores the server takes {cpu.server:.2f}, its workers "
            f"{cpu.workers:.2f}, and the machine {cpu.machine:.2f} in all. "
            + endings_in_words(measured.players, server.logged().count("Traceback (")),
        ]
    )


# The whole ------------------------------------------------------------------------


def load_in_words() -> str:
    """Say how busy the machine is with other things."""
    return "Load of the machine before: {:.1f}, {:.1f}, {:.1f} (1, 5, 15 minutes).".format(
        *os.getloadavg()
    )


def with_server(measure: Callable[[Browser, Server], str]) -> str:
    """Return what is measured with a fresh server and a browser."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(Path(folder) / "log") as server,
        running_chromium() as browser,
    ):
        return measure(browser, server)


def main(given: Sequence[str] | None = None) -> None:
    """Print the tables; with --write, put them into the README beside this file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("sessions", type=between(2, MAX_PLAYERS), nargs="?", default=30)
    add("--seconds", type=between(2, MAX_SECONDS), default=20, help="to measure (default: 20)")
    add("--write", action="store_true", help="put the tables into the README")
    arguments = parser.parse_args(given)
    n_sessions, seconds = arguments.sessions, arguments.seconds
    parts = [
        in_words(machine()),
        load_in_words(),
        with_server(lambda browser, server: alone(browser, server, seconds)),
        with_server(lambda browser, server: together(browser, server, n_sessions, seconds)),
    ]
    words = "\n\n".join(parts)
    print(words, flush=True)
    if arguments.write:
        write_section("playground", words)


if __name__ == "__main__":
    main()
