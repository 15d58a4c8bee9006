"""Speech-to-text: what is sent, and what is understood."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
import wave

import httpx
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.openai_api import errors
from homeassistant.components import stt
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
)

from .stand_in.forms import File
from .support.account import KEY
from .support.engines import async_add_engine, metadata
from .support.responses_api import FakeOpenAI

STT = "stt.openai_stt"
SECOND = b"\x01\x00" * 16_000
HEARD = stt.SpeechResultState.SUCCESS
FAILED = stt.SpeechResultState.ERROR


async def microphone(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def listen(hass: HomeAssistant, *chunks: bytes, **more: Any) -> tuple[str | None, str]:
    """Have the engine listen to audio, as the Assist pipeline does it."""
    engine = stt.async_get_speech_to_text_engine(hass, STT)
    about = metadata(**more)
    assert engine.check_metadata(about)
    result = await engine.internal_async_process_audio_stream(about, microphone(*(chunks or (SECOND,))))
    return result.text, result.result


@pytest.fixture
async def account(hass: HomeAssistant, openai: FakeOpenAI) -> MockConfigEntry:
    """An account with an engine that was never configured."""
    return await async_add_engine(hass, "stt", "OpenAI STT", {})


async def test_it_transcribes(hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry) -> None:
    openai.hears(" Turn on the light. ")

    assert await listen(hass, SECOND[:8000], SECOND[8000:]) == ("Turn on the light.", HEARD)

    (asked,) = openai.transcription_requests
    file = asked.pop("file")
    assert asked.pop("prompt") == "Somebody speaks to the voice assistant of a smart home."
    assert asked == {"model": "gpt-transcribe", "languages": ["en"], "response_format": "json"}
    with wave.open(BytesIO(file.data)) as sound:
        assert sound.getparams()[:4] == (1, 2, 16_000, 16_000)
        assert sound.readframes(16_000) == SECOND


async def test_it_is_known_by_the_id_that_was_stored(hass: HomeAssistant, account: MockConfigEntry) -> None:
    entity = er.async_get(hass).async_get(STT)

    assert (entity.unique_id, entity.config_subentry_id) == ("engine", "engine")
    assert hass.states.get(STT).attributes["friendly_name"] == "OpenAI STT"


async def test_other_microphones(hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry) -> None:
    openai.hears("Stereo.")
    openai.hears("Opus.")

    await listen(
        hass,
        b"\x01\x00\x00" * 88_200,
        bit_rate=stt.AudioBitRates.BITRATE_24,
        sample_rate=stt.AudioSampleRates.SAMPLERATE_44100,
        channel=stt.AudioChannels.CHANNEL_STEREO,
    )
    await listen(hass, b"OggS", b"sound", format=stt.AudioFormats.OGG, codec=stt.AudioCodecs.OPUS)

    stereo, opus = (asked["file"] for asked in openai.transcription_requests)
    with wave.open(BytesIO(stereo.data)) as sound:
        assert sound.getparams()[:4] == (2, 3, 44_100, 44_100)
    assert opus == File("speech.ogg", opus.content_type, b"OggSsound")


async def test_older_models_know_one_language(hass: HomeAssistant, openai: FakeOpenAI) -> None:
    await async_add_engine(hass, "stt", "OpenAI STT", {"chat_model": "gpt-4o-transcribe", "prompt": ""})
    openai.offered["gpt-4o-transcribe"] = None
    openai.hears("Hallo.")

    await listen(hass, language="de-DE")

    asked = openai.transcription_requests[0]
    assert asked.pop("file")
    assert asked == {"model": "gpt-4o-transcribe", "language": "de", "response_format": "json"}


async def test_a_model_that_ends_is_replaced(hass: HomeAssistant, openai: FakeOpenAI, today: Any) -> None:
    today.move_to("2027-02-27 12:00:00+00:00")
    await async_add_engine(hass, "stt", "OpenAI STT", {"chat_model": "gpt-4o-mini-transcribe"})
    openai.hears("Hallo.")

    await listen(hass)

    assert openai.transcription_requests[0]["model"] == "gpt-transcribe"


async def test_a_model_that_is_loading_is_waited_for(
    hass: HomeAssistant, openai: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "LOADING_WAIT", 0)
    await async_add_engine(hass, "stt", "OpenAI STT", {"chat_model": "whisper-1"}, server="compatible")
    for _ in range(5):
        openai.does_not_hear(httpx.Response(503, json={"error": {"message": "Loading model"}}))
    openai.hears("Ahoy.")

    assert await listen(hass) == ("Ahoy.", HEARD)


@pytest.mark.parametrize("prompt", [None, "", "We speak of boats."])
async def test_a_compatible_server_is_asked_for_little(
    hass: HomeAssistant, openai: FakeOpenAI, prompt: str | None
) -> None:
    data = {"chat_model": "whisper-1"} | ({} if prompt is None else {"prompt": prompt})
    await async_add_engine(hass, "stt", "OpenAI STT", data, server="compatible")
    openai.transcriptions.checks = False
    openai.hears("Ahoy.")
    hass.states.async_set("light.mast", "on", {"friendly_name": "Mast"})
    async_expose_entity(hass, "conversation", "light.mast", should_expose=True)

    await listen(hass)

    asked = openai.transcription_requests[0]
    assert asked.pop("file")
    expected = {"model": "whisper-1", "language": "en", "response_format": "json"}
    assert asked == expected | ({"prompt": prompt} if prompt else {})


async def test_it_knows_the_words_of_the_home(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    floor = fr.async_get(hass).async_create("Attic", aliases={"Loft"})
    ar.async_get(hass).async_create("Müsliküche", floor_id=floor.floor_id, aliases={"Kitchen"})
    lamp = er.async_get(hass).async_get_or_create("light", "demo", "1", original_name="Flurbert")
    er.async_get(hass).async_update_entity(lamp.entity_id, aliases=["Hallway <lamp>\nleft", "flurbert"])
    for entity_id, name in (
        (lamp.entity_id, "Flurbert"),
        ("lock.safe", "Secret Safe"),
        ("switch.kettle", "Kettle"),
    ):
        hass.states.async_set(entity_id, "on", {"friendly_name": name})
        async_expose_entity(hass, "conversation", entity_id, should_expose=entity_id != "lock.safe")
    openai.hears("Hello.")

    await listen(hass)

    assert openai.transcription_requests[0]["keywords"] == [
        *("Attic", "Loft", "Müsliküche", "Kitchen"),
        *("Flurbert", "Hallway lamp left", "Kettle"),
    ]


async def test_keywords_that_are_refused_are_not_sent_again(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    ar.async_get(hass).async_create("Kitchen")
    error = {"code": "invalid_value", "param": "keywords[0]", "message": "No."}
    openai.does_not_hear(httpx.Response(400, json={"error": error}))
    openai.hears("Hello.")
    openai.hears("Again.")

    assert await listen(hass) == ("Hello.", HEARD)
    assert await listen(hass) == ("Again.", HEARD)

    assert ["keywords" in asked for asked in openai.transcription_requests] == [True, False, False]


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", "…", "- !"),
        # what Whisper writes for a room in which nobody speaks
        *("[BLANK_AUDIO]", " [ Silence ]\n[MUSIC]", "(wind blowing)", "*sighs*", "♪ la la ♪", "<|nospeech|>"),
        *("【音楽】", "\uff08笑\uff09"),
    ],
)
async def test_silence_is_no_failure(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, text: str
) -> None:
    openai.hears(text)

    # the pipeline then reports "no text recognized"
    assert await listen(hass) == ("", HEARD)


@pytest.mark.parametrize("audio", [b"", bytes(3000)], ids=["nothing", "a tenth of a second"])
async def test_audio_that_is_too_short_is_not_sent(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, audio: bytes
) -> None:
    assert await listen(hass, audio) == ("", HEARD)
    assert openai.transcription_requests == []


async def test_too_much_audio(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    assert await listen(hass, *[SECOND * 60] * 20) == (None, FAILED)

    assert openai.transcription_requests == []
    assert "ChatGPT: too_large (" in caplog.text


async def test_a_connection_is_opened_while_somebody_speaks(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    warmed = asyncio.Event()

    def open_connection(_request: httpx.Request) -> httpx.Response:
        warmed.set()
        return httpx.Response(404)

    openai.model.mock(side_effect=open_connection)
    openai.hears("Hello.")

    async def speech() -> AsyncIterator[bytes]:
        yield SECOND
        await warmed.wait()  # it never is if it comes after the last word
        yield SECOND

    engine = stt.async_get_speech_to_text_engine(hass, STT)
    async with asyncio.timeout(10):
        result = await engine.internal_async_process_audio_stream(metadata(), speech())

    assert result.text == "Hello."


async def test_a_lost_connection_is_found_again(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.does_not_hear(httpx.RemoteProtocolError("closed"))
    openai.hears("Hello.")

    assert await listen(hass) == ("Hello.", HEARD)

    first, second = openai.transcription_requests
    assert first == second


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ([httpx.ConnectError("no network")], "connection"),
        ([httpx.ReadTimeout("slow")], "timeout"),
        ([httpx.Response(500)], "server"),
        ([httpx.Response(200, html="<html>Please log in.</html>")], "unreadable"),
        ([httpx.Response(200, json={"text": None})], "unreadable"),
    ],
    ids=["no network", "no answer", "broken", "a login page", "no text"],
)
async def test_failures_are_logged_once(
    hass: HomeAssistant,
    openai: FakeOpenAI,
    account: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    answers: list[httpx.Response | Exception],
    kind: str,
) -> None:
    for answer in answers * 2:
        openai.does_not_hear(answer)

    assert await listen(hass) == (None, FAILED)
    assert await listen(hass) == (None, FAILED)

    logged = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [message.startswith(f"ChatGPT: {kind}") for message in logged] == [True]


async def test_a_key_that_was_revoked(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    error = {"code": "invalid_api_key", "message": f"Incorrect API key provided: {KEY}"}
    openai.does_not_hear(httpx.Response(401, json={"error": error}))

    assert await listen(hass) == (None, FAILED)
    await hass.async_block_till_done()

    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert KEY not in caplog.text


async def test_an_account_without_credit(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.does_not_hear(httpx.Response(429, json={"error": {"code": "insufficient_quota"}}))
    openai.hears("Hello.")
    issue = (DOMAIN, f"billing_stt_{account.entry_id}")

    await listen(hass)
    assert issue in ir.async_get(hass).issues

    await listen(hass)
    assert issue not in ir.async_get(hass).issues


@pytest.mark.parametrize("bits", stt.AudioBitRates)
async def test_a_muted_microphone_is_silence(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry, bits: stt.AudioBitRates
) -> None:
    silence = (b"\x80" if bits is stt.AudioBitRates.BITRATE_8 else b"\0") * (16_000 * bits // 8)

    assert await listen(hass, silence, bit_rate=bits) == ("", HEARD)

    assert openai.transcription_requests == []


async def test_an_echo_of_the_prompt_is_silence(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    openai.hears("Somebody speaks to the voice assistant of a smart home.")

    assert await listen(hass) == ("", HEARD)


async def test_an_echo_of_the_keywords_is_silence(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    for name in ("Attic", "Bathroom", "Cellar"):
        ar.async_get(hass).async_create(name)
    openai.hears("Attic, bathroom, cellar.")
    openai.hears("Attic.")

    assert await listen(hass) == ("", HEARD)
    assert await listen(hass) == ("Attic.", HEARD)


async def test_what_was_heard_can_be_shown(
    hass: HomeAssistant, openai: FakeOpenAI, account: MockConfigEntry
) -> None:
    body = b'{"text": " Turn on\\u0000 the \\ud83d light. "}'
    openai.does_not_hear(httpx.Response(200, content=body))

    assert await listen(hass) == ("Turn on the \N{REPLACEMENT CHARACTER} light.", HEARD)
