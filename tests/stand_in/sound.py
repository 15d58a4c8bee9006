"""Speech without a voice: sound whose samples are the UTF-8 bytes of a text.

A test can "say" a sentence to Home Assistant, and find out which one was "said" to it. It is loud noise to an
ear, and survives whatever passes samples on as they are: chunks, silence around it, several in a row.
"""

import io
import struct
import wave

SAMPLE_WIDTH = 2
"""Bytes: all sound here is 16-bit mono."""

RECORDING_RATE = 16_000
"""Samples per second of what Home Assistant records."""

SPEECH_RATE = 24_000
"""Samples per second of OpenAI's `pcm` and `wav`."""

_MARKER = b"\x7fsaid:\x7f\x81"
_LENGTH = struct.Struct("<I")
_SILENCE_BEFORE_S = 0.1


def spoken_pcm(text: str, *, seconds: float = 1, rate: int = RECORDING_RATE) -> bytes:
    """Return raw samples that say a text, in silence; longer than `seconds` if need be."""
    words = text.encode()
    sound = bytes(_size(_SILENCE_BEFORE_S, rate)) + _MARKER + _LENGTH.pack(len(words)) + words
    # Home Assistant drops what does not fill 10 ms at the end.
    silence_s = _SILENCE_BEFORE_S
    return sound.ljust(max(_size(seconds, rate), _size(silence_s, rate) + len(sound) // 2 * 2), b"\0")


def spoken_wav(text: str, *, seconds: float = 1, rate: int = RECORDING_RATE) -> bytes:
    """Return a WAV file that says a text."""
    return as_wav(spoken_pcm(text, seconds=seconds, rate=rate), rate=rate)


def as_wav(pcm: bytes, *, rate: int = RECORDING_RATE) -> bytes:
    """Return samples as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(SAMPLE_WIDTH)
        sound.setframerate(rate)
        sound.writeframes(pcm)
    return file.getvalue()


def heard(sound: bytes) -> str:
    """Return the texts in raw samples or in a WAV file, joined by spaces."""
    texts = []
    for piece in sound.split(_MARKER)[1:]:
        (length,) = _LENGTH.unpack_from(piece)
        texts.append(piece[_LENGTH.size : _LENGTH.size + length].decode())
    return " ".join(texts)


def _size(seconds: float, rate: int) -> int:
    return int(seconds * rate) * SAMPLE_WIDTH
