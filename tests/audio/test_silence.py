"""Silence while a text is still being written."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
import io
import time

from mutagen.mp3 import MP3
import pytest

from custom_components.openai_conversation.audio import silence
from custom_components.openai_conversation.audio.formats import Codec
from custom_components.openai_conversation.audio.silence import SilenceFiller
from tests.stand_in.silence import mp3

SECOND = 48_000
SOUND = b"\1\2"


@pytest.fixture(autouse=True)
def today() -> None:
    """Let real time pass: silence lasts as long as it plays."""


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make everything a tenth of what it is."""
    for name in ("FIRST", "LEAD", "STEP"):
        monkeypatch.setattr(silence, name, getattr(silence, name) / 10)


class Line:
    """Audio that comes when the test wants it to."""

    def __init__(self) -> None:
        self.chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.fits = True
        self.asked: list[bool] = []
        self.is_asked = asyncio.Event()

    async def audio(self) -> AsyncGenerator[bytes]:
        while (chunk := await self.chunks.get()) is not None:
            yield chunk

    def says(self, *chunks: bytes | None) -> None:
        for chunk in chunks:
            self.chunks.put_nowait(chunk)

    def fits_silence(self, *, is_silent: bool) -> bool:
        self.asked.append(is_silent)
        self.is_asked.set()
        return self.fits

    def filled(self, codec: Codec = "pcm") -> AsyncGenerator[bytes]:
        return SilenceFiller(codec, self.fits_silence).async_fill(self.audio())


async def test_audio_passes_as_it_is() -> None:
    line = Line()
    line.says(SOUND, SOUND * 5, None)

    assert [chunk async for chunk in line.filled()] == [SOUND, SOUND * 5]


async def test_silence_flows_in_real_time_until_there_is_more() -> None:
    line = Line()
    async with asyncio.timeout(10), aclosing(line.filled()) as filled:
        line.says(SOUND)
        assert await anext(filled) == SOUND
        start = time.monotonic()
        chunks = [await anext(filled) for _ in range(30)]
        took = time.monotonic() - start

        line.says(SOUND * 2, None)
        rest = [chunk async for chunk in filled]

    assert set(b"".join(chunks)) == {0}
    # it plays for as long as it took to come, except for what a player has in advance
    plays = len(b"".join(chunks)) / SECOND
    assert plays == pytest.approx(0.3)
    assert plays - silence.LEAD - silence.STEP <= took <= 5 * plays
    assert rest[-1] == SOUND * 2
    assert line.asked[:3] == [False, True, True]


async def test_silence_waits_until_the_sound_is_nearly_played() -> None:
    line = Line()
    async with asyncio.timeout(10), aclosing(line.filled()) as filled:
        line.says(bytes(SECOND // 2))
        await anext(filled)
        start = time.monotonic()
        await anext(filled)

    assert time.monotonic() - start >= 0.5 - silence.LEAD - 0.01


async def test_before_the_first_sound_silence_waits_longer() -> None:
    line = Line()
    start = time.monotonic()
    async with asyncio.timeout(10), aclosing(line.filled()) as filled:
        assert set(await anext(filled)) == {0}

    assert time.monotonic() - start >= silence.FIRST - silence.LEAD - 0.01


async def test_no_silence_is_added_where_it_does_not_fit() -> None:
    line = Line()
    line.fits = False
    async with asyncio.timeout(10), aclosing(line.filled()) as filled:
        line.says(SOUND)
        await anext(filled)
        waiting = asyncio.create_task(anext(filled))
        await line.is_asked.wait()
        assert not waiting.done()
        line.says(SOUND * 2)
        assert await waiting == SOUND * 2


async def test_silence_does_not_last_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "MOST", 5 * silence.STEP)
    line = Line()
    async with asyncio.timeout(10), aclosing(line.filled()) as filled:
        line.says(SOUND)
        await anext(filled)
        for _ in range(5):
            await anext(filled)
        waiting = asyncio.create_task(anext(filled))
        assert not (await asyncio.wait({waiting}, timeout=0.1))[0]
        line.says(SOUND)
        assert await waiting == SOUND
        assert set(await anext(filled)) == {0}


async def test_silence_in_an_mp3_is_mp3() -> None:
    line = Line()
    sound = mp3(0.1)
    async with asyncio.timeout(10), aclosing(line.filled("mp3")) as filled:
        line.says(sound)
        heard = [await anext(filled) for _ in range(40)]
        line.says(mp3(0.1), None)
        heard += [chunk async for chunk in filled]

    whole = MP3(io.BytesIO(b"".join(heard))).info
    assert len({chunk[:4] for chunk in heard}) == 1
    assert whole.sample_rate == 24_000
    assert whole.length == pytest.approx(sum(len(chunk) for chunk in heard) / 96 * 0.024, rel=0.02)


async def test_a_format_without_silence_waits() -> None:
    line = Line()
    async with asyncio.timeout(10), aclosing(line.filled("aac")) as filled:
        line.says(SOUND)
        await anext(filled)
        waiting = asyncio.create_task(anext(filled))
        assert not (await asyncio.wait({waiting}, timeout=0.1))[0]
        line.says(None)
        with pytest.raises(StopAsyncIteration):
            await waiting


async def test_a_listener_that_stops_closes_the_audio() -> None:
    stopped = asyncio.Event()

    async def audio() -> AsyncGenerator[bytes]:
        try:
            yield SOUND
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with aclosing(audio()) as source:
        filled = SilenceFiller("pcm", Line().fits_silence).async_fill(source)
        assert await anext(filled) == SOUND
        await filled.aclose()
    assert stopped.is_set()


async def test_a_failure_comes_through() -> None:
    async def audio() -> AsyncGenerator[bytes]:
        yield SOUND
        raise OSError("gone")

    filled = SilenceFiller("pcm", Line().fits_silence).async_fill(audio())
    assert await anext(filled) == SOUND
    with pytest.raises(OSError, match="gone"):
        await anext(filled)
