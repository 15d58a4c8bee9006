"""The answer while it streams in: words, silence, breaks, and a dialog that is closed meanwhile."""

import asyncio
from collections.abc import AsyncIterator
import gc
from typing import Any

import httpx
import pytest

from custom_components.openai_conversation.responses import timeouts
from custom_components.openai_conversation.responses.timeouts import Timeouts
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS

from ..support.house import TURN_ON, House, Meeting
from ..support.responses_api import (
    FakeOpenAI,
    function_call,
    message,
    reasoning,
    refusal,
    response_events,
    sse,
)


async def test_words_are_yielded_one_by_one(house: House, openai: FakeOpenAI) -> None:
    openai.says("It is raining.")

    await house.hears("How is the weather?")

    assert [delta["content"] for delta in house.deltas if "content" in delta] == ["It", " is", " raining."]


async def test_silence_on_purpose_is_kept(house: House, openai: FakeOpenAI) -> None:
    openai.says("")

    answer = await house.hears("Think about the kitchen")

    assert not answer.is_error
    assert answer.speech == ""


async def test_an_empty_answer_is_not_silence(house: House, openai: FakeOpenAI) -> None:
    openai.answers()

    answer = await house.hears("What is new?")

    assert answer.speech == "OpenAI gave no answer. Ask again."


async def test_a_refusal_is_spoken(house: House, openai: FakeOpenAI) -> None:
    openai.answers(refusal("I cannot help with that."))

    assert (await house.hears("What is new?")).speech == "I cannot help with that."


async def test_a_cut_answer_is_marked(house: House, openai: FakeOpenAI) -> None:
    openai.answers(
        message("Once upon a"), end="incomplete", incomplete_details={"reason": "max_output_tokens"}
    )

    answer = await house.hears("Tell me a story")

    assert answer.speech == "Once upon a…"
    assert not answer.is_error


async def test_reasoning_that_uses_up_the_tokens_is_reported(house: House, openai: FakeOpenAI) -> None:
    openai.answers(reasoning(), end="incomplete", incomplete_details={"reason": "max_output_tokens"})

    assert "maximum tokens" in (await house.hears("Think")).speech


async def test_what_was_heard_is_not_said_twice(house: House, openai: FakeOpenAI) -> None:
    openai.streams(response_events([message("The light")], end=None)[:-2])
    openai.says("I am back.")

    answer = await house.hears("What is new?")
    streamed = house.streamed_text
    again = await house.hears("What is new?", conversation_id=answer.conversation_id)

    assert answer.is_error
    assert streamed == "The light"
    assert "The light" not in answer.speech
    assert again.speech == "I am back."


async def test_what_was_heard_stays_in_the_conversation(house: House, openai: FakeOpenAI) -> None:
    openai.streams(response_events([message("The light")], end=None)[:-2])
    openai.says("As I said.")
    answer = await house.hears("What is new?")

    await house.hears("What?", conversation_id=answer.conversation_id)

    texts = [item["content"] for item in openai.request["input"]]
    assert texts == ["What is new?", "The light", "What?"]


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
    ("event", "attempts"),
    [
        ({"type": "response.output_item.done", "item": "x"}, 2),
        ({"type": "response.output_item.done", "item": {"type": "message", "content": [None]}}, 1),
        ({"type": "response.output_text.delta", "delta": 5}, 2),
        ({"type": "response.completed", "response": "x"}, 1),
        ({"type": "response.completed", "response": {"output": ["x"]}}, 1),
        ({"type": "response.failed", "response": {"error": "boom"}}, 2),
    ],
)
async def test_a_malformed_event_is_a_sentence(
    house: House, openai: FakeOpenAI, event: dict[str, Any], attempts: int
) -> None:
    for _ in range(attempts):
        openai.streams([event])

    answer = await house.hears("What is new?")

    assert answer.is_error
    assert answer.speech.endswith(".")


async def test_the_request_of_a_broken_stream_is_logged(
    house: House, openai: FakeOpenAI, caplog: pytest.LogCaptureFixture
) -> None:
    openai.streams(response_events([message("The light")], end=None)[:-2])

    await house.hears("What is new?")

    assert "request id req_1" in caplog.text


async def test_a_server_that_says_nothing_is_given_up(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence() -> AsyncIterator[bytes]:
        yield b": hello\n\n"
        raise httpx.ReadTimeout("nothing came")

    openai.sends(silence())

    assert "too long" in (await house.hears("What is new?")).speech


async def test_a_turn_without_end_is_given_up(
    house: House, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "VOICE", Timeouts(turn=0.01, silence=5))
    meeting = Meeting(house.hass)
    await house.async_load(llm_hass_api=["meeting"], recommended=True)
    openai.calls("first", {})
    openai.says("I am back.")

    answer = await house.hears("Meet somebody who does not come")
    again = await house.hears("What is new?", conversation_id=answer.conversation_id)

    assert answer.speech == "An action in your home is taking a long time. It may still be running."
    assert meeting.arrived == {"first"}
    assert again.speech == "I am back."


async def test_an_interrupted_call_has_a_result_in_the_next_turn(
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
    assert (await house.hears("What is new?")).speech == "I am back."


async def test_changing_the_settings_lets_a_conversation_end(house: House, openai: FakeOpenAI) -> None:
    async def reload_in_between() -> AsyncIterator[bytes]:
        first, *rest = response_events([message("Once upon a time.")])
        yield sse([first])
        await house.hass.config_entries.async_reload(house.entry.entry_id)
        yield sse(rest)

    openai.sends(reload_in_between())

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."


async def test_a_reload_that_takes_its_time(house: House, openai: FakeOpenAI) -> None:
    async def unload_in_between() -> AsyncIterator[bytes]:
        first, *rest = response_events([message("Once upon a time.")])
        yield sse([first])
        await house.hass.config_entries.async_unload(house.entry.entry_id)
        yield sse(rest)

    openai.sends(unload_in_between())

    assert (await house.hears("Tell me a story")).speech == "Once upon a time."
