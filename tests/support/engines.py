"""Accounts with engines that hear and speak, as Home Assistant's own integration stores them."""

from collections.abc import Mapping
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.core import HomeAssistant

from ..conftest import KEY


async def async_add_engine(
    hass: HomeAssistant, kind: str, title: str, data: Mapping[str, Any], *, server: str = "openai"
) -> MockConfigEntry:
    """Load an account with nothing but an engine; the id of the engine is "engine"."""
    engine = {
        "subentry_id": "engine",
        "subentry_type": kind,
        "title": title,
        "data": dict(data),
        "unique_id": None,
    }
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="ChatGPT",
        version=2,
        minor_version=8,
        data={"api_key": KEY, "base_url": None, "server": server},
        subentries_data=[engine],
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry
