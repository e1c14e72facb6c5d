"""What a network says to the drawings that were kept."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dashboard.draw.trained_networks import TrainedNetwork
from dashboard.text import plain
from data.drawing.gallery import KeptDrawing, samples_of
from experiments.evaluation.fine_tuning_effect import Count
from mlp.evaluation import logits_of

NO_ANSWER = "–"  # of a network whose numbers are not finite
FEW = 20  # drawings: the interval is some 40 points wide


class Answer(NamedTuple):
    """What a network says to a drawing.

    label : the digit that it is meant to be, if somebody has said so
    says : the class that the network predicts, or NO_ANSWER
    can_be_right : whether the label is one of the classes of the network
    is_learned : whether the network has learned from the drawing
    """

    label: int | None
    says: str
    can_be_right: bool
    is_learned: bool = False

    @property
    def is_right(self) -> bool:
        """Whether the network says the label."""
        return self.can_be_right and self.says == str(self.label)

    @property
    def caption(self) -> str:
        """The label, and below it the answer."""
        label = "?" if self.label is None else self.label
        mark = "" if not self.can_be_right else " ✓" if self.is_right else " ✗"
        return f"{label}\n→ {self.says}{mark}"


def class_of(label: int | None, class_names: Sequence[str]) -> int | None:
    """Return which class of a network a digit is; None if it has no such class."""
    return class_names.index(str(label)) if str(label) in class_names else None


@np.errstate(all="ignore")  # a network that has diverged, which says nothing
def answers_to(drawings: Sequence[KeptDrawing], trained: TrainedNetwork) -> list[Answer]:
    """Return what a network says to drawings."""
    if not drawings:
        return []
    X = samples_of(drawings, trained.preparation, trained.dataset.maximum)
    logits = logits_of(trained.network(), trained.scaler.transform(X))
    names = trained.dataset.class_names
    return [
        Answer(
            drawing.label,
            names[int(row.argmax())] if np.isfinite(row).all() else NO_ANSWER,
            class_of(drawing.label, names) is not None,
            trained.id in drawing.learned_by,
        )
        for drawing, row in zip(drawings, logits, strict=True)
    ]


def count_right_drawings(answers: Sequence[Answer]) -> Count:
    """Return how many of the drawings that can be read right are; learned ones do not count."""
    counted = [answer for answer in answers if answer.can_be_right and not answer.is_learned]
    return Count(sum(answer.is_right for answer in counted), len(counted))


def score_sentence(answers: Sequence[Answer], title: str) -> str:
    """Say how well a network reads the reader's own hand."""
    count, name = count_right_drawings(answers), plain(title)
    n_learned = sum(answer.is_learned for answer in answers)
    if not count.n_samples and n_learned:
        return (
            f"**{name}** has learned from these drawings. Keep new ones, to see how well it reads "
            "your hand now."
        )
    if not count.n_samples:
        return f"**{name}**: once drawings have a label, its score on your own hand is here."
    learned = f" The {n_learned} that it has learned from do not count." if n_learned else ""
    few = " So few say little: keep more." if count.n_samples < FEW else ""
    return f"**{name}** reads **{in_words(count)}** of your digits.{learned}{few}"


def in_words(count: Count) -> str:
    """Return a count as '7 of 9 (78 %, 95 % interval 40 to 97 %)'."""
    low, high = count.limits
    return (
        f"{count.n_right:,} of {count.n_samples:,} ({100 * count.share:.0f} %, 95 % interval "
        f"{100 * low:.0f} to {100 * high:.0f} %)"
    )
