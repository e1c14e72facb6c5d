"""The table of results of a sweep: a file with one row for each run.

A second sweep with the same file trains only the runs that it does not hold yet.
"""

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
from experiments.export.csv_writer import csv_of
from experiments.training.summary import Summary
from mlp.storage import write_atomically

if TYPE_CHECKING:
    import pandas as pd


SAVE_SECONDS = 1.0  # at least, from one save to the next
SAVE_SHARE = 0.1  # of the time, at most, goes into saving
SUFFIXES = (".csv", ".parquet")


def fingerprint(own: Dataset | None) -> str:
    """Return a hash of the user's own samples; empty if there are none."""
    if own is None:
        return ""
    names = json.dumps(own.class_names).encode()
    return _digest(own.X.tobytes(), own.labels.tobytes(), names)


def key_of(config: RunConfig, samples: str = "") -> str:
    """Return the key of a run: a hash of its settings, the same on any machine.

    Parameters
    ----------
    samples : the fingerprint of the user's own samples, if the run uses them
    """
    text = json.dumps(config.model_dump(mode="json"), sort_keys=True)
    return _digest(text.encode(), samples.encode())


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


class ResultTable:
    """The results of a sweep, in memory and in a file.

    Parameters
    ----------
    path : ends with .csv or .parquet; the runs that it already holds count as done
    own : the user's own samples, if the configs use them

    Raises
    ------
    ValueError : for another suffix, or for a file that is not such a table
    """

    def __init__(self, path: Path, own: Dataset | None = None) -> None:
        if path.suffix not in SUFFIXES:
            raise ValueError(
                f"'{path.name}' must end with {' or '.join(SUFFIXES)}, so that the format is clear."
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
        """Add a run; it is written to the file at the latest by `save`."""
        self._rows.append(_row(config, summary, self._samples))
        self._done.add(key_of(config, self._samples))
        self._is_saved = False
        if time.monotonic() > self._save_at:
            self.save()

    def save(self) -> None:
        """Write all rows, if some are new; the file is replaced as a whole."""
        if self._is_saved:
            return
        start = time.monotonic()
        write_atomically(self.path, _to_bytes(self._rows, self.path.suffix))
        self._is_saved, end = True, time.monotonic()
        self._save_at = end + max(SAVE_SECONDS, (end - start) / SAVE_SHARE)

    def _rows_of_file(self) -> list[dict[str, Any]]:
        """Read the rows of the file, each of which must have the key of its settings."""
        try:
            table = _read(self.path)
            rows: list[dict[str, Any]] = table.to_dict("records")
            is_valid = bool(rows) and all(map(_matches_key, rows))
        except (ValueError, TypeError, KeyError, OSError):  # what pandas may raise
            is_valid = False
        if not is_valid:
            raise ValueError(
                f"'{self.path.name}' is there, but it is no table of a sweep, or not a whole one, "
                "or one of another version. Choose another name, or remove the file."
            )
        return rows


def _read(path: Path) -> "pd.DataFrame":
    import pandas as pd  # takes a quarter of a second to import

    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=str, keep_default_na=False)  # no rounding


def _to_bytes(rows: Sequence[Mapping[str, Any]], suffix: str) -> bytes:
    if suffix == ".parquet":
        import pandas as pd

        file = BytesIO()
        pd.DataFrame(rows).to_parquet(file, index=False)
        return file.getvalue()
    columns = dict.fromkeys(name for row in rows for name in row)
    return csv_of(columns, (map(row.get, columns) for row in rows)).encode()


def _row(config: RunConfig, summary: Summary, samples: str) -> dict[str, Any]:
    """Return one row: the key, the results, and a column for each setting.

    `preset` is left out, as a sweep does not record it. `epochs` counts the epochs trained, and
    `epochs_asked` is the setting.
    """
    results = {name: summary[name] for name in summary if name not in ("config", "preset")}
    settings = {
        name: ",".join(map(str, value)) or "none" if isinstance(value, list) else value
        for name, value in config.model_dump(mode="json").items()
    }
    settings["epochs_asked"] = settings.pop("epochs")
    return {"key": key_of(config, samples), **results, "samples": samples, **settings}


def _matches_key(row: Mapping[str, Any]) -> bool:
    """Say whether the settings of a row are complete and have the key of the row."""
    settings = {name: row[name] for name in RunConfig.model_fields if name != "epochs"}
    try:
        config = RunConfig(**settings, epochs=row["epochs_asked"])
    except ValidationError:
        return False
    return bool(key_of(config, str(row["samples"])) == row["key"])
