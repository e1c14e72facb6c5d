"""SECURITY.md names places that exist, and the code opens no pickle and evaluates no text."""

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from data.own import checks

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
CODE = [
    path
    for folder in ("mlp", "data", "experiments", "dashboard", "pages")
    for path in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "app.py", ROOT / "main.py"]

MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "subprocess"}
CALLS = {"eval", "exec", "compile", "system", "popen", "read_pickle", "literal_eval"}


@pytest.mark.parametrize("path", re.findall(r"`([\w.]*[\w/]+/[\w.]+)`", PAGE))
def test_a_file_that_the_page_names_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", re.findall(r"`([a-z_.]+\.[A-Z_]+)`", PAGE))
def test_a_limit_that_the_page_names_is_a_number(name: str) -> None:
    module, _, constant = name.rpartition(".")
    assert getattr(importlib.import_module(module), constant) > 0


def test_the_page_names_files_and_limits() -> None:
    assert len(re.findall(r"`[a-z_.]+\.MAX_[A-Z_]+`", PAGE)) > 10


def suspicious(tree: ast.AST) -> set[str]:
    """Return what a program uses that opens pickles, evaluates text or starts programs."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {name.name.split(".")[0] for name in names} & MODULES
            case ast.ImportFrom(module=str(module)):
                found |= {module.split(".")[0]} & MODULES
            case ast.Call(func=ast.Name(id=name)) if name in CALLS:
                found.add(name)
            case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in CALLS:
                found |= set() if ast.unparse(value) == "re" else {name}  # a regular expression
            case ast.keyword(arg="allow_pickle" | "shell" | "unsafe_allow_html" as name):
                found.add(name)
    return found


def test_the_code_opens_no_pickle_evaluates_no_text_and_starts_no_program() -> None:
    found = {str(path.relative_to(ROOT)): suspicious(ast.parse(path.read_bytes())) for path in CODE}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "line",
    [
        "import pickle",
        "from pickle import loads",
        "import os; os.system('x')",
        "eval('1')",
        "np.load(f, allow_pickle=True)",
        "pd.read_pickle(f)",
        "st.markdown(x, unsafe_allow_html=True)",
    ],
)
def test_each_of_these_would_be_found(line: str) -> None:
    assert suspicious(ast.parse(line))


def test_the_server_is_configured_as_the_page_says() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 2**20 <= checks.MAX_BYTES
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
    assert "enableXsrfProtection" not in config["server"]  # stays on
