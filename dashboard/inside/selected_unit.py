"""One unit at large: what it adds up, for which class it is on, and what excites it."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.charts.feature_values import feature_values
from dashboard.charts.figure import Figure
from dashboard.charts.style import escape
from dashboard.charts.units import (
    InputPlane,
    answers_in_plane,
    class_means_figure,
    excitation_figure,
    largest,
    unit_features,
    unit_picture,
)
from dashboard.components.live_caption import Caption, show_live_caption
from dashboard.components.live_charts import show_live_chart
from dashboard.components.sample_grid import images_figure
from dashboard.components.tables import feature_columns, markdown_table
from dashboard.inside.unit_facts import (
    LARGE_GRID,
    is_in_plane,
    layer_units,
    plane_answers,
    plane_lines,
    probed_rows,
    unit_ranking,
)
from dashboard.inspected_network import InspectedNetwork, inspected_network
from dashboard.text import percent, plain, two_digits
from data.split import Rows
from experiments.inspection.excitation import Excitation, excite, input_range, mean_input
from experiments.inspection.units import added_up, extremes
from experiments.training.run import Run
from mlp.arrays import Array

PICTURE_HEIGHT, BARS_HEIGHT, FILM_HEIGHT = 260, 220, 190  # pixels
N_EXTREME = 8  # samples on each side
EXTREME_COLUMNS = 8
MOST_FEATURES = 3  # of a table
FILM_STEPS = (0, 1, 2, 4, 8, 16)  # and the last
PENALTIES = (0.0, 0.03, 0.1, 0.3, 1.0, 3.0)
USUAL_PENALTY = 0.3


def _name(inspected: InspectedNetwork, layer: int, unit: int) -> str:
    """Return what a unit is called on the screen, fit for Plotly after escaping."""
    names = inspected.run.prepared_data().dataset.class_names
    if layer == inspected.network.n_layers and unit < len(names):
        return f"Output {names[unit][:20]}"
    return f"Unit {unit + 1}"


def _follow(
    run: Run, make: Callable[[InspectedNetwork], Figure], *, key: str, height: int, alt: str
) -> None:
    """Show a chart of the network as it is now, and keep it up to date."""
    show_live_chart(
        lambda: make(inspected_network(run)),
        lambda: inspected_network(run).version,
        key=key,
        height=height,
        alt=alt,
    )


def draw_selected_unit(inspected: InspectedNetwork, layer: int, unit: int) -> None:
    """Draw what a unit adds up, or answers in the plane, and its mean for each class."""
    _follow(
        inspected.run,
        partial(_picture, layer=layer, unit=unit, penalty=_penalty()),
        key=session.UNIT_CHART,
        height=PICTURE_HEIGHT,
        alt=f"Unit {unit + 1} of layer {layer} at large",
    )
    _follow(
        inspected.run,
        partial(_class_means, layer=layer, unit=unit),
        key=session.UNIT_CLASSES_CHART,
        height=BARS_HEIGHT,
        alt=f"Mean activation of unit {unit + 1} of layer {layer} for each class",
    )
    run, cost = inspected.run, _cost(inspected, layer, unit)
    show_live_caption(
        lambda: _facts(inspected_network(run), layer, unit, cost),
        lambda: inspected_network(run).version,
        key=session.UNIT_FACTS,
    )


def _facts(inspected: InspectedNetwork, layer: int, unit: int, cost: str) -> Caption:
    """Say how often a unit is on, whether it is stuck, and what its loss costs."""
    units, epoch = layer_units(inspected, layer), inspected.run.epochs_done
    when = "" if inspected.is_still else f"Epoch {epoch:,}: "
    is_output = layer == inspected.network.n_layers
    on = (units.zs.argmax(axis=1) == unit).mean() if is_output else units.on[unit]
    said = (
        f"is {'the answer, with the largest z,' if is_output else 'on, z > 0,'} for "
        f"{percent(float(on))} of {len(units.zs):,} training samples; its mean activation is "
        f"{_number(units.means[unit])}."
    )
    if units.stuck.dead[unit]:
        said += " It is dead: always 0, with slope 0, so no gradient reaches its weights."
    if units.stuck.saturated[unit]:
        said += " It is saturated: nearly always where its function is flat; it learns slowly."
    return Caption(f"{when}{_name(inspected, layer, unit)}", f"{said} {cost}".strip())


def _cost(inspected: InspectedNetwork, layer: int, unit: int) -> str:
    """Say what the loss of a hidden unit costs, if that is known."""
    if layer == inspected.network.n_layers:
        return ""
    if not inspected.is_still:
        return "What it costs to do without it is measured when the run no longer trains."
    ranking = unit_ranking(inspected)
    place = sum(inspected.network.sizes[1:layer]) + unit
    if place >= ranking.n_done:
        return "What it costs to do without it is not measured yet; see Switch units off."
    points = round(100 * ranking.accuracy_lost[place], 2)
    if not points:
        return "Switched off alone, it changes nothing in the accuracy."
    change = "costs" if points > 0 else "adds"
    return f"Switched off alone, it {change} {abs(points):.2f} points of accuracy."


def _picture(inspected: InspectedNetwork, *, layer: int, unit: int, penalty: float) -> Figure:
    """Draw what a unit adds up, on a scale of its own; in the plane, what it answers."""
    dataset, title = inspected.run.prepared_data().dataset, _name(inspected, layer, unit)
    if is_in_plane(inspected.run):
        return _picture_in_plane(inspected, layer, unit, penalty, escape(title))
    weights = added_up(inspected.network, layer)[unit]
    what = "weights" if layer == 1 else "mix of those below"
    title = f"{escape(title)}: its {what}"
    if dataset.image_shape is None:
        return unit_features(weights, title=title, columns=dataset.feature_names)
    title += f", from −{two_digits(largest(weights))} (blue) to {two_digits(largest(weights))}"
    return unit_picture(weights.reshape(dataset.image_shape), title=title, measure="weight")


def _picture_in_plane(
    inspected: InspectedNetwork, layer: int, unit: int, penalty: float, name: str
) -> Figure:
    """Draw what a unit answers in the plane, with the way of an input made to excite it."""
    prepared = inspected.run.prepared_data()
    has_way = inspected.network.n_layers > 1 and prepared.has_coordinates
    way = _excitation(inspected, layer, unit, penalty).inputs if has_way else None
    return answers_in_plane(
        plane_answers(inspected, layer, LARGE_GRID)[unit],
        _plane(inspected.run),
        title=f"{name}: what it answers{', and the way of an input' if has_way else ''}",
        measure="activation",
        way=None if way is None else prepared.scaler.restore(way),
    )


def _plane(run: Run) -> InputPlane:
    dataset, rows = run.prepared_data().recorded, probed_rows(run)
    return InputPlane(
        *plane_lines(run, LARGE_GRID),
        dataset.X[rows].astype(np.float32),
        dataset.labels[rows],
        dataset.class_names,
        dataset.feature_names,
    )


def _class_means(inspected: InspectedNetwork, *, layer: int, unit: int) -> Figure:
    """Draw the mean activation of a unit for each class."""
    units, names = layer_units(inspected, layer), inspected.run.prepared_data().dataset.class_names
    return class_means_figure(
        units.class_means[:, unit],
        names,
        title=f"Mean for each class, {units.function.name}",
        y="activation",
    )


def draw_what_excites(inspected: InspectedNetwork, layer: int, unit: int) -> None:
    """Draw the samples that excite a unit most and least, and an input made to excite it."""
    run, dataset = inspected.run, inspected.run.prepared_data().dataset
    if dataset.image_shape:
        for key, is_most in ((session.UNIT_MOST_CHART, True), (session.UNIT_LEAST_CHART, False)):
            _follow(
                run,
                partial(_extreme_images, layer=layer, unit=unit, is_most=is_most),
                key=key,
                height=FILM_HEIGHT,
                alt=f"The training images that excite the unit {'most' if is_most else 'least'}",
            )
        st.caption(
            "What to notice: what the images of a row have in common, and what they lack. Below "
            "each is its class, and z, the weighted input of the unit."
        )
    elif not is_in_plane(run):
        _draw_extreme_rows(inspected, layer, unit)
    if inspected.network.n_layers > 1:  # else it is the weights again
        _draw_excitation(run, layer, unit)


def _extreme_images(inspected: InspectedNetwork, *, layer: int, unit: int, is_most: bool) -> Figure:
    """Draw the training images that excite a unit most, or least."""
    dataset = inspected.run.prepared_data().dataset
    positions, zs = _extreme_positions(inspected, layer, unit, is_most=is_most)
    rows = probed_rows(inspected.run)[positions]
    names = [dataset.class_names[label] for label in dataset.labels[rows]]
    captions = [f"{name}\n{_number(z)}" for name, z in zip(names, zs, strict=True)]
    which = "most" if is_most else "least"
    title = f"Training images that excite it {which}, with z"
    return images_figure(dataset, rows, captions, columns=EXTREME_COLUMNS, title=title)


def _extreme_positions(
    inspected: InspectedNetwork, layer: int, unit: int, *, is_most: bool
) -> tuple[Rows, list[float]]:
    """Return the positions of extreme samples among those probed, and the z of each."""
    z = layer_units(inspected, layer).zs[:, unit]
    found = extremes(z, N_EXTREME)
    positions = found.most if is_most else found.least
    return positions, z[positions].tolist()


def _number(z: float) -> str:
    """Return a number with few digits, and a minus sign that is no hyphen."""
    return two_digits(z).replace("-", "−")


def _draw_extreme_rows(inspected: InspectedNetwork, layer: int, unit: int) -> None:
    """Draw the rows of a table that excite a unit most, and least."""
    dataset = inspected.run.prepared_data().dataset
    for which, column in zip(("most", "least"), st.columns(2), strict=True):
        positions, zs = _extreme_positions(inspected, layer, unit, is_most=which == "most")
        rows = probed_rows(inspected.run)[positions]
        features = feature_columns(dataset, rows, MOST_FEATURES)
        header = ["Class", "z", *(name for name, _ in features)]
        names = [plain(dataset.class_names[label]) for label in dataset.labels[rows]]
        cells = [names, [f"{z:.3g}" for z in zs], *(values for _, values in features)]
        with column:
            st.markdown(f"**Training samples that excite it {which}**")
            st.markdown(markdown_table(header, zip(*cells, strict=True)))


def _draw_excitation(run: Run, layer: int, unit: int) -> None:
    """Draw how an input is made that excites a unit, with the choice of the penalty."""
    left, right = st.columns([1, 3], vertical_alignment="center")
    with left:
        penalty = st.select_slider(
            "Penalty on large inputs",
            PENALTIES,
            value=USUAL_PENALTY,
            key=session.UNITS_PENALTY,
            persist_state="session",
            help="The gradient of z changes the input, and the penalty times the input holds it "
            "down. With 0, nothing holds it but the range of the values.",
        )
        less = f" less {penalty / 2:g} times the squared length of the input" if penalty else ""
        st.caption(
            "What to notice: the input is not a sample. It starts as the mean of the training "
            f"samples, and each step raises z{less}."
        )
    with right:
        if run.prepared_data().has_coordinates:
            st.caption(
                "In the plane, the line in the picture of the unit is the way of this input; it "
                "ends in the large dot."
            )
            return
        _follow(
            run,
            partial(_excitation_chart, layer=layer, unit=unit, penalty=_penalty()),
            key=session.EXCITATION_CHART,
            height=FILM_HEIGHT,
            alt="An input that is changed step by step to raise z less the penalty",
        )


def _penalty() -> float:
    """Return the penalty that the reader has chosen; not to be asked for in a look."""
    return float(session.value(session.UNITS_PENALTY, USUAL_PENALTY))


def _excitation(inspected: InspectedNetwork, layer: int, unit: int, penalty: float) -> Excitation:
    prepared = inspected.run.prepared_data()
    return excite(
        inspected.network,
        layer,
        unit,
        mean_input(prepared),
        input_range(prepared),
        penalty=penalty,
    )


def excitation_title(name: str, zs: Array) -> str:
    """Say what became of z, (n_steps + 1,), which falls where the penalty outweighs it."""
    first, last = float(zs[0]), float(zs[-1])
    way = f"z from {_number(first)} to {_number(last)}"
    if last > first:
        return f"An input made to excite {name}: {way}"
    if last < first:
        return f"The penalty outweighs {name}, so it is excited less: {way}"
    return f"No step excites {name} more, less the penalty: z stays {_number(first)}"


def _excitation_chart(
    inspected: InspectedNetwork, *, layer: int, unit: int, penalty: float
) -> Figure:
    """Draw some steps on the way to an input that excites a unit; of a table, the last one."""
    prepared, made = inspected.run.prepared_data(), _excitation(inspected, layer, unit, penalty)
    dataset, last = prepared.dataset, len(made.inputs) - 1
    title = excitation_title(escape(_name(inspected, layer, unit).lower()), made.zs)
    if dataset.image_shape is None:
        recorded = prepared.scaler.restore(made.inputs[-1:])[0]
        return feature_values(
            recorded, title=title, unit=dataset.unit, columns=dataset.feature_names
        )
    steps = sorted({min(step, last) for step in (*FILM_STEPS, last)})
    images = prepared.scaler.restore(made.inputs[steps]).reshape(-1, *dataset.image_shape)
    captions = [f"step {step}\nz {_number(made.zs[step])}" for step in steps]
    return excitation_figure(
        images, captions, title=title, maximum=dataset.maximum, unit=dataset.unit
    )
