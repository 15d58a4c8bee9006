"""Count what answers used and what they cost. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from ..openai_api.usage import Usage


@dataclass(slots=True)
class Counters:
    """Sums over answers; whole numbers, so that a year of additions loses nothing."""

    requests: int = 0
    """Answers, even incomplete ones."""

    input_tokens: int = 0
    """All input tokens, including cached and cache-written ones."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    audio_input_tokens: int = 0
    audio_output_tokens: int = 0
    audio_milliseconds: int = 0
    """Heard or spoken."""

    characters: int = 0
    """Spoken."""

    images: int = 0
    web_searches: int = 0
    containers: int = 0
    """Of the code interpreter."""

    unpriced_tokens: int = 0
    """Input and output tokens of models without a price. The cost does not include them."""

    unpriced_requests: int = 0
    """Answers of such models."""

    micro_dollars: int = 0

    @classmethod
    def of(cls, usage: Usage, cost: int | None) -> Self:
        """Return the counters of one answer. `cost`: micro-dollars; None: the model has no price."""
        return cls(
            requests=1,
            input_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=usage.output_tokens,
            audio_input_tokens=usage.audio_input_tokens,
            audio_output_tokens=usage.audio_output_tokens,
            audio_milliseconds=round(usage.seconds * 1000),
            characters=usage.characters,
            images=usage.images,
            web_searches=usage.web_searches,
            containers=len(usage.containers),
            unpriced_tokens=usage.input_tokens + usage.output_tokens if cost is None else 0,
            unpriced_requests=int(cost is None),
            micro_dollars=cost or 0,
        )

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Read stored counters. Raises `TypeError` or `ValueError` if one is not a whole number."""
        stored = {name: data.get(name, 0) for name in _NAMES}
        for name, value in stored.items():
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} is not a whole number")
        return cls(**stored)

    def as_stored(self) -> dict[str, int]:
        """Return what to store: the counters that are not 0."""
        return {name: value for name in _NAMES if (value := getattr(self, name))}

    def add(self, other: Counters) -> None:
        """Add other counters to these."""
        for name in _NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def dollars(self) -> float:
        """The cost in US dollars, without models that have no price."""
        return self.micro_dollars / 1_000_000

    @property
    def cost(self) -> float | None:
        """The cost in US dollars; None: one of the models has no price."""
        return None if self.unpriced_requests else self.dollars

    @property
    def cached_percent(self) -> float | None:
        """How much of the input came from the prompt cache; None: there was none."""
        return round(self.cached_tokens / self.input_tokens * 100, 1) if self.input_tokens else None

    def as_reply(self) -> dict[str, Any]:
        """Return the usage as an action reports it: tokens, and the cost in US dollars, if it is known."""
        return {
            "usage": {
                "input_tokens": self.input_tokens,
                "cached_tokens": self.cached_tokens,
                "output_tokens": self.output_tokens,
            },
            "cost": self.cost,
        }


_NAMES: Final = tuple(each.name for each in fields(Counters))
