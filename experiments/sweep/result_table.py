"""The results of a sweep in a file, one row for each run.

A second sweep with the same file trains only what is not in it yet."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from data.datasets import Dataset
from experiments.config import RunConfig
from experiments.training.summary import Summary
from mlp.storage import write_atomically

if TYPE_CHECKING:
    import pandas as pd


SAVE_SECONDS = 1.0  # between two writings of the file,


SAVE_SHARE = 0.1  # which never take more than this share of the time


SUFFIXES = (".csv", ".parquet")


def fingerprint(own: Dataset | None) -> str:
    """Return a short name for one's own samples; nothing if there are none."""
    if own is None:
        return ""
    names = json.dumps(own.class_names).encode()
    return _digest(own.X.tobytes(), own.labels.tobytes(), names)


def key_of(config: RunConfig, samples: str = "") -> str:
    """Return a short name for a run: the same settings, the same key, on any machine.

    Parameters
    ----------
    samples : the fingerprint of one's own, if the run is about those
    """
    text = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    return _digest(text.encode(), samples.encode())


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


class ResultTable:
    """The results of a sweep, in memory and in a file.

    Parameters
    ----------
    path : ends with .csv or .parquet; what is in it already counts as done
    own : the samples where the configs say that they are one's own

    Raises
    ------
    ValueError : for another ending, or a file that is not such a table
    """

    def __init__(self, path: Path, own: Dataset | None = None) -> None:
        if path.suffix not in SUFFIXES:
            raise ValueError(
                f"'{path.name}' must end with {' or '.join(SUFFIXES)}, so that it is clear how "
                "to write it."
            )
        self.path = path
        self._samples = fingerprint(own)
        self._rows = self._rows_of_file() if path.exists() else []
        self._done = {row["key"] for row in self._rows}
        self._is_saved, self._save_at = True, 0.0

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, config: RunConfig) -> bool:
        return key_of(config, self._samples) in self._done

    def add(self, config: RunConfig, summary: Summary) -> None:
        """Add a run; the file follows soon, or with `save`."""
        self._rows.append(_row(config, summary, self._samples))
        self._done.add(key_of(config, self._samples))
        self._is_saved = False
        if time.monotonic() > self._save_at:
            self.save()

    def save(self) -> None:
        """Write all rows, if there are new ones; the file is whole at any time."""
        if self._is_saved:
            return
        start = time.monotonic()
        write_atomically(self.path, _to_bytes(self._rows, self.path.suffix))
        self._is_saved, end = True, time.monotonic()
        self._save_at = end + max(SAVE_SECONDS, (end - start) / SAVE_SHARE)

    def _rows_of_file(self) -> list[dict[str, Any]]:
        try:
            table = _read(self.path)
            rows: list[dict[str, Any]] = table.to_dict("records")
            is_whole = bool(rows) and all(map(_has_its_key, rows))
        except (ValueError, TypeError, KeyError, OSError):  # pandas raises kinds of these
            is_whole = False
        if not is_whole:
            raise ValueError(
                f"'{self.path.name}' is there, but it is no table of a sweep, or not a whole one, "
                "or one of another version. Choose another name, or remove the file."
            )
        return rows


def _read(path: Path) -> "pd.DataFrame":
    import pandas as pd  # takes a quarter of a second to import

    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)  # numbers as they stand


def _to_bytes(rows: Sequence[Mapping[str, Any]], suffix: str) -> bytes:
    import pandas as pd

    table, file = pd.DataFrame(rows), BytesIO()
    if suffix == ".parquet":
        table.to_parquet(file, index=False)
    else:
        table.to_csv(file, index=False)
    return file.getvalue()


def _row(config: RunConfig, summary: Summary, samples: str) -> dict[str, Any]:
    """Return one row: the key, what came out, and every setting in a column of its own.

    `preset` is left out, as nothing is said of it; `epochs` are those that were made.
    """
    outcome = {name: summary[name] for name in summary if name not in ("config", "preset")}
    settings = config.model_dump(mode="json")
    settings["hidden_layers"] = ",".join(map(str, config.hidden_layers)) or "none"
    settings["epochs_asked"] = settings.pop("epochs")
    return {"key": key_of(config, samples), **outcome, "samples": samples, **settings}


def _has_its_key(row: Mapping[str, Any]) -> bool:
    """Say whether the settings of a row are all there, and those that its key was made of."""
    settings = {name: row[name] for name in RunConfig.model_fields if name != "epochs"}
    try:
        config = RunConfig(**settings, epochs=row["epochs_asked"])
    except ValidationError:
        return False
    return bool(key_of(config, str(row["samples"])) == row["key"])
