"""The sweep: train every config of a grid; it can be stopped at any time and resumed."""

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Protocol

from experiments.background.interrupts import delay_interrupt
from experiments.config import RunConfig
from experiments.sweep.result_table import ResultTable
from experiments.training.summary import Summary


class Runner(Protocol):
    """Trains configs, such as `experiments.background.parallel.run_all` with its options set."""

    def __call__(self, configs: Sequence[RunConfig], /) -> Generator[tuple[int, Summary]]:
        """Yield the index of each config and the summary of its run, in any order."""


def sweep(configs: Sequence[RunConfig], table: ResultTable, run_all: Runner) -> Generator[Summary]:
    """Train the configs that the table lacks, add the results, and yield each summary.

    However the sweep ends, by Ctrl-C or by an error, the finished runs are saved in the file.
    """
    missing = [config for config in configs if config not in table]
    if not missing:
        return
    try:
        with closing(run_all(missing)) as results:
            for index, summary in results:
                with delay_interrupt():
                    table.add(missing[index], summary)
                yield summary
    finally:
        with delay_interrupt():
            table.save()
