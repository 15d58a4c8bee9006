"""What Configure says about a question: what the agent reads for it, and what that costs."""

from typing import Any

import pytest

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant

from ..support.account import add_subentry
from ..support.house import House
from ..support.responses_api import FakeOpenAI
from ..support.screens import add, configure, edit


def tokens(texts: dict[str, str]) -> int:
    return int(texts["tokens"].replace(",", ""))


async def test_what_is_exposed_counts(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    before = (await configure(hass, house.entry)).texts
    async_expose_entity(hass, conversation.DOMAIN, "lock.front_door", should_expose=True)

    after = (await configure(hass, house.entry)).texts

    assert (before["entities"], after["entities"]) == ("2", "3")
    assert tokens(before) < tokens(after)
    assert after["expose_url"] == "/config/voice-assistants/expose"


async def test_it_is_near_what_is_sent(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    shown = tokens((await configure(hass, house.entry)).texts)
    openai.says("Hello.")

    await house.hears("Hi")

    body = openai.requests[0]
    characters = len(body["instructions"]) + len(str(body["tools"]))
    assert shown == pytest.approx(characters / 4, rel=0.2)


async def test_without_assist_the_agent_sees_nothing(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    seeing = (await configure(hass, house.entry)).texts
    await house.async_load(recommended=True)

    texts = (await configure(hass, house.entry)).texts

    assert texts["entities"] == "0"
    assert tokens(texts) < tokens(seeing) / 4


@pytest.mark.parametrize(
    "options, dollars",
    [
        ({"recommended": True}, "0.0002"),  # 2,000 tokens at 0.10, and 50 at 0.50 dollars a million
        ({"recommended": True, "chat_model": "gpt-6-sol"}, "0.0002"),
        ({"chat_model": "gpt-6-sol"}, "0.0045"),  # at 2 and 10
        ({"chat_model": "gpt-6-sol", "service_tier": "priority"}, "0.0090"),
        ({"chat_model": "gpt-5.3"}, "?"),
        ({"recommended": True, "prices": [{"model": "gpt-6-luna", "input": 100}]}, "0.2000"),
    ],
)
async def test_what_it_costs(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, options: dict[str, Any], dollars: str
) -> None:
    await house.async_load(prompt="a" * 8_000, **options)

    assert (await configure(hass, house.entry)).texts["dollars"] == dollars


async def test_other_agents_say_it_too(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    agent = add_subentry(hass, house.entry, "conversation", recommended=True, llm_hass_api=["assist"])
    await hass.async_block_till_done()

    for screen in (
        await add(hass, house.entry, "conversation"),
        await edit(hass, house.entry, agent.subentry_id),
    ):
        assert screen.texts["entities"] == "2"
    assert "entities" not in (await add(hass, house.entry, "ai_task_data")).texts


async def test_an_api_that_breaks_does_not_break_the_form(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    await house.async_load(recommended=True, llm_hass_api=["assist", "gone"])

    screen = await configure(hass, house.entry)

    assert screen.type == "form"
    assert screen.texts["entities"] == "2"
