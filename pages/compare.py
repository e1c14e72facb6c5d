"""What does a hidden layer add? The single layer and others, on the same samples."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from dashboard import arena, entry, session, training
from dashboard.arena import Event
from dashboard.chart import show_chart
from dashboard.charts import contest as drawings
from dashboard.source import show_source
from dashboard.text import percent, plain
from experiments.comparison import mcnemar_test, paired_test
from experiments.config import RunConfig
from experiments.contest import (
    Contest,
    Outcome,
    Relay,
    Territory,
    duels,
    entrants,
    name_of,
    rungs_of,
    standings,
    whole_rows,
)
from experiments.job import Status
from experiments.run import Run

PLAY_WIDTH = 190  # pixels; wide enough for each of its names, so that the row stands still
IMAGE_HEIGHT, ROW_HEIGHT, EMPTY_HEIGHT, PLANE_HEIGHT = 300, 190, 70, 320
PANELS = 3  # beside each other
# On a phone, a wide table moves sideways by itself, and the page stands still.
WIDE_TABLES = "<style>.stMarkdown table { display: block; overflow-x: auto }</style>"


def choose_networks() -> tuple[RunConfig, ...]:
    """Let the reader say which networks compete."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        what = st.segmented_control(
            "What to compare",
            arena.WHAT,
            default=arena.YOURS,
            required=True,
            key=session.COMPARE_WHAT,
            persist_state="session",
            help="Your settings: all that the sidebar says, with and without hidden layers. As "
            "published: a little program that many have learned from, with its own settings.",
        )
        more_networks = st.popover(
            "More networks", icon=":material/add:", help="Up to four besides the two."
        )
    with more_networks:
        texts = [
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
    more, problems = arena.understand(texts)
    for problem in problems:
        st.error(plain(problem), icon=":material/error:")
    if what != arena.YOURS:
        st.caption(arena.published_words(what))
    return entrants(arena.base_of(what), more)


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
        key=f"begin_{event}",
        width=width,
        disabled=disabled or bool(session.problems()),
        on_click=arena.ask,
        args=(event,),
        help=help_text,
    )


def stop_button(event: Event, *, disabled: bool) -> None:
    """Draw the button that ends it."""
    st.button(
        "Stop",
        icon=":material/stop:",
        key=f"stop_{event}",
        disabled=disabled,
        on_click=arena.stop,
        args=(event,),
        help="End here, and keep what was reached.",
    )


def say_what_stands_against(objection: str, problem: str) -> None:
    """Say why networks cannot be compared, or why it could not begin; if there is a reason."""
    if objection:
        st.warning(plain(objection), icon=":material/balance:")
    if problem:
        st.error(plain(problem), icon=":material/error:")


def say_if_changed(is_same: bool, what_to_do: str) -> None:
    """Say that what is shown below was made with other settings, if it was."""
    if not is_same:
        st.info(
            f"The settings have changed since. {what_to_do} begins anew with them.",
            icon=":material/info:",
        )


# Side by side -------------------------------------------------------------------


def contest_buttons(contest: Contest | None, status: Status | None) -> None:
    """Draw the buttons that drive the contest."""
    is_moving = status is not None and status.is_moving
    is_over = status is not None and status.is_over
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if is_moving:
            st.button(
                "Pause",
                icon=":material/pause:",
                type="primary",
                key="pause_contest",
                width=PLAY_WIDTH,
                on_click=arena.pause_contest,
                help="Let all networks stand still; nothing is lost.",
            )
        elif contest and not is_over:
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                type="primary",
                key="resume_contest",
                width=PLAY_WIDTH,
                on_click=arena.resume_contest,
                help="Let all networks go on.",
            )
        else:
            ask_button(
                "Train side by side",
                Event.CONTEST,
                disabled=False,
                help_text="All networks from the same seed, on the same samples, at the same "
                "time. A short training is stretched to about 8 seconds.",
                width=PLAY_WIDTH,
            )
        stop_button(Event.CONTEST, disabled=contest is None or is_over)


def side_by_side(networks: tuple[RunConfig, ...]) -> None:
    """The networks train at the same time, in one chart."""
    st.header("Side by side")
    problem = arena.begin_if_asked(Event.CONTEST, partial(arena.begin_contest, networks))
    contest = session.tab().contest
    status = contest.status if contest else None
    contest_buttons(contest, status)
    say_what_stands_against("", problem)
    if contest is None or status is None:
        names = ", ".join(name_of(config) for config in networks)
        st.info(
            f"{names}: all learn from the same samples, in the same order, in one chart. Look who "
            "leads early, who leads in the end, and what each of them costs.",
            icon=":material/sports_score:",
        )
        return
    what_to_do = "Train side by side" if status.is_over else "Stop, then Train side by side,"
    say_if_changed(contest.networks == networks, what_to_do)
    seconds = training.poll_seconds()
    st.fragment(watch_contest, run_every=seconds if status.is_moving else None)(contest, status)
    if status.is_over:
        st.fragment(after_contest)(contest)


def view_controls() -> None:
    """Draw how the contest is shown."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            "Show",
            list(drawings.MEASURES),
            default="accuracy",
            required=True,
            key=session.COMPARE_MEASURE,
            persist_state="session",
            format_func=str.capitalize,
            help="The share of samples that are right, or the loss that training makes small.",
        )
        st.toggle(
            "Close up",
            key=session.COMPARE_CLOSE_UP,
            persist_state="session",
            help="Leave out the steep beginning: the end is where small differences are.",
        )


def watch_contest(contest: Contest, status: Status) -> None:
    """Draw what changes while the networks learn."""
    if status.is_over:
        contest_ending(contest, status)
    else:
        fraction, words = arena.contest_progress(contest)
        st.progress(fraction, text=words)
    contest_chart(contest)
    view_controls()
    contest_tables(contest)
    if status.is_moving != contest.status.is_moving:
        st.rerun()  # the whole page: other buttons, and the images


def contest_chart(contest: Contest) -> None:
    """Draw a curve for each network."""
    runs = contest.runs
    measure = st.session_state.get(session.COMPARE_MEASURE, "accuracy")
    curves = drawings.contest_curves(runs, measure)
    figure = drawings.contest_figure(
        curves,
        measure,
        held_out=drawings.is_held_out(runs),
        epochs=max(run.config.epochs for run in runs),
        close_up=bool(st.session_state.get(session.COMPARE_CLOSE_UP)),
        revision=str(id(contest)),
    )
    names = ", ".join(each.name for each in curves)
    show_chart(figure, key="contest_chart", alt=f"{measure.capitalize()} of {names}, by epoch")


def contest_tables(contest: Contest) -> None:
    """Tell what each network costs, what it reaches, and how it came there."""
    st.markdown(arena.cost_table(contest))
    names = [name_of(config) for config in contest.networks]
    table = drawings.accuracy_table(contest.runs)
    held_out = drawings.is_held_out(contest.runs)
    samples = "validation samples, held out" if held_out else "**training samples**"
    st.markdown(f"Accuracy (%) on the {samples}, epoch by epoch")
    st.markdown(arena.accuracy_rows(names, *table))


def contest_ending(contest: Contest, status: Status) -> None:
    """Say how it ended."""
    for run in contest.runs:
        if run.diverged:
            st.error(f"{name_of(run.config)}: {run.diverged}", icon=":material/trending_up:")
    if lost := lost_words(status):
        st.warning(lost, icon=":material/error:")
    elif any(run.result for run in contest.runs):
        st.success(arena.contest_ending(contest), icon=":material/sports_score:")
    else:
        st.info("No network has come to a result.", icon=":material/info:")


def lost_words(status: Status) -> str:
    """Say why something has ended that should not have; nothing if it ended as it should."""
    return {
        Status.ABANDONED: "This page lost its connection for a while, and the training ended. "
        "Begin it again.",
        Status.FAILED: "The training failed through a fault of the app; its log says more. "
        "Begin it again.",
    }.get(status, "")


def after_contest(contest: Contest) -> None:
    """Look into the networks, once they have learned."""
    runs = contest.runs
    healthy = [i for i, run in enumerate(runs) if run.step and not run.diverged]
    if 0 not in healthy or len(healthy) < 2:
        return
    other = st.selectbox(
        "Look into SLP and",
        healthy[1:],
        key=session.COMPARE_PAIR,
        format_func=lambda i: name_of(runs[i].config) if i in healthy else "",
        persist_state="session",
        width=220,
        help="Which network to hold against the single layer, in the pictures below.",
    )
    dataset = runs[0].material.dataset
    if dataset.image_shape:
        disagreements(contest, other)
        templates(runs[0], runs[other])
    elif dataset.n_features == 2:
        st.markdown("The points are held-out samples; the colour behind is what a network says.")
        territories([contest.territory(i) for i in (0, other)], "contest")
    else:
        st.caption(
            "Your samples are no images and no points in a plane, so there is no picture of what "
            "a network looks for."
        )


def disagreements(contest: Contest, other: int) -> None:
    """Show images that only one of two networks gets right."""
    answers = contest.answers(0), contest.answers(other)
    names = name_of(contest.networks[0]), name_of(contest.networks[other])
    if not len(answers[0].rows):
        st.caption("No samples are held out, so there are none to disagree on.")
        return
    dataset = contest.runs[0].material.dataset
    sides = (answers, names), (answers[::-1], names[::-1])
    for number, side in enumerate(sides):
        found = drawings.only_right(*side, dataset)
        show_chart(
            drawings.only_right_figure(found, dataset),
            key=f"only_right_{number}",
            height=ROW_HEIGHT if found.captions else EMPTY_HEIGHT,
            alt=found.title,
        )
    st.caption(
        "The upper line below an image is the right answer; 'not' is what the other network says. "
        f"Shown are at most {drawings.SHOWN_IMAGES} of each."
    )


def templates(single: Run, other: Run) -> None:
    """Show what enters the units of the first layer, in both networks on one scale."""
    figures = drawings.template_figures(single, other)
    for number, (column, figure) in enumerate(zip(st.columns(2), figures, strict=True)):
        with column:
            show_chart(
                figure,
                key=f"templates_{number}",
                height=IMAGE_HEIGHT,
                alt=figure.layout.title.text,
            )
    st.caption(
        "Orange speaks for a unit, blue against it. The single layer has one template a class "
        "and compares; a hidden layer looks for strokes that several classes share."
    )


def territories(lands: Sequence[Territory], key: str) -> None:
    """Draw what networks make of the plane, at most three beside each other."""
    for number, (column, land) in enumerate(zip(st.columns(PANELS), lands, strict=False)):
        right = "diverged" if land.accuracy is None else percent(land.accuracy)
        title = f"{name_of(land.config)}, {land.config.dataset}: {right}"
        with column:
            show_chart(
                drawings.territory_figure(land, title),
                key=f"land_{key}_{number}",
                alt=f"Decision boundary of {title}",
                height=PLANE_HEIGHT,
            )


# Over many seeds ----------------------------------------------------------------


def over_many_seeds(networks: Sequence[RunConfig]) -> None:
    """Is it skill or luck? The same, with many seeds."""
    st.header("Over many seeds")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        data = st.selectbox(
            "Data",
            arena.DATA,
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
        chosen = arena.networks_for(data, networks)
        objection = arena.objection(chosen)
        problem = arena.begin_if_asked(Event.SERIES, partial(arena.begin_series, chosen, n_seeds))
        series = session.tab().series
        is_moving = series is not None and series.status.is_moving
        ask_button(
            "Compare over seeds",
            Event.SERIES,
            disabled=is_moving or bool(objection),
            help_text="Train each network with each seed, then test whether luck explains what "
            "lies between them.",
        )
        stop_button(Event.SERIES, disabled=not is_moving)
    say_what_stands_against(objection, problem)
    if series is None:
        st.info(
            "One race may be luck. Here each network is trained with many seeds, each seed is one "
            "pair on the same samples, and two tests say whether luck explains the difference.",
            icon=":material/casino:",
        )
        return
    say_if_changed(arena.is_of(series, chosen), "Compare over seeds")
    seconds = arena.poll_seconds() if is_moving else None
    st.fragment(watch_series, run_every=seconds)(series, is_moving)


def watch_series(series: Relay[Outcome], is_moving: bool) -> None:
    """Draw what the seeds have shown so far."""
    n_networks = len({config.hidden_layers for config in series.configs})
    relay_state(series, n_networks)
    rows = whole_rows(series.outcomes, n_networks)
    if len(rows) > 1:
        series_result(series, rows)
    elif not series.status.is_moving:
        st.info(
            "It ended before two seeds were done, and one pair cannot tell luck.",
            icon=":material/info:",
        )
    if is_moving != series.status.is_moving:
        st.rerun()


def relay_state(relay: Relay[Outcome], n_networks: int) -> None:
    """Say how far it has come, or why it ended too early."""
    if relay.status.is_moving:
        fraction, words = arena.relay_progress(relay, n_networks)
        st.progress(fraction, text=words)
    elif lost := lost_words(relay.status):
        st.warning(lost, icon=":material/error:")


def series_result(series: Relay[Outcome], rows: Sequence[Sequence[Outcome]]) -> None:
    """Say what came out in a sentence, then show it."""
    found, ranks = duels(rows), standings(rows)
    for duel in found:
        sentence, on_samples = duel.sentences
        if duel.paired.is_significant:
            st.success(sentence, icon=":material/check_circle:")
        else:
            st.info(sentence, icon=":material/casino:")
        st.caption(on_samples)
    seeds = [row[0].config.seed for row in rows]
    left, right = st.columns(2)
    with left:
        show_chart(
            drawings.pairs_figure(ranks, seeds),
            key="pairs",
            alt="Test accuracy of each network with each seed; lines join pairs",
        )
    with right:
        show_chart(
            drawings.differences_figure(found),
            key="differences",
            alt="Difference to the first network with each seed, and its mean",
        )
    st.markdown(arena.standings_table(ranks))
    for remark in arena.remarks(ranks, len(found)):
        st.caption(remark)
    st.caption(f"Dataset: {series.configs[0].dataset}. Spread: standard deviation, with n - 1.")


# Where one layer must fail ------------------------------------------------------


def hard_shapes() -> None:
    """Points that no line separates."""
    st.header("Where a single layer must fail")
    arena.begin_if_asked(Event.SHAPES, arena.begin_shapes)  # its networks always fit
    shapes = session.tab().shapes
    is_moving = shapes is not None and shapes.status.is_moving
    ask_button(
        "Try it on XOR, circles and spirals",
        Event.SHAPES,
        disabled=is_moving,
        help_text="Train six small networks with fixed settings; it takes a few seconds.",
    )
    if shapes is None:
        st.info(
            "A single layer draws one straight line between two classes. These points lie so that "
            "no line parts them, and a few hidden units bend it until it does.",
            icon=":material/shapes:",
        )
        return
    seconds = arena.poll_seconds() if is_moving else None
    st.fragment(watch_shapes, run_every=seconds)(shapes, is_moving)


def watch_shapes(shapes: Relay[Territory], is_moving: bool) -> None:
    """Draw each plane as soon as its network has learned."""
    if shapes.status.is_moving:
        st.progress(shapes.fraction, text=f"{len(shapes.outcomes)} of {len(shapes.configs)} done")
    elif lost := lost_words(shapes.status):
        st.warning(lost, icon=":material/error:")
    lands = list(shapes.outcomes)
    territories([land for land in lands if not land.config.hidden_layers], "single")
    territories([land for land in lands if land.config.hidden_layers], "multi")
    st.caption(
        "Accuracies and points are of the test part, never seen before; the colour behind is what "
        "the network says. In xor, chance has moved 1 point in 20 across an axis, and nobody can "
        "know which: 95 % is about as good as it gets. To try them with many seeds, choose them "
        "above as data."
    )
    if is_moving != shapes.status.is_moving:
        st.rerun()


# Depth and width ----------------------------------------------------------------


def depth_and_width(rungs: Sequence[RunConfig]) -> None:
    """A ladder of networks, from none to many hidden units."""
    st.header("Depth and width")
    with st.container(horizontal=True, vertical_alignment="bottom"):
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
        objection = arena.objection(rungs)
        problem = arena.begin_if_asked(Event.LADDER, partial(arena.begin_ladder, rungs, n_seeds))
        ladder = session.tab().ladder
        is_moving = ladder is not None and ladder.status.is_moving
        ask_button(
            "Climb the ladder",
            Event.LADDER,
            disabled=is_moving or bool(objection),
            help_text="Train networks with 0, 1, 2 and 4 hidden layers of 16, 32 and 64 units; "
            "all else as above.",
        )
        stop_button(Event.LADDER, disabled=not is_moving)
    say_what_stands_against(objection, problem)
    if ladder is None:
        st.info(
            "Ten networks, from no hidden layer to four, narrow and wide, on the samples above. "
            "See whether more parameters buy more accuracy.",
            icon=":material/stairs:",
        )
        return
    say_if_changed(arena.is_of(ladder, rungs), "Climb the ladder")
    seconds = arena.poll_seconds() if is_moving else None
    st.fragment(watch_ladder, run_every=seconds)(ladder, is_moving)


def watch_ladder(ladder: Relay[Outcome], is_moving: bool) -> None:
    """Draw the rungs, as far as whole seeds are done."""
    n_networks = len({config.hidden_layers for config in ladder.configs})
    relay_state(ladder, n_networks)
    rows = whole_rows(ladder.outcomes, n_networks)
    if rows:
        ladder_result(ladder, rows)
    elif not ladder.status.is_moving:
        st.info("It ended before all ten networks were trained once.", icon=":material/info:")
    if is_moving != ladder.status.is_moving:
        st.rerun()


def ladder_result(ladder: Relay[Outcome], rows: Sequence[Sequence[Outcome]]) -> None:
    """Show the ladder as a chart and as a table, and say how far to trust it."""
    ranks = standings(rows)
    show_chart(
        drawings.ladder_figure(ranks),
        key="ladder",
        alt="Test accuracy of ten networks by their number of parameters, a line for each depth",
    )
    st.markdown(arena.ladder_table(ranks))
    st.caption(arena.trust(len(rows), ladder.configs[0].dataset))


entry.through_app()
st.html(WIDE_TABLES)
st.title("Single layer against multilayer")
networks = choose_networks()
side_by_side(networks)
over_many_seeds(networks)
hard_shapes()
depth_and_width(rungs_of(networks[1]))
with st.expander("The lines that decide", icon=":material/code:"):
    show_source({"Pair by pair": paired_test, "Sample by sample": mcnemar_test})
