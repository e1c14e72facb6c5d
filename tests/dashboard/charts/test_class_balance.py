import numpy as np

from dashboard.charts.class_balance import class_balance, class_counts
from data.split import Split

SPLIT = Split(np.array([0, 1, 4]), np.array([2]), np.array([3, 5]))
LABELS = np.array([0, 1, 1, 0, 2, 2])


def test_class_counts_add_up() -> None:
    counts = class_counts(LABELS, SPLIT._asdict(), 3)
    assert {name: list(count) for name, count in counts.items()} == {
        "training": [1, 1, 1],
        "validation": [0, 1, 0],
        "test": [1, 0, 1],
    }
    figure = class_balance(counts, "abc")
    assert [trace.name for trace in figure.data] == ["training (3)", "validation (1)", "test (2)"]
