"""Sets an account up in a fresh process, takes a turn, and writes down what that loads: `test_start.py`."""

import asyncio
import json
import logging
from pathlib import Path
import sys
import tempfile
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant
import respx

from homeassistant import block_async_io
from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component

from .account import add_subentry, new_account

API = "https://api.openai.com/v1"
ANSWER = {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Hello."}]}]}


class Complaints(logging.Handler):
    """What Home Assistant says about blocking calls in its event loop."""

    def __init__(self) -> None:
        """Have heard nothing yet."""
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a complaint."""
        if "blocking call" in record.getMessage():
            self.heard.append(record.getMessage())


async def _async_start(folder: str) -> dict[str, Any]:
    """Set up an account with every kind of agent, and talk to it."""
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    block_async_io.enable()
    async with async_test_home_assistant(config_dir=folder) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the plugin hides custom integrations
        for component in ("homeassistant", "conversation"):
            await async_setup_component(hass, component, {})
        entry = new_account(options={"recommended": True})
        entry.add_to_hass(hass)
        for kind in ("conversation", "ai_task_data", "stt", "tts"):
            add_subentry(hass, entry, kind)
        with respx.mock() as router:
            router.get(f"{API}/models").respond(json={"object": "list", "data": []})
            router.post(f"{API}/responses").respond(
                json={"object": "response", "status": "completed", **ANSWER}
            )
            await _async_set_up(hass, entry)
            at_start = sorted(sys.modules)
            answer = await _async_talk(hass, entry)
        result = {
            "at_start": at_start,
            "by_first_turn": sorted(sys.modules.keys() - set(at_start)),
            "answer": answer,
            "complaints": complaints.heard,
        }
        await hass.async_stop(force=True)
        return result


async def _async_set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(entry.reason)


async def _async_talk(hass: HomeAssistant, entry: MockConfigEntry) -> str:
    result = await conversation.async_converse(hass, "Hi", None, Context(), "en", entry.entry_id)
    text: str = result.response.speech["plain"]["speech"]
    return text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as config_dir:
        result = asyncio.run(_async_start(config_dir))
    Path(sys.argv[1]).write_text(json.dumps(result), encoding="utf-8")
