"""A change of the options applies from the next request on: no entity goes away, and nobody is cut off."""

from collections.abc import AsyncIterator

import pytest

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.support.account import add_subentry, async_choose
from tests.support.house import AGENT, House
from tests.support.response_items import message, response_events, sse
from tests.support.responses_api import FakeOpenAI
from tests.support.screens import configure


@pytest.fixture
def gone(hass: HomeAssistant) -> set[str]:
    """The entities that were unavailable at any time."""
    entities: set[str] = set()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (state := event.data["new_state"]) and state.state == "unavailable":
            entities.add(event.data["entity_id"])

    hass.bus.async_listen("state_changed", note)
    return entities


async def test_the_next_request_has_the_new_options(house: House, openai: FakeOpenAI, gone: set[str]) -> None:
    await house.async_load(recommended=False, chat_model="gpt-6.1-sol")
    gone.clear()
    runtime = house.entry.runtime_data

    form = await configure(house.hass, house.entry)
    await form.change(chat_model="gpt-6.1-terra", prompt="You are Mario.")
    openai.says("It's-a me!")
    await house.hears("Who are you?")

    assert openai.request["model"] == "gpt-6.1-terra"
    assert "You are Mario." in openai.request["instructions"]
    assert gone == set()
    assert house.entry.runtime_data is runtime
    entity = er.async_get(house.hass).async_get(AGENT)
    assert entity
    device = dr.async_get(house.hass).async_get(entity.device_id or "")
    assert device
    assert device.model == "gpt-6.1-terra"


async def test_an_answer_under_way_is_not_cut(house: House, openai: FakeOpenAI, gone: set[str]) -> None:
    async def change_in_between() -> AsyncIterator[bytes]:
        first, *rest = response_events([message("Once upon a time.")])
        yield sse([first])
        options = {**house.entry.options, "prompt": "Be brief."}
        house.hass.config_entries.async_update_entry(house.entry, options=options)
        yield sse(rest)

    await house.async_load()
    gone.clear()
    openai.sends(change_in_between())

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."
    assert gone == set()


async def test_whether_an_agent_may_control_the_house_is_known_at_once(house: House, gone: set[str]) -> None:
    await house.async_load(llm_hass_api=["assist"])
    gone.clear()
    assert house.hass.states.get(AGENT).attributes["supported_features"] == 1

    await async_choose(house.hass, house.entry, llm_hass_api=[])

    assert house.hass.states.get(AGENT).attributes["supported_features"] == 0
    assert gone == set()


async def test_a_parameter_that_was_refused_is_sent_with_its_new_value(
    house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=False, chat_model="gpt-6.1-sol", verbosity="high")
    house.entry.runtime_data.refused_params[house.entry.entry_id, "gpt-6.1-sol"].add("text.verbosity")

    await async_choose(house.hass, house.entry, chat_model="gpt-6.1-sol", verbosity="low")
    openai.says("Hi.")
    await house.hears("Hello")

    assert openai.request["text"]["verbosity"] == "low"


async def test_a_new_agent_and_a_new_name_need_a_reload(house: House, openai: FakeOpenAI) -> None:
    await house.async_load()
    runtime = house.entry.runtime_data

    add_subentry(house.hass, house.entry, "stt")
    await house.hass.async_block_till_done()

    assert house.entry.runtime_data is not runtime
    assert house.hass.states.get("stt.my_stt")
