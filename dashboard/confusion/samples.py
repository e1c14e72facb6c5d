"""Samples with their predictions: as images, or in a table of their features."""

from collections.abc import Callable

import streamlit as st

from dashboard.charts.image_grid import LONGEST_CAPTION, grid_height, most_lines
from dashboard.components.sample_grid import draw_images
from dashboard.components.tables import feature_columns, markdown_table
from dashboard.text import plain
from data.datasets import Dataset
from data.split import Rows
from experiments.evaluation.predictions import OUTPUT_MEANINGS, OutputMeaning, Predictions
from experiments.training.run import Run

PAGE = 20  # samples shown at once
COLUMNS = 5  # images in a row
ROW_HEIGHT, LINE_HEIGHT = 78, 12  # pixels, with one line of words, and for each more
TABLE_HEIGHT = 330  # pixels
MAX_FEATURES = 2  # of a sample in a table


def draw_samples(
    run: Run,
    predictions: Predictions,
    positions: Rows,
    *,
    key: str,
    title: str,
    on_choice: Callable[[int], None],
    chosen: int | None = None,
    first: int = 1,
    with_classes: bool = False,
) -> None:
    """Draw samples as images, or a table of their features if they are not images.

    Parameters
    ----------
    positions : of the samples among the predictions
    on_choice : called with the place, among the positions, of an image that was clicked
    chosen : the place of the image to put a frame around
    first : number of the first sample
    with_classes : write the true and the predicted class of each sample beside it
    """
    dataset, meaning = run.prepared_data().dataset, OUTPUT_MEANINGS[run.config.output]
    longest = LONGEST_CAPTION if dataset.image_shape else None
    captions = [
        caption_of(predictions, position, meaning, with_classes=with_classes, longest=longest)
        for position in positions
    ]
    if not dataset.image_shape:
        st.markdown(f"**{title}**")
        with st.container(height=TABLE_HEIGHT):
            st.markdown(features_table(dataset, predictions.rows[positions], captions, first))
        return
    row_height = ROW_HEIGHT + LINE_HEIGHT * (most_lines(captions) - 1)
    draw_images(
        dataset,
        predictions.rows[positions],
        captions,
        columns=COLUMNS,
        title=title,
        key=key,
        height=grid_height(len(positions), COLUMNS, row_height),
        alt=f"{len(positions)} images: {', '.join(captions)}".replace("\n", " "),
        on_choice=on_choice,
        chosen=chosen,
    )


def caption_of(
    predictions: Predictions,
    position: int,
    meaning: OutputMeaning,
    *,
    with_classes: bool,
    longest: int | None,
) -> str:
    """Return the caption of a sample: its confidence, and both of its classes if asked for.

    Parameters
    ----------
    longest : characters in a line; a longer caption has two or three. None for one line always
    """
    value = predictions.confidence[position]
    confidence = percent_of(value) if meaning.are_shares else f"{value:.3g}"
    if not with_classes:
        return confidence
    names = predictions.class_names
    true, predicted = names[predictions.labels[position]], names[predictions.predicted[position]]
    lines = (true, f"✓ {confidence}") if true == predicted else (true, f"→{predicted}", confidence)
    caption = f"{true} ✓ {confidence}" if true == predicted else f"{true}→{predicted} {confidence}"
    return caption if longest is None or len(caption) <= longest else "\n".join(lines)


def percent_of(share: float) -> str:
    """Return a share in whole percent; 0 % and 100 % are written for exactly 0 and 1 alone."""
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def features_table(dataset: Dataset, rows: Rows, captions: list[str], first: int) -> str:
    """Return samples as a Markdown table of their first features.

    Parameters
    ----------
    captions : one for each row
    first : number of the first sample
    """
    columns = [
        ("No.", [f"{number:,}" for number, _ in enumerate(rows, first)]),
        # a narrow column must not break a line before the percent sign
        ("Confidence", [plain(caption).replace(" %", "\u00a0%") for caption in captions]),
        *feature_columns(dataset, rows, MAX_FEATURES, digits=3),
    ]
    header, cells = zip(*columns, strict=True)
    return markdown_table(header, zip(*cells, strict=True), align="r")
