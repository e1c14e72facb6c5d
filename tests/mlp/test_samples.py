"""Samples become targets and batches, and none is lost on the way."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlp.samples import Samples, one_hot, shuffled_batches


def test_one_hot() -> None:
    targets = one_hot(np.array([2, 0]), 3, np.float32)
    np.testing.assert_array_equal(targets, [[0, 0, 1], [1, 0, 0]])
    assert targets.dtype == np.float32


@given(st.integers(1, 40), st.integers(1, 40))
def test_batches_hold_every_sample_once(n_samples: int, batch_size: int) -> None:
    batch_size = min(batch_size, n_samples)
    numbered = np.arange(n_samples, dtype=np.float32)[:, np.newaxis]
    seen = []
    order = np.random.default_rng(0).permutation(n_samples)
    for batch in shuffled_batches(Samples(numbered, 2 * numbered), batch_size, order):
        np.testing.assert_array_equal(batch.targets, 2 * batch.X)
        seen.append(batch.X.ravel().copy())
    assert [len(part) for part in seen[:-1]] == [batch_size] * (len(seen) - 1)
    assert sorted(np.concatenate(seen)) == list(range(n_samples))
