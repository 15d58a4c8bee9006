"""What an account used: by month, day, purpose, and model. Days are those of the home. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Self

from .counters import Counters

KEPT_MONTHS: Final = 13
"""The current month and a year before it, so that a month can be compared with that of last year."""

type Row = tuple[date, str, str]
"""Day, purpose, and model."""

type Sums = dict[tuple[str, str], Counters]
"""By purpose and model."""


@dataclass(slots=True)
class Ledger:
    """The counters of one account, by day, purpose, and model."""

    rows: dict[Row, Counters] = field(default_factory=dict)
    total: Counters = field(default_factory=Counters)
    """Since the account was added; months that are no longer kept stay in it."""

    _months: dict[int, Sums] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Add up the months once: every request needs their sums."""
        for (day, purpose, model), counters in self.rows.items():
            self._add_to_month(day, purpose, model, counters)

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read a stored ledger. Raises `AttributeError`, `KeyError`, `TypeError`, or `ValueError`."""
        rows = {
            (date.fromisoformat(f"{month}-{day}"), purpose, model): Counters.from_stored(counters)
            for month, days in data["months"].items()
            for day, purposes in days.items()
            for purpose, models in purposes.items()
            for model, counters in models.items()
        }
        return cls(rows, Counters.from_stored(data["total"]))

    def as_stored(self) -> dict[str, Any]:
        """Return what to store: month → day → purpose → model → counters."""
        months: dict[str, Any] = {}
        for (day, purpose, model), counters in self.rows.items():
            days = months.setdefault(f"{day:%Y-%m}", {})
            days.setdefault(f"{day:%d}", {}).setdefault(purpose, {})[model] = counters.as_stored()
        return {"months": months, "total": self.total.as_stored()}

    def add(self, day: date, purpose: str, model: str, counters: Counters) -> None:
        """Add what an answer used on a day of the home, and drop months that are too old."""
        if (day, purpose, model) not in self.rows:
            self._drop_before(_month(day) - KEPT_MONTHS + 1)
        self.rows.setdefault((day, purpose, model), Counters()).add(counters)
        self._add_to_month(day, purpose, model, counters)
        self.total.add(counters)

    @property
    def first_day(self) -> date | None:
        """The first day that is kept; None: nothing was counted yet."""
        return min((day for day, _, _ in self.rows), default=None)

    def day(self, day: date) -> Sums:
        """Return the sums of a day."""
        return {(purpose, model): each for (date_, purpose, model), each in self.rows.items() if date_ == day}

    def month(self, day: date) -> Sums:
        """Return the sums of the month of a day."""
        return self._months.get(_month(day), {})

    def latest(self, purpose: str, model: str) -> Counters | None:
        """Return the sums of the last month in which a model was used for a purpose."""
        months = [sums for _, sums in sorted(self._months.items()) if (purpose, model) in sums]
        return months[-1][purpose, model] if months else None

    def spent(self, day: date) -> int:
        """Return the micro-dollars of the month of a day."""
        return sum(each.micro_dollars for each in self.month(day).values())

    def _add_to_month(self, day: date, purpose: str, model: str, counters: Counters) -> None:
        self._months.setdefault(_month(day), {}).setdefault((purpose, model), Counters()).add(counters)

    def _drop_before(self, oldest: int) -> None:
        self.rows = {row: each for row, each in self.rows.items() if _month(row[0]) >= oldest}
        self._months = {month: each for month, each in self._months.items() if month >= oldest}


def total(sums: Sums) -> Counters:
    """Return all of some sums as one."""
    counters = Counters()
    for each in sums.values():
        counters.add(each)
    return counters


def by_purpose(sums: Sums) -> dict[str, Counters]:
    """Return sums by purpose alone."""
    return {
        wanted: total({key: each for key, each in sums.items() if key[0] == wanted})
        for wanted in sorted({purpose for purpose, _ in sums})
    }


def by_model(sums: Sums) -> dict[str, Counters]:
    """Return sums by model alone."""
    return {
        wanted: total({key: each for key, each in sums.items() if key[1] == wanted})
        for wanted in sorted({model for _, model in sums})
    }


def _month(day: date) -> int:
    """Return the number of a day's month, counted through the years."""
    return day.year * 12 + day.month
