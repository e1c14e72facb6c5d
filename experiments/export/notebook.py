"""A script as a Jupyter notebook."""

import json
import re
from itertools import takewhile
from typing import Any


def to_notebook(script: str) -> str:
    """Return a script as a notebook: for each section, a cell of text and a cell of code."""
    title, *sections = re.split(r"^# %% ", script, flags=re.MULTILINE)
    cells = [_cell("markdown", "# " + title.strip('"\n'))]
    for section in sections:
        heading, *lines = section.splitlines()
        text_lines = [line[2:] for line in takewhile(lambda line: line.startswith("#"), lines)]
        cells.append(_cell("markdown", "\n".join([f"## {heading}", "", *text_lines])))
        cells.append(_cell("code", "\n".join(lines[len(text_lines) :])))
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": numbered,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _cell(kind: str, text: str) -> dict[str, Any]:
    cell = {"cell_type": kind, "metadata": {}, "source": text.strip().splitlines(keepends=True)}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
