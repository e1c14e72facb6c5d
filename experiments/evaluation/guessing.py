"""Whether a result is better than guessing, and surely so."""

from enum import StrEnum

from experiments.training.run import Run

CONFIDENCE = 0.975  # on one side, as in an interval of 95 %
POOR = 0.5  # a network that avoids fewer of a guesser's mistakes has learned little


class Verdict(StrEnum):
    """What the held-out samples say about a network, from the best to the worst."""

    GOOD = "good"
    POOR = "surely better than guessing, but poor"
    UNSURE = "perhaps better than guessing"
    GUESSING = "no better than guessing"
    NOT_TESTED = "better than guessing on samples that it has learned from"


def judge(run: Run) -> Verdict:
    """Compare a run that has a result with one that always predicts the largest class.

    Where no test part was held out, nothing can be praised, whatever the training accuracy.
    """
    share, score = largest_share(run), run.result and run.result.test
    if score is None:
        learned = run.result is not None and run.result.training.accuracy > share
        return Verdict.NOT_TESTED if learned else Verdict.GUESSING
    n_samples = len(run.prepared_data().split.test)
    if score.accuracy <= share:
        return Verdict.GUESSING
    if lower_limit(round(score.accuracy * n_samples), n_samples) <= share:
        return Verdict.UNSURE
    return Verdict.GOOD if score.accuracy - share >= POOR * (1 - share) else Verdict.POOR


def largest_share(run: Run) -> float:
    """Return the share of the largest class in the training part."""
    return float(run.prepared_data().training.targets.mean(axis=0).max())


def lower_limit(n_right: int, n_samples: int, confidence: float = CONFIDENCE) -> float:
    """Return the lower limit of the share of right predictions, exactly.

    It is the p for which n_right or more successes of n_samples have the probability
    1 - confidence: a quantile of the beta distribution.

    Source: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits
    illustrated in the case of the binomial, Biometrika 26 (1934).
    """
    from scipy.special import betaincinv

    if n_right == 0:
        return 0.0
    return float(betaincinv(n_right, n_samples - n_right + 1, 1 - confidence))


def confidence_interval(n_right: int, n_samples: int) -> tuple[float, float]:
    """Return the exact 95 % interval of the share of right predictions; see `lower_limit`."""
    n_wrong = n_samples - n_right
    return lower_limit(n_right, n_samples), 1 - lower_limit(n_wrong, n_samples)
