"""Tests of the stand-in's chat completions: a model that speaks over HTTP."""

from base64 import b64decode
from typing import Any

from aiohttp import ClientSession
import openai
from openai.types.chat import ChatCompletionChunk
import pytest

from tests.stand_in import InvalidRequest
from tests.stand_in.completions import validate_completion_request
from tests.stand_in.sound import heard

from .requests import arm

TEXT = "The door is open."
PATH = "/v1/chat/completions"


def completion(**changes: Any) -> dict[str, Any]:
    return {
        "model": "gpt-audio-1.5",
        "modalities": ["text", "audio"],
        "audio": {"voice": "marin", "format": "pcm16"},
        "messages": [
            {"role": "system", "content": "Read what is between <text> and </text>."},
            {"role": "user", "content": f"<text>{TEXT}</text>"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        **changes,
    }


async def chunks(client: openai.AsyncOpenAI, **changes: Any) -> list[ChatCompletionChunk]:
    async with await client.chat.completions.create(**completion(**changes)) as stream:
        return [chunk async for chunk in stream]


def said(answer: list[ChatCompletionChunk]) -> tuple[str, str]:
    """Return what can be heard, and the transcript."""
    deltas = [choice.delta.to_dict() for chunk in answer for choice in chunk.choices]
    audio: list[dict[str, Any]] = [delta["audio"] for delta in deltas if "audio" in delta]
    sound = b"".join(b64decode(each["data"]) for each in audio if "data" in each)
    return heard(sound), "".join(each.get("transcript", "") for each in audio)


async def test_it_says_a_text(client: openai.AsyncOpenAI) -> None:
    answer = await chunks(client)

    assert said(answer) == (TEXT, TEXT)
    assert [choice.finish_reason for chunk in answer for choice in chunk.choices][-1] == "stop"
    assert answer[-1].usage
    assert answer[-1].usage.completion_tokens_details
    assert answer[-1].usage.completion_tokens_details.audio_tokens == 4 * 6


async def test_instructions_decide(client: openai.AsyncOpenAI) -> None:
    messages = [{"role": "user", "content": f"<text>{TEXT}</text>"}]

    assert said(await chunks(client, messages=messages))[0].startswith("Sure!")


@pytest.mark.parametrize(
    ("fault", "heard_of_it", "reason"),
    [
        ("wrong_start", f"Sure, here it is: {TEXT}", "stop"),
        ("text_part", "", "stop"),
        ("no_audio", "", "stop"),
        ("incomplete", "The door", "length"),
        ("content_filter", "The door", "content_filter"),
    ],
)
async def test_what_goes_wrong(
    client: openai.AsyncOpenAI, web: ClientSession, fault: str, heard_of_it: str, reason: str
) -> None:
    await arm(web, fault, path=PATH)

    answer = await chunks(client)

    assert said(answer)[0] == heard_of_it
    assert [choice.finish_reason for chunk in answer for choice in chunk.choices][-1] == reason


async def test_it_stops_at_the_limit(client: openai.AsyncOpenAI) -> None:
    assert said(await chunks(client, max_completion_tokens=12))[0] == "The door"


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"model": "gpt-6-luna"}, "model"),
        ({"modalities": ["text"]}, "modalities"),
        ({"audio": {"voice": "nova", "format": "pcm16"}}, "audio.voice"),
        ({"audio": {"voice": "marin", "format": "mp3"}}, "audio.format"),
        ({"audio": {"voice": "marin", "format": "pcm16", "speed": 2}}, "audio.speed"),
        ({"input": "x"}, "input"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], param: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        validate_completion_request(completion(**changes))
    assert caught.value.param == param
