"""Which slice is made next: the readers take turns, however much each of them has asked for.

One thread serves all tasks: it submits their slices to an executor, takes what comes back,
and ends tasks whose page has gone. It computes nothing itself.
"""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import BrokenExecutor, Future
from functools import cached_property, partial
from typing import Any, NamedTuple, Protocol

from experiments.background.executors import ShutDownError, SliceExecutor, choose_executor
from experiments.background.limits import MAX_LOSSES, MAX_WORKS

log = logging.getLogger(__name__)

CHECK_SECONDS = 0.5  # between two checks whether the pages are still there
SLICE_SECONDS = 0.25  # at most: so long, others may have to wait
LEAST_SLICE_SECONDS = 0.08  # handing a slice over and back takes some milliseconds
ROUND_SECONDS = 0.6  # in which each reader gets a slice, unless there are too many of them

OUT_OF_MEMORY = (
    "There was not enough memory for this. Take fewer or smaller layers, or a smaller batch."
)
LOST = (
    f"The process that worked on this ended {MAX_LOSSES} times, perhaps because memory ran out. "
    "Take fewer or smaller layers, or a smaller batch."
)
FAILED = "This ended because of an error in the app; the details are in its log."


class Share(NamedTuple):
    """What a task may take of the processors.

    slice_seconds : of one slice, at most
    interval : seconds between two slices of a task, about
    """

    slice_seconds: float
    interval: float


class Task(Protocol):
    """Work that is done slice by slice.

    work : what it is part of; several tasks may be one work
    name : in the log
    """

    work: object
    name: str

    @property
    def reader(self) -> Hashable:
        """Whose task it is."""

    def due_at(self) -> float:
        """Return when the next slice is wanted, in monotonic time; infinity for no slice."""

    def submit(self, executor: SliceExecutor, share: Share) -> Future[Any]:
        """Submit the next slice."""

    def take(self, outcome: Any) -> None:
        """Take what the slice gave back."""

    def fail(self, problem: str) -> None:
        """End, and say why."""

    def lose(self) -> None:
        """Forget the slice under way: its worker was lost."""

    def check(self) -> bool:
        """End if there is nobody to work for; say whether the task is over."""


class _Entry:
    """A task, and when it was last served, and since when it waits."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.served_at, self.ready_since = 0.0, 0.0
        self.future: Future[Any] | None = None
        self.n_lost = 0


class SliceScheduler:
    """Serves tasks until they are over.

    Parameters
    ----------
    make_executor : called once, with the first task
    """

    def __init__(self, make_executor: Callable[[], SliceExecutor] = choose_executor) -> None:
        self._make_executor = make_executor
        self._entries: dict[Task, _Entry] = {}
        self._served_at: dict[Hashable, float] = {}  # by reader
        self._order: tuple[Task, ...] = ()  # of those that wait
        self._held_back: frozenset[Task] = frozenset()
        self._returned: list[_Entry] = []
        self._is_woken = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @cached_property
    def executor(self) -> SliceExecutor:
        """Makes the slices."""
        return self._make_executor()

    def add(self, task: Task) -> None:
        """Serve a task from now on."""
        with self._changed:
            self._entries.setdefault(task, _Entry(task))
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="slices", daemon=True)
                self._thread.start()
        self.wake()

    def wake(self) -> None:
        """Check at once what the tasks want."""
        with self._changed:
            self._is_woken = True
            self._changed.notify()

    def tasks(self) -> tuple[Task, ...]:
        """Return all tasks that are served, paused ones as well."""
        with self._changed:
            return tuple(self._entries)

    def place(self, task: Task) -> int:
        """Return 1 for the task that is next, 2 for the one after; 0 if it does not wait."""
        order = self._order
        return order.index(task) + 1 if task in order else 0

    def waiting_seconds(self, task: Task) -> float:
        """Return for how long a task has waited for a slice."""
        entry = self._entries.get(task)
        return time.monotonic() - entry.ready_since if entry and entry.ready_since else 0.0

    def is_held_back(self, task: Task) -> bool:
        """Say whether a task waits for other works of its own reader to be over."""
        return task in self._held_back

    def close(self) -> None:
        """End the workers; tasks that are under way get no more slices."""
        if "executor" in vars(self):
            self.executor.close()

    # What follows runs in the scheduler's thread alone.

    def _serve(self) -> None:
        while True:
            try:
                self._take_returned()
                self._check()
                wait = self._submit_due()
            except ShutDownError:
                return
            except Exception:  # whatever a task does wrong, the others go on
                log.exception("A task disturbed the scheduler")
                wait = CHECK_SECONDS
            with self._changed:
                self._changed.wait_for(lambda: self._returned or self._is_woken, wait)
                self._is_woken = False

    def _take_returned(self) -> None:
        with self._changed:
            returned, self._returned = self._returned, []
        for entry in returned:
            future, entry.future = entry.future, None
            if future is not None and entry.task in self._entries:
                self._take(entry, future)

    def _take(self, entry: _Entry, future: Future[Any]) -> None:
        try:
            outcome = future.result()
            entry.n_lost = 0
            entry.task.take(outcome)
        except BrokenExecutor:
            self._lose(entry)
        except MemoryError:
            entry.task.fail(OUT_OF_MEMORY)
        except Exception as error:  # a slice has no caller; the page reads the status
            is_killed = type(error).__name__ == "KilledWorker"  # of Dask, perhaps not installed
            log.exception("%s failed", entry.task.name)
            entry.task.fail(LOST if is_killed else FAILED)

    def _lose(self, entry: _Entry) -> None:
        """Make the slice of a lost worker again, from the state before it."""
        log.warning("%s has lost a worker; the slice is made again", entry.task.name)
        self.executor.replace_workers()
        entry.n_lost += 1
        entry.task.lose()
        if entry.n_lost == MAX_LOSSES:
            entry.task.fail(LOST)

    def _check(self) -> None:
        """Forget the tasks that are over."""
        with self._changed:
            entries = tuple(self._entries.values())
        over = [entry.task for entry in entries if entry.task.check()]
        with self._changed:
            for task in over:
                self._entries.pop(task, None)
            readers = {task.reader for task in self._entries}
            self._served_at = {
                reader: at for reader, at in self._served_at.items() if reader in readers
            }

    def _submit_due(self) -> float:
        """Submit as many slices as there is room for; return the seconds until the next check."""
        with self._changed:
            entries = tuple(self._entries.values())
        now = time.monotonic()
        due = {entry: entry.task.due_at() for entry in entries if entry.future is None}
        self._held_back = self._find_held_back(entries, due)
        ready = self._ready(due, now)
        n_active = len(ready) + sum(entry.future is not None for entry in entries)
        for entry in tuple(ready):
            if not self._has_room(entry, entries):
                break
            self._submit(entry, self._share(n_active), now)
            ready.remove(entry)
        self._order = tuple(entry.task for entry in ready)
        return min([CHECK_SECONDS, *(at - now for at in due.values() if at > now)])

    def _ready(self, due: dict[_Entry, float], now: float) -> list[_Entry]:
        """Return those that wait for a slice, in the order in which they get one."""
        ready = []
        for entry, at in due.items():
            is_ready = at <= now and entry.task not in self._held_back
            entry.ready_since = (entry.ready_since or now) if is_ready else 0.0
            if is_ready:
                ready.append(entry)
        served_at = self._served_at
        ready.sort(key=lambda entry: (served_at.get(entry.task.reader, 0.0), entry.served_at))
        return ready

    def _find_held_back(
        self, entries: Iterable[_Entry], due: dict[_Entry, float]
    ) -> frozenset[Task]:
        """Return the tasks that belong to more than MAX_WORKS works of one reader."""
        works: dict[Hashable, list[object]] = {}
        held_back = set()
        for entry in entries:
            task = entry.task
            if due.get(entry) == float("inf"):
                continue  # it is paused
            begun = works.setdefault(task.reader, [])
            if task.work not in begun:
                begun.append(task.work)
            if begun.index(task.work) >= MAX_WORKS:
                held_back.add(task)
        return frozenset(held_back)

    def _share(self, n_active: int) -> Share:
        """Return what each of so many tasks may take: less where there are many."""
        n_rounds = n_active / self.executor.capacity
        seconds = min(SLICE_SECONDS, max(LEAST_SLICE_SECONDS, ROUND_SECONDS / n_rounds))
        return Share(seconds, n_rounds * LEAST_SLICE_SECONDS)

    def _has_room(self, entry: _Entry, entries: Iterable[_Entry]) -> bool:
        """Say whether a slice can be made now; one that has lost a worker is made alone."""
        in_flight = [other for other in entries if other.future is not None]
        is_alone = entry.n_lost > 0 or any(other.n_lost for other in in_flight)
        return len(in_flight) < (1 if is_alone else self.executor.capacity)

    def _submit(self, entry: _Entry, share: Share, now: float) -> None:
        entry.served_at = self._served_at[entry.task.reader] = now
        entry.ready_since = 0.0
        try:
            entry.future = entry.task.submit(self.executor, share)
        except ShutDownError:
            raise
        except BrokenExecutor:
            self._lose(entry)
        except Exception:  # such as a disk that is full
            log.exception("%s failed", entry.task.name)
            entry.task.fail(FAILED)
        else:
            entry.future.add_done_callback(partial(self._give_back, entry))

    def _give_back(self, entry: _Entry, future: Future[Any]) -> None:
        with self._changed:
            self._returned.append(entry)
            self._changed.notify()


PROCESS_SCHEDULER = SliceScheduler()
