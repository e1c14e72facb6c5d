"""Each figure gets the plotly.js it needs, the whole of it published once; clicks are parsed."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import plotly
import pytest

from dashboard.charts.figure import Figure, scatter_3d_trace, scatter_trace
from dashboard.charts.image_grid import PICTURE_AXES
from dashboard.charts.style import layout
from dashboard.components import chart
from dashboard.components.chart import (
    CARTESIAN_SCRIPT,
    STATIC,
    WHOLE_SCRIPT,
    Click,
    parse_click,
    publish_plotly,
    script_for,
    toolbar_for,
)

VERSION = re.compile(r"plotly\.js (?:\(cartesian - minified\) )?v(\S+)")


def version_of(script: Path) -> str:
    with script.open(encoding="utf-8") as file:
        return VERSION.search(file.read(500))[1]


def test_the_cartesian_script_is_of_the_version_that_the_installed_plotly_brings() -> None:
    """After an update of plotly: npm pack plotly.js-cartesian-dist-min@VERSION, into static/."""
    cartesian = STATIC / CARTESIAN_SCRIPT
    assert version_of(cartesian) == version_of(WHOLE_SCRIPT)
    assert version_of(cartesian) in cartesian.name  # so that browsers fetch it after an update


def test_only_a_figure_in_space_needs_the_whole_script() -> None:
    plane, space = scatter_trace(x=[0], y=[0]), scatter_3d_trace(x=[0], y=[0], z=[0])
    assert script_for(Figure([plane], {})) == f"app/static/{CARTESIAN_SCRIPT}"
    assert script_for(Figure([plane, space], {})) == publish_plotly()


def test_a_picture_has_no_buttons_that_would_stand_before_its_images() -> None:
    chart = toolbar_for(Figure([], layout("Loss", x="epoch")))["modeBarButtonsToRemove"]
    picture = toolbar_for(Figure([], layout("Images", **PICTURE_AXES)))["modeBarButtonsToRemove"]
    assert "zoom2d" not in chart
    assert {"zoom2d", "pan2d", "resetScale2d"} <= {*picture}


def test_many_first_visitors_get_one_complete_script(tmp_path: Path) -> None:
    static = tmp_path / "static"
    with ThreadPoolExecutor(8) as pool:
        addresses = list(pool.map(lambda _: publish_plotly(static), range(24)))
    (published,) = static.iterdir()
    assert set(addresses) == {f"app/static/{published.name}"}
    assert plotly.__version__ in published.name
    assert published.read_bytes() == WHOLE_SCRIPT.read_bytes()


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
