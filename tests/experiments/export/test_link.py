"""A link holds the settings that differ from the defaults, and restores all of them."""

from typing import Any
from urllib.parse import parse_qs

from hypothesis import given
from hypothesis import strategies as st

from experiments.config import SETTINGS, RunConfig, parse_field
from experiments.export.link import query_of
from experiments.setting_kinds import Choice, Count, LayerSizes, Names, Number, Switch


def test_a_link_holds_the_settings_that_differ_from_the_defaults() -> None:
    assert query_of(RunConfig()) == ""
    config = RunConfig(hidden_layers=(64, 32), seed=3)
    assert query_of(config) == "?hidden_layers=64%2C32&seed=3"
    assert query_of(RunConfig(hidden_layers=())) == "?hidden_layers=none"
    assert query_of(RunConfig(dataset="mnist")) == "?dataset=mnist"  # with its default split
    config = RunConfig(dataset="mnist", split="random", full_batch=True)
    assert query_of(config) == "?dataset=mnist&full_batch=true&split=random"
    config = RunConfig(dataset="moons", point_noise=0.2, features=("x1", "x1x2"))
    assert query_of(config) == "?dataset=moons&point_noise=0.2&features=x1&features=x1x2"


def values_of(name: str) -> st.SearchStrategy[Any]:
    match SETTINGS[name]:
        case Choice(options=options):
            return st.sampled_from(list(options))
        case Switch():
            return st.booleans()
        case Count(low=low, high=high):
            return st.integers(int(low), int(high))
        case Number(low=low, high=high, excludes_low=excludes_low):
            return st.floats(low, high, exclude_min=excludes_low)
        case LayerSizes():
            return st.lists(st.integers(1, 4096), max_size=10).map(tuple)
        case Names(options=options):
            names = list(options)
            chosen = st.sets(st.sampled_from(names), min_size=1)
            return chosen.map(lambda some: tuple(name for name in names if name in some))
    raise AssertionError(f"{name} is not tested in links")


VALUES = {name: values_of(name) for name in SETTINGS}


def test_every_setting_is_tested_in_links() -> None:
    assert VALUES.keys() == RunConfig.model_fields.keys()


@given(st.fixed_dictionaries({}, optional=VALUES))
def test_a_link_restores_the_same_settings(settings: dict[str, Any]) -> None:
    config = RunConfig.model_construct(
        **RunConfig(dataset=settings.get("dataset", "digits")).model_dump() | settings
    )  # unvalidated: any combination
    query = parse_qs(query_of(config).removeprefix("?"), strict_parsing=bool(query_of(config)))
    parsed = {field: parse_field(field, ",".join(texts)) for field, texts in query.items()}
    default = RunConfig(dataset=parsed.get("dataset", "digits")).model_dump()
    assert default | parsed == config.model_dump()
