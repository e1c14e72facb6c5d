"""Look at the data before anything learns from it."""

import streamlit as st

from dashboard import entry, session
from dashboard.charts.balance import class_balance, class_counts
from dashboard.charts.images import image_grid
from dashboard.samples import PARTS, pick_rows, rows_of
from dashboard.chart import show_chart
from data.datasets import Dataset
from data.split import Split
from experiments.material import prepare

COLUMNS, ROWS = 16, 4


def facts(dataset: Dataset, split: Split) -> None:
    """Say how much there is."""
    shape = " × ".join(map(str, dataset.image_shape or (dataset.n_features,)))
    shown = (
        ("Samples", f"{dataset.n_samples:,}", "Images with a label, in all parts together."),
        ("Classes", f"{dataset.n_classes}", "How many different answers there are."),
        ("Pixels" if dataset.image_shape else "Features", shape, "What enters the network."),
        ("For training", f"{len(split.training):,}", "The others are held out; see the settings."),
    )
    for column, (label, value, meaning) in zip(st.columns(4), shown, strict=True):
        column.metric(label, value, help=meaning)


def sample_grid(dataset: Dataset, image_shape: tuple[int, int], split: Split) -> None:
    """Show images at random, of the classes and the part asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        classes = st.pills(
            "Classes",
            dataset.class_names,
            selection_mode="multi",
            key=session.CLASSES,
            bind="query-params",
            on_change=session.forget_notices,
            help="Show only these; with none chosen, show all.",
        )
        part = st.segmented_control(
            "Part",
            PARTS,
            default=PARTS[0],
            required=True,
            key=session.PART,
            bind="query-params",
            on_change=session.forget_notices,
            help="The network learns from the training part only.",
        )
        st.button(
            "Shuffle",
            icon=":material/shuffle:",
            on_click=session.shuffle,
            help="Show other samples.",
        )
    chosen = [dataset.class_names.index(name) for name in classes]
    rows = pick_rows(
        dataset.labels, rows_of(split, part), chosen, COLUMNS * ROWS, session.shuffles()
    )
    figure = image_grid(
        dataset.X[rows].reshape(-1, *image_shape),
        [dataset.class_names[label] for label in dataset.labels[rows]],
        columns=COLUMNS,
        title=f"Samples, each with its label; {dataset.unit} from 0 to {dataset.maximum:g}",
        maximum=dataset.maximum,
        unit=dataset.unit,
    )
    show_chart(figure, height=340, key="samples", alt=f"{len(rows)} images of {dataset.title}")


def balance(dataset: Dataset, split: Split) -> None:
    """Show whether all classes are there equally often, in every part."""
    counts = class_counts(dataset.labels, split._asdict(), dataset.n_classes)
    figure = class_balance(counts, dataset.class_names)
    show_chart(figure, key="balance", alt="Number of samples of each class in each part")


entry.through_app()
material = prepare(session.config())
st.title("Explore")
st.caption(f"{material.dataset.title}. Source: {material.dataset.source}.")
facts(material.dataset, material.split)
if material.dataset.image_shape:
    sample_grid(material.dataset, material.dataset.image_shape, material.split)
balance(material.dataset, material.split)
