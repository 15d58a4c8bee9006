"""The sensor of the last error: which kind, when, and of what."""

from datetime import timedelta

from freezegun.api import TickingDateTimeFactory
import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_restore_cache

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations

from .support.account import async_load
from .support.house import House
from .support.images import generate_image
from .support.responses_api import FakeOpenAI

SENSOR = "sensor.chatgpt_last_error"


def last_error(hass: HomeAssistant) -> State:
    state = hass.states.get(SENSOR)
    assert state
    return state


async def test_nothing_has_gone_wrong_yet(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello.")
    await house.hears("Hi")

    assert last_error(hass).state == "none"
    assert "time" not in last_error(hass).attributes


async def test_it_names_the_last_one_of_all_work(
    hass: HomeAssistant, gallery: House, openai: FakeOpenAI, today: TickingDateTimeFactory
) -> None:
    openai.refuses(429, type="insufficient_quota")
    openai.does_not_draw(httpx.Response(500, json={}))
    openai.draws()

    await gallery.hears("Hi")
    assert last_error(hass).state == "billing"
    assert last_error(hass).attributes["purpose"] == "conversation"
    assert last_error(hass).attributes["time"].startswith("2026-11-22T12:00")
    today.tick(timedelta(hours=1))
    with pytest.raises(HomeAssistantError):
        await generate_image(gallery)
    await generate_image(gallery)

    assert last_error(hass).state == "server"
    assert last_error(hass).attributes["purpose"] == "images"
    assert last_error(hass).attributes["time"].startswith("2026-11-22T13:00")


async def test_it_outlives_a_restart(hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry) -> None:
    before = {"time": "2026-11-21T08:00:00+00:00", "purpose": "tts"}
    mock_restore_cache(hass, [State(SENSOR, "rate_limit", before)])

    await async_load(hass, entry)

    assert last_error(hass).state == "rate_limit"
    assert before.items() <= last_error(hass).attributes.items()


async def test_every_kind_has_a_name(hass: HomeAssistant, house: House) -> None:
    texts = await async_get_translations(hass, "en", "entity", ["openai_conversation"])
    path = "component.openai_conversation.entity.sensor.last_error"

    kinds = last_error(hass).attributes["options"]
    assert "timeout" in kinds
    assert all(texts[f"{path}.state.{kind}"] for kind in kinds)
