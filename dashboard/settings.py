"""What the sidebar and the pages share of the settings."""

from typing import Any

from dashboard import session
from dashboard.play_paces import PLAY_PACES
from dashboard.training_speed import PACES
from data.split import Split
from experiments.config import DATASET_SETTINGS, SETTINGS, RunConfig, default_of

PARTS = ("all", *Split._fields)  # of the split, as the Explore page filters by them

LEARNING_RATES = [float(f"{digit}e{power}") for power in range(-5, 3) for digit in (1, 2, 3, 5)]
LEARNING_RATES.append(1000.0)  # steps of about a half, over eight powers of ten

VIEW_CHOICES: dict[str, tuple[str, ...]] = {  # in the link, but not part of a run
    session.PACE: PACES,
    session.LOG_LOSS: ("true", "false"),
    session.PART: PARTS,
    "view": ("projector",),
    session.CLASSES: (),  # depend on the dataset
    session.PLAY_PACE: tuple(PLAY_PACES),
    session.PLACED: (),  # points placed by hand
    session.DIFFERS: (),  # the setting in which a second network differs, and its value
}


def apply(config: RunConfig) -> None:
    """Set all settings to those of a config; call it before they are drawn."""
    for field, value in config.model_dump().items():
        session.set_value(field, control_value(field, value))
    session.forget_notices()


def control_value(field: str, value: Any) -> Any:
    """Return the value of a setting as its control holds it."""
    if field == "hidden_layers":
        return ", ".join(map(str, value))
    return list(value) if isinstance(value, tuple) else value


def learning_rate_stops(learning_rate: float) -> dict[float, str]:
    """Return the stops of a slider for the learning rate, this one among them, as written."""
    return {
        rate: f"{rate:.10f}".rstrip("0").rstrip(".")
        for rate in sorted({*LEARNING_RATES, learning_rate})
    }


def change_dataset() -> None:
    """Take the defaults of another dataset; other settings that the reader has changed stay."""
    session.forget_notices()
    before, after, own = session.config().dataset, session.value("dataset"), session.own()
    for name in SETTINGS.keys() - {"dataset"}:
        is_as_it_was = session.value(name) == control_value(name, default_of(name, before, own))
        if name in DATASET_SETTINGS or is_as_it_was:
            session.set_value(name, control_value(name, default_of(name, after, own)))
