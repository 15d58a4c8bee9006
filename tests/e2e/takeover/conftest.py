"""Each life of a Home Assistant is lived once, in a folder of its own; the tests look at what was seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.harness.home_assistant import HASS, HomeAssistant
from tests.harness.stand_in import StandIn

_HOME: Final = Path(__file__).resolve().parent / "home"

type Homes = Callable[..., HomeAssistant]


@pytest.fixture(autouse=True)
def calm_home() -> None:
    """Leave the home of the other tests alone."""


@pytest.fixture(autouse=True)
def clean_log() -> None:
    """Leave the log of the other tests alone."""


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory, stand_in: StandIn) -> Homes:
    """Return what makes a Home Assistant for which the stand-in is OpenAI, whichever integration it has."""

    def make(hass: Path = HASS) -> HomeAssistant:
        environment = {"OPENAI_BASE_URL": stand_in.base_url}
        return HomeAssistant(tmp_path_factory.mktemp("life"), home=_HOME, hass=hass, environment=environment)

    return make
