"""Accounts with a speech engine, as Home Assistant's built-in integration stores them."""

from collections.abc import Mapping
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant

from .account import async_load, new_account


async def async_add_engine(
    hass: HomeAssistant, kind: str, title: str, data: Mapping[str, Any], *, server: str = "openai"
) -> MockConfigEntry:
    """Load an account with only an engine, whose ID is "engine"."""
    engine = {
        "subentry_id": "engine",
        "subentry_type": kind,
        "title": title,
        "data": dict(data),
        "unique_id": None,
    }
    entry = new_account(server=server, subentries_data=[engine])
    entry.add_to_hass(hass)
    await async_load(hass, entry)
    return entry
