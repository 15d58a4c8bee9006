"""What was found, as a table in Markdown, to be pasted into an issue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..assist import Turn

MAX_HEARD: Final = 160
"""Characters of an answer in the table. The sentences of failures are shorter."""

_HEADINGS: Final = ("Check", "Result", "First word", "End", "What the user hears")


class Outcome(StrEnum):
    """What became of a check."""

    WORKS = "works"
    WRONG = "answers, but wrong"
    """The server works, and the model did not do what it was asked: a matter of the model."""

    FAILS = "fails"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What one check has found."""

    outcome: Outcome
    heard: str
    first_word: float | None = None
    """Seconds until the first word."""

    seconds: float | None = None
    """Seconds until the end."""


def result_of(turn: Turn, *, is_right: bool) -> Result:
    """Return the result of a turn. `is_right`: whether the model did what it was asked."""
    outcome = Outcome.FAILS if turn.error else Outcome.WORKS if is_right else Outcome.WRONG
    return Result(outcome=outcome, heard=turn.answer, first_word=turn.first_word, seconds=turn.seconds)


def table(results: Iterable[tuple[str, Result]]) -> str:
    """Return the results by their names as a table."""
    rows = [_HEADINGS, *(_row(name, result) for name, result in results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    head, *body = [_line(row, widths) for row in rows]
    return "\n".join((head, _line(["-" * width for width in widths], widths), *body))


def _row(name: str, result: Result) -> tuple[str, ...]:
    heard = " ".join(result.heard.replace("|", "/").split())
    if len(heard) > MAX_HEARD:
        heard = f"{heard[:MAX_HEARD]}…"
    return name, result.outcome, _seconds(result.first_word), _seconds(result.seconds), heard


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"
