"""Between which limits the true share of right answers lies, after so many samples, exactly.

Source: C. J. Clopper and E. S. Pearson, The use of confidence or fiducial limits
illustrated in the case of the binomial, Biometrika 26 (1934).
"""

CONFIDENCE = 0.975  # on one side, as in an interval of 95 %


def lower_limit(n_right: int, n_samples: int, confidence: float = CONFIDENCE) -> float:
    """Return the lower limit of the share of right predictions.

    It is the p for which n_right or more successes of n_samples have the probability
    1 - confidence: a quantile of the beta distribution.
    """
    from scipy.special import betaincinv  # takes a while to import

    if n_right == 0:
        return 0.0
    return float(betaincinv(n_right, n_samples - n_right + 1, 1 - confidence))


def interval(n_right: int, n_samples: int) -> tuple[float, float]:
    """Return both limits of the share of right predictions, of 95 %.

    The upper one is 1 minus the lower limit of the wrong ones; without samples, nothing is known.
    """
    if not n_samples:
        return 0.0, 1.0
    return lower_limit(n_right, n_samples), 1 - lower_limit(n_samples - n_right, n_samples)
