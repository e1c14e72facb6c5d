"""The grid of a sweep: parsed, built and planned."""

import time

import pytest

from experiments.config import RunConfig
from experiments.sweep import grid as grid_module
from experiments.sweep.grid import MAX_RUNS, grid_configs, parse_seeds, parse_vary, plan_each


def test_settings_to_vary_are_parsed() -> None:
    assert parse_vary(["learning_rate=0.01/0.1", "hidden-layers=none/32/64,32"]) == {
        "learning_rate": [0.01, 0.1],
        "hidden_layers": [(), (32,), (64, 32)],
    }
    assert parse_vary(["shuffle=true/false", "l2=0", "l2=0.1"]) == {
        "shuffle": [True, False],
        "l2": [0.0, 0.1],
    }
    assert parse_vary([]) == {}


def test_an_invalid_value_to_vary_is_refused() -> None:
    with pytest.raises(ValueError, match=r"The learning rate must be a number above 0 .* not ''"):
        parse_vary(["learning_rate=0.1/"])
    with pytest.raises(ValueError, match=r"There is no optimizer 'magic'. Choose one of: "):
        parse_vary(["optimizer=sgd/magic"])


@pytest.mark.parametrize("text", ["", "learning_rate", "nothing=3", "=3", "learning_rate:0.1"])
def test_invalid_settings_to_vary_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=rf"^'{text}' does not say what to vary. Write a setting"):
        parse_vary([text])


def test_the_seed_cannot_be_varied() -> None:
    with pytest.raises(ValueError, match="Seeds are not varied: give them with --seeds"):
        parse_vary(["seed=1/2"])


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0-4", [0, 1, 2, 3, 4]), ("7", [7]), ("1, 5,7", [1, 5, 7]), ("3-4,1,4-5", [3, 4, 1, 5])],
)
def test_seeds_are_a_range_or_a_list(text: str, seeds: list[int]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "x", "4-1", "-1", "1-", "1..3", "0-100000", "1.5"])
def test_invalid_seeds_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=rf"'{text}' does not name seeds. Write a range such as"):
        parse_seeds(text)


def test_a_grid_has_every_combination_once() -> None:
    grid = parse_vary(["learning_rate=0.1/0.10/1e-1/0.2", "optimizer=sgd/adam"])
    configs = grid_configs({"epochs": 3}, grid, [0, 1])
    assert len(configs) == len(set(configs)) == 2 * 2 * 2
    assert {(c.learning_rate, c.optimizer, c.seed, c.epochs) for c in configs} == {
        (rate, name, seed, 3) for rate in (0.1, 0.2) for name in ("sgd", "adam") for seed in (0, 1)
    }


def test_a_grid_with_too_many_runs_is_refused_before_it_is_built() -> None:
    rates = [0.001 * i for i in range(1, 1001)]
    start = time.perf_counter()
    with pytest.raises(ValueError, match="This grid has 1,000,000,000 runs; the most is 100,000"):
        grid_configs({}, {"learning_rate": rates, "l2": rates}, range(1000))
    assert time.perf_counter() - start < 1
    assert len(grid_configs({}, {}, range(10))) == 10 <= MAX_RUNS


def test_of_thousands_of_runs_each_size_is_planned_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planned: list[RunConfig] = []
    monkeypatch.setattr(grid_module, "plan", lambda config, own: planned.append(config))
    grid = {
        "learning_rate": [0.001 * i for i in range(1, 51)],
        "hidden_layers": [(8,), (16,)],
        "batch_size": [10, 20],
    }
    configs = grid_configs({}, grid, range(25))
    start = time.perf_counter()
    plan_each(configs)
    assert len(configs) == 5000
    assert len(planned) == 4
    assert time.perf_counter() - start < 2


def test_an_invalid_batch_size_is_found_before_training() -> None:
    configs = grid_configs({}, {"batch_size": [32, 1080]}, range(3))
    with pytest.raises(ValueError, match="A batch of 1,080 is more than the 1,079 training sam"):
        plan_each(configs)
