"""Fixtures. The language of the tests is in `tests/support`."""

from collections.abc import Iterator

from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import respx

from custom_components.openai_conversation.options.chat import RECOMMENDED_OPTIONS
from homeassistant.components import ffmpeg as ffmpeg_integration
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component

from .support.account import new_account
from .support.ffmpeg import Ffmpeg
from .support.house import House
from .support.images import HOME_URL
from .support.responses_api import FakeOpenAI


@pytest.fixture
def hass_config_dir(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give each test a configuration folder of its own: the plugin's is shared by all runs on a machine."""
    return str(tmp_path_factory.mktemp("config"))


@pytest.fixture
async def hass(hass: HomeAssistant) -> HomeAssistant:
    """Return a Home Assistant that has its core component, as every real one, and loads this checkout."""
    hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the plugin hides custom integrations
    assert await async_setup_component(hass, "homeassistant", {})
    return hass


@pytest.fixture(autouse=True)
def today() -> Iterator[TickingDateTimeFactory]:
    """Fix the date, which decides on the models, and let time pass, which timeouts need."""
    with freeze_time("2026-11-22 12:00:00+00:00", tick=True) as clock:
        yield clock


@pytest.fixture(autouse=True)
def ffmpeg(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Ffmpeg:
    """The ffmpeg of the machine. Tests must not depend on whether the one they run on has it."""
    program = Ffmpeg(tmp_path_factory.mktemp("programs") / "ffmpeg")
    monkeypatch.setattr(ffmpeg_integration, "DEFAULT_BINARY", str(program.file))
    return program


@pytest.fixture
def openai() -> Iterator[FakeOpenAI]:
    """OpenAI, as the test sets it up. A request without a prepared answer is an error."""
    with respx.mock(assert_all_called=False) as router:
        fake = FakeOpenAI(router)
        yield fake
        assert not fake.refused
        assert fake.is_done, "the test has answers that were not requested"


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """An account with the recommended agent, not loaded yet."""
    entry = new_account(options=dict(RECOMMENDED_OPTIONS))
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def talker(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """An account whose agent controls nothing, so that there is no fallback. Not loaded yet."""
    hass.config_entries.async_update_entry(entry, options={"recommended": True, "prompt": "You are nice."})
    return entry


@pytest.fixture
async def house(hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry) -> House:
    """A house with a kitchen and a bedroom light, a lock that is not exposed, and the loaded agent."""
    for component in ("conversation", "intent"):
        assert await async_setup_component(hass, component, {})
    house = House(hass, entry)
    await house.async_furnish()
    await house.async_load()
    return house


@pytest.fixture
async def gallery(hass: HomeAssistant, house: House) -> House:
    """The house, with an address of its own, so that images have one, too."""
    await async_process_ha_core_config(hass, {"internal_url": HOME_URL})
    return house
