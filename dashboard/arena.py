"""The competitions of this tab: begin and end them, and say in words how they stand."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from dashboard import session, training
from dashboard.tables import markdown_table
from dashboard.text import duration, percent
from experiments.background.run_sequence import Relay, count_moving_relays
from experiments.background.training_job import Status
from experiments.comparison.architecture_grid import DEPTHS, WIDTHS
from experiments.comparison.networks import HARD_SHAPES, Layers, entrants, name_of, over_seeds
from experiments.comparison.over_seeds import Outcome, Standing, outcome_of
from experiments.comparison.side_by_side import Contest
from experiments.comparison.significance import check_comparable
from experiments.config import OWN, RunConfig, parse_field
from experiments.evaluation.decision_regions import territory
from experiments.presets import preset
from experiments.training.plan import plan
from experiments.training.run import Run
from mlp.network import count_parameters, count_weights

POLL_SECONDS = 0.5  # a relay tells its news a run at a time

YOURS, PUBLISHED, HELD_OUT = "Your settings", "As published", "As published, held out"
PAIRS: dict[str, tuple[str, str]] = {
    PUBLISHED: ("slp-digits", "mlp-digits"),
    HELD_OUT: ("slp-digits-held-out", "mlp-digits-held-out"),
}
WHAT = (YOURS, *PAIRS)
AS_ABOVE = "as above"
DATA = (AS_ABOVE, *HARD_SHAPES)


class Event(StrEnum):
    """What a reader can ask for."""

    CONTEST = "contest"
    SERIES = "series"
    SHAPES = "shapes"
    LADDER = "ladder"


def base_of(what: str) -> RunConfig:
    """Return the settings that all networks share."""
    return session.config() if what == YOURS else preset(PAIRS[what][1]).config


def understand(texts: Sequence[str]) -> tuple[list[Layers], list[str]]:
    """Return the hidden layers that were written down, and what is wrong with the others."""
    layers, problems = [], []
    for text in texts:
        try:
            layers += [parse_field("hidden_layers", text)] if text.strip() else []
        except ValueError as error:
            problems.append(str(error))
    return layers, problems


def networks_for(data: str, networks: Sequence[RunConfig]) -> tuple[RunConfig, ...]:
    """Return the networks as they are, or such as suit a set of points."""
    if data == AS_ABOVE:
        return tuple(networks)
    return entrants(HARD_SHAPES[data], [config.hidden_layers for config in networks[2:]])


def objection(networks: Sequence[RunConfig]) -> str:
    """Return why networks cannot be compared over seeds, or nothing."""
    try:
        check_comparable(networks)
    except ValueError as error:
        return str(error)
    return ""


# Begin and end ------------------------------------------------------------------


def ask(event: Event) -> None:
    """Remember a click; what was typed right before it is only known later in the run.

    Another click may come before that run is over, and must not take the place of this one.
    """
    session.tab().asked.add(event)


def begin_if_asked(event: Event, begin: Callable[[], None]) -> str:
    """Begin if the reader has asked for it; return what stands against it, or nothing."""
    asked = session.tab().asked
    if event not in asked:
        return ""
    asked.remove(event)
    try:
        begin()
    except ValueError as error:
        return str(error)
    return ""


def begin_contest(networks: Sequence[RunConfig]) -> None:
    """Train the networks side by side, slow enough to watch.

    Raises
    ------
    ValueError : if one of them asks for more than the data or a server can give
    """
    tab = session.tab()
    pace = training.seconds_per_epoch("auto", networks[0].epochs)
    contest = Contest(
        networks, session.own(), seconds_per_epoch=pace, is_present=session.presence()
    )
    previous, tab.contest = tab.contest, contest
    if previous:
        previous.dismiss()
    contest.go()


def begin_series(networks: Sequence[RunConfig], n_seeds: int) -> None:
    """Train the networks again and again, each time with another seed.

    Raises
    ------
    ValueError : if they cannot be compared, or ask for too much
    """
    check_comparable(networks)
    session.tab().series = _relay(networks, n_seeds, session.tab().series)


def begin_ladder(rungs: Sequence[RunConfig], n_seeds: int) -> None:
    """Train networks of all depths and widths.

    Raises
    ------
    ValueError : if they cannot be compared, or ask for too much
    """
    check_comparable(rungs)
    session.tab().ladder = _relay(rungs, n_seeds, session.tab().ladder)


def is_of(competition: Contest | Relay[Outcome], networks: Sequence[RunConfig]) -> bool:
    """Say whether a competition was made with these networks, on the samples there are now."""
    if networks[0].dataset == OWN and competition.own is not session.own():
        return False
    return competition.networks == tuple(networks)


def is_moving(event: Event) -> bool:
    """Say whether the competition that was asked for so is on its way."""
    competition: Contest | Relay[Outcome] | None = getattr(session.tab(), event)
    return competition is not None and competition.status.is_moving


def begin_shapes() -> None:
    """Train the single layer and a small network on points that no line separates."""
    tab = session.tab()
    configs = [config for base in HARD_SHAPES.values() for config in entrants(base)]
    if tab.shapes:
        tab.shapes.stop()
    tab.shapes = Relay(configs, territory, is_present=session.presence())
    tab.shapes.go()


def _relay(
    networks: Sequence[RunConfig], n_seeds: int, previous: Relay[Outcome] | None
) -> Relay[Outcome]:
    own = session.own()
    for config in networks:
        plan(config, own)  # says now what would not work
    if previous:
        previous.stop()
    relay = Relay(over_seeds(networks, n_seeds), outcome_of, own, is_present=session.presence())
    relay.go()
    return relay


def pause_contest() -> None:
    """Let all networks of the contest stand still."""
    if contest := session.tab().contest:
        contest.pause()


def resume_contest() -> None:
    """Let them go on."""
    if contest := session.tab().contest:
        contest.go()


def stop(event: Event) -> None:
    """End it here, with what was reached."""
    if under_way := getattr(session.tab(), event):
        under_way.stop()


def poll_seconds() -> float:
    """Return how long a page waits between two looks at a relay: longer when many are moving."""
    crowd = -(-count_moving_relays() // training.CALM_JOBS)
    return max(POLL_SECONDS * max(1, crowd), training.poll_seconds())


# In words -----------------------------------------------------------------------


def contest_progress(contest: Contest) -> training.Progress:
    """Say how far a contest has come; the slowest network sets the count."""
    runs = contest.runs
    fractions = [run.step / (run.config.epochs * run.plan.steps_per_epoch) for run in runs]
    going = [job.run for job in contest.jobs if not job.status.is_over]
    epochs_done = min((run.epochs_done for run in going), default=0)
    is_waiting = contest.status is Status.QUEUED
    state = "waiting for the processor" if is_waiting else str(contest.status)
    words = f"Epoch {epochs_done:,} of {max(run.config.epochs for run in runs):,} · {state}"
    return training.Progress(min(1.0, sum(fractions) / len(fractions)), words)


def relay_progress(relay: Relay[Outcome]) -> training.Progress:
    """Say how far a relay has come."""
    n_seeds = relay.n_seeds
    seed = min(len(relay.outcomes) // len(relay.networks) + 1, n_seeds)
    run, left = relay.run, relay.seconds_left
    words = [f"Seed {seed} of {n_seeds}"]
    words += [name_of(run.config)] if run else []
    words += [f"{duration(left)} left"] if left is not None else []
    return training.Progress(relay.fraction, " · ".join(words))


def contest_ending(contest: Contest) -> str:
    """Say what came out, on which samples, and how little one race means.

    At least one network has a result.
    """
    runs = [run for run in contest.runs if run.result]
    part = "test" if runs[0].result and runs[0].result.test else "training"
    scores = ", ".join(f"{name_of(run.config)} {_result(run)}" for run in runs)
    n_samples = len(getattr(runs[0].material.split, part))
    if part == "training":
        return (
            f"**Training accuracy**: {scores}. These are the {n_samples:,} samples that the "
            "networks have learned from, so this says nothing about new ones."
        )
    return (
        f"**{n_samples:,} test samples**, never seen before: {scores}. That is one seed: whether "
        "it is more than luck, only several can tell."
    )


def _result(run: Run) -> str:
    if run.result is None:
        return "–"
    return percent((run.result.test or run.result.training).accuracy)


def published_words(what: str) -> str:
    """Say what the published programs report for this pair."""
    first, other = (preset(name) for name in PAIRS[what])
    part = "the samples they learn from" if first.judged_on == "training" else "new samples"
    return (
        "A published program with 1000 steps of plain gradient descent. It reaches "
        f"{first.original_accuracy:.1f} % with a single layer and {other.original_accuracy:.1f} % "
        f"with 32 hidden units, on {part}."
    )


def cost_table(contest: Contest) -> str:
    """Return what each network costs and reaches, as a table."""
    head = ["Network", "Parameters", "Multiplications a sample", "Seconds of computing"]
    is_tested = contest.networks[0].test_fraction > 0
    result = "Test accuracy" if is_tested else "Training accuracy at the end"
    rows = [
        [
            name_of(job.run.config),
            f"{job.run.plan.n_parameters:,}",
            f"{count_weights(job.run.plan.sizes):,}",
            f"{job.run.seconds:.2f}",
            _result(job.run),
            _state(job.run, job.status),
        ]
        for job in contest.jobs
    ]
    return markdown_table([*head, result, "State"], rows)


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


def mean_and_spread(standing: Standing) -> str:
    """Return '97.2 ± 0.4 %', as far as it is known."""
    if standing.mean is None:
        return "diverged"
    if standing.std is None:
        return percent(standing.mean)
    return f"{100 * standing.mean:.1f} ± {percent(standing.std)}"


def standings_table(standings: Sequence[Standing]) -> str:
    """Return how each network did over the seeds, as a table."""
    rows = [
        [
            name_of(each.config),
            f"{count_parameters(each.sizes):,}",
            mean_and_spread(each),
            f"{len(each.known)} of {len(each.accuracies)}",
        ]
        for each in standings
    ]
    return markdown_table(
        ["Network", "Parameters", "Mean ± spread, test", "Seeds with a result"], rows
    )


def ladder_table(standings: Sequence[Standing]) -> str:
    """Return accuracy and parameters by depth and width, as a table."""
    cells = {
        each.config.hidden_layers: f"{mean_and_spread(each)} · {count_parameters(each.sizes):,}"
        for each in standings
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
    """Say how far the ladder is to be trusted."""
    luck = (
        "One seed only: half of what you see may be luck. Take more seeds."
        if n_seeds == 1
        else f"Mean ± spread (standard deviation) over {n_seeds} seeds. Differences smaller than "
        "the spread may well be luck."
    )
    return (
        f"Dataset: {dataset}, test samples. {luck} Look, but do not choose by it: the best of ten "
        "is also the luckiest on these samples. To choose, look at validation samples; keep the "
        "test samples for the one you have chosen."
    )


def no_verdict(status: Status, n_done: int, n_seeds: int) -> str:
    """Say why there is no verdict over the seeds, or nothing if there is to be one."""
    if status is Status.FINISHED:
        return ""
    if status.is_moving:
        return (
            f"{n_done} of {n_seeds} seeds so far. The verdict comes after the last one: whoever "
            "judges as soon as it looks good takes luck for skill."
        )
    return (
        f"It ended after {n_done} of {n_seeds} seeds, so there is no verdict: if one may "
        "stop when it looks good, a p-value means little. Let all seeds be trained to get one."
    )


def remarks(standings: Sequence[Standing], n_compared: int) -> list[str]:
    """Say what a reader has to know about a series, a sentence or two each.

    Parameters
    ----------
    n_compared : how many networks were judged against the first
    """
    found = [
        f"{name_of(each.config)} diverged with {each.n_diverged} of {len(each.accuracies)} seeds, "
        "which count in no pair. Try a lower learning rate."
        for each in standings
        if each.n_diverged
    ]
    if n_compared > 1:
        found.append(
            f"All p-values allow for {n_compared} comparisons (Holm): who asks more often is "
            "lucky more often."
        )
    if n_compared:
        found.append(
            "The verdict over all seeds is about these settings, whatever the luck of a run. "
            "McNemar's test is about two trained networks and no others. So they may disagree."
        )
    if standings[0].config.split == "blocks":
        found.append(
            "The split is in blocks, so all seeds share one test part; they differ in the first "
            "weights and the order of the samples."
        )
    return found


def lost_words(status: Status) -> str:
    """Say why something has ended that should not have; nothing if it ended as it should."""
    return {
        Status.ABANDONED: "This page lost its connection for a while, and the training ended. "
        "Begin it again.",
        Status.FAILED: "The training failed through a fault of the app; its log says more. "
        "Begin it again.",
    }.get(status, "")
