"""The meter of an account: it counts what every request used, and enforces the budget.

It survives a reload of the account, because running requests do, too.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, Purpose
from ..openai_api.errors import Failure, FailureKind, OpenAIRequestError
from ..openai_api.prices import PriceList
from ..openai_api.usage import Usage
from .budget import Budget, Mark, estimate
from .counters import Counters
from .days import DayTracker
from .ledger import Ledger, Sums
from .store import LedgerFile

METERS: Final[HassKey[dict[str, Meter]]] = HassKey(f"{DOMAIN}_meters")
"""By the id of the account's entry."""

EVENT_BUDGET: Final = f"{DOMAIN}_budget"
"""Fired when the spending of a month passes a mark."""

CONTAINER_LIFE: Final = timedelta(minutes=20)
"""OpenAI ends a container that is not used for this long. The next one costs again."""


class BudgetReachedError(OpenAIRequestError):
    """The monthly budget is used up: nothing was sent."""

    def __init__(self, budget: Budget) -> None:
        """Name the limit."""
        super().__init__(Failure(kind=FailureKind.BUDGET))
        self.translation_placeholders = {"budget": budget.dollars}


class Meter:
    """Counts what an account uses, and keeps its budget."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Begin with an empty ledger. `async_load` reads the stored one."""
        self.prices = PriceList()
        self.budget = Budget()
        self._hass = hass
        self._entry_id = entry_id
        self._file = LedgerFile(hass, entry_id)
        self._reserved = 0
        self._asked: dict[Purpose, str] = {}
        """The model that was asked last, for each kind of work."""

        self._beginnings: dict[date, datetime] = {}
        self._mark: Mark | None = None
        self._containers: dict[str, datetime] = {}
        self._listeners: set[CALLBACK_TYPE] = set()

    async def async_load(self) -> Path | None:
        """Read the ledger; see `LedgerFile.async_load`."""
        return await self._file.async_load()

    async def async_remove(self) -> None:
        """Delete the ledger."""
        await self._file.async_remove()

    @property
    def ledger(self) -> Ledger:
        """What was used, by day, purpose, and model."""
        return self._file.ledger

    @property
    def today(self) -> Sums:
        """What was used today."""
        return self.ledger.day(dt_util.now().date())

    @property
    def this_month(self) -> Sums:
        """What was used this month."""
        return self.ledger.month(dt_util.now().date())

    @property
    def spent(self) -> int:
        """Micro-dollars spent this month."""
        return self.ledger.spent(dt_util.now().date())

    @property
    def day_began(self) -> datetime:
        """The start of today in the home's time zone, in UTC."""
        return self._beginning(dt_util.now().date())

    @property
    def month_began(self) -> datetime:
        """The start of this month in the home's time zone, in UTC."""
        return self._beginning(dt_util.now().date().replace(day=1))

    def _beginning(self, day: date) -> datetime:
        """Return when a day began. It stays so if the home moves to another time zone.

        Otherwise, Home Assistant's statistics would count once more what the day or its month has cost.
        """
        return self._beginnings.setdefault(day, dt_util.as_utc(dt_util.start_of_local_day(day)))

    @property
    def expected(self) -> float | None:
        """US dollars that the whole month will cost at this rate; None on its first day.

        The month in which the first answer was counted begins with the day of that answer.
        """
        now, began = dt_util.utcnow(), self.month_began
        if first_day := self.ledger.first_day:
            began = max(began, self._beginning(first_day))
        if now - began < timedelta(days=1):
            return None
        next_month = (dt_util.now().date().replace(day=1) + timedelta(days=32)).replace(day=1)
        ends = dt_util.as_utc(dt_util.start_of_local_day(next_month))
        return round(self.spent / 1_000_000 * ((ends - began) / (now - began)), 2)

    @property
    def mark(self) -> Mark | None:
        """The highest mark that the spending of this month has passed.

        The limit also counts as reached if what is left is not enough for any kind of work that was asked
        for. What running requests have set aside does not matter: some of it is given back.
        """
        spent = self.spent
        rooms = [
            self.budget.has_room(purpose, spent=spent, reserved=0, estimate=self.estimate(purpose, model))
            for purpose, model in self._asked.items()
            if self.budget.stops(purpose)
        ]
        return Mark.LIMIT if rooms and not any(rooms) else self.budget.mark(spent)

    @callback
    def async_configure(self, prices: PriceList, budget: Budget) -> None:
        """Set the prices and the budget from the options of the account."""
        self.prices, self.budget = prices, budget
        self._mark = self.mark
        self.async_notify()

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener after each change, until the returned function is called."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def async_track_days(self) -> CALLBACK_TYPE:
        """Call the listeners when a day of the home begins, until the returned function is called."""
        return DayTracker(self._hass, self.async_notify).async_stop

    def estimate(self, purpose: Purpose, model: str) -> int:
        """Return about how many micro-dollars the next request will cost."""
        return estimate(purpose, model, self.ledger.latest(purpose, model), self.prices)

    def has_room(self, purpose: Purpose, model: str) -> bool:
        """Whether the budget has room for another request."""
        return self._has_room(purpose, self.estimate(purpose, model))

    def _has_room(self, purpose: Purpose, amount: int) -> bool:
        return self.budget.has_room(purpose, spent=self.spent, reserved=self._reserved, estimate=amount)

    def reserve(self, purpose: Purpose, model: str, *, least: int, must_finish: bool) -> int:
        """Set aside what a request will cost, and return it. Raises `BudgetReachedError` if there is no room.

        `least`: micro-dollars that it will cost at least. `must_finish`: it is sent even beyond the limit.
        """
        self._asked[purpose] = model
        amount = max(self.estimate(purpose, model), least)
        if not must_finish and not self._has_room(purpose, amount):
            self.async_notify()
            raise BudgetReachedError(self.budget)
        self._reserved += amount
        return amount

    def release(self, amount: int) -> None:
        """Release what was set aside."""
        self._reserved -= amount

    @callback
    def async_add(self, purpose: Purpose, usage: Usage, *, is_elsewhere: bool = False) -> Counters:
        """Count what an answer used, and return it with its cost.

        `is_elsewhere`: it is of another address than that of the account.
        """
        now, prices = dt_util.now(), self.prices.elsewhere if is_elsewhere else self.prices
        counted = Counters()
        for each in self._with_new_containers(usage, now).by_model:
            counters = Counters.of(each, prices.cost(each, now.date()))
            self.ledger.add(now.date(), purpose, each.model, counters)
            counted.add(counters)
        self._file.async_save_soon()
        self.async_notify()
        return counted

    def _with_new_containers(self, usage: Usage, now: datetime) -> Usage:
        """Return a usage without the containers that an earlier answer paid for."""
        running = {id_: used for id_, used in self._containers.items() if now - used < CONTAINER_LIFE}
        self._containers = running | dict.fromkeys(usage.containers, now)
        return replace(usage, containers=usage.containers - running.keys())

    @callback
    def async_notify(self) -> None:
        """Call the listeners, and fire an event for automations when a mark is passed."""
        mark, before = self.mark, self._mark
        self._mark = mark
        if mark and mark is not before and before is not Mark.LIMIT:
            self._hass.bus.async_fire(
                EVENT_BUDGET,
                {
                    "entry_id": self._entry_id,
                    "mark": mark,
                    "spent": self.spent / 1_000_000,
                    "budget": self.budget.limit / 1_000_000,
                },
            )
        for listener in tuple(self._listeners):
            listener()


async def async_get_meter(hass: HomeAssistant, entry_id: str) -> tuple[Meter, Path | None]:
    """Return the meter of an account, loaded once, and the path of a broken file that was set aside."""
    meters = hass.data.setdefault(METERS, {})
    if meter := meters.get(entry_id):
        return meter, None
    meter = Meter(hass, entry_id)
    broken = await meter.async_load()
    meters[entry_id] = meter
    return meter, broken


async def async_remove_meter(hass: HomeAssistant, entry_id: str) -> None:
    """Forget an account that was removed."""
    meter = hass.data.get(METERS, {}).pop(entry_id, None) or Meter(hass, entry_id)
    await meter.async_remove()
