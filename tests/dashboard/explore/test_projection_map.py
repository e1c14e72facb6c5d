from dashboard.explore.projection_map import component_titles, map_sentence
from experiments.config import RunConfig
from experiments.exploration.projections import projection_of
from experiments.training.prepared_data import prepare


def test_the_axes_of_a_projection_say_how_much_they_show() -> None:
    first, second = component_titles(projection_of(prepare(RunConfig())), 2)
    assert first.startswith("component 1 (1")
    assert second.endswith("% of variance)")
    assert len(component_titles(projection_of(prepare(RunConfig())), 3)) == 3


def test_a_sentence_says_which_samples_the_map_shows() -> None:
    prepared = prepare(RunConfig())
    assert "all 1,079" in map_sentence(prepared, 1079)
    assert "1,000, drawn at random, of the 1,079" in map_sentence(prepared, 1000)
