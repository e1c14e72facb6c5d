"""plotly.js is published once, however many visitors come at once; clicks are parsed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plotly
import pytest

from dashboard.components import chart
from dashboard.components.chart import SCRIPT, Click, parse_click, publish_plotly


def test_many_first_visitors_get_one_complete_script(tmp_path: Path) -> None:
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


def test_a_full_disk_leaves_no_partial_file(tmp_path: Path, monkeypatch) -> None:
    def no_space(source: Path, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise OSError("no space left on device")

    monkeypatch.setattr(chart.shutil, "copyfile", no_space)
    assert publish_plotly(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sent", "click"),
    [
        ({"trace": 0, "index": [3, 4]}, Click(0, (3, 4))),
        ({"trace": 2, "index": [7]}, Click(2, (7,))),
        (None, None),
        ("click", None),
        ({"trace": 0}, None),
        ({"trace": 0, "index": []}, None),
        ({"trace": -1, "index": [0]}, None),
        ({"trace": 0, "index": [-1]}, None),
        ({"trace": 0, "index": [1.5]}, None),
        ({"trace": 0, "index": [True]}, None),
        ({"trace": 0, "index": [1, 2, 3]}, None),
        ({"trace": "0", "index": [1]}, None),
        ({"trace": 0, "index": "12"}, None),
    ],
)
def test_a_malformed_click_is_ignored(sent: object, click: Click | None) -> None:
    assert parse_click(sent) == click
