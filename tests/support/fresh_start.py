"""Sets an account up in a fresh process, and writes down which modules are loaded then: `test_start.py`."""

import asyncio
import json
from pathlib import Path
import sys
import tempfile

from pytest_homeassistant_custom_component.common import async_test_home_assistant
import respx

from homeassistant.config_entries import ConfigEntryState
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component

from .account import add_subentry, new_account

MODELS = "https://api.openai.com/v1/models"


async def _async_loaded(folder: str) -> list[str]:
    """Return the names of the modules after the setup of an account with every kind of agent."""
    async with async_test_home_assistant(config_dir=folder) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the plugin hides custom integrations
        for component in ("homeassistant", "conversation"):
            await async_setup_component(hass, component, {})
        entry = new_account(options={"recommended": True})
        entry.add_to_hass(hass)
        for kind in ("conversation", "ai_task_data", "stt", "tts"):
            add_subentry(hass, entry, kind)
        with respx.mock() as router:
            router.get(MODELS).respond(json={"object": "list", "data": []})
            await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()
        if entry.state is not ConfigEntryState.LOADED:
            raise RuntimeError(entry.reason)
        loaded = sorted(sys.modules)
        await hass.async_stop(force=True)
        return loaded


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as config_dir:
        modules = asyncio.run(_async_loaded(config_dir))
    Path(sys.argv[1]).write_text(json.dumps(modules), encoding="utf-8")
