"""A network is read back bit for bit, and an invalid file is refused."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlp import storage
from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.backprop import Workspace, forward
from mlp.network import MAX_PARAMETERS, Network, count_parameters
from mlp.storage import ModelFileError, from_bytes, load, save, to_bytes
from tests.optional import needed

NAMES_OF_THE_FORMAT = {"format", "version", "activation", "output"}
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    network = Network(
        draw(st.lists(st.integers(1, 5), min_size=2, max_size=8)),
        activation=draw(st.sampled_from(list(ACTIVATIONS))),
        output=draw(st.sampled_from(list(OUTPUTS))),
        dtype=dtype,
    )
    finite = st.floats(allow_nan=False, allow_infinity=False, width=8 * dtype(0).itemsize)
    network.parameters[:] = draw(arrays(dtype, len(network.parameters), elements=finite))
    return network


@given(networks(), st.dictionaries(words.filter(lambda w: w not in NAMES_OF_THE_FORMAT), words))
def test_a_network_and_its_metadata_survive_bit_for_bit(
    network: Network, metadata: dict[str, str]
) -> None:
    stored = from_bytes(to_bytes(network, metadata))
    assert stored.network.parameters.tobytes() == network.parameters.tobytes()
    assert stored.network.parameters.dtype == network.parameters.dtype
    assert stored.network.sizes == network.sizes
    assert stored.network.activation is network.activation
    assert stored.network.output is network.output
    assert stored.metadata == metadata


def test_a_stored_network_can_be_trained_on() -> None:
    network = from_bytes(to_bytes(Network([2, 3]), {})).network
    network.weights[1][0, 0] = 42
    assert network.parameters[0] == 42


def test_vectors_beside_the_network_survive_bit_for_bit() -> None:
    checkpoint: dict[str, Any] = {
        "order": np.array([2, 0, 1], np.int32),
        "square_sum": np.array([1e-40, 3], np.float32),
        "empty": np.array([], np.float64),
    }
    stored = from_bytes(to_bytes(Network([2, 3]), {}, checkpoint)).checkpoint
    assert stored.keys() == checkpoint.keys()
    for name, vector in checkpoint.items():
        assert stored[name].tobytes() == vector.tobytes()
        assert stored[name].dtype == vector.dtype
    assert from_bytes(to_bytes(Network([2, 3]), {})).checkpoint == {}


@pytest.mark.parametrize(
    ("checkpoint", "words"),
    [
        (
            {"Order": np.zeros(2)},
            r"more than a network and a checkpoint: checkpoint\.Order\. Choose",
        ),
        ({"a" * 41: np.zeros(2)}, "more than a network and a checkpoint"),
        ({letter: np.zeros(2) for letter in "abcdefghi"}, "more than a network and a checkpoint"),
        (
            {"order": np.zeros(2, np.int64)},
            r"checkpoint\.order are of the type I64, and there are",
        ),
        (
            {"order": np.zeros((2, 2))},
            r"What the file says of checkpoint\.order, its type, size and",
        ),
        (
            {"order": np.array([1, np.nan])},
            r"checkpoint\.order holds NaN or infinity\. The file is",
        ),
    ],
)
def test_other_vectors_are_refused(checkpoint: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelFileError, match=words):
        to_bytes(Network([2, 3]), {}, checkpoint)


MODULES = {
    "relu": "ReLU",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "identity": "Identity",
    "leaky-relu": "LeakyReLU",
    "elu": "ELU",
    "silu": "SiLU",
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_torch_takes_the_file_as_it_is_and_gives_the_same_logits(name: str, tmp_path: Path) -> None:
    torch, safetensors = needed("torch"), needed("safetensors.torch")
    rng = np.random.default_rng(0)
    network = Network([6, 5, 4, 3], activation=name, rng=rng)
    network.parameters += 0.1  # biases, too, are not 0
    checkpoint = {"velocity": np.ones(len(network.parameters), np.float32)}
    save(tmp_path / "model.safetensors", network, {})
    save(tmp_path / "with_checkpoint.safetensors", network, {}, checkpoint)
    nn = torch.nn

    def activation() -> Any:
        return nn.GELU(approximate="tanh") if name == "gelu" else getattr(nn, MODULES[name])()

    twin = nn.Sequential(
        nn.Linear(6, 5), activation(), nn.Linear(5, 4), activation(), nn.Linear(4, 3)
    )
    twin.load_state_dict(safetensors.load_file(tmp_path / "model.safetensors"))
    with_checkpoint = safetensors.load_file(tmp_path / "with_checkpoint.safetensors")
    keys = twin.load_state_dict(with_checkpoint, strict=False)
    assert (keys.missing_keys, keys.unexpected_keys) == ([], ["checkpoint.velocity"])
    X = rng.normal(size=(7, 6)).astype(np.float32)
    expected = forward(network, X, Workspace(network, len(X)))
    np.testing.assert_allclose(twin(torch.from_numpy(X)).detach().numpy(), expected, atol=1e-5)


def test_a_missing_package_skips_a_test_but_fails_under_ci(monkeypatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no_such_package is not installed"):
        needed("no_such_package")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(ImportError):
        needed("no_such_package")


# Files


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save(path, Network([2, 1]), {"number": "1"})
    save(str(path), Network([2, 1]), {"number": "2"})
    assert load(path).metadata == {"number": "2"}
    assert load(str(path)).metadata == {"number": "2"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file_and_nothing_half_written(
    tmp_path: Path, monkeypatch
) -> None:
    path = tmp_path / "model.safetensors"
    save(path, Network([2, 1]), {"number": "1"})
    written = []

    def refuse(temporary: Path, target: Path) -> None:
        written.append((temporary.parent, temporary.stat().st_size))
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(ModelFileError, match=r"cannot be written to '.*': Permission denied\. Ch"):
        save(path, Network([2, 1]), {"number": "2"})
    assert written == [(tmp_path, path.stat().st_size)]
    assert load(path).metadata == {"number": "1"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_is_full_half_way_leaves_nothing(tmp_path: Path, monkeypatch) -> None:
    def fill(path: Path, data: bytes) -> None:
        with path.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill)
    with pytest.raises(ModelFileError, match="No space left on device"):
        save(tmp_path / "model", Network([2, 1]), {})
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_take_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "missing" / "model", tmp_path / "file" / "model", tmp_path, Path()):
        with pytest.raises(ModelFileError, match="Choose a folder that is there and that you may"):
            save(path, Network([2, 1]), {})
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        ModelFileError, match=r"missing': No such file or directory\. Choose a file"
    ):
        load(tmp_path / "missing")
    with pytest.raises(ModelFileError, match="Is a directory"):
        load(tmp_path)


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "large"
    path.touch()
    os.truncate(path, storage.MAX_FILE_BYTES + 1)
    monkeypatch.setattr(storage, "from_bytes", lambda data: pytest.fail("it has been read"))
    with pytest.raises(ModelFileError, match=r"is larger than 28\.2 MB, the most that a"):
        load(path)


def test_content_too_large_is_refused() -> None:
    with pytest.raises(ModelFileError, match=r"is larger than 28\.2 MB"):
        from_bytes(bytes(storage.MAX_FILE_BYTES + 1))


def test_the_largest_network_of_a_run_fits_into_a_file() -> None:
    assert storage.MAX_PARAMETERS == MAX_PARAMETERS
    network = Network([784, 1024, 1024, 1024, 10], dtype=np.float64)
    assert from_bytes(to_bytes(network, {"history": "x" * 3_000_000})).network.sizes[0] == 784


# What is not written


def test_what_could_not_be_read_back_is_not_written(tmp_path: Path) -> None:
    network = Network([2, 1])
    network.parameters[0] = np.nan
    with pytest.raises(ModelFileError, match="holds NaN or infinity: its training has diverged"):
        save(tmp_path / "model", network, {})
    assert not list(tmp_path.iterdir())
    with pytest.raises(ModelFileError, match=r"has 4,096,000 parameters; the most is 3,000,000"):
        to_bytes(Network([4095, 1000]), {})
    with pytest.raises(ModelFileError, match=r"\(F32\) or all in double \(F64\), not F16\. Con"):
        to_bytes(Network([2, 1], dtype=np.float16), {})
    with pytest.raises(ModelFileError, match=r"takes 4\.2 MB; at most 4\.2 are possible"):
        to_bytes(Network([2, 1]), {"note": "x" * storage.MAX_HEADER_BYTES})


@pytest.mark.parametrize("name", sorted(NAMES_OF_THE_FORMAT))
def test_metadata_cannot_take_the_names_of_the_format(name: str) -> None:
    with pytest.raises(ValueError, match=f"The name '{name}' in the metadata belongs to the form"):
        to_bytes(Network([2, 1]), {name: "mine"})


# What is not read


def taken_apart(data: bytes) -> tuple[dict[str, Any], bytes]:
    length = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def put_together(header: bytes, tensors: bytes) -> bytes:
    return len(header).to_bytes(8, "little") + header + tensors


HEADER, TENSORS = taken_apart(to_bytes(Network([4, 3, 2], rng=np.random.default_rng(0)), {}))


def as_header(text: bytes) -> bytes:
    return put_together(text, TENSORS)


def test_a_file_taken_apart_and_put_together_is_read() -> None:
    assert from_bytes(as_header(json.dumps(HEADER).encode())).network.sizes == (4, 3, 2)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\2\0\0\0\0\0\0",
        b"\xff" * 8 + b"{}",
        pickle.dumps(Network([2, 1])),
        as_header(json.dumps(HEADER).encode())[:100],
        b"PK\3\4\24\0\6\0\b\0" + bytes(100),
    ],
    ids=["empty", "short", "forged length", "pickle", "cut short", "zip"],
)
def test_what_is_no_model_file_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(ModelFileError, match=r"not a model file, or the end of it is missing. Cho"):
        from_bytes(data)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (b"", "Expecting value"),
        (b'{"a": \xff}', "'utf-8' codec can't decode byte 0xff"),
        (b"\xef\xbb\xbf{}", "Unexpected UTF-8 BOM"),
        (b"{} x", "Extra data"),
        (b"[" * 100_000, "recursion"),
        (b'{"a":' * 100_000, "recursion"),
        (b'{"a": %s}' % (b"9" * 5000), "Exceeds the limit"),
        (b'{"a": 1, "a": 1}', "a name occurs twice in one object"),
        (b"[]", "not an object"),
    ],
)
def test_an_invalid_header_is_refused_without_the_words_of_a_parser(
    text: bytes, cause: str
) -> None:
    with pytest.raises(
        ModelFileError, match="describes the network, cannot be read: it is dam"
    ) as e:
        from_bytes(as_header(text))
    assert cause in str(e.value.__context__)
    assert cause not in str(e.value)


def setting(*keys: str, to: object) -> Callable[[dict[str, Any]], None]:
    def change(header: dict[str, Any]) -> None:
        for key in keys[:-1]:
            header = header[key]
        header[keys[-1]] = to

    return change


def without(*keys: str) -> Callable[[dict[str, Any]], None]:
    def change(header: dict[str, Any]) -> None:
        for key in keys[:-1]:
            header = header[key]
        del header[keys[-1]]

    return change


def each_dtype(dtype: str) -> Callable[[dict[str, Any]], None]:
    def change(header: dict[str, Any]) -> None:
        for name in header.keys() - {"__metadata__"}:
            header[name]["dtype"] = dtype

    return change


META, W1, B1, W2 = "__metadata__", "0.weight", "0.bias", "2.weight"
NO_FORMAT = "was not saved by this program; it may hold a network of another one"
NAMES = r"are called 0.weight, 0.bias, 2.weight, 2.bias and so on; this file has "
PARTS = "What the file says of 0.weight, its type, size and place, cannot be right. It is damaged"
PLACES = "overlap in the file, or there are gaps between them. It is damaged: save the model again"
CHAIN = r"Layer 2 has weights of the shape \(2, 5\) and biases of the shape \(2,\); they must be"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (without(META), NO_FORMAT),
        (setting(META, to=["perceptron-lab"]), NO_FORMAT),
        (setting(META, "format", to="pt"), NO_FORMAT),
        (setting(META, "note", to=3), "A part of what the file says of its network is not text"),
        (setting(META, "version", to="2"), "is version '2' of its format, .* reads version '1'"),
        (without(META, "version"), "is version '' of its format"),
        (
            setting(META, "activation", to="magic" * 99),
            "asks for the activation '(magic){8}', and there are only relu, sigmoid",
        ),
        (without(META, "activation"), "asks for the activation ''"),
        (setting(META, "output", to="relu"), "output 'relu', and there are only softmax, sigmoid"),
        (without(B1), f"{NAMES}0.weight, 2.bias, 2.weight. Choose"),
        (setting("extra", to=HEADER[B1]), NAMES),
        (lambda header: header.update({"2.Weight": header.pop(W2)}), NAMES),
        (setting(W1, to=[1, 2]), PARTS),
        (setting(W1, "extra", to=1), PARTS),
        (without(W1, "shape"), PARTS),
        (setting(W1, "dtype", to=["F32"]), PARTS),
        (setting(W1, "shape", to=[12]), PARTS),
        (setting(W1, "shape", to=[-3, -4]), PARTS),
        (setting(W1, "shape", to=[3.0, 4]), PARTS),
        (setting(W1, "shape", to=[True, 12]), PARTS),
        (setting(W1, "shape", to=[3, 10**4000]), PARTS),
        (setting(W1, "shape", to=[3, float("nan")]), PARTS),
        (setting(W1, "data_offsets", to=[-4, 44]), PARTS),
        (setting(W1, "data_offsets", to=[0, 8, 48]), PARTS),
        (setting(B1, "shape", to=[3, 1]), "What the file says of 0.bias, its type, size and"),
        (setting(W2, "shape", to=[2, 5]), rf"{CHAIN} \(n, 3\) and \(n,\), with n above 0"),
        (setting(W2, "shape", to=[3, 2]), "Layer 2 has weights"),
        (setting("2.bias", "shape", to=[1]), "Layer 2 has weights"),
        (setting(W1, "shape", to=[3, 0]), r"Layer 1 has weights of the shape \(3, 0\)"),
        (setting(W1, "shape", to=[3, 2**24]), r"has 50,331,659 parameters; the most is 3,000,000"),
        (setting(W1, "dtype", to="F64"), r"\(F32\) or all in double \(F64\), not F32, F64\. "),
        (each_dtype("I32"), r"all in double \(F64\), not I32"),
        (each_dtype("F64"), PLACES),
        (setting(W1, "data_offsets", to=[16, 64]), PLACES),
        (setting(W1, "data_offsets", to=[12, 56]), PLACES),
        (setting(W1, "data_offsets", to=[48, 12]), PLACES),
        (setting(W2, "data_offsets", to=[0, 24]), PLACES),
        (setting(META, "note", to="\ud800"), "breaks a rule of the safetensors format"),
    ],
)
def test_a_false_header_is_refused_before_a_network_is_made(
    change: Callable[[dict[str, Any]], None], match: str, monkeypatch
) -> None:
    header = json.loads(json.dumps(HEADER))
    change(header)
    if "breaks" not in match:
        monkeypatch.setattr(storage, "Network", lambda *_, **__: pytest.fail("a network was made"))
    with pytest.raises(ModelFileError, match=match) as caught:
        from_bytes(as_header(json.dumps(header).encode()))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("tensors", [TENSORS[:-1], TENSORS + b"\0", b""])
def test_tensors_end_where_the_file_ends(tensors: bytes) -> None:
    with pytest.raises(
        ModelFileError, match=r"needs 92 bytes of numbers, and the file has \d+\. It is"
    ):
        from_bytes(put_together(json.dumps(HEADER).encode(), tensors))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_parameters_are_finite(value: float) -> None:
    tensors = TENSORS[:-4] + np.float32(value).tobytes()
    with pytest.raises(ModelFileError, match="holds NaN or infinity"):
        from_bytes(put_together(json.dumps(HEADER).encode(), tensors))


def test_a_long_chain_of_small_layers_is_read() -> None:
    sizes = [1] * 100
    network = from_bytes(to_bytes(Network(sizes), {})).network
    assert (network.sizes, count_parameters(sizes)) == (tuple(sizes), 198)
