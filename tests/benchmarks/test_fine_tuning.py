from benchmarks.fine_tuning import Row, report, taught
from experiments.pretrained.pretrained import load_pretrained
from experiments.training.prepared_data import prepare


def test_a_network_is_taught_a_wrong_seven_and_forgets_less_where_it_rehearses() -> None:
    rehearsed, alone = (taught("digits-drawn", n_old, 50) for n_old in (10_000, 0))
    assert (rehearsed.n_taught, alone.n_taught) == (3, 3)
    n_training = len(prepare(load_pretrained("digits-drawn").config).training.X)
    assert (rehearsed.n_old, alone.n_old) == (n_training, 0)
    assert rehearsed.before == alone.before
    assert alone.after < 0.7 < 0.9 < rehearsed.after


def test_the_report_has_a_row_for_each() -> None:
    row = report([Row("digits-drawn", 1545, 50, 3, 2, 0.95, 0.941, 1.23)]).splitlines()[-1]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == ["digits-drawn", "1,545", "50", "3 of 3", "2 of 3", "95.0", "94.1", "1.2"]
