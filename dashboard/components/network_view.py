"""A network with one sample in it, drawn as it is: the same component wherever one is shown."""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts import style
from dashboard.charts.figure import encoded
from dashboard.charts.image_grid import shortened
from dashboard.components.live_feed import FOLLOW, LiveContent, follow
from dashboard.text import percent
from data.datasets import Dataset
from experiments.evaluation.predictions import OUTPUT_MEANINGS
from experiments.inspection.network_picture import LayerPicture, NetworkPicture, picture_of
from mlp.arrays import Array
from mlp.network import Network

HERE = Path(__file__)
NETWORK_DRAWING = HERE.with_name("network_drawing.js").read_text(encoding="utf-8")
DIGITS = 5  # of a number on its way to the browser
LONGEST_NAME = 24  # letters of a class or a feature
MOST_TERMS = 12  # that come to a unit that is marked
LEVELS = 127  # of a weight on its way to the browser, on each side of 0

_mount = st.components.v2.component(
    "network_view",
    html="""<div class="network-view"><div class="top">
<div class="says"><span class="answer"></span> <span class="about"></span></div>
<div class="modes" role="group" aria-label="What a connection's width shows">
<button type="button" aria-pressed="false" title="As wide as the weight">Weights</button>
<button type="button" aria-pressed="true"
title="As wide as what it passes on: weight × activation">Contributions</button></div></div>
<canvas class="network" tabindex="0" role="img"></canvas>
<div class="detail" hidden><canvas></canvas><div class="text"></div></div>
<div class="words" aria-live="polite"></div></div>""",
    css=HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=FOLLOW + NETWORK_DRAWING + HERE.with_suffix(".js").read_text(encoding="utf-8"),
)


class Unit(NamedTuple):
    """A unit that the reader has selected: its layer, and its number in it, from 0."""

    layer: int
    unit: int


class MarkedPlace(NamedTuple):
    """A place in a network that a page speaks of, with the numbers there.

    layer : from 1 to L
    units : a unit of each layer; that of this layer is marked
    symbol : what the numbers of the units are called
    values : (n_layer,), a number for each unit of the layer
    term_layer, terms : what comes to the unit that is marked from each unit of another layer,
        (n_term_layer,); empty where nothing does
    is_backward : whether it comes from above
    """

    layer: int
    units: Sequence[int]
    symbol: str
    values: Array
    term_layer: int
    terms: Array
    is_backward: bool


class ShownSample(NamedTuple):
    """The sample in a network view.

    recorded : (n_features,), as it was recorded
    x : (n_features,), scaled as the network was trained
    about : what it is, in a few words
    label : the true class; None if nobody knows it
    is_blank : whether there is nothing to read, so that the answer is none
    """

    recorded: Array
    x: Array
    about: str
    label: int | None
    is_blank: bool = False


def show_network(
    network: Callable[[], Network],
    version: Callable[[], Hashable],
    sample: Callable[[], ShownSample],
    dataset: Dataset,
    *,
    key: str,
    height: int = 340,
    on_select: Callable[[Unit], None] | None = None,
    place: MarkedPlace | None = None,
) -> None:
    """Show a network with a sample in it, and keep it up to date while something moves.

    Parameters
    ----------
    network, sample, version : return the network as it is now, the sample in it, and what changes
        whenever one of them does
    dataset : says what inputs and classes are called
    key : the same for as long as it is the same view
    height : in pixels, the least; where a page has more room for it, it takes that
    on_select : called with a unit that was clicked, before the page runs again
    place : is marked
    """
    pictures = session.tab().pictures  # the units of the last one keep their places

    def make() -> dict[str, Any]:
        now, shown = network(), sample()
        what = now.sizes, shown.about
        before_what, before = pictures.get(key, (None, None))
        picture = picture_of(
            now,
            shown.x,
            is_image=dataset.image_shape is not None,
            label=shown.label,
            before=before if before_what == what else None,
            followed=place.units if place else (),
        )
        pictures[key] = what, picture
        content = content_of(now, picture, shown, dataset)
        return content | {"place": _place_content(place, picture)} if place else content

    element = follow(key, LiveContent(make, version))
    data = {
        "key": key,
        "drawing": element.drawing,
        "content": element.drawn,
        "height": height,
        "listens": on_select is not None,
    }

    def select() -> None:
        unit = parse_unit(session.sent(key, "unit"), pictures[key][1])
        if unit and on_select:
            on_select(unit)

    _mount(key=key, data=data, on_unit_change=select)


def parse_unit(sent: object, picture: NetworkPicture) -> Unit | None:
    """Return the unit that the browser has sent; None if there is none like it."""
    match sent:
        case {"layer": int(layer), "unit": int(unit)} if (
            type(layer) is type(unit) is int
            and 0 <= layer < len(picture.layers)
            and 0 <= unit < picture.layers[layer].n_units
        ):
            return Unit(layer, unit)
    return None


def content_of(
    network: Network, picture: NetworkPicture, sample: ShownSample, dataset: Dataset
) -> dict[str, Any]:
    """Return a picture of a network as network_view.js reads it."""
    hidden, output = network.activation.name, network.output.name
    last = len(picture.layers) - 1
    layers = []
    for l, layer in enumerate(picture.layers):
        is_pixels = l == 0 and dataset.image_shape is not None
        function = output if l == last else hidden
        layers.append(_layer_content(l, layer, function, is_pixels=is_pixels))
    layers[0]["title"] = "input"
    layers[last]["title"] = output
    layers[last]["areProbabilities"] = OUTPUT_MEANINGS[output].are_shares
    content = {
        "layers": layers,
        "classes": {int(i): _name(dataset.class_names[i]) for i in picture.units[-1]},
        "answer": picture.answer,
        "right": sample.label,
        "about": sample.about,
        "says": _answer_in_words(picture, sample, dataset, output),
        "words": f"Hidden layers: {last - 1}. The arrow keys walk through its units.",
    }
    if dataset.image_shape is None:
        return content | {"image": None, "features": _feature_names(picture, dataset)}
    ink = np.clip(sample.recorded / dataset.maximum, 0, 1)
    image = {"shape": dataset.image_shape, "bytes": encoded(np.rint(255 * ink).astype(np.uint8))}
    return content | {"image": image}


def _place_content(place: MarkedPlace, picture: NetworkPicture) -> dict[str, Any]:
    """Return a place with the numbers of the units that are drawn."""
    units = picture.layers[place.layer].units
    terms = place.terms[picture.layers[place.term_layer].units] if len(place.terms) else place.terms
    longest = np.argsort(-np.nan_to_num(np.abs(terms)), kind="stable")[:MOST_TERMS]
    return {
        "layer": place.layer,
        "i": int(np.flatnonzero(units == place.units[place.layer])[0]),
        "symbol": place.symbol,
        "values": _numbers(place.values[units]),
        "termLayer": place.term_layer,
        "termUnits": longest.tolist(),
        "terms": _numbers(terms[longest]),
        "isBackward": place.is_backward,
    }


def _layer_content(
    l: int, layer: LayerPicture, function: str, *, is_pixels: bool
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "n": layer.n_units,
        "units": [] if is_pixels else layer.units.tolist(),
        "a": _quantized(layer.activations) if is_pixels else _numbers(layer.activations),
        "title": f"{layer.n_units:,} {function}",
        "function": function,
    }
    if l:
        content["z"], content["b"] = _numbers(layer.zs), _numbers(layer.biases)
        content["weights"] = _quantized(layer.weights)
    return content


def _answer_in_words(
    picture: NetworkPicture, sample: ShownSample, dataset: Dataset, output: str
) -> str:
    if sample.is_blank:
        return ""
    if picture.answer is None:
        return "The network has no answer: its numbers are not finite."
    last, meaning = picture.layers[-1], OUTPUT_MEANINGS[output]
    value = float(last.activations[last.units == picture.answer][0])
    how = percent(value) if meaning.are_shares else f"{meaning.noun} {value:.2g}"
    said = f"The network says {_name(dataset.class_names[picture.answer])} ({how})"
    if sample.label is None:
        return f"{said}."
    if sample.label == picture.answer:
        return f"{said}. ✓ Right"
    return f"{said}. ✗ It is {_name(dataset.class_names[sample.label])}"


def _feature_names(picture: NetworkPicture, dataset: Dataset) -> list[str]:
    names = style.feature_names(dataset.n_features, dataset.feature_names)
    return [_name(names[i]) for i in picture.units[0]]


def _name(text: str) -> str:
    return shortened(text, LONGEST_NAME)


def _numbers(values: Array) -> list[float | None]:
    """Return numbers with a few digits each; None for what is not finite."""
    return [float(f"{v:.{DIGITS}g}") if np.isfinite(v) else None for v in values.tolist()]


def _quantized(values: Array) -> dict[str, Any]:
    """Return numbers as bytes, from -LEVELS to LEVELS, and what the ends stand for."""
    finite = np.nan_to_num(values, posinf=0, neginf=0)
    scale = float(np.abs(finite).max(initial=0)) or 1.0
    levels = np.rint(finite * (LEVELS / scale)).astype(np.int8)
    return {"bytes": encoded(levels), "scale": scale}
