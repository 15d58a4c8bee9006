"""Text-to-speech: what is read aloud, in which order, and how soon."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from io import BytesIO
from typing import Any
import wave

from freezegun import freeze_time
from freezegun.api import TickingDateTimeFactory
import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.audio import narration, silence
from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.openai_api import errors
from homeassistant.components import tts
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir

from .support.account import KEY
from .support.engines import TTS, async_add_engine, response, written
from .support.responses_api import FakeOpenAI

MP3_HEADER = bytes.fromhex("fff344c4")
MP3 = MP3_HEADER.ljust(96, b"\x55") * 8
FOX = "The quick brown fox jumps over the lazy dog."


@pytest.fixture(autouse=True)
def today() -> Iterator[TickingDateTimeFactory]:
    """Make it a day long before the end of OpenAI's speech API."""
    with freeze_time("2026-10-15 12:00:00+00:00", tick=True) as clock:
        yield clock


@pytest.fixture
async def account(hass: HomeAssistant, openai: FakeOpenAI) -> MockConfigEntry:
    """An account with an engine as Home Assistant's own integration stores it."""
    return await async_add_engine(hass, "tts", "OpenAI TTS", {"prompt": "", "chat_model": "gpt-4o-mini-tts"})


async def read(hass: HomeAssistant, *parts: str, **options: Any) -> tuple[str, bytes]:
    answer = await response(hass, written(*parts), **options)
    return answer.extension, b"".join([chunk async for chunk in answer.data_gen])


def spoken(openai: FakeOpenAI) -> list[str]:
    return [asked["input"] for asked in openai.speech_requests]


class Line:
    """An answer of OpenAI's that goes on when the test wants it to."""

    def __init__(self, openai: FakeOpenAI) -> None:
        """Be the next answer."""
        self.audio: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.open = asyncio.Event()
        self.closed = asyncio.Event()
        openai.does_not_speak(httpx.Response(200, content=self._stream()))

    async def _stream(self) -> AsyncIterator[bytes]:
        self.open.set()
        try:
            while (chunk := await self.audio.get()) is not None:
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk
        finally:
            self.closed.set()

    def says(self, *chunks: bytes | Exception | None) -> None:
        """Go on; None: the end."""
        for chunk in chunks:
            self.audio.put_nowait(chunk)


async def test_it_speaks(hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry) -> None:
    openai.speaks(b"\0Hel", b"lo")

    assert await read(hass, "Hello.") == ("mp3", b"\0Hello")

    assert openai.speech_requests == [
        {"model": "gpt-4o-mini-tts", "voice": "marin", "input": "Hello.", "response_format": "mp3"}
    ]


async def test_it_is_known_by_the_id_that_was_stored(hass: HomeAssistant, account: MockConfigEntry) -> None:
    entity = er.async_get(hass).async_get(TTS)

    assert (entity.unique_id, entity.config_subentry_id) == ("engine", "engine")
    assert hass.states.get(TTS).attributes["friendly_name"] == "OpenAI TTS"


async def test_the_voices(hass: HomeAssistant, account: MockConfigEntry) -> None:
    voices = tts.get_engine_instance(hass, TTS).async_get_supported_voices("de-DE")

    assert tts.Voice("marin", "Marin") in voices
    assert len(voices) == 13


async def test_a_voice_that_the_model_lacks_is_not_silence(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    await async_add_engine(hass, "tts", "OpenAI TTS", {"chat_model": "tts-1", "prompt": ""})
    openai.speaks(b"\0sound")

    await read(hass, "Hello.", voice="marin")

    assert openai.speech_requests[-1]["voice"] == "alloy"


async def test_how_it_speaks(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    stored = {"chat_model": "gpt-4o-mini-tts", "prompt": "Calmly.", "tts_speed": 1.5, "voice": "sage"}
    await async_add_engine(hass, "tts", "OpenAI TTS", stored)
    openai.speaks(b"\0a")
    openai.speaks(b"\0b")

    await read(hass, "Hello.")
    await read(hass, "Hello.", voice="ash", instructions="Whisper.", speed="0.5")

    for asked, how in zip(
        openai.speech_requests, [("sage", "Calmly.", 1.5), ("ash", "Whisper.", 0.5)], strict=True
    ):
        assert (asked["voice"], asked["instructions"], asked["speed"]) == how


async def test_old_models_take_no_instructions(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    await async_add_engine(
        hass, "tts", "OpenAI TTS", {"chat_model": "tts-1", "prompt": "Calmly.", "voice": "nova"}
    )
    openai.speaks(b"\0a")

    await read(hass, "Hello.")

    assert "instructions" not in openai.speech_requests[0]


@pytest.mark.parametrize("speed", ["fast", 5, 0, None, float("nan")])
async def test_a_speed_that_is_not_one(hass: HomeAssistant, account: MockConfigEntry, speed: Any) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await read(hass, "Hello.", speed=speed)

    assert error.value.translation_key == "speech_speed"


@pytest.mark.parametrize(
    ("preferred", "extension", "codec"),
    [
        ("mp3", "mp3", "mp3"),
        ("aac", "aac", "aac"),
        ("pcm", "pcm", "pcm"),
        ("raw", "raw", "pcm"),
        ("wav", "wav", "pcm"),
        ("flac", "wav", "pcm"),
        ("ogg", "wav", "pcm"),
        ("oga", "wav", "pcm"),
        ("opus", "wav", "pcm"),
        ("wma", "mp3", "mp3"),
    ],
)
async def test_formats(
    hass: HomeAssistant,
    openai: FakeOpenAI,
    account: MockConfigEntry,
    preferred: str,
    extension: str,
    codec: str,
) -> None:
    openai.speaks(b"\0one ")
    openai.speaks(b"\0two ")

    answered, audio = await read(hass, "One. ", "Two.", preferred_format=preferred)

    assert answered == extension
    assert {asked["response_format"] for asked in openai.speech_requests} == {codec}
    assert audio.endswith(b"\0one \0two ")
    assert len(audio) == len(b"\0one \0two ") + (44 if extension == "wav" else 0)


async def test_a_wav_of_unknown_length_can_be_played(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.speaks(bytes(4800))

    _, audio = await read(hass, "Hello.", preferred_format="wav")

    with wave.open(BytesIO(audio)) as sound:
        assert sound.getparams()[:3] == (1, 2, 24_000)
        assert len(sound.readframes(24_000)) == 4800


async def test_it_speaks_before_the_text_is_written(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    heard = asyncio.Event()

    async def text() -> AsyncGenerator[str]:
        yield "It is sunny. And"
        await heard.wait()
        yield " warm."

    openai.speaks(b"\0sunny ")
    openai.speaks(b"\0warm")
    answer = await response(hass, text())

    async with asyncio.timeout(10):
        assert await anext(answer.data_gen) == b"\0sunny "
        assert spoken(openai) == ["It is sunny."]
        heard.set()
        assert [chunk async for chunk in answer.data_gen] == [b"\0warm"]
    assert spoken(openai) == ["It is sunny.", "And warm."]


async def test_the_next_piece_is_under_way_while_one_is_heard(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    first, second, third = Line(openai), Line(openai), Line(openai)
    answer = await response(hass, written("One. ", "Two. ", "\n".join([FOX] * 5)))

    async with asyncio.timeout(10):
        first.says(b"\01")
        assert await anext(answer.data_gen) == b"\01"
        await second.open.wait()
        # this comes first from OpenAI, and is still heard second
        second.says(b"\02", None)
        await second.closed.wait()
        assert not third.open.is_set()

        first.says(b"\01", None)
        assert await anext(answer.data_gen) == b"\01"
        assert await anext(answer.data_gen) == b"\02"
        await third.open.wait()
        third.says(b"\03", None)
        assert [chunk async for chunk in answer.data_gen] == [b"\03"]


async def test_long_texts(hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry) -> None:
    for number in range(10):
        openai.speaks(b"\0%d" % number)

    _, audio = await read(hass, " ".join([FOX] * 100))

    assert audio == b"".join(b"\0%d" % number for number in range(10))
    assert " ".join(spoken(openai)) == " ".join([FOX] * 100)
    assert max(map(len, spoken(openai))) < 1500


async def test_marks_are_not_read(hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry) -> None:
    openai.speaks(b"\0a")

    await read(hass, "It is **very", "** sunny 🌞 ([weather.com](https://weather.com/x))")

    assert spoken(openai) == ["It is very sunny"]


@pytest.mark.parametrize(
    ("preferred", "shortest"), [("mp3", 192), ("wav", 44 + 960), ("flac", 44 + 960), ("pcm", 960)]
)
async def test_nothing_to_say_is_silence(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, preferred: str, shortest: int
) -> None:
    _, audio = await read(hass, "🎉", " 🎉", preferred_format=preferred)

    assert openai.speech_requests == []
    assert len(audio) >= shortest
    assert account.runtime_data.health["tts"].successes == 0


async def test_a_whole_text_at_once(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.speaks(b"\0Hel", b"lo")
    engine = tts.get_engine_instance(hass, TTS)

    assert await engine.async_internal_get_tts_audio("Hello.", "en-US", {}) == ("mp3", b"\0Hello")


async def test_a_lost_connection_is_found_again(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.does_not_speak(httpx.RemoteProtocolError("closed"))
    openai.speaks(b"\0Hello")

    assert await read(hass, "Hello.") == ("mp3", b"\0Hello")
    assert spoken(openai) == ["Hello.", "Hello."]


@pytest.mark.parametrize("param", ["instructions", "speed"])
async def test_what_is_refused_is_not_sent_again(hass: HomeAssistant, openai: FakeOpenAI, param: str) -> None:
    stored = {"chat_model": "gpt-4o-mini-tts", "prompt": "Calmly.", "tts_speed": 1.5}
    await async_add_engine(hass, "tts", "OpenAI TTS", stored)
    error = {"code": "unsupported_parameter", "param": param}
    openai.does_not_speak(httpx.Response(400, json={"error": error}))
    openai.speaks(b"\0Hello")
    openai.speaks(b"\0Again")

    assert await read(hass, "Hello.") == ("mp3", b"\0Hello")
    assert await read(hass, "Again.") == ("mp3", b"\0Again")

    assert [param in asked for asked in openai.speech_requests] == [True, False, False]
    assert all(({"instructions", "speed"} - {param}) <= asked.keys() for asked in openai.speech_requests)


@pytest.mark.parametrize(
    ("answers", "key"),
    [
        ([httpx.ConnectError("no network")], "connection"),
        ([httpx.ReadTimeout("slow")], "timeout"),
        ([httpx.Response(500)], "server"),
        ([httpx.Response(404, json={"error": {"code": "model_not_found"}})], "model_gone"),
    ],
)
async def test_failures_have_a_sentence(
    hass: HomeAssistant,
    openai: FakeOpenAI,
    account: MockConfigEntry,
    answers: list[httpx.Response | Exception],
    key: str,
) -> None:
    for answer in answers:
        openai.does_not_speak(answer)

    with pytest.raises(HomeAssistantError) as error:
        await read(hass, "Hello.")

    assert (error.value.translation_domain, error.value.translation_key) == (DOMAIN, key)


async def test_a_key_that_was_revoked(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    error = {"code": "invalid_api_key", "message": f"Incorrect API key provided: {KEY}"}
    openai.does_not_speak(httpx.Response(401, json={"error": error}))

    with pytest.raises(HomeAssistantError):
        await read(hass, "Hello.")
    await hass.async_block_till_done()

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert KEY not in caplog.text


async def test_credit_that_ends_in_the_middle(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    first = Line(openai)
    openai.does_not_speak(httpx.Response(429, json={"error": {"code": "insufficient_quota"}}))
    answer = await response(hass, written("One. ", "Two."))

    # the first piece is heard to its end, though the second has failed by then
    async with asyncio.timeout(10):
        first.says(b"\01")
        assert await anext(answer.data_gen) == b"\01"
        first.says(b"\01", None)
        assert await anext(answer.data_gen) == b"\01"
        with pytest.raises(HomeAssistantError):
            await anext(answer.data_gen)

    assert (DOMAIN, f"billing_tts_{account.entry_id}") in ir.async_get(hass).issues


@pytest.mark.parametrize("error", [httpx.ReadError("reset"), httpx.ReadTimeout("slow")])
async def test_a_stream_that_breaks_is_not_repeated(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, error: Exception
) -> None:
    line = Line(openai)
    line.says(b"\0Hel", error)
    answer = await response(hass, written("Hello."))

    assert await anext(answer.data_gen) == b"\0Hel"
    with pytest.raises(HomeAssistantError):
        await anext(answer.data_gen)

    assert spoken(openai) == ["Hello."]
    assert account.runtime_data.health["tts"].failing


async def test_half_an_answer_is_heard_but_not_kept(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    broken = Line(openai)
    broken.says(b"\0Hel", httpx.ReadError("reset"))
    openai.speaks(b"\0Hello")

    def ask() -> AsyncGenerator[bytes]:
        stream = tts.async_create_stream(hass, TTS)
        stream.use_file_cache = False
        stream.async_set_message("Hello.")
        return stream.async_stream_result()

    heard = ask()
    assert await anext(heard) == b"\0Hel"
    with pytest.raises(HomeAssistantError):
        await anext(heard)
    assert [chunk async for chunk in ask()] == [b"\0Hello"]


@pytest.mark.parametrize("changed", [{"tts_speed": 1.5}, {"prompt": "Whisper."}, {"voice": "ash"}], ids=str)
async def test_what_was_spoken_in_another_way_is_spoken_again(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, changed: dict[str, Any]
) -> None:
    """Home Assistant plays what it has kept of a text, as long as the options are the same."""

    async def hear() -> bytes:
        stream = tts.async_create_stream(hass, TTS)
        stream.use_file_cache = False
        stream.async_set_message("Hello.")
        return b"".join([chunk async for chunk in stream.async_stream_result()])

    openai.speaks(b"\0as ever")
    assert await hear() == await hear() == b"\0as ever"

    engine = account.subentries["engine"]
    hass.config_entries.async_update_subentry(account, engine, data={**engine.data, **changed})
    await hass.async_block_till_done()
    openai.speaks(b"\0in another way")

    assert await hear() == b"\0in another way"


async def test_whoever_stops_listening_closes_the_connections(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    first, second = Line(openai), Line(openai)
    written_to_the_end = asyncio.Event()
    stopped = asyncio.Event()

    async def text() -> AsyncGenerator[str]:
        try:
            yield "One. Two. Three"
            await written_to_the_end.wait()
        finally:
            stopped.set()

    answer = await response(hass, text())
    async with asyncio.timeout(10):
        first.says(b"\01")
        assert await anext(answer.data_gen) == b"\01"
        await second.open.wait()
        await answer.data_gen.aclose()

    assert first.closed.is_set()
    assert second.closed.is_set()
    assert stopped.is_set()
    assert account.runtime_data.health["tts"].failing is None


async def test_a_text_that_breaks_off(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    async def text() -> AsyncGenerator[str]:
        yield "It is sunny. And"
        raise HomeAssistantError("The model fell asleep.")

    openai.speaks(b"\0sunny")
    answer = await response(hass, text())

    assert await anext(answer.data_gen) == b"\0sunny"
    with pytest.raises(HomeAssistantError, match="asleep"):
        await anext(answer.data_gen)


class Pause:
    """A text that stops while a tool runs, and goes on when the test wants it to."""

    def __init__(self, before: str, behind: str) -> None:
        self.ends = asyncio.Event()
        self._parts = before, behind

    async def text(self) -> AsyncGenerator[str]:
        before, behind = self._parts
        yield before
        await self.ends.wait()
        yield behind


@pytest.mark.parametrize(
    ("before", "pieces"),
    [
        (
            "Let me check your calendar, one moment please.",
            ["Let me check your calendar, one moment please."],
        ),
        ("I will check. One moment.", ["I will check.", "One moment."]),
    ],
)
@pytest.mark.parametrize("preferred", ["pcm", "wav", "mp3"])
async def test_a_tool_runs_and_nobody_hangs_up(
    hass: HomeAssistant,
    openai: FakeOpenAI,
    account: MockConfigEntry,
    before: str,
    pieces: list[str],
    preferred: str,
) -> None:
    assert narration.PAUSE < 0.5
    pause = Pause(before, "\n\nYou are free.")
    sound = MP3 if preferred == "mp3" else b"\1\2" * 4800
    for _ in [*pieces, "You are free."]:
        openai.speaks(sound)
    answer = await response(hass, pause.text(), preferred_format=preferred)

    heard = b""
    async with asyncio.timeout(10):
        # all that was written is heard, and then silence, while the tool still runs
        while heard.count(sound) < len(pieces) or heard.endswith(sound):
            heard += await anext(answer.data_gen)
        assert spoken(openai) == pieces
        silent = len(heard)
        while len(heard) - silent < 2000:
            heard += await anext(answer.data_gen)
        pause.ends.set()
        heard += b"".join([chunk async for chunk in answer.data_gen])

    assert spoken(openai) == [*pieces, "You are free."]
    assert heard.count(sound) == len(pieces) + 1
    assert heard.endswith(sound)
    gap = heard.rpartition(sound)[0].rpartition(sound)[2]
    assert len(gap) >= 2000
    assert not any(gap.replace(MP3_HEADER, b""))


async def test_nothing_is_cut_where_a_text_pauses(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narration, "PAUSE", 0.01)

    async def text() -> AsyncGenerator[str]:
        for part in ("It is 21.", "5 degrees, says Dr.", " Who. And", " warm", "."):
            yield part
            await asyncio.sleep(0.1)

    openai.speaks(b"\0one")
    openai.speaks(b"\0two")
    answer = await response(hass, text(), preferred_format="aac")

    assert b"".join([chunk async for chunk in answer.data_gen]) == b"\0one\0two"
    assert spoken(openai) == ["It is 21.5 degrees, says Dr. Who.", "And warm."]


async def test_a_text_without_a_pause_has_none(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant keeps the audio of such a text."""
    monkeypatch.setattr(silence, "FIRST", 0.0)
    line = Line(openai)
    openai.speaks(b"\1\2")

    answer = await response(hass, written("One. ", "Two."), preferred_format="pcm")
    async with asyncio.timeout(10):
        waiting = asyncio.ensure_future(anext(answer.data_gen))
        assert not (await asyncio.wait({waiting}, timeout=0.5))[0]
        line.says(b"\3\4", None)
        assert [await waiting, *[chunk async for chunk in answer.data_gen]] == [b"\3\4", b"\1\2"]


async def test_marks_without_words_are_not_spoken(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.speaks(b"\0Hello")

    assert await read(hass, "Hello.\n", "…\n", "?!", preferred_format="aac") == ("aac", b"\0Hello")
    assert spoken(openai) == ["Hello."]


FRAME = b"\xff\xf3\x84\xc0".ljust(192, b"\x55")
LENGTH_FRAME = (b"\xff\xf3\x84\xc0" + bytes(9) + b"Info").ljust(192, b"\0")
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x05" + bytes(5)


async def test_a_player_does_not_stop_after_the_first_piece(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    for _ in range(2):
        openai.speaks(ID3 + LENGTH_FRAME[:10], LENGTH_FRAME[10:] + FRAME * 2)

    _, audio = await read(hass, f"{FOX} {FOX}")

    assert len(openai.speech_requests) == 2
    assert audio == FRAME * 4


NOT_AUDIO = {
    "a page": {"html": "<html>Please log in.</html>"},
    "an error": {"json": {"error": {"message": "No such voice."}}},
    "a page that says it is audio": {
        "content": b"<!doctype html>",
        "headers": {"content-type": "audio/mpeg"},
    },
    "wav": {"content": b"RIFF\x24\x00\x00\x00WAVEfmt "},
}


@pytest.mark.parametrize("answer", NOT_AUDIO.values(), ids=NOT_AUDIO.keys())
async def test_what_is_not_audio_is_not_kept_to_be_played_again(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, answer: dict[str, Any]
) -> None:
    openai.does_not_speak(httpx.Response(200, **answer))
    openai.speaks(FRAME)

    async def say() -> bytes:
        url = tts.generate_media_source_id(hass, FOX, TTS, "en-US")
        _, audio = await tts.async_get_media_source_audio(hass, url)
        return audio

    with pytest.raises(HomeAssistantError) as caught:
        await say()
    assert caught.value.translation_key == "unreadable"
    assert await say() == FRAME


async def test_words_without_audio_are_a_failure(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.speaks()

    with pytest.raises(HomeAssistantError) as caught:
        await read(hass, FOX)

    assert caught.value.translation_key == "no_audio"
    assert account.runtime_data.health["tts"].failures == {"no_audio": 1}


async def test_a_model_that_is_loading_is_waited_for(
    hass: HomeAssistant, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "LOADING_WAIT", 0)
    await async_add_engine(hass, "tts", "OpenAI TTS", {"chat_model": "kokoro"}, server="compatible")
    openai.speech.checks = False
    for _ in range(5):
        openai.does_not_speak(httpx.Response(503, json={"error": {"message": "Loading model"}}))
    openai.speaks(MP3)

    assert await read(hass, FOX) == ("mp3", MP3)
