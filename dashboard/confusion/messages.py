"""What the Confusion matrix page says, in words and tables."""

import numpy as np

from dashboard.components.epoch_slider import step_now
from dashboard.components.tables import markdown_table
from dashboard.confusion.selected_cell import Cell
from dashboard.explore.samples import feature_columns
from dashboard.text import percent, plain
from data.datasets import Dataset
from data.split import Rows
from experiments.evaluation.metrics import (
    ClassScores,
    Confusion,
    FloatArray,
    Rejection,
    Reliability,
)
from experiments.evaluation.predictions import OUTPUT_MEANINGS, OutputMeaning, Predictions
from experiments.training.run import Run

MAX_FEATURES = 2  # of a sample in a table


LONGEST_IN_TABLE = 60  # characters


TENTH = 0.1


def moment(run: Run, step: int) -> str:
    """Return when a step was, in words."""
    epochs, batches = divmod(step, run.plan.steps_per_epoch)
    if step == 0:
        return "before any training"
    when = f"after epoch {epochs:,}" + (f" and {batches:,} batches" if batches else "")
    return f"at its end, {when}" if run.result and step == step_now(run) else when


def headline(run: Run, predictions: Predictions, part: str, step: int) -> str:
    """Say how many samples are right, of which part, and when."""
    n_samples = len(predictions.labels)
    return (
        f"**{percent(predictions.n_correct / n_samples)} right** ({predictions.n_correct:,} of "
        f"{n_samples:,} {part} samples), {moment(run, step)}."
    )


def remarks(run: Run, part: str, step: int) -> str:
    """Say what to keep in mind with the figures of a part."""
    return f"{_remark_on_part(run, part, step)} {OUTPUT_MEANINGS[run.config.output].remark}".strip()


def _remark_on_part(run: Run, part: str, step: int) -> str:
    if part == "training":
        return "The network has learned from these very samples, so these figures flatter it."
    if part == "test" and step != step_now(run):
        return (
            "Looking back with the test part shows how the network came here. To choose an epoch, "
            "take the validation part: what is chosen by the test part is no longer tested by it."
        )
    if run.diverged:
        return "A run that has diverged has no result, and its test part stays closed."
    if run.result is None:
        return "The test part is opened when the run has a result, so that nothing is chosen by it."
    return "The network has not learned from these samples."


def cell_sentence(cell: Cell, names: tuple[str, ...]) -> str:
    """Say what is in a cell."""
    n_samples = len(cell.positions)
    samples = f"{n_samples:,} {'sample' if n_samples == 1 else 'samples'}"
    true, predicted = plain(names[cell.true]), plain(names[cell.predicted])
    if cell.true == cell.predicted:
        return f"**{true} read as {predicted}**, rightly: {samples}"
    return f"**{true} read as {predicted}**: {samples}"


def no_samples(run: Run, part: str) -> str:
    """Say that no samples were held out for a part, and what to do."""
    fix = f"Choose other samples, or set the {part} part in the settings and train anew."
    if run.result is None and run.prepared_data().validation is None:
        return (
            f"No samples were held out for the {part} part of this run. Its test part, if it has "
            f"one, is opened at the end of the run. {fix}"
        )
    return f"No samples were held out for the {part} part of this run. {fix}"


def confusion_sentence(confusion: Confusion, names: tuple[str, ...]) -> str:
    """Say how often a class was taken for another."""
    times = "once" if confusion.times == 1 else f"{confusion.times:,} times"
    return f"{plain(names[confusion.true])} read as {plain(names[confusion.predicted])}: {times}"


def sample_sentence(predictions: Predictions, position: int, meaning: OutputMeaning) -> str:
    """Say what the network made of a sample."""
    names, outputs = predictions.class_names, predictions.outputs[position]
    true, predicted = int(predictions.labels[position]), int(predictions.predicted[position])
    said = f"**{plain(names[predicted])}** with {written(outputs[predicted], meaning)}"
    start = f"Row {predictions.rows[position]:,} of the dataset was read as {said}"
    if true == predicted:
        return f"{start}, which is right."
    return f"{start}; it is **{plain(names[true])}**, with {written(outputs[true], meaning)}."


def written(output: float, meaning: OutputMeaning) -> str:
    """Return an output as a reader expects it: a share in percent, any other as it is."""
    if not meaning.are_shares:
        return f"output {output:.3g}"
    return f"{meaning.noun} {_share(output)}"


def caption_of(
    predictions: Predictions,
    position: int,
    meaning: OutputMeaning,
    *,
    with_answer: bool,
    longest: int,
) -> str:
    """Return what stands beside a sample: how sure the network was, and of what.

    Parameters
    ----------
    longest : characters that there is room for; where they do not suffice, the names are cut
    """
    value = predictions.confidence[position]
    short = _share(value) if meaning.are_shares else f"{value:.3g}"
    if not with_answer:
        return short
    names = predictions.class_names
    true, said = names[predictions.labels[position]], names[predictions.predicted[position]]
    full = f"{true}→{said} {short}"
    return full if len(full) <= longest else f"{true[:5]}→{said[:5]}"


def _share(value: float) -> str:
    """Return a share in percent; 0 % and 100 % are for certainty alone."""
    if 0 < value < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= value < 1 else f"{100 * value:.0f} %"


def features_table(
    dataset: Dataset, predictions: Predictions, positions: Rows, said: list[str], first: int
) -> str:
    """Return samples that are no images as a Markdown table of their first features.

    Parameters
    ----------
    said : what the network made of each
    first : number of the first sample
    """
    columns = [
        ("Number", [f"{number:,}" for number, _ in enumerate(positions, first)]),
        # a narrow column breaks no percentage
        ("How sure", [plain(sure).replace(" %", "\u00a0%") for sure in said]),
        *feature_columns(dataset, predictions.rows[positions], MAX_FEATURES, digits=3),
    ]
    header, cells = zip(*columns, strict=True)
    return markdown_table(header, zip(*cells, strict=True), align="r")


def scores_table(scores: ClassScores, names: tuple[str, ...]) -> str:
    """Return precision, recall, F1 and support of each class as a Markdown table."""
    columns = [
        [plain(name) for name in names],
        *(_marked(column) for column in scores[:3]),
        [f"{support:,}" for support in scores.support.tolist()],
    ]
    header = ("Class", "Precision", "Recall", "F1", "Support")
    return markdown_table(header, zip(*columns, strict=True))


def _marked(values: FloatArray) -> list[str]:
    """Write shares in percent, and mark the best and the worst, if they differ."""
    known = values[~np.isnan(values)]
    best, worst = (known.max(), known.min()) if len(known) else (np.nan, np.nan)

    def write(value: float) -> str:
        if np.isnan(value):
            return "none"
        if value == best > worst:
            return f":green-badge[best {percent(value)}]"
        return f":orange-badge[worst {percent(value)}]" if value == worst < best else percent(value)

    return [write(value) for value in values.tolist()]


def reliability_sentence(found: Reliability, predictions: Predictions) -> str:
    """Say whether a network is as often right as it is sure."""
    accuracy = predictions.n_correct / len(predictions.labels)
    claims = (
        f"on average its confidence is {percent(accuracy + found.gap)}, and it is right in "
        f"{percent(accuracy)}"
    )
    if abs(found.gap) <= 2 * found.gap_error:
        return f"**About as sure as it is right**: {claims}. Chance alone could explain that gap."
    if found.gap > 0:
        return f"**Overconfident**: {claims}. It is surer than it should be."
    return f"**Underconfident**: {claims}. It could be surer than it is."


def rejection_sentence(found: Rejection) -> str:
    """Say what it brings to put a tenth of the answers aside."""
    i = int(np.argmin(np.abs(found.rejected - TENTH)))
    if abs(found.rejected[i] - TENTH) > TENTH / 2:
        return (
            "The answers are too much alike in their confidence to put a tenth of them aside: "
            "nothing tells them apart."
        )
    return (
        f"Put the least certain {percent(found.rejected[i])} aside, for a person to look at: of "
        f"the others, {percent(found.accuracy[i])} are right, instead of "
        f"{percent(found.accuracy[0])} of all. The curve rises as far as the confidence "
        "knows where the mistakes are."
    )
