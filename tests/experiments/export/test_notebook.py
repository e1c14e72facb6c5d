"""An exported notebook repeats its run cell by cell."""

import io
import json
import os
import re
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import Any

from threadpoolctl import threadpool_limits

from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.export.notebook import to_notebook
from experiments.export.script import to_script
from experiments.training.run import Run

QUICK: dict[str, Any] = {"epochs": 2, "hidden_layers": (8,)}


def finished(config: RunConfig, own: Dataset | None = None) -> Run:
    with threadpool_limits(1):
        run = Run(config, own)
        run.complete()
    return run


def namespace_of(sections: Sequence[str]) -> tuple[dict[str, Any], str]:
    """Run code as a program of its own; return its namespace and what it prints."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    printed = io.StringIO()
    environment = dict(os.environ)
    with redirect_stdout(printed), threadpool_limits(1):
        for section in sections:
            exec(compile(section, "<exported>", "exec", dont_inherit=True), namespace)  # noqa: S102
    os.environ.clear()
    os.environ.update(environment)
    return namespace, printed.getvalue()


def assert_same(namespace: dict[str, Any], run: Run) -> None:
    assert repr(namespace["history"]) == repr(run.history)  # the repr of a float shows every bit
    assert namespace["network"].parameters.tobytes() == run.network.parameters.tobytes()
    scores = [repr(score) for score in run.result or () if score]
    assert [repr(score) for score in namespace["result"].values()] == scores


def cells_of(notebook: str, kind: str) -> list[str]:
    return ["".join(c["source"]) for c in json.loads(notebook)["cells"] if c["cell_type"] == kind]


def test_a_notebook_repeats_the_run_cell_by_cell() -> None:
    config = RunConfig(**QUICK)
    cells = cells_of(to_notebook(to_script(config)), "code")
    assert len(cells) > 10
    namespace, _ = namespace_of(cells)
    assert_same(namespace, finished(config))


def test_a_notebook_follows_the_notebook_format() -> None:
    notebook = json.loads(to_notebook(to_script(RunConfig())))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook.keys() == {"nbformat", "nbformat_minor", "metadata", "cells"}
    assert notebook["metadata"]["kernelspec"].keys() >= {"name", "display_name"}
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-zA-Z0-9-_]{1,64}", name) for name in ids)
    for cell in notebook["cells"]:
        own = {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
        assert cell.keys() == {"id", "cell_type", "metadata", "source"} | own
        assert cell["source"]
        assert all(line.endswith("\n") for line in cell["source"][:-1])


def test_each_section_of_a_notebook_opens_with_its_docstring() -> None:
    script = to_script(RunConfig())
    notebook = to_notebook(script)
    words, code = cells_of(notebook, "markdown"), cells_of(notebook, "code")
    assert words[0].startswith("# A run of Perceptron Lab")
    titles = re.findall("^# %% (.*)", script, flags=re.MULTILINE)
    assert [text.splitlines()[0] for text in words[1:]] == [f"## {title}" for title in titles]
    assert "What a neuron does with its weighted input z." in words[3]
    assert code[-1].startswith("parts = ")
    assert not any(cell.startswith("#") for cell in code)
