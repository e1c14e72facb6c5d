"""What a process and all that descend from it take of the machine, as Linux counts it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")  # a second of the processor


class Stat(NamedTuple):
    """What the file stat of a process says.

    seconds : of the processor, in the process and in the kernel for it
    """

    parent: int
    seconds: float
    n_threads: int


class Usage(NamedTuple):
    """What a server and its workers have in use.

    server_mb, workers_mb : proportional memory (PSS): a page of memory that three processes
        share counts for a third in each
    """

    n_processes: int
    n_threads: int
    n_descriptors: int
    server_mb: float
    workers_mb: float

    @property
    def megabytes(self) -> float:
        """Memory of all processes."""
        return self.server_mb + self.workers_mb


def parse_stat(text: str) -> Stat:
    """Return what counts of a line of /proc/<pid>/stat; the name may have spaces and brackets."""
    fields = text.rpartition(")")[2].split()  # from the third field of proc(5) on
    return Stat(int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS, int(fields[17]))


def parse_pss(text: str) -> float:
    """Return the proportional memory in MB that /proc/<pid>/smaps_rollup says; 0 at its end."""
    lines = [line for line in text.splitlines() if line.startswith("Pss:")]
    return sum(int(line.split()[1]) for line in lines) / 1024


def descendants(pid: int, parents: dict[int, int]) -> list[int]:
    """Return all processes that a process has started, and those that they have."""
    children = [child for child, parent in parents.items() if parent == pid]
    return children + [each for child in children for each in descendants(child, parents)]


def process_stats(pid: int) -> dict[int, Stat]:
    """Return what stat says of a process, which comes first, and of its descendants."""
    stats = {}
    for folder in PROC.glob("[0-9]*"):
        with suppress(OSError):  # it has ended meanwhile
            stats[int(folder.name)] = parse_stat((folder / "stat").read_text(errors="replace"))
    tree = [pid, *descendants(pid, {each: stat.parent for each, stat in stats.items()})]
    return {each: stats[each] for each in tree if each in stats}


def parse_busy(text: str) -> float:
    """Return the seconds that all processors were busy, of what /proc/stat says."""
    user, nice, system, _idle, _waiting, *others = map(int, text.split(maxsplit=9)[1:9])
    return (user + nice + system + sum(others)) / TICKS


def machine_seconds() -> float:
    """Return the seconds of the processor that the whole machine has taken."""
    return parse_busy((PROC / "stat").read_text())


def cpu_seconds(pid: int) -> tuple[float, float]:
    """Return the seconds of the processor that a server has taken, and its workers."""
    seconds = {each: stat.seconds for each, stat in process_stats(pid).items()}
    server = seconds.pop(pid, 0.0)
    return server, sum(seconds.values())


def usage_of(pid: int) -> Usage:
    """Return what a server and its workers have in use."""
    stats = process_stats(pid)
    megabytes, n_descriptors = {}, 0
    for each in stats:
        with suppress(OSError):
            megabytes[each] = parse_pss((PROC / str(each) / "smaps_rollup").read_text())
            n_descriptors += len(os.listdir(PROC / str(each) / "fd"))
    server = megabytes.pop(pid, 0.0)
    n_threads = sum(stat.n_threads for stat in stats.values())
    return Usage(len(stats), n_threads, n_descriptors, server, sum(megabytes.values()))
