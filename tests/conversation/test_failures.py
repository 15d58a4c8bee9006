"""Failures: what is said, what is tried again, and what is remembered."""

import asyncio
from typing import Any

import httpx
import pytest

from ..support.house import House
from ..support.responses_api import (
    FakeOpenAI,
    message,
    reasoning,
)


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
async def test_a_failure_is_spoken_once_and_not_repeated(
    house: House, openai: FakeOpenAI, fault: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    openai.refuses(**fault)
    openai.says("I am back.")

    answer = await house.hears("What is new?")

    assert answer.is_error
    assert house.streamed_text == ""
    assert answer.speech.endswith(".")
    assert "{" not in answer.speech
    ours = [record for record in caplog.records if "openai_conversation" in record.name]
    assert (
        len([record for record in ours if record.levelname == "WARNING" and "req_1" in record.message]) == 1
    )
    again = await house.hears("What is new?", conversation_id=answer.conversation_id)
    assert again.speech == "I am back."


async def test_a_speaker_says_a_failure_as_it_says_an_answer(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(429, type="insufficient_quota")

    answer = await house.hears("What is new?", satellite_id="assist_satellite.kitchen")

    assert answer.is_error
    assert house.streamed_text == answer.speech
    assert "no credit" in answer.speech


async def test_a_missing_connection_is_reported(house: House, openai: FakeOpenAI) -> None:
    openai.breaks(httpx.ConnectError("no network"))

    answer = await house.hears("What is new?")

    assert answer.is_error
    assert "cannot be reached" in answer.speech


async def test_a_stale_connection_is_replaced_silently(house: House, openai: FakeOpenAI) -> None:
    openai.breaks(httpx.RemoteProtocolError("Server disconnected without sending a response."))
    openai.says("Hello.")

    assert (await house.hears("What is new?")).speech == "Hello."


async def test_an_unreachable_server_is_not_waited_for_as_long_as_a_thought(
    house: House, openai: FakeOpenAI
) -> None:
    await house.async_load(recommended=False, chat_model="gpt-6.1-sol", reasoning_effort="max")
    openai.says("42.")

    await house.hears("Think")

    assert openai.timeouts[-1] == {"connect": 3.5, "read": 300, "write": 300, "pool": 300}


async def test_a_short_rate_limit_is_waited_for(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(429, code="rate_limit_exceeded", headers={"retry-after-ms": "1"})
    openai.says("Hello.")

    assert (await house.hears("What is new?")).speech == "Hello."


async def test_a_long_rate_limit_is_reported(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(429, code="rate_limit_exceeded", headers={"retry-after": "60"})

    assert "too many requests" in (await house.hears("What is new?")).speech


async def test_an_error_without_a_type_is_still_recognized(house: House, openai: FakeOpenAI) -> None:
    openai.sends(b'data: {"error": {"code": "insufficient_quota", "message": "No credit."}}\n\n')

    assert "no credit" in (await house.hears("What is new?")).speech


@pytest.mark.parametrize(
    "error", [{"type": "not_found_error", "message": "model: llama9"}, {"param": "model"}], ids=str
)
async def test_a_model_that_a_self_hosted_server_does_not_have(
    house: House, openai: FakeOpenAI, error: dict[str, str]
) -> None:
    openai.refuses(404, **error)

    assert "does not offer this model" in (await house.hears("What is new?")).speech


async def test_a_refused_parameter_is_dropped_once_and_remembered(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="unsupported_value", param="reasoning.effort")
    openai.says("Hello.")
    openai.says("Hello again.")

    await house.hears("What is new?")
    await house.hears("What is new?")

    assert ["reasoning" in request for request in openai.requests] == [True, False, False]


async def test_two_turns_at_once_remember_both_refusals(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(400, code="unsupported_parameter", param="text.verbosity")
    openai.refuses(400, code="unsupported_parameter", param="reasoning.effort")
    for _ in range(3):
        openai.says("Hello.")

    await asyncio.gather(house.hears("What is new?"), house.hears("Hello"))
    await house.hears("What is new?")

    assert not {"text", "reasoning"} & set(openai.request)


@pytest.mark.parametrize("status", [400, 404])
async def test_items_that_are_refused_are_sent_as_text(house: House, openai: FakeOpenAI, status: int) -> None:
    openai.answers(reasoning(), message("Hello."))
    openai.refuses(status, type="invalid_request_error", param="input")
    openai.says("Still here.")
    first = await house.hears("What is new?")

    answer = await house.hears("Are you there?", conversation_id=first.conversation_id)

    assert answer.speech == "Still here."
    assert [item["type"] for item in openai.request["input"]] == ["message"] * 3


async def test_a_conversation_that_became_too_long_loses_its_beginning(
    house: House, openai: FakeOpenAI
) -> None:
    openai.says("Hello.")
    openai.refuses(400, code="context_length_exceeded")
    openai.says("Still here.")
    first = await house.hears("What is new?")

    answer = await house.hears("Are you there?", conversation_id=first.conversation_id)

    assert answer.speech == "Still here."
    assert [item["content"] for item in openai.request["input"]] == ["Are you there?"]


async def test_an_error_is_not_sent_to_the_model_as_its_own_words(house: House, openai: FakeOpenAI) -> None:
    openai.refuses(429, type="insufficient_quota")
    openai.says("I am back.")

    failed = await house.hears("Turn on the light")
    await house.hears("Try again", conversation_id=failed.conversation_id)

    assert [item["content"] for item in openai.request["input"]] == ["Turn on the light", "Try again"]


async def test_a_self_hosted_model_gets_a_question_without_an_answer_and_the_next_as_one(
    house: House, openai: FakeOpenAI
) -> None:
    await house.async_self_host(openai)
    openai.refuses(429, type="insufficient_quota")
    openai.says("I am back.")

    failed = await house.hears("Turn on the light")
    await house.hears("Try again", conversation_id=failed.conversation_id)

    assert [item["content"] for item in openai.request["input"]] == ["Turn on the light\n\nTry again"]
