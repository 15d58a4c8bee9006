"""A real Home Assistant in this process, with lights to control, and an agent to talk to."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
import shutil
import sys
from types import MappingProxyType
from typing import Final

from homeassistant import bootstrap
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigSubentryData
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
from homeassistant.runner import RuntimeConfig
from tests.harness import home_assistant

from .floor import FloorAgent

DOMAIN: Final = "openai_conversation"
_HOME: Final = Path(__file__).parent / "home"
_REPOSITORY: Final = Path(__file__).resolve().parents[1]
_ROOMS: Final = 10
_RECOMMENDED: Final = {"recommended": True, "llm_hass_api": ["assist"]}
_SUBENTRIES: Final = (
    ("conversation", "OpenAI Conversation", _RECOMMENDED),
    ("stt", "OpenAI STT", {}),
    ("tts", "OpenAI TTS", {"chat_model": "gpt-4o-mini-tts", "prompt": "", "model_switch": "late"}),
)
"""As the built-in integration stores them, so that both integrations load the same account. Only ours reads
`model_switch`: it keeps the speech on the API that both have."""


class Variant(StrEnum):
    """What is measured."""

    OURS = "ours"
    CORE = "core"
    FLOOR = "floor"
    """An agent that sends one request and reads its answer, with nothing around it."""


@asynccontextmanager
async def running_house(
    folder: Path, variant: Variant, *, lights: int, key: str
) -> AsyncGenerator[tuple[HomeAssistant, ConfigEntry]]:
    """Run Home Assistant in a folder, without the account: `load` adds it."""
    _prepare(folder, variant)
    hass = await bootstrap.async_setup_hass(RuntimeConfig(config_dir=str(folder), skip_pip=True))
    assert hass is not None
    assert hass.state is not CoreState.stopping
    await hass.async_start()
    _add_lights(hass, lights)
    await hass.async_block_till_done()
    try:
        yield hass, _account(key)
    finally:
        await hass.async_stop(force=True)


def _prepare(folder: Path, variant: Variant) -> None:
    """Make a home in a folder. What an earlier run has left there is removed."""
    # the integration must be found in the folder of the home only, not in this checkout
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != _REPOSITORY]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    home_assistant.HomeAssistant(folder, home=_HOME).prepare(with_integration=variant is Variant.OURS)


async def load(hass: HomeAssistant, entry: ConfigEntry, variant: Variant, base_url: str) -> str:
    """Load the account, and return the ID of its agent."""
    if variant is Variant.FLOOR:
        conversation.async_set_agent(hass, entry, FloorAgent(hass, base_url, entry.data["api_key"]))
        return entry.entry_id
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"{variant} was not loaded: {entry.state}, {entry.reason}")
    return "conversation.openai_conversation"


def _account(key: str) -> ConfigEntry:
    return ConfigEntry(
        domain=DOMAIN,
        title="ChatGPT",
        version=2,
        minor_version=8,
        data={"api_key": key},
        options={},
        source="user",
        unique_id=None,
        discovery_keys=MappingProxyType({}),
        subentries_data=[
            ConfigSubentryData(subentry_type=kind, title=title, data=data, unique_id=None)
            for kind, title, data in _SUBENTRIES
        ],
    )


def _add_lights(hass: HomeAssistant, count: int) -> None:
    """Add lights in several rooms, and expose them to Assist."""
    areas = [ar.async_get(hass).async_get_or_create(f"Room {number}") for number in range(_ROOMS)]
    for number in range(count):
        name = f"Lamp {number}"
        entity = er.async_get(hass).async_get_or_create(
            "light", "benchmark", str(number), suggested_object_id=f"lamp_{number}", original_name=name
        )
        er.async_get(hass).async_update_entity(entity.entity_id, area_id=areas[number % _ROOMS].id)
        hass.states.async_set(entity.entity_id, "off", {"friendly_name": name})
        async_expose_entity(hass, conversation.DOMAIN, entity.entity_id, should_expose=True)
