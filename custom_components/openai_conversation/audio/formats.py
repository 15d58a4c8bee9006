"""The audio formats in which several answers can be joined, and silence in each of them."""

from collections.abc import Mapping
from dataclasses import dataclass
import struct
from typing import Final, Literal

from .mp3 import DEFAULT_FRAME

type Codec = Literal["mp3", "aac", "pcm"]

RATE: Final = 24_000
SAMPLE_BYTES: Final = 2
BYTES_PER_SECOND: Final = RATE * SAMPLE_BYTES
"""Of OpenAI's PCM: 24 kHz, 16 bits, mono."""

_UNKNOWN_LENGTH: Final = 0xFFFFFFFF
_SILENT_SAMPLES: Final = bytes(BYTES_PER_SECOND // 10)
_SILENT_MP3: Final = DEFAULT_FRAME.silence * 5


@dataclass(frozen=True, slots=True)
class Format:
    """A format of the audio for Home Assistant."""

    extension: str
    codec: Codec
    """The format to request from OpenAI."""

    silence: bytes = b""
    """A moment of silence, without the header, as OpenAI would send it."""

    rate: int = RATE
    channels: int = 1
    """Of PCM, for Home Assistant. OpenAI's has `RATE` and one channel."""

    @property
    def header(self) -> bytes:
        """Return what comes before the sound.

        For a WAV file, its length is unknown. The standard library's `wave` cannot write such a header.
        """
        if self.extension != "wav":
            return b""
        frame = self.channels * SAMPLE_BYTES
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            *(b"RIFF", _UNKNOWN_LENGTH, b"WAVE"),
            *(b"fmt ", 16, 1, self.channels, self.rate, self.rate * frame, frame, 8 * SAMPLE_BYTES),
            *(b"data", _UNKNOWN_LENGTH),
        )


_MP3: Final = Format("mp3", "mp3", silence=_SILENT_MP3)
_WAV: Final = Format("wav", "pcm", silence=_SILENT_SAMPLES)

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
