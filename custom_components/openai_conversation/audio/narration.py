"""A text that is still being written → its audio, piece by piece. The next piece is fetched in advance."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from typing import Final

from ..text.filters import SpokenText
from .sentences import SentenceSplitter

AHEAD: Final = 2
"""Pieces that are requested at a time: the one that is played, and the next one."""

PAUSE: Final = 0.3
"""Seconds without new text after which a complete sentence is spoken, although nothing follows it yet."""

type Speak = Callable[[str], AsyncGenerator[bytes]]
"""Yields the audio of a piece of text."""


class _Piece:
    """A piece of speech: it is fetched at once, and kept until its turn."""

    def __init__(self, audio: AsyncGenerator[bytes]) -> None:
        self._chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.task = asyncio.create_task(self._async_fetch(audio))

    async def _async_fetch(self, audio: AsyncGenerator[bytes]) -> None:
        try:
            async with aclosing(audio):
                async for chunk in audio:
                    self._chunks.put_nowait(chunk)
        finally:
            self._chunks.put_nowait(None)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the audio, then raise what went wrong."""
        while (chunk := await self._chunks.get()) is not None:
            yield chunk
        await self.task


class Narration:
    """Reads a text aloud, without Markdown and other marks for the eye."""

    def __init__(self, speak: Speak, splitter: SentenceSplitter | None = None) -> None:
        """Prepare to read with a voice."""
        self._speak = speak
        self._filter = SpokenText()
        self._splitter = splitter or SentenceSplitter()
        self._pieces: deque[_Piece] = deque()
        self._news = asyncio.Event()
        self._is_written = False
        self._is_playing = False

    def fits_silence(self, *, is_silent: bool) -> bool:
        """Whether silence can be sent now: no piece is playing, and the text is not complete.

        `is_silent`: whether silence was sent last. Then it may also go on after the end of the text, until
        the next piece is there.
        """
        return not self._is_playing and (is_silent or not self._is_written)

    async def async_read(self, text: AsyncIterable[str]) -> AsyncGenerator[bytes]:
        """Yield the audio of a text. Closing the generator closes the connections.

        Raises what `speak` and `text` raise, once the audio before it was yielded.
        """
        reader = asyncio.create_task(self._async_follow(text))
        try:
            while self._pieces or not reader.done():
                if not self._pieces:
                    await self._news.wait()
                    self._news.clear()
                    continue
                async with aclosing(self._async_play(self._pieces[0])) as chunks:
                    async for chunk in chunks:
                        yield chunk
                self._pieces.popleft()
                self._start()
            await reader
        finally:
            tasks = [reader, *(piece.task for piece in self._pieces)]
            for task in tasks:
                task.cancel()
            # nobody hears these pieces any more, so their failures do not matter
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _async_play(self, piece: _Piece) -> AsyncGenerator[bytes]:
        async with aclosing(piece.chunks()) as chunks:
            async for chunk in chunks:
                self._is_playing = True
                yield chunk
        self._is_playing = False

    async def _async_follow(self, text: AsyncIterable[str]) -> None:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(PAUSE, self._pause)
        try:
            async for words in text:
                timer.cancel()
                self._splitter.feed(self._filter.feed(words))
                self._start()
                timer = loop.call_later(PAUSE, self._pause)
            self._splitter.feed(self._filter.finish())
            self._splitter.finish()
            self._start()
        finally:
            timer.cancel()
            self._is_written = True
            self._news.set()

    def _pause(self) -> None:
        """Speak what may be a complete sentence: no text has followed it for a while."""
        self._splitter.pause()
        self._start()

    def _start(self) -> None:
        """Start the next pieces, as far as they are written and `AHEAD` allows."""
        while len(self._pieces) < AHEAD and (text := self._splitter.take()) is not None:
            if any(map(str.isalnum, text)):
                self._pieces.append(_Piece(self._speak(text)))
                self._news.set()
