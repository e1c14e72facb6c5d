"""How to look at a landscape: directions, part of the data, points, reach, other runs."""

import streamlit as st

from dashboard import session
from experiments.background.run_store import StoredRun
from experiments.inspection.loss_landscape import MAX_PATHS, PRINCIPAL, RANDOM, Look, can_share
from experiments.training.run import Run

DIRECTION_TITLES = {PRINCIPAL: "Of the training (PCA)", RANDOM: "Random"}
PART_TITLES = {"training": "Training", "validation": "Validation"}
POINTS = (11, 17, 25, 41)  # along each axis
USUAL_POINTS = 25
REACHES = (0.25, 0.5, 1.0, 2.0, 4.0)
LAST_DRAW = 99


def choose_look(run: Run) -> Look:
    """Draw the controls of a landscape, in a row, and return what was chosen."""
    directions = st.segmented_control(
        "Directions",
        DIRECTION_TITLES,
        default=PRINCIPAL,
        required=True,
        key=session.LANDSCAPE_DIRECTIONS,
        persist_state="session",
        format_func=DIRECTION_TITLES.__getitem__,
        help="PCA: the two directions in which the parameters have changed most while the network "
        "learned. Random: two directions drawn at random, in which each unit's weights change as "
        "much as they are long (filter normalization).",
    )
    part = _choose_part(run)
    with st.popover("Picture", icon=":material/tune:", help="How it is drawn, and how far."):
        n_points = st.select_slider(
            "Points along each axis",
            POINTS,
            value=USUAL_POINTS,
            key=session.LANDSCAPE_POINTS,
            persist_state="session",
            help="At each point of the picture the network is evaluated once: with twice as many "
            "along each axis it takes four times as long.",
        )
        reach = st.select_slider(
            "Reach",
            REACHES,
            value=1.0,
            key=session.LANDSCAPE_REACH,
            persist_state="session",
            help="How far the picture reaches. With PCA, 1 holds the whole path. With random "
            "directions, 1 changes the weights by as much as they are long.",
        )
        seed = _choose_draw(is_random=directions == RANDOM)
        st.toggle(
            "As a surface",
            key=session.LANDSCAPE_SURFACE,
            persist_state="session",
            help="Draw the loss as a height in space, which can be turned. The browser loads a "
            "larger script for it, once.",
        )
    return Look(directions, part, n_points, reach, seed)


def _choose_part(run: Run) -> str:
    prepared = run.prepared_data()
    parts = [part for part in PART_TITLES if prepared.samples(part)]
    part: str = st.segmented_control(
        "Loss on",
        parts,
        default=parts[0],
        required=True,
        key=session.LANDSCAPE_PART,
        persist_state="session",
        format_func=PART_TITLES.__getitem__,
        help="Training goes down on the training loss; the validation loss is on samples that it "
        "has not seen.",
    )
    return part


def _choose_draw(*, is_random: bool) -> int:
    number = st.number_input(
        "Draw",
        min_value=0,
        max_value=LAST_DRAW,
        key=session.LANDSCAPE_DRAW,
        persist_state="session",
        disabled=not is_random,
        help="The seed of the random directions: another number draws two others.",
    )
    return int(number) if is_random else 0


def runs_beside(run: Run) -> list[StoredRun]:
    """Return the other runs of the tab that lie on the landscape of this one."""
    return [
        stored
        for stored in session.runs()
        if stored.run is not run and stored.run.snapshots.steps and can_share(run, stored.run)
    ]


def choose_others(run: Run) -> list[StoredRun]:
    """Draw the choice of other runs on the same landscape, if there are any; return them."""
    beside = {stored.number: stored for stored in runs_beside(run)}
    if not beside:
        return []
    kept = [number for number in session.value(session.LANDSCAPE_RUNS, []) if number in beside]
    session.set_value(session.LANDSCAPE_RUNS, kept)
    chosen = st.multiselect(
        "Other runs on it",
        list(beside),
        key=session.LANDSCAPE_RUNS,
        persist_state="session",
        max_selections=MAX_PATHS - 1,
        format_func=lambda number: beside[number].name,
        help="Runs with the same layers on the same data: SGD and Adam from the same seed begin "
        "at the same weights. The loss is always that of the run shown.",
    )
    return [beside[number] for number in chosen]
