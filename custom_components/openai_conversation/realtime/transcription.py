"""Speech-to-text over the Realtime API, while the user is still speaking.

Audio is sent as it is recorded. After the last word, it only has to be committed, and the answer read.

Source: OpenAI's guide "Realtime transcription", and the API reference, 2026-11-22.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final, Self

from ..openai_api.classify import classified, classify_event
from ..openai_api.errors import FailureKind, OpenAIRequestError
from .connection import Connection
from .events import Event, Inbox
from .microphone import Microphone
from .pool import Pool
from .resampling import Resampler

SHORTEST: Final = 0.1
"""Seconds of audio below which OpenAI reports an error."""

RECORDED_RATE: Final = 16_000
"""Samples per second of what Home Assistant records."""

RATE: Final = 24_000
"""Samples per second, the only rate that OpenAI takes."""

BYTES_PER_SECOND: Final = 2 * RATE
"""Of 16 bits, mono."""

ANSWER_TIMEOUT: Final = 5.0
"""Seconds from the last word to the text. It takes less than one; after that, a file is sent instead."""

OPEN_TIMEOUT: Final = 2.0
"""Seconds from the last word until a session must be open. After that, a file is sent instead."""

_QUERY: Final = {"intent": "transcription"}
_EVENT: Final = "conversation.item.input_audio_transcription"
_NOTHING_SAID: Final[Event] = {"type": f"{_EVENT}.completed", "transcript": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What is understood so far."""

    text: str
    answer: Event | None = None
    """The event that ends it, with its `usage`. None: it goes on."""


def live_settings(
    model: str, *, languages: Sequence[str], keywords: Sequence[str], prompt: str | None
) -> dict[str, Any]:
    """Return the settings of a session that transcribes. `languages`: ISO 639-1; empty: any language."""
    optional = {"languages": list(languages), "keywords": list(keywords), "prompt": prompt}
    transcription = {"model": model, **{name: value for name, value in optional.items() if value}}
    return {
        "type": "transcription",
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": RATE},
                "transcription": transcription,
                "turn_detection": None,
            }
        },
    }


async def async_transcribe_live(
    pool: Pool, settings: dict[str, Any], microphone: Microphone
) -> AsyncGenerator[Transcript]:
    """Yield what is understood while the user speaks, and at the end all of it.

    The microphone gives 16 bits, mono, at 16 kHz, and keeps all of it. Digital silence, as from a muted
    microphone, is not transcribed: the text is empty. Raises `OpenAIRequestError`.
    """
    async with AsyncExitStack() as stack:
        connection = await _async_connect(stack, pool, settings, microphone)
        with connection.session() as inbox, _Upload(connection, inbox) as upload:
            microphone.listen(upload.take)
            text = ""
            try:
                while True:
                    event = await inbox.event(None)
                    match event["type"].removeprefix(f"{_EVENT}."):
                        case "delta":
                            text += str(event.get("delta") or "")
                            yield Transcript(text=text)
                        case "completed":
                            upload.is_answered = True
                            yield Transcript(text=str(event.get("transcript") or ""), answer=event)
                            return
                        case "failed":
                            with classified(malformed=FailureKind.SERVER):
                                raise OpenAIRequestError(classify_event(event["error"]))
            finally:
                microphone.listen(None)


async def _async_connect(
    stack: AsyncExitStack, pool: Pool, settings: dict[str, Any], microphone: Microphone
) -> Connection:
    """Enter a new session; its time limit starts when the user stops speaking."""
    loop = asyncio.get_running_loop()

    def limit(chunk: bytes) -> None:
        if not chunk:
            opening.reschedule(loop.time() + OPEN_TIMEOUT)

    with classified():
        async with asyncio.timeout(None) as opening:
            microphone.listen(limit)
            try:
                return await stack.enter_async_context(pool.connection(_QUERY, settings, shared=False))
            finally:
                microphone.listen(None)


class _Upload:
    """Sends what one user says."""

    def __init__(self, connection: Connection, inbox: Inbox) -> None:
        self.is_answered = False
        self._connection = connection
        self._inbox = inbox
        self._resampler = Resampler(RECORDED_RATE, RATE)
        self._size = 0
        self._is_silent = True
        self._timer: asyncio.TimerHandle | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()
        if not self.is_answered:
            # a late answer must not be taken for that of the next request
            self._connection.retire()

    def take(self, chunk: bytes) -> None:
        """Send a chunk on; an empty one is the end."""
        if chunk:
            self._is_silent = self._is_silent and not chunk.strip(b"\0")
            self._send(self._resampler.feed(chunk))
            return
        self._send(self._resampler.finish())
        if self._size < SHORTEST * BYTES_PER_SECOND or self._is_silent:
            self._connection.post({"type": "input_audio_buffer.clear"})
            self._inbox.put(_NOTHING_SAID)
            return
        self._connection.post({"type": "input_audio_buffer.commit"})
        failure = OpenAIRequestError.of(FailureKind.TIMEOUT, "no transcript")
        self._timer = asyncio.get_running_loop().call_later(ANSWER_TIMEOUT, self._inbox.put, failure)

    def _send(self, sound: bytes) -> None:
        if sound:
            self._size += len(sound)
            audio = b64encode(sound).decode()
            self._connection.post({"type": "input_audio_buffer.append", "audio": audio})
