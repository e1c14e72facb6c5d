import pytest

from experiments.comparison.networks import compared_networks
from experiments.config import RunConfig
from experiments.training.run import Run
from tests.runs import trained


@pytest.fixture(scope="module")
def pair() -> list[Run]:
    return [trained(config) for config in compared_networks(RunConfig(epochs=12))]
