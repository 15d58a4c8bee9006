"""Faults of what is said over the Realtime API: one small function each.

Facts: OpenAI API reference, "Realtime server events"; what the model was seen to do instead of reading.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from ..refusals import Fault


class Ending(Enum):
    """How a response ends, behind the last of its words."""

    DONE = auto()
    CLOSE = auto()
    CUT = auto()
    STALL = auto()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a response says, and how it goes."""

    words: str
    """What can be heard."""

    transcript: str
    """What it claims to have said."""

    part: str = "audio"
    late_transcript: bool = False
    """Whether all of the sound comes before the transcript, which is not promised to run ahead."""

    share: float = 1
    """How much of the words is said."""

    ending: Ending = Ending.DONE
    status: str = "completed"
    details: dict[str, Any] | None = None
    wait: float = 0
    """Seconds before the first event."""

    has_unknown: bool = False
    """Whether there are events and an item that nobody knows."""

    @classmethod
    def of(cls, text: str) -> Reading:
        """Return the reading of a text, word for word."""
        return cls(words=text, transcript=text)


def _says(text: str) -> Reading:
    return Reading.of(text)


def wrong_start(reading: Reading, _: Fault) -> Reading:
    """The model is polite before it reads."""
    return _says(f"Sure, here it is: {reading.words}")


def answer(_reading: Reading, _: Fault) -> Reading:
    """The model answers what it should read."""
    return _says("I am not able to check that for you right now, but I would love to help.")


def drift(reading: Reading, _: Fault) -> Reading:
    """The model begins well and tells a story of its own after the middle."""
    words = reading.words.split()
    return _says(
        " ".join([*words[: len(words) // 2 + 1], "and that is more or less all I have to say today"])
    )


def text_part(reading: Reading, _: Fault) -> Reading:
    """The answer is written, not spoken."""
    return replace(reading, part="text")


def late_transcript(reading: Reading, _: Fault) -> Reading:
    """The transcript comes behind the sound."""
    return replace(reading, late_transcript=True)


def no_transcript(reading: Reading, _: Fault) -> Reading:
    """There is no transcript at all."""
    return replace(reading, transcript="")


def failed(reading: Reading, _: Fault) -> Reading:
    """The rate limit is reached in the middle of a sentence."""
    error = {"type": "tokens", "code": "rate_limit_exceeded"}
    return replace(reading, share=0.5, status="failed", details={"type": "failed", "error": error})


def failed_at_once(reading: Reading, _: Fault) -> Reading:
    """There is no credit, which shows with the first response."""
    error = {"type": "insufficient_quota", "code": "insufficient_quota"}
    return replace(reading, share=0, status="failed", details={"type": "failed", "error": error})


def content_filter(reading: Reading, _: Fault) -> Reading:
    """The safety filter cuts the sound off."""
    return _incomplete(reading, "content_filter")


def incomplete(reading: Reading, _: Fault) -> Reading:
    """The sound grew longer than `max_output_tokens`."""
    return _incomplete(reading, "max_output_tokens")


def _incomplete(reading: Reading, reason: str) -> Reading:
    details = {"type": "incomplete", "reason": reason}
    return replace(reading, share=0.5, status="incomplete", details=details)


def no_audio(reading: Reading, _: Fault) -> Reading:
    """Nothing is said, and that is all."""
    return replace(reading, share=0)


def close(reading: Reading, _: Fault) -> Reading:
    """The server goes away in the middle of a sentence."""
    return replace(reading, share=0.5, ending=Ending.CLOSE)


def close_at_once(reading: Reading, _: Fault) -> Reading:
    """The server goes away before a word."""
    return replace(reading, share=0, ending=Ending.CLOSE)


def cut(reading: Reading, _: Fault) -> Reading:
    """The connection breaks in the middle of a sentence."""
    return replace(reading, share=0.5, ending=Ending.CUT)


def stall(reading: Reading, _: Fault) -> Reading:
    """Nothing more comes after the middle of a sentence, and the connection stays open."""
    return replace(reading, share=0.5, ending=Ending.STALL)


def slow(reading: Reading, fault: Fault) -> Reading:
    """The first event takes its time."""
    return replace(reading, wait=fault.seconds)


def unknown_event(reading: Reading, _: Fault) -> Reading:
    """OpenAI has invented an event and an output item since this was written."""
    return replace(reading, has_unknown=True)


READING_MISHAPS: dict[str, Callable[[Reading, Fault], Reading]] = {
    "wrong_start": wrong_start,
    "answer": answer,
    "drift": drift,
    "text_part": text_part,
    "late_transcript": late_transcript,
    "no_transcript": no_transcript,
    "failed": failed,
    "failed_at_once": failed_at_once,
    "content_filter": content_filter,
    "incomplete": incomplete,
    "no_audio": no_audio,
    "close": close,
    "close_at_once": close_at_once,
    "cut": cut,
    "stall": stall,
    "slow": slow,
    "unknown_event": unknown_event,
}
"""Faults of a response that speaks."""
