"""Damaged and hostile files against the readers: python -m benchmarks.fuzz [N] [--json]

Takes valid files, changes each at random (bytes, lengths, JSON, numbers) and reads the
result. A reader may accept it or raise its one declared error. The command fails if
anything else came, a warning included, or if the memory has passed 1 GB.
"""

import argparse
import contextlib
import gzip
import json
import random
import resource
import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from data.idx import IdxError, read_idx
from experiments.config import RunConfig
from experiments.export.model_file import load_model, restore_run, run_to_bytes
from experiments.training.run import Run
from mlp.network import Network
from mlp.storage import LENGTH_BYTES, MAX_HEADER_BYTES, ModelFileError, from_bytes, to_bytes

MAX_MEMORY = 2**30  # bytes
SEED = 0
SHOWN_FAILURES = 3  # tracebacks printed for each reader

Mutation = Callable[[bytes, random.Random], bytes]


# Bytes, whatever they mean


def flip_bits(data: bytes, rng: random.Random) -> bytes:
    """Flip one to eight bits anywhere."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def cut(data: bytes, rng: random.Random) -> bytes:
    """Remove a piece, or all from some place on."""
    start, end = sorted(rng.choices(range(len(data) + 1), k=2))
    return data[:start] + (data[end:] if rng.random() < 0.5 else b"")


def insert(data: bytes, rng: random.Random) -> bytes:
    """Insert random bytes, or a copy of others."""
    place = rng.randint(0, len(data))
    start, end = sorted(rng.choices(range(len(data) + 1), k=2))
    piece = data[start:end] if rng.random() < 0.5 else rng.randbytes(rng.randint(1, 20))
    return data[:place] + piece + data[place:]


def overwrite(data: bytes, rng: random.Random) -> bytes:
    """Put an extreme number over some bytes, with a preference for the first ones."""
    extreme = rng.choice([0, 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1, len(data)])
    place = rng.choice([0, rng.randrange(min(len(data), 16)), rng.randrange(len(data))])
    number = extreme.to_bytes(8, rng.choice(["little", "big"]))
    return data[:place] + number + data[place + 8 :]


BYTES = [flip_bits, cut, insert, overwrite]

# The JSON header of a safetensors file, and the JSON in its metadata

PLACEHOLDER = "\ue000"
HOSTILE = [
    *("null", "true", '""', "[]", "{}", "[[]]", '{"dtype":"F32"}', "NaN", "Infinity", "1e999"),
    *("-1", "-0", "0", "1", "2", "3.0", "1e308", "1e-320", str(2**31), str(2**53), str(2**63)),
    *(str(2**64 - 4), "9" * 400, "9" * 4300, "9" * 5000, '"F16"', '"F64"', '"I64"', '"relu"'),
    *("[1,-1]", f"[{2**32},{2**32}]", "[0,0]", '"\\ud800"', '"\\u0000"', f'"{"x" * 5000}"', '"'),
    *("[" * 300, "[" * 100_000, '{"a":' * 100_000, "[" * 900 + "]" * 900, "\xff", "'a'"),
]  # as JSON texts, for much of it no library would write


def change_header(data: bytes, rng: random.Random) -> bytes:
    """Change what the header says."""
    header, tensors = _unpack(data)
    return _pack(_changed_json(header, rng), tensors)


def change_metadata(data: bytes, rng: random.Random) -> bytes:
    """Change what a text in the metadata says, if it is JSON, or replace it."""
    header, tensors = _unpack(data)
    metadata = header["__metadata__"]
    key = rng.choice(sorted(metadata))
    try:
        metadata[key] = _changed_json(json.loads(metadata[key]), rng)
    except json.JSONDecodeError:
        metadata[key] = rng.choice(HOSTILE)
    return _pack(json.dumps(header), tensors)


def repeat_name(data: bytes, rng: random.Random) -> bytes:
    """Let a name stand twice in the header, with the same or another value."""
    header, tensors = _unpack(data)
    name, value = rng.choice(list(header.items()))
    again = json.dumps(value) if rng.random() < 0.5 else rng.choice(HOSTILE)
    return _pack(f"{json.dumps(header)[:-1]}, {json.dumps(name)}: {again}}}", tensors)


def poison(data: bytes, rng: random.Random) -> bytes:
    """Put numbers that are none, or far too large, among the parameters."""
    header, tensors = _unpack(data)
    array = np.frombuffer(tensors, rng.choice(["<f4", "<f8"]), len(tensors) // 8).copy()
    array[rng.randrange(len(array))] = rng.choice([np.nan, np.inf, -np.inf, 3e38])
    return _pack(json.dumps(header), array.tobytes() + tensors[array.nbytes :])


def swell(data: bytes, rng: random.Random) -> bytes:
    """Put a long list into the header or into a text of it, up to beyond the limit."""
    header, tensors = _unpack(data)
    length = int((MAX_HEADER_BYTES / 2) ** rng.random())
    item = rng.choice(["0", "[]", '"a"', "[0,0,[1,1],null,0]", '{"a":1}'])
    long = f"[{','.join([item] * length)}]"
    if rng.random() < 0.5:
        return _pack(_insert_text(header, long, rng), tensors)
    header["__metadata__"][rng.choice(sorted(header["__metadata__"]))] = long
    return _pack(json.dumps(header), tensors)


HEADERS = [change_header, change_metadata, repeat_name, poison, swell]


def _unpack(data: bytes) -> tuple[dict[str, Any], bytes]:
    end = LENGTH_BYTES + int.from_bytes(data[:LENGTH_BYTES], "little")
    return json.loads(data[LENGTH_BYTES:end]), data[end:]


def _pack(header: str, tensors: bytes) -> bytes:
    text = header.encode("utf-8", "surrogatepass")
    return len(text).to_bytes(LENGTH_BYTES, "little") + text + tensors


def _changed_json(tree: Any, rng: random.Random) -> str:
    """Return a JSON text in which one to three things are not what they were."""
    for _ in range(rng.randint(0, 2)):
        parent, key = _place(tree, rng)
        if parent is not None:
            rng.choice([_remove, _swap, _rename])(parent, key, rng)
    return _insert_text(tree, rng.choice(HOSTILE), rng)


def _insert_text(tree: Any, text: str, rng: random.Random) -> str:
    parent, key = _place(tree, rng)
    if parent is None:
        return text
    parent[key] = PLACEHOLDER
    return json.dumps(tree, ensure_ascii=False).replace(f'"{PLACEHOLDER}"', text)


def _place(tree: Any, rng: random.Random) -> tuple[Any, Any]:
    """Return an object or a list in a tree, and a key in it; None if there is none."""
    parent, key = None, None
    while isinstance(tree, dict | list) and tree and (parent is None or rng.random() < 0.8):
        parent = tree
        key = rng.choice(list(tree)) if isinstance(tree, dict) else rng.randrange(len(tree))
        tree = parent[key]
    return parent, key


def _remove(parent: Any, key: Any, rng: random.Random) -> None:
    del parent[key]


def _swap(parent: Any, key: Any, rng: random.Random) -> None:
    other = rng.choice(list(parent)) if isinstance(parent, dict) else rng.randrange(len(parent))
    parent[key], parent[other] = parent[other], parent[key]


def _rename(parent: Any, key: Any, rng: random.Random) -> None:
    if isinstance(parent, dict):
        parent[rng.choice(["", "4.weight", "00.bias", "__metadata__", "x" * 999])] = parent[key]
    else:
        parent.insert(0, parent[key])


# IDX, packed or not


def change_sizes(data: bytes, rng: random.Random) -> bytes:
    """Change the type, the number of dimensions, or a size that an IDX file announces."""
    place = rng.choice([2, 3, 4, 8])
    extreme = rng.choice([0, 1, 2, 3, 255, 2**16, 2**31, 2**32 - 1])
    number = bytes([extreme % 256]) if place < 4 else extreme.to_bytes(4, "big")
    return data[:place] + number + data[place + len(number) :]


def packed(mutation: Mutation) -> Mutation:
    """Return the mutation of what is inside of a gzip file, or of the gzip file itself."""

    def mutate(data: bytes, rng: random.Random) -> bytes:
        if rng.random() < 0.5:
            return gzip.compress(mutation(data, rng), 1, mtime=0)
        return mutation(gzip.compress(data, 1, mtime=0), rng)

    return mutate


# The readers


class Reader(NamedTuple):
    """What is under attack, and with what.

    read : gets the content of a file
    error : the one that it may raise
    """

    name: str
    read: Callable[[bytes], object]
    error: type[Exception]
    examples: list[bytes]
    mutations: list[Mutation]


@cache
def readers() -> list[Reader]:
    """Return the readers with their valid files."""
    idx = [_idx(5, 4, 3), _idx(7)]
    on_idx = [*BYTES, change_sizes]
    on_models = [*BYTES, *HEADERS]
    return [
        Reader("network", from_bytes, ModelFileError, _networks(), on_models),
        Reader("model", use_model, ModelFileError, _models(), on_models),
        Reader("IDX", read_idx, IdxError, idx, on_idx),
        Reader("packed IDX", read_idx, IdxError, idx, [packed(one) for one in on_idx]),
    ]


def use_model(data: bytes) -> None:
    """Load a model, let it predict and restore its run, which it may refuse."""
    model = load_model(data)
    with contextlib.suppress(ValueError):
        restore_run(model)
    with contextlib.suppress(ValueError):
        model.outputs(np.ones((2, model.network.sizes[0]), np.float32))


def _networks() -> list[bytes]:
    rng = np.random.default_rng(SEED)
    networks = [
        Network([4, 3], rng=rng, dtype=np.float64),
        Network([4, 3, 2], activation="gelu", output="tanh", rng=rng),
        Network([2] * 12, activation="elu", output="sigmoid", rng=rng),
    ]
    return [to_bytes(network, {"note": '{"words": [1, "two"]}'}) for network in networks]


def _models() -> list[bytes]:
    def finished(**settings: Any) -> bytes:
        run = Run(RunConfig(epochs=2, **settings))
        for _ in run.records():
            pass
        run.conclude()
        return run_to_bytes(run, "Run 1", for_continuing=True)

    return [finished(hidden_layers=(4,)), finished(hidden_layers=(), scaling="z-score")]


def _idx(*shape: int) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in shape)
    return bytes([0, 0, 8, len(shape)]) + sizes + bytes(range(int(np.prod(shape))))


# Counting


@dataclass
class RunOutcome:
    """What a reader made of its files.

    Attributes
    ----------
    counts : how many were accepted, refused with the declared error, or anything else
    slowest : seconds that the longest reading took
    failures : the first tracebacks that must not be
    """

    counts: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)


def attack(reader: Reader, n_files: int, seed: int = SEED) -> RunOutcome:
    """Read mutated files, and count what happens; the same seed gives the same files."""
    outcome = RunOutcome()
    for i in range(n_files):
        rng = random.Random(f"{reader.name} {seed} {i}")  # noqa: S311 - no secret
        data = rng.choice(reader.mutations)(rng.choice(reader.examples), rng)
        start = time.perf_counter()
        try:
            reader.read(data)
            outcome.counts["accepted"] += 1
        except reader.error:
            outcome.counts["refused"] += 1
        except KeyboardInterrupt:
            raise
        except BaseException:  # a panic of a library in Rust is no Exception
            outcome.counts["failed"] += 1
            if len(outcome.failures) < SHOWN_FAILURES:
                outcome.failures.append(f"file {i}\n{traceback.format_exc(limit=-4)[-3000:]}")
        outcome.slowest = max(outcome.slowest, time.perf_counter() - start)
    return outcome


def peak_memory() -> int:
    """Return the most bytes that this process has had in memory."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main() -> int:
    """Attack all readers, print what came of it, and return 1 if it must not be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n_files", nargs="?", type=int, default=100_000, help="files in total")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", action="store_true", help="print figures for a program")
    arguments = parser.parse_args()
    warnings.simplefilter("error")
    start, each = time.perf_counter(), arguments.n_files // len(readers())
    outcomes = {reader.name: attack(reader, each, arguments.seed) for reader in readers()}
    report = {
        "seconds": time.perf_counter() - start,
        "peak_memory_bytes": peak_memory(),
        "readers": {
            name: {**outcome.counts, "slowest_seconds": outcome.slowest}
            for name, outcome in outcomes.items()
        },
    }
    print(json.dumps(report, indent=2) if arguments.json else in_words(report))
    failures = [failure for outcome in outcomes.values() for failure in outcome.failures]
    print(*failures, sep="\n", file=sys.stderr)
    return int(bool(failures) or peak_memory() > MAX_MEMORY)


def in_words(report: dict[str, Any]) -> str:
    """Return the report as a table."""
    rows = [
        f"{name:<12}{counts.get('accepted', 0):>10,}{counts.get('refused', 0):>10,}"
        f"{counts.get('failed', 0):>10,}{1000 * counts['slowest_seconds']:>13.0f} ms"
        for name, counts in report["readers"].items()
    ]
    return "\n".join(
        [
            f"{'':<12}{'accepted':>10}{'refused':>10}{'failed':>10}{'slowest':>16}",
            *rows,
            f"{report['seconds']:.0f} s, {report['peak_memory_bytes'] / 2**20:.0f} MB at most",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
