"""Conversations: what is said, what the house does, what is answered."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
import gc
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import httpx
import pytest

from custom_components.openai_conversation.responses import timeouts, turn
from custom_components.openai_conversation.responses.timeouts import Timeouts
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir

from .support.account import KEY
from .support.house import AGENT, TURN_ON, House, Meeting
from .support.responses_api import (
    FakeOpenAI,
    function_call,
    message,
    reasoning,
    refusal,
    response_events,
    sse,
)


def text_of(house: House) -> str:
    """Return the words that were streamed, joined."""
    return "".join(delta.get("content") or "" for delta in house.deltas if "tool_call_id" not in delta)


async def test_small_talk(house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello, how are you?")

    answer = await house.hears("Hi")

    assert answer.speech == "Hello, how are you?"
    assert not answer.is_error
    assert answer.keeps_listening
    assert openai.request["input"] == [{"type": "message", "role": "user", "content": "Hi"}]


async def test_words_are_handed_on_one_by_one(house: House, openai: FakeOpenAI) -> None:
    openai.says("It is raining.")

    await house.hears("How is the weather?")

    assert [delta["content"] for delta in house.deltas if "content" in delta] == ["It", " is", " raining."]


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


async def test_the_conversation_goes_on(house: House, openai: FakeOpenAI) -> None:
    openai.says("The kitchen light is off. Shall I turn it on?")
    openai.says("As you like.")

    first = await house.hears("Is the kitchen light on?")
    await house.hears("No", conversation_id=first.conversation_id)

    texts = [item["content"] for item in openai.request["input"] if item["role"] == "user"]
    assert texts == ["Is the kitchen light on?", "No"]
    assert openai.requests[0]["instructions"] == openai.requests[1]["instructions"]
    assert openai.requests[0]["tools"] == openai.requests[1]["tools"]


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


async def test_a_prompt_that_does_not_render_is_told(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(recommended=True, prompt="{{ 1 / 0 }}")

    answer = await house.hears("Hi")

    assert answer.is_error
    assert "template" in answer.speech
    assert openai.requests == []


async def test_the_agent_answers_to_the_entry_id(house: House, openai: FakeOpenAI) -> None:
    openai.says("Hello.")

    answer = await house.hears("Hi", agent_id=house.entry.entry_id)

    assert answer.speech == "Hello."


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


async def test_entity_device_and_name(
    house: House, entity_registry: er.EntityRegistry, device_registry: dr.DeviceRegistry
) -> None:
    entity = entity_registry.async_get(AGENT)
    device = device_registry.async_get(entity.device_id)

    assert entity.unique_id == house.entry.entry_id
    assert device.name == "ChatGPT"
    assert device.model == "gpt-6-luna"
    assert house.hass.states.get(AGENT).attributes["supported_features"] == 1


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


async def test_tokens_are_traced(house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    traced: list[dict[str, Any]] = []
    monkeypatch.setattr(conversation.ChatLog, "async_trace", lambda _self, details: traced.append(details))
    openai.says("Hello.")

    await house.hears("Hi")

    assert {"stats": {"input_tokens": 120, "cached_input_tokens": 100, "output_tokens": 7}} in traced


async def test_an_image_is_sent(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    photo = tmp_path / "door.png"
    photo.write_bytes(b"png")
    openai.says("A door.")

    await house.hears("What is this?", attachments=[("image/png", photo)])

    text, image = openai.request["input"][0]["content"]
    assert text == {"type": "input_text", "text": "What is this?"}
    assert image["image_url"] == "data:image/png;base64,cG5n"


async def test_a_missing_file_is_told(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    answer = await house.hears("What is this?", attachments=[("image/png", tmp_path / "gone.png")])

    assert answer.is_error
    assert answer.speech == ("The file gone.png cannot be read. Check that it is still there, and try again.")


async def test_prepare_opens_a_connection(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    await conversation.async_prepare_agent(hass, AGENT, "en")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert openai.model.call_count == 1


async def test_prepare_does_not_mind_failure(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    openai.model.mock(side_effect=httpx.ConnectError("no network"))
    openai.says("Hello.")

    await conversation.async_prepare_agent(hass, AGENT, "en")
    await hass.async_block_till_done(wait_background_tasks=True)

    assert (await house.hears("Hi")).speech == "Hello."


# --- what goes wrong, and what is said then ---


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"status": 401, "code": "invalid_api_key"}, id="key"),
        pytest.param({"status": 429, "type": "insufficient_quota"}, id="credit"),
        pytest.param({"status": 404, "code": "model_not_found"}, id="model"),
        pytest.param({"status": 400, "code": "moderation_blocked"}, id="moderation"),
        pytest.param({"status": 403}, id="permission"),
    ],
)
async def test_a_failure_is_said_once_and_not_repeated(
    house: House, openai: FakeOpenAI, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    openai.refuses(**fault)
    openai.says("I am back.")

    answer = await house.hears("Hi")

    assert answer.is_error
    assert answer.speech == text_of(house)
    assert answer.speech.endswith(".")
    assert "{" not in answer.speech
    ours = [record for record in caplog.records if "openai_conversation" in record.name]
    assert (
        len([record for record in ours if record.levelname == "WARNING" and "req_1" in record.message]) == 1
    )
    again = await house.hears("Hi", conversation_id=answer.conversation_id)
    assert again.speech == "I am back."


async def test_a_revoked_key_starts_reauth(hass: HomeAssistant, house: House, openai: FakeOpenAI) -> None:
    openai.refuses(401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}")

    answer = await house.hears("Hi")
    await hass.async_block_till_done()

    assert "API key" in answer.speech
    flows = hass.config_entries.flow.async_progress()
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]


async def test_the_key_is_never_logged(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    openai.refuses(401, code="invalid_api_key", message=f"Incorrect API key provided: {KEY}")

    await house.hears("Hi")

    assert "auth (401 invalid_api_key" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("fault", "issue"),
    [
        ({"status": 429, "code": "insufficient_quota"}, "billing"),
        ({"status": 403, "message": "Your organization must be verified to use the model."}, "organization"),
        ({"status": 404, "code": "model_not_found"}, "model_gone"),
    ],
)
async def test_what_lasts_opens_a_repair_issue_until_it_works_again(
    house: House,
    openai: FakeOpenAI,
    issue_registry: ir.IssueRegistry,
    fault: dict[str, Any],
    issue: str,
) -> None:
    openai.refuses(**fault)
    openai.says("Hello.")

    await house.hears("Hi")
    opened = [each.translation_key for each in issue_registry.issues.values()]
    await house.hears("Hi")

    assert opened == [issue]
    assert list(issue_registry.issues) == []


async def test_no_connection_is_said(house: House, openai: FakeOpenAI) -> None:
    openai.breaks(httpx.ConnectError("no network"))
    openai.breaks(httpx.ConnectError("no network"))

    answer = await house.hears("Hi")

    assert answer.is_error
    assert "cannot be reached" in answer.speech


async def test_a_stale_connection_is_not_noticed(house: House, openai: FakeOpenAI) -> None:
    openai.breaks(httpx.RemoteProtocolError("Server disconnected without sending a response."))
    openai.says("Hello.")

    assert (await house.hears("Hi")).speech == "Hello."


async def test_a_short_rate_limit_is_waited_for(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(429, code="rate_limit_exceeded", headers={"retry-after-ms": "1"})
    openai.says("Hello.")

    assert (await house.hears("Hi")).speech == "Hello."


async def test_a_long_rate_limit_is_said(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(429, code="rate_limit_exceeded", headers={"retry-after": "60"})

    assert "too many requests" in (await house.hears("Hi")).speech


async def test_a_refused_parameter_is_dropped_once_and_remembered(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="unsupported_value", param="reasoning.effort")
    openai.says("Hello.")
    openai.says("Hello again.")

    await house.hears("Hi")
    await house.hears("Hi")

    assert ["reasoning" in request for request in openai.requests] == [True, False, False]


@pytest.mark.parametrize("status", [400, 404])
async def test_history_that_is_refused_is_sent_as_text(house: House, openai: FakeOpenAI, status: int) -> None:
    openai.answers(reasoning(), message("Hello."))
    openai.refuses(status, type="invalid_request_error", param="input")
    openai.says("Still here.")
    first = await house.hears("Hi")

    answer = await house.hears("Are you there?", conversation_id=first.conversation_id)

    assert answer.speech == "Still here."
    assert [item["type"] for item in openai.request["input"]] == ["message"] * 3


async def test_a_conversation_that_became_too_long_loses_its_beginning(
    house: House, openai: FakeOpenAI
) -> None:
    openai.says("Hello.")
    openai.refuses(400, code="context_length_exceeded")
    openai.says("Still here.")
    first = await house.hears("Hi")

    answer = await house.hears("Are you there?", conversation_id=first.conversation_id)

    assert answer.speech == "Still here."
    assert [item["content"] for item in openai.request["input"]] == ["Are you there?"]


async def test_what_was_heard_is_not_said_twice(house: House, openai: FakeOpenAI) -> None:
    openai.streams(response_events([message("The light")], end=None)[:-2])
    openai.says("I am back.")

    answer = await house.hears("Hi")
    again = await house.hears("Hi", conversation_id=answer.conversation_id)

    assert answer.is_error
    assert text_of(house) != answer.speech
    assert again.speech == "I am back."


async def test_a_stream_that_breaks_after_a_call_goes_on_from_its_result(
    house: House, openai: FakeOpenAI
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield sse(response_events([function_call(TURN_ON, {"name": "Kitchen Light"})], end=None))
        raise httpx.ReadError("connection lost")

    openai.sends(broken())
    openai.says("Done.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Done."
    assert house.turned_on == ["light.kitchen"]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (function_call(TURN_ON, '{"name": "Kitch'), "not valid JSON"),
        (function_call(TURN_ON, '["Kitchen Light"]'), "not a JSON object"),
        (function_call("fly_to_the_moon", {}), "no tool named"),
        (function_call(TURN_ON, {"name": 5, "domain": {}}), "error"),
        (function_call(TURN_ON, {"name": "Front Door"}), "error"),
    ],
    ids=["broken JSON", "a list", "an unknown tool", "wrong types", "not exposed"],
)
async def test_the_model_is_told_of_its_bad_call(
    house: House, openai: FakeOpenAI, call: dict[str, Any], told: str
) -> None:
    openai.answers(call)
    openai.says("Sorry.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Sorry."
    assert told in openai.request["input"][-1]["output"]
    assert house.turned_on == []


async def test_a_tool_that_breaks_does_not_end_the_turn(house: House, openai: FakeOpenAI) -> None:
    Meeting(house.hass, breaks=True)
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.answers(function_call("first", {}), function_call("second", {}))
    openai.says("Nobody came.")

    answer = await house.hears("Meet")

    assert answer.speech == "Nobody came."
    assert openai.request["input"][-1]["output"] == '{"error":"ZeroDivisionError"}'


async def test_a_model_that_calls_for_ever_has_to_answer(house: House, openai: FakeOpenAI) -> None:
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


async def test_an_empty_answer_is_not_silence(house: House, openai: FakeOpenAI) -> None:
    openai.answers()

    answer = await house.hears("Hi")

    assert answer.speech == "OpenAI gave no answer. Ask again."


async def test_silence_on_purpose_is_kept(house: House, openai: FakeOpenAI) -> None:
    openai.calls(TURN_ON, {"name": "Kitchen Light"})
    openai.says("")

    answer = await house.hears("Turn on the kitchen light")

    assert not answer.is_error
    assert answer.speech == ""


async def test_a_refusal_is_spoken(house: House, openai: FakeOpenAI) -> None:
    openai.answers(refusal("I cannot help with that."))

    assert (await house.hears("Hi")).speech == "I cannot help with that."


async def test_a_cut_answer_is_marked(house: House, openai: FakeOpenAI) -> None:
    openai.answers(
        message("Once upon a"), end="incomplete", incomplete_details={"reason": "max_output_tokens"}
    )

    answer = await house.hears("Tell me a story")

    assert answer.speech == "Once upon a…"
    assert not answer.is_error


async def test_thinking_that_uses_up_the_tokens_is_told(house: House, openai: FakeOpenAI) -> None:
    openai.answers(reasoning(), end="incomplete", incomplete_details={"reason": "max_output_tokens"})

    assert "maximum tokens" in (await house.hears("Think")).speech


async def test_a_server_that_says_nothing_is_given_up(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence() -> AsyncIterator[bytes]:
        yield b": hello\n\n"
        raise httpx.ReadTimeout("nothing came")

    openai.sends(silence())

    assert "too long" in (await house.hears("Hi")).speech


async def test_a_turn_without_end_is_given_up(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "VOICE", Timeouts(turn=0.01, silence=5))
    meeting = Meeting(house.hass)
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.calls("first", {})
    openai.says("I am back.")

    answer = await house.hears("Meet somebody who does not come")
    again = await house.hears("Hi", conversation_id=answer.conversation_id)

    assert "too long" in answer.speech
    assert meeting.arrived == {"first"}
    assert again.speech == "I am back."


async def test_an_interrupted_call_has_a_result_for_whoever_goes_on(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "VOICE", Timeouts(turn=0.01, silence=5))
    Meeting(house.hass)
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.calls("first", {})

    answer = await house.hears("Meet somebody who does not come")

    log = house.hass.data[DATA_CHAT_LOGS][answer.conversation_id]
    assert [content.role for content in log.content] == [
        "system",
        "user",
        "assistant",
        "tool_result",
        "assistant",
    ]


async def test_closing_the_dialog_closes_the_stream(house: House, openai: FakeOpenAI) -> None:
    heard, closed = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            yield sse(response_events([message("Once upon a")], end=None)[:-2])
            heard.set()
            await asyncio.Event().wait()
        finally:
            closed.set()

    openai.sends(endless())
    openai.says("I am back.")
    dialog = asyncio.create_task(house.hears("Tell me a story"))
    await heard.wait()

    dialog.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialog

    assert closed.is_set()
    assert (await house.hears("Hi")).speech == "I am back."


async def test_changing_the_settings_lets_a_conversation_end(house: House, openai: FakeOpenAI) -> None:
    async def reload_in_between() -> AsyncIterator[bytes]:
        first, *rest = response_events([message("Once upon a time.")])
        yield sse([first])
        await house.hass.config_entries.async_reload(house.entry.entry_id)
        yield sse(rest)

    openai.sends(reload_in_between())

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."


# --- what a reviewer once broke ---


async def test_a_reload_that_takes_its_time(house: House, openai: FakeOpenAI) -> None:
    async def unload_in_between() -> AsyncIterator[bytes]:
        first, *rest = response_events([message("Once upon a time.")])
        yield sse([first])
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        yield sse(rest)

    openai.sends(unload_in_between())

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."


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
    "event",
    [
        {"type": "response.output_item.done", "item": "x"},
        {"type": "response.output_item.done", "item": {"type": "message", "content": "text"}},
        {"type": "response.output_item.done", "item": {"type": "message", "content": [None]}},
        {"type": "response.output_text.delta", "delta": 5},
        {"type": "response.completed", "response": "x"},
        {"type": "response.completed", "response": {"output": ["x"]}},
        {"type": "response.failed", "response": {"error": "boom"}},
    ],
)
async def test_a_malformed_event_is_a_sentence(
    house: House, openai: FakeOpenAI, event: dict[str, Any]
) -> None:
    openai.streams([event])
    openai.streams([event])

    answer = await house.hears("Hi")

    assert answer.is_error
    assert answer.speech.endswith(".")


async def test_usage_that_is_none_does_not_matter(house: House, openai: FakeOpenAI) -> None:
    openai.answers(message("Hello."), usage={"input_tokens_details": 5})

    assert (await house.hears("Hi")).speech == "Hello."


async def test_an_error_without_a_type_is_told_as_what_it_is(house: House, openai: FakeOpenAI) -> None:
    openai.sends(b'data: {"error": {"code": "insufficient_quota", "message": "No credit."}}\n\n')

    assert "no credit" in (await house.hears("Hi")).speech


async def test_a_repair_issue_goes_with_what_mended_it(
    house: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.refuses(404, code="model_not_found")
    openai.says("Hello.")
    await house.hears("Hi")

    await house.async_load(recommended=False, chat_model="gpt-6.1-sol")
    assert len(issue_registry.issues) == 1
    await house.hears("Hi")

    assert list(issue_registry.issues) == []


async def test_a_repair_issue_goes_with_the_entry(
    house: House, openai: FakeOpenAI, issue_registry: ir.IssueRegistry
) -> None:
    openai.refuses(404, code="model_not_found")
    await house.hears("Hi")

    await house.hass.config_entries.async_remove(house.entry.entry_id)

    assert list(issue_registry.issues) == []


async def test_a_refused_file_is_not_sent_again(house: House, openai: FakeOpenAI, tmp_path: Path) -> None:
    photo = tmp_path / "door.png"
    photo.write_bytes(b"png")
    openai.refuses(400, code="invalid_image_format", param="input[0].content[1].image_url")
    openai.says("Hello.")

    answer = await house.hears("What is this?", attachments=[("image/png", photo)])
    await house.hears("Never mind", conversation_id=answer.conversation_id)

    assert "attached file" in answer.speech
    assert "data:image" not in str(openai.request)


async def test_tools_that_were_not_offered_do_not_run(house: House, openai: FakeOpenAI) -> None:
    for _ in range(turn.CONVERSATION.tool_rounds + 1):
        openai.calls(TURN_ON, {"name": "Kitchen Light"})

    await house.hears("Turn on the kitchen light again and again")

    assert len(house.turned_on) == turn.CONVERSATION.tool_rounds


async def test_what_was_heard_stays_in_the_conversation(house: House, openai: FakeOpenAI) -> None:
    openai.streams(response_events([message("The light")], end=None)[:-2])
    openai.says("As I said.")
    answer = await house.hears("Hi")

    await house.hears("What?", conversation_id=answer.conversation_id)

    texts = [item["content"] for item in openai.request["input"]]
    assert texts == ["Hi", "The light", answer.speech, "What?"]


async def test_the_request_of_a_broken_stream_is_logged(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    openai.streams(response_events([message("The light")], end=None)[:-2])

    await house.hears("Hi")

    assert "request id req_1" in caplog.text


async def test_a_tool_that_fails_after_the_turn_is_no_loose_end(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(timeouts, "VOICE", Timeouts(turn=0.01, silence=5))
    meeting = Meeting(house.hass, refuses="second")
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.answers(function_call("first", {}), function_call("second", {}))

    await house.hears("Meet somebody who does not come")
    del meeting
    gc.collect()

    assert "never retrieved" not in caplog.text


async def test_two_turns_at_once_remember_both_refusals(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="unsupported_parameter", param="text.verbosity")
    openai.refuses(400, code="unsupported_parameter", param="reasoning.effort")
    for _ in range(3):
        openai.says("Hello.")

    await asyncio.gather(house.hears("Hi"), house.hears("Hello"))
    await house.hears("Hi")

    assert not {"text", "reasoning"} & set(openai.request)


@pytest.mark.parametrize("error", [{"type": "not_found_error"}, {"param": "model"}])
async def test_a_model_that_a_server_of_ones_own_does_not_have(
    house: House, openai: FakeOpenAI, error: dict[str, str]
) -> None:
    openai.refuses(404, **error)

    assert "no longer offers this model" in (await house.hears("Hi")).speech


async def test_an_unreachable_server_is_not_waited_for_as_long_as_a_thought(
    house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=False, chat_model="gpt-6.1-sol", reasoning_effort="max")
    openai.says("42.")

    await house.hears("Think")

    assert openai.timeouts[-1] == {"connect": 10, "read": 300, "write": 300, "pool": 300}
