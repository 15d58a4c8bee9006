"""Speech that is understood while the user is still speaking."""

import asyncio
from collections.abc import AsyncIterator
from itertools import batched
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.errors import OpenAIRequestError
from custom_components.openai_conversation.realtime.microphone import Microphone
from custom_components.openai_conversation.realtime.pool import Pool
from custom_components.openai_conversation.realtime.transcription import (
    Transcript,
    async_transcribe_live,
    live_settings,
)
from tests.stand_in.tones import sung_pcm
from tests.support.stand_in import StandIn

TEXT = "Schalte das Licht in der Küche ein!"
SOUND = sung_pcm(TEXT)
SETTINGS = live_settings("gpt-live-transcribe", languages=["de"], keywords=["Küche"], prompt="A house.")
MODULE = "custom_components.openai_conversation.realtime.transcription"


@pytest.fixture(autouse=True)
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a session more time to open: the speakers of these tests stop early."""
    monkeypatch.setattr(f"{MODULE}.OPEN_TIMEOUT", 10.0)


class Speaker:
    """Somebody who speaks, and waits for a sign after a part of it."""

    def __init__(self, sound: bytes = SOUND, *, waits_after: float = 1) -> None:
        self.goes_on = asyncio.Event()
        self._sound = sound
        self._part = int(len(sound) * waits_after)
        if waits_after == 1:
            self.goes_on.set()

    async def stream(self) -> AsyncIterator[bytes]:
        """Yield chunks of 30 ms."""
        said = 0
        for chunk in batched(self._sound, 960, strict=False):
            if said >= self._part:
                await self.goes_on.wait()
            yield bytes(chunk)
            said += len(chunk)


async def understand(pool: Pool, sound: bytes = SOUND, **changes: Any) -> list[Transcript]:
    async with asyncio.timeout(10), Microphone(Speaker(sound).stream(), 10**7) as microphone:
        return [each async for each in async_transcribe_live(pool, {**SETTINGS, **changes}, microphone)]


async def test_it_is_understood_while_it_is_said(pool: Pool, stand_in: StandIn) -> None:
    speaker = Speaker(waits_after=0.6)
    async with asyncio.timeout(10), Microphone(speaker.stream(), 10**7) as microphone:
        texts = []
        async for transcript in async_transcribe_live(pool, SETTINGS, microphone):
            texts.append(transcript.text)
            if not stand_in.received("input_audio_buffer.commit"):
                assert transcript.answer is None
            speaker.goes_on.set()

    assert texts[:3] == ["Schalte", "Schalte das", "Schalte das Licht"]
    assert texts[-1] == texts[-2] == TEXT
    assert transcript.answer
    assert transcript.answer["usage"]["seconds"] == pytest.approx(len(SOUND) / 32_000, abs=0.01)
    [update] = stand_in.received("session.update")
    assert update["session"]["audio"]["input"]["transcription"] == {
        "model": "gpt-live-transcribe",
        "languages": ["de"],
        "keywords": ["Küche"],
        "prompt": "A house.",
    }


def test_what_is_not_known_is_not_sent() -> None:
    settings = live_settings("gpt-live-transcribe", languages=[], keywords=[], prompt=None)

    assert settings["audio"]["input"]["transcription"] == {"model": "gpt-live-transcribe"}


async def test_the_next_one_is_heard_on_the_same_session(pool: Pool, stand_in: StandIn) -> None:
    for text in (TEXT, "Danke.", TEXT):
        assert (await understand(pool, sung_pcm(text)))[-1].text == text

    assert len(stand_in.received("connect")) == 1


async def test_two_at_once_have_a_session_each(pool: Pool, stand_in: StandIn) -> None:
    texts = [TEXT, "Danke."]

    heard = await asyncio.gather(*(understand(pool, sung_pcm(text)) for text in texts))

    assert [each[-1].text for each in heard] == texts
    assert len(stand_in.received("connect")) == 2


async def test_silence_is_nothing(pool: Pool) -> None:
    [transcript] = await understand(pool, bytes(32_000))

    assert transcript.text == ""


@pytest.mark.parametrize("size", [0, 2, 3000])
async def test_audio_that_is_too_short_is_not_committed(pool: Pool, stand_in: StandIn, size: int) -> None:
    [transcript] = await understand(pool, bytes(size))

    assert transcript.text == ""
    assert stand_in.received("input_audio_buffer.commit") == []
    assert (await understand(pool))[-1].text == TEXT


@pytest.mark.parametrize(
    ("at", "fault", "kind"),
    [
        ("/v1/realtime", "overloaded", "no_websocket"),
        ("/v1/realtime", "late", "billing"),
        ("input_audio_buffer.append", "close", "connection"),
        ("input_audio_buffer.append", "cut", "connection"),
        ("input_audio_buffer.append", "rate_limit", "rate_limit"),
        ("input_audio_buffer.commit", "close", "connection"),
        ("input_audio_buffer.commit", "cut", "connection"),
        ("input_audio_buffer.commit", "failed", "server"),
        ("input_audio_buffer.commit", "stall", "timeout"),
    ],
)
async def test_nothing_that_was_said_is_lost(
    pool: Pool, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, at: str, fault: str, kind: str
) -> None:
    monkeypatch.setattr(f"{MODULE}.ANSWER_TIMEOUT", 0.2)
    await stand_in.fails(fault, at=at, **({"param": "quota"} if fault == "late" else {}))
    speaker = Speaker(waits_after=0.3)
    async with asyncio.timeout(10), Microphone(speaker.stream(), 10**7) as microphone:
        speaker.goes_on.set()
        with pytest.raises(OpenAIRequestError) as caught:
            async for _ in async_transcribe_live(pool, SETTINGS, microphone):
                pass
        assert caught.value.failure.kind == kind
        assert await microphone.async_audio() == SOUND

    # what was left over is not what the next one says
    assert (await understand(pool, sung_pcm("Danke.")))[-1].text == "Danke."


async def test_keywords_that_are_refused_are_left_out(pool: Pool, stand_in: StandIn) -> None:
    settings = live_settings("gpt-live-transcribe", languages=["de"], keywords=["<b>"], prompt=None)

    async with Microphone(Speaker().stream(), 10**7) as microphone:
        heard = [each.text async for each in async_transcribe_live(pool, settings, microphone)]

    assert heard[-1] == TEXT


async def test_who_does_not_wait_for_the_answer(pool: Pool, stand_in: StandIn) -> None:
    speaker = Speaker(waits_after=0.6)
    async with asyncio.timeout(10), Microphone(speaker.stream(), 10**7) as microphone:
        transcripts = async_transcribe_live(pool, SETTINGS, microphone)
        assert (await anext(transcripts)).text == "Schalte"
        await transcripts.aclose()

    assert (await understand(pool, sung_pcm("Danke.")))[-1].text == "Danke."


# --- the microphone ---


async def test_whoever_listens_late_hears_all() -> None:
    heard: list[bytes] = []
    async with Microphone(Speaker().stream(), 10**7) as microphone:
        assert await microphone.async_audio() == SOUND
        microphone.listen(heard.append)

    assert b"".join(heard) == SOUND
    assert heard[-1] == b""


async def test_an_endless_recording_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(1000)
            await asyncio.sleep(0)

    async with asyncio.timeout(5), Microphone(endless(), 5000) as microphone:
        assert len(await microphone.async_audio()) == 6000


async def test_a_stream_that_breaks() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"ab"
        raise OSError("unplugged")

    heard: list[bytes] = []
    async with Microphone(broken(), 5000) as microphone:
        microphone.listen(heard.append)
        with pytest.raises(OSError, match="unplugged"):
            await microphone.async_audio()
    assert heard == [b"ab", b""]


async def test_a_microphone_that_is_put_down_reads_no_more() -> None:
    ended = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"ab"
                await asyncio.sleep(0.01)
        finally:
            ended.set()

    async with Microphone(endless(), 5000):
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await ended.wait()
