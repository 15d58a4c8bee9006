"""Warnings and errors in the log of Home Assistant."""

from collections.abc import Iterator
from itertools import zip_longest
import re
from typing import Final

from tests.harness.process import ChildProcess

_RECORD: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\S* ([A-Z]+) \(", re.MULTILINE)
_SERIOUS: Final = ("WARNING", "ERROR", "CRITICAL")
# These words mean trouble at any level.
_SUSPICIOUS: Final = re.compile(r"Traceback|Exception ignored|never retrieved|Detected blocking call")
# Every start logs these on a machine without hardware and the cloud.
_NOT_OURS: Final = (
    r"Skipping pip installation of required modules",
    r"We found a custom integration openai_conversation which has not been tested by Home Assistant",
    r"\[aiohttp_fast_zlib\] zlib_ng and isal are not available",
)


class HouseLog:
    """The log of a Home Assistant over all its starts, read in parts."""

    def __init__(self, process: ChildProcess) -> None:
        """Start at the beginning."""
        self._process = process
        self._read = 0

    def complaints(self) -> list[str]:
        """Return the complaints since the log was last marked as read."""
        return complaints_in(self._process.log()[self._read :])

    def mark_read(self) -> None:
        """Mark the log as read."""
        self._read = len(self._process.log())


def complaints_in(log: str) -> list[str]:
    """Return the records of a log that should not be there, each with its traceback."""
    return [
        record
        for level, record in _records(log)
        if (level in _SERIOUS or _SUSPICIOUS.search(record))
        and not any(re.search(pattern, record) for pattern in _NOT_OURS)
    ]


def _records(log: str) -> Iterator[tuple[str, str]]:
    """Split the log into levels and records. Output between two records belongs to the first."""
    starts = [*_RECORD.finditer(log)]
    for start, following in zip_longest(starts, starts[1:]):
        yield start[1], log[start.start() : following.start() if following else None].strip()
