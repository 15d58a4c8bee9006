"""The button *Test*: what it asks, and what it shows."""

from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .support.account import async_choose
from .support.house import House
from .support.responses_api import FakeOpenAI

BUTTON = "button.chatgpt_test"
ID = "persistent_notification"


async def press(hass: HomeAssistant) -> None:
    await hass.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)


def notifications(hass: HomeAssistant) -> list[dict[str, Any]]:
    return list(hass.data[ID].values())


async def test_it_asks_one_tiny_question_and_says_how_long_it_took(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_choose(
        hass, house.entry, chat_model="gpt-6.1-terra", web_search=True, llm_hass_api=["assist"]
    )
    openai.says("OK")

    await press(hass)

    assert len(openai.requests) == 1
    assert openai.request["model"] == "gpt-6.1-terra"
    assert "tools" not in openai.request
    [notification] = notifications(hass)
    assert notification["title"] == "Test of ChatGPT"
    assert "gpt-6.1-terra answers" in notification["message"]
    assert " ms." in notification["message"]


async def test_a_failure_is_the_buttons_error_and_takes_an_old_result_away(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    openai.says("OK")
    openai.refuses(401, code="invalid_api_key")
    await press(hass)

    with pytest.raises(HomeAssistantError) as failed:
        await press(hass)
    await hass.async_block_till_done()

    assert failed.value.translation_key == "auth"
    assert notifications(hass) == []
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


async def test_an_account_without_an_agent_can_be_tested(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_choose(hass, house.entry)
    openai.says("OK")

    await press(hass)

    assert openai.request["model"] == "gpt-6-luna"


async def test_a_success_resolves_what_it_disproves(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    openai.refuses(429, type="insufficient_quota")
    openai.says("OK")
    await house.hears("What is new?")
    assert ir.async_get(hass).issues

    await press(hass)

    assert ir.async_get(hass).issues == {}
