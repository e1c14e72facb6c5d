"""The layout is a promise: who may import whom, so that each layer can be read alone."""

import ast
import sys
from pathlib import Path

import pytest

from dashboard.shell.page_registry import PAGES, PageEntry

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "mlp": {"mlp", "numpy"},
    "mlp/storage.py": {"mlp", "numpy", "safetensors"},
    "mlp/onnx_export.py": {"mlp", "numpy", "onnx"},
    "mlp/classifier_inputs.py": {"mlp", "numpy", "sklearn"},
    "mlp/classifier.py": {"mlp", "numpy", "sklearn"},
    "data": {"data", "numpy", "pooch", "requests", "PIL"},
    "experiments": {
        "experiments",
        "mlp",
        "data",
        "numpy",
        "pydantic",
        "pydantic_core",
        "cachetools",
        "threadpoolctl",
        "pandas",
        "scipy",
    },
    "experiments/evaluation/metrics.py": {"experiments", "data", "numpy", "sklearn.metrics"},
    "experiments/background/parallel.py": {"experiments", "data", "joblib", "distributed"},
    "experiments/background/executors.py": {"experiments", "data", "joblib"},
    "experiments/export/script_runtime.py": {"experiments", "mlp", "data", "numpy", "sklearn"},
    "experiments/pretrained/remake.py": {
        "experiments",
        "data",
        "mlp",
        "numpy",
        "PIL",
        "threadpoolctl",
    },
    "experiments/exploration/tsne.py": {"experiments", "numpy", "openTSNE", "threadpoolctl"},
    "dashboard": {
        "dashboard",
        "experiments",
        "mlp",
        "data",
        "cachetools",
        "numpy",
        "pandas",
        "plotly",
        "pydantic",
        "streamlit",
        "threadpoolctl",
    },
    "dashboard/shell/early_scripts.py": {"dashboard", "starlette"},
    "dashboard/shell/look_endpoint.py": {"dashboard", "starlette"},
    "dashboard/shell/static_files.py": {"starlette", "streamlit"},
    "dashboard/components/link_box.py": {"dashboard", "experiments", "segno", "streamlit"},
    "dashboard/charts": {"dashboard.charts", "experiments", "mlp", "data", "numpy", "plotly"},
    "pages": {"dashboard", "experiments", "data", "mlp", "streamlit"},
    "app.py": {"dashboard", "starlette", "streamlit"},
    "main.py": {
        "experiments",
        "data",
        "mlp",
        "numpy",
        "pydantic",
        "threadpoolctl",
        "tqdm",
        "typer",
    },
}

WINGS = [
    "training",
    "background",
    "export",
    "evaluation",
    "pretrained",
    "comparison",
    "exploration",
    "inspection",
    "sweep",
]
"""The folders of the experiments: each imports only those before it."""

PAGE_FOLDERS = [page.name for page in PAGES]

READING_ORDER = [
    "arrays",
    "activations",
    "losses",
    "initializers",
    "network",
    "backprop",
    "matrix_shapes",
    "optimizers",
    "schedules",
    "samples",
    "records",
    "evaluation",
    "training",
    "early_stopping",
    "gradient_check",
    "storage",
    "onnx_export",
    "classifier_settings",
    "classifier_inputs",
    "classifier",
]


def imports_of(file: Path) -> set[str]:
    """Return the full names of all modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide the layer"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer_of(file: Path) -> str:
    path = file.relative_to(ROOT).as_posix()
    return max((layer for layer in MAY_IMPORT if path.startswith(layer)), key=len)


FILES = sorted(
    {
        file
        for layer in MAY_IMPORT
        for file in ([ROOT / layer] if layer.endswith(".py") else (ROOT / layer).rglob("*.py"))
    }
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_file_imports_only_what_its_layer_may(file: Path) -> None:
    allowed = MAY_IMPORT[layer_of(file)]
    forbidden = {
        name
        for name in imports_of(file)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == ok or name.startswith(f"{ok}.") for ok in allowed)
    }
    assert not forbidden


def test_a_forbidden_import_would_be_noticed(tmp_path: Path) -> None:
    file = tmp_path / "bad.py"
    file.write_text("def late():\n    import streamlit\n    from plotly import graph_objects\n")
    assert imports_of(file) == {"streamlit", "plotly.graph_objects"}


def test_mlp_reads_top_to_bottom() -> None:
    for position, name in enumerate(READING_ORDER):
        earlier = {f"mlp.{module}" for module in READING_ORDER[:position]}
        used = {
            ".".join(imported.split(".")[:2])
            for imported in imports_of(ROOT / "mlp" / f"{name}.py")
            if imported.startswith("mlp.")
        }
        assert used <= earlier, name


def test_the_reading_order_is_complete() -> None:
    modules = {file.stem for file in (ROOT / "mlp").glob("*.py")} - {"__init__"}
    assert modules == set(READING_ORDER)


def folders_used_by(folder: str) -> set[str]:
    """Return the folders beside it whose modules the files of a folder import."""
    parent = folder.rpartition("/")[0].replace("/", ".")
    return {
        name.removeprefix(f"{parent}.").split(".")[0]
        for file in (ROOT / folder).rglob("*.py")
        for name in imports_of(file)
        if name.startswith(f"{parent}.")
    } - {folder.rpartition("/")[2]}


@pytest.mark.parametrize("wing", WINGS)
def test_a_wing_of_the_experiments_stands_on_those_before_it(wing: str) -> None:
    allowed = {*WINGS[: WINGS.index(wing)], "config", "presets", "setting"}
    assert folders_used_by(f"experiments/{wing}") <= allowed


def test_all_wings_of_the_experiments_have_their_place() -> None:
    assert folders_of("experiments") == set(WINGS)


def folders_of(layer: str) -> set[str]:
    return {file.parent.name for file in (ROOT / layer).glob("*/__init__.py")}


@pytest.mark.parametrize("folder", PAGE_FOLDERS)
def test_the_folder_of_a_page_knows_neither_the_shell_nor_another_page(folder: str) -> None:
    used = folders_used_by(f"dashboard/{folder}")
    assert not used & ({*PAGE_FOLDERS, "shell"} - {folder})


@pytest.mark.parametrize("folder", ["charts", "components", "shell"])
def test_what_pages_share_knows_no_page(folder: str) -> None:
    assert not folders_used_by(f"dashboard/{folder}") & {*PAGE_FOLDERS}


def test_the_charts_stand_below_all_else_of_the_dashboard() -> None:
    assert not folders_used_by("dashboard/charts")
    assert not folders_used_by("dashboard/components") & {"shell"}


def test_all_folders_of_the_dashboard_have_their_place() -> None:
    assert folders_of("dashboard") == {*PAGE_FOLDERS, "charts", "components", "shell"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_short_and_draws_the_views_of_its_own_folder(page: PageEntry) -> None:
    path = ROOT / page.file
    lines = path.read_text(encoding="utf-8").splitlines()
    folders = {name.split(".")[1] for name in imports_of(path) if name.startswith("dashboard.")}
    assert len(lines) < 60
    assert folders & {*PAGE_FOLDERS} == {page.name}
