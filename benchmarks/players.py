"""Readers of the playground: each plays a training, and takes its frames as the page does."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any

from benchmarks.browser_tab import NEVER, Tab
from benchmarks.students import Visitor
from benchmarks.whole_class import (
    ARRIVAL_SECONDS,
    PATIENCE_SECONDS,
    SETTLING_SECONDS,
    all_at_once,
)
from dashboard import session

SETTINGS = {
    "dataset": "spirals",
    "hidden_layers": "8,8",
    "activation": "tanh",
    "epochs": "10000",
}
NETWORK = session.PLAYGROUND_NETWORK
MOVING = ("playing", "waiting")
REST_SECONDS = 0.03  # as in live_input.js and in askOn of plane_network.js


def due_after(asked: float, answered: float, content: Mapping[str, Any]) -> float:
    """Return when a page asks for frames again; never, if it waits for its reader.

    Parameters
    ----------
    asked, answered : when it has asked, and when the answer was there
    content : of the answer
    """
    if content["status"] not in MOVING and not content["hasMore"]:
        return NEVER
    seconds = REST_SECONDS if content["hasMore"] else content["seconds"]
    return max(asked + seconds, answered + max(REST_SECONDS, answered - asked))


class PlaygroundTab(Tab):
    """A tab that shows the playground.

    Attributes
    ----------
    n_frames : so many have come
    status : of its training, as the last answer says
    """

    def __init__(self, url: str, query: dict[str, str]) -> None:
        super().__init__(url, query)
        self._plane: dict[str, Any] = {}
        self._newest = -1
        self.n_frames, self.status = 0, ""

    async def play(self) -> None:
        """Press Play."""
        n = self._plane["content"]["command"] + 1
        await self._tell([{"n": n, "key": NETWORK, "do": "play"}])

    async def _ask_for_news(self) -> float:
        await asyncio.sleep(self._news_due - time.monotonic())
        return await self._tell([])

    async def _tell(self, commands: Sequence[Mapping[str, Any]]) -> float:
        """Tell what the reader wants, and take the frames that come back."""
        message = {
            "page": self._plane["page"],
            "commands": commands,
            "seen": {self._plane["content"]["run"]: self._newest},
        }
        asked, body = time.monotonic(), json.dumps(message).encode()
        answer, seconds = await self._timed(self._requests.post(f"/{self._plane['address']}", body))
        content = json.loads(answer)["elements"][NETWORK]["content"]
        self._take_frames(content)
        self._news_due = due_after(asked, time.monotonic(), content)
        return seconds

    def _take_component(self, content: str) -> None:
        if '"allFeatures"' not in content:
            super()._take_component(content)
            return
        self._plane = json.loads(content)
        self._take_frames(self._plane["content"])

    def _take_frames(self, content: Mapping[str, Any]) -> None:
        numbers = content["frames"]["numbers"]
        self.n_frames += len(numbers)
        self._newest = max([self._newest, *numbers])
        self.status = content["status"]


class Player(Visitor):
    """A session that plays spirals."""

    tab: PlaygroundTab

    def __init__(self, url: str) -> None:
        super().__init__(url, SETTINGS)
        self.tab = PlaygroundTab(url, SETTINGS)

    async def arrive(self, after: float) -> None:
        """Open the playground after some seconds, and press Play."""
        await asyncio.sleep(after)
        await self.tab.open()
        await self.tab.go_to("Playground")
        await self.tab.play()

    async def attend(self, until: float) -> None:
        """Take the frames as often as the server wants it."""
        while self.tab.next_look < until:
            self.seconds["look"].append(await self.tab.look())
        await asyncio.sleep(until - time.monotonic())

    def count_from_now(self) -> None:
        """Forget what was measured so far."""
        self.seconds.clear()
        self.tab.n_frames = 0


async def play_together(url: str, n_players: int, seconds: float, settled: Event) -> list[Player]:
    """Let some sessions come and play; from when they have settled on, count for some seconds.

    Parameters
    ----------
    settled : set as the counting begins
    """
    players = [Player(url) for _ in range(n_players)]
    try:
        delays = {id(one): ARRIVAL_SECONDS * i / n_players for i, one in enumerate(players)}
        await all_at_once(players, lambda one: one.arrive(delays[id(one)]), PATIENCE_SECONDS)
        await _attend(players, SETTLING_SECONDS)
        for player in players:
            player.count_from_now()
        settled.set()
        await _attend(players, seconds)
    finally:
        settled.set()
        await asyncio.gather(*(player.tab.close() for player in players))
    return players


async def _attend(players: Sequence[Player], seconds: float) -> None:
    until = time.monotonic() + seconds
    await all_at_once(players, lambda one: one.attend(until), seconds + PATIENCE_SECONDS)
