"""Look at the data before anything learns from it."""

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st

from dashboard import session, training_speed
from dashboard.charts.class_balance import class_balance, class_counts
from dashboard.charts.feature_values import (
    class_profiles,
    feature_ranges,
    feature_values,
    pixel_values,
    value_histogram,
)
from dashboard.charts.image_grid import grid_height, image_grid, shortened
from dashboard.charts.projections import groups_by_class, scatter, split_by_part
from dashboard.charts.split_scores import split_scores
from dashboard.components.chart import show_chart
from dashboard.components.sample_grid import draw_images
from dashboard.components.source import show_source
from dashboard.explore import samples
from dashboard.explore.samples import PARTS, Look, Points, Values, place_in
from dashboard.shell import app_entry
from dashboard.text import plain
from data.datasets import Dataset
from data.scaling import SCALERS
from data.split import SPLITS, Rows, Split
from experiments.comparison.split_effect import (
    SplitScore,
    n_runs,
    results_of,
    row_order_of,
    split_effect_sentence,
)
from experiments.exploration.neighbors import nearest
from experiments.exploration.projections import principal_components, projection_of
from experiments.exploration.statistics import Statistics, statistics_of
from experiments.exploration.tsne import STEPS, Embedding, embedding_of, tsne
from experiments.training.prepared_data import PreparedData, prepare

GRID_COLUMNS, GRID_SAMPLES = 8, 40
TABLE_SAMPLES = 12
CLASS_COLUMNS, ROW_HEIGHT = 10, 110  # pixels: an image with its caption
NEIGHBOURS, NEIGHBOUR_COLUMNS = 10, 5
FACT_WIDTH = 170  # pixels: four in a row, or two on a phone
TALL = 420  # pixels: charts that a whole view is about
SLICE_SECONDS = 0.3  # of t-SNE, between two pictures of it
PAUSE_SECONDS = 0.1


def facts(dataset: Dataset, split: Split) -> None:
    """Say how much there is."""
    shape = " × ".join(map(str, dataset.image_shape or (dataset.n_features,)))
    shown = (
        ("Samples", f"{dataset.n_samples:,}", "With a label each, in all parts together."),
        ("Classes", f"{dataset.n_classes}", "How many different answers there are."),
        ("Pixels" if dataset.image_shape else "Features", shape, "What enters the network."),
        ("For training", f"{len(split.training):,}", "The others are held out; see the settings."),
    )
    with st.container(horizontal=True):
        for label, value, meaning in shown:
            st.metric(label, value, help=meaning, width=FACT_WIDTH)


# One sample, beside most of the views ------------------------------------------------


def sample_panel(prepared: PreparedData) -> Look:
    """Show the chosen sample large, and let another one be chosen by its number."""
    look = samples.look_at(prepared, samples.choose_sample(prepared.dataset))
    title = f"{escape(shortened(look.label))} · {look.part} part · {escape(look.unit)}"
    values_chart(look, look.recorded, title, prepared.dataset.maximum, session.SAMPLE_CHART)
    return look


def values_chart(look: Look, values: Values, title: str, limit: float, key: str) -> None:
    """Draw the values of a sample: as an image if it is one, else as bars."""
    alt = f"The values of sample {look.row}, {look.label}: {title}"
    if look.image_shape:
        figure = pixel_values(
            values.reshape(look.image_shape),
            title=title,
            limit=limit,
            unit="value",
            is_signed=samples.is_signed(values),
        )
        show_chart(figure, key=key, alt=alt, height=TALL)
    else:
        show_chart(feature_values(values, title=title, unit="value"), key=key, alt=alt)


# Views -------------------------------------------------------------------------------


def samples_view(prepared: PreparedData) -> None:
    """Show samples at random, of the classes and the part asked for."""
    dataset = prepared.dataset
    with st.container(horizontal=True, vertical_alignment="bottom"):
        classes, part = samples.choose_classes(dataset), choose_part()
        if dataset.n_features != 2:  # points of the plane are all shown
            st.button(
                "Shuffle",
                icon=":material/shuffle:",
                on_click=session.shuffle,
                help="Show other samples.",
            )
    left, right = st.columns([3, 2])
    rows = samples.rows_of(prepared.split, part)
    with right:
        look = sample_panel(prepared)
    with left:
        if dataset.n_features == 2:
            points_chart(prepared, samples.of_classes(dataset.labels, rows, classes), look)
        else:
            some_samples(dataset, rows, classes, look)


def choose_part() -> str:
    """Draw which part of the split to show; return it."""
    part: str = st.segmented_control(
        "Part",
        PARTS,
        default=PARTS[0],
        required=True,
        key=session.PART,
        bind="query-params",
        on_change=session.forget_notices,
        help="The network learns from the training part only.",
    )
    return part


def some_samples(dataset: Dataset, rows: Rows, classes: list[int], look: Look) -> None:
    """Show a few of the rows, drawn at random: as images, or in a table."""
    n_rows = GRID_SAMPLES if dataset.image_shape else TABLE_SAMPLES
    shown = samples.pick_rows(dataset.labels, rows, classes, n_rows, session.shuffles())
    if not len(shown):
        st.info("There is no such sample in this part.", icon=":material/info:")
    elif dataset.image_shape:
        grid(
            dataset,
            shown,
            samples.labels_of(dataset, shown),
            look,
            columns=GRID_COLUMNS,
            title="Samples and labels",
            key=session.SAMPLES_CHART,
        )
    else:
        st.markdown(samples.table_of(dataset, shown))


def grid(
    dataset: Dataset,
    rows: Rows,
    captions: list[str],
    look: Look,
    *,
    columns: int,
    title: str,
    key: str,
) -> None:
    """Draw images of the dataset; a click chooses one."""
    draw_images(
        dataset,
        rows,
        captions,
        columns=columns,
        title=f"{title}; {dataset.unit} from 0 to {dataset.maximum:g}",
        key=key,
        height=TALL,
        alt=f"{len(rows)} images of {dataset.title}, each with its label",
        on_choice=lambda place: samples.choose(rows[place]),
        chosen=place_in(rows, look.row),
    )
    st.caption("A click on an image chooses it. Its values appear under the mouse.")


def points_chart(prepared: PreparedData, rows: Rows, look: Look) -> None:
    """Draw samples with two features as points of the plane; a click chooses one."""
    dataset = prepared.dataset
    by_class = groups_by_class(dataset.labels[rows], dataset.class_names)
    groups = split_by_part(by_class, rows, prepared.split._asdict())
    figure = scatter(
        dataset.X[rows],
        groups,
        rows,
        title=f"{len(rows):,} samples: color is the class, shape the part",
        axes=(f"x₁ ({dataset.unit})", f"x₂ ({dataset.unit})"),
        chosen=place_in(rows, look.row),
        is_equal=True,
    )
    alt = f"{len(rows)} points of {dataset.title}, by class"
    choose = partial(samples.choose_point, groups, rows)
    show_chart(figure, key=session.POINTS_CHART, alt=alt, height=TALL, on_click=choose)


def classes_view(prepared: PreparedData) -> None:
    """Show how many samples each class has, and what they have in common."""
    dataset, statistics = prepared.dataset, statistics_of(prepared.dataset)
    counts = class_counts(dataset.labels, prepared.split._asdict(), dataset.n_classes)
    show_chart(
        class_balance(counts, dataset.class_names),
        key=session.CLASS_BALANCE_CHART,
        alt="Number of samples of each class in each part",
    )
    if dataset.image_shape is None:
        show_chart(
            class_profiles(statistics, dataset.class_names),
            key=session.CLASS_PROFILES_CHART,
            alt="How far the mean of each feature in each class lies from that of all samples",
        )
    else:
        class_images(dataset, "Mean", statistics.class_means, "what the images of a class share")
        class_images(dataset, "Standard deviation", statistics.class_stds, "where they differ")


def class_images(dataset: Dataset, name: str, values: Values, meaning: str) -> None:
    """Draw one image for each class."""
    shape = dataset.image_shape or (1, dataset.n_features)
    figure = image_grid(
        values.reshape(-1, *shape),
        dataset.class_names,
        columns=CLASS_COLUMNS,
        title=f"{name} image of each class: {meaning}",
        maximum=samples.largest(values),
        unit=dataset.unit,
    )
    height = grid_height(dataset.n_classes, CLASS_COLUMNS, ROW_HEIGHT)
    alt = f"The {name.lower()} of each pixel for each class"
    show_chart(figure, key=f"class_{name}", alt=alt, height=height)


def values_view(prepared: PreparedData) -> None:
    """Show which values come how often, and where nothing ever happens."""
    dataset, statistics = prepared.dataset, statistics_of(prepared.dataset)
    st.markdown(samples.words_on_constants(dataset, statistics))
    histogram = value_histogram(statistics.histogram, unit=dataset.unit)
    show_chart(
        histogram, key=session.HISTOGRAM_CHART, alt="How often each value comes in all samples"
    )
    if dataset.image_shape is None:
        figure = feature_ranges(statistics, unit=dataset.unit)
        show_chart(
            figure, key=session.FEATURE_RANGES_CHART, alt="Mean, spread and limits of each feature"
        )
    else:
        pixel_images(dataset, statistics)


def pixel_images(dataset: Dataset, statistics: Statistics) -> None:
    """Draw mean and spread of each pixel, and the pixels that never change, if there are any."""
    shape = dataset.image_shape or (1, dataset.n_features)
    shown = [
        ("Mean of all images", statistics.mean, dataset.unit),
        ("Standard deviation", statistics.std, dataset.unit),
    ]
    if statistics.is_constant.any():
        shown.append(("Constant pixels", statistics.is_constant.astype(float), "constant"))
    for column, (title, values, unit) in zip(st.columns(3), shown, strict=False):
        with column:
            figure = pixel_values(
                values.reshape(shape),
                title=title,
                limit=samples.largest(values),
                unit=unit,
                is_written=False,
            )
            show_chart(figure, key=title, alt=f"An image: {title}")


def map_view(moving: bool) -> None:
    """Show all samples at once, in two or three dimensions instead of many."""
    prepared = prepare(session.config_of_data(), session.own())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choose_map(prepared.dataset)
        button_place = st.container()
    left, right = st.columns([3, 2])
    with left:
        if kind != samples.TSNE:
            straight_map(prepared, solid=kind == samples.PCA_3D)
        elif embedding := embedding_or_words(prepared):
            with button_place:
                mapping_button(embedding, moving)
            bent_map(prepared, embedding, moving)
    with right:
        sample_panel(prepared)
    with st.expander("The lines of Python that do this", icon=":material/code:"):
        show_source({"PCA": principal_components, "t-SNE": tsne})
    if moving != session.tab().is_mapping:
        st.rerun()  # the whole page: another rhythm of looking


def choose_map(dataset: Dataset) -> str:
    """Draw which map to show; return it."""
    kind: str = st.segmented_control(
        "Map",
        samples.maps_of(dataset),
        default=samples.PCA_2D,
        required=True,
        key=session.MAP,
        persist_state="session",
        on_change=samples.stop_mapping,
        help="PCA looks from the side from which the samples differ most. t-SNE bends "
        "space so that neighbors stay together; long distances mean little in it.",
    )
    return kind


def embedding_or_words(prepared: PreparedData) -> Embedding | None:
    """Return the map by t-SNE as far as it is made; say so if there can be none."""
    try:
        return embedding_of(prepared)
    except ValueError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None


def mapping_button(embedding: Embedding, moving: bool) -> None:
    """Draw the button that sets the points moving, or stops them."""
    if moving:
        st.button(
            "Stop",
            icon=":material/stop:",
            on_click=samples.stop_mapping,
            help="Leave the points where they are.",
        )
    elif not embedding.is_over:
        st.button(
            "Go on" if embedding.step else "Let the points move",
            icon=":material/play_arrow:",
            type="primary",
            on_click=samples.start_mapping,
            help=f"Make the {STEPS} steps of t-SNE; it takes some seconds, and can be stopped.",
        )


def bent_map(prepared: PreparedData, embedding: Embedding, moving: bool) -> None:
    """Draw the map that t-SNE has made so far, and let it go on if it is moving."""
    is_waiting = moving and not embedding.advance(SLICE_SECONDS)
    if embedding.is_over:
        samples.stop_mapping()
    state = " · waiting for the processor" if is_waiting else ""
    st.progress(embedding.share, text=f"Step {embedding.step} of {STEPS}{state}")
    map_chart(
        prepared,
        embedding.points,
        title="t-SNE: neighbors stay together",
        axes=("no unit: only closeness counts", "no unit"),
        key=session.TSNE_CHART,
    )


def straight_map(prepared: PreparedData, *, solid: bool) -> None:
    """Draw the samples along their principal components."""
    projection = projection_of(prepared)
    axes = samples.axes_of(projection, 3 if solid else 2)
    map_chart(
        prepared,
        projection.points,
        title="PCA: from the side that shows most",
        axes=axes,
        key=session.PCA_3D_CHART if solid else "map_plane",
    )


def map_chart(
    prepared: PreparedData, points: Points, *, title: str, axes: tuple[str, ...], key: str
) -> None:
    """Draw a map of training samples; a click shows what a point stands for."""
    rows = samples.rows_on_map(prepared)
    groups = groups_by_class(prepared.dataset.labels[rows], prepared.dataset.class_names)
    figure = scatter(
        points,
        groups,
        rows,
        title=title,
        axes=axes,
        chosen=place_in(rows, session.tab().sample),
        revision=prepared.dataset.name,
    )
    alt = f"{title}. {len(rows)} training samples, colored by class"
    choose = partial(samples.choose_point, groups, rows)
    show_chart(figure, key=key, alt=alt, height=TALL, on_click=choose)
    st.caption(samples.words_on_map(prepared, len(rows)))


def neighbors_view(prepared: PreparedData) -> None:
    """Show which training samples are closest to a sample."""
    left, right = st.columns([2, 3])
    with left:
        look = sample_panel(prepared)
    neighbors = nearest(prepared, look.row, NEIGHBOURS)
    dataset = prepared.dataset
    with right:
        st.markdown(samples.words_on_neighbors(dataset, look, neighbors))
        if dataset.image_shape:
            captions = samples.neighbor_captions(dataset, neighbors)
            grid(
                dataset,
                neighbors.rows,
                captions,
                look,
                columns=NEIGHBOUR_COLUMNS,
                title="Nearest first, with label and distance",
                key=session.NEIGHBORS_CHART,
            )
        else:
            st.markdown(samples.table_of(dataset, neighbors.rows, neighbors.distances))


def scaling_view(prepared: PreparedData) -> None:
    """Show a sample as it was recorded, and as the network gets it."""
    dataset, scaling = prepared.dataset, session.config().scaling
    look = samples.look_at(prepared, samples.choose_sample(dataset))
    st.markdown(samples.words_on_scaling(scaling, dataset))
    left, right = st.columns(2)
    with left:
        title = f"As recorded ({escape(look.unit)})"
        values_chart(look, look.recorded, title, dataset.maximum, session.RECORDED_CHART)
    with right:
        limit = samples.largest(look.scaled) if scaling == "z-score" else 1.0
        values_chart(
            look, look.scaled, f"Scaled by {scaling} (no unit)", limit, session.SCALED_CHART
        )
    with st.expander("The lines of NumPy that do this", icon=":material/code:"):
        show_source({"Scaler": SCALERS[scaling]})


def split_view(moving: bool) -> None:
    """Show what it does to the score if the samples are dealt out in another way."""
    dataset = prepare(session.config_of_data(), session.own()).dataset
    has_blocks, reason = row_order_of(dataset)
    if not has_blocks:
        st.info(reason, icon=":material/info:")
        return
    st.markdown(
        "Dealt out **at random**, samples of one origin come to lie in every part: the network "
        "is asked about hands that it knows. In **blocks**, whole stretches of rows are held "
        f"out, and it meets new ones. {reason}"
    )
    if results := results_of(dataset):
        split_results(dataset, results)
    else:
        measurement(dataset)
    if moving != samples.is_measuring(dataset):
        st.rerun()  # the whole page: another rhythm of looking


def split_results(dataset: Dataset, results: list[SplitScore]) -> None:
    """Show what was measured."""
    alt = "Test accuracy of two networks with the random split and with blocks"
    show_chart(split_scores(results), key=session.SPLITS_CHART, alt=alt)
    st.markdown(samples.words_on_splits(dataset, results, split_effect_sentence(results)))
    with st.expander("The lines of NumPy that do this", icon=":material/code:"):
        show_source(dict(SPLITS))


def measurement(dataset: Dataset) -> None:
    """Show how far the measurement is, and let it be stopped; or let it begin."""
    measuring = samples.measuring_of(dataset)
    if measuring and measuring.sequence.status.is_moving:
        st.progress(measuring.sequence.fraction, text="Training small networks")
        st.button(
            "Stop",
            icon=":material/stop:",
            on_click=samples.stop_measuring,
            help="End it here, without a result.",
        )
        return
    if measuring:
        st.info(samples.words_without_splits(measuring.sequence.status), icon=":material/info:")
    if st.button(
        "Measure it",
        icon=":material/balance:",
        type="primary",
        help=f"Train {n_runs()} small networks, half of them with each split: some seconds.",
    ):
        try:
            samples.begin_measuring(dataset)
        except ValueError as error:
            st.info(f"Both splits cannot be compared here. {plain(str(error))}")


VIEWS = {
    "Samples": samples_view,
    "Classes": classes_view,
    "Values": values_view,
    "Neighbors": neighbors_view,
    "Scaling": scaling_view,
}


@st.fragment
def views() -> None:
    """Let a view be chosen, and make only that one."""
    view = st.segmented_control(
        "View",
        samples.VIEWS,
        default=samples.VIEWS[0],
        required=True,
        key=session.VIEW,
        persist_state="session",
        on_change=samples.stop_mapping,
        label_visibility="collapsed",
        help="What to look at.",
    )
    prepared = prepare(session.config_of_data(), session.own())
    if view == samples.MAP:
        in_motion(map_view, session.tab().is_mapping, PAUSE_SECONDS)
    elif view == samples.SPLIT:
        seconds = training_speed.sequence_poll_seconds()
        in_motion(split_view, samples.is_measuring(prepared.dataset), seconds)
    else:
        VIEWS[view](prepared)


def in_motion(view: Callable[[bool], None], moving: bool, pause_seconds: float) -> None:
    """Draw a view; as long as something moves in it, again and again."""
    st.fragment(view, run_every=pause_seconds if moving else None)(moving)


app_entry.enter_through_app()
st.title("Explore")
if session.lacks_data():
    st.info(
        "Give a file on the left: a table, arrays or images. Then its samples are here.",
        icon=":material/upload_file:",
    )
    st.stop()
try:
    prepared = prepare(session.config_of_data(), session.own())
except (ValueError, OSError) as error:
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()
st.caption(f"{plain(prepared.dataset.title)}. Source: {plain(prepared.dataset.source)}.")
facts(prepared.dataset, prepared.split)
views()
