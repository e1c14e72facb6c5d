"""What training on with the drawings has done: to them, and to the digits of before."""

from collections.abc import Sequence

import streamlit as st

from dashboard.components.source_code import show_source
from dashboard.components.tables import markdown_table
from dashboard.text import percent, plain
from experiments.background.background_task import Status
from experiments.background.run_store import StoredRun
from experiments.evaluation.fine_tuning_effect import (
    BeforeAfter,
    Count,
    FineTuningEffect,
    fine_tuning_effect,
)
from experiments.training.fine_tuning import rehearsed_rows, samples_to_learn

MOST_CLASSES = 10  # that got worse, by name


def draw_effect(stored: StoredRun) -> None:
    """Draw the comparison of the network before and after, or why there is none."""
    run, status = stored.run, stored.job.status
    if status in (Status.FAILED, Status.ABANDONED):
        words = stored.job.problem or "The page lost its connection, and the training ended."
        st.warning(f"{plain(words)} Train on again.", icon=":material/error:")
    elif run.diverged:
        st.error(str(run.diverged), icon=":material/trending_up:")
    elif run.result is None:
        st.info(
            "Stopped before the first step: there is nothing to compare.", icon=":material/info:"
        )
    else:
        effect = fine_tuning_effect(run)
        names = run.prepared_data().dataset.class_names
        st.markdown(f"**{plain(stored.name)}**: {effect_sentence(effect, names)}")
        st.markdown(effect_table(effect))
        st.caption(f"In brackets: 95 % intervals. {part_sentence(effect.part)}")
        show_source(
            "The lines of NumPy that do this",
            {"Rehearsed samples": rehearsed_rows, "Samples to learn from": samples_to_learn},
        )


def part_sentence(part: str) -> str:
    """Say what the scores on a part of the samples are worth."""
    if part == "training":
        return "Nothing was held out: it has learned from these, so this is training accuracy."
    return (
        f"It has not learned from the {part} samples; but who tries again until they look good "
        "makes them a part of the training."
    )


def effect_sentence(effect: FineTuningEffect, class_names: Sequence[str]) -> str:
    """Say what was learned, and what was forgotten."""
    old, new = effect.old, effect.new
    learned = (
        f"it reads {new.after.n_right} of {new.after.n_samples} of your drawings, before "
        f"{new.before.n_right}."
    )
    if not (old.newly_wrong or old.newly_right):
        return f"{learned} To no {effect.part} sample does it say right or wrong otherwise."
    forgotten = (
        f"Of {old.after.n_samples:,} {effect.part} samples, {old.newly_wrong:,} are newly wrong "
        f"and {old.newly_right:,} newly right."
    )
    return f"{learned} {forgotten}{_worse_classes(effect.old_by_class, class_names)}"


def _worse_classes(by_class: Sequence[BeforeAfter], class_names: Sequence[str]) -> str:
    """Name the classes that are read worse than before, the worst first."""
    losses = {
        name: each.before.n_right - each.after.n_right
        for name, each in zip(class_names, by_class, strict=True)
    }
    worse = sorted((name for name in losses if losses[name] > 0), key=lambda name: -losses[name])
    if not worse:
        return " No class got worse."
    named = [
        f"{plain(name)} ({losses[name]:,} fewer of {by_class[class_names.index(name)].after[1]:,})"
        for name in worse[:MOST_CLASSES]
    ]
    return f" Worse than before: {', '.join(named)}."


def effect_table(effect: FineTuningEffect) -> str:
    """Return both kinds of samples before and after, as a table."""
    n_old, n_new = effect.old.after.n_samples, effect.new.after.n_samples
    return markdown_table(
        ["Read right", "before", "after"],
        [
            (f"{n_old:,} {effect.part} samples", *map(_precisely, effect.old[:2])),
            (f"your {n_new} drawing{'s' * (n_new > 1)}", *map(_briefly, effect.new[:2])),
        ],
    )


def _precisely(count: Count) -> str:
    low, high = count.limits
    return f"{percent(count.share)} ({100 * low:.1f}–{100 * high:.1f})"


def _briefly(count: Count) -> str:
    low, high = count.limits
    return f"{count.n_right} of {count.n_samples} ({100 * low:.0f}–{100 * high:.0f} %)"
