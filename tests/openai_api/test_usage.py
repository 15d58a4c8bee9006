"""What one answer used, as the server reports it."""

from dataclasses import fields
from itertools import product
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.usage import Usage
from tests.support.response_items import message

CHAT = "gpt-6-luna"
IMAGE = "gpt-image-2.6-sunburst"

CHAT_USAGE = {
    "input_tokens": 18_014,
    "input_tokens_details": {"cached_tokens": 3_000, "cache_write_tokens": 15_011},
    "output_tokens": 120,
    "output_tokens_details": {"reasoning_tokens": 64},
    "total_tokens": 18_134,
}
IMAGE_USAGE = {
    "input_tokens": 250,
    "input_tokens_details": {"text_tokens": 50, "image_tokens": 200},
    "output_tokens": 1_056,
    "output_tokens_details": {"text_tokens": 0, "image_tokens": 1_056},
    "total_tokens": 1_306,
}


def response(**more: Any) -> dict[str, Any]:
    return {
        "id": "resp_1",
        "object": "response",
        "model": f"{CHAT}-2026-09-01",
        "service_tier": "default",
        "output": [],
        "usage": CHAT_USAGE,
        **more,
    }


def test_an_answer() -> None:
    assert Usage.of_response(CHAT, response()) == Usage(
        model=CHAT,
        service_tier="default",
        input_tokens=18_014,
        cached_tokens=3_000,
        cache_write_tokens=15_011,
        output_tokens=120,
    )


def test_a_decision() -> None:
    usage = Usage.of_response(CHAT, {"model": CHAT, "answers": [], "usage": CHAT_USAGE})

    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens) == (18_014, 3_000, 120)


def test_hosted_tools() -> None:
    search = {"type": "web_search_call", "status": "completed"}
    usage = Usage.of_response(
        CHAT,
        response(
            output=[
                {**search, "action": {"type": "search", "query": "weather"}},
                {**search, "action": {"type": "open_page", "url": "https://example.org"}},
                {**search, "action": {"type": "find_in_page", "pattern": "rain"}},
                search,
                {**search, "status": "failed", "action": {"type": "search", "query": "weather"}},
                {"type": "code_interpreter_call", "container_id": "cntr_1"},
                {"type": "code_interpreter_call", "container_id": "cntr_1"},
                {"type": "code_interpreter_call", "container_id": "cntr_2"},
                message("It rains."),
            ]
        ),
    )

    assert usage.web_searches == 2
    assert usage.containers == {"cntr_1", "cntr_2"}
    assert usage.by_model == (usage,)


def test_an_image_within_an_answer_belongs_to_the_image_model() -> None:
    usage = Usage.of_response(
        CHAT,
        response(
            output=[
                {"type": "image_generation_call", "status": "completed", "result": "aGk="},
                {"type": "image_generation_call", "status": "failed", "result": None},
            ],
            tools=[{"type": "function", "name": "x"}, {"type": "image_generation", "model": IMAGE}],
            tool_usage={"image_gen": IMAGE_USAGE},
        ),
    )

    image = Usage(
        model=IMAGE,
        input_tokens=250,
        image_input_tokens=200,
        output_tokens=1_056,
        image_output_tokens=1_056,
        images=1,
    )
    assert usage.image_generation == image
    assert usage.by_model == (usage, image)
    assert (usage.input_tokens, usage.images) == (18_014, 0)


def test_a_tool_that_was_not_used_is_not_counted() -> None:
    nothing = {**IMAGE_USAGE, "input_tokens": 0, "output_tokens": 0}
    answer = response(tools=[{"type": "image_generation", "model": IMAGE}], tool_usage={"image_gen": nothing})

    assert Usage.of_response(CHAT, answer).image_generation is None


def test_an_image() -> None:
    answer = {"created": 1, "data": [{"b64_json": "aGk="}], "usage": IMAGE_USAGE}

    assert Usage.of_image(IMAGE, answer) == Usage(
        model=IMAGE,
        images=1,
        input_tokens=250,
        image_input_tokens=200,
        output_tokens=1_056,
        image_output_tokens=1_056,
    )


def test_what_an_image_model_gives_out_is_an_image_unless_it_says_otherwise() -> None:
    usage = {name: value for name, value in IMAGE_USAGE.items() if name != "output_tokens_details"}

    assert Usage.of_image(IMAGE, {"data": [], "usage": usage}).image_output_tokens == 1_056


def test_a_transcription_by_its_length() -> None:
    answer = {"text": "Hello", "usage": {"type": "duration", "seconds": 3.5}}

    expected = Usage(model="gpt-transcribe", seconds=3.5)
    assert Usage.of_transcription("gpt-transcribe", answer, seconds=3.2) == expected


def test_a_transcription_by_its_tokens() -> None:
    usage = {
        "type": "tokens",
        "input_tokens": 14,
        "input_token_details": {"audio_tokens": 10, "text_tokens": 4},
        "output_tokens": 45,
        "total_tokens": 59,
    }

    assert Usage.of_transcription("whisper-1", {"usage": usage}, seconds=3.2) == Usage(
        model="whisper-1", input_tokens=14, audio_input_tokens=10, output_tokens=45, seconds=3.2
    )


def test_a_transcription_that_reports_nothing_has_the_length_of_the_recording() -> None:
    assert Usage.of_transcription("whisper-1", {"text": "Hello"}, seconds=3.2).seconds == 3.2


def test_speech() -> None:
    assert Usage.of_speech("tts-1", "Grüß Gott", seconds=0.9) == Usage(
        model="tts-1", characters=9, seconds=0.9
    )


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_realtime_speech(status: str) -> None:
    answer = {
        "status": status,
        "usage": {
            "total_tokens": 110,
            "input_tokens": 80,
            "output_tokens": 30,
            "input_token_details": {
                "text_tokens": 50,
                "audio_tokens": 30,
                "cached_tokens": 64,
                "cached_tokens_details": {"text_tokens": 44, "audio_tokens": 20},
            },
            "output_token_details": {"text_tokens": 8, "audio_tokens": 22},
        },
    }

    assert Usage.of_realtime("gpt-realtime-2.1-mini", answer) == Usage(
        model="gpt-realtime-2.1-mini",
        input_tokens=80,
        cached_tokens=64,
        audio_input_tokens=30,
        cached_audio_tokens=20,
        output_tokens=30,
        audio_output_tokens=22,
    )


JUNK: list[Any] = [
    None, "12", "", -1, 1.5, float("nan"), float("inf"), 10**30, True, [], {}, [12], {"a": 1}, b"12", object()
]  # fmt: skip


def nothing_of(usage: Usage) -> None:
    """Assert that a usage counts nothing."""
    counted = {each.name: getattr(usage, each.name) for each in fields(usage) if each.name != "model"}
    assert not any(counted.values()), counted


@pytest.mark.parametrize("junk", JUNK)
def test_an_answer_of_junk(junk: Any) -> None:
    nothing_of(Usage.of_response(CHAT, junk))
    nothing_of(Usage.of_image(IMAGE, junk))
    nothing_of(Usage.of_transcription("whisper-1", junk))
    nothing_of(Usage.of_realtime("gpt-realtime-2.1-mini", junk))


@pytest.mark.parametrize("junk", JUNK)
def test_junk_within_an_answer(junk: Any) -> None:
    details = dict.fromkeys(
        ("cached_tokens", "cache_write_tokens", "text_tokens", "image_tokens", "audio_tokens"), junk
    )
    shapes = (details, junk)
    for usage, output in product(
        (
            junk,
            *(
                {"input_tokens": junk, "output_tokens": junk}
                | dict.fromkeys(("input_tokens_details", "input_token_details"), inside)
                | dict.fromkeys(("output_tokens_details", "output_token_details"), inside)
                for inside in shapes
            ),
        ),
        (junk, [junk], [{"type": junk, "action": junk}]),
    ):
        answer = {"usage": usage, "output": output, "tool_usage": junk, "tools": [junk]}
        nothing_of(Usage.of_response(CHAT, answer | {"service_tier": 12}))
        nothing_of(Usage.of_image(IMAGE, {"usage": usage}))
        nothing_of(Usage.of_transcription("whisper-1", answer))
        nothing_of(Usage.of_realtime("gpt-realtime-2.1-mini", answer))


@pytest.mark.parametrize("junk", JUNK)
def test_a_hosted_tool_of_junk(junk: Any) -> None:
    usage = Usage.of_response(
        CHAT,
        response(
            output=[
                {"type": "web_search_call", "action": {"type": junk or "junk"}},
                {"type": "code_interpreter_call", "container_id": ["cntr_1"]},
                {"type": "code_interpreter_call"},
            ]
        ),
    )

    assert usage.web_searches == 0
    assert usage.containers == frozenset()


@pytest.mark.parametrize("tier", [None, 1, "", "fast lane", "x" * 21, ["default"]])
def test_a_service_tier_is_a_word(tier: Any) -> None:
    assert Usage.of_response(CHAT, response(service_tier=tier)).service_tier is None


def test_a_part_is_never_more_than_the_whole() -> None:
    usage = Usage.of_response(
        CHAT,
        response(
            usage={
                "input_tokens": 10,
                "input_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 8},
                "output_tokens": 5,
            }
        ),
    )
    assert (usage.cached_tokens, usage.cache_write_tokens) == (8, 2)

    spoken = Usage.of_realtime(
        "gpt-realtime-2.1-mini",
        {
            "usage": {
                "input_tokens": 10,
                "input_token_details": {
                    "audio_tokens": 12,
                    "cached_tokens": 12,
                    "cached_tokens_details": {"audio_tokens": 12},
                },
                "output_tokens": 5,
                "output_token_details": {"audio_tokens": 6},
            }
        },
    )
    assert (spoken.audio_input_tokens, spoken.cached_tokens, spoken.cached_audio_tokens) == (10, 10, 10)
    assert spoken.audio_output_tokens == 5


@pytest.mark.parametrize("seconds", [-1, "3", float("nan"), float("inf"), 10**9, True, None])
def test_a_length_that_cannot_be_one(seconds: Any) -> None:
    answer = {"usage": {"type": "duration", "seconds": seconds}}

    assert Usage.of_transcription("whisper-1", answer, seconds=2).seconds == 2.0
    assert Usage.of_transcription("whisper-1", answer, seconds=seconds).seconds == 0.0
    assert Usage.of_speech("tts-1", "Hi", seconds=seconds).seconds == 0.0
