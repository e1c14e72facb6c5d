"""A small network on points of the plane, drawn whole, while it is trained."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.figure import encoded, to_json
from dashboard.charts.image_grid import shortened
from dashboard.charts.style import PLANE_AXES, class_symbol
from dashboard.components.live_feed import TELL, follow
from dashboard.components.network_view import NETWORK_DRAWING
from dashboard.play_paces import PLAY_PACES
from data.datasets import Labels
from data.plane_features import PLANE_FEATURES
from experiments.background.played_training import PlayedTraining
from experiments.config import RunConfig
from experiments.evaluation.decision_regions import grid_over
from experiments.training.frames import Frame
from experiments.training.prepared_data import PreparedData
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.records import Score

HERE = Path(__file__)
LONGEST_NAME = 10  # letters of a class
MOST_FRAMES = 120  # in one answer; the browser asks for the others at once
FINEST = 1e-4  # of where the points are: less cannot be told apart in single precision
MOST_UNLIKE = 3.0  # so many times as long may one axis be as the other, on one scale
MOST_LAYERS, MOST_UNITS = 6, 16  # hidden ones, that can be drawn whole
MOST_CLASSES = 10
NOT_IN_PLANE = (
    "The playground is for points in the plane. Choose a set of points under Dataset, such as "
    "circles."
)


def _script(name: str) -> str:
    return HERE.with_name(name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "plane_network",
    html=_script("plane_network.html"),
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=TELL
    + NETWORK_DRAWING
    + _script("symbols.js")
    + _script("forward_pass.js")
    + _script("plane_pictures.js")
    + _script("plane_network.js"),
)


class Playback(NamedTuple):
    """How a training is played, as the browser has to know it.

    status : paused, playing, waiting or over
    remark : what there is to say of it, in a sentence; empty if there is nothing
    pace : the name of its pace
    command : the number of the last command of the browser that was met
    is_stuck : whether it can only begin anew
    seconds : until the browser asks for more, while it plays
    """

    status: str
    remark: str
    pace: str
    command: int
    is_stuck: bool
    seconds: float


class LiveFrames:
    """A component that is told at each look what it does not have yet."""

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make, self._number = make, 0
        self.drawing, self.drawn = uuid4().hex, make()

    def told(self) -> str:
        """Return the content as it is now as JSON."""
        self._number += 1
        news = {"drawing": self.drawing, "number": self._number, "content": self._make()}
        return to_json(news)


def show_plane_network(
    training: Callable[[], PlayedTraining],
    playback: Callable[[], Playback],
    seen: Callable[[], int],
    *,
    address: str,
    page: str,
    key: str,
    height: int,
    title: str,
    on_structure: Callable[[object], None],
    on_told: Callable[[object], None],
    is_second: bool = False,
) -> None:
    """Show the network of a training, and play what becomes of it.

    Parameters
    ----------
    training, playback : return what is shown now
    seen : returns the number of the newest frame that the browser has
    address, page : where the browser tells what the reader does, and the name of the page there
    height : of the network, in pixels
    title : above it; empty where there is no other
    on_structure : called with the other layers or features that the reader wants; nobody has
        checked them
    on_told : called with a message that came by a rerun of the page, since requests to the
        address do not come through
    is_second : whether another one on the page has the buttons for both
    """
    element = follow(
        key,
        LiveFrames(lambda: _content(training(), playback(), seen())),
    )
    data = {
        "key": key,
        "drawing": element.drawing,
        "content": element.drawn,
        "address": address,
        "page": page,
        "height": height,
        "title": title,
        "network": network_content(training().run),
        "paces": [(name, pace.label) for name, pace in PLAY_PACES.items()],
        "mostLayers": MOST_LAYERS,
        "mostUnits": MOST_UNITS,
        "isSecond": is_second,
    }
    _mount(
        key=key,
        data=data,
        on_structure_change=lambda: on_structure(session.sent(key, "structure")),
        on_told_change=lambda: on_told(session.sent(key, "told")),
        on_outdated_change=lambda: None,
    )


def drawable(layers: tuple[int, ...]) -> tuple[int, ...]:
    """Return hidden layers, shrunk to what can be drawn whole."""
    return tuple(min(units, MOST_UNITS) for units in layers[:MOST_LAYERS])


def why_not_drawn(config: RunConfig, n_classes: int) -> str:
    """Return why a network cannot be drawn whole; nothing if it can.

    Parameters
    ----------
    n_classes : it has an output for each
    """
    layers = config.hidden_layers
    if drawable(layers) != layers:
        return (
            f"Here, a network is drawn whole: it has at most {MOST_LAYERS} hidden layers of at "
            f"most {MOST_UNITS} units, and this one has {', '.join(map(str, layers))}."
        )
    if n_classes > MOST_CLASSES:
        return f"Here, a network has at most {MOST_CLASSES} outputs; these are {n_classes} classes."
    return ""


def _content(training: PlayedTraining, playback: Playback, seen: int) -> dict[str, Any]:
    """Return what has become of a training since a frame."""
    run = training.run
    frames = run.frames.after(seen, MOST_FRAMES)
    return {
        "run": run.id,
        "frames": _frames_content(frames),
        "hasMore": bool(frames) and max(frames) < run.frames.newest_number,
        "stepsPerEpoch": run.plan.steps_per_epoch,
        "frozen": sorted(run.frozen),
        "status": playback.status,
        "remark": playback.remark,
        "pace": playback.pace,
        "command": playback.command,
        "isStuck": playback.is_stuck,
        "seconds": playback.seconds,
    }


def _frames_content(frames: Mapping[int, Frame]) -> dict[str, Any]:
    all_frames = frames.values()
    scores = [[*_pair(frame.training), *_pair(frame.validation)] for frame in all_frames]
    return {
        "numbers": list(frames),
        "steps": [frame.step for frame in all_frames],
        "parameters": _floats([frame.parameters for frame in all_frames]),
        "scores": _floats(scores),
    }


def _pair(score: Score | None) -> tuple[float, float]:
    return (score.loss, score.accuracy) if score else (np.nan, np.nan)


def network_content(run: Run) -> dict[str, Any]:
    """Return a network and its points as plane_network.js reads them."""
    prepared, config = run.prepared_data(), run.config
    plane, names = _plane_of(prepared), config.features
    return {
        "sizes": list(run.plan.sizes),
        "activation": config.activation,
        "output": config.output,
        "features": list(names),
        "labels": [PLANE_FEATURES[name].label for name in names],
        "allFeatures": [{"name": f.name, "label": f.label} for f in PLANE_FEATURES.values()],
        "shift": prepared.scaler.shift.tolist(),
        "scale": prepared.scaler.scale.tolist(),
        "domain": domain_of(plane),
        "axes": PLANE_AXES,
        "classes": [shortened(name, LONGEST_NAME) for name in prepared.dataset.class_names],
        "symbols": [class_symbol(label) for label in range(prepared.dataset.n_classes)],
        "training": _points(plane, prepared.dataset.labels, prepared.split.training),
        "validation": _points(plane, prepared.dataset.labels, prepared.split.validation),
    }


def _plane_of(prepared: PreparedData) -> Array:
    """Return the points of the samples, (n_samples, 2).

    Raises
    ------
    ValueError : if they are none
    """
    if prepared.plane is None:
        raise ValueError(NOT_IN_PLANE)
    return prepared.plane


def domain_of(plane: Array) -> list[float]:
    """Return the part of the plane that is drawn, as left, right, bottom and top.

    Both axes have one scale, unless one feature has by far the larger range.
    """
    (left, right), (bottom, top) = (
        (float(line[0]), float(line[-1])) for line in (grid_over(plane[:, i]) for i in (0, 1))
    )
    width, height = right - left, top - bottom
    if width and height and not width / MOST_UNLIKE <= height <= MOST_UNLIKE * width:
        return [left, right, bottom, top]
    half = max(width, height, FINEST * max(abs(left), abs(right), abs(top), abs(bottom))) / 2
    x, y = (left + right) / 2, (bottom + top) / 2
    return [x - half, x + half, y - half, y + half]


def _points(plane: Array, labels: Labels, rows: Any) -> dict[str, str]:
    return {"x": _floats(plane[rows]), "labels": encoded(labels[rows].astype(np.uint8))}


def _floats(values: Any) -> str:
    return encoded(np.asarray(values, np.float32))
