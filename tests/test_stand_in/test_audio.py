"""Tests of the stand-in's speech-to-text and text-to-speech."""

import asyncio
import io
import time
from typing import Any
import wave

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from mutagen.aac import AAC
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus
import openai
import pytest

from tests.stand_in import InvalidRequest, create_app
from tests.stand_in.errors import ApiError
from tests.stand_in.forms import File
from tests.stand_in.sound import as_wav, heard, spoken_pcm, spoken_wav
from tests.stand_in.speech_rules import validate_speech_request
from tests.stand_in.transcription_rules import validate_transcription_request

from .requests import KEY, arm

TEXT = "Schalte das Licht in der Küche ein, bitte!"


# --- sound ---


def test_what_is_said_is_heard() -> None:
    pcm = spoken_pcm(TEXT)
    assert len(pcm) == 2 * 16_000
    assert heard(pcm) == heard(spoken_wav(TEXT)) == TEXT
    assert heard(spoken_pcm("One.") + bytes(999) + spoken_pcm("Two.")) == "One. Two."
    assert heard(bytes(32_000)) == heard(b"") == ""


def test_a_long_text_takes_longer_and_survives_chunks_of_10_ms() -> None:
    text = "word " * 10_000
    pcm = spoken_pcm(text)
    assert len(pcm) > 50_000
    assert len(pcm) % 2 == 0
    assert heard(pcm[: len(pcm) // 320 * 320]) == text


# --- hearing ---


async def test_it_writes_down_what_it_hears(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    file = ("audio.wav", spoken_wav(TEXT))
    words: Any = {"languages": ["de"], "keywords": ["Küche", "Lampe 2"]}
    written = await client.audio.transcriptions.create(
        model="gpt-transcribe", file=file, prompt="A house.", extra_body=words
    )
    assert written.text == TEXT
    assert written.to_dict()["languages"] == [{"code": "de"}]
    async with web.get("/stand-in/requests") as response:
        (record,) = await response.json()
    assert record["body"]["file"] == {
        "filename": "audio.wav",
        "content_type": record["body"]["file"]["content_type"],
        "bytes": len(file[1]),
    }
    assert record["body"]["keywords"] == ["Küche", "Lampe 2"]
    assert record["outcome"] == {"status": 200, "text": TEXT}


async def test_silence_is_an_empty_text(client: openai.AsyncOpenAI) -> None:
    silence = ("a.wav", as_wav(bytes(32_000)))
    assert (await client.audio.transcriptions.create(model="gpt-transcribe", file=silence)).text == ""
    written = await client.audio.transcriptions.create(
        model="gpt-4o-mini-transcribe", file=("a.ogg", b"OggS"), language="de", temperature=0.5
    )
    assert written.text == ""


def form(**changes: Any) -> dict[str, Any]:
    wanted = {"model": "gpt-transcribe", "file": wav(spoken_wav("Hi")), **changes}
    return {key: value for key, value in wanted.items() if value is not None}


def wav(data: bytes, name: str = "a.wav") -> File:
    return File(name, "audio/wav", data)


@pytest.mark.parametrize(
    "changes",
    [
        {"languages": ["en", "de"], "keywords": ["Bad"], "response_format": "json"},
        {"model": "whisper-1", "language": "de", "temperature": "0", "response_format": "srt"},
        {"model": "gpt-4o-transcribe", "prompt": "A house."},
        {"file": wav(b"ID3", "a.mp3")},
    ],
)
def test_a_good_recording_passes(changes: dict[str, Any]) -> None:
    validate_transcription_request(form(**changes))


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"file": None}, "file", "missing_required_parameter"),
        ({"file": "hello"}, "file", "invalid_type"),
        ({"model": None}, "model", "missing_required_parameter"),
        ({"model": "gpt-6-luna"}, "model", "model_not_found"),
        ({"foo": "1"}, "foo", "unknown_parameter"),
        ({"language": "de"}, "language", "unsupported_parameter"),
        ({"language": "de", "languages": ["de"]}, "languages", "invalid_value"),
        ({"languages": ["de-DE"]}, "languages", "invalid_language_format"),
        ({"languages": "de"}, "languages", "invalid_type"),
        ({"keywords": ["Lamp", "<b>"]}, "keywords[1]", "invalid_value"),
        ({"keywords": ["two\nlines"]}, "keywords[0]", "invalid_value"),
        ({"keywords": [" "]}, "keywords[0]", "invalid_value"),
        ({"response_format": "text"}, "response_format", "unsupported_value"),
        ({"model": "whisper-1", "languages": ["de"]}, "languages", "unsupported_parameter"),
        ({"model": "whisper-1", "keywords": ["Bad"]}, "keywords", "unsupported_parameter"),
        ({"model": "whisper-1", "language": "german"}, "language", "invalid_language_format"),
        ({"model": "whisper-1", "temperature": "2"}, "temperature", "decimal_above_max_value"),
        ({"model": "whisper-1", "temperature": "warm"}, "temperature", "invalid_type"),
        ({"file": wav(b"RIFF")}, "file", "invalid_value"),
        ({"file": wav(b"RIFF", "a.ogg")}, "file", "invalid_value"),
        ({"file": wav(spoken_wav("Hi"), "a.pcm")}, "file", None),
        ({"file": wav(as_wav(bytes(3_000)))}, "file", "audio_too_short"),
    ],
)
def test_a_bad_recording_is_refused(changes: dict[str, Any], param: str, code: str | None) -> None:
    with pytest.raises(InvalidRequest) as caught:
        validate_transcription_request(form(**changes))
    assert (caught.value.param, caught.value.code) == (param, code)


def test_a_recording_can_be_too_large() -> None:
    with pytest.raises(ApiError) as caught:
        validate_transcription_request(form(file=wav(bytes(26 * 1024 * 1024), "a.mp3")))
    assert caught.value.status == 413


async def test_what_is_no_form_is_refused(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    async with web.post("/v1/audio/transcriptions", json={}, headers=headers) as response:
        assert response.status == 400
    with pytest.raises(openai.BadRequestError, match="does not support stream"):
        await client.audio.transcriptions.create(model="whisper-1", file=("a.wav", WAV), stream=True)


WAV = spoken_wav("Hi")


# --- speaking ---


@pytest.mark.parametrize("model", ["tts-1", "tts-1-hd", "gpt-4o-mini-tts"])
async def test_it_says_a_text(client: openai.AsyncOpenAI, model: str) -> None:
    said = await client.audio.speech.create(model=model, voice="nova", input=TEXT, response_format="wav")
    with wave.open(io.BytesIO(said.content)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (24_000, 1, 2)
        seconds = sound.getnframes() / 24_000
        assert heard(sound.readframes(sound.getnframes())) == TEXT
    raw = await client.audio.speech.create(
        model=model, voice="nova", input=TEXT, response_format="pcm", speed=2
    )
    assert heard(raw.content) == TEXT
    assert len(raw.content) / 48_000 == pytest.approx(seconds / 2, abs=0.001)


@pytest.mark.parametrize(
    ("kind", "reader", "content_type"),
    [
        ("mp3", MP3, "audio/mpeg"),
        ("aac", AAC, "audio/aac"),
        ("opus", OggOpus, "audio/opus"),
    ],
)
async def test_the_other_formats_are_silence_that_can_be_played(
    client: openai.AsyncOpenAI, kind: Any, reader: Any, content_type: str
) -> None:
    said = await client.audio.speech.create(
        model="tts-1", voice="alloy", input="word " * 10, response_format=kind
    )
    assert said.response.headers["content-type"] == content_type
    info = reader(io.BytesIO(said.content)).info
    assert info.length == pytest.approx(3, abs=0.1)


async def test_flac_is_empty(client: openai.AsyncOpenAI) -> None:
    said = await client.audio.speech.create(model="tts-1", voice="alloy", input="Hi", response_format="flac")
    assert FLAC(io.BytesIO(said.content)).info.sample_rate == 24_000


async def test_a_voice_takes_its_time() -> None:
    app = create_app(first_word_ms=100, word_ms=20)
    body = {"model": "tts-1", "voice": "nova", "input": "One two three four.", "response_format": "pcm"}
    headers = {"Authorization": f"Bearer {KEY}"}
    async with TestServer(app) as slow, ClientSession(slow.make_url("/"), headers=headers) as web:
        start = time.monotonic()
        async with web.post("/v1/audio/speech", json=body) as response:
            assert response.headers["Transfer-Encoding"] == "chunked"
            pieces = [piece async for piece, _ in response.content.iter_chunks()]
    assert time.monotonic() - start >= 0.1 + 3 * 0.02
    assert len(pieces) >= 4
    assert heard(b"".join(pieces)) == "One two three four."


async def test_it_notices_who_stops_listening() -> None:
    body = {"model": "tts-1", "voice": "nova", "input": "One two three four.", "response_format": "pcm"}
    headers = {"Authorization": f"Bearer {KEY}"}
    server = TestServer(create_app(word_ms=60_000))
    async with server, ClientSession(server.make_url("/"), headers=headers) as web:
        async with web.post("/v1/audio/speech", json=body) as response:
            assert await response.content.readany()
        async with asyncio.timeout(5):
            outcome = {}
            while not outcome.get("client_left"):
                async with web.get("/stand-in/requests") as response:
                    outcome = (await response.json())[0]["outcome"]
    assert outcome == {"status": 200, "client_left": True}


def speech(**changes: Any) -> dict[str, Any]:
    wanted = {"model": "gpt-4o-mini-tts", "voice": "nova", "input": "Hi", **changes}
    return {key: value for key, value in wanted.items() if value is not None}


@pytest.mark.parametrize(
    "changes",
    [
        {"voice": "cedar", "instructions": "Whisper.", "speed": 0.25, "response_format": "opus"},
        {"voice": {"id": "voice_1"}, "input": "x" * 4096},
        {"model": "tts-1", "speed": 4.0},
    ],
)
def test_a_good_text_passes(changes: dict[str, Any]) -> None:
    validate_speech_request(speech(**changes))


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"voice": None}, "voice", "missing_required_parameter"),
        ({"voice": "nobody"}, "voice", "unsupported_value"),
        ({"model": "tts-1", "voice": "cedar"}, "voice", "unsupported_value"),
        ({"model": "gpt-6-luna"}, "model", "model_not_found"),
        ({"input": " "}, "input", "string_below_min_length"),
        ({"input": "x" * 4097}, "input", "string_above_max_length"),
        ({"speed": 0.2}, "speed", "decimal_below_min_value"),
        ({"speed": 5.0}, "speed", "decimal_above_max_value"),
        ({"response_format": "ogg"}, "response_format", "invalid_value"),
        ({"model": "tts-1", "instructions": "Whisper."}, "instructions", "unsupported_parameter"),
        ({"model": "tts-1-hd", "stream_format": "sse"}, "stream_format", "unsupported_value"),
        ({"foo": 1}, "foo", "unknown_parameter"),
    ],
)
def test_a_bad_text_is_refused(changes: dict[str, Any], param: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        validate_speech_request(speech(**changes))
    assert (caught.value.param, caught.value.code) == (param, code)


# --- both ---


@pytest.mark.parametrize("path", ["/v1/audio/transcriptions", "/v1/audio/speech"])
async def test_faults_and_keys(client: openai.AsyncOpenAI, web: ClientSession, path: str) -> None:
    async def ask(sdk: openai.AsyncOpenAI) -> None:
        if path.endswith("speech"):
            await sdk.audio.speech.create(model="tts-1", voice="nova", input="Hi")
        else:
            await sdk.audio.transcriptions.create(model="whisper-1", file=("a.wav", WAV))

    await arm(web, "quota", path=path)
    with pytest.raises(openai.RateLimitError):
        await ask(client)
    await ask(client)
    with pytest.raises(openai.AuthenticationError):
        await ask(client.with_options(api_key="x"))
    await arm(web, "slow", path=path, seconds=0.2)
    with pytest.raises(openai.APITimeoutError):
        await ask(client.with_options(timeout=0.05))
