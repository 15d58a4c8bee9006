"""The monthly budget: set by people and automations, warned of, and kept."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.openai_conversation.const import DOMAIN, Purpose
from custom_components.openai_conversation.openai_api.usage import Usage
from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from .support.costs import (
    ANSWER,
    BUDGET,
    BUDGET_REACHED,
    BUDGET_USED,
    MONTH,
    async_set_budget,
    attributes,
    cost,
)
from .support.house import AGENT, TURN_ON, House
from .support.responses_api import FakeOpenAI, function_call, message, response_events
from .support.screens import configure

USED_UP = "The monthly budget of 5 dollars for OpenAI is used up."


def spend(house: House, dollars: float, purpose: Purpose = Purpose.CONVERSATION) -> None:
    """Use so much, as an answer of a model that costs a tenth of a dollar per million tokens."""
    tokens = round(dollars * 10_000_000)
    while tokens > 0:
        part = min(tokens, 200_000)
        house.entry.runtime_data.meter.async_add(purpose, Usage(model="gpt-6-luna", input_tokens=part))
        tokens -= part


def issues(hass: HomeAssistant) -> list[str]:
    return sorted(
        issue.translation_key for (domain, _), issue in ir.async_get(hass).issues.items() if domain == DOMAIN
    )


async def act(house: House, action: str) -> Any:
    data = {"config_entry": house.entry.entry_id, "prompt": "Do it."}
    return await house.hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


# --- how it is set ---


async def test_an_automation_sets_it(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    assert hass.states.get(BUDGET).state == "0.0"
    assert hass.states.get(BUDGET_USED) is hass.states.get(BUDGET_REACHED) is None

    await async_set_budget(hass, 5)

    assert hass.states.get(BUDGET).state == "5.0"
    assert hass.states.get(BUDGET_USED).state == "0.0"
    assert hass.states.get(BUDGET_REACHED).state == "off"
    assert house.entry.options["monthly_budget"] == 5


async def test_another_budget_does_not_disturb_the_agent(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_set_budget(hass, 5)
    account = house.entry.runtime_data
    spend(house, 1)

    await async_set_budget(hass, 10)

    assert house.entry.runtime_data is account
    assert hass.states.get(BUDGET_USED).state == "10.0"
    assert attributes(hass, BUDGET_USED)["left"] == 9
    for entity_id in (BUDGET_USED, BUDGET_REACHED):
        assert "estimate, not a bill" in attributes(hass, entity_id)["attribution"]


async def test_configure_sets_it(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    screen = await configure(hass, house.entry)
    assert screen.costs == {
        "monthly_budget": 0,
        "warn_at": 80,
        "budget_stops": "all_but_speech",
        "prices": [],
    }
    prices = [{"model": "gpt-5.3", "input": 2.0, "output": 10.0}]

    await screen.change(costs={"monthly_budget": 5, "warn_at": 50, "budget_stops": "all", "prices": prices})

    assert screen.type == "create_entry"
    stored = house.entry.options
    assert (stored["monthly_budget"], stored["warn_at"], stored["budget_stops"]) == (5, 50, "all")
    assert stored["prices"] == prices
    screen = await configure(hass, house.entry)
    assert screen.costs["prices"] == prices
    await screen.change(
        costs={"monthly_budget": 0, "warn_at": 80, "budget_stops": "all_but_speech", "prices": []}
    )
    assert not {"monthly_budget", "warn_at", "budget_stops", "prices"} & house.entry.options.keys()


async def test_a_change_of_the_agent_keeps_it(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await async_set_budget(hass, 5)

    screen = await configure(hass, house.entry)
    await screen.change(prompt="Be brief.")

    assert house.entry.options["monthly_budget"] == 5
    assert house.entry.options["prompt"] == "Be brief."


async def test_a_budget_makes_no_agent(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options={})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get(AGENT) is None

    await async_set_budget(hass, 5)

    assert hass.states.get(BUDGET_USED)
    assert hass.states.get(AGENT) is None


@pytest.mark.parametrize("stored", ["5", None, -1, float("nan"), True, [5], 10**9])
async def test_an_impossible_budget_is_ignored(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, stored: Any
) -> None:
    junk = {"warn_at": stored if stored != 5 else "x", "prices": stored}
    await house.async_load(recommended=True, monthly_budget=stored, **junk)

    assert hass.states.get(BUDGET).state == "0.0"
    assert hass.states.get(BUDGET_USED) is None


# --- how it is kept ---


async def test_at_the_limit_nothing_is_sent(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await async_set_budget(hass, 5)
    spend(house, 5)
    connections = openai.model.call_count

    await conversation.async_prepare_agent(hass, AGENT, "en")
    await hass.async_block_till_done(wait_background_tasks=True)
    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == f"Turned on the light. {USED_UP}"
    assert house.turned_on == ["light.kitchen"]
    assert openai.requests == []
    assert openai.model.call_count == connections


async def test_no_connection_opens_for_a_request_that_has_no_room(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_set_budget(hass, 5)
    spend(house, 4.99999)
    connections = openai.model.call_count

    await conversation.async_prepare_agent(hass, AGENT, "en")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert openai.model.call_count == connections
    assert (await house.hears("What is new?")).speech == USED_UP
    assert openai.requests == []


async def test_an_image_that_is_too_dear_is_not_the_end_of_the_budget(
    gallery: House, openai: FakeOpenAI
) -> None:
    hass = gallery.hass
    await async_set_budget(hass, 0.05)
    openai.says("Hello.")
    await gallery.hears("Hi")

    with pytest.raises(HomeAssistantError, match="monthly budget"):
        await act(gallery, "generate_image")

    assert openai.image_requests == []
    assert hass.states.get(BUDGET_REACHED).state == "off"
    assert issues(hass) == []
    openai.says("Hello.")
    assert (await gallery.hears("Hi")).speech == "Hello."


async def test_one_word_a_day_about_the_budget_is_enough(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-22 20:00:00+00:00")
    await async_set_budget(hass, 5)
    spend(house, 5)
    question = "Turn on the kitchen light"
    assert (await house.hears(question)).speech == f"Turned on the light. {USED_UP}"

    assert (await house.hears(question)).speech == "Turned on the light"
    freezer.tick(timedelta(days=1))
    assert (await house.hears(question)).speech == f"Turned on the light. {USED_UP}"
    # what nobody can answer says why, each time
    for _ in range(2):
        assert (await house.hears("What is new?")).speech == USED_UP


@pytest.mark.parametrize("action", ["generate_content", "generate_image"])
async def test_at_the_limit_actions_name_it(gallery: House, openai: FakeOpenAI, action: str) -> None:
    await async_set_budget(gallery.hass, 5)
    spend(gallery, 5)

    with pytest.raises(HomeAssistantError, match="monthly budget of 5 dollars") as refused:
        await act(gallery, action)

    assert refused.value.translation_key == "budget"
    assert openai.requests == openai.image_requests == []


async def test_a_turn_in_which_a_tool_has_run_is_finished(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_set_budget(hass, 5)
    spend(house, 4.98)  # enough for one more answer, and not for two
    call = function_call(TURN_ON, {"name": "Kitchen Light"})
    openai.answers(call, usage={"input_tokens": 200_000, "output_tokens": 0})
    openai.says("Done.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Done."
    assert house.turned_on == ["light.kitchen"]


async def test_of_fifty_turns_at_once_only_those_pass_that_fit(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    def answer_for_a_cent() -> None:
        openai.answers(message("Hello."), usage={"input_tokens": 100_000, "output_tokens": 0})

    answer_for_a_cent()
    await house.hears("What is new?")
    await async_set_budget(hass, 0.11)
    for _ in range(10):
        answer_for_a_cent()

    answers = await asyncio.gather(*(house.hears("What is new?") for _ in range(50)))

    assert Counter(answer.speech for answer in answers) == {
        "Hello.": 10,
        "The monthly budget of 0.11 dollars for OpenAI is used up.": 40,
    }
    assert cost(hass, MONTH) == pytest.approx(0.11)


async def test_it_is_not_a_failure_of_openai(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await async_set_budget(hass, 5)
    spend(house, 5)

    await house.hears("What is new?")

    health = house.entry.runtime_data.health[Purpose.CONVERSATION]
    assert (health.failing, health.failures.total()) == (None, 0)


async def test_a_higher_budget_opens_again(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await async_set_budget(hass, 5)
    spend(house, 5)
    assert (await house.hears("What is new?")).is_error
    assert hass.states.get(BUDGET_REACHED).state == "on"

    await async_set_budget(hass, 20)
    openai.says("Hello.")

    assert (await house.hears("What is new?")).speech == "Hello."
    assert hass.states.get(BUDGET_REACHED).state == "off"


@pytest.mark.parametrize("end", ["refused", "broken", "interrupted"])
async def test_however_a_question_ends_its_room_is_given_back(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, end: str
) -> None:
    openai.answers(message("Hello."), usage={"input_tokens": 100_000, "output_tokens": 0})
    await house.hears("What is new?")
    await async_set_budget(hass, 0.02)  # one more answer fits
    asked, never = asyncio.Event(), asyncio.Event()

    async def nothing() -> AsyncIterator[bytes]:
        asked.set()
        await never.wait()
        yield b""

    for _ in range(3):
        match end:
            case "refused":
                openai.refuses(400, code="invalid_prompt")
                await house.hears("What is new?")
            case "broken":
                openai.streams(response_events([message("He")])[:-3])
                await house.hears("What is new?")
            case "interrupted":
                openai.sends(nothing())
                question = asyncio.create_task(house.hears("What is new?"))
                await asked.wait()
                asked.clear()
                question.cancel()
                await asyncio.gather(question, return_exceptions=True)

    openai.says("Hello.")
    assert (await house.hears("What is new?")).speech == "Hello."


# --- how it is shown ---


async def test_at_the_mark_a_repair_appears_and_goes_away_with_the_month(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory
) -> None:
    await async_set_budget(hass, 5)
    spend(house, 3.9)
    assert issues(hass) == []

    spend(house, 0.2)
    assert issues(hass) == ["budget_warning"]
    assert hass.states.get(BUDGET_USED).state == "82.0"
    assert hass.states.get(BUDGET_REACHED).state == "off"

    spend(house, 1)
    assert issues(hass) == ["budget_limit"]
    assert hass.states.get(BUDGET_REACHED).state == "on"
    assert attributes(hass, BUDGET_REACHED)["limits"] == ["home"]

    freezer.move_to("2026-12-01 12:00:00+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert issues(hass) == []
    assert hass.states.get(BUDGET_REACHED).state == "off"
    assert cost(hass, MONTH) == 0


async def test_a_limit_of_openai_shows_in_the_same_place(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_set_budget(hass, 5)
    openai.refuses(429, code="project_spend_limit_exceeded", message="Limit.")

    answer = await house.hears("What is new?")

    assert "no credit left" in answer.speech
    assert hass.states.get(BUDGET_REACHED).state == "on"
    assert attributes(hass, BUDGET_REACHED)["limits"] == ["openai"]

    openai.says("Hello.")
    await house.hears("What is new?")
    assert hass.states.get(BUDGET_REACHED).state == "off"
    assert cost(hass, MONTH) == ANSWER


async def test_without_a_budget_its_entities_are_gone(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, entity_registry: er.EntityRegistry
) -> None:
    await async_set_budget(hass, 5)
    assert entity_registry.async_get(BUDGET_USED)

    await async_set_budget(hass, 0)

    states = [hass.states.get(each) for each in (BUDGET_USED, BUDGET_REACHED)]
    assert all(state is None or state.state == "unavailable" for state in states)
