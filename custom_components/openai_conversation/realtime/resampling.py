"""Sound at 16 kHz, as Home Assistant records it → 24 kHz, the only rate that the Realtime API takes. Pure.

Two samples become three. The first of the three is the first of the two. The others lie between samples: each
is the sum of its neighbors, weighted by a sinc under a Hann window. The `audioop` module, which did this less
well, is no longer part of Python.
"""

from array import array
import math
from typing import Final

_NEIGHBORS: Final = 8
"""Samples on each side."""

_LEAST: Final = -(2**15)
_MOST: Final = 2**15 - 1


def _weights(offset: float) -> list[float]:
    """Return the weights of the neighbors of a point that lies `offset` samples behind one of them."""
    distances = [index - offset for index in range(1 - _NEIGHBORS, 1 + _NEIGHBORS)]
    weights = [
        math.sin(math.pi * each) / (math.pi * each) * (1 + math.cos(math.pi * each / _NEIGHBORS)) / 2
        for each in distances
    ]
    # their sum is 1, so that the sound stays as loud as it is
    return [weight / sum(weights) for weight in weights]


_TWO_THIRDS: Final = _weights(2 / 3)
_ONE_THIRD: Final = _weights(1 / 3)


class Resampler:
    """Resamples a stream, chunk by chunk: 16 bits, mono, little endian."""

    def __init__(self) -> None:
        """Begin, with silence before the first sample."""
        self._samples = array("h", bytes(2 * (_NEIGHBORS - 1)))
        self._half = b""
        """The first byte of a sample whose second one is in the next chunk."""

    def feed(self, pcm: bytes) -> bytes:
        """Take a chunk, and return the samples so far. The last half millisecond waits for the next chunk."""
        pcm = self._half + pcm
        end = len(pcm) // 2 * 2
        self._samples.frombytes(pcm[:end])
        self._half = pcm[end:]
        return self._resampled()

    def finish(self) -> bytes:
        """Return the rest, with silence behind the last sample."""
        self._samples.extend([0] * (_NEIGHBORS + 1))
        return self._resampled()

    def _resampled(self) -> bytes:
        samples, resampled = self._samples, array("h")
        for start in range(0, len(samples) - 2 * _NEIGHBORS, 2):
            first = samples[start : start + 2 * _NEIGHBORS]
            second = samples[start + 1 : start + 2 * _NEIGHBORS + 1]
            resampled.append(first[_NEIGHBORS - 1])
            resampled.append(_sample(math.sumprod(first, _TWO_THIRDS)))
            resampled.append(_sample(math.sumprod(second, _ONE_THIRD)))
        del samples[: len(resampled) // 3 * 2]
        return resampled.tobytes()


def _sample(value: float) -> int:
    return max(_LEAST, min(_MOST, round(value)))
