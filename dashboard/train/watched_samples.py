"""Held-out samples with what the network says to each, and the network with one of them in it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard import session
from dashboard.charts.image_grid import shortened
from dashboard.charts.weights import units_per_page
from dashboard.components.epoch_slider import shown_network, shown_version
from dashboard.components.network_view import ShownSample, Unit, show_network
from dashboard.components.sample_row import Answer, show_sample_row
from dashboard.text import percent
from data.split import Rows
from experiments.evaluation.predictions import OUTPUT_MEANINGS
from experiments.inspection.sample_choice import samples_of_each_class
from experiments.training.run import Run
from mlp.arrays import Array
from mlp.evaluation import logits_of

N_WATCHED = 12
LONGEST_NAME = 24  # letters of a class below a picture, of which a narrow one shows the first


class Watched(NamedTuple):
    """The samples of a run that the reader watches.

    part : of the samples they are from
    rows : (n_watched,), in the dataset
    X : (n_watched, n_features), scaled as the network was trained
    """

    part: str
    rows: Rows
    X: Array


def held_out_part(run: Run) -> str:
    """Return the part to watch: validation, or training where nothing was held out."""
    return "validation" if run.prepared_data().validation else "training"


def watched_samples(run: Run) -> Watched:
    """Return the samples to watch; the same ones until the reader asks for others."""
    prepared, part = run.prepared_data(), held_out_part(run)
    rows = prepared.split.rows(part)
    rng = np.random.default_rng([run.config.seed, session.tab().watched_draw])
    positions = samples_of_each_class(prepared.dataset.labels[rows], N_WATCHED, rng=rng)
    samples = prepared.samples(part)
    return Watched(part, rows[positions], samples.X[positions] if samples else np.empty((0, 0)))


def draw_samples(run: Run) -> None:
    """Draw a row of samples with what the network says to each."""
    watched, dataset = watched_samples(run), run.prepared_data().dataset
    noun = "images" if dataset.image_shape else "samples"
    seen = "that it learns from" if watched.part == "training" else "that it does not learn from"
    show_sample_row(
        lambda: answers_of(run, watched),
        lambda: shown_version(run),
        dataset,
        watched.rows,
        key=session.SAMPLE_ROW,
        title=f"What the network says now to {len(watched.rows)} {noun} {seen}:",
        chosen=session.tab().watched,
        on_choice=_watch,
        on_others=watch_others,
    )


def draw_network(run: Run, *, height: int) -> None:
    """Draw the network of a run, with the sample that the reader has chosen."""
    watched, prepared = watched_samples(run), run.prepared_data()
    i = min(session.tab().watched, len(watched.rows) - 1)
    row = int(watched.rows[i])
    sample = ShownSample(
        prepared.dataset.X[row],
        watched.X[i],
        f"{watched.part} sample {row:,}",
        int(prepared.dataset.labels[row]),
    )
    show_network(
        lambda: shown_network(run),
        lambda: shown_version(run),
        lambda: sample,
        prepared.dataset,
        key=session.NETWORK_VIEW,
        height=height,
        on_select=_show_weights,
    )


def _show_weights(unit: Unit) -> None:
    """Turn the chart of the weights, if it is open, to the page with a unit of the first layer."""
    run = session.shown_run()
    if run and unit.layer == 1:
        per_page = units_per_page(run.network.sizes[0])
        session.set_value(session.FIRST_UNIT, unit.unit - unit.unit % per_page)


def _watch(position: int) -> None:
    session.tab().watched = position


def watch_others() -> None:
    """Watch other samples."""
    tab = session.tab()
    tab.watched, tab.watched_draw = 0, tab.watched_draw + 1


@np.errstate(all="ignore")  # a network that has diverged has infinite outputs, or NaN
def answers_of(run: Run, watched: Watched) -> Sequence[Answer]:
    """Return what the network that is shown says to each sample."""
    network, dataset = shown_network(run), run.prepared_data().dataset
    logits = logits_of(network, watched.X)
    outputs, names = network.output.value(logits), dataset.class_names
    meaning = OUTPUT_MEANINGS[network.output.name]
    answers = []
    for row, logit, output in zip(watched.rows, logits, outputs, strict=True):
        said, true = int(logit.argmax()), int(dataset.labels[row])
        if not np.isfinite(logit).all():
            answers.append(Answer("none", False, "No answer: its numbers are not finite."))
            continue
        how = percent(output[said]) if meaning.are_shares else f"{meaning.noun} {output[said]:.2g}"
        end = "right" if said == true else f"wrong: it is {names[true]}"
        words = f"The network says {names[said]} ({how}), {end}."
        answers.append(Answer(shortened(names[said], LONGEST_NAME), said == true, words))
    return answers
