"""The Explore page."""

import json


def charts(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.test.get("plotly_chart")]


def captions(app) -> list[str]:
    return [note["text"] for note in charts(app)[0]["layout"]["annotations"]]


def test_the_page_shows_samples_and_the_class_balance(open_app) -> None:
    app = open_app().go_to("explore")
    assert app.metrics == {
        "Samples": "1,797",
        "Classes": "10",
        "Pixels": "8 × 8",
        "For training": "1,079",
    }
    assert len(captions(app)) == 64
    bars = charts(app)[1]["data"]
    assert [bar["name"] for bar in bars] == ["training (1,079)", "validation (359)", "test (359)"]


def test_classes_can_be_chosen(open_app) -> None:
    app = open_app().go_to("explore")
    app.test.pills[0].set_value(["3", "7"])
    app.run()
    assert set(captions(app)) == {"3", "7"}


def test_a_part_can_be_chosen(open_app) -> None:
    app = open_app().go_to("explore")
    everything = captions(app)
    app.test.segmented_control[0].set_value("test")
    app.run()
    assert captions(app) != everything


def test_an_empty_part_gives_an_empty_grid_and_no_error(open_app) -> None:
    app = open_app(test_fraction="0").go_to("explore")
    app.test.segmented_control[0].set_value("test")
    app.run()
    assert charts(app)[0]["layout"]["title"]["text"].startswith("Samples")


def test_shuffle_shows_others(open_app) -> None:
    app = open_app().go_to("explore")
    before = captions(app)
    assert captions(app.click("Shuffle")) != before


def test_the_split_follows_the_settings(open_app) -> None:
    app = open_app(test_fraction="0.4").go_to("explore")
    assert app.metrics["For training"] == "719"


def test_bad_settings_are_said_here_too_and_the_page_still_works(open_app) -> None:
    app = open_app().go_to("explore")
    app.test.text_input(key="hidden_layers").set_value("x")
    app.run()
    assert app.messages("error")
    assert len(captions(app)) == 64
