"""Setting an entry up, and taking it down."""

import asyncio

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant

from .support.house import AGENT, House
from .support.responses_api import FakeOpenAI


async def test_it_loads_and_unloads(hass: HomeAssistant, house: House) -> None:
    assert house.entry.state is ConfigEntryState.LOADED

    assert await hass.config_entries.async_unload(house.entry.entry_id)

    assert house.entry.state is ConfigEntryState.NOT_LOADED
    assert hass.states.get(AGENT).state == "unavailable"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (httpx.Response(401, json={"error": {"code": "invalid_api_key"}}), ConfigEntryState.SETUP_ERROR),
        (httpx.ConnectError("no network"), ConfigEntryState.SETUP_RETRY),
        (httpx.ReadTimeout("no answer"), ConfigEntryState.SETUP_RETRY),
        (httpx.Response(500), ConfigEntryState.SETUP_RETRY),
        (httpx.Response(403), ConfigEntryState.LOADED),
    ],
    ids=["wrong key", "no network", "no answer", "server error", "restricted key"],
)
async def test_setup(
    hass: HomeAssistant,
    openai: FakeOpenAI,
    talker: MockConfigEntry,
    answer: httpx.Response | Exception,
    state: ConfigEntryState,
) -> None:
    openai.models.mock(side_effect=[answer])

    await hass.config_entries.async_setup(talker.entry_id)
    await hass.async_block_till_done()

    assert talker.state is state
    flows = [flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()]
    assert flows == (["reauth"] if state is ConfigEntryState.SETUP_ERROR else [])


async def test_a_server_that_cannot_be_reached_does_not_delay_the_start(
    hass: HomeAssistant, openai: FakeOpenAI, talker: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    openai.models.mock(side_effect=never)
    monkeypatch.setattr("custom_components.openai_conversation.START_TIMEOUT", 0.01)
    monkeypatch.setattr("custom_components.openai_conversation.CHECK_TIMEOUT", 3600)
    hass.set_state(CoreState.starting)

    async with asyncio.timeout(60):
        await hass.config_entries.async_setup(talker.entry_id)

    assert talker.state is ConfigEntryState.SETUP_RETRY
    assert talker.error_reason_translation_key == "timeout"


async def test_the_reason_is_a_sentence(
    hass: HomeAssistant, openai: FakeOpenAI, talker: MockConfigEntry
) -> None:
    openai.models.mock(side_effect=httpx.ConnectError("no network"))

    await hass.config_entries.async_setup(talker.entry_id)

    assert talker.error_reason_translation_key == "connection"


async def test_an_entry_without_options_has_no_agent_of_its_own(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={})

    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get(AGENT) is None


async def test_a_compatible_server_gets_the_minimal_request(
    hass: HomeAssistant, openai: FakeOpenAI, house: House
) -> None:
    address = "http://192.168.1.20:11434/v1"
    listed = {"data": [{"id": "llama", "object": "model", "created": 1, "owned_by": "me"}], "object": "list"}
    openai.router.get(f"{address}/models").respond(json=listed)
    requests = openai.also_answers_at(address)
    data = {"api_key": "any", "base_url": address, "server": "compatible"}
    hass.config_entries.async_update_entry(house.entry, data=data)
    await house.async_load(recommended=True)
    openai.says("Hello.")

    assert (await house.hears("Hi")).speech == "Hello."

    assert requests.called
    assert set(openai.request) == {"model", "instructions", "input", "max_output_tokens", "stream"}
    assert openai.request["model"] == "llama"
