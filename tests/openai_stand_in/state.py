"""What the server remembers while it runs: settings, armed faults, requests seen."""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from .models import TODAY
from .refusals import REFUSALS, Fault
from .usage import PromptCache

type Record = dict[str, Any]


@dataclass
class StandIn:
    """The state behind an application.

    ``first_word_ms`` and ``word_ms``: delays before the first piece of an answer and before each further
    word, in milliseconds. ``log``: a file that gets a JSON line for each request. ``today``: decides which
    models are dead.
    """

    first_word_ms: float = 0
    word_ms: float = 0
    log: Path | None = None
    today: date = TODAY
    faults: list[Fault] = field(default_factory=list)
    requests: deque[Record] = field(default_factory=lambda: deque(maxlen=200))
    cache: PromptCache = field(default_factory=PromptCache)

    def begin_record(self, path: str, body: Any) -> Record:
        """Remember a request; its ``outcome`` is filled in as it becomes known."""
        record = {"at": datetime.now(UTC).isoformat(), "path": path, "body": body, "outcome": {}}
        self.requests.append(record)
        return record

    def finish_record(self, record: Record) -> None:
        """Write a request and what became of it to the log file. It never holds headers, so no key."""
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")

    def next_fault(self, path: str) -> Fault | None:
        """Return the fault that hits a request, and count it."""
        fault = next((fault for fault in self.faults if fault.path == path), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
        return fault


STAND_IN = web.AppKey("stand_in", StandIn)


def refuse_if_armed(fault: Fault | None) -> None:
    """Raise the error of a fault that is one."""
    if fault is not None and fault.name in REFUSALS:
        raise REFUSALS[fault.name](fault)
