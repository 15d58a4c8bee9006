"""Speech without a voice that survives resampling: the letters of a text as tones, word by word.

`sound.py` writes a text into the samples themselves, so a change of the sample rate destroys it. Here each
half byte is one of sixteen tones, 5 ms long, which can be told apart at any rate.
"""

from array import array
from collections.abc import Iterator
import math

from .sound import RECORDING_RATE, SAMPLE_WIDTH

_TONE_S = 0.005
_LOWEST_HZ = 400
_STEP_HZ = 200
"""Whole numbers of waves fit into a tone, so no two tones are alike."""

_AMPLITUDE = 8000
_QUIET = 500
"""Samples below that are silence."""

_START = 0x5A
_HEAD = 2
"""Bytes before a word: the start, and the length of the word."""

_SILENCE_S = 0.1
_PAUSE_S = 0.02
"""Between two words."""


def sung_pcm(text: str, *, seconds: float = 1, rate: int = RECORDING_RATE) -> bytes:
    """Return raw samples in which a text is sung, with silence around it; longer if it does not fit."""
    samples = array("h", bytes(SAMPLE_WIDTH * int(_SILENCE_S * rate)))
    for word in text.encode().split():
        for byte in (_START, len(word), *word):
            for half in divmod(byte, 16):
                samples.extend(_tone(half, rate))
        samples.frombytes(bytes(SAMPLE_WIDTH * int(_PAUSE_S * rate)))
    missing = max(int(seconds * rate) - len(samples), int(_SILENCE_S * rate))
    return samples.tobytes() + bytes(SAMPLE_WIDTH * missing)


def heard_in_song(pcm: bytes, *, rate: int = RECORDING_RATE) -> str:
    """Return what is sung in samples."""
    return " ".join(Listener(rate).hear(pcm))


class Listener:
    """Hears words as their samples come in."""

    def __init__(self, rate: int) -> None:
        """Listen to sound with this many samples a second."""
        self._samples = array("h")
        self._position = 0
        self._tone_size = _TONE_S * rate
        self._waves = [_waves(half, rate) for half in range(16)]

    def hear(self, pcm: bytes) -> Iterator[str]:
        """Add samples; yield the words that are complete now."""
        self._samples.frombytes(pcm)
        while (word := self._next_word()) is not None:
            yield word.decode(errors="replace")

    def _next_word(self) -> bytes | None:
        while (start := self._next_sound()) is not None:
            self._position = start
            head = self._bytes(start, 0, _HEAD)
            if head is None:
                return None
            if head[0] != _START:
                self._position += 1
                continue
            if (word := self._bytes(start, _HEAD, head[1])) is not None:
                self._position = round(start + 2 * self._tone_size * (_HEAD + len(word)))
            return word
        return None

    def _next_sound(self) -> int | None:
        for index in range(self._position, len(self._samples)):
            if abs(self._samples[index]) > _QUIET:
                return index
        self._position = len(self._samples)
        return None

    def _bytes(self, start: int, skipped: int, count: int) -> bytes | None:
        """Return the bytes behind a start, None while they are not all there."""
        first = start + 2 * self._tone_size * skipped
        if first + 2 * self._tone_size * count > len(self._samples):
            return None
        halves = [self._half(first + self._tone_size * index) for index in range(2 * count)]
        return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))

    def _half(self, start: float) -> int:
        piece = self._samples[round(start) : round(start + self._tone_size)]
        return max(range(16), key=lambda half: _likeness(piece, self._waves[half]))


type _Waves = tuple[list[float], list[float]]


def _waves(half: int, rate: int) -> _Waves:
    angles = [2 * math.pi * (_LOWEST_HZ + _STEP_HZ * half) * n / rate for n in range(int(_TONE_S * rate) + 1)]
    return [math.sin(angle) for angle in angles], [math.cos(angle) for angle in angles]


def _tone(half: int, rate: int) -> Iterator[int]:
    sines, _ = _waves(half, rate)
    return (round(_AMPLITUDE * sine) for sine in sines[: int(_TONE_S * rate)])


def _likeness(samples: array[int], waves: _Waves) -> float:
    """Return how much of a tone is in samples, wherever its waves begin."""
    return math.hypot(*(math.sumprod(samples, wave[: len(samples)]) for wave in waves))
