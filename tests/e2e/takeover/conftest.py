"""Each life of a Home Assistant runs once, in a folder of its own. The tests check what was recorded."""

from pathlib import Path

import pytest

from tests.harness.home_assistant import HASS, HomeAssistant
from tests.harness.stand_in import StandIn

from .homes import HOME, Homes


@pytest.fixture(autouse=True)
def calm_home() -> None:
    """Leave the home of the other tests alone."""


@pytest.fixture(autouse=True)
def clean_log() -> None:
    """Leave the log of the other tests alone."""


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory, stand_in: StandIn) -> Homes:
    """Return a function that makes a Home Assistant whose OpenAI is the stand-in, with either integration."""

    def make(hass: Path = HASS) -> HomeAssistant:
        environment = {"OPENAI_BASE_URL": stand_in.base_url}
        return HomeAssistant(tmp_path_factory.mktemp("life"), home=HOME, hass=hass, environment=environment)

    return make
