"""Audio while the user speaks: it is read once, kept, and passed on to a listener."""

import asyncio
from collections.abc import AsyncIterable, Callable
from typing import Self

type Listener = Callable[[bytes], None]
"""Gets a chunk of audio; an empty one is the end."""


class Microphone:
    """Reads a stream to its end, whatever happens to its listeners.

    Home Assistant's stream ends when its reader is canceled. So the reader is a task of its own, and no audio
    is lost with a connection.
    """

    def __init__(self, stream: AsyncIterable[bytes], most: int) -> None:
        """Prepare to read a stream. Enter to begin. `most`: bytes after which reading stops."""
        self._stream = stream
        self._most = most
        self._audio = bytearray()
        self._has_ended = False
        self._listener: Listener | None = None
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        """Begin to read."""
        self._task = asyncio.create_task(self._async_read())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop reading."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def listen(self, listener: Listener | None) -> None:
        """Hand the audio to a listener: first all that is recorded, then each new chunk. None: stop."""
        self._listener = listener
        if listener and self._audio:
            listener(bytes(self._audio))
        if listener and self._has_ended:
            listener(b"")

    async def async_audio(self) -> bytes:
        """Wait for the end of the stream, and return all of its audio. Raises what the stream raises."""
        await self._task
        return bytes(self._audio)

    async def _async_read(self) -> None:
        try:
            async for chunk in self._stream:
                self._audio += chunk
                self._hand_on(chunk)
                if len(self._audio) > self._most:
                    break
        finally:
            self._has_ended = True
            self._hand_on(b"")

    def _hand_on(self, chunk: bytes) -> None:
        if self._listener:
            self._listener(chunk)
