"""The layout is a promise: who may import whom, so that each layer can be read alone."""

import ast
import sys
from pathlib import Path

import pytest

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
        "cachetools",
        "threadpoolctl",
        "pandas",
        "scipy",
    },
    "experiments/evaluation/metrics.py": {"experiments", "data", "numpy", "sklearn.metrics"},
    "experiments/background/parallel.py": {"experiments", "data", "joblib", "distributed"},
    "experiments/export/script_runtime.py": {"experiments", "mlp", "data", "numpy", "sklearn"},
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
    "dashboard/charts": {"dashboard.charts", "experiments", "mlp", "data", "numpy", "plotly"},
    "pages": {"dashboard", "experiments", "data", "mlp", "streamlit"},
    "app.py": {"dashboard", "streamlit"},
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


def test_no_page_imports_another() -> None:
    for file in (ROOT / "pages").glob("*.py"):
        assert not {name for name in imports_of(file) if name.startswith("pages")}
