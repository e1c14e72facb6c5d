"""No link brings a page down: what makes no sense in it is named, and the default taken."""

import pytest

from dashboard import session
from dashboard.settings import VIEW_CHOICES
from experiments.config import PLANE, SETTINGS, RunConfig
from experiments.setting_kinds import Count

NAMES = SETTINGS.keys() | VIEW_CHOICES.keys()
COUNTS = [name for name, setting in SETTINGS.items() if isinstance(setting, Count)]


@pytest.mark.parametrize(
    "asked",
    ["inf", "-inf", "nan", "1e999", "9" * 25, "-1", "", "\u0663", "%00", "x" * 8000, ["1", "inf"]],
    ids=lambda asked: str(asked)[:9],
)
def test_a_link_of_nonsense_opens_a_page(open_app, asked: str | list[str]) -> None:
    app = open_app(**dict.fromkeys(NAMES, asked)).go_to("explore")
    assert len(app.messages("warning") + app.messages("error")) > len(NAMES) / 3


def test_a_control_is_bound_to_the_link_once_nonsense_is_dropped(open_app) -> None:
    app = open_app(seed="inf")
    assert app.test.number_input(key="seed").proto.query_param_key == "seed"
    app.test.number_input(key="seed").set_value(7)
    assert app.run().config.seed == 7
    assert not app.messages("warning")


@pytest.mark.parametrize("name", COUNTS)
def test_an_infinite_count_is_named_and_the_default_taken(open_app, name: str) -> None:
    dataset, classes = "digits", ["3", "5"]
    if SETTINGS[name].group is PLANE:  # drawn for sets of points alone
        dataset, classes = "blobs", ["A", "C"]
    app = open_app(**{name: "inf", "dataset": dataset, "log_loss": "true", "classes": classes})
    usual = RunConfig(dataset=dataset)
    assert app.config == usual
    (notice,) = app.messages("warning")
    words = notice.replace("\\", "")
    assert words.startswith(f"The link asks for {name.replace('_', ' ')} 'inf'. The ")
    assert words.endswith(f" Used: {getattr(usual, name)}.")
    assert name not in app.test.query_params
    assert app.test.session_state[session.LOG_LOSS]
    assert app.go_to("explore").test.session_state[session.CLASSES] == classes


def test_a_part_that_is_empty_is_all(open_app) -> None:
    app = open_app(part="").go_to("explore")
    assert session.SAMPLES_CHART in app.figures
    assert "The link asks for part ''" in app.messages("warning")[0]


LISTED = ["x1,x2x2,sin-x1", ["sin-x1", "x1", "x2x2"]]


@pytest.mark.parametrize("features", LISTED, ids=["one text", "several"])
def test_features_come_with_the_link_in_one_text_or_in_several(open_app, features) -> None:
    app = open_app(dataset="moons", features=features, points="100", point_noise="0.3")
    wanted = RunConfig(dataset="moons", features=LISTED[0], points=100, point_noise=0.3)
    assert app.config == wanted
    assert not app.messages("warning")
    assert app.run().config == wanted


def test_features_that_do_not_exist_are_named_and_none_is_a_mistake(open_app) -> None:
    app = open_app(dataset="moons", features=["x1", "x3"])
    (notice,) = app.messages("warning")
    assert "There is no feature 'x3'. Choose one of: x1, x2" in notice.replace("\\", "")
    app.test.pills(key="features").set_value([])
    (problem,) = app.run().messages("error")
    assert "There must be at least one feature. Choose from: x1, x2" in problem.replace("\\", "")


def test_settings_of_points_in_a_link_to_images_change_nothing(open_app) -> None:
    app = open_app(points="3", features="magic", curve="x", label_noise="0.2")
    assert app.config == RunConfig()
    app.test.selectbox(key="dataset").set_value("xor")
    config = app.run().config
    assert (config.points, config.features) == (600, ("x1", "x2"))
    assert not app.messages("error")


def test_points_have_their_settings_below_the_dataset(open_app) -> None:
    app = open_app(dataset="blobs")
    names = [name for name, each in SETTINGS.items() if each.group is PLANE]
    controls = [*app.test.sidebar.number_input, *app.test.sidebar.slider, *app.test.sidebar.pills]
    drawn = {control.key for control in controls} & set(names)
    assert drawn == set(names) - {"curve"}
    app.test.selectbox(key="dataset").set_value("curve")
    assert app.run().test.selectbox(key="curve").value == "sine"
    app.test.number_input(key="points").set_value(99)
    app.run().test.selectbox(key="dataset").set_value("moons")
    assert (app.run().config.points, app.config.point_noise) == (99, 0.12)
    app.test.selectbox(key="dataset").set_value("digits")
    assert app.run().config == RunConfig()
