"""Praise is for what is surely better than guessing, on samples that were held out."""

from experiments.config import RunConfig
from experiments.evaluation.guessing import Verdict, judge, largest_share
from experiments.training.run import Run
from experiments.training.slices import Result
from mlp.records import Score


def judged(test: float | None, training: float = 0.9, **settings: object) -> Verdict:
    run = Run(RunConfig(dataset="moons", **settings))
    held_out = None if test is None else Score(0.5, test)
    run.result = Result(Score(0.5, training), None, held_out)
    return judge(run)


def test_only_what_is_surely_better_than_guessing_is_good() -> None:
    assert largest_share(Run(RunConfig(dataset="moons"))) == 0.5
    assert judged(64 / 120) is Verdict.UNSURE  # 53 % of two classes
    assert judged(0.5) is Verdict.GUESSING
    assert judged(72 / 120) is Verdict.POOR
    assert judged(0.9) is Verdict.GOOD


def test_training_accuracy_is_never_good() -> None:
    assert judged(None, training=1.0, test_fraction=0) is Verdict.NOT_TESTED
    assert judged(None, training=0.5, test_fraction=0) is Verdict.GUESSING
    assert judged(0.5, training=1.0) is Verdict.GUESSING
