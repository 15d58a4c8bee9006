"""Tests of the tests' own OpenAI: what it was asked, and that it refuses what OpenAI would."""

from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
import wave

import httpx
from openai import APIConnectionError, AsyncOpenAI, InternalServerError
import pytest

from ..stand_in.errors import ApiError
from ..stand_in.forms import File
from ..support.account import KEY
from ..support.responses_api import BASE_URL, PNG, FakeOpenAI

_FILE = BytesIO()
with wave.open(_FILE, "wb") as _sound:
    _sound.setparams((1, 2, 16_000, 0, "NONE", ""))
    _sound.writeframes(b"\0-\r\n" * 3_200)
WAV = _FILE.getvalue()


@pytest.fixture
async def client(openai: FakeOpenAI) -> AsyncIterator[AsyncOpenAI]:
    async with (
        httpx.AsyncClient() as http,
        AsyncOpenAI(api_key=KEY, base_url=BASE_URL, http_client=http, max_retries=0) as sdk,
    ):
        yield sdk


async def test_it_transcribes(openai: FakeOpenAI, client: AsyncOpenAI) -> None:
    openai.hears("Hello.", languages=[{"code": "en"}])
    sound = ("a.wav", WAV)
    said = await client.audio.transcriptions.create(
        model="gpt-transcribe", file=sound, extra_body={"languages": ["en"], "keywords": ["Küche", "Bad"]}
    )
    assert said.text == "Hello."
    (asked,) = openai.transcription_requests
    assert asked == {
        "file": File("a.wav", asked["file"].content_type, WAV),
        "model": "gpt-transcribe",
        "languages": ["en"],
        "keywords": ["Küche", "Bad"],
    }


async def test_it_speaks(openai: FakeOpenAI, client: AsyncOpenAI) -> None:
    openai.speaks(b"one", b"two")
    stream = client.audio.speech.with_streaming_response
    async with stream.create(model="gpt-4o-mini-tts", voice="cedar", input="Hi", speed=1.5) as spoken:
        assert b"".join([piece async for piece in spoken.iter_bytes()]) == b"onetwo"
    assert openai.speech_requests == [
        {"model": "gpt-4o-mini-tts", "voice": "cedar", "input": "Hi", "speed": 1.5}
    ]


async def test_it_decides(openai: FakeOpenAI, client: AsyncOpenAI) -> None:
    answer = {"type": "predicate", "name": "rain", "probability": 0.9}
    openai.decides(answer)
    question = {"type": "predicate", "name": "rain", "instructions": "Will it rain?"}
    body = {"model": "gpt-6-luna", "input": "Clouds.", "questions": [question]}
    decided: Any = await client.post("/decisions", body=body, cast_to=object)
    assert decided["answers"] == [answer]
    assert openai.decision_requests == [body]


async def test_it_edits(openai: FakeOpenAI, client: AsyncOpenAI) -> None:
    openai.edits(PNG)
    images = [("a.png", PNG), ("b.png", PNG)]
    await client.images.edit(model="gpt-image-2", prompt="Add a cat", image=images, n=1)
    (asked,) = openai.edit_requests
    assert asked == {
        "model": "gpt-image-2",
        "prompt": "Add a cat",
        "n": "1",
        "image": [File("a.png", "image/png", PNG), File("b.png", "image/png", PNG)],
    }


async def test_it_fails_as_requested(openai: FakeOpenAI, client: AsyncOpenAI) -> None:
    openai.does_not_speak(httpx.Response(500))
    assert not openai.is_done
    with pytest.raises(InternalServerError):
        await client.audio.speech.create(model="tts-1", voice="nova", input="Hi")


async def test_it_refuses_what_openai_would(openai: FakeOpenAI, client: AsyncOpenAI) -> None:
    # Releases of the SDK differ: some take any exception for a lost connection.
    with pytest.raises((APIConnectionError, ApiError)):
        await client.audio.speech.create(model="tts-1", voice="nobody", input="Hi")
    assert [error.param for error in openai.refused] == ["voice"]
    assert openai.speech_requests == []
    openai.speech.refused.clear()
