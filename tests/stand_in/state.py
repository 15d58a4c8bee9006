"""The state of the server: settings, armed faults, and the requests so far."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from .errors import ApiError, InvalidRequest
from .models import TODAY
from .realtime.session import Session
from .refusals import REFUSALS, Fault
from .usage import PromptCache

type Record = dict[str, Any]


@dataclass
class StandIn:
    """The state behind an application.

    `first_word_ms` and `word_ms`: delays before the first piece of an answer and before each further
    word, in milliseconds. `log`: a file that gets a JSON line for each request. `today`: decides which
    models are shut down.
    """

    first_word_ms: float = 0
    word_ms: float = 0
    log: Path | None = None
    today: date = TODAY
    faults: list[Fault] = field(default_factory=list)
    requests: deque[Record] = field(default_factory=lambda: deque(maxlen=200))
    cache: PromptCache = field(default_factory=PromptCache)
    realtime: set[Session] = field(default_factory=set)
    """Sessions of the Realtime API that are open."""

    @contextmanager
    def recorded(self, path: str, body: Any) -> Iterator[Record]:
        """Record a request. Its `outcome` is filled in when it is known, then all of it is logged.

        It holds no headers, so it has no key.
        """
        record: Record = {"at": datetime.now(UTC).isoformat(), "path": path, "body": body, "outcome": {}}
        self.requests.append(record)
        try:
            yield record
        except ApiError as err:
            record["outcome"] |= {"status": err.status, **err.body()}
            raise
        finally:
            if self.log is not None:
                with self.log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(record) + "\n")

    async def befall(self, path: str) -> None:
        """Apply a fault to a request that is not for a response: raise its error, or wait."""
        fault = self.next_fault(path)
        refuse_if_armed(fault)
        if fault is not None:
            await asyncio.sleep(fault.seconds)

    def next_fault(self, path: str, tier: str | None = None) -> Fault | None:
        """Return the fault that hits a request, and count it; `tier`: its `service_tier`."""
        fault = next((fault for fault in self.faults if fault.hits(path, tier)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
        return fault


async def json_of(request: web.Request) -> dict[str, Any]:
    """Return the body of a request, which must be a JSON object."""
    try:
        body = await request.json()
    except ValueError as err:
        message = "We could not parse the JSON body of your request."
        raise InvalidRequest(message, None, None) from err
    if not isinstance(body, dict):
        raise InvalidRequest("Invalid type for body: expected an object.", None, "invalid_type")
    return body


STAND_IN = web.AppKey("stand_in", StandIn)


def refuse_if_armed(fault: Fault | None) -> None:
    """Raise the error of a fault that has one."""
    if fault is not None and fault.name in REFUSALS:
        raise REFUSALS[fault.name](fault)
