"""Accounts with a speech engine, and what Home Assistant asks of one."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components import stt, tts
from homeassistant.components.tts.entity import TTSAudioRequest, TTSAudioResponse
from homeassistant.core import HomeAssistant

from .account import async_load, new_account

TTS: Final = "tts.openai_tts"


async def async_add_engine(
    hass: HomeAssistant,
    kind: str,
    title: str,
    data: Mapping[str, Any],
    *,
    server: str = "openai",
    address: Mapping[str, str] | None = None,
) -> MockConfigEntry:
    """Load an account with only an engine, "engine", as Home Assistant's own integration stores it.

    `address`: the data of another account.
    """
    engine = {
        "subentry_id": "engine",
        "subentry_type": kind,
        "title": title,
        "data": dict(data),
        "unique_id": None,
    }
    entry = new_account(server=server, subentries_data=[engine])
    entry.add_to_hass(hass)
    if address:
        hass.config_entries.async_update_entry(entry, data={**address, "server": server})
    await async_load(hass, entry)
    return entry


def metadata(**more: Any) -> stt.SpeechMetadata:
    """Return what a voice satellite says about its audio."""
    usual = {
        "language": "en-US",
        "format": stt.AudioFormats.WAV,
        "codec": stt.AudioCodecs.PCM,
        "bit_rate": stt.AudioBitRates.BITRATE_16,
        "sample_rate": stt.AudioSampleRates.SAMPLERATE_16000,
        "channel": stt.AudioChannels.CHANNEL_MONO,
    }
    return stt.SpeechMetadata(**{**usual, **more})


async def written(*parts: str) -> AsyncGenerator[str]:
    """Yield a text as a model writes it."""
    for part in parts:
        yield part


async def response(hass: HomeAssistant, text: AsyncGenerator[str], **options: Any) -> TTSAudioResponse:
    """Have a text read that is still being written, as Home Assistant's speech manager does it."""
    engine = tts.get_engine_instance(hass, TTS)
    _language, merged = hass.data["tts_manager"].process_options(engine, None, options)
    return await engine.internal_async_stream_tts_audio(TTSAudioRequest("en-US", merged, text))
