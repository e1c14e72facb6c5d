"""Hidden units switched off by hand, and all of them ranked by what it costs to lose each."""

from collections.abc import Callable, Sequence
from threading import Condition
from typing import Any

import numpy as np
import streamlit as st
from cachetools import LRUCache, cached

from dashboard import session, training_speed
from dashboard.charts.ablation import classes_figure, place_in_ranking, ranking_figure
from dashboard.charts.figure import Figure
from dashboard.components.chart import Click, show_chart
from dashboard.components.live_charts import show_live_chart
from dashboard.components.network_view import ShownSample, Unit, show_network
from dashboard.components.source_code import show_source
from dashboard.inside.unit_facts import HeldOut, held_out, says_that_it_diverged, unit_ranking
from dashboard.inspected_network import InspectedNetwork, inspected_network
from dashboard.sample_choice import choose_sample
from dashboard.text import percent
from experiments.comparison.significance import mcnemar_test
from experiments.evaluation.clopper_pearson import interval
from experiments.inspection.ablation import (
    HiddenUnit,
    SwitchedOff,
    UnitRanking,
    hidden_units,
    logits_without_each,
    switch_off,
    without_units,
)
from experiments.training.run import Run
from mlp.network import Network

NETWORK_HEIGHT, CHART_HEIGHT = 330, 300  # pixels
SOURCES: dict[str, Callable[..., Any]] = {
    "Switch off": without_units,
    "Each unit alone": logits_without_each,
}


def draw_switched_off(inspected: InspectedNetwork) -> None:
    """Draw the network without some units, what that costs, and what each unit costs."""
    units = hidden_units(inspected.network)
    if not units:
        st.info(
            "This network has no hidden units: there is nothing to switch off. Train one with a "
            "hidden layer.",
            icon=":material/info:",
        )
        return
    if says_that_it_diverged(inspected):
        return
    off = _choose_off(inspected, units)
    left, right = st.columns([3, 2])
    with left:
        _draw_network(inspected.run, off)
    with right:
        _draw_effect(inspected, off)
    ranking = unit_ranking(inspected)
    seconds = training_speed.sequence_poll_seconds() if ranking.is_running else None
    st.fragment(_draw_ranking, run_every=seconds)(inspected, off, ranking.is_running)
    show_source("The lines of NumPy that do this", SOURCES)


def unit_name(network: Network, unit: HiddenUnit) -> str:
    """Return what a hidden unit is called: with its layer where there are several."""
    number = f"{unit.unit + 1:,}"
    return number if network.n_layers == 2 else f"{unit.layer}.{number}"


def _choose_off(inspected: InspectedNetwork, units: Sequence[HiddenUnit]) -> list[HiddenUnit]:
    """Draw the list of the units that are off, and buttons for several; return those units."""
    kept = [i for i in session.value(session.SWITCHED_OFF, []) if i < len(units)]
    session.set_value(session.SWITCHED_OFF, kept)
    names = [unit_name(inspected.network, unit) for unit in units]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Units that are off",
            range(len(units)),
            key=session.SWITCHED_OFF,
            persist_state="session",
            format_func=names.__getitem__,
            placeholder="none: click one in the network, or a bar below",
            help="A unit that is off passes 0 on, whatever comes in. The network of the run stays "
            "as it is. With several layers, 2.5 is unit 5 of layer 2.",
        )
        n_cheapest = st.number_input(
            "How many",
            1,
            len(units),
            min(5, len(units)),
            key=session.N_CHEAPEST,
            width=110,
            help="How many units the button beside it switches off.",
        )
        st.button(
            "Switch off the cheapest",
            key=session.SWITCH_OFF_CHEAPEST,
            on_click=_switch_off_cheapest,
            args=(inspected, int(n_cheapest)),
            help="Those that cost least when each is switched off alone.",
        )
        st.button(
            "All on",
            key=session.SWITCH_ALL_ON,
            on_click=session.set_value,
            args=(session.SWITCHED_OFF, []),
            disabled=not chosen,
            help="Switch all units on again.",
        )
    return [units[i] for i in sorted(chosen)]


def _switch_off_cheapest(inspected: InspectedNetwork, n_units: int) -> None:
    order = unit_ranking(inspected).order
    session.set_value(session.SWITCHED_OFF, sorted(order[::-1][:n_units].tolist()))


def _toggle(place: int) -> None:
    """Switch a unit off, or on again; units are counted through all hidden layers."""
    off = set(session.value(session.SWITCHED_OFF, [])) ^ {place}
    session.set_value(session.SWITCHED_OFF, sorted(off))


def _draw_network(run: Run, off: Sequence[HiddenUnit]) -> None:
    """Draw the network without some units, with a sample in it; a click toggles a unit."""
    chosen = choose_sample(run)
    sample = ShownSample(chosen.recorded, chosen.x, chosen.about, chosen.label)

    def toggle(unit: Unit) -> None:
        if 1 <= unit.layer < run.network.n_layers:
            _toggle(sum(run.network.sizes[1 : unit.layer]) + unit.unit)

    show_network(
        lambda: without_units(inspected_network(run).network, off),
        lambda: (inspected_network(run).version, tuple(off), chosen.version),
        lambda: sample,
        run.prepared_data().dataset,
        key=session.SWITCHED_OFF_VIEW,
        height=NETWORK_HEIGHT,
        on_select=toggle,
    )


def _draw_effect(inspected: InspectedNetwork, off: Sequence[HiddenUnit]) -> None:
    """Draw what it costs that some units are off: in all, and class by class."""
    run = inspected.run
    names = run.prepared_data().dataset.class_names
    show_live_chart(
        lambda: _effect_figure(_effect(inspected_network(run), tuple(off)), names, bool(off)),
        lambda: inspected_network(run).version,
        key=session.SWITCHED_OFF_CLASSES_CHART,
        height=CHART_HEIGHT,
        alt="The share of each class that is read right, with all units and without those off",
    )
    if not off:
        st.caption("What to notice: switch a unit off, and see which classes suffer.")
        return
    effect, when = _effect(inspected, tuple(off)), _when(inspected).strip()
    said = _effect_sentence(effect, held_out(run)), _sum_sentence(inspected, off, effect), when
    st.caption(" ".join(filter(None, said)))


@cached(
    LRUCache(32),  # of at most 100 kB each
    key=lambda inspected, off: (inspected.version, off),
    condition=Condition(),
)
def _effect(inspected: InspectedNetwork, off: tuple[HiddenUnit, ...]) -> SwitchedOff:
    """Return what it does to the answers to held-out samples that some units are off."""
    return switch_off(inspected.network, off, held_out(inspected.run).samples)


def _effect_figure(effect: SwitchedOff, names: tuple[str, ...], are_some_off: bool) -> Figure:
    """Draw the share of each class that is right before and after."""
    before, after = effect.accuracies
    title = f"Accuracy {percent(before)}: all units are on"
    if are_some_off:
        title = f"Accuracy {percent(before)} with all, {percent(after)} without"
    return classes_figure(*effect.shares_by_class(len(names)), names, title=title)


def _effect_sentence(effect: SwitchedOff, held: HeldOut) -> str:
    """Say how sure the two accuracies are, and whether they differ by more than luck."""
    n_samples = len(effect.labels)
    low, high = interval(int(effect.right_after.sum()), n_samples)
    seen = " (it has learned from them)" if held.part == "training" else ""
    said = (
        f"On {n_samples:,} {held.part} samples{seen}; 95 % interval without them: "
        f"{percent(low)} to {percent(high)}."
    )
    if np.array_equal(effect.right_before, effect.right_after):
        return f"{said} What to notice: no answer has gone from right to wrong, or back."
    test = mcnemar_test(effect.right_before, effect.right_after)
    verdict = "more than luck explains" if test.is_significant else "too few to tell it from luck"
    return (
        f"{said} What to notice: {test.only_first:,} answers became wrong, {test.only_other:,} "
        f"became right, {verdict}."
    )


def _sum_sentence(
    inspected: InspectedNetwork, off: Sequence[HiddenUnit], effect: SwitchedOff
) -> str:
    """Say what the units that are off cost together, and the sum of what each costs alone."""
    ranking = unit_ranking(inspected)
    if len(off) < 2 or not ranking.is_over:
        return ""
    places = [ranking.units.index(unit) for unit in off]
    alone = 100 * float(ranking.accuracy_lost[places].sum())
    before, after = effect.accuracies
    together = 100 * (before - after)
    is_more = round(together, 1) > round(alone, 1)  # rounding must not decide
    why = " Each stood in for the others." if is_more else ""
    return (
        f"Together they cost **{together:.1f} points**; one at a time, their costs add up to "
        f"{alone:.1f}.{why}"
    )


def _draw_ranking(
    inspected: InspectedNetwork, off: Sequence[HiddenUnit], was_running: bool
) -> None:
    """Draw what each unit costs; again and again while it is measured in the background.

    Parameters
    ----------
    was_running : whether it was, when the page was drawn
    """
    ranking, held = unit_ranking(inspected), held_out(inspected.run)
    if not ranking.is_over:
        _draw_progress(ranking)
    order = ranking.order
    units = [ranking.units[i] for i in order]
    layers = [unit.layer for unit in units]

    def toggle(click: Click) -> None:
        place = place_in_ranking(layers, click.trace, click.index)
        if place is not None:
            _toggle(int(order[place]))

    figure = ranking_figure(
        [unit_name(inspected.network, unit) for unit in units],
        layers,
        100 * ranking.accuracy_lost[order],
        ranking.loss_added[order],
        is_off=[unit in off for unit in units],
        title=f"Accuracy lost without each unit, one at a time{_when(inspected)}",
    )
    show_chart(
        figure,
        key=session.RANKING_CHART,
        height=CHART_HEIGHT,
        alt="Accuracy lost without each hidden unit, the most costly first",
        on_click=toggle,
    )
    st.caption(_ranking_sentence(ranking, held))
    if was_running != ranking.is_running:
        st.rerun()  # the whole page, which sets how often this view is drawn


def _when(inspected: InspectedNetwork) -> str:
    """Say of which moment the ranking is, while the network still changes."""
    run = inspected.run
    is_final = run.result or run.diverged or inspected.epoch is not None
    return "" if is_final else f" (epoch {run.epochs_done:,})"


def _ranking_sentence(ranking: UnitRanking, held: HeldOut) -> str:
    """Say what to notice in the ranking."""
    lost = 100 * ranking.accuracy_lost
    n_free = int(np.count_nonzero(lost <= 0))
    step = 100 / len(held.samples.X)
    return (
        f"What to notice: {n_free:,} of {len(lost):,} units cost nothing when they alone are off. "
        f"One of {len(held.samples.X):,} {held.part} samples is {step:.2f} points, so small "
        "differences are luck. A click on a bar switches its unit off."
    )


def _draw_progress(ranking: UnitRanking) -> None:
    """Draw how many units are measured, and a button to go on or to stop."""
    n_all, n_done = len(ranking.units), ranking.n_done
    st.progress(n_done / n_all, text=f"{n_done:,} of {n_all:,} units measured")
    if ranking.task and ranking.task.problem:
        st.error(ranking.task.problem, icon=":material/error:")
    is_running = ranking.is_running
    action: dict[str, Any] = {"on_click": ranking.stop}
    if not is_running:
        action = {"on_click": ranking.go, "kwargs": {"page": session.page()}}
    st.button(
        "Stop" if is_running else "Rank all units",
        key=session.RANKING_BUTTON,
        icon=":material/stop:" if is_running else ":material/play_arrow:",
        type="secondary" if is_running else "primary",
        help="Measure the other units as well: this network is large, so it takes a while.",
        **action,
    )
