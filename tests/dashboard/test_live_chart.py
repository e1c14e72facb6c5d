"""plotly.js is put where the browser finds it, however many ask at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plotly

from dashboard import live_chart
from dashboard.live_chart import SCRIPT, publish_plotly


def test_many_first_visitors_find_one_whole_script(tmp_path: Path) -> None:
    static = tmp_path / "static"
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(lambda _: publish_plotly(static), range(24)))
    (published,) = static.iterdir()
    assert set(addresses) == {f"app/static/{published.name}"}
    assert plotly.__version__ in published.name
    assert published.read_bytes() == SCRIPT.read_bytes()


def test_a_disk_that_cannot_be_written_to_has_no_address(tmp_path: Path) -> None:
    occupied = tmp_path / "static"
    occupied.write_text("a file where the folder should be")
    assert publish_plotly(occupied) is None


def test_a_full_disk_is_not_filled_further(tmp_path: Path, monkeypatch) -> None:
    def no_space(source: Path, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr(live_chart.shutil, "copyfile", no_space)
    assert publish_plotly(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
