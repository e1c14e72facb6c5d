"""The sentences and tables of the comparison page."""

from collections.abc import Sequence

from dashboard.components.tables import markdown_table
from dashboard.text import percent
from dashboard.training_speed import Progress, waiting_in_words
from experiments.background.background_task import Status
from experiments.comparison.architecture_grid import DEPTHS, WIDTHS
from experiments.comparison.networks import network_name
from experiments.comparison.over_seeds import SeedSummary
from experiments.comparison.side_by_side import SideBySide
from experiments.training.run import Run
from mlp.network import count_parameters, count_weights


def side_by_side_progress(comparison: SideBySide) -> Progress:
    """Say how far networks side by side have come; the slowest one sets the epoch shown."""
    runs = comparison.runs
    fractions = [run.fraction_done for run in runs]
    moving = [job.run for job in comparison.jobs if not job.status.is_over]
    epochs_done = min((run.epochs_done for run in moving), default=0)
    waiting = next(filter(None, map(waiting_in_words, comparison.jobs)), "")
    state = waiting if comparison.status is Status.QUEUED else str(comparison.status)
    words = f"Epoch {epochs_done:,} of {max(run.config.epochs for run in runs):,} · {state}"
    return Progress(sum(fractions) / len(fractions), words)


def side_by_side_ending(comparison: SideBySide) -> str:
    """Say what came out, on which samples, and how little a single seed means.

    At least one network has a result.
    """
    runs = [run for run in comparison.runs if run.result]
    part = "test" if runs[0].result and runs[0].result.test else "training"
    scores = ", ".join(f"{network_name(run.config)} {_result(run)}" for run in runs)
    n_samples = len(runs[0].prepared_data().split.rows(part))
    if part == "training":
        return (
            f"**Training accuracy**: {scores}. These are the {n_samples:,} samples that the "
            "networks have learned from, so this says nothing about new ones."
        )
    return (
        f"**{n_samples:,} test samples**, never seen before: {scores}. That is one seed: only "
        "several can show whether it is more than luck."
    )


def _result(run: Run) -> str:
    if run.result is None:
        return "–"
    return percent((run.result.test or run.result.training).accuracy)


def cost_table(comparison: SideBySide) -> str:
    """Return what each network costs and reaches, as a table."""
    header = ["Network", "Parameters", "Multiplications per sample", "Computing time (s)"]
    is_tested = comparison.networks[0].test_fraction > 0
    result = "Test accuracy" if is_tested else "Training accuracy at the end"
    rows = [
        [
            network_name(job.run.config),
            f"{job.run.plan.n_parameters:,}",
            f"{count_weights(job.run.plan.sizes):,}",
            f"{job.run.seconds:.2f}",
            _result(job.run),
            _state(job.run, job.status),
        ]
        for job in comparison.jobs
    ]
    return markdown_table([*header, result, "State"], rows)


def _state(run: Run, status: Status) -> str:
    if run.diverged:
        return f"diverged in epoch {run.diverged.epoch}"
    return "stopped early" if run.early_stopped else str(status)


def accuracy_rows(
    names: Sequence[str], epochs: Sequence[int], rows: Sequence[Sequence[float | None]]
) -> str:
    """Return accuracies in percent at some epochs, as a table."""
    cells = [
        [name, *("–" if share is None else f"{100 * share:.1f}" for share in row)]
        for name, row in zip(names, rows, strict=True)
    ]
    return markdown_table(["Epoch", *(f"{epoch:,}" for epoch in epochs)], cells)


def mean_and_spread(summary: SeedSummary) -> str:
    """Return '97.2 ± 0.4 %', as far as it is known."""
    if summary.mean is None:
        return "diverged"
    if summary.std is None:
        return percent(summary.mean)
    return f"{100 * summary.mean:.1f} ± {percent(summary.std)}"


def seed_summary_table(seed_summaries: Sequence[SeedSummary]) -> str:
    """Return how each network did over the seeds, as a table."""
    rows = [
        [
            network_name(each.config),
            f"{count_parameters(each.sizes):,}",
            mean_and_spread(each),
            f"{len(each.known)} of {len(each.accuracies)}",
        ]
        for each in seed_summaries
    ]
    return markdown_table(
        ["Network", "Parameters", "Mean ± spread, test", "Seeds with a result"], rows
    )


def architecture_grid_table(seed_summaries: Sequence[SeedSummary]) -> str:
    """Return accuracy and parameters by depth and width, as a table."""
    cells = {
        each.config.hidden_layers: f"{mean_and_spread(each)} · {count_parameters(each.sizes):,}"
        for each in seed_summaries
    }
    rows = [
        [_depth_in_words(depth), *(cells[(width,) * depth] for width in WIDTHS)]
        for depth in DEPTHS
        if depth
    ]
    rows.insert(0, [_depth_in_words(0), cells[()], *["the same"] * (len(WIDTHS) - 1)])
    return markdown_table(
        ["Accuracy · parameters", *(f"{width} units each" for width in WIDTHS)], rows
    )


def _depth_in_words(depth: int) -> str:
    words = {0: "no hidden layer", 1: "1 hidden layer"}
    return words.get(depth, f"{depth} hidden layers")


def trust(n_seeds: int, dataset: str) -> str:
    """Say how far the results of the architecture grid can be trusted."""
    luck = (
        "One seed only: much of what you see may be luck. Take more seeds."
        if n_seeds == 1
        else f"Mean ± spread (standard deviation) over {n_seeds} seeds. Differences smaller than "
        "the spread may well be luck."
    )
    return (
        f"Dataset: {dataset}, test samples. {luck} The best of ten was also lucky on these "
        "samples, so do not choose by it. To choose, look at validation samples; "
        "keep the test samples for the one you have chosen."
    )


def why_untested(status: Status, n_done: int, n_seeds: int) -> str:
    """Say why the differences are not tested for significance, or nothing if they are."""
    if status is Status.FINISHED:
        return ""
    if status.is_active:
        return (
            f"{n_done} of {n_seeds} seeds so far. The test of significance comes after the last "
            "one: stopping as soon as it looks good finds differences that are only luck."
        )
    return (
        f"It ended after {n_done} of {n_seeds} seeds, so there is no test of significance: where "
        "one may stop when it looks good, a p-value means little. Train all seeds to get it."
    )


def notes(seed_summaries: Sequence[SeedSummary], n_compared: int) -> list[str]:
    """Say what a reader has to know about results over seeds, a sentence or two each.

    Parameters
    ----------
    n_compared : how many networks were tested against the first
    """
    sentences = [
        f"{network_name(each.config)} diverged with {each.n_diverged} of {len(each.accuracies)} "
        "seeds, which count in no pair. Try a lower learning rate."
        for each in seed_summaries
        if each.n_diverged
    ]
    if n_compared > 1:
        sentences.append(
            f"All p-values allow for {n_compared} comparisons (Holm): with more of them, one "
            "is more often significant by luck."
        )
    if n_compared:
        sentences.append(
            "The test over all seeds is about these settings, whatever the luck of a single run. "
            "McNemar's test is about two trained networks only. So they may disagree."
        )
    if seed_summaries[0].config.split == "blocks":
        sentences.append(
            "The split is in blocks, so all seeds share one test part; they differ in the first "
            "weights and the order of the samples."
        )
    return sentences
