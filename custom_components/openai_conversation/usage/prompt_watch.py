"""Whether the instructions of an agent stay the same from turn to turn, and what it costs if not. Pure.

OpenAI reads the beginning of a prompt at a lower price if it has read the same beginning before. A clock
in the first line of the instructions makes everything after it cost the full price, in every turn.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from ..openai_api.prices import Price
from ..openai_api.tokens import about_tokens
from .counters import Counters

RECENT_TURNS: Final = 10
"""The last turns, which are looked at. If all of them begin alike, the instructions count as fixed."""

MANY_CHANGES: Final = 3
"""Recent turns with a change that make an issue. Fewer may come from a user who edits the instructions."""

LEAST_TOKENS: Final = 128
"""Tokens below which a change costs nothing: the cache stores prompts in steps of this size.

So the time does no harm that Home Assistant adds at the end if the agent has no tool for it.
"""

LEAST_COST: Final = 100_000
"""Micro-dollars a month below which there is no issue: ten cents."""

SHORT_LIFE: Final = timedelta(minutes=30)
LONG_LIFE: Final = timedelta(hours=24)
"""How long the cache remembers a prompt; the long one on request. Source: OpenAI's guide on caching."""

_KEPT_TURNS: Final = 500
_MONTH: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The instructions of one turn."""

    text: str
    at: datetime
    speaker: tuple[str | None, ...]
    """Who speaks, and where: Home Assistant adds the area of a device, and each gets a prompt of its own."""

    cache_life: timedelta


@dataclass(frozen=True, slots=True)
class _Turn:
    at: datetime
    changed_line: str | None
    cost: float
    """Micro-dollars that the change has cost."""


class PromptWatch:
    """Follows the turns of one agent."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._last: dict[tuple[str | None, ...], Prompt] = {}
        self._turns: deque[_Turn] = deque(maxlen=_KEPT_TURNS)

    def add(self, prompt: Prompt, first_answer: Counters, price: Price | None) -> None:
        """Note a turn. Turns that the cache could not have helped are left out."""
        before = self._last.get(prompt.speaker)
        self._last[prompt.speaker] = prompt
        if before is None or prompt.at - before.at > before.cache_life:
            return
        line, following = first_change(before.text, prompt.text)
        tokens = min(about_tokens(following), first_answer.input_tokens - first_answer.cached_tokens)
        if tokens < LEAST_TOKENS:
            line, tokens = None, 0
        self._turns.append(_Turn(prompt.at, line, tokens * price.cache_gain if price else 0))

    @property
    def changing_line(self) -> str | None:
        """The line that keeps changing at a cost that matters, in its latest form; None: there is none."""
        lines = [turn.changed_line for turn in self._recent if turn.changed_line is not None]
        return lines[0] if len(lines) >= MANY_CHANGES and self.monthly_cost >= LEAST_COST else None

    @property
    def is_steady(self) -> bool:
        """Whether enough turns have begun alike to call it fixed."""
        recent = self._recent
        return len(recent) == RECENT_TURNS and all(turn.changed_line is None for turn in recent)

    @property
    def monthly_cost(self) -> float:
        """Micro-dollars that changes cost in a month at the present use. A first day counts as whole."""
        if not self._turns:
            return 0
        watched = max(self._turns[-1].at - self._turns[0].at, _DAY)
        return sum(turn.cost for turn in self._turns) * (_MONTH / watched)

    @property
    def _recent(self) -> list[_Turn]:
        """The last turns, the latest first."""
        return list(islice(reversed(self._turns), RECENT_TURNS))


def first_change(before: str, now: str) -> tuple[str | None, int]:
    """Return the first line that differs, and the characters from its start to the end. None: no change."""
    if before == now:
        return None, 0
    lines, rest = now.split("\n"), len(now)
    for line, old in zip(lines, before.split("\n"), strict=False):
        if line != old:
            return line, rest
        rest -= len(line) + 1
    return "", max(rest, 0)  # lines were added or taken away at the end
