"""What the benchmarks say beside their numbers: on which machine, in tables, in the README."""

import argparse
import importlib.metadata
import os
import platform
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np  # so that its BLAS is loaded, and can say what it is
from threadpoolctl import threadpool_info, threadpool_limits

README = Path(__file__).with_name("README.md")


def machine() -> dict[str, str | int | None]:
    """Return the facts that a time depends on; torch is None if it is not installed."""
    return {
        "platform": platform.platform(),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": blas(),
        "sklearn": importlib.metadata.version("scikit-learn"),
        "torch": importlib.metadata.version("torch") if find_spec("torch") else None,
    }


def cpu_model() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not on Linux
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def blas() -> str:
    """Return the library that multiplies NumPy's matrices, and for which processors it does.

    The processor may be an older one than that of the machine: OPENBLAS_CORETYPE in the
    environment chooses it.
    """
    everywhere = [library for library in threadpool_info() if library["user_api"] == "blas"]
    in_numpy = [library for library in everywhere if "numpy" in library["filepath"]]
    libraries = in_numpy or everywhere  # SciPy may have brought another one
    names = {
        f"{library['internal_api']} {library['version']} {library.get('architecture', '')}".strip()
        for library in libraries
    }
    return ", ".join(sorted(names))


def in_words(facts: dict[str, str | int | None]) -> str:
    """Return the facts of the machine as a line."""
    torch = f"PyTorch {facts['torch']}" if facts["torch"] else "no PyTorch"
    return (
        f"{facts['cpu']}, {facts['cores']} cores; {facts['platform']}; "
        f"Python {facts['python']}, NumPy {facts['numpy']} with {facts['blas']}, "
        f"scikit-learn {facts['sklearn']}, {torch}."
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns are aligned also as plain text."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    marks = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    lines = [_line(row, widths) for row in (heads, marks, *rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Return a row: the first cell on the left of its column, the others on the right."""
    first = cells[0].ljust(widths[0])
    others = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
    return f"| {' | '.join([first, *others])} |"


def print_or_write(report: Callable[[], str], section: str, description: str | None) -> None:
    """Make a report with one BLAS thread and print it; with --write, put it into the README.

    Parameters
    ----------
    section : see `write_section`
    description : of the command, for --help
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    arguments = parser.parse_args()
    threadpool_limits(1)
    text = report()
    print(text)
    if arguments.write:
        write_section(section, text)


def write_section(name: str, text: str, readme: Path = README) -> None:
    """Put a text between the two comments of a README that bear a name.

    Raises
    ------
    ValueError : if the comments are not there
    """
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    whole = readme.read_text(encoding="utf-8")
    before, found_start, rest = whole.partition(start)
    _, found_end, after = rest.partition(end)
    if not (found_start and found_end):
        raise ValueError(
            f"'{readme.name}' needs a line {start.strip()} and after it a line {end.strip()}, "
            "between which the results go. Add them where you want to read the results."
        )
    readme.write_text(f"{before}{start}\n{text}\n\n{end}{after}", encoding="utf-8")
