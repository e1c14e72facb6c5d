"""What does a hidden layer add? The single layer and others, on the same samples."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

import streamlit as st

from dashboard import session, training_speed
from dashboard.compare import actions, messages
from dashboard.compare.actions import Event
from dashboard.compare.architecture_grid import draw_ladder
from dashboard.compare.nonlinear_sets import draw_shapes
from dashboard.compare.over_seeds import draw_series
from dashboard.compare.polling import watch
from dashboard.compare.side_by_side import look_into, watch_contest
from dashboard.components.source import show_source
from dashboard.shell import app_entry
from dashboard.text import plain
from experiments.background.training_job import Status
from experiments.comparison.architecture_grid import architecture_grid
from experiments.comparison.networks import compared_networks, network_name
from experiments.comparison.side_by_side import SideBySide
from experiments.comparison.significance import mcnemar_test, paired_test
from experiments.config import RunConfig

PLAY_WIDTH = 190  # pixels; wide enough for each of its names, so that the row stands still

row = partial(st.container, horizontal=True, vertical_alignment="bottom")


def choose_networks() -> tuple[RunConfig, ...]:
    """Let the reader say which networks compete."""
    with row():
        what = st.segmented_control(
            "What to compare",
            actions.WHAT,
            default=actions.YOURS,
            required=True,
            key=session.COMPARE_WHAT,
            persist_state="session",
            help="Your settings: all that the sidebar says, with and without hidden layers. As "
            "published: a little program that many have learned from, with its own settings.",
        )
        texts = write_down_more()
    more, problems = actions.understand(texts)
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")
    if what != actions.YOURS:
        st.caption(messages.published_words(what))
    return compared_networks(actions.base_of(what), more)


def write_down_more() -> list[str]:
    """Let the reader write down the hidden layers of more networks."""
    with st.popover("More networks", icon=":material/add:", help="Up to four besides the two."):
        return [
            st.text_input(
                f"Hidden layers, network {i}",
                key=key,
                persist_state="session",
                placeholder="such as 64, 32",
                help="Units of each hidden layer; all else is as in the other networks. Empty "
                "for no such network.",
            )
            for i, key in enumerate(session.COMPARE_MORE, 3)
        ]


# What the competitions have in common -------------------------------------------


def ask_button(
    label: str,
    event: Event,
    *,
    disabled: bool,
    help_text: str,
    width: int | Literal["content"] = "content",
) -> None:
    """Draw the button that begins something."""
    st.button(
        label,
        icon=":material/play_arrow:",
        type="primary",
        key=session.key_of("begin", event),
        width=width,
        disabled=disabled or bool(session.problems()),
        on_click=actions.ask,
        args=(event,),
        help=help_text,
    )


def stop_button(event: Event, *, disabled: bool) -> None:
    """Draw the button that ends it."""
    st.button(
        "Stop",
        icon=":material/stop:",
        key=session.key_of("stop", event),
        disabled=disabled,
        on_click=actions.stop,
        args=(event,),
        help="End here, and keep what was reached.",
    )


def relay_buttons(
    label: str, event: Event, begin: Callable[[], None], objection: str, help_text: str
) -> str:
    """Begin if the reader has asked for it, then draw both buttons; return what went wrong."""
    problem = actions.begin_if_asked(event, begin)
    is_moving = actions.is_moving(event)
    ask_button(label, event, disabled=is_moving or bool(objection), help_text=help_text)
    stop_button(event, disabled=not is_moving)
    return problem


def say_what_stands_against(objection: str, problem: str) -> None:
    """Say why networks cannot be compared, or why it could not begin; if there is a reason."""
    if objection:
        st.warning(plain(objection), icon=":material/balance:")
    if problem:
        st.error(plain(problem), icon=":material/error:")


def say_if_changed(is_same: bool, what_to_do: str) -> None:
    """Say that what is shown below was made with other settings or samples, if it was."""
    if not is_same:
        st.info(
            f"The settings or the samples have changed since. {what_to_do} begins anew with them.",
            icon=":material/info:",
        )


# Side by side -------------------------------------------------------------------


def side_by_side(networks: tuple[RunConfig, ...]) -> None:
    """The networks train at the same time, in one chart."""
    st.header("Side by side")
    problem = actions.begin_if_asked(Event.CONTEST, partial(actions.begin_contest, networks))
    contest = session.tab().contest
    status = contest.status if contest else None
    contest_buttons(status)
    say_what_stands_against("", problem)
    if contest is None or status is None:
        names = ", ".join(network_name(config) for config in networks)
        st.info(
            f"{names}: all learn from the same samples, in the same order, in one chart. Look who "
            "leads early, who leads in the end, and what each of them costs.",
            icon=":material/sports_score:",
        )
        return
    what_to_do = "Train side by side" if status.is_over else "Stop, then Train side by side,"
    say_if_changed(actions.is_of(contest, networks), what_to_do)
    show_contest(contest, status)


def show_contest(contest: SideBySide, status: Status) -> None:
    """Draw the race, and once it is over what the networks have learned."""
    seconds = training_speed.poll_seconds() if status.is_moving else None
    st.fragment(watch_contest, run_every=seconds)(contest, status)
    if status.is_over:
        st.fragment(look_into)(contest)


def contest_buttons(status: Status | None) -> None:
    """Draw the buttons that drive the contest."""
    with row():
        if status and status.is_moving:
            pause_button()
        elif status is Status.PAUSED:
            resume_button()
        else:
            ask_button(
                "Train side by side",
                Event.CONTEST,
                disabled=False,
                help_text="All networks from the same seed, on the same samples, at the same "
                "time. A short training is stretched to about 8 seconds.",
                width=PLAY_WIDTH,
            )
        stop_button(Event.CONTEST, disabled=status is None or status.is_over)


def pause_button() -> None:
    """Draw the button that lets all networks stand still."""
    st.button(
        "Pause",
        icon=":material/pause:",
        type="primary",
        key=session.COMPARE_PAUSE,
        width=PLAY_WIDTH,
        on_click=actions.pause_contest,
        help="Let all networks stand still; nothing is lost.",
    )


def resume_button() -> None:
    """Draw the button that lets them go on."""
    st.button(
        "Resume",
        icon=":material/play_arrow:",
        type="primary",
        key=session.COMPARE_RESUME,
        width=PLAY_WIDTH,
        on_click=actions.resume_contest,
        help="Let all networks go on.",
    )


# Over many seeds ----------------------------------------------------------------


def over_many_seeds(networks: Sequence[RunConfig]) -> None:
    """Is it skill or luck? The same, with many seeds."""
    st.header("Over many seeds")
    with row():
        chosen, n_seeds = choose_series(networks)
        objection = actions.objection(chosen)
        problem = relay_buttons(
            "Compare over seeds",
            Event.SERIES,
            partial(actions.begin_series, chosen, n_seeds),
            objection,
            "Train each network with each seed, then test whether luck explains what lies "
            "between them.",
        )
    say_what_stands_against(objection, problem)
    if series := session.tab().series:
        say_if_changed(actions.is_of(series, chosen), "Compare over seeds")
        watch(series, draw_series)
    else:
        st.info(
            "One race may be luck. Here each network is trained with many seeds, each seed is one "
            "pair on the same samples, and two tests say whether luck explains the difference.",
            icon=":material/casino:",
        )


def choose_series(networks: Sequence[RunConfig]) -> tuple[tuple[RunConfig, ...], int]:
    """Let the reader say on which samples, and how many times."""
    data = st.selectbox(
        "Data",
        actions.DATA,
        key=session.COMPARE_DATA,
        persist_state="session",
        width=160,
        help="As above: the networks of this page on their samples. The others are points "
        "that no line separates, with small networks that suit them.",
    )
    n_seeds = st.number_input(
        "Seeds",
        min_value=2,
        max_value=50,
        value=10,
        key=session.COMPARE_SEEDS,
        persist_state="session",
        width=140,
        help="How many times each network is trained. Each seed deals the samples out anew, "
        "and gives other first weights.",
    )
    return actions.networks_for(data, networks), n_seeds


# Where one layer must fail ------------------------------------------------------


def hard_shapes() -> None:
    """Points that no line separates."""
    st.header("Where a single layer must fail")
    actions.begin_if_asked(Event.SCHEDULES, actions.begin_shapes)  # its networks always fit
    ask_button(
        "Try it on XOR, circles and spirals",
        Event.SCHEDULES,
        disabled=actions.is_moving(Event.SCHEDULES),
        help_text="Train six small networks with fixed settings; it takes a few seconds.",
    )
    if shapes := session.tab().shapes:
        watch(shapes, draw_shapes)
    else:
        st.info(
            "A single layer draws one straight line between two classes. These points lie so that "
            "no line parts them, and a few hidden units bend it until it does.",
            icon=":material/shapes:",
        )


# Depth and width ----------------------------------------------------------------


def depth_and_width(rungs: Sequence[RunConfig]) -> None:
    """A ladder of networks, from none to many hidden units."""
    st.header("Depth and width")
    with row():
        n_seeds = st.number_input(
            "Seeds each",
            min_value=1,
            max_value=10,
            value=3,
            key=session.LADDER_SEEDS,
            persist_state="session",
            width=140,
            help="How many times each of the ten networks is trained.",
        )
        objection = actions.objection(rungs)
        problem = relay_buttons(
            "Climb the ladder",
            Event.LADDER,
            partial(actions.begin_ladder, rungs, n_seeds),
            objection,
            "Train networks with 0, 1, 2 and 4 hidden layers of 16, 32 and 64 units; all else as "
            "above.",
        )
    say_what_stands_against(objection, problem)
    show_ladder(rungs)


def show_ladder(rungs: Sequence[RunConfig]) -> None:
    """Draw the ladder, or say what it is."""
    if ladder := session.tab().ladder:
        say_if_changed(actions.is_of(ladder, rungs), "Climb the ladder")
        watch(ladder, draw_ladder)
    else:
        st.info(
            "Ten networks, from no hidden layer to four, narrow and wide, on the samples above. "
            "See whether more parameters buy more accuracy.",
            icon=":material/stairs:",
        )


app_entry.enter_through_app()
st.title("Single layer against multilayer")
networks = choose_networks()
side_by_side(networks)
over_many_seeds(networks)
hard_shapes()
depth_and_width(architecture_grid(networks[1]))
with st.expander("The lines that decide", icon=":material/code:"):
    show_source({"Pair by pair": paired_test, "Sample by sample": mcnemar_test})
