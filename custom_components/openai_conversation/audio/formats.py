"""The audio formats in which several answers can be joined, and silence in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
import struct
from typing import Final, Literal

from .mp3 import DEFAULT_FRAME

type Codec = Literal["mp3", "aac", "pcm"]

_RATE: Final = 24_000
_SAMPLE_BYTES: Final = 2
BYTES_PER_SECOND: Final = _RATE * _SAMPLE_BYTES
"""Of OpenAI's PCM: 24 kHz, 16 bits, mono."""

_UNKNOWN_LENGTH: Final = 0xFFFFFFFF

WAV_HEADER: Final = struct.pack(
    "<4sI4s4sIHHIIHH4sI",
    *(b"RIFF", _UNKNOWN_LENGTH, b"WAVE"),
    *(b"fmt ", 16, 1, 1, _RATE, BYTES_PER_SECOND, _SAMPLE_BYTES, 8 * _SAMPLE_BYTES),
    *(b"data", _UNKNOWN_LENGTH),
)
"""The header of a WAV file of unknown length, for OpenAI's PCM: 24 kHz, 16 bits, mono.

The standard library's `wave` cannot write one without a file to seek in.
"""

_SILENT_SAMPLES: Final = bytes(BYTES_PER_SECOND // 10)
_SILENT_MP3: Final = DEFAULT_FRAME.silence * 5


@dataclass(frozen=True, slots=True)
class Format:
    """A format of the audio for Home Assistant."""

    extension: str
    codec: Codec
    """The format to request from OpenAI."""

    header: bytes = b""
    silence: bytes = b""
    """A moment of silence, without the header."""


_MP3: Final = Format("mp3", "mp3", silence=_SILENT_MP3)
_WAV: Final = Format("wav", "pcm", header=WAV_HEADER, silence=_SILENT_SAMPLES)

_FORMATS: Final[Mapping[str, Format]] = {
    "mp3": _MP3,
    "aac": Format("aac", "aac"),
    "pcm": Format("pcm", "pcm", silence=_SILENT_SAMPLES),
    "raw": Format("raw", "pcm", silence=_SILENT_SAMPLES),
    "wav": _WAV,
    # These cannot be joined. Home Assistant converts WAV to them while it streams.
    "flac": _WAV,
    "ogg": _WAV,
    "oga": _WAV,
    "opus": _WAV,
}


def format_for(preferred: str, *, only_pcm: bool = False) -> Format:
    """Return the format to use. Home Assistant converts it if another one is preferred.

    `only_pcm`: the model gives nothing else.
    """
    fallback = _WAV if only_pcm else _MP3
    sound = _FORMATS.get(preferred, fallback)
    return fallback if only_pcm and sound.codec != "pcm" else sound
