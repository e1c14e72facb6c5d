"""A network in a file: safetensors, which hold numbers and text and nothing that runs.

A pickle may run any program when it is opened. A safetensors file is a length, a JSON
header and plain numbers, so that all of it can be checked before any of it is used.
The tensors are named as `torch.nn.Sequential(Linear, ReLU, Linear, ...)` names its own:
layer l is the module 2 (l - 1), and the activations are the odd modules in between. Tensors
whose names begin with `checkpoint.` are what it takes to continue the training; PyTorch
passes over them with `load_state_dict(tensors, strict=False)`.

Source: the format, https://huggingface.co/docs/safetensors
"""

import contextlib
import json
import math
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from mlp.activations import ACTIVATIONS, OUTPUTS
from mlp.arrays import Array
from mlp.network import MAX_PARAMETERS, Network, count_parameters

FORMAT, VERSION = "perceptron-lab", "1"

MAX_HEADER_BYTES = 4 * 2**20  # a history of 10,000 epochs takes 1.5 MB
LENGTH_BYTES = 8  # the length of the header, in front of it
MAX_FILE_BYTES = LENGTH_BYTES + MAX_HEADER_BYTES + MAX_PARAMETERS * 8  # 8: float64

DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype(np.float32), "F64": np.dtype(np.float64)}

CHECKPOINT = "checkpoint."  # what the names of tensors that are no parameters begin with
CHECKPOINT_NAME = re.compile(r"checkpoint\.[a-z_.]{1,40}")
CHECKPOINT_DTYPES = DTYPES | {"I32": np.dtype(np.int32)}
MAX_CHECKPOINT_TENSORS = 8

REGISTRIES: dict[str, Mapping[str, object]] = {"activation": ACTIVATIONS, "output": OUTPUTS}


class ModelFileError(ValueError):
    """A model file that cannot be read or written; the message says why, and what to do."""


class StoredNetwork(NamedTuple):
    """A network, and what the caller of `to_bytes` gave with it: metadata and checkpoint."""

    network: Network
    metadata: dict[str, str]
    checkpoint: dict[str, npt.NDArray[Any]]


class _Tensor(NamedTuple):
    """What the header of a file claims of a tensor: its numbers lie at data[start:end]."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    end: int


def tensor_names(l: int) -> tuple[str, str]:
    """Return what the weights and the biases that enter layer l are called in a file."""
    return f"{2 * (l - 1)}.weight", f"{2 * (l - 1)}.bias"


def name_tensors(network: Network) -> dict[str, Array]:
    """Return views of the parameters by their names: (n_l, n_{l-1}) and (n_l,)."""
    tensors: dict[str, Array] = {}
    for l, layer in enumerate(zip(network.weights, network.biases, strict=True)):
        if l > 0:
            tensors.update(zip(tensor_names(l), layer, strict=True))
    return tensors


def to_bytes(
    network: Network,
    metadata: Mapping[str, str],
    checkpoint: Mapping[str, npt.NDArray[Any]] | None = None,
) -> bytes:
    """Return a network as the content of a safetensors file, every bit of it.

    Parameters
    ----------
    metadata : texts to keep with the network; the format's own names are taken
    checkpoint : vectors of float32, float64 or int32 to keep with it, by names in lower case

    Raises
    ------
    ModelFileError : if `from_bytes` would not read it back
    ValueError : for metadata under a name that is taken
    """
    own = {
        "format": FORMAT,
        "version": VERSION,
        "activation": network.activation.name,
        "output": network.output.name,
    }
    if taken := own.keys() & metadata.keys():
        raise ValueError(
            f"The name '{min(taken)}' in the metadata belongs to the format. Take another name."
        )
    tensors = name_tensors(network)
    tensors |= {CHECKPOINT + name: vector for name, vector in (checkpoint or {}).items()}
    data = save_tensors(tensors, metadata={**metadata, **own})
    from_bytes(data)
    return data


def from_bytes(data: bytes) -> StoredNetwork:
    """Read a network from the content of a file, from any source.

    Everything that the header claims is checked before room is made for a network.

    Raises
    ------
    ModelFileError : for anything but what `to_bytes` writes
    """
    header, n_data_bytes = _read_header(data)
    metadata = _check_metadata(header.pop("__metadata__", None))
    checkpoint = {name: header.pop(name) for name in list(header) if name.startswith(CHECKPOINT)}
    sizes, dtype = _check_tensors(header, _check_checkpoint(checkpoint), n_data_bytes)
    network = Network(
        sizes, activation=metadata["activation"], output=metadata["output"], dtype=dtype
    )
    tensors = _read_tensors(data)
    _fill(network, tensors)
    own = {"format", "version", *REGISTRIES}
    return StoredNetwork(
        network,
        {key: metadata[key] for key in metadata.keys() - own},
        {name.removeprefix(CHECKPOINT): _finite(name, tensors[name]) for name in checkpoint},
    )


def save(
    path: Path | str,
    network: Network,
    metadata: Mapping[str, str],
    checkpoint: Mapping[str, npt.NDArray[Any]] | None = None,
) -> None:
    """Write a network to a file, all of it or nothing; see `to_bytes`.

    Raises
    ------
    ModelFileError : if the file cannot be written, or for what `to_bytes` refuses
    """
    data = to_bytes(network, metadata, checkpoint)
    try:
        write_atomically(Path(path), data)
    except OSError as error:
        raise ModelFileError(
            f"The model cannot be written to '{path}': {error.strerror}. Choose a folder that "
            "is there and that you may write to."
        ) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that at every moment it is whole: the old one, the new one, or none.

    The content goes to a temporary file in the same folder, which then takes the name.

    Raises
    ------
    OSError : if it cannot be written; what was there before is kept
    """
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}.part"
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):  # it has been renamed, or was never made
            temporary.unlink()


def load(path: Path | str) -> StoredNetwork:
    """Read a network from a file, from any source.

    Raises
    ------
    ModelFileError : if there is no such file, or for what `from_bytes` refuses
    """
    try:
        with open(path, "rb") as file:
            _check_size(os.fstat(file.fileno()).st_size)
            data = file.read(MAX_FILE_BYTES + 1)  # a device has no size, and no end
    except OSError as error:
        raise ModelFileError(
            f"The model cannot be read from '{path}': {error.strerror}. Choose a file that is "
            "there and that you may read."
        ) from error
    return from_bytes(data)


def _check_size(n_bytes: int) -> None:
    if n_bytes > MAX_FILE_BYTES:
        raise ModelFileError(
            f"The file is larger than {MAX_FILE_BYTES / 1e6:.1f} MB, the most that a model takes. "
            "Choose a model that was saved here."
        )


def _read_header(data: bytes) -> tuple[dict[str, Any], int]:
    """Return the header, and the number of bytes after it."""
    _check_size(len(data))
    length = int.from_bytes(data[:LENGTH_BYTES], "little")
    if len(data) < LENGTH_BYTES or length > len(data) - LENGTH_BYTES:
        raise ModelFileError(
            "This is not a model file, or the end of it is missing. Choose a model that was saved "
            "here, or download it again."
        )
    if length > MAX_HEADER_BYTES:
        raise ModelFileError(
            f"All that describes the network takes {length / 1e6:.1f} MB; at most "
            f"{MAX_HEADER_BYTES / 1e6:.1f} are possible. Choose a model that was saved here."
        )
    header = _parse_header(data[LENGTH_BYTES : LENGTH_BYTES + length])
    return header, len(data) - LENGTH_BYTES - length


def _parse_header(text: bytes) -> dict[str, Any]:
    """Return the JSON object that a header is."""
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_without_repeats)
        if not isinstance(header, dict):
            raise TypeError("not an object")
    except (ValueError, TypeError, RecursionError):
        raise ModelFileError(
            "The beginning of the file, which describes the network, cannot be read: it is "
            "damaged, or not a model file. Choose a model that was saved here, or download it "
            "again."
        ) from None
    return header


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object; with a repeated name, readers could disagree on what it holds."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a name occurs twice in one object")
    return result


def _check_metadata(metadata: Any) -> dict[str, str]:
    """Return the metadata, if they are texts and name a version and functions that exist."""
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise ModelFileError(
            "The file was not saved by this program; it may hold a network of another one. Choose "
            "a model that was saved here."
        )
    if not all(isinstance(text, str) for text in metadata.values()):
        raise ModelFileError(
            "A part of what the file says of its network is not text. The file is damaged: save "
            "the model again."
        )
    if (version := metadata.get("version", "")) != VERSION:
        raise ModelFileError(
            f"The file is version '{version[:40]}' of its format, and this program reads version "
            f"'{VERSION}'. Save the model again with the version that you run."
        )
    for kind, registry in REGISTRIES.items():
        if (name := metadata.get(kind, "")) not in registry:
            raise ModelFileError(
                f"The file asks for the {kind} '{name[:40]}', and there are only "
                f"{', '.join(registry)}. Choose a model that was saved here."
            )
    return metadata


def _check_checkpoint(claims: dict[str, Any]) -> dict[str, _Tensor]:
    """Return what a header claims of the tensors that are no parameters."""
    if len(claims) > MAX_CHECKPOINT_TENSORS or not all(map(CHECKPOINT_NAME.fullmatch, claims)):
        raise ModelFileError(
            f"The file holds more than a network and a checkpoint: {', '.join(claims)[:100]}. "
            "Choose a model that was saved here."
        )
    tensors = {name: _parse_tensor(name, claim) for name, claim in claims.items()}
    for name, tensor in tensors.items():
        if tensor.dtype not in CHECKPOINT_DTYPES:
            raise ModelFileError(
                f"The numbers of {name} are of the type {tensor.dtype[:40]}, and there are only "
                f"{', '.join(CHECKPOINT_DTYPES)}. Choose a model that was saved here."
            )
    return tensors


def _check_tensors(
    header: dict[str, Any], checkpoint: dict[str, _Tensor], n_data_bytes: int
) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return the layer sizes and the precision that a header describes.

    Parameters
    ----------
    header : what it claims of each tensor of the network, by name
    checkpoint : the other tensors, already parsed
    n_data_bytes : what follows the header, which the tensors must fill
    """
    n_layers = len(header) // 2
    names = [name for l in range(1, n_layers + 1) for name in tensor_names(l)]
    if n_layers == 0 or header.keys() != set(names):
        raise ModelFileError(
            "The weights and biases of a model are called 0.weight, 0.bias, 2.weight, 2.bias and "
            f"so on; this file has {', '.join(sorted(header))[:100] or 'none'}. Choose a model "
            "that was saved here."
        )
    tensors = {name: _parse_tensor(name, header[name]) for name in names}
    sizes = _chain(tensors)
    if (n_parameters := count_parameters(sizes)) > MAX_PARAMETERS:
        raise ModelFileError(
            f"The network has {n_parameters:,} parameters; the most is {MAX_PARAMETERS:,}. "
            "Take fewer or smaller hidden layers."
        )
    dtype = _common_dtype(tensors)
    _check_offsets(tensors | checkpoint, n_data_bytes)
    return sizes, dtype


def _parse_tensor(name: str, claim: Any) -> _Tensor:
    n_dimensions = 2 if name.endswith("weight") else 1
    match claim:
        case {"dtype": str(dtype), "shape": list(shape), "data_offsets": list(offsets)} if (
            len(claim) == 3 and _are_counts(shape, n_dimensions) and _are_counts(offsets, 2)
        ):
            return _Tensor(dtype, tuple(shape), *offsets)
    raise ModelFileError(
        f"What the file says of {name}, its type, size and place, cannot be right. It is damaged: "
        "save the model again."
    )


def _are_counts(numbers: list[Any], length: int) -> bool:
    return len(numbers) == length and all(
        type(number) is int and 0 <= number <= MAX_FILE_BYTES for number in numbers
    )


def _chain(tensors: dict[str, _Tensor]) -> tuple[int, ...]:
    """Return the layer sizes (n_0, ..., n_L), if each layer takes what the one before gives."""
    sizes = [tensors["0.weight"].shape[1]]
    for l in range(1, len(tensors) // 2 + 1):
        weight, bias = (tensors[name].shape for name in tensor_names(l))
        if weight != (bias[0], sizes[-1]) or 0 in weight:
            raise ModelFileError(
                f"Layer {l} has weights of the shape {weight} and biases of the shape {bias}; "
                f"they must be (n, {sizes[-1]}) and (n,), with n above 0, to take what comes "
                "before. The file is damaged: save the model again."
            )
        sizes.append(bias[0])
    return tuple(sizes)


def _common_dtype(tensors: dict[str, _Tensor]) -> np.dtype[Any]:
    kinds = sorted({tensor.dtype for tensor in tensors.values()})
    if len(kinds) > 1 or kinds[0] not in DTYPES:
        raise ModelFileError(
            "The numbers of a model are all in single precision (F32) or all in double (F64), not "
            f"{', '.join(kinds)[:100]}. Convert them to one of the two."
        )
    return DTYPES[kinds[0]]


def _check_offsets(tensors: dict[str, _Tensor], n_data_bytes: int) -> None:
    """Refuse gaps, overlaps, and bytes that belong to no tensor."""
    position = 0
    for tensor in sorted(tensors.values(), key=lambda each: (each.start, each.end)):
        n_bytes = math.prod(tensor.shape) * CHECKPOINT_DTYPES[tensor.dtype].itemsize
        if (tensor.start, tensor.end) != (position, position + n_bytes):
            raise ModelFileError(
                "The numbers of the layers overlap in the file, or there are gaps between them. "
                "It is damaged: save the model again."
            )
        position = tensor.end
    if position != n_data_bytes:
        raise ModelFileError(
            f"The network needs {position:,} bytes of numbers, and the file has {n_data_bytes:,}. "
            "It is cut short or damaged: save the model again."
        )


def _read_tensors(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """Return the tensors of a checked file."""
    try:
        return load_tensors(data)
    except SafetensorError:
        raise ModelFileError(
            "The file breaks a rule of the safetensors format. It is damaged: save the model again."
        ) from None


def _fill(network: Network, stored: Mapping[str, npt.NDArray[Any]]) -> None:
    """Copy the parameters of a file into a network of its sizes."""
    for name, tensor in name_tensors(network).items():
        tensor[...] = stored[name]
    if not np.isfinite(network.parameters).all():
        raise ModelFileError(
            "The network holds NaN or infinity: its training has diverged, or the file is "
            "damaged. Train it again with a smaller learning rate."
        )


def _finite(name: str, tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a tensor, if it holds neither NaN nor infinity."""
    if not np.isfinite(tensor).all():
        raise ModelFileError(
            f"{name} holds NaN or infinity. The file is damaged: save the model again."
        )
    return tensor
