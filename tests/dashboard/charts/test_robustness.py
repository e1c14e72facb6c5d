import numpy as np

from dashboard.charts.robustness import NamedCurve, robustness_figure
from data.corruption import CORRUPTIONS, ImageKind
from experiments.evaluation.clopper_pearson import interval
from experiments.evaluation.robustness import empty_curve

KIND = ImageKind((8, 8), 16.0)
BLUR = CORRUPTIONS["blur"]


def test_each_network_has_a_line_a_band_and_its_color() -> None:
    curve = empty_curve(BLUR, KIND).with_block([80] * 9, 100)
    figure = robustness_figure(BLUR, [NamedCurve("<a>", 3, curve)], 0.1)
    band, line, chance = figure.data
    assert (line["name"], line["line"]["color"]) == ("&lt;a&gt;", "var(--theme-3)")
    np.testing.assert_array_equal(line["y"], np.full(9, 0.8))
    assert (band["y"][0], band["y"][-1]) == interval(80, 100)
    assert (list(chance["x"]), list(chance["y"])) == ([0, 1], [0.1, 0.1])
    assert figure.layout["xaxis"]["title"]["text"] == "strength (pixels)"


def test_before_the_first_sample_there_is_no_line() -> None:
    figure = robustness_figure(BLUR, [NamedCurve("a", 0, empty_curve(BLUR, KIND))], 0.1)
    assert [trace["name"] for trace in figure.data] == ["guessing"]
    assert "blur" in figure.layout["title"]["text"]
