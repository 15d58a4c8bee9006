"""Home Assistant's log: what it warned of, and which of that is not about us."""

from collections.abc import Iterator
from itertools import zip_longest
import re
from typing import Final

from tests.harness.process import ChildProcess

_RECORD: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\S* ([A-Z]+) \(", re.MULTILINE)
_SERIOUS: Final = ("WARNING", "ERROR", "CRITICAL")
# Nothing good is said with these words, whatever the level.
_SUSPICIOUS: Final = re.compile(r"Traceback|Exception ignored|never retrieved|Detected blocking call")
# What every start says on a machine without ffmpeg, hardware and the cloud.
_NOT_OURS: Final = (
    r"Skipping pip installation of required modules",
    r"We found a custom integration openai_conversation which has not been tested by Home Assistant",
    r"\[aiohttp_fast_zlib\] zlib_ng and isal are not available",
)


class HouseLog:
    """The log of a Home Assistant, read bit by bit, over all its starts."""

    def __init__(self, process: ChildProcess) -> None:
        """Begin at the beginning."""
        self._process = process
        self._read = 0

    def complaints(self) -> list[str]:
        """Return the complaints since the log was last marked as read."""
        return complaints_in(self._process.log()[self._read :])

    def mark_read(self) -> None:
        """Be done with what the log holds so far."""
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
    """Cut the log into levels and records; what is printed between two records belongs to the first."""
    starts = [*_RECORD.finditer(log)]
    for start, following in zip_longest(starts, starts[1:]):
        yield start[1], log[start.start() : following.start() if following else None].strip()
