"""How long answers take: the stages of the last turns, in seconds."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum
from statistics import quantiles
import time
from typing import Any, Final

RECENT: Final = 100
"""Times of each stage that are remembered."""


class Stage(StrEnum):
    """A part of the way from a question to its answer."""

    STT = "stt"
    """From the end of a recording to its text."""

    WAITING = "waiting"
    """From a request to the first sign of its answer."""

    FIRST_WORD = "first_word"
    """From the question to the first word of the answer, tools included."""

    TOOL = "tool"
    ANSWER_COMPLETE = "answer_complete"
    FIRST_SOUND = "first_sound"
    """From a sentence to its first sound."""


class Latency:
    """The times of the stages since the account was loaded."""

    def __init__(self) -> None:
        """Begin with none."""
        self._recent: dict[Stage, deque[float]] = {stage: deque(maxlen=RECENT) for stage in Stage}
        self._listeners: dict[Stage, set[Callable[[], None]]] = {stage: set() for stage in Stage}

    def add(self, stage: Stage, seconds: float) -> None:
        """Remember how long a stage took."""
        self._recent[stage].append(seconds)
        for listener in tuple(self._listeners[stage]):
            listener()

    def last(self, stage: Stage) -> float | None:
        """Return how long a stage took the last time, if it is known."""
        return next(reversed(self._recent[stage]), None)

    def async_add_listener(self, stage: Stage, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener each time a stage ends, until the returned function is called."""
        self._listeners[stage].add(listener)
        return lambda: self._listeners[stage].discard(listener)

    def summary(self) -> dict[str, dict[str, float]]:
        """Return the median and the 90th percentile of each stage that was measured."""
        return {stage.value: _summary(times) for stage, times in self._recent.items() if times}


def _summary(times: deque[float]) -> dict[str, float]:
    tenths = quantiles(times, n=10, method="inclusive") if len(times) > 1 else [times[0]] * 9
    return {"count": len(times), "median": round(tenths[4], 3), "p90": round(tenths[8], 3)}


class Stopwatch:
    """Measures the stages of one turn."""

    def __init__(self, latency: Latency) -> None:
        """Start now."""
        self._latency = latency
        self._started = time.monotonic()
        self._has_spoken = False
        self.stages: list[dict[str, Any]] = []
        """The stages in their order, for the debug view."""

    def add(self, stage: Stage, since: float, **details: str) -> None:
        """Note that a stage has ended. `since`: its beginning, by the monotonic clock."""
        seconds = time.monotonic() - since
        self._latency.add(stage, seconds)
        self.stages.append({"stage": stage.value, **details, "seconds": round(seconds, 3)})

    def speak(self) -> None:
        """Note a word of the answer. Only the first one counts."""
        if not self._has_spoken:
            self._has_spoken = True
            self.add(Stage.FIRST_WORD, self._started)

    def complete(self) -> None:
        """Note that the answer is complete."""
        self.add(Stage.ANSWER_COMPLETE, self._started)
