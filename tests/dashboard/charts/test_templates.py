import numpy as np
import pytest

from dashboard.charts.templates import common_limit, template_figures
from data.datasets import Dataset
from experiments.comparison.networks import compared_networks
from experiments.config import RunConfig
from experiments.training.run import Run


def test_templates_have_one_scale_around_zero(pair: list[Run]) -> None:
    figures = template_figures(*pair)
    limit = max(np.abs(run.network.weights[1]).max() for run in pair)
    for figure in figures:
        scale = figure.layout.coloraxis2
        assert (scale.cmin, scale.cmax) == pytest.approx((-limit, limit))
        assert figure.data[0].coloraxis == "coloraxis2"
    first_tile = figures[0].data[0].z[:8, :8]
    np.testing.assert_allclose(first_tile, pair[0].network.weights[1][0].reshape(8, 8))
    assert list(figures[0].data[1].text) == list("0123456789")
    assert len(figures[1].data[1].text) == 32


def test_with_many_classes_the_title_says_how_many_templates_are_shown() -> None:
    labels = np.arange(400) % 40
    X = np.zeros((400, 4), np.float32)
    X[:, 0] = labels
    names = tuple(f"class {i}" for i in range(40))
    own = Dataset("own", "", X, labels, names, (2, 2), 40.0, "ink", "")
    runs = [Run(each, own) for each in compared_networks(RunConfig(dataset="own", epochs=1))]
    templates, features = template_figures(*runs)
    assert templates.layout.title.text == "SLP: one template for 32 of 40 classes"
    assert features.layout.title.text == "MLP 32: 32 of 32 hidden units"
    assert len(templates.data[1].text) == 32


def test_weights_that_are_all_zero_have_a_scale_too() -> None:
    assert common_limit([np.zeros((2, 4))]) == 1.0
    assert common_limit([np.array([0.5]), np.array([-2.0])]) == 2.0
