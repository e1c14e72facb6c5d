"""Another program, given the graph, computes what the network computes."""

import sys

import numpy as np
import pytest

from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.arrays import Array
from mlp.backprop import Workspace, forward
from mlp.network import Network
from mlp.onnx_export import nodes, to_onnx
from tests.optional import needed

SHIFT = np.array([1, 2, 3, 4], np.float32)
SCALE = np.array([2, 4, 8, 16], np.float32)


def network(sizes: list[int], **settings: object) -> Network:
    made = Network(sizes, rng=np.random.default_rng(0), **settings)
    made.parameters += 0.1  # biases, too, are not 0
    return made


def samples(n_samples: int) -> Array:
    return np.random.default_rng(1).normal(0, 4, (n_samples, 4)).astype(np.float32)


def run_elsewhere(model: bytes, X: Array) -> tuple[Array, Array]:
    runtime = needed("onnxruntime")
    session = runtime.InferenceSession(model, providers=["CPUExecutionProvider"])
    logits, outputs = session.run(["logits", "outputs"], {"X": X})
    return logits, outputs


def assert_the_same(network: Network, X: Array, scaled: Array, **scaler: Array) -> None:
    logits, outputs = run_elsewhere(to_onnx(network, **scaler), X)
    expected = forward(network, scaled, Workspace(network, len(X)))
    np.testing.assert_allclose(logits, expected, atol=1e-4)
    np.testing.assert_allclose(outputs, network.output.value(expected), atol=1e-4)
    assert logits.dtype == outputs.dtype == np.float32


@pytest.fixture(autouse=True)
def _onnx() -> None:
    needed("onnx")


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_runtime_gives_the_same(activation: str, output: str) -> None:
    X = samples(5)
    assert_the_same(network([4, 6, 5, 3], activation=activation, output=output), X, X)


@pytest.mark.parametrize("n_samples", [1, 100])
def test_the_number_of_samples_is_free(n_samples: int) -> None:
    X = samples(n_samples)
    assert_the_same(network([4, 3]), X, X)


def test_double_precision_is_rounded() -> None:
    X = samples(5)
    assert_the_same(network([4, 6, 3], dtype=np.float64), X, X)


def test_the_scaler_is_part_of_the_graph() -> None:
    X = samples(5)
    assert_the_same(network([4, 6, 3]), X, (X - SHIFT) / SCALE, shift=SHIFT, scale=SCALE)


def test_the_graph_is_the_forward_pass() -> None:
    graph = nodes(network([4, 6, 3], activation="silu"), scaled=True)
    assert [(node.operator, node.inputs, node.output) for node in graph] == [
        ("Sub", ["X", "shift"], "moved"),
        ("Div", ["moved", "scale"], "scaled"),
        ("Gemm", ["scaled", "0.weight", "0.bias"], "z1"),
        ("Sigmoid", ["z1"], "a1_gate"),
        ("Mul", ["z1", "a1_gate"], "a1"),
        ("Gemm", ["a1", "2.weight", "2.bias"], "logits"),
        ("Softmax", ["logits"], "outputs"),
    ]


@pytest.mark.parametrize(
    ("scaler", "words"),
    [
        ({"shift": SHIFT}, r"they have \(4,\) and None. Give both, or neither."),
        ({"scale": SCALE}, r"they have None and \(4,\)"),
        ({"shift": SHIFT, "scale": SCALE[:3]}, r"must both have the shape \(4,\), one number for"),
        ({"shift": SHIFT[None], "scale": SCALE}, r"they have \(1, 4\) and \(4,\)"),
    ],
)
def test_a_scaler_that_does_not_fit_is_refused(scaler: dict[str, Array], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        to_onnx(network([4, 3]), **scaler)


def test_without_onnx_a_sentence_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"Run: pip install -r requirements-onnx\.txt"):
        to_onnx(network([4, 3]))
