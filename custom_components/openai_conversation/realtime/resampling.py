"""Sound at one sample rate → sound at another one: 16 bits, mono, little endian. Pure.

Home Assistant records at 16 kHz, the Realtime API takes and gives nothing but 24 kHz, and some speakers want
other rates. Each new sample is the sum of the old ones around its place, weighted by a sinc under a Hann
window. If the new rate is lower, the sinc also removes the frequencies that are too high for it.
"""

from array import array
from math import ceil, cos, gcd, pi, sin, sumprod
from typing import Final

_NEIGHBORS: Final = 8
"""Samples on each side, of the lower rate."""

_LEAST: Final = -(2**15)
_MOST: Final = 2**15 - 1


def _weights(offset: float, neighbors: int, room: float) -> list[float]:
    """Return the weights of the neighbors of a point that lies `offset` samples behind one of them.

    `room`: the part of the frequencies that the new rate has room for.
    """
    distances = [index - offset for index in range(1 - neighbors, 1 + neighbors)]
    weights = [
        (sin(pi * each * room) / (pi * each * room) if each else 1.0) * (1 + cos(pi * each / neighbors)) / 2
        for each in distances
    ]
    # their sum is 1, so that the sound stays as loud as it is
    return [weight / sum(weights) for weight in weights]


class Resampler:
    """Resamples a stream, chunk by chunk."""

    def __init__(self, rate: int, new_rate: int) -> None:
        """Begin, with silence before the first sample."""
        divisor = gcd(rate, new_rate)
        self._step, self._parts = rate // divisor, new_rate // divisor
        """From one new sample to the next, there are `step` parts of an old one."""

        room = min(1.0, new_rate / rate)
        self._neighbors = ceil(_NEIGHBORS / room)
        offsets = (part / self._parts for part in range(self._parts))
        self._weights = [_weights(offset, self._neighbors, room) for offset in offsets]
        self._samples = array("h", bytes(2 * (self._neighbors - 1)))
        self._place = 0
        """Of the next new sample, in parts of an old one from the first of those that are kept."""

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
        self._samples.extend([0] * self._neighbors)
        return self._resampled()

    def _resampled(self) -> bytes:
        samples, resampled, size = self._samples, array("h"), 2 * self._neighbors
        parts, weights = self._parts, self._weights
        last = (len(samples) - size + 1) * parts
        for place in range(self._place, last, self._step):
            start, part = divmod(place, parts)
            resampled.append(_sample(sumprod(samples[start : start + size], weights[part])))
        self._place += len(resampled) * self._step
        done = min(self._place // parts, len(samples))
        del samples[:done]
        self._place -= done * self._parts
        return resampled.tobytes()


def _sample(value: float) -> int:
    return max(_LEAST, min(_MOST, round(value)))
