"""Talking: what is asked of OpenAI, what the house does, and what is answered."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from custom_components.openai_conversation.responses import turn
from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..support.house import AGENT, TURN_ON, House, Meeting
from ..support.responses_api import (
    FakeOpenAI,
    function_call,
    message,
    reasoning,
)


async def test_small_talk(house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello, how are you?")

    answer = await house.hears("Hi")

    assert answer.speech == "Hello, how are you?"
    assert not answer.is_error
    assert answer.keeps_listening
    assert openai.request["input"] == [{"type": "message", "role": "user", "content": "Hi"}]


async def test_the_conversation_goes_on(house: House, openai: FakeOpenAI) -> None:
    openai.says("The kitchen light is off. Shall I turn it on?")
    openai.says("As you like.")

    first = await house.hears("Is the kitchen light on?")
    await house.hears("No", conversation_id=first.conversation_id)

    texts = [item["content"] for item in openai.request["input"] if item["role"] == "user"]
    assert texts == ["Is the kitchen light on?", "No"]
    assert openai.requests[0]["instructions"] == openai.requests[1]["instructions"]
    assert openai.requests[0]["tools"] == openai.requests[1]["tools"]


async def test_a_light_goes_on(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("Done.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Done."
    assert house.turned_on == ["light.kitchen"]
    call, output = openai.request["input"][1:]
    assert call["type"] == "function_call"
    assert output["type"] == "function_call_output"
    assert output["call_id"] == call["call_id"]
    assert "Kitchen Light" in output["output"]


async def test_two_lights_go_on_in_one_round(house: House, openai: FakeOpenAI) -> None:
    openai.answers(
        function_call(TURN_ON, {"name": "Kitchen Light"}), function_call(TURN_ON, {"name": "Bedroom Light"})
    )
    openai.says("Both are on.")

    await house.hears("Turn on both lights")

    assert house.turned_on == ["light.kitchen", "light.bedroom"]
    assert [item["type"] for item in openai.request["input"][1:]] == [
        "function_call",
        "function_call",
        "function_call_output",
        "function_call_output",
    ]


async def test_calls_of_one_round_run_side_by_side(house: House, openai: FakeOpenAI) -> None:
    # each tool waits until the other has started: one after the other would never end
    meeting = Meeting(house.hass)
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.answers(function_call("first", {}), function_call("second", {}))
    openai.says("They met.")

    answer = await house.hears("Meet")

    assert answer.speech == "They met."
    assert meeting.arrived == {"first", "second"}


async def test_a_result_that_json_cannot_hold(house: House, openai: FakeOpenAI) -> None:
    Meeting(house.hass, result={"how long": timedelta(minutes=5), 7: {"a", "set"}})
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.answers(function_call("first", {}), function_call("second", {}))
    openai.says("Five minutes.")
    openai.says("Still five minutes.")

    answer = await house.hears("How long?")
    again = await house.hears("And now?", conversation_id=answer.conversation_id)

    assert (answer.speech, again.speech) == ("Five minutes.", "Still five minutes.")
    assert "0:05:00" in openai.request["input"][-2 - 2]["output"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (function_call(TURN_ON, '{"name": "Kitch'), "not valid JSON"),
        (function_call(TURN_ON, '["Kitchen Light"]'), "not a JSON object"),
        (function_call("fly_to_the_moon", {}), "no tool named"),
        (function_call(TURN_ON, {"name": 5, "domain": {}}), "error"),
        (function_call(TURN_ON, {"name": "Front Door"}), "error"),
    ],
    ids=["broken JSON", "a list", "an unknown tool", "wrong types", "not exposed"],
)
async def test_the_model_hears_of_its_bad_call(
    house: House, openai: FakeOpenAI, call: dict[str, Any], error: str
) -> None:
    openai.answers(call)
    openai.says("Sorry.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Sorry."
    assert error in openai.request["input"][-1]["output"]
    assert house.turned_on == []


async def test_a_tool_that_breaks_does_not_end_the_turn(house: House, openai: FakeOpenAI) -> None:
    Meeting(house.hass, breaks=True)
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.answers(function_call("first", {}), function_call("second", {}))
    openai.says("Nobody came.")

    answer = await house.hears("Meet")

    assert answer.speech == "Nobody came."
    assert openai.request["input"][-1]["output"] == '{"error":"ZeroDivisionError"}'


async def test_a_model_that_calls_forever_has_to_answer(house: House, openai: FakeOpenAI) -> None:
    for _ in range(turn.CONVERSATION.tool_rounds):
        openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("Enough.")

    answer = await house.hears("Turn on the kitchen light again and again")

    assert answer.speech == "Enough."
    assert [request.get("tool_choice") for request in openai.requests] == [None] * 10 + ["none"]


async def test_a_model_that_calls_without_tools_is_given_up(house: House, openai: FakeOpenAI) -> None:
    for _ in range(turn.CONVERSATION.tool_rounds + 1):
        openai.calls(TURN_ON, {"name": "Kitchen Light"})

    answer = await house.hears("Turn on the kitchen light again and again")

    assert answer.is_error
    assert "no answer" in answer.speech


async def test_tools_that_were_not_offered_do_not_run(house: House, openai: FakeOpenAI) -> None:
    for _ in range(turn.CONVERSATION.tool_rounds + 1):
        openai.calls(TURN_ON, {"name": "Kitchen Light"})

    await house.hears("Turn on the kitchen light again and again")

    assert len(house.turned_on) == turn.CONVERSATION.tool_rounds


async def test_only_exposed_entities_are_seen(house: House, openai: FakeOpenAI) -> None:
    openai.says("I see no lock.")

    await house.hears("Is the front door locked?")

    assert "Kitchen Light" in openai.request["instructions"]
    assert "Front Door" not in str(openai.request)


async def test_without_an_api_there_is_nothing_to_control(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, prompt="You are nice.")
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("I cannot do that.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "I cannot do that."
    assert house.turned_on == []
    assert "tools" not in openai.requests[0]
    assert "Kitchen Light" not in openai.requests[0]["instructions"]
    assert house.hass.states.get(AGENT).attributes["supported_features"] == 0


async def test_an_api_that_is_gone_is_left_out(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, llm_hass_api=["assist", "gone"])
    openai.says("Hello.")

    answer = await house.hears("Hi")

    assert answer.speech == "Hello."
    assert "Kitchen Light" in openai.request["instructions"]


async def test_the_prompt_is_rendered(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    user = await hass.auth.async_create_user("Luigi")
    await house.async_load(
        recommended=True, prompt="You are Super Mario in {{ ha_name }}, talking to {{ user_name }}."
    )
    openai.says("Mamma mia!")

    await house.hears(
        "Who are you?", context=Context(user_id=user.id), extra_system_prompt="Be brief, it is night."
    )

    instructions = openai.request["instructions"]
    assert instructions.startswith("You are Super Mario in test home, talking to Luigi.")
    assert "Be brief, it is night." in instructions
    assert user.id not in str(openai.request)


async def test_a_prompt_that_does_not_render_is_reported(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, prompt="{{ 1 / 0 }}")

    answer = await house.hears("Hi")

    assert answer.is_error
    assert "template" in answer.speech
    assert openai.requests == []


async def test_the_recommended_request(house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello.")

    await house.hears("Hi")

    assert openai.request == {
        "model": "gpt-6-luna",
        "instructions": ANY,
        "input": ANY,
        "tools": ANY,
        "max_output_tokens": 3000,
        "stream": True,
        "store": False,
        "reasoning": {"effort": "none"},
        "text": {"verbosity": "low"},
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": house.entry.entry_id,
        "safety_identifier": ANY,
        "stream_options": {"include_obfuscation": False},
    }


async def test_reasoning_is_sent_back_as_it_came(house: House, openai: FakeOpenAI) -> None:
    thought, call = reasoning("I should turn it on."), function_call(TURN_ON, {"name": "Kitchen Light"})
    openai.answers(thought, call)
    openai.says("Done.")

    await house.hears("Turn on the kitchen light")

    assert openai.request["input"][1:3] == [thought, call]
    thinking = [delta["thinking_content"] for delta in house.deltas if "thinking_content" in delta]
    assert thinking == ["I should turn it on."]


async def test_reasoning_of_another_model_is_not_sent(house: House, openai: FakeOpenAI) -> None:
    openai.answers(reasoning(), message("Hello."))
    openai.says("Hello again.")
    first = await house.hears("Hi")

    await house.async_load(recommended=False, chat_model="gpt-6.1-sol")
    await house.hears("Hi", conversation_id=first.conversation_id)

    assert [item["type"] for item in openai.request["input"]] == ["message"] * 3


async def test_the_model_rolls_over_before_it_ends(house: House, openai: FakeOpenAI, today: Any) -> None:
    # the day comes while Home Assistant runs
    openai.offered["gpt-6-luna"] = None
    today.move_to("2026-11-01")
    openai.says("Old.")
    openai.says("New.")

    await house.hears("Hi")
    today.move_to("2026-11-20")
    await house.hears("Hi")

    assert [request["model"] for request in openai.requests] == ["gpt-4o", "gpt-6-luna"]


async def test_an_image_is_sent(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    photo = tmp_path / "door.png"
    photo.write_bytes(b"png")
    openai.says("A door.")

    await house.hears("What is this?", attachments=[("image/png", photo)])

    text, image = openai.request["input"][0]["content"]
    assert text == {"type": "input_text", "text": "What is this?"}
    assert image["image_url"] == "data:image/png;base64,cG5n"


async def test_a_missing_file_is_reported(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    answer = await house.hears("What is this?", attachments=[("image/png", tmp_path / "gone.png")])

    assert answer.is_error
    assert answer.speech == "The file gone.png cannot be read. Check that it is still there, and try again."


async def test_a_refused_file_is_not_sent_again(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    photo = tmp_path / "door.png"
    photo.write_bytes(b"png")
    openai.refuses(400, code="invalid_image_format", param="input[0].content[1].image_url")
    openai.says("Hello.")

    answer = await house.hears("What is this?", attachments=[("image/png", photo)])
    await house.hears("Never mind", conversation_id=answer.conversation_id)

    assert "attached file" in answer.speech
    assert "data:image" not in str(openai.request)


async def test_entity_device_and_name(
    house: House, entity_registry: er.EntityRegistry, device_registry: dr.DeviceRegistry
) -> None:
    entity = entity_registry.async_get(AGENT)
    device = device_registry.async_get(entity.device_id)

    assert entity.unique_id == house.entry.entry_id
    assert device.name == "ChatGPT"
    assert device.model == "gpt-6-luna"
    assert house.hass.states.get(AGENT).attributes["supported_features"] == 1


async def test_the_agent_answers_to_the_entry_id(house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello.")

    answer = await house.hears("Hi", agent_id=house.entry.entry_id)

    assert answer.speech == "Hello."


async def test_prepare_opens_a_connection(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await conversation.async_prepare_agent(hass, AGENT, "en")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert openai.model.call_count == 1


async def test_prepare_ignores_a_failure(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    openai.model.mock(side_effect=httpx.ConnectError("no network"))
    openai.says("Hello.")

    await conversation.async_prepare_agent(hass, AGENT, "en")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (await house.hears("Hi")).speech == "Hello."


async def test_tokens_are_traced(house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    traced: list[dict[str, Any]] = []
    monkeypatch.setattr(conversation.ChatLog, "async_trace", lambda _self, details: traced.append(details))
    openai.says("Hello.")

    await house.hears("Hi")

    used = {"input_tokens": 120, "cached_input_tokens": 100, "output_tokens": 7}
    # 20 new tokens for 0.10 dollars per million, 100 cached for 0.01, 7 out for 0.50
    assert {"stats": {**used, "cost": 0.000006}} in traced


async def test_malformed_usage_is_ignored(house: House, openai: FakeOpenAI) -> None:
    openai.answers(message("Hello."), usage={"input_tokens_details": 5})

    assert (await house.hears("Hi")).speech == "Hello."


async def test_tokens_are_counted(house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello.")
    openai.says("Again.")

    await house.hears("Hi")
    await house.hears("Hi again")

    used = house.entry.runtime_data.meter.ledger.total
    assert (used.input_tokens, used.cached_tokens, used.output_tokens) == (240, 200, 14)
