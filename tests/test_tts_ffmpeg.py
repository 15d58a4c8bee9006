"""What is heard on a machine without ffmpeg, with which Home Assistant converts speech."""

from collections.abc import AsyncIterator
from io import BytesIO
import wave

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.audio import output
from custom_components.openai_conversation.const import DOMAIN
from homeassistant.components import tts
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from tests.stand_in.sound import heard

from .support.engines import async_add_engine
from .support.ffmpeg import CONVERTED, Ffmpeg
from .support.responses_api import FakeOpenAI
from .support.stand_in import KEY, StandIn, running_stand_in

VOICE = "tts.openai_tts"
TEXT = "The door is open."
MP3 = bytes.fromhex("fff344c4").ljust(96, b"\x55") * 8
SATELLITE = {"preferred_sample_rate": 16_000, "preferred_sample_channels": 1, "preferred_sample_bytes": 2}
"""What Home Assistant asks for on behalf of a satellite that plays WAV."""


@pytest.fixture
async def stand_in(socket_enabled: None) -> AsyncIterator[StandIn]:
    """A server that plays OpenAI."""
    async with running_stand_in() as running:
        yield running


async def async_add(hass: HomeAssistant, stand_in: StandIn) -> MockConfigEntry:
    """Load an account that speaks over the Realtime API, which gives nothing but samples."""
    data = {"chat_model": "gpt-realtime-2.1-mini", "prompt": ""}
    return await async_add_engine(
        hass, "tts", "OpenAI TTS", data, address={"api_key": KEY, "base_url": stand_in.base_url}
    )


async def play(hass: HomeAssistant, text: str = TEXT, **options: str | int) -> tuple[str, bytes]:
    """Return what a speaker gets: the kind of the file, and the file."""
    stream = hass.data["tts_manager"].async_create_result_stream(VOICE, use_file_cache=False, options=options)
    stream.async_set_message(text)
    return stream.extension, b"".join([chunk async for chunk in stream.async_stream_result()])


def issues(hass: HomeAssistant) -> dict[str, dict[str, str]]:
    return {
        issue.translation_key: issue.translation_placeholders
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.active
    }


async def test_with_ffmpeg_a_speaker_gets_mp3(hass: HomeAssistant, stand_in: StandIn) -> None:
    await async_add(hass, stand_in)

    kind, sound = await play(hass)

    assert (kind, heard(sound), sound[: len(CONVERTED)]) == ("mp3", TEXT, CONVERTED)
    assert issues(hass) == {}


async def test_without_ffmpeg_a_speaker_gets_wav(
    hass: HomeAssistant, stand_in: StandIn, ffmpeg: Ffmpeg
) -> None:
    ffmpeg.remove()
    await async_add(hass, stand_in)

    kind, sound = await play(hass)

    assert (kind, heard(sound), sound[:4]) == ("wav", TEXT, b"RIFF")
    assert issues(hass) == {}


async def test_a_speaker_that_wants_mp3_is_a_repair_until_ffmpeg_comes(
    hass: HomeAssistant, stand_in: StandIn, ffmpeg: Ffmpeg, caplog: pytest.LogCaptureFixture
) -> None:
    ffmpeg.remove()
    entry = await async_add(hass, stand_in)

    with pytest.raises(HomeAssistantError) as failure:
        await play(hass, preferred_format="mp3")

    assert failure.value.translation_key == "no_ffmpeg"
    assert issues(hass) == {"no_ffmpeg": {"name": entry.title, "format": "MP3"}}
    assert "ffmpeg is missing" in caplog.text
    assert stand_in.received("response.create") == []  # nothing is paid for that nobody hears

    ffmpeg.install()
    kind, sound = await play(hass, preferred_format="mp3")

    assert (kind, heard(sound)) == ("mp3", TEXT)
    assert issues(hass) == {}
    assert (await play(hass, "And now?"))[0] == "mp3"


async def test_ffmpeg_that_goes_away_is_missed_once(
    hass: HomeAssistant, stand_in: StandIn, ffmpeg: Ffmpeg
) -> None:
    await async_add(hass, stand_in)
    ffmpeg.remove()

    with pytest.raises(HomeAssistantError):
        await play(hass)

    assert list(issues(hass)) == ["no_ffmpeg"]
    assert (await play(hass))[0] == "wav"


async def test_an_account_that_is_removed_has_no_repair(
    hass: HomeAssistant, stand_in: StandIn, ffmpeg: Ffmpeg
) -> None:
    ffmpeg.remove()
    entry = await async_add(hass, stand_in)
    with pytest.raises(HomeAssistantError):
        await play(hass, preferred_format="flac")

    await hass.config_entries.async_remove(entry.entry_id)

    assert issues(hass) == {}


async def test_a_satellite_gets_its_samples_without_ffmpeg(
    hass: HomeAssistant, stand_in: StandIn, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "KEEPS_SAMPLES", True)  # from Home Assistant 2026.11 on
    ffmpeg.remove()
    await async_add(hass, stand_in)
    engine = tts.get_engine_instance(hass, VOICE)
    wanted = {**SATELLITE, "preferred_sample_channels": 2, "preferred_format": "wav"}
    _, options = hass.data["tts_manager"].process_options(engine, None, wanted)

    kind, sound = await engine.async_get_tts_audio(TEXT, "en-US", options)

    assert kind == "wav"
    with wave.open(BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 2, 2)
    samples = memoryview(sound[44:]).cast("h")
    assert samples[::2].tolist() == samples[1::2].tolist()
    _, original = await engine.async_get_tts_audio(TEXT, "en-US", {"preferred_format": "raw"})
    assert len(samples) / 2 / 16_000 == pytest.approx(len(original) / 2 / 24_000, abs=0.001)
    assert issues(hass) == {}


@pytest.mark.parametrize(
    "samples",
    [
        {"preferred_sample_rate": 1},
        {"preferred_sample_rate": 10**9},
        {"preferred_sample_channels": 6},
        {"preferred_sample_bytes": 3},
    ],
)
async def test_samples_that_only_ffmpeg_makes_are_a_repair(
    hass: HomeAssistant,
    stand_in: StandIn,
    ffmpeg: Ffmpeg,
    monkeypatch: pytest.MonkeyPatch,
    samples: dict[str, int],
) -> None:
    monkeypatch.setattr(output, "KEEPS_SAMPLES", True)
    ffmpeg.remove()
    await async_add(hass, stand_in)

    with pytest.raises(HomeAssistantError):
        await play(hass, preferred_format="wav", **samples)

    assert list(issues(hass)) == ["no_ffmpeg"]


async def test_before_2026_11_samples_need_ffmpeg(
    hass: HomeAssistant, stand_in: StandIn, ffmpeg: Ffmpeg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "KEEPS_SAMPLES", False)
    ffmpeg.remove()
    await async_add(hass, stand_in)

    with pytest.raises(HomeAssistantError):
        await play(hass, preferred_format="wav", **SATELLITE)

    assert list(issues(hass)) == ["no_ffmpeg"]


async def test_a_server_that_gives_mp3_needs_no_ffmpeg(
    hass: HomeAssistant, openai: FakeOpenAI, ffmpeg: Ffmpeg
) -> None:
    ffmpeg.remove()
    openai.speech.checks = False  # of the names of models
    await async_add_engine(hass, "tts", "OpenAI TTS", {"chat_model": "kokoro"}, server="compatible")
    openai.speaks(MP3)

    assert await play(hass, "Hello.") == ("mp3", MP3)
    with pytest.raises(HomeAssistantError):
        await play(hass, preferred_format="ogg")
    assert list(issues(hass)) == ["no_ffmpeg"]
