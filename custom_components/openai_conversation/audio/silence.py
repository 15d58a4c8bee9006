"""Silence for a listener while a text is still being written.

Some speakers hang, or hang up, when they get no sound for seconds. So while a text pauses, such as when a
tool runs, silence is sent in real time until there is more to say. It is made here and costs nothing. A text
that is already complete gets none, because Home Assistant may cache its audio.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
import math
from typing import Final, Protocol

from .formats import BYTES_PER_SECOND, Codec
from .mp3 import DEFAULT_FRAME, FrameReader

FIRST: Final = 1.2
"""Seconds until silence begins if nothing was heard yet. Some speakers give up after two."""

LEAD: Final = 0.3
"""Seconds of sound that a player still has when silence begins: enough for the network."""

MOST: Final = 300.0
"""Seconds of silence in a row: longer than any turn lasts."""

STEP: Final = 0.1
"""Seconds of silence at a time."""


class Fits(Protocol):
    """See `Narration.fits_silence`."""

    def __call__(self, *, is_silent: bool) -> bool:
        """Return whether silence can be sent now. `is_silent`: whether silence was sent last."""


class _Sound(Protocol):
    """The sound of a stream."""

    def seconds(self, chunk: bytes) -> float:
        """Return how long the next chunk plays."""

    def silence(self) -> bytes:
        """Return silence that fits in here, of `STEP` seconds or a little more."""


class _Pcm:
    def seconds(self, chunk: bytes) -> float:
        return len(chunk) / BYTES_PER_SECOND

    def silence(self) -> bytes:
        return bytes(int(STEP * BYTES_PER_SECOND))


class _Mp3:
    def __init__(self) -> None:
        self._reader = FrameReader()

    def seconds(self, chunk: bytes) -> float:
        return self._reader.feed(chunk)

    def silence(self) -> bytes:
        # of the same kind, for players do not like the sample rate to change
        frame = self._reader.last or DEFAULT_FRAME
        return frame.silence * math.ceil(STEP / frame.seconds)


_SOUNDS: Final[Mapping[Codec, Callable[[], _Sound]]] = {"mp3": _Mp3, "pcm": _Pcm}


class SilenceFiller:
    """Puts silence between the pieces of a text's audio."""

    def __init__(self, codec: Codec, fits: Fits) -> None:
        """Begin. `fits`: called before each silence."""
        make = _SOUNDS.get(codec)
        self._sound = make() if make else None
        self._fits = fits
        self._loop = asyncio.get_running_loop()
        self._is_heard = False
        self._silent = 0.0
        """Seconds of silence since the last audio."""

        self._played_at = self._loop.time() + FIRST
        """The time at which everything that was yielded is played."""

    async def async_fill(self, audio: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """Yield audio as it comes, and silence where it fits once the audio is nearly played.

        Raises what `audio` raises.
        """
        upcoming = asyncio.create_task(_async_next(audio))
        try:
            while True:
                await self._async_wait(upcoming)
                if not upcoming.done():
                    if silence := self._silence():
                        yield silence
                elif (chunk := upcoming.result()) is None:
                    return
                else:
                    self._note(chunk)
                    upcoming = asyncio.create_task(_async_next(audio))
                    yield chunk
        finally:
            upcoming.cancel()
            await asyncio.gather(upcoming, return_exceptions=True)

    async def _async_wait(self, upcoming: asyncio.Task[bytes | None]) -> None:
        """Wait for audio, but not longer than the sound that was yielded plays."""
        rest = self._played_at - LEAD - self._loop.time()
        await asyncio.wait({upcoming}, timeout=rest if rest > 0 else STEP)

    def _silence(self) -> bytes:
        """Return silence if it is due and fits."""
        now = self._loop.time()
        is_due = now >= self._played_at - LEAD and self._silent < MOST
        if self._sound is None or not is_due or not self._fits(is_silent=self._silent > 0):
            return b""
        self._silent += STEP
        self._played_at = max(self._played_at, now) + STEP
        return self._sound.silence()

    def _note(self, chunk: bytes) -> None:
        now = self._loop.time()
        seconds = self._sound.seconds(chunk) if self._sound else 0.0
        self._played_at = (max(self._played_at, now) if self._is_heard else now) + seconds
        self._is_heard, self._silent = True, 0.0


async def _async_next(audio: AsyncGenerator[bytes]) -> bytes | None:
    return await anext(audio, None)
