"""What diagnostics hold, and what they must not."""

from dataclasses import fields
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.options.chat import ChatOptions, ModelOptions
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from .support.account import KEY, add_subentry, async_choose, async_load
from .support.house import House
from .support.responses_api import FakeOpenAI

HIDDEN = "**REDACTED**"
PRIVATE = {
    "prompt": "You are Mario, the butler of Luigi Rossi.",
    "city": "Bologna",
    "region": "Emilia-Romagna",
    "country": "Italia",
    "timezone": "Europe/Rome",
}
SEARCHES = {"web_search": True, "user_location": True, "search_context_size": "high"}


class Diagnostics:
    """The download, as the browser gets it."""

    def __init__(self, open_client: ClientSessionGenerator) -> None:
        """Know how to log in, once everything that has an address is set up."""
        self.open_client = open_client

    async def async_download(self, entry: MockConfigEntry) -> dict[str, Any]:
        """Download the report of an entry."""
        client = await self.open_client()
        answer = await client.get(f"/api/diagnostics/config_entry/{entry.entry_id}")
        assert answer.status == 200
        return dict((await answer.json())["data"])


@pytest.fixture
async def diagnostics(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Diagnostics:
    assert await async_setup_component(hass, "diagnostics", {})
    return Diagnostics(hass_client)


async def test_it_shows_what_is_in_use(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, diagnostics: Diagnostics
) -> None:
    await async_choose(hass, entry, **PRIVATE, **SEARCHES, chat_model="gpt-4o", temperature=0.5)
    add_subentry(hass, entry, "stt", chat_model="whisper-1", prompt="Luigi's home.")
    add_subentry(hass, entry, "tts")
    await async_load(hass, entry)

    report = await diagnostics.async_download(entry)

    default, stt, tts = report["agents"]
    assert default["kind"] == "default"
    assert default["title"] == "ChatGPT"
    assert default["stored"] == {
        **dict.fromkeys(PRIVATE, HIDDEN),
        **SEARCHES,
        "chat_model": "gpt-4o",
        "temperature": 0.5,
    }
    assert default["in_use"] == {
        "chat_model": "gpt-4o",
        "shutdown": "2027-01-14",
        "max_tokens": 3000,
        "temperature": 0.5,
        "top_p": None,
        "reasoning_effort": None,
        "reasoning_summary": None,
        "pro_mode": False,
        "verbosity": None,
        "service_tier": None,
        "store_responses": False,
        "code_interpreter": False,
        "web_search": {"context_size": "high", "has_location": True},
    }
    assert stt["stored"] == {"chat_model": "whisper-1", "prompt": HIDDEN}
    assert stt["in_use"] == {"chat_model": "whisper-1", "shutdown": "2027-02-26"}
    assert (tts["kind"], tts["title"]) == ("tts", "My tts")
    assert tts["in_use"] == {"chat_model": "gpt-realtime-2.1-mini", "shutdown": None}


async def test_no_option_is_forgotten(house: House, openai: FakeOpenAI, diagnostics: Diagnostics) -> None:
    chosen = {
        "chat_model": "gpt-6-luna",
        "max_tokens": 500,
        "reasoning_effort": "none",
        "temperature": 0.5,
        "top_p": 0.9,
        "reasoning_summary": "auto",
        "pro_mode": True,
        "verbosity": "high",
        "service_tier": "flex",
        "store_responses": True,
        "web_search": True,
        "code_interpreter": True,
    }
    others = {
        "llm_hass_api": ["assist"],
        "plain_speech": False,
        "on_failure": "say",
        "keep_listening": "never",
        "remember_turns": 20,
        "image_model": "gpt-image-2",
    }
    await house.async_load(**chosen, **others, recommended=False)

    (default,) = (await diagnostics.async_download(house.entry))["agents"]

    in_use = {**default["in_use"], "web_search": bool(default["in_use"]["web_search"])}
    of_the_model = [option.name for option in fields(ModelOptions)]
    assert [name for name in of_the_model if name not in chosen or in_use[name] != chosen[name]] == []
    shown = {name for name, value in default["stored"].items() if value != HIDDEN}
    assert {option.name for option in fields(ChatOptions)} - shown == {"prompt", "is_spoken_to"}


async def test_it_shows_the_account(house: House, openai: FakeOpenAI, diagnostics: Diagnostics) -> None:
    report = await diagnostics.async_download(house.entry)

    assert report["entry"] == {
        "version": "2.8",
        "state": "loaded",
        "reason": None,
        "server": "openai",
        "address": "OpenAI",
    }
    assert report["listed_models"] == len(openai.offered)
    assert report["images"] == 0


async def test_it_shows_successes_and_failures(
    house: House, openai: FakeOpenAI, diagnostics: Diagnostics
) -> None:
    openai.says("Hello.")
    await house.hears("What is new?")
    openai.refuses(401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}")
    await house.hears("What is new?")

    health = (await diagnostics.async_download(house.entry))["health"]["conversation"]

    assert health["successes"] == 1
    assert health["failures"] == {"auth": 1}
    assert health["failing"] == "auth"
    assert health["last_failure"]["at"].startswith("2026-11-22T12:00:")
    assert health["last_failure"]["kind"] == "auth"
    assert health["last_failure"]["request_id"] == "req_1"
    assert health["last_failure"]["detail"] == "401 invalid_api_key"


async def test_it_shows_nothing_private(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, diagnostics: Diagnostics
) -> None:
    await house.async_load(**PRIVATE, **SEARCHES, chat_model="gpt-6-luna", something_of_2030="Peach")
    add_subentry(hass, house.entry, "conversation", prompt="You are Toad.", recommended=True)
    await hass.async_block_till_done()
    words = f"{KEY}: no place {PRIVATE['city']}, '{PRIVATE['prompt']}', 'You are Toad.'"
    openai.refuses(400, code="invalid_value", message=words)
    await house.hears("What is new?")

    report = await diagnostics.async_download(house.entry)

    text = json.dumps(report)
    for private in (KEY, *PRIVATE.values(), "Mario", "Toad", "Peach"):
        assert private not in text
    detail = report["health"]["conversation"]["last_failure"]["detail"]
    assert detail == f"400 invalid_value …: no place {HIDDEN}, '{HIDDEN}', '{HIDDEN}'"


async def test_a_private_address_is_hidden(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, diagnostics: Diagnostics
) -> None:
    address = "http://nas.rossi.lan:11434/v1"
    openai.router.get(f"{address}/models").respond(404)
    openai.also_answers_at(address)
    data = {"api_key": "pass-of-luigi", "base_url": address, "server": "compatible"}
    hass.config_entries.async_update_entry(house.entry, data=data)
    await house.async_load(recommended=True)
    openai.breaks(httpx.ConnectError(f"{address} refuses pass-of-luigi, nas.rossi.lan"))
    await house.hears("What is new?")

    report = await diagnostics.async_download(house.entry)

    assert (report["entry"]["server"], report["entry"]["address"]) == ("compatible", "other")
    last = report["health"]["conversation"]["last_failure"]
    assert last["detail"] == f"ConnectError: {HIDDEN} refuses …, {HIDDEN}"
    assert "rossi" not in json.dumps(report)
    assert "luigi" not in json.dumps(report)


async def test_an_azure_address_is_shown_as_azure(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, diagnostics: Diagnostics
) -> None:
    address = "https://rossi.openai.azure.com/openai/v1"
    openai.router.get(f"{address}/models").respond(403)
    hass.config_entries.async_update_entry(entry, data={**entry.data, "base_url": address})
    await async_load(hass, entry)

    report = await diagnostics.async_download(entry)

    assert report["entry"]["address"] == "Azure"
    assert "rossi" not in json.dumps(report)


async def test_an_account_that_is_not_loaded_has_diagnostics_too(
    hass: HomeAssistant, openai: FakeOpenAI, talker: MockConfigEntry, diagnostics: Diagnostics
) -> None:
    openai.models.mock(side_effect=httpx.ConnectError("no network"))
    await hass.config_entries.async_setup(talker.entry_id)

    report = await diagnostics.async_download(talker)

    assert report["entry"]["state"] == "setup_retry"
    assert report["entry"]["reason"] == "connection"
    assert report["listed_models"] is None
    assert report["health"] == {}
    assert [(agent["kind"], agent["in_use"]) for agent in report["agents"]] == [("default", None)]
    assert KEY not in json.dumps(report)


async def test_images_are_counted(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, diagnostics: Diagnostics, tmp_path: Path
) -> None:
    hass.config.internal_url = "http://192.168.1.10:8123"
    openai.draws()
    data = {"config_entry": house.entry.entry_id, "prompt": "Princess Peach"}
    await hass.services.async_call(DOMAIN, "generate_image", data, blocking=True, return_response=True)

    report = await diagnostics.async_download(house.entry)

    assert report["images"] == 1
    assert "Peach" not in json.dumps(report)
