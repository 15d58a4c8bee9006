"""The monthly budget: estimate what a request will cost, and decide whether it is sent. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..const import Purpose
from ..openai_api.prices import PriceList
from ..openai_api.usage import Usage
from .counters import Counters

SPEECH: Final = frozenset({Purpose.STT, Purpose.TTS})
"""Work that goes on at the limit by default: Home Assistant's own agent needs it to hear and to speak."""


class Mark(StrEnum):
    """A mark that the spending of a month can pass."""

    WARNING = "warning"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The monthly budget of an account. Amounts are micro-dollars."""

    limit: int = 0
    """0: there is none."""

    warn_percent: int = 80
    stops_speech: bool = False
    """Whether speech stops at the limit, too."""

    def stops(self, purpose: Purpose) -> bool:
        """Whether this kind of work stops at the limit."""
        return bool(self.limit) and (self.stops_speech or purpose not in SPEECH)

    def has_room(self, purpose: Purpose, *, spent: int, reserved: int, estimate: int) -> bool:
        """Whether a request may be sent.

        `reserved`: what running requests may cost, since several at once share what is left.
        """
        if not self.stops(purpose):
            return True
        return spent + reserved < self.limit and spent + reserved + estimate <= self.limit

    def mark(self, spent: int) -> Mark | None:
        """Return the highest mark that is passed."""
        if not self.limit:
            return None
        if spent >= self.limit:
            return Mark.LIMIT
        return Mark.WARNING if spent * 100 >= self.limit * self.warn_percent else None

    @property
    def dollars(self) -> str:
        """The limit in US dollars, to be read or spoken."""
        return f"{self.limit / 1_000_000:,.2f}".removesuffix(".00")

    def percent(self, spent: int) -> float | None:
        """Return how much of the budget is used; None: there is none."""
        return round(spent / self.limit * 100, 1) if self.limit else None


def _typical(purpose: Purpose, model: str) -> Usage:
    """Return what a first request may use: for a small home, an image of high quality, or a sentence."""
    match purpose:
        case Purpose.IMAGES:
            return Usage(model=model, input_tokens=100, output_tokens=4_200, image_output_tokens=4_200)
        case Purpose.STT:
            return Usage(model=model, input_tokens=100, output_tokens=50, seconds=5)
        case Purpose.TTS:
            # models are paid by the character, or by the token
            return Usage(
                model=model, characters=100, input_tokens=200, output_tokens=150, audio_output_tokens=125
            )
        case _:
            return Usage(model=model, input_tokens=6_000, output_tokens=300)


def estimate(purpose: Purpose, model: str, past: Counters | None, prices: PriceList) -> int:
    """Return about how many micro-dollars a request will cost; 0 for a model without a price.

    `past`: what earlier requests of this kind used; None: there were none.
    """
    if past and past.requests:
        return past.micro_dollars // past.requests
    return prices.cost(_typical(purpose, model)) or 0
