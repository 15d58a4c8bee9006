"""A request and the budget: room is reserved before it is sent, and what it used is counted afterwards."""

from collections.abc import Generator
from contextlib import contextmanager

from ..const import Purpose
from ..openai_api.usage import Usage
from .counters import Counters
from .meter import Meter


class Request:
    """One piece of work for OpenAI. A turn sends several requests for it."""

    def __init__(self, meter: Meter, purpose: Purpose, model: str, *, is_elsewhere: bool = False) -> None:
        """Begin. Use `metered`, which creates it."""
        self.model = model
        """The model that is asked first."""

        self.used = Counters()
        """What the answers used so far."""

        self.first = Counters()
        """What the first answer used. Further ones find the prompt of the first in the cache."""

        self._meter = meter
        self._purpose = purpose
        self._is_elsewhere = is_elsewhere
        self._reserved = 0
        self._last_cost = 0

    def reserve(self, *, must_finish: bool = False) -> None:
        """Call before each request. Raises `BudgetReachedError` if there is no room for it.

        `must_finish`: a tool has run, so the turn finishes even beyond the limit.
        """
        if not self._reserved and not self._is_elsewhere:
            self._reserved = self._meter.reserve(
                self._purpose, self.model, least=self._last_cost, must_finish=must_finish
            )

    def add(self, usage: Usage) -> Counters:
        """Count what an answer used, even a failed or canceled one, and return it with its cost."""
        self.release()
        counted = self._meter.async_add(self._purpose, usage, is_elsewhere=self._is_elsewhere)
        self._last_cost = counted.micro_dollars
        if not self.used.requests:
            self.first = counted
        self.used.add(counted)
        return counted

    def release(self) -> None:
        """Release what was reserved for a request that has ended."""
        self._meter.release(self._reserved)
        self._reserved = 0


@contextmanager
def metered(
    meter: Meter, purpose: Purpose, model: str, *, must_finish: bool = False, is_elsewhere: bool = False
) -> Generator[Request]:
    """Enter this before sending anything. Raises `BudgetReachedError` if the budget has no room.

    `must_finish`: it is a further part of what was begun, and finishes even beyond the limit.
    `is_elsewhere`: another address than that of the account is asked. The budget is not about that one.
    """
    request = Request(meter, purpose, model, is_elsewhere=is_elsewhere)
    request.reserve(must_finish=must_finish)
    try:
        yield request
        if not request.used.requests:
            request.add(Usage(model=model))  # the answer reported nothing
    finally:
        request.release()
