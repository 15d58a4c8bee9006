"""The frames of an MP3 stream: how long they play, and a silent frame of the same kind. Pure.

Source: ISO 11172-3 and 13818-3, layer III.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

_HEADER_SIZE: Final = 4
_LAYER_3: Final = 1
_NO_CHECKSUM: Final = 0x01
_PADDING: Final = 0x02

_MPEG_1: Final = 3
_BIT_RATES: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_BIT_RATES_MPEG_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""kbit/s, by the index in a header. 0: not fixed, which nobody uses."""

_SAMPLE_RATES: Final[Mapping[int, tuple[int, int, int]]] = {
    _MPEG_1: (44_100, 48_000, 32_000),
    2: (22_050, 24_000, 16_000),
    0: (11_025, 12_000, 8_000),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame's header says."""

    header: bytes
    size: int
    seconds: float

    @classmethod
    def of(cls, header: bytes) -> Self | None:
        """Read a header, None if it is not one."""
        first, second, third, _ = header
        version, layer = second >> 3 & 3, second >> 1 & 3
        if first != 0xFF or second < 0xE0 or layer != _LAYER_3 or version not in _SAMPLE_RATES:
            return None
        rate_index, bit_rate_index = third >> 2 & 3, third >> 4
        if rate_index == 3 or bit_rate_index in (0, 15):
            return None
        is_first = version == _MPEG_1
        bit_rate = (_BIT_RATES_MPEG_1 if is_first else _BIT_RATES)[bit_rate_index] * 1000
        samples, rate = 1152 if is_first else 576, _SAMPLE_RATES[version][rate_index]
        size = samples // 8 * bit_rate // rate + bool(third & _PADDING)
        return cls(header, size, samples / rate)

    @property
    def silence(self) -> bytes:
        """Return a frame of the same kind without data, which is silent."""
        first, second, third, fourth = self.header
        header = bytes((first, second | _NO_CHECKSUM, third & ~_PADDING, fourth))
        return header.ljust(self.size - bool(third & _PADDING), b"\0")


DEFAULT_FRAME: Final = Frame(header=b"\xff\xf3\x84\xc0", size=192, seconds=0.024)
"""As OpenAI sends: MPEG-2, 64 kbit/s, 24 kHz, mono."""


class FrameReader:
    """Finds the frames of a stream, chunk by chunk."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self.last: Frame | None = None
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> float:
        """Take a chunk, and return the seconds that its frames play."""
        self._rest += chunk
        seconds, position = 0.0, 0
        while (position := self._rest.find(0xFF, position)) >= 0:
            header = bytes(self._rest[position : position + _HEADER_SIZE])
            frame = Frame.of(header) if len(header) == _HEADER_SIZE else None
            if len(header) < _HEADER_SIZE or (frame and position + frame.size > len(self._rest)):
                break
            position += frame.size if frame else 1
            if frame:
                self.last = frame
                seconds += frame.seconds
        del self._rest[: len(self._rest) if position < 0 else position]
        return seconds
