"""The whole test part under each damage: how much the networks of this tab stand."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import session, training_speed
from dashboard.charts.robustness import NamedCurve, robustness_figure
from dashboard.components.chart import show_chart
from dashboard.components.source_code import show_source
from dashboard.draw.break_sample import choose_damage
from dashboard.draw.trained_networks import TrainedNetwork, all_networks, choose_network
from dashboard.text import plain
from dashboard.training_speed import waiting_in_words
from data.corruption import Damage
from experiments.background.background_task import Status
from experiments.background.limits import MAX_MEASURED, MAX_TEST_IMAGES
from experiments.config import RunConfig
from experiments.evaluation.attack import attack_directions
from experiments.evaluation.clopper_pearson import lower_limit
from experiments.evaluation.robustness import DAMAGES, count_right, example
from experiments.evaluation.robustness_task import (
    Candidate,
    RobustnessTask,
    single_layer_config,
)
from experiments.training.prepared_data import prepare

SINGLE_LAYER = "Single layer"
CHART_HEIGHT = 420  # pixels


def draw_whole_test_part() -> None:
    """Draw the curves of the last measurement, and the way to begin one."""
    st.markdown(
        "How much is read right, the more the test images are damaged? Each network is measured on "
        "the test part of its own training, once that has ended; choose nothing by it. Train "
        "networks with augmentation, dropout or L2 to see what each buys."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=220):
            trained = choose_network()
        _draw_buttons(trained)
    if task := session.tab().breaking.robustness:
        was_active = task.status.is_active
        seconds = training_speed.sequence_poll_seconds() if was_active else None
        measured = [(each.name, each.config) for each in task.candidates]
        if not was_active and measured != _planned(trained):
            st.caption("There are other networks now: Measure starts over with them.")
        st.fragment(_draw_task, run_every=seconds)(task, was_active)
    else:
        _draw_example(trained)
    show_source(
        "The lines of NumPy that do this",
        {"Count": count_right, "Attack": attack_directions, "Interval": lower_limit},
    )


def _draw_buttons(trained: TrainedNetwork) -> None:
    """Draw the buttons that begin and end a measurement."""
    task = session.tab().breaking.robustness
    is_active = task is not None and task.status.is_active
    st.button(
        "Measure",
        icon=":material/play_arrow:",
        type="primary",
        on_click=begin_measurement,
        args=(trained,),
        disabled=is_active,
        help=f"Damage up to {MAX_TEST_IMAGES:,} test images of {trained.dataset.title}, in all "
        "ways, and let each network of this dataset read them: on MNIST, ten seconds for one of "
        "256 units, a minute for the largest. It goes on while you look at other pages.",
    )
    st.button(
        "Stop",
        icon=":material/stop:",
        on_click=stop_measurement,
        disabled=not is_active,
        help="End here, and keep what was measured.",
    )


def begin_measurement(trained: TrainedNetwork) -> None:
    """Measure all networks of the dataset that a network has learned from, and a single layer."""
    stop_measurement()
    first = session.value(session.ROBUSTNESS_DAMAGE) or next(iter(DAMAGES))
    task = RobustnessTask(candidates_for(trained), first, page=session.page())
    session.tab().breaking.robustness = task
    task.go()


def stop_measurement() -> None:
    """End the measurement, with what was reached."""
    if task := session.tab().breaking.robustness:
        task.stop()


def candidates_for(trained: TrainedNetwork) -> list[Candidate]:
    """Return the networks to measure, as they are now: see `_planned`."""
    networks = _networks_on_data_of(trained)
    chosen = [
        Candidate(each.title, each.config, each.prepared_data, each.network(), each.own)
        for each in networks
    ]
    own = trained.own
    for name, config in _planned(trained)[len(networks) :]:
        chosen.append(Candidate(name, config, partial(prepare, config, own), None, own))
    return chosen


def _planned(trained: TrainedNetwork) -> list[tuple[str, RunConfig]]:
    """Return the networks to measure: those of a dataset, and a single layer if none is there."""
    planned = [(each.title, each.config) for each in _networks_on_data_of(trained)]
    if all(config.hidden_layers for _, config in planned):
        planned.append((SINGLE_LAYER, single_layer_config(trained.config)))
    return planned


def _networks_on_data_of(trained: TrainedNetwork) -> list[TrainedNetwork]:
    """Return the networks on the same dataset, the given one first.

    A run that has no result yet, or none any more, is not among them: test parts are for the end.
    """
    without_result = {stored.run.id for stored in session.runs() if stored.run.result is None}
    networks = [trained, *(each for each in all_networks() if each.id != trained.id)]
    found = [
        each
        for each in networks
        if each.id not in without_result
        and each.config.dataset == trained.config.dataset
        and each.own is trained.own
    ]
    return found[:MAX_MEASURED]


def _draw_example(trained: TrainedNetwork) -> None:
    """Draw what was measured beforehand, and say what would be measured."""
    names = [plain(name) for name, _ in _planned(trained)]
    names = [f"{name} (trained for this)" if name == SINGLE_LAYER else name for name in names]
    st.markdown(
        ":blue-badge[Example] Networks with 64 hidden units on the digits of 8 × 8 pixels, "
        f"measured beforehand on other writers. **Measure** will compare: {', '.join(names)}."
    )
    damage = choose_damage(key=session.ROBUSTNESS_DAMAGE, about="It is measured before the others.")
    stored = example()
    curves = [
        NamedCurve(name, i, of_network[damage.name])
        for i, (name, of_network) in enumerate(stored.curves.items())
    ]
    _draw_curves(damage, curves, stored.chance, "digits")


def _draw_task(task: RobustnessTask, was_active: bool) -> None:
    """Draw the progress and the curves so far."""
    damage = choose_damage(key=session.ROBUSTNESS_DAMAGE, about="It is measured before the others.")
    task.first = damage.name  # what is looked at comes first
    _draw_progress(task)
    curves = [
        NamedCurve(each.name, place, task.curves[damage.name, place])
        for place, each in enumerate(tuple(task.measured))
    ]
    chance = task.measured[0].images.chance if task.measured else 0.0
    _draw_curves(damage, curves, chance, task.candidates[0].config.dataset)
    if was_active != task.status.is_active:
        st.rerun()  # the whole page: it has other buttons now


def _draw_curves(damage: Damage, curves: Sequence[NamedCurve], chance: float, dataset: str) -> None:
    known = [each for each in curves if each.curve.n_samples]
    show_chart(
        robustness_figure(damage, known, chance),
        key=session.ROBUSTNESS_CHART,
        height=CHART_HEIGHT,
        alt=f"Accuracy of {len(known)} networks under {damage.title.lower()}",
    )
    st.caption(_caption(damage, known, dataset))


def _caption(damage: Damage, curves: Sequence[NamedCurve], dataset: str) -> str:
    """Say what was done, and to how many images."""
    counts = sorted({each.curve.n_samples for each in curves})
    sizes = " to ".join(f"{n:,}" for n in dict.fromkeys(counts[:1] + counts[-1:]))
    if not curves:
        return damage.meaning
    return (
        f"{damage.meaning} {sizes} test images of {dataset}, drawn at random. Bands: 95 % "
        "intervals (Clopper and Pearson) for which images were drawn; another seed of the training "
        "gives other curves, too."
    )


def _draw_progress(task: RobustnessTask) -> None:
    """Say how far the measurement is, or why it has ended early."""
    if task.status.is_active:
        words = f"Training: {task.trains}" if task.trains else "Measuring"
        waiting = waiting_in_words(task)
        st.progress(task.fraction, text=plain(f"{words} · {waiting}" if waiting else words))
    elif task.status is not Status.FINISHED:
        st.info(plain(_ending(task)), icon=":material/info:")
    for sentence in task.left_out:
        st.caption(plain(f"Not measured. {sentence}"))


def _ending(task: RobustnessTask) -> str:
    """Say why a measurement has ended before its end."""
    return {
        Status.STOPPED: "It was stopped; these are the images measured until then.",
        Status.ABANDONED: "This page lost its connection for a while, and it ended. Measure again.",
    }.get(task.status, f"{task.problem} Measure again.")
