"""OpenAI's samples → samples as a speaker wants them, where Home Assistant has no ffmpeg for that."""

from array import array
from collections.abc import AsyncGenerator

from ..realtime.resampling import Resampler
from .formats import RATE, Format


async def async_with_samples(audio: AsyncGenerator[bytes], sound: Format) -> AsyncGenerator[bytes]:
    """Yield audio with the sample rate and the channels of a format. Raises what `audio` raises."""
    if sound.codec != "pcm" or (sound.rate, sound.channels) == (RATE, 1):
        async for chunk in audio:
            yield chunk
        return
    resampler = Resampler(RATE, sound.rate)
    async for chunk in audio:
        yield _on_all_channels(resampler.feed(chunk), sound.channels)
    yield _on_all_channels(resampler.finish(), sound.channels)


def _on_all_channels(pcm: bytes, channels: int) -> bytes:
    samples = array("h", pcm)
    spread = array("h", bytes(len(pcm) * channels))
    for channel in range(channels):
        spread[channel::channels] = samples
    return spread.tobytes()
