"""Text-to-speech with models that are made for conversation: one piece of text a response, word for word.

The instructions tell such a model to read. It reads outside of any conversation, and the transcript of what
it says is compared with the text. If it did something else, it is asked once more.

    Reader ──▶ OverWebSocket   the Realtime API
           └─▶ OverHttp        Chat Completions, where no WebSocket gets through

Source: OpenAI's guides "Text to speech", "Realtime conversations", and "Audio", 2026-11-22.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
import time
from typing import Final, Protocol

from ..const import LOGGER
from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.usage import OnUsage
from .guard import DRIFT
from .http_speech import OverHttp
from .reading import NotReadError, Reading
from .voice import ReadingVoice
from .websocket_speech import OverWebSocket

NO_WAY: Final = frozenset({FailureKind.CONNECTION, FailureKind.NO_WEBSOCKET, FailureKind.TIMEOUT})
"""Failures of a WebSocket that HTTP may not have."""

TRY_AGAIN: Final = 10 * 60.0
"""Seconds for which no WebSocket is tried after one did not get through."""


class Way(Protocol):
    """A way to have a text read."""

    def async_attempt(
        self, voice: ReadingVoice, text: str, reading: Reading, on_usage: OnUsage
    ) -> AsyncGenerator[bytes]:
        """Yield the sound of a text as far as its reading goes well.

        `on_usage`: gets what the answer used, even after the generator was closed.
        """


@dataclass(slots=True)
class ReadingStatistics:
    """How well a model reads, for the diagnostics."""

    pieces: int = 0
    repeated: int = 0
    """Pieces that the model did not read at first."""

    drifted: int = 0
    """Pieces that were heard and differ from their text."""


class Reader:
    """Reads texts aloud, over HTTP where no WebSocket gets through."""

    def __init__(
        self,
        websocket: OverWebSocket,
        http: OverHttp | None,
        statistics: ReadingStatistics,
        on_change: Callable[[bool], None],
    ) -> None:
        """Take the ways. `http`: None if there is only one. `on_change`: gets whether a WebSocket works."""
        self.statistics = statistics
        self._websocket = websocket
        self._http = http
        self._on_change = on_change
        self._works: bool | None = None
        """Whether a WebSocket got through the last time."""

        self._next_try = 0.0

    async def async_prepare(self, voice: ReadingVoice) -> None:
        """Have a session ready for the text that will follow. Never raises."""
        if self._is_worth_trying():
            await self._websocket.async_prepare(voice)

    async def async_read(self, voice: ReadingVoice, text: str, *, on_usage: OnUsage) -> AsyncGenerator[bytes]:
        """Yield the sound of a text as it comes: PCM, 24 kHz, 16 bits, mono. Raises `OpenAIRequestError`.

        `on_usage`: gets what each answer used. That of a canceled answer may come after the end.
        """
        if self._is_worth_trying():
            is_heard = False
            try:
                async with aclosing(self._async_read(self._websocket, voice, text, on_usage)) as sound:
                    async for chunk in sound:
                        is_heard = True
                        yield chunk
            except OpenAIRequestError as err:
                if is_heard or self._http is None or err.failure.kind not in NO_WAY:
                    raise
                LOGGER.debug("No WebSocket (%s), so the text is read over HTTP", err.failure.detail)
            else:
                self._note_way(works=True)
                return
        if self._http:
            async with aclosing(self._async_read(self._http, voice, text, on_usage)) as sound:
                async for chunk in sound:
                    self._note_way(works=False)
                    yield chunk

    def _is_worth_trying(self) -> bool:
        return self._http is None or time.monotonic() >= self._next_try

    def _note_way(self, *, works: bool) -> None:
        if not works and self._is_worth_trying():
            self._next_try = time.monotonic() + TRY_AGAIN
        if works is not self._works:
            self._works = works
            self._on_change(works)

    async def _async_read(
        self, way: Way, voice: ReadingVoice, text: str, on_usage: OnUsage
    ) -> AsyncGenerator[bytes]:
        """Yield the sound of a text. Nothing is tried again after the first sound."""
        is_heard = is_repeated = is_reconnected = False
        while True:
            reading = Reading(text, is_last_attempt=is_repeated)
            try:
                async with aclosing(way.async_attempt(voice, text, reading, on_usage)) as sound:
                    async for chunk in sound:
                        is_heard = True
                        yield chunk
            except NotReadError as err:
                LOGGER.debug("%r is not read: %s", text, err)
                if is_repeated:
                    raise OpenAIRequestError.of(FailureKind.NO_AUDIO, "the text was not read") from err
                is_repeated = True
                self.statistics.repeated += 1
            except OpenAIRequestError as err:
                # most often, the server had closed the session meanwhile
                is_lost = err.failure.kind is FailureKind.CONNECTION and err.failure.connected
                if is_heard or is_reconnected or not is_lost:
                    raise
                is_reconnected = True
            else:
                self._note_reading(reading, text)
                return

    def _note_reading(self, reading: Reading, text: str) -> None:
        self.statistics.pieces += 1
        if reading.likeness >= DRIFT:
            return
        if not self.statistics.drifted:
            LOGGER.warning(
                "A text was read aloud with other words (%d %% alike). Diagnostics count more of it",
                reading.likeness * 100,
            )
        self.statistics.drifted += 1
        LOGGER.debug("%r was read as %r", text, reading.transcript)
