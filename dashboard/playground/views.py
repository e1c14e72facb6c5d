"""The networks of the playground, and what can be done with them."""

from collections.abc import Sequence

import streamlit as st

from dashboard import session
from dashboard.components.live_feed import forget_live_elements, open_live_page
from dashboard.components.plane_network import (
    MOST_UNITS,
    NOT_IN_PLANE,
    Playback,
    drawable,
    show_plane_network,
    why_not_drawn,
)
from dashboard.playground.commands import take_message
from dashboard.playground.keep import draw_keep
from dashboard.playground.placed import draw_placing
from dashboard.playground.remarks import remark_on
from dashboard.playground.second_network import draw_second_controls, title_of
from dashboard.playground.trainings import can_go_on, prepare_trainings
from dashboard.second_config import second_config
from dashboard.settings import control_value
from dashboard.text import plain
from dashboard.training_speed import POLL_SECONDS, poll_seconds
from experiments.background.background_task import Status
from experiments.background.played_training import PlayedTraining
from experiments.config import OWN, RunConfig, parse_field
from experiments.training.prepared_data import prepare

HEIGHT, HEIGHT_OF_TWO = 360, 330  # pixels of a network
ASK_SECONDS = 0.5  # between two looks, while few play: twice in a slice
STEP_SECONDS = 0.1  # the same for one batch or one epoch
STATUS_WORDS = {Status.PAUSED: "paused", Status.RUNNING: "playing", Status.QUEUED: "waiting"}


def draw_playground() -> None:
    """Draw the networks of the settings, or say why there are none."""
    forget_live_elements()
    networks = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Second network", icon=":material/compare_arrows:"):
            draw_second_controls(session.config())
        keeping = st.container(horizontal=True)
    with st.expander(
        "Place points by hand", icon=":material/edit_location_alt:", expanded=session.lacks_data()
    ):
        draw_placing()
    with networks:
        can_play = _draw_networks_of(session.config())
    if not can_play:
        session.tab().playground.pause()  # nobody sees it
        return
    with keeping:
        draw_keep()


def _draw_networks_of(config: RunConfig) -> bool:
    """Draw the networks of some settings, or say why there are none; say whether there are."""
    if session.lacks_data() or (session.problems() and not session.tab().playground.trainings):
        return False  # the page says what to do already
    try:
        problem = _why_not_played(config)
        if not problem:
            prepare_trainings(config)
    except ValueError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return False
    if not problem:
        if session.problems():
            st.caption("The network below has the last settings that were valid.")
        _draw_networks()
        return True
    st.info(problem, icon=":material/scatter_plot:")
    layers = drawable(config.hidden_layers)
    if problem != NOT_IN_PLANE and layers != config.hidden_layers:
        st.button(
            f"Take {MOST_UNITS} units, and fewer layers",
            on_click=_set,
            args=["hidden_layers", layers],
            help="Shrinks each hidden layer to what can be drawn.",
        )
    return False


def _why_not_played(config: RunConfig) -> str:
    """Return why there is no network in the plane that can be drawn; nothing if there is one.

    Raises
    ------
    ValueError : if there are no such data
    """
    prepared = prepare(config, session.own() if config.dataset == OWN else None)
    if prepared.plane is None:
        return NOT_IN_PLANE
    configs = (config, second_config(config) or config)
    reasons = (why_not_drawn(each, prepared.dataset.n_classes) for each in configs)
    return next(filter(None, reasons), "")


def _draw_networks() -> None:
    """Draw one network, or two side by side, that the browser tells of what the reader does."""
    trainings = session.tab().playground.trainings
    address = open_live_page(lambda: False, take_message)
    is_pair = len(trainings) > 1
    places = st.columns(len(trainings)) if is_pair else [st.container()]
    for place, (key, training) in zip(places, trainings.items(), strict=True):
        with place:
            _draw_network(key, training, address, HEIGHT_OF_TWO if is_pair else HEIGHT)


def _draw_network(key: str, drawn: PlayedTraining, address: str, height: int) -> None:
    """Draw a network; a look shows the training that has its place then."""
    playground = session.tab().playground

    def training() -> PlayedTraining:
        return playground.trainings.get(key, drawn)

    show_plane_network(
        training,
        lambda: _playback(training()),
        lambda: playground.seen.get(training().run.id, -1),
        address=address,
        page=playground.page,
        key=key,
        height=height,
        title=title_of(drawn.run.config),
        on_structure=_take_structure,
        on_told=take_message,
        is_second=key == session.PLAYGROUND_SECOND,
    )


def _playback(training: PlayedTraining) -> Playback:
    playground = session.tab().playground
    seconds = STEP_SECONDS if training.is_stepping else ASK_SECONDS
    return Playback(
        STATUS_WORDS.get(training.status, "over"),
        remark_on(training),
        playground.pace,
        playground.command,
        not any(map(can_go_on, playground.trainings.values())),
        seconds * poll_seconds() / POLL_SECONDS,
    )


def _take_structure(message: object) -> None:
    """Take other layers, features or first weights into the settings, if they are possible."""
    match message:
        case {"hidden_layers": list(layers)} if all(type(n) is int for n in layers):
            _set("hidden_layers", layers)
        case {"features": list(names)} if all(isinstance(name, str) for name in names):
            _set("features", names)
        case {"seed": "another"}:
            session.set_value("seed", (session.config().seed + 1) % 2**32)
            session.forget_notices()


def _set(field: str, values: Sequence[object]) -> None:
    text = ", ".join(map(str, values[:100]))
    try:
        session.set_value(field, control_value(field, parse_field(field, text)))
    except ValueError:
        return  # the buttons of the page ask for nothing like it
    session.forget_notices()
