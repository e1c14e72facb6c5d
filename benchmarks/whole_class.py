"""A class at a server: it comes, trains, is measured, comes to its end, and goes."""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from benchmarks.process_usage import Usage, cpu_seconds, machine_seconds, usage_of
from benchmarks.students import TASKS, Role, Student, Visitor, steps_per_second
from tests.browser.serving import ROOT, Server

ARRIVAL_SECONDS = 5.0  # within which a class opens the app
SETTLING_SECONDS = 5.0  # of training before anything is measured
PATIENCE_SECONDS = 240.0  # for all to begin, and for all to train a short run to its end
ALONE_SECONDS = 300.0  # for the run in the terminal, which takes a few

V = TypeVar("V", bound=Visitor)


class Cpu(NamedTuple):
    """Seconds of the processor that each of these has taken, and the whole machine."""

    server: float
    workers: float
    benchmark: float
    machine: float


@dataclass
class Measured:
    """What was measured of a class.

    Attributes
    ----------
    seconds : within which looks and the rest began
    steps : steps a second, by what is trained
    cpu : how many cores each kept busy
    usage : of the server, at the end of the measuring
    finish_seconds : from the first Stop until the last short run was at its end
    """

    students: list[Student]
    seconds: float
    steps: dict[str, float]
    cpu: Cpu
    usage: Usage
    finish_seconds: float


def steps_alone(name: str) -> float:
    """Return the steps a second of the same run in the terminal, alone on one core."""
    task = TASKS[name]
    options = [f"--{key.replace('_', '-')}={value}" for key, value in task.settings.items()]
    output = subprocess.run(  # noqa: S603  # this project's own program
        [sys.executable, "main.py", "train", *options, f"--epochs={task.alone}", "--json"],
        cwd=ROOT,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=ALONE_SECONDS,
    ).stdout
    seconds = float(json.loads(output.splitlines()[-1])["seconds"])
    return task.alone * task.plan.steps_per_epoch / seconds


async def all_at_once(
    visitors: Sequence[V], what: Callable[[V], Awaitable[None]], seconds: float
) -> None:
    """Let all visitors who are still there do something at the same time."""
    there = [visitor for visitor in visitors if not visitor.lost]
    await asyncio.gather(*(visitor.attempt(what(visitor), seconds) for visitor in there))


async def hold_class(server: Server, roles: Sequence[Role], seconds: float) -> Measured:
    """Let a class come, train, be measured, come to its end, and go."""
    students = [Student(role, server.url) for role in roles]
    random.Random(0).shuffle(students)  # noqa: S311  # no secret: the order of arrival
    try:
        return await _measure(server, students, seconds)
    finally:
        await asyncio.gather(*(student.tab.close() for student in students))


async def _measure(server: Server, students: list[Student], seconds: float) -> Measured:
    pause = ARRIVAL_SECONDS / len(students)
    delays = {id(student): pause * i for i, student in enumerate(students)}
    await all_at_once(students, lambda one: one.arrive(delays[id(one)]), PATIENCE_SECONDS)
    await _attend(students, SETTLING_SECONDS)
    for student in students:
        student.count_from_now()
    start, before = time.monotonic(), cpu_of(server.pid)
    await _attend(students, seconds)
    elapsed, after = time.monotonic() - start, cpu_of(server.pid)
    usage, steps = usage_of(server.pid), steps_of(students)
    start = time.monotonic()
    await all_at_once(students, Student.finish, PATIENCE_SECONDS)
    cores = Cpu(*((b - a) / elapsed for a, b in zip(before, after, strict=True)))
    return Measured(students, seconds, steps, cores, usage, time.monotonic() - start)


async def _attend(students: Sequence[Student], seconds: float) -> None:
    until = time.monotonic() + seconds
    await all_at_once(students, lambda student: student.attend(until), seconds + PATIENCE_SECONDS)


def cpu_of(pid: int) -> Cpu:
    """Return the seconds of the processor so far."""
    return Cpu(*cpu_seconds(pid), time.process_time(), machine_seconds())


def steps_of(students: Sequence[Student]) -> dict[str, float]:
    """Return the steps a second of all runs, by what is trained."""
    steps: Counter[str] = Counter()
    for student in students:
        task, readings = student.role.task, student.tab.readings
        steps[task] += steps_per_second(readings, student.began_at, TASKS[task].plan)
    return dict(steps)
