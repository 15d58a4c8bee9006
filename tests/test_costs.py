"""What an account uses and costs: counted from every kind of request, shown by sensors."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.openai_conversation.const import DOMAIN, Purpose
from custom_components.openai_conversation.openai_api.usage import Usage
from homeassistant.components import stt, tts
from homeassistant.components.tts.entity import TTSAudioRequest
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.template import Template
from homeassistant.util import dt as dt_util
from homeassistant.util.yaml import parse_yaml

from .support.account import async_load, new_account
from .support.costs import (
    ANSWER,
    BUDGET,
    BUDGET_REACHED,
    BUDGET_USED,
    MONTH,
    TODAY,
    async_set_budget,
    attributes,
    cost,
)
from .support.house import TURN_ON, House
from .support.responses_api import FakeOpenAI, message, response_events, sse

COSTS = Path(__file__).parents[1] / "docs" / "costs.md"
SECOND = b"\x01\x00" * 16_000
TASKS = "ai_task.openai_ai_task"
IMAGE_USAGE = {
    "input_tokens": 50,
    "input_tokens_details": {"text_tokens": 50, "image_tokens": 0},
    "output_tokens": 1_000,
    "total_tokens": 1_050,
}


def part(kind: str, title: str, **data: Any) -> dict[str, Any]:
    return {"subentry_type": kind, "title": title, "data": data, "unique_id": None}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """An account with an agent, and with everything else that it can be used for."""
    entry = new_account(
        options={"recommended": True, "llm_hass_api": ["assist"]},
        subentries_data=[
            part("ai_task_data", "OpenAI AI Task", recommended=True),
            part("stt", "OpenAI STT"),
            part("tts", "OpenAI TTS", chat_model="gpt-4o-mini-tts", prompt="", model_switch="late"),
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def do_task(hass: HomeAssistant, action: str = "generate_data", **fields: Any) -> dict[str, Any]:
    data = {"entity_id": TASKS, "task_name": "A task", "instructions": "Do it.", **fields}
    return await hass.services.async_call("ai_task", action, data, blocking=True, return_response=True)


async def act(house: House, action: str, **fields: Any) -> dict[str, Any]:
    data = {"config_entry": house.entry.entry_id, "prompt": "Do it.", **fields}
    return await house.hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def listen(hass: HomeAssistant, seconds: int) -> stt.SpeechResult:
    async def microphone() -> AsyncIterator[bytes]:
        yield SECOND * seconds

    metadata = stt.SpeechMetadata(
        language="en-US",
        format=stt.AudioFormats.WAV,
        codec=stt.AudioCodecs.PCM,
        bit_rate=stt.AudioBitRates.BITRATE_16,
        sample_rate=stt.AudioSampleRates.SAMPLERATE_16000,
        channel=stt.AudioChannels.CHANNEL_MONO,
    )
    engine = stt.async_get_speech_to_text_engine(hass, "stt.openai_stt")
    return await engine.internal_async_process_audio_stream(metadata, microphone())


async def read(hass: HomeAssistant, text: str, **chosen: Any) -> bytes:
    async def written() -> AsyncIterator[str]:
        yield text

    engine = tts.get_engine_instance(hass, "tts.openai_tts")
    _language, options = hass.data["tts_manager"].process_options(engine, None, chosen)
    answer = await engine.internal_async_stream_tts_audio(TTSAudioRequest("en-US", options, written()))
    return b"".join([chunk async for chunk in answer.data_gen])


# --- what is counted ---


async def test_a_conversation(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("Done.")

    await house.hears("Turn on the kitchen light")

    assert cost(house.hass) == cost(house.hass, MONTH) == 2 * ANSWER
    assert attributes(house.hass)["by_purpose"] == {"conversation": 2 * ANSWER}
    assert attributes(house.hass)["by_model"] == {"gpt-6-luna": 2 * ANSWER}


async def test_a_search_on_the_web(house: House, openai: FakeOpenAI) -> None:
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search"}}
    openai.answers(search, message("It rains."))

    await house.hears("What is the weather?")

    assert cost(house.hass) == pytest.approx(0.01 + ANSWER)


async def test_the_tier_that_was_used_decides(house: House, openai: FakeOpenAI) -> None:
    openai.answers(message("Hello."), service_tier="priority")

    await house.hears("Hi")

    assert cost(house.hass) == 0.000013


async def test_a_task(house: House, openai: FakeOpenAI) -> None:
    openai.says("A text.")

    answer = await do_task(house.hass)

    assert answer["data"] == "A text."
    assert answer["usage"] == {"input_tokens": 120, "cached_tokens": 100, "output_tokens": 7}
    assert answer["cost"] == cost(house.hass) == ANSWER
    assert attributes(house.hass)["by_purpose"] == {"tasks": ANSWER}


async def test_a_text(house: House, openai: FakeOpenAI) -> None:
    openai.says("A text.")

    answer = await act(house, "generate_content")

    assert answer == {
        "text": "A text.",
        "usage": {"input_tokens": 120, "cached_tokens": 100, "output_tokens": 7},
        "cost": ANSWER,
    }
    assert attributes(house.hass)["by_purpose"] == {"tasks": ANSWER}


async def test_an_image(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws(usage=IMAGE_USAGE)

    answer = await act(gallery, "generate_image")

    price = 50 * 5 / 1_000_000 + 1_000 * 30 / 1_000_000
    assert answer["cost"] == cost(gallery.hass) == price == 0.03025
    assert attributes(gallery.hass)["by_purpose"] == {"images": price}
    assert attributes(gallery.hass)["by_model"] == {"gpt-image-2.5-sunburst": price}


async def test_an_image_of_a_task(gallery: House, openai: FakeOpenAI, tmp_path: Any) -> None:
    gallery.hass.config.media_dirs = {"local": str(tmp_path)}
    openai.draws(usage=IMAGE_USAGE)

    answer = await do_task(gallery.hass, "generate_image")

    assert answer["cost"] == cost(gallery.hass) == 0.03025
    assert answer["usage"] == {"input_tokens": 50, "cached_tokens": 0, "output_tokens": 1_000}


async def test_an_image_that_cannot_be_read_is_counted(gallery: House, openai: FakeOpenAI) -> None:
    openai.draws(b"no image", usage=IMAGE_USAGE)

    with pytest.raises(Exception, match="no image"):
        await act(gallery, "generate_image")

    assert cost(gallery.hass) == 0.03025


async def test_speech_to_text_by_the_length_of_what_was_said(house: House, openai: FakeOpenAI) -> None:
    openai.hears("Turn on the light.")

    await listen(house.hass, 4)

    assert cost(house.hass) == 0.0003  # 4 seconds for 0.0045 dollars a minute
    assert attributes(house.hass)["by_purpose"] == {"stt": 0.0003}


async def test_text_to_speech_by_what_is_read(house: House, openai: FakeOpenAI) -> None:
    openai.speaks(b"\0audio")

    await read(house.hass, "The light is on, my dear.")

    # 25 characters: 1.56 seconds of speech for 0.0144 dollars a minute, and 6 tokens of text
    assert cost(house.hass) == pytest.approx(0.00038, rel=0.02)
    assert list(attributes(house.hass)["by_purpose"]) == ["tts"]


@pytest.mark.parametrize(
    "text, options, times",
    [
        ("The light is on, my dear.", {"speed": 0.5}, 2),
        ("The light is on, my dear.", {"speed": 2}, 0.5),
        ("客厅的灯现在已经打开了。", {}, 12 * 4 / 25),  # a syllable in each character
        ("거실 조명이 켜졌습니다.", {}, (3 + 10 * 4) / 25),
    ],
)
async def test_what_is_spoken_longer_costs_more(
    house: House, openai: FakeOpenAI, text: str, options: dict[str, Any], times: float
) -> None:
    openai.speaks(b"\0audio")

    await read(house.hass, text, **options)

    assert cost(house.hass) == pytest.approx(0.00038 * times, rel=0.03)


async def test_all_of_it_together(gallery: House, openai: FakeOpenAI) -> None:
    openai.says("Hello.")
    openai.draws(usage=IMAGE_USAGE)
    openai.hears("Hi.")
    openai.says("A text.")

    await gallery.hears("Hi")
    await act(gallery, "generate_image")
    await listen(gallery.hass, 4)
    await do_task(gallery.hass)

    parts = {"conversation": ANSWER, "images": 0.03025, "stt": 0.0003, "tasks": ANSWER}
    assert attributes(gallery.hass, MONTH)["by_purpose"] == parts
    assert cost(gallery.hass) == pytest.approx(sum(parts.values()))


@pytest.mark.parametrize("stops, is_heard", [("all", False), ("all_but_speech", True)])
async def test_speech_stops_only_if_everything_does(
    house: House, openai: FakeOpenAI, stops: str, is_heard: bool
) -> None:
    await house.async_load(recommended=True, monthly_budget=0.01, budget_stops=stops)
    used = Usage(model="gpt-6-luna", input_tokens=200_000)
    house.entry.runtime_data.meter.async_add(Purpose.CONVERSATION, used)
    if is_heard:
        openai.hears("Turn on the light.")
        openai.speaks(b"\0audio")

    heard = await listen(house.hass, 4)

    assert heard.result is (stt.SpeechResultState.SUCCESS if is_heard else stt.SpeechResultState.ERROR)
    if is_heard:
        assert await read(house.hass, "The light is on.") == b"\0audio"
    else:
        with pytest.raises(HomeAssistantError, match="budget"):
            await read(house.hass, "The light is on.")


async def test_a_text_that_has_begun_to_be_read_is_read_to_its_end(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, monthly_budget=0.002, budget_stops="all")
    sentence = "This is one of the sentences of a long story that goes on and on and on. "
    for _ in range(5):
        openai.speaks(b"\0audio")

    assert await read(house.hass, sentence * 20) == b"\0audio" * 5

    assert cost(house.hass) > 0.02
    assert attributes(house.hass, BUDGET_REACHED)["limits"] == ["home"]
    with pytest.raises(HomeAssistantError, match="budget"):
        await read(house.hass, sentence)


# --- answers that are not whole ---


async def test_an_answer_that_was_cut_off_is_counted(house: House, openai: FakeOpenAI) -> None:
    openai.answers(message("Once upon a time"), end="incomplete")

    await house.hears("Tell me a story")

    assert cost(house.hass) == ANSWER


async def test_a_failed_answer_costs_what_it_reports(house: House, openai: FakeOpenAI) -> None:
    usage = {"input_tokens": 1_000, "output_tokens": 0}
    failed = {"type": "response.failed", "response": {"error": {"code": "invalid_prompt"}, "usage": usage}}
    openai.streams([failed])

    await house.hears("Hi")

    assert cost(house.hass) == 0.0001


async def test_a_refused_request_costs_nothing(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(401, code="invalid_api_key")

    await house.hears("Hi")

    assert cost(house.hass) == 0


async def test_an_answer_without_usage_is_counted(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    openai.answers(message("Hello."), usage=None)

    await house.hears("Hi")

    assert cost(hass) == 0
    assert attributes(hass)["by_purpose"] == {"conversation": 0}


async def test_a_turn_that_outlives_a_reload_is_counted(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    asked, goes_on = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        asked.set()
        await goes_on.wait()
        yield sse(response_events([message("Hello.")]))

    openai.sends(slowly())
    turn = asyncio.create_task(house.hears("Hi"))
    await asked.wait()

    await hass.config_entries.async_reload(house.entry.entry_id)
    goes_on.set()
    await turn

    assert cost(hass) == ANSWER


# --- what is shown ---


async def test_the_sensors(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, entity_registry: er.EntityRegistry
) -> None:
    openai.says("Hello.")
    await house.hears("Hi")

    today, month = attributes(hass), attributes(hass, MONTH)

    for shown in (today, month):
        assert shown["device_class"] == "monetary"
        assert shown["state_class"] == "total"
        assert shown["unit_of_measurement"] == "USD"
        assert shown["unpriced_tokens"] == 0
        assert shown["cached_percent"] == 83.3  # 100 of 120 tokens
        assert shown["prices_date"] == "2026-11-22"
        assert "estimate, not a bill" in shown["attribution"]
        assert "https://platform.openai.com/usage" in shown["attribution"]
    assert today["last_reset"] == dt_util.start_of_local_day().astimezone(dt_util.UTC).isoformat()
    assert (
        dt_util.as_local(dt_util.parse_datetime(month["last_reset"])).isoformat()[:19]
        == "2026-11-01T00:00:00"
    )
    account = dr.async_get(hass).async_get(entity_registry.async_get(TODAY).device_id)
    assert account.identifiers == {(DOMAIN, house.entry.entry_id)}


async def test_some_sensors_are_for_those_who_want_them(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, entity_registry: er.EntityRegistry
) -> None:
    hidden = {f"sensor.chatgpt_{name}" for name in ("cost", "tokens_in", "tokens_cached", "tokens_out")}
    assert {each for each in hidden if entity_registry.async_get(each).disabled_by} == hidden

    for entity_id in hidden:
        entity_registry.async_update_entity(entity_id, disabled_by=None)
    await house.async_load()
    openai.says("Hello.")
    await house.hears("Hi")

    states = {entity_id: hass.states.get(entity_id).state for entity_id in hidden}
    assert states == {
        "sensor.chatgpt_cost": str(ANSWER),
        "sensor.chatgpt_tokens_in": "120",
        "sensor.chatgpt_tokens_cached": "100",
        "sensor.chatgpt_tokens_out": "7",
    }
    assert attributes(hass, "sensor.chatgpt_tokens_in")["state_class"] == "total"
    assert "last_reset" not in attributes(hass, "sensor.chatgpt_cost")


async def test_a_model_without_a_price(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=False, chat_model="gpt-5.3")
    openai.says("Hello.")

    await house.hears("Hi")

    assert cost(hass) == 0
    assert attributes(hass)["unpriced_tokens"] == 127


async def test_a_price_of_ones_own(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    prices = [{"model": "gpt-5.3", "input": 10, "cached_input": 1, "output": 100}]
    await house.async_load(recommended=False, chat_model="gpt-5.3", prices=prices)
    openai.says("Hello.")

    await house.hears("Hi")

    assert cost(hass) == 0.001  # 20 tokens for 10, 100 for 1, and 7 for 100 dollars per million
    assert attributes(hass)["unpriced_tokens"] == 0


async def test_ones_own_price_of_input_holds_for_input_that_is_cached_for_later(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=True, prices=[{"model": "gpt-6-luna", "input": 1}])
    written = {"input_tokens": 1_000, "input_tokens_details": {"cache_write_tokens": 900}, "output_tokens": 0}
    openai.answers(message("Hello."), usage=written)

    await house.hears("Hi")

    assert cost(hass) == 0.001


async def test_ones_own_price_changes_what_it_says_and_nothing_else(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=True, prices=[{"model": "gpt-6-luna", "cached_input": 1}])
    openai.says("Hello.")

    await house.hears("Hi")

    # 20 tokens for 0.10, 100 for 1, and 7 for 0.50 dollars per million
    assert cost(hass) == pytest.approx(0.000106, abs=0.0000005)


@pytest.mark.parametrize(
    "price",
    [
        {},
        {"input": None, "output": None, "minute": None},
        {"input": "2,5", "output": "10,0"},
        {"input": 2.5},
        {"output": 10, "cached_input": 1},
        {"input": -1, "output": 10},
        {"input": float("nan"), "output": 10**9},
    ],
)
async def test_half_a_price_of_an_unknown_model_is_none(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, price: dict[str, Any]
) -> None:
    await house.async_load(recommended=False, chat_model="gpt-5.3", prices=[{"model": "gpt-5.3", **price}])
    openai.says("Hello.")

    await house.hears("Hi")

    assert cost(hass) == 0
    assert attributes(hass)["unpriced_tokens"] == 127


@pytest.mark.parametrize(
    "address, unpriced",
    [("http://192.168.1.20:11434/v1", 0), ("http://ollama:11434/v1", 0), ("https://llm.example.org/v1", 127)],
)
async def test_another_server(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, address: str, unpriced: int
) -> None:
    listed = {
        "data": [{"id": "gpt-6-luna", "object": "model", "created": 1, "owned_by": "me"}],
        "object": "list",
    }
    openai.router.get(f"{address}/models").respond(json=listed)
    openai.also_answers_at(address)
    data = {"api_key": "any", "base_url": address, "server": "compatible"}
    hass.config_entries.async_update_entry(house.entry, data=data)
    await hass.async_block_till_done()
    openai.says("Hello.")

    await house.hears("Hi")

    assert cost(hass) == 0
    assert attributes(hass)["unpriced_tokens"] == unpriced


async def test_a_new_day_begins_at_0(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, freezer: FrozenDateTimeFactory
) -> None:
    openai.says("Hello.")
    await house.hears("Hi")
    assert cost(hass) == ANSWER

    freezer.move_to(dt_util.start_of_local_day() + timedelta(days=1, seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    assert (cost(hass), cost(hass, MONTH)) == (0, ANSWER)
    assert attributes(hass)["last_reset"] == dt_util.start_of_local_day().astimezone(dt_util.UTC).isoformat()


async def test_the_dashboard_in_the_docs_shows_what_is_there(
    hass: HomeAssistant, house: House, openai: FakeOpenAI
) -> None:
    await async_set_budget(hass, 5)
    openai.says("Hello.")
    await house.hears("Hi")
    text = COSTS.read_text("utf-8").partition("## A dashboard about costs")[2]
    dashboard = parse_yaml(text.partition("```yaml\n")[2].partition("```")[0])

    cards = [card for section in dashboard["views"][0]["sections"] for card in section["cards"]]
    shown = {card["entity"] for card in cards if "entity" in card}
    shown |= {entity_id for card in cards for entity_id in card.get("entities", ())}
    assert shown == {TODAY, MONTH, BUDGET, BUDGET_USED, BUDGET_REACHED}
    assert all(hass.states.get(entity_id) for entity_id in shown)
    [words] = [card["content"] for card in cards if card["type"] == "markdown"]
    rendered = Template(words, hass).async_render()
    assert "| conversation | 0.00 |" in rendered
    assert "83.3 % of the input" in rendered


# --- what stays ---


async def test_a_restart_keeps_it(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, hass_storage: dict[str, Any]
) -> None:
    openai.says("Hello.")
    await house.hears("Hi")

    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()

    stored = hass_storage[f"{DOMAIN}.usage.{house.entry.entry_id}"]["data"]
    day = stored["months"]["2026-11"]["22"]
    assert day == {
        "conversation": {
            "gpt-6-luna": {
                "requests": 1,
                "input_tokens": 120,
                "cached_tokens": 100,
                "output_tokens": 7,
                "micro_dollars": 6,
            }
        }
    }


async def test_what_was_kept_is_there_after_a_restart(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    def used(micro_dollars: int) -> dict[str, Any]:
        return {"conversation": {"gpt-6-luna": {"requests": 1, "micro_dollars": micro_dollars}}}

    hass_storage[f"{DOMAIN}.usage.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.usage.{entry.entry_id}",
        "data": {
            "months": {
                "2026-10": {"31": used(7_000_000)},
                "2026-11": {"21": used(500_000), "22": used(20_000)},
            },
            "total": {"requests": 3, "micro_dollars": 7_520_000},
        },
    }

    await async_load(hass, entry)

    assert (cost(hass), cost(hass, MONTH)) == (0.02, 0.52)


async def test_a_broken_file_is_reported(
    hass: HomeAssistant, openai: FakeOpenAI, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    key = f"{DOMAIN}.usage.{entry.entry_id}"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": {"months": 5}}

    await async_load(hass, entry)

    issue = ir.async_get(hass).async_get_issue(DOMAIN, f"usage_file_{entry.entry_id}")
    assert issue.translation_key == "usage_file"
    assert issue.translation_placeholders["name"] == "ChatGPT"
    assert cost(hass) == 0


async def test_an_account_that_is_removed_takes_it_along(
    hass: HomeAssistant, house: House, openai: FakeOpenAI, hass_storage: dict[str, Any]
) -> None:
    openai.says("Hello.")
    await house.hears("Hi")
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()

    await hass.config_entries.async_remove(house.entry.entry_id)

    assert f"{DOMAIN}.usage.{house.entry.entry_id}" not in hass_storage


async def test_accounts_are_counted_apart(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    other = new_account(options={"recommended": True})
    other.add_to_hass(hass)
    await async_load(hass, other)
    openai.says("Hello.")

    await house.hears("Hi")

    assert cost(hass) == ANSWER
    assert cost(hass, "sensor.chatgpt_cost_today_2") == 0
