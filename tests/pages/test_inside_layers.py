"""The views of the Inside page on layers: for all kinds of runs, and while one trains."""

import pytest

from dashboard import session
from dashboard.inside.layers import KINDS
from dashboard.inside.representations import PCA, TSNE
from experiments.inspection import layer_tsne


@pytest.fixture
def inside(open_app):
    def open_(view: str, **query: str):
        settings = {"epochs": "3", "hidden_layers": "8,6", "pace": "full"}
        return open_app(**settings | query).train("inside", **{session.INSIDE_VIEW: view})

    return open_


def words(app) -> str:
    return " ".join(element.value for element in app.test.markdown)


def ridges(app) -> list[dict]:
    return [figure for key, figure in app.figures.items() if key.startswith("_ridges")]


def planes(app) -> list[dict]:
    return [figure for key, figure in app.figures.items() if key.startswith("_layer_plane")]


def test_each_layer_has_histograms_up_to_the_epoch_of_the_slider(inside) -> None:
    app = inside("Layers")
    for kind in KINDS:
        app.test.segmented_control(key=session.LAYER_VALUES).set_value(kind)
        app.run()
        shown = ridges(app)
        titles = [figure["layout"]["title"]["text"] for figure in shown]
        assert titles == [
            "Layer 1, hidden: 8 units",
            "Layer 2, hidden: 6 units",
            "Layer 3, output: 10 units",
        ]
        assert all(figure["layout"]["yaxis"]["ticktext"] == list("0123") for figure in shown)
        assert words(app).count("What to notice:") == 3
    app.test.session_state[session.TAB].epoch = 1
    app.run()
    assert ridges(app)[0]["layout"]["yaxis"]["ticktext"] == ["0", "1"]


def test_samples_have_a_plane_for_the_input_and_each_hidden_layer(inside) -> None:
    app = inside("Representations")
    shown = planes(app)
    assert [figure["layout"]["title"]["text"] for figure in shown] == [
        "Input: 64 features",
        "Layer 1: 8 units",
        "Layer 2: 6 units",
    ]
    assert all("straight cuts: " in each["layout"]["xaxis"]["title"]["text"] for each in shown)
    assert len(shown[0]["data"]) == 10 + 1  # the classes, and their names
    assert "359 validation samples, which the network did not learn from" in words(app)


KINDS_OF_RUNS = {
    "a single layer": {"hidden_layers": ""},
    "points in the plane": {"dataset": "circles"},
    "no validation part": {"validation_fraction": "0"},
    "diverged": {"learning_rate": "1000", "optimizer": "sgd", "activation": "identity"},
    "early stopping": {"early_stopping": "true", "patience": "1"},
}


@pytest.mark.parametrize("kind", KINDS_OF_RUNS)
def test_every_kind_of_run_has_a_sensible_answer(inside, kind: str) -> None:
    app = inside("Layers", **KINDS_OF_RUNS[kind])
    for view in ("Layers", "Representations"):
        app.test.segmented_control(key=session.INSIDE_VIEW).set_value(view)
        app.run()
        assert len(app.figures) >= (1 if kind == "a single layer" else 2)
        text = words(app) + str([figure["layout"] for figure in app.figures.values()])
        assert "nan" not in text.lower()
        assert bool(app.messages("error")) == (kind == "diverged")
        has_film = app.content_of("epoch_slider")[0]["hasFilm"]
        assert has_film == (view == "Layers" or kind != "a single layer")
        for told in ("falls to the left", "layer after it", "pulls them apart", "rises from"):
            assert kind != "a single layer" or told not in text
    assert ("the numbers are too good" in words(app)) == (kind == "no validation part")


def test_a_film_moves_the_points_and_ends(inside) -> None:
    app = inside("Representations")
    tab = app.test.session_state[session.TAB]
    (slider,) = app.content_of("epoch_slider")
    assert slider["hasFilm"]
    tab.epoch, tab.film = 0, session.Film(0.0, 1e9)
    app.run()
    news = tab.live_page.look()
    assert '"isOutdated":true' in news
    assert session.key_of(session.PLANE_CHART, 1) in news
    assert tab.film is None


def test_tsne_runs_on_demand_and_is_not_played(inside, monkeypatch) -> None:
    monkeypatch.setattr("experiments.exploration.tsne.STEPS", 20)
    app = inside("Representations", dataset="iris", hidden_layers="4")
    app.test.segmented_control(key=session.LAYER_MAP).set_value(TSNE)
    app.run()
    (slider,) = app.content_of("epoch_slider")
    assert not slider["hasFilm"]
    maps = layer_tsne.layer_maps_at(app.job.run, app.job.run.step)
    app.click("Run t-SNE")
    app.wait_for(lambda: app.run() and maps.fraction == 1)
    assert len(planes(app)) == 2
    assert not app.test.session_state[session.TAB].is_layer_tsne_running
    app.test.segmented_control(key=session.LAYER_MAP).set_value(PCA)
    app.run()
    assert app.content_of("epoch_slider")[0]["hasFilm"]
