"""The figures of a visit."""

from benchmarks.first_visit import VISITS, Round, Visit, rows_of

VISIT = Visit({"a.js": 1_500_000, "kept.js": 0}, 250_000, {"heading": 400.0, "charts": 1000.0})


def test_bytes_are_those_of_files_and_messages_and_times_also_those_after_the_heading() -> None:
    figures = VISIT.figures()
    assert (figures["MB"], figures["files"]) == (1.75, 1)
    assert figures["both charts after the heading (ms)"] == 600
    assert not any("picture" in name for name in figures)
    seen = VISIT._replace(marks=VISIT.marks | {"picture": 550.0}).figures()
    assert seen["first picture after the heading (ms)"] == 150


def test_a_row_has_the_median_the_least_and_the_most() -> None:
    slow = VISIT._replace(marks={"heading": 700.0, "charts": 1300.0})
    whole_class = {"MB": 87.0}
    rows = rows_of([Round([one] * len(VISITS), whole_class) for one in (VISIT, slow, VISIT)])
    assert ["first: heading (ms)", "400", "400", "700"] in rows
    assert ["50 at once: MB", "87", "87", "87"] in rows
