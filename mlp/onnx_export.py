"""A network for other programs: ONNX describes it as a graph of well-known operations.

The graph is the forward pass and nothing else: z_l = a_{l-1} W_l^T + b_l is one node
(Gemm), and f is another. It runs wherever there is an ONNX runtime, in a browser or on a
phone, without this package and without Python.

Source: the operators, https://onnx.ai/onnx/operators/
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from mlp.activations import Output
from mlp.arrays import Array
from mlp.network import Network
from mlp.storage import name_tensors, tensor_names

OPSET = 20  # the first with Gelu
IR_VERSION = 9  # of the file format: as old as that opset, so that old runtimes read it


class Node(NamedTuple):
    """One operation of the graph, between values that have names."""

    operator: str
    inputs: list[str]
    output: str
    attributes: dict[str, Any]


def to_onnx(network: Network, *, shift: Array | None = None, scale: Array | None = None) -> bytes:
    """Return a network as the content of an ONNX file.

    The graph takes `X`, (n_samples, n_0) float32, with any number of samples, and gives
    `logits` and `outputs`, both (n_samples, n_L) float32. A network in float64 is rounded.

    Parameters
    ----------
    shift, scale : (n_0,), both or neither; with them the graph takes samples as they were
        recorded, and begins with (X - shift) / scale

    Raises
    ------
    ImportError : if onnx is not installed
    ValueError : for a shift or a scale of another shape, or for one without the other
    """
    try:
        import onnx
    except ImportError:
        raise ImportError(
            "An ONNX file is written with the package onnx, and it is not installed. "
            "Run: pip install -r requirements-onnx.txt"
        ) from None

    def samples(name: str, n_columns: int) -> onnx.ValueInfoProto:
        shape: list[str | int] = ["n_samples", n_columns]  # a name stands for any number
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    scaler = _check_scaler(network, shift, scale)
    constants = {**scaler, **name_tensors(network)}
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node(node.operator, node.inputs, [node.output], **node.attributes)
            for node in nodes(network, scaled=bool(scaler))
        ],
        "multilayer perceptron",
        [samples("X", network.sizes[0])],
        [samples(name, network.sizes[-1]) for name in ("logits", "outputs")],
        [
            onnx.numpy_helper.from_array(constant.astype(np.float32), name)
            for name, constant in constants.items()
        ],
    )
    model = onnx.helper.make_model(
        graph,
        producer_name="perceptron-lab",
        ir_version=IR_VERSION,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def nodes(network: Network, *, scaled: bool) -> Iterator[Node]:
    """Yield the operations of the forward pass in order, from X to logits and outputs.

    Parameters
    ----------
    scaled : whether it begins with (X - shift) / scale
    """
    a = "X"
    if scaled:
        yield Node("Sub", ["X", "shift"], "moved", {})
        yield Node("Div", ["moved", "scale"], "scaled", {})
        a = "scaled"
    for l in range(1, network.n_layers + 1):
        is_last = l == network.n_layers
        z = "logits" if is_last else f"z{l}"
        yield Node("Gemm", [a, *tensor_names(l)], z, {"transB": 1})  # W_l is (n_l, n_{l-1})
        a = "outputs" if is_last else f"a{l}"
        yield from _apply(network.output if is_last else network.activation, z, a)


def _apply(function: Output, z: str, a: str) -> Iterator[Node]:
    """Yield the operators of a function from z to a, with the names of its layer."""
    from onnx.helper import get_attribute_value
    from onnx.parser import parse_node

    for text in function.onnx.split(";"):
        node = parse_node(text)
        *inputs, output = (
            {"z": z, "a": a}.get(name, f"{a}_{name}") for name in (*node.input, *node.output)
        )
        attributes = {part.name: get_attribute_value(part) for part in node.attribute}
        yield Node(node.op_type, inputs, output, attributes)


def _check_scaler(network: Network, shift: Array | None, scale: Array | None) -> dict[str, Array]:
    """Return the constants of the scaler by their names, none without a scaler."""
    if shift is None and scale is None:
        return {}
    shapes = [None if part is None else part.shape for part in (shift, scale)]
    if shift is None or scale is None or shapes != [(network.sizes[0],)] * 2:
        raise ValueError(
            f"The shift and the scale must both have the shape ({network.sizes[0]},), one number "
            f"for each input; they have {shapes[0]} and {shapes[1]}. Give both, or neither."
        )
    return {"shift": shift, "scale": scale}
