"""An exported notebook repeats its run cell by cell."""

import json
import re

from experiments.config import RunConfig
from experiments.export.notebook import to_notebook
from experiments.export.script import to_script
from tests.runs import QUICK, assert_same, finished, namespace_of


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
