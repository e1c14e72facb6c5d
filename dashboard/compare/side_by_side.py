"""Networks that train at the same time: the view."""

import streamlit as st

from dashboard import session
from dashboard.charts import disagreements, side_by_side, templates
from dashboard.charts.learning_curves import Measure
from dashboard.compare import messages
from dashboard.compare.decision_regions import draw_decision_regions
from dashboard.components.chart import show_chart
from experiments.background.training_job import Status
from experiments.comparison.networks import network_name
from experiments.comparison.side_by_side import SideBySide
from experiments.training.run import Run

IMAGE_HEIGHT, ROW_HEIGHT, EMPTY_HEIGHT = 300, 190, 70  # pixels


def watch_contest(contest: SideBySide, status: Status) -> None:
    """Draw what changes while the networks learn.

    Parameters
    ----------
    status : for which the rest of the page was drawn; with another one, it is drawn anew
    """
    if status.is_over:
        _say_ending(contest, status)
    else:
        fraction, words = messages.contest_progress(contest)
        st.progress(fraction, text=words)
    above = st.container()
    measure, close_up = _view_controls()
    with above:
        _draw_curves(contest, measure, close_up)
    _draw_tables(contest)
    if status.is_moving != contest.status.is_moving:
        st.rerun()  # the whole page: other buttons, and the images


def _view_controls() -> tuple[Measure, bool]:
    """Draw how the curves are shown; return what to show, and whether close up."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            "Show",
            list(side_by_side.MEASURES),
            default="accuracy",
            required=True,
            key=session.COMPARE_MEASURE,
            persist_state="session",
            format_func=str.capitalize,
            help="The share of samples that are right, or the loss that training makes small.",
        )
        close_up = st.toggle(
            "Close up",
            key=session.COMPARE_CLOSE_UP,
            persist_state="session",
            help="Leave out the steep beginning: the end is where small differences are.",
        )
    return measure, close_up


def _draw_curves(contest: SideBySide, measure: Measure, close_up: bool) -> None:
    """Draw a curve for each network."""
    runs = contest.runs
    curves = side_by_side.compared_curves(runs, measure)
    figure = side_by_side.compared_curves_figure(
        curves,
        measure,
        held_out=side_by_side.is_held_out(runs),
        epochs=max(run.config.epochs for run in runs),
        close_up=close_up,
        revision=str(id(contest)),
    )
    names = ", ".join(each.name for each in curves)
    show_chart(
        figure, key=session.SIDE_BY_SIDE_CHART, alt=f"{measure.capitalize()} of {names}, by epoch"
    )


def _draw_tables(contest: SideBySide) -> None:
    """Tell what each network costs, what it reaches, and how it came there."""
    st.markdown(messages.cost_table(contest))
    st.caption(
        "The multiplications are what a larger network costs. On small ones, the seconds are "
        "mostly Python's own work, and chance."
    )
    names = [network_name(config) for config in contest.networks]
    table = side_by_side.accuracy_table(contest.runs)
    held_out = side_by_side.is_held_out(contest.runs)
    samples = "validation samples, held out" if held_out else "**training samples**"
    st.markdown(f"Accuracy (%) on the {samples}, epoch by epoch")
    st.markdown(messages.accuracy_rows(names, *table))


def _say_ending(contest: SideBySide, status: Status) -> None:
    """Say how it ended."""
    for run in contest.runs:
        if run.diverged:
            st.error(f"{network_name(run.config)}: {run.diverged}", icon=":material/trending_up:")
    if lost := messages.lost_words(status):
        st.warning(lost, icon=":material/error:")
    elif contest.arrived:
        st.success(messages.contest_ending(contest), icon=":material/sports_score:")
    else:
        st.info("No network has come to a result.", icon=":material/info:")


def look_into(contest: SideBySide) -> None:
    """Draw what two networks have learned, once both have a result."""
    arrived = contest.arrived
    if 0 not in arrived or len(arrived) < 2:
        return
    other = st.selectbox(
        "Look into SLP and",
        arrived[1:],
        key=session.COMPARE_PAIR,
        format_func=lambda i: network_name(contest.networks[i]) if i in arrived else "",
        persist_state="session",
        width=220,
        help="Which network to hold against the single layer, in the pictures below.",
    )
    dataset = contest.runs[0].prepared_data().dataset
    if dataset.image_shape:
        _disagreements(contest, other)
        _templates(contest.runs[0], contest.runs[other])
    elif dataset.n_features == 2:
        st.markdown("The points are held-out samples; the color behind is what a network says.")
        draw_decision_regions([contest.regions_of(i) for i in (0, other)], "contest")
    else:
        st.caption(
            "Your samples are no images and no points in a plane, so there is no picture of what "
            "a network looks for."
        )


def _disagreements(contest: SideBySide, other: int) -> None:
    """Show images that only one of two networks gets right."""
    predictions = contest.predictions(0), contest.predictions(other)
    names = network_name(contest.networks[0]), network_name(contest.networks[other])
    if not len(predictions[0].rows):
        st.caption("No samples are held out, so there are none to disagree on.")
        return
    dataset = contest.runs[0].prepared_data().dataset
    sides = (predictions, names), (predictions[::-1], names[::-1])
    for number, side in enumerate(sides):
        found = disagreements.only_right(*side, contest.part)
        show_chart(
            disagreements.only_right_figure(found, dataset),
            key=f"only_right_{number}",
            height=ROW_HEIGHT if found.captions else EMPTY_HEIGHT,
            alt=found.title,
        )
    st.caption(
        "The upper line below an image is the right answer; 'not' is what the other network says. "
        f"Shown are at most {disagreements.SHOWN_IMAGES} of each."
    )


def _templates(single: Run, other: Run) -> None:
    """Show what enters the units of the first layer, in both networks on one scale."""
    figures = templates.template_figures(single, other)
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
