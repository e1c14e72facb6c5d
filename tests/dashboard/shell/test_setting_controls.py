from dashboard.shell.setting_controls import CONTROLS
from experiments.config import SETTINGS


def test_every_kind_of_setting_has_a_control() -> None:
    assert {type(setting) for setting in SETTINGS.values()} == CONTROLS.keys()
