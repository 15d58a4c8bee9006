"""An account of OpenAI, as Home Assistant stores it."""

from typing import Any, Final

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.config_entries import ConfigSubentry, ConfigSubentryData
from homeassistant.core import HomeAssistant

KEY: Final = "sk-test-of-the-house"


def new_account(*, server: str = "openai", **more: Any) -> MockConfigEntry:
    """Return an account that is not loaded. `more`: further fields of its entry."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="ChatGPT",
        version=2,
        minor_version=8,
        data={"api_key": KEY, "base_url": None, "server": server},
        **more,
    )


async def async_load(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up an account."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def async_choose(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    """Store options of the account's default agent, as Configure does."""
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()


def add_subentry(hass: HomeAssistant, entry: MockConfigEntry, kind: str, **data: Any) -> ConfigSubentry:
    """Add a subentry to the account, as Home Assistant's built-in integration would store it."""
    made = ConfigSubentryData(data=data, subentry_type=kind, title=f"My {kind}", unique_id=None)
    subentry = ConfigSubentry(**made)
    hass.config_entries.async_add_subentry(entry, subentry)
    return subentry
