"""Check a response that should read a text: its events come in, and its sound goes out. Pure.

Nothing is heard before the transcript shows that the model reads. Until then, its sound is held back. That
takes hardly any time, because the transcript arrives before the sound.
"""

from base64 import b64decode
from typing import Any, Final

from ..openai_api.classify import classify_event
from ..openai_api.errors import FailureKind, OpenAIRequestError
from .guard import Start, likeness, start

BYTES_PER_SECOND: Final = 48_000
"""24 kHz, 16 bits, mono."""

MOST_HELD: Final = 1.0
"""Seconds of sound that are held back, at most. Then it is heard even without a transcript."""

MOST_SOUND: Final = 15 * 60.0
"""Seconds of one piece: the most that a model can say in one response, at the slowest speed."""

PLAUSIBLE: Final = 0.5
"""Likeness from which a text counts as read, though not word for word."""

_TYPES: Final = {
    # names of the beta, which compatible servers may still use
    "response.audio.delta": "response.output_audio.delta",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.text.delta": "response.output_text.delta",
}


class NotReadError(Exception):
    """The model did something else instead of reading the text. Nothing of that was heard."""


class Reading:
    """The state of a response so far."""

    def __init__(self, text: str, *, is_last_attempt: bool) -> None:
        """Expect a text. The last attempt may start with other words: then it is judged as a whole."""
        self.transcript = ""
        self.likeness = 1.0
        """How much of the whole transcript is the text."""

        self._text = text
        self._is_last_attempt = is_last_attempt
        self._start = Start.UNDECIDED
        self._held = bytearray()
        self._size = 0
        """Bytes of sound so far."""

    def take(self, event: dict[str, Any]) -> bytes:
        """Take the next event, and return the sound that may be heard now.

        Raises `NotReadError` before anything is heard, and `OpenAIRequestError` if the response ends early.
        """
        kind = event["type"]
        match _TYPES.get(kind, kind):
            case "response.output_audio.delta":
                self._hold(b64decode(event["delta"]))
            case "response.output_audio_transcript.delta":
                self.transcript += str(event["delta"])
                self._judge_start()
            case "response.content_part.added" if event["part"]["type"] == "text":
                raise NotReadError("text in place of audio")
            case "response.output_text.delta":
                raise NotReadError("text in place of audio")
            case "response.done":
                self._judge_end(event["response"])
        return self._released()

    def _hold(self, sound: bytes) -> None:
        self._held += sound
        self._size += len(sound)
        if self._size > MOST_SOUND * BYTES_PER_SECOND:
            raise OpenAIRequestError.of(FailureKind.SERVER, "the audio does not end")

    def _judge_start(self) -> None:
        if self._start is not Start.UNDECIDED:
            return
        self._start = start(self._text, self.transcript)
        if self._start is Start.DIFFERS and not self._is_last_attempt:
            raise NotReadError(f"began with {self.transcript!r}")

    def _judge_end(self, response: dict[str, Any]) -> None:
        status, details = response.get("status"), response.get("status_details") or {}
        if status == "failed":
            raise OpenAIRequestError(classify_event(details.get("error") or {}))
        if status != "completed":
            reason = details.get("reason")
            kind = FailureKind.REFUSED if reason == "content_filter" else FailureKind.INCOMPLETE
            raise OpenAIRequestError.of(kind, f"speech {status}: {reason}")
        if not self._size:
            raise NotReadError("no audio")
        if self.transcript:
            self.likeness = likeness(self._text, self.transcript)
        if self._start is not Start.FITS and self.likeness < PLAUSIBLE:
            raise NotReadError(f"said {self.transcript!r}")
        self._start = Start.FITS

    def _released(self) -> bytes:
        is_undecided = self._start is Start.UNDECIDED
        if is_undecided and len(self._held) > MOST_HELD * BYTES_PER_SECOND:
            self._start = Start.FITS
        if self._start is not Start.FITS:
            return b""
        sound = bytes(self._held)
        self._held.clear()
        return sound
