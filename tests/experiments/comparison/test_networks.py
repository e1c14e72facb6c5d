"""Which networks are compared."""

from experiments.comparison.networks import compared_networks, configs_over_seeds, network_name
from experiments.config import RunConfig


def test_the_single_layer_is_compared_with_the_settings() -> None:
    single, other = compared_networks(RunConfig(hidden_layers=(64, 16), seed=4))
    assert (single, other) == (
        RunConfig(hidden_layers=(), seed=4),
        RunConfig(hidden_layers=(64, 16), seed=4),
    )
    assert [network_name(config) for config in (single, other)] == ["SLP", "MLP 64-16"]


def test_settings_without_a_hidden_layer_get_one_to_compare_with() -> None:
    assert [each.hidden_layers for each in compared_networks(RunConfig(hidden_layers=()))] == [
        (),
        (32,),
    ]


def test_more_networks_come_once_each() -> None:
    networks = compared_networks(RunConfig(), [(8,), (), (32,), (8, 8), (8,)])
    assert [each.hidden_layers for each in networks] == [(), (32,), (8,), (8, 8)]


def test_seeds_follow_the_one_that_is_set_and_go_round() -> None:
    configs = configs_over_seeds(compared_networks(RunConfig(seed=2**32 - 1)), 2)
    assert [each.seed for each in configs] == [2**32 - 1, 2**32 - 1, 0, 0]
    assert [bool(each.hidden_layers) for each in configs] == [False, True, False, True]
