"""What core has stored works with us, and is not changed: its user may go back."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component

from .harness.agent import ACCOUNT_ENTITIES
from .support.house import House
from .support.installed_base import CORE_VERSIONS, core_entry, entry_of_2024, registered
from .support.responses_api import FakeOpenAI


@pytest.fixture(autouse=True)
async def components(hass: HomeAssistant) -> None:
    for component in ("conversation", "intent"):
        assert await async_setup_component(hass, component, {})


async def load(hass: HomeAssistant) -> None:
    """Start the integration, as Home Assistant does after the folder was put there."""
    assert await async_setup_component(hass, "openai_conversation", {})
    await hass.async_block_till_done()


def stored(entry: MockConfigEntry) -> dict[str, Any]:
    """Return the entry as it would be written, the time of its last change included."""
    return dict(entry.as_dict())


def missing(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    """Return those of an entry's entities that cannot be used."""
    return {
        entity.entity_id
        for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        if not entity.disabled_by
        if not (state := hass.states.get(entity.entity_id)) or state.state == "unavailable"
    }


# --- version 2: an account and its parts ---


@pytest.mark.parametrize("minor_version", CORE_VERSIONS)
async def test_an_entry_of_core_stays_as_it_is(
    hass: HomeAssistant, openai: FakeOpenAI, minor_version: int
) -> None:
    entry = core_entry(hass, minor_version)
    before = stored(entry)

    await load(hass)

    assert entry.state is ConfigEntryState.LOADED
    assert stored(entry) == before


@pytest.mark.parametrize("minor_version", CORE_VERSIONS)
async def test_its_entities_and_devices_stay_as_they_are(
    hass: HomeAssistant, openai: FakeOpenAI, minor_version: int
) -> None:
    entry = core_entry(hass, minor_version)
    before = registered(hass, entry)

    await load(hass)

    after = registered(hass, entry)
    assert {key: after.get(key) for key in before} == before
    added = {key for key in after if key not in before}
    account = dr.async_get(hass).async_get_device_by_identifier(
        ("openai_conversation", entry.entry_id), entry.entry_id
    )
    assert added == {*ACCOUNT_ENTITIES, account.id}


@pytest.mark.parametrize("minor_version", CORE_VERSIONS)
async def test_its_entities_are_there(hass: HomeAssistant, openai: FakeOpenAI, minor_version: int) -> None:
    entry = core_entry(hass, minor_version)

    await load(hass)

    # this release of Home Assistant has no evaluation
    assert missing(hass, entry) == ({"ai_task.openai_evaluation"} if minor_version == 8 else set())


async def test_what_its_user_chose_stays(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    entry = core_entry(hass, 8)
    entities, devices = er.async_get(hass), dr.async_get(hass)
    agent = entities.async_update_entity(
        "conversation.openai_conversation", new_entity_id="conversation.butler", name="James", aliases=["Jim"]
    )
    devices.async_update_device(agent.device_id, name_by_user="Butler", area_id="kitchen")
    entities.async_update_entity("conversation.researcher", disabled_by=er.RegistryEntryDisabler.USER)
    before = registered(hass, entry)

    await load(hass)

    after = registered(hass, entry)
    assert {key: after.get(key) for key in before} == before
    assert hass.states.get("conversation.butler").state != "unavailable"
    assert hass.states.get("conversation.researcher") is None


async def test_its_agents_answer(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    entry = core_entry(hass, 8)
    await load(hass)
    house = House(hass, entry)

    openai.says("Good day.")
    assert (await house.hears("Hello", agent_id="conversation.openai_conversation")).speech == "Good day."
    openai.says("I have looked it up.")
    assert (await house.hears("Hello", agent_id="conversation.researcher")).speech == "I have looked it up."
    assert openai.request["model"] == "o3"


async def test_a_word_that_core_has_given_up_is_not_sent(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    """Core 2.7 turns "short" summaries into "concise" ones; older entries still say "short"."""
    entry = core_entry(hass, 6, reasoning_summary="short")
    await load(hass)
    openai.says("Good day.")

    answer = await House(hass, entry).hears("Hello", agent_id="conversation.researcher")

    assert answer.speech == "Good day."
    assert openai.request.get("reasoning", {}).get("summary") != "short"


async def test_an_entry_of_tomorrow_loads(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    entry = core_entry(hass, 9)
    before = stored(entry)

    await load(hass)

    assert entry.state is ConfigEntryState.LOADED
    assert stored(entry) == before


# --- version 1: an account is an agent ---


@pytest.mark.parametrize(
    "options",
    [
        {"recommended": True, "llm_hass_api": "assist", "prompt": "Be kind."},
        {"recommended": False, "prompt": "Be kind.", "chat_model": "gpt-4o", "max_tokens": 150, "top_p": 1.0},
        {},
    ],
    ids=["recommended", "own settings", "never configured"],
)
async def test_an_entry_of_2024_stays_as_it_is(
    hass: HomeAssistant, openai: FakeOpenAI, options: dict[str, Any]
) -> None:
    entry = entry_of_2024(hass, "ChatGPT", **options)
    before, registered_before = stored(entry), registered(hass, entry)

    await load(hass)

    assert entry.state is ConfigEntryState.LOADED
    assert missing(hass, entry) == set()
    assert stored(entry) == before
    after = registered(hass, entry)
    assert {key: after.get(key) for key in registered_before} == registered_before
    # the image is on the device of the default agent
    assert after.keys() - registered_before.keys() == ACCOUNT_ENTITIES


@pytest.mark.parametrize("by_entry", [False, True], ids=["entity id", "entry id"])
async def test_an_agent_of_2024_answers(hass: HomeAssistant, openai: FakeOpenAI, *, by_entry: bool) -> None:
    entry = entry_of_2024(hass, "Mario", recommended=True, llm_hass_api="assist", prompt="Be Mario.")
    house = House(hass, entry)
    await house.async_furnish()
    await load(hass)
    openai.says("It's-a me!")

    answer = await house.hears("Hello", agent_id=entry.entry_id if by_entry else "conversation.mario")

    assert answer.speech == "It's-a me!"
    assert "Be Mario." in str(openai.request)
    assert openai.request["tools"]


async def test_accounts_of_2024_stay_apart(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    """Core merges accounts that share a key. With us, each stays as it was, even a disabled one."""
    first = entry_of_2024(hass, "ChatGPT", recommended=True)
    second = entry_of_2024(hass, "Mario", recommended=True)
    third = entry_of_2024(hass, "Retired", disabled=True, recommended=True)
    before = [(stored(entry), registered(hass, entry)) for entry in (first, second, third)]

    await load(hass)

    assert [entry.state for entry in (first, second, third)] == [
        ConfigEntryState.LOADED,
        ConfigEntryState.LOADED,
        ConfigEntryState.NOT_LOADED,
    ]
    for entry, (entry_before, registered_before) in zip((first, second, third), before, strict=True):
        after = registered(hass, entry)
        assert stored(entry) == entry_before
        assert {key: after.get(key) for key in registered_before} == registered_before
