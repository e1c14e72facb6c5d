"""The units of a layer, side by side, and one of them at large."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard import session
from dashboard.charts.figure import Figure
from dashboard.charts.units import largest, unit_grid, unit_in_grid, unit_rows
from dashboard.charts.weights import units_per_page
from dashboard.components.chart import Click
from dashboard.components.live_charts import show_live_chart
from dashboard.components.source_code import show_source
from dashboard.inside.selected_unit import draw_selected_unit, draw_what_excites
from dashboard.inside.unit_facts import (
    SMALL_GRID,
    is_drawn_as_images,
    is_in_plane,
    keep_choice,
    layer_name,
    layer_units,
    pictures_of,
    says_that_it_diverged,
    unit_ranking,
)
from dashboard.inspected_network import InspectedNetwork, inspected_network
from dashboard.text import two_digits
from data.split import Rows
from experiments.inspection.excitation import excite
from experiments.inspection.units import (
    LayerUnits,
    added_up,
    answers_on_grid,
    order_by,
    units_of,
)
from experiments.training.layer_diagnostics import stuck_units
from experiments.training.run import Run
from mlp.network import Network

HEIGHT = 430  # pixels
LONGEST_NAME = 9  # letters of a class below a picture

Values = npt.NDArray[np.floating]
ValuesOf = Callable[[LayerUnits], Values | None]
"""What an order goes by, (n_l,); None where that is the number of the unit."""

NUMBER, MEAN, COST = "Number", "Mean activation", "Cost of doing without"
ORDERS: dict[str, Callable[[LayerUnits], Values]] = {
    NUMBER: lambda units: np.arange(0, -len(units.means), -1.0),
    MEAN: lambda units: units.means,
    "How often it is on": lambda units: units.on,
}
FILTERS: dict[str, Callable[[LayerUnits], npt.NDArray[np.bool_]]] = {
    "All": lambda units: np.ones(len(units.means), bool),
    "Dead": lambda units: units.stuck.dead,
    "Saturated": lambda units: units.stuck.saturated,
}
SOURCES: dict[str, Callable[..., Any]] = {
    "Activations": units_of,
    "What it adds up": added_up,
    "In the plane": answers_on_grid,
    "Dead, saturated": stuck_units,
    "Gradient ascent": excite,
}


def draw_units(inspected: InspectedNetwork) -> None:
    """Draw the units of a layer as pictures, and the selected one with all that is known of it."""
    if says_that_it_diverged(inspected):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = _choose_layer(inspected.network)
        units = layer_units(inspected, layer)
        values_of, order = _choose_order(inspected, layer, units)
        if layer < inspected.network.n_layers:  # an output cannot be dead
            order = _choose_filter(units, order)
        shown = _page_of(order, inspected.network.sizes[0])
        unit = _choose_unit(inspected.network.sizes[layer])
    if inspected.network.n_layers == 1:
        st.caption("This network has no hidden layer. So here are its outputs, one a class.")
    left, right = st.columns([3, 2])
    with left:
        _draw_grid(inspected.run, layer, shown, unit, values_of)
        st.caption(
            f"{_what_to_notice(inspected, layer)} {_what_stands_still(inspected, layer)}".strip()
        )
    with right:
        draw_selected_unit(inspected, layer, unit)
    draw_what_excites(inspected, layer, unit)
    show_source("The lines of NumPy that do this", SOURCES)


def _choose_layer(network: Network) -> int:
    """Draw the choice of a layer; return it, from 1 on."""
    layers = list(range(1, network.n_layers + 1))
    keep_choice(session.UNITS_LAYER, layers)
    layer: int = st.selectbox(
        "Layer",
        layers,
        key=session.UNITS_LAYER,
        persist_state="session",
        format_func=partial(layer_name, network),
        on_change=_select_first,
        width=170,
        help="Layer 1 is the one next to the input. The output has a unit for each class.",
    )
    return layer


def _select_first() -> None:
    session.set_value(session.UNITS_UNIT, 1)


def _choose_order(
    inspected: InspectedNetwork, layer: int, units: LayerUnits
) -> tuple[ValuesOf, Rows]:
    """Draw the choice of an order; return what gives its values, and the units in order."""
    is_hidden = layer < inspected.network.n_layers
    by_units = ORDERS if is_hidden else {name: ORDERS[name] for name in (NUMBER, MEAN)}
    names = inspected.run.prepared_data().dataset.class_names
    classes = {f"Mean for class {name}": i for i, name in enumerate(names)}
    orders = [*by_units, *([COST] if is_hidden else []), *classes]
    keep_choice(session.UNITS_ORDER, orders)
    chosen = st.selectbox(
        "Order",
        orders,
        key=session.UNITS_ORDER,
        persist_state="session",
        width=180,
        help="Which units come first: those with the largest value. It is written below each. "
        "The mean is that of the activation over training samples; the cost is by how many points "
        "the accuracy falls when the unit alone is off.",
    )
    if chosen == COST:
        costs = _costs(inspected, layer)  # too slow for a look
        return lambda _: costs, order_by(costs)
    values_of = ORDERS.get(chosen) or (lambda units: units.class_means[classes[chosen]])
    return (lambda _: None) if chosen == NUMBER else values_of, order_by(values_of(units))


def _costs(inspected: InspectedNetwork, layer: int) -> Values:
    """Return by how many points the accuracy falls without each unit; NaN where not known yet."""
    ranking = unit_ranking(inspected)
    lost = ranking.accuracy_lost  # once: in the background, it grows
    costs = np.full(len(ranking.units), np.nan)
    costs[: len(lost)] = 100 * lost
    first = sum(inspected.network.sizes[1:layer])
    return costs[first : first + inspected.network.sizes[layer]]


def _choose_filter(units: LayerUnits, order: Rows) -> Rows:
    """Draw the choice of dead or saturated units; return those chosen, in their order."""
    counts = {name: int(is_such(units).sum()) for name, is_such in FILTERS.items()}
    keep_choice(session.UNITS_FILTER, list(FILTERS))
    chosen = st.segmented_control(
        "Show",
        list(FILTERS),
        required=True,
        key=session.UNITS_FILTER,
        persist_state="session",
        format_func=lambda name: f"{name} ({counts[name]:,})",
        help="A dead unit is 0 for every sample, with slope 0: it cannot learn any more. A "
        "saturated one is nearly always at the flat end of its function, and learns slowly.",
    )
    return order[FILTERS[chosen or "All"](units)[order]]


def _page_of(units: Rows, n_inputs: int) -> Rows:
    """Draw the choice of a page, if there are several; return the units on it."""
    per_page = units_per_page(n_inputs)
    if len(units) <= per_page:
        return units
    firsts = list(range(0, len(units), per_page))
    keep_choice(session.UNITS_PAGE, firsts)
    first: int = st.selectbox(
        "Page",
        firsts,
        key=session.UNITS_PAGE,
        persist_state="session",
        format_func=lambda first: f"{first + 1} to {min(first + per_page, len(units))}",
        width=115,
        help="Which of the units to show, in their order.",
    )
    return units[first : first + per_page]


def _choose_unit(n_units: int) -> int:
    """Draw the number of the selected unit; return it, from 0 on."""
    number: int = min(max(session.value(session.UNITS_UNIT, 1), 1), n_units)
    session.set_value(session.UNITS_UNIT, number)
    st.number_input(
        "Unit",
        1,
        n_units,
        key=session.UNITS_UNIT,
        persist_state="session",
        width=90,
        help="The unit to show at large. A click on a picture selects it, too.",
    )
    return number - 1


def _draw_grid(run: Run, layer: int, shown: Rows, unit: int, values_of: ValuesOf) -> None:
    """Draw units as pictures, and select the one that is clicked."""

    def select(click: Click) -> None:
        position = _position_of(click, run, len(shown))
        if position is not None:
            session.set_value(session.UNITS_UNIT, int(shown[position]) + 1)

    show_live_chart(
        lambda: _grid(inspected_network(run), layer, shown, unit, values_of),
        lambda: inspected_network(run).version,
        key=session.UNITS_CHART,
        height=HEIGHT,
        fill=1,
        alt=f"The units of layer {layer}, a picture each; blue below zero, orange above",
        on_click=select,
    )


def _position_of(click: Click, run: Run, n_shown: int) -> int | None:
    """Return the position, among the units shown, of the one that was clicked."""
    dataset = run.prepared_data().dataset
    if is_drawn_as_images(run):
        shape = dataset.image_shape or (SMALL_GRID, SMALL_GRID)
        return unit_in_grid(click.index, shape, n_shown)
    return click.index[0] if click.index[0] < n_shown else None


def _grid(
    inspected: InspectedNetwork, layer: int, shown: Rows, unit: int, values_of: ValuesOf
) -> Figure:
    """Draw some units of a layer as it is now."""
    run, pictures = inspected.run, pictures_of(inspected, layer)
    chosen = np.flatnonzero(shown == unit)
    common: dict[str, Any] = {
        "title": _title(inspected.network, layer, len(shown)),
        "limit": largest(pictures),
        "chosen": int(chosen[0]) if len(chosen) else None,
        "revision": f"{run.id} {layer} {len(shown)}",
    }
    captions = _captions(inspected, layer, shown, values_of)
    if is_drawn_as_images(run):
        measure = "activation" if is_in_plane(run) else "weight"
        return unit_grid(pictures[shown], captions, measure=measure, **common)
    columns = run.prepared_data().dataset.feature_names
    return unit_rows(pictures[shown], captions, columns=columns, **common)


def _title(network: Network, layer: int, n_shown: int) -> str:
    is_last, n_units = layer == network.n_layers, network.sizes[layer]
    if not n_shown:
        return f"No unit of {'the output' if is_last else f'layer {layer}'} is like that"
    if is_last:
        return f"The output: {n_shown:,} of {n_units:,} units, one a class"
    return f"Layer {layer}: {n_shown:,} of {n_units:,} units"


def _captions(
    inspected: InspectedNetwork, layer: int, shown: Rows, values_of: ValuesOf
) -> list[str]:
    """Return the name of each unit, and below it whether it is stuck, or what the order goes by."""
    units = layer_units(inspected, layer)
    stuck, values = units.stuck, values_of(units)
    names = inspected.run.prepared_data().dataset.class_names
    captions = []
    for unit in shown.tolist():
        is_class = layer == inspected.network.n_layers and unit < len(names)
        name = names[unit][:LONGEST_NAME] if is_class else str(unit + 1)
        state = "dead" if stuck.dead[unit] else "saturated" if stuck.saturated[unit] else ""
        number = np.nan if values is None else float(values[unit])
        value = two_digits(number) if np.isfinite(number) else ""
        captions.append("\n".join(filter(None, [name, value or state])))
    return captions


def _what_stands_still(inspected: InspectedNetwork, layer: int) -> str:
    """Say of which epoch the order is, which does not follow a run that trains."""
    if inspected.is_still:
        return ""
    is_output = layer == inspected.network.n_layers
    what = "the order is" if is_output else "the order, the counts and the costs are"
    if not is_drawn_as_images(inspected.run):
        what = f"the samples below and {what}"
    return (
        f"While the run trains, {what} of epoch {inspected.run.epochs_done:,}, until you choose "
        "anew; the rest follows the run."
    )


def _what_to_notice(inspected: InspectedNetwork, layer: int) -> str:
    """Say what the pictures show, in a sentence."""
    is_output = layer == inspected.network.n_layers
    if is_in_plane(inspected.run):
        has_coordinates = inspected.run.prepared_data().has_coordinates
        if inspected.network.n_layers == 1 and has_coordinates:
            return (
                "What to notice: without a hidden layer, the outputs part the plane by straight "
                "lines only. The color is what the output answers there."
            )
        if not has_coordinates:
            return (
                "What to notice: a unit of layer 1 adds up the features, so that its edge in the "
                "plane may be curved; layers above put these together. The color is what the unit "
                "answers there."
            )
        return (
            "What to notice: each unit of layer 1 cuts the plane along one straight line; layers "
            "above put these cuts together. The color is what the unit answers there."
        )
    noun = "ink" if inspected.run.prepared_data().dataset.image_shape else "a large value"
    if layer == 1 and is_output:
        return (
            f"What to notice: where an output is orange, {noun} speaks for its class; where it is "
            f"blue, {noun} speaks against it."
        )
    if layer == 1:
        return (
            f"What to notice: where a unit is orange, {noun} turns it on; where it is blue, {noun} "
            "turns it off. Some units look for a stroke; dead ones hardly left their random start."
        )
    return (
        "What to notice: orange and blue as in layer 1, but it is the mix of the units below, as "
        "if all of them were on. So the pictures get blurred, and only hint at the truth."
    )
