"""The students of a class: what each trains, and what else each does meanwhile."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable
from itertools import cycle, islice
from typing import NamedTuple

from benchmarks.browser_tab import Reading, SessionLostError, Tab
from experiments.config import RunConfig
from experiments.training.plan import Plan, plan

LONG_RUN = {"digits": "10000", "mnist": "1900"}  # epochs, for which there is no time
ONE_IN = 10  # one in so many trains MNIST, and as many do more than watch
PERIODS = {"rerun": 1.0, "switch": 6.0, "move": 4.0}  # seconds between what they do
PAGES = ("Explore", "Confusion matrix", "Single layer against multilayer", "Train")
DROPOUTS = (0.1, 0.2, 0.3, 0.2)
RESULT = "test images correctly"  # the words of a run that has come to its end


class Task(NamedTuple):
    """What a student trains.

    settings : of the run, without its epochs
    short, alone : epochs of a run that soon ends, and of one in the terminal
    """

    settings: dict[str, str]
    short: int
    alone: int

    @property
    def plan(self) -> Plan:
        """The size of the run."""
        return plan(RunConfig.model_validate(self.settings))


TASKS = {
    "digits": Task({"dataset": "digits"}, short=30, alone=2000),
    "mnist": Task(
        {"dataset": "mnist", "hidden_layers": "128", "batch_size": "128"}, short=1, alone=5
    ),
}


class Role(NamedTuple):
    """What a student trains, and what he or she does beside watching it; nothing if empty."""

    task: str
    habit: str = ""


def roles_of(n_students: int, n_mnist: int) -> list[Role]:
    """Return the roles of a class, the one who measures reruns first.

    Parameters
    ----------
    n_mnist : how many train MNIST; the others train digits
    """
    n_restless = min(n_students, max(len(PERIODS), n_students // ONE_IN))
    habits = ["rerun", *islice(cycle(["switch", "move"]), n_restless - 1)]
    n_mnist = min(n_mnist, n_students - n_restless)
    watchers = [Role("mnist")] * n_mnist + [Role("digits")] * (n_students - n_restless - n_mnist)
    return [Role("digits", habit) for habit in habits] + watchers


def steps_per_second(readings: list[Reading], began_at: float, size: Plan) -> float:
    """Return how fast a run goes, from the first to the last time that its page said so.

    Parameters
    ----------
    began_at : when Train was pressed
    size : of the run
    """
    if len(readings) < 2 or readings[-1].at == readings[0].at:
        return 0.0
    first, last = readings[0], readings[-1]
    epochs = epochs_between(first, last, began_at, size.n_training)
    return epochs * size.steps_per_epoch / (last.at - first.at)


def epochs_between(first: Reading, last: Reading, began_at: float, n_training: int) -> float:
    """Return how many epochs a run has done between two readings.

    A page says only whole ones. Its mean speed tells more, as far as that agrees with them.
    """
    whole = last.epoch - first.epoch
    if first.speed is None or last.speed is None:
        return whole
    samples = last.speed * (last.at - began_at) - first.speed * (first.at - began_at)
    return min(max(samples / n_training, whole - 1, 0), whole + 1)


class Visitor:
    """A session that may be lost.

    Parameters
    ----------
    settings : in the link by which the session comes

    Attributes
    ----------
    seconds : how long each look and each thing that the visitor did took, by what it was
    lost : why the session was lost; empty if it was not
    """

    def __init__(self, url: str, settings: dict[str, str]) -> None:
        self.tab = Tab(url, settings)
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.lost = ""

    async def attempt(self, what: Awaitable[None], seconds: float) -> None:
        """Do something within a time, or note why the session was lost, and close its tab."""
        try:
            async with asyncio.timeout(seconds):
                await what
        except SessionLostError as error:
            self.lost = str(error)
        except TimeoutError:
            self.lost = f"not done within {seconds:.0f} s"
        if self.lost:
            await self.tab.close()


class Student(Visitor):
    """A session with a role.

    Attributes
    ----------
    began_at : when Train was first pressed
    n_begun, n_ended : runs that were begun, and that came to their end with a result
    other_endings : what the page said of runs that ended without a result
    """

    def __init__(self, role: Role, url: str) -> None:
        settings = TASKS[role.task].settings
        super().__init__(url, settings | {"epochs": LONG_RUN[role.task], "pace": "full"})
        self.role = role
        self.began_at = 0.0
        self.n_begun = self.n_ended = 0
        self.other_endings: list[str] = []
        self._pages, self._dropouts = cycle(PAGES), cycle(DROPOUTS)
        self._next_habit = float("inf")

    async def arrive(self, after: float) -> None:
        """Open the app after some seconds, and press Train."""
        await asyncio.sleep(after)
        await self.tab.open()
        self.began_at = time.monotonic()
        await self._train()
        if self.role.habit:
            self._next_habit = time.monotonic() + PERIODS[self.role.habit]

    async def _train(self) -> None:
        self.n_begun += 1
        await self.tab.click("Train")

    async def attend(self, until: float) -> None:
        """Look at the run as often as the server wants it, and do what the role asks for."""
        while (at := min(self.tab.next_look, self._next_habit)) < until:
            if at == self.tab.next_look:
                self.seconds["look"].append(await self.tab.look())
            else:
                await asyncio.sleep(at - time.monotonic())
                self.seconds[self.role.habit].append(await self._do())
                self._next_habit = time.monotonic() + PERIODS[self.role.habit]
        await asyncio.sleep(until - time.monotonic())

    async def _do(self) -> float:
        match self.role.habit:
            case "switch":
                return await self.tab.go_to(next(self._pages))
            case "move":
                return await self.tab.move_slider("Dropout", next(self._dropouts))
        return await self.tab.rerun()

    def count_from_now(self) -> None:
        """Forget what was measured so far."""
        self.seconds.clear()
        self.tab.readings.clear()

    async def finish(self) -> None:
        """Stop the run, and train a short one to its end."""
        if self.tab.page != "Train":
            await self.tab.go_to("Train")
        await self.tab.click("Stop")
        await self._watch_to_the_end()
        await self.tab.set_number("Epochs", TASKS[self.role.task].short)
        await self._train()
        await self._watch_to_the_end()

    async def _watch_to_the_end(self) -> None:
        while self.tab.next_look < float("inf"):
            await self.tab.look()
        if any(RESULT in words for words in self.tab.alerts):
            self.n_ended += 1
        else:
            self.other_endings.append(" ".join(self.tab.alerts) or "the page says nothing of it")
