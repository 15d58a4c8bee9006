"""Tests of the stand-in's events."""

from openai.types.responses import Response

from tests.stand_in import validate_response_request
from tests.stand_in.events import events_for
from tests.stand_in.items import FunctionCall, Message, Reasoning
from tests.stand_in.usage import PromptCache

from .requests import check_events, request

ITEMS = (
    Reasoning(("One thought.", "Another.")),
    Message("Let me see."),
    FunctionCall("intent__HassTurnOn", '{"name": "Kitchen Light"}'),
    FunctionCall("intent__HassTurnOff", "{}"),
)


def test_events_fit_the_sdk_and_come_in_order() -> None:
    body = request("hello", model="gpt-6-luna")
    events = events_for(body, ITEMS, PromptCache().usage_of(body, ITEMS))
    check_events(events)
    kinds = [event["type"].removeprefix("response.") for event in events]
    assert list(dict.fromkeys(kinds)) == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "completed",
    ]
    response = Response.model_validate(events[-1]["response"], strict=True)
    assert [item.type for item in response.output] == [
        "reasoning",
        "message",
        "function_call",
        "function_call",
    ]
    assert response.usage
    assert response.usage.output_tokens_details.reasoning_tokens > 0


def test_pieces_add_up_to_the_whole() -> None:
    body = request("hello", stream_options={"include_obfuscation": False})
    events = events_for(body, [Message(" Two  words.\nA line. ")], PromptCache().usage_of(body, []))
    assert "".join(e["delta"] for e in events if "delta" in e) == " Two  words.\nA line. "
    assert not any("obfuscation" in event for event in events)


def test_what_it_says_can_be_sent_back() -> None:
    body = request("hello", model="gpt-6-luna")
    for items in (ITEMS, (Message("No.", refusal=True),)):
        output = events_for(body, items, PromptCache().usage_of(body, items))[-1]["response"]["output"]
        results = [
            {"type": "function_call_output", "call_id": item["call_id"], "output": "{}"}
            for item in output
            if item["type"] == "function_call"
        ]
        validate_response_request({**body, "input": [*body["input"], *output, *results]})


def test_a_prompt_seen_before_is_cached() -> None:
    cache = PromptCache()
    body = request("hello", instructions="x" * 8000, model="gpt-6-luna")
    first = cache.usage_of(body, ())["input_tokens_details"]
    second = cache.usage_of(body, ())["input_tokens_details"]
    other = cache.usage_of({**body, "prompt_cache_key": "other"}, ())["input_tokens_details"]
    assert first["cached_tokens"] == other["cached_tokens"] == 0
    assert first["cache_write_tokens"] > 1024
    assert second["cached_tokens"] >= 1024
    assert second["cached_tokens"] % 128 == 0
