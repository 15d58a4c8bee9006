"""What the user chose about costs: the budget, and prices. Stored in the options of the account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
import math
from typing import Any, Final, Self

from ..const import CONF_BUDGET_STOPS, CONF_MONTHLY_BUDGET, CONF_PRICES, CONF_WARN_AT, Server
from ..openai_api.client import is_at_home, is_regional, server_of
from ..openai_api.prices import FREE, Price, PriceList, listed_price
from ..usage.budget import Budget

STOPS_ALL: Final = "all"
STOPS_ALL_BUT_SPEECH: Final = "all_but_speech"
STOPS: Final = (STOPS_ALL_BUT_SPEECH, STOPS_ALL)
"""What the limit stops, the default first."""

DEFAULT_WARN_AT: Final = 80
"""Percent of the budget."""

MOST_DOLLARS: Final = 100_000
"""The largest budget, and the largest price. More is a typing error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPrice:
    """A price that the user entered, in US dollars per million tokens. None: as in the list."""

    input: float | None
    cached: float | None
    output: float | None
    minute: float | None
    """Per minute of audio."""

    @property
    def is_whole(self) -> bool:
        """Whether it says what an answer costs, without a listed price."""
        return self.minute is not None or (self.input is not None and self.output is not None)

    def instead_of(self, listed: Price) -> Price:
        """Return the price that applies."""
        price = listed
        if self.input is not None:
            # cached input never costs more than any other
            cached = None if listed.cached is None else min(listed.cached, self.input)
            price = replace(price, input=self.input, cached=cached, cache_write=None)
        if self.cached is not None:
            price = replace(price, cached=self.cached)
        if self.output is not None and listed.image_output is not None:
            price = replace(price, image_output=self.output)
        elif self.output is not None:
            price = replace(price, output=self.output)
        if self.minute is not None:
            price = replace(price, minute=self.minute, characters=None)
        return price


@dataclass(frozen=True, slots=True, kw_only=True)
class CostOptions:
    """The stored options, with their types. Values that cannot be read are ignored."""

    monthly_budget: float = 0.0
    """US dollars; 0: no limit."""

    warn_at: int = DEFAULT_WARN_AT
    stops: str = STOPS_ALL_BUT_SPEECH
    prices: Mapping[str, OwnPrice] = field(default_factory=dict)
    """By model."""

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored options."""
        rows = data.get(CONF_PRICES)
        return cls(
            monthly_budget=_dollars(data.get(CONF_MONTHLY_BUDGET)) or 0.0,
            warn_at=_percent(data.get(CONF_WARN_AT)),
            stops=STOPS_ALL if data.get(CONF_BUDGET_STOPS) == STOPS_ALL else STOPS_ALL_BUT_SPEECH,
            prices=dict(map(_price, filter(_is_row, rows if isinstance(rows, list) else ()))),
        )

    @property
    def budget(self) -> Budget:
        """The budget, in the form that the meter uses."""
        return Budget(
            limit=round(self.monthly_budget * 1_000_000),
            warn_percent=self.warn_at,
            stops_speech=self.stops == STOPS_ALL,
        )

    def price_list(self, account: Mapping[str, Any]) -> PriceList:
        """Return the prices at the address of an account, given its stored data.

        A server at home is free unless the user enters a price. The prices of other servers are not known.
        """
        if server_of(account) is Server.OPENAI:
            return PriceList(own=self._own(listed_price), regional=is_regional(account))
        unlisted = FREE if is_at_home(account) else None
        return PriceList(own=self._own(lambda _: unlisted), listed=False, unlisted=unlisted)

    def _own(self, listed: Callable[[str], Price | None]) -> dict[str, Price]:
        """Return the prices that the user entered. Of a model that is not listed, no part is guessed."""
        return {
            model: own.instead_of(listed(model) or FREE)
            for model, own in self.prices.items()
            if own.is_whole or listed(model)
        }


def _is_row(row: Any) -> bool:
    return isinstance(row, Mapping) and isinstance(row.get("model"), str) and bool(row["model"].strip())


def _price(row: Mapping[str, Any]) -> tuple[str, OwnPrice]:
    """Return a model, and what the user entered for it."""
    return row["model"].strip(), OwnPrice(
        input=_dollars(row.get("input")),
        cached=_dollars(row.get("cached_input")),
        output=_dollars(row.get("output")),
        minute=_dollars(row.get("minute")),
    )


def _dollars(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number and 0 <= value <= MOST_DOLLARS else None


def _percent(value: Any) -> int:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return round(value) if is_number and 1 <= value <= 100 else DEFAULT_WARN_AT
