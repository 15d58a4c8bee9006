"""The repair of instructions that change with every question."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..support.account import add_subentry
from ..support.house import House
from ..support.responses_api import FakeOpenAI, message

CLOCK = "It is {{ now().strftime('%H:%M') }} o'`clock`."
STORY = "You have seen everything. " * 2_000
UNCACHED = {"input_tokens": 14_000, "output_tokens": 10}


@pytest.fixture(autouse=True)
async def instructions(house: House) -> None:
    """Have long instructions with a clock in them, for a model whose price is felt."""
    await house.async_load(
        recommended=False, chat_model="gpt-6-sol", prompt=f"You are kind.\n{CLOCK}\n{STORY}"
    )


async def ask(
    house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory, times: int, **said: Any
) -> None:
    for _ in range(times):
        freezer.tick(timedelta(minutes=1))
        openai.answers(message("Hello."), usage=UNCACHED)
        await house.hears("Hi", **said)


def issue(hass: HomeAssistant, agent_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"changing_prompt_{agent_id}")


async def test_it_names_the_line_and_what_it_costs(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-22 12:00:00+00:00")
    await ask(house, openai, freezer, 3)
    assert issue(hass, house.entry.entry_id) is None

    await ask(house, openai, freezer, 1)

    found = issue(hass, house.entry.entry_id)
    assert found.translation_key == "changing_prompt"
    assert found.translation_placeholders["name"] == "ChatGPT"
    # as Markdown code can show it
    assert found.translation_placeholders["line"].endswith(":04 o''clock'.")
    # three times a day, about 13,000 tokens are written for 2.50 and not read for 0.20 dollars a million
    assert 2.5 < float(found.translation_placeholders["dollars"]) < 3


async def test_it_goes_away_when_the_instructions_stay_the_same(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory
) -> None:
    await ask(house, openai, freezer, 4)
    assert issue(hass, house.entry.entry_id)

    await house.async_load(recommended=False, chat_model="gpt-6-sol", prompt=STORY)
    await ask(house, openai, freezer, 9)
    assert issue(hass, house.entry.entry_id)
    await ask(house, openai, freezer, 2)

    assert issue(hass, house.entry.entry_id) is None


async def test_it_goes_away_with_its_agent(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory
) -> None:
    options = dict(house.entry.options)
    agent = add_subentry(hass, house.entry, "conversation", **options)
    await hass.async_block_till_done()
    await ask(house, openai, freezer, 4, agent_id="conversation.my_conversation")
    assert issue(hass, agent.subentry_id)
    assert issue(hass, house.entry.entry_id) is None

    hass.config_entries.async_remove_subentry(house.entry, agent.subentry_id)
    await hass.async_block_till_done()

    assert issue(hass, agent.subentry_id) is None
