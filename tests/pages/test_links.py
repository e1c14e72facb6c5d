"""No link brings a page down: what makes no sense in it is named, and the default taken."""

import pytest

from dashboard import session
from dashboard.settings import VIEW_CHOICES
from experiments.config import SETTINGS, RunConfig
from experiments.setting_kinds import Count

NAMES = SETTINGS.keys() | VIEW_CHOICES.keys()
COUNTS = [name for name, setting in SETTINGS.items() if isinstance(setting, Count)]


@pytest.mark.parametrize(
    "asked",
    ["inf", "-inf", "nan", "1e999", "9" * 25, "-1", "", "\u0663", "%00", "x" * 9999, ["1", "inf"]],
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
    app = open_app(**{name: "inf", "log_loss": "true", "classes": ["3", "5"]})
    assert app.config == RunConfig()
    (notice,) = app.messages("warning")
    words = notice.replace("\\", "")
    assert words.startswith(f"The link asks for {name.replace('_', ' ')} 'inf'. The ")
    assert words.endswith(f" Used: {getattr(RunConfig(), name)}.")
    assert name not in app.test.query_params
    assert app.test.session_state[session.LOG_LOSS]
    assert app.go_to("explore").test.session_state[session.CLASSES] == ["3", "5"]


def test_a_part_that_is_empty_is_all(open_app) -> None:
    app = open_app(part="").go_to("explore")
    assert session.SAMPLES_CHART in app.figures
    assert "The link asks for part ''" in app.messages("warning")[0]
