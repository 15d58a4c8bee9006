"""Speech as a speaker wants it. Home Assistant converts it with ffmpeg, which is missing on some machines."""

from collections.abc import Mapping
from dataclasses import replace
from shutil import which
from typing import Any, Final

from homeassistant.components import tts
from homeassistant.components.ffmpeg import get_ffmpeg_manager
from homeassistant.core import HomeAssistant

from ..compat import KEEPS_SAMPLES
from .formats import RATE, SAMPLE_BYTES, Format

CONVERTED: Final = (
    tts.ATTR_PREFERRED_SAMPLE_RATE,
    tts.ATTR_PREFERRED_SAMPLE_CHANNELS,
    tts.ATTR_PREFERRED_SAMPLE_BYTES,
    tts.ATTR_PREFERRED_BITRATE,
)
"""Options that Home Assistant meets with ffmpeg. An engine that supports one has to meet it."""

_RATES: Final = range(8_000, 48_001)
"""Sample rates of speakers."""

_CHANNELS: Final = (1, 2)


async def async_has_ffmpeg(hass: HomeAssistant) -> bool:
    """Whether the program is there now. It may be installed, or removed, at any time."""
    # text-to-speech depends on this integration, so it is set up
    program = get_ffmpeg_manager(hass).binary
    return await hass.async_add_executor_job(which, program) is not None


def without_ffmpeg(sound: Format, options: Mapping[str, Any]) -> Format | None:
    """Return a format with the samples that a speaker wants, None if only ffmpeg makes what it wants."""
    wanted = [options.get(name) for name in CONVERTED]
    if sound.extension != options[tts.ATTR_PREFERRED_FORMAT] or (any(wanted) and not KEEPS_SAMPLES):
        return None
    if sound.codec != "pcm" or not any(wanted):
        return sound
    rate, channels, sample_bytes = (
        int(value or usual) for value, usual in zip(wanted, (RATE, 1, SAMPLE_BYTES), strict=False)
    )
    is_possible = rate in _RATES and channels in _CHANNELS and sample_bytes == SAMPLE_BYTES
    return replace(sound, rate=rate, channels=channels) if is_possible else None
