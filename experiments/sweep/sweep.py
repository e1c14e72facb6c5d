"""Train every combination of a grid; a sweep may be stopped at any time and continued."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Protocol

from experiments.background.interrupts import undisturbed
from experiments.config import RunConfig
from experiments.training.summary import Summary

if TYPE_CHECKING:
    pass
from experiments.sweep.result_table import ResultTable


class Runner(Protocol):
    """What makes runs, such as `experiments.background.parallel.run_all` with all else decided."""

    def __call__(self, configs: Sequence[RunConfig], /) -> Generator[tuple[int, Summary]]:
        """Yield the place of each config and the summary of its run."""


def sweep(configs: Sequence[RunConfig], table: ResultTable, run_all: Runner) -> Generator[Summary]:
    """Train what is not in the table yet, add it, and yield each summary as it comes.

    Whatever ends it, an error or a reader's impatience, what was reached is in the file.
    """
    missing = [config for config in configs if config not in table]
    if not missing:
        return
    try:
        with closing(run_all(missing)) as results:
            for number, summary in results:
                with undisturbed():
                    table.add(missing[number], summary)
                yield summary
    finally:
        with undisturbed():
            table.save()
