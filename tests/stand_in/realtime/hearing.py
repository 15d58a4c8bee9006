"""What is heard over the Realtime API while the user is still speaking.

Facts: OpenAI's guide on realtime transcription, and its API reference, "Realtime server events". Words are
heard as `tones.py` sings them.
"""

import asyncio
from collections.abc import Mapping
import secrets
from typing import Any

from ..errors import InvalidRequest
from ..refusals import Fault
from ..sound import SAMPLE_WIDTH, SPEECH_RATE
from ..tones import Listener
from .session import Session

_SHORTEST_S = 0.1
_EVENT = "conversation.item.input_audio_transcription"


class InputBuffer:
    """The input buffer of a session, and what is heard in it."""

    def __init__(self, session: Session) -> None:
        """Begin with nothing heard."""
        self._session = session
        self._last_item: str | None = None
        self._begin()

    def _begin(self) -> None:
        self._item_id = f"item_{secrets.token_hex(8)}"
        self._size = 0
        self._words: list[str] = []
        self._listener = Listener(SPEECH_RATE)

    async def append(self, pcm: bytes, word_s: float) -> None:
        """Add sound, and send each word at once."""
        self._size += len(pcm)
        for word in self._listener.hear(pcm):
            self._words.append(word)
            if self._transcription:
                await self._tell("delta", delta=word if len(self._words) == 1 else f" {word}")
                await asyncio.sleep(word_s)

    def clear(self) -> None:
        """Forget what has been heard since the last commit."""
        self._begin()

    async def commit(self, fault: Fault | None, first_word_s: float) -> str | None:
        """End an utterance, and send its whole text; return what was sent."""
        seconds = self._size / SAMPLE_WIDTH / SPEECH_RATE
        if seconds < _SHORTEST_S:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                f"but buffer only has {seconds * 1000:.2f}ms of audio."
            )
            raise InvalidRequest(message, None, "input_audio_buffer_commit_empty")
        await self._session.send(
            "input_audio_buffer.committed", item_id=self._item_id, previous_item_id=self._last_item
        )
        text = None
        if transcription := self._transcription:
            await asyncio.sleep(first_word_s)
            text = await self._finish(transcription, seconds, fault.name if fault else None)
        self._last_item = self._item_id
        self._begin()
        return text

    async def _finish(
        self, transcription: Mapping[str, Any], seconds: float, fault: str | None
    ) -> str | None:
        """Send what was heard, or have it go wrong; return a text that was sent."""
        match fault:
            case "close":
                await self._session.close(1001)
            case "cut":
                self._session.cut()
            case "stall":
                pass
            case "failed":
                error = {
                    "type": "server_error",
                    "code": "server_error",
                    "message": "No.",
                    "param": None,
                }
                await self._tell("failed", content_index=0, error=error)
            case _:
                text = transcription.get("prompt", "") if fault == "echo" else " ".join(self._words)
                usage = None if fault == "no_usage" else {"type": "duration", "seconds": round(seconds, 2)}
                await self._tell("completed", content_index=0, transcript=text, usage=usage)
                return text
        return None

    async def _tell(self, what: str, **fields: Any) -> None:
        await self._session.send(f"{_EVENT}.{what}", item_id=self._item_id, **fields)

    @property
    def _transcription(self) -> Mapping[str, Any] | None:
        hearing = self._session.settings["audio"]["input"]
        return hearing["transcription"] or None


HEARING_MISHAPS = ("close", "cut", "stall", "failed", "echo", "no_usage")
"""Faults of a commit: the connection goes away, nothing comes, it fails, the prompt is heard, or the answer
reports no usage."""
