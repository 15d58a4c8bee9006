"""What an answer costs, by OpenAI's list prices: an estimate, not a bill. Pure.

CONTRIBUTING says how to update the table. A model that is not in it has no price: no estimate is better than
a wrong one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
import re
from typing import Final

from .usage import Usage

PRICES_DATE: Final = date(2026, 11, 22)
"""The day on which the table was read from its sources."""

WEB_SEARCH: Final = 10_000
"""Micro-dollars a search: $10 per 1,000. What is found counts as input tokens.

Source: a third party's copy of OpenAI's pricing page, 2026-03-12.
"""

CONTAINER: Final = 30_000
"""Micro-dollars a container of the code interpreter, at most: $0.03 for 20 minutes with 1 GB.

Shorter use may cost less, from 5 minutes on. Sources: OpenAI's pricing page of 2025 and its changelog
of 2026-06-02.
"""

LONG_INPUT: Final = 272_000
"""Input tokens beyond which the whole answer costs more: input twice, output one and a half times.

Source: OpenAI's model pages, from the GPT-5.4 family on.
"""

REGIONAL_FACTOR: Final = 1.1
"""At regional hosts, for models released from 2026-03-05 on. Source: OpenAI's page "Your data"."""

_TIERS: Final[Mapping[str | None, float]] = {
    None: 1.0,
    "auto": 1.0,
    "default": 1.0,
    "flex": 0.5,
    "batch": 0.5,
    "priority": 2.0,
    "fast": 2.0,
    "ultrafast": 3.0,
}
"""Factor by the `service_tier` of the answer. Source: OpenAI's pricing page and changelog, 2026-11-17.

Other tiers are paid in other ways, and have no price here.
"""

_LATER_TIERS: Final[Mapping[str | None, tuple[date, float]]] = {"ultrafast": (date(2027, 3, 1), 6.0)}
"""Factors that OpenAI has announced, with their first day. Source: its changelog, 2026-11-17."""

TOKENS_A_SECOND: Final = 20
"""Tokens of spoken audio. Source: OpenAI's guide "Realtime costs", quoted by third parties, 2026-11-22."""

CHARACTERS_A_SECOND: Final = 16
"""Spoken English: 4,096 characters took 256 to 268 seconds in a measurement of 2025-11-02."""

_SNAPSHOT: Final = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The list price of one model, in US dollars per million tokens where nothing else is said."""

    input: float = 0.0
    cached: float | None = None
    """Input read from the prompt cache; None: as any other input."""

    cache_write: float | None = None
    """Input written to the prompt cache; None: as any other input."""

    output: float = 0.0
    audio_input: float | None = None
    """None: the price of text. The same applies to the next fields."""

    cached_audio: float | None = None
    audio_output: float | None = None
    image_input: float | None = None
    image_output: float | None = None
    minute: float | None = None
    """US dollars a minute of audio. A model that has it is not paid by reported tokens."""

    characters: float | None = None
    """US dollars per million characters that are spoken."""

    long_input: bool = False
    """Whether the surcharge for `LONG_INPUT` applies."""

    regional: bool = False
    """Whether the surcharge for regional hosts applies."""

    @property
    def cache_gain(self) -> float:
        """Micro-dollars that a token costs less if the prompt cache knows it, and need not store it."""
        return _or(self.cache_write, self.input) - _or(self.cached, self.input)

    def cost(self, usage: Usage) -> float:
        """Return micro-dollars for tokens and audio: dollars per million are micro-dollars each."""
        if self.minute is not None or self.characters is not None:
            return self._audio_cost(usage)
        is_long = self.long_input and usage.input_tokens > LONG_INPUT
        return self._input_cost(usage) * (2 if is_long else 1) + self._output_cost(usage) * (
            1.5 if is_long else 1
        )

    def _audio_cost(self, usage: Usage) -> float:
        seconds = (
            usage.seconds
            or usage.audio_output_tokens / TOKENS_A_SECOND
            or usage.characters / CHARACTERS_A_SECOND
        )
        return seconds / 60 * 1_000_000 * (self.minute or 0) + usage.characters * (self.characters or 0)

    def _input_cost(self, usage: Usage) -> float:
        text = usage.input_tokens - usage.audio_input_tokens - usage.image_input_tokens
        cached_text = usage.cached_tokens - usage.cached_audio_tokens
        audio = _or(self.audio_input, self.input)
        return (
            (text - cached_text - usage.cache_write_tokens) * self.input
            + cached_text * _or(self.cached, self.input)
            + usage.cache_write_tokens * _or(self.cache_write, self.input)
            + (usage.audio_input_tokens - usage.cached_audio_tokens) * audio
            + usage.cached_audio_tokens * _or(self.cached_audio, audio)
            + usage.image_input_tokens * _or(self.image_input, self.input)
        )

    def _output_cost(self, usage: Usage) -> float:
        text = usage.output_tokens - usage.audio_output_tokens - usage.image_output_tokens
        return (
            text * self.output
            + usage.audio_output_tokens * _or(self.audio_output, self.output)
            + usage.image_output_tokens * _or(self.image_output, self.output)
        )


def _or(price: float | None, other: float) -> float:
    return other if price is None else price


def _tier_factor(tier: str | None, day: date) -> float | None:
    first_day, factor = _LATER_TIERS.get(tier, (date.max, None))
    return factor if day >= first_day else _TIERS.get(tier)


FREE: Final = Price()


def _older(price_in: float, cached: float | None, output: float) -> Price:
    return Price(input=price_in, cached=cached, output=output)


def _chat(price_in: float, cached: float | None, output: float, cache_write: float | None = None) -> Price:
    return Price(
        input=price_in,
        cached=cached,
        output=output,
        cache_write=cache_write,
        long_input=True,
        regional=True,
    )


_IMAGE: Final = Price(input=5, cached=1.25, image_input=8, image_output=30, regional=True)

# A row holds for its name, and for a dated snapshot of it. US dollars per million tokens:
# input, cached input, output, cache write.
_TABLE: Final[Mapping[str, Price]] = {
    # OpenAI changelog, 2026-11-17; cached input by the rule of its family
    "gpt-6.2-astra": _chat(8, 0.80, 40, 10),
    # OpenAI model pages and changelog, October and November 2026
    "gpt-6.2-sol": _chat(2, 0.10, 10, 2.50),
    "gpt-6.1-sol": _chat(2, 0.10, 10, 2.50),
    "gpt-6.1-terra": _chat(1, 0.05, 5, 1.25),
    # OpenAI model pages, September and October 2026
    "gpt-6-astra": _chat(10, 1, 50, 12.50),
    "gpt-6-sol": _chat(2, 0.20, 10, 2.50),
    "gpt-6-luna": _chat(0.10, 0.01, 0.50, 0.125),
    "gpt-5.6-sol": _chat(4, 0.40, 20, 5),
    "gpt-5.6-terra": _chat(2, 0.20, 12, 2.50),
    "gpt-5.6-luna": _chat(0.20, 0.02, 1.20, 0.25),
    # models.dev, 2026-07-02
    "gpt-5.5": _chat(5, 0.50, 30),
    "gpt-5.5-pro": _chat(30, None, 180),
    "gpt-5.4": _chat(2.50, 0.25, 15),
    "gpt-5.4-mini": _chat(0.75, 0.075, 4.50),
    "gpt-5.4-nano": _chat(0.20, 0.02, 1.25),
    "gpt-5.2": _older(1.75, 0.175, 14),
    "gpt-5.1": _older(1.25, 0.125, 10),
    "gpt-5": _older(1.25, 0.125, 10),
    "gpt-5-mini": _older(0.25, 0.025, 2),
    "gpt-5-nano": _older(0.05, 0.005, 0.40),
    "gpt-4.1": _older(2, 0.50, 8),
    "gpt-4.1-mini": _older(0.40, 0.10, 1.60),
    "gpt-4o": _older(2.50, 1.25, 10),
    "gpt-4o-mini": _older(0.15, 0.075, 0.60),
    "o3": _older(2, 0.50, 8),
    # OpenAI's pricing page as of 2026-06, by a third party
    "gpt-5.4-pro": _chat(30, None, 180),
    # OpenAI's announcement of GPT-5.2, 2025-12
    "gpt-5.2-pro": _older(21, None, 168),
    "gpt-5-pro": _older(15, None, 120),
    # OpenAI model page, July 2026
    "chat-latest": _chat(5, 0.50, 30),
    # OpenAI model pages, 2026-09-09 and 2026-11-05
    "gpt-image-2": _IMAGE,
    "gpt-image-2.5-sunburst": _IMAGE,
    "gpt-image-2.5-flare": _IMAGE,
    "gpt-image-2.6-sunburst": _IMAGE,
    "gpt-image-2.6-flare": _IMAGE,
    # OpenAI model page, 2026-11-22
    "gpt-image-1-mini": Price(input=2, cached=0.20, image_input=2.50, image_output=8),
    # OpenAI model page, 2026-07-28
    "gpt-transcribe": Price(minute=0.0045, regional=True),
    "gpt-live-transcribe": Price(minute=0.017, regional=True),
    # OpenAI model pages, 2026-11-22
    "whisper-1": Price(minute=0.006),
    "gpt-4o-transcribe": _older(2.50, None, 10),
    "gpt-4o-mini-transcribe": _older(1.25, None, 5),
    # OpenAI model pages; the first is paid by tokens ($0.60 in, $12 out), which its answers do not
    # report: 4 characters are a token of text, and a second of speech is 20 tokens of audio.
    # A bill of 2025-11-02 for 268 seconds: $0.0652; by this row: $0.0649
    "gpt-4o-mini-tts": Price(characters=0.15, minute=0.0144),
    "tts-1": Price(characters=15),
    "tts-1-hd": Price(characters=30),
    # OpenAI model pages, 2026-11-22
    "gpt-realtime-2.1-mini": Price(
        input=0.60,
        cached=0.06,
        output=2.40,
        audio_input=10,
        cached_audio=0.30,
        audio_output=20,
        regional=True,
    ),
    "gpt-realtime-2.1": Price(
        input=4, cached=0.40, output=24, audio_input=32, audio_output=64, regional=True
    ),
    "gpt-audio-1.5": Price(input=2.50, output=10, audio_input=32, audio_output=64),
}


def listed_price(model: str) -> Price | None:
    """Return OpenAI's price of a model or of a dated snapshot of it."""
    return _TABLE.get(model) or _TABLE.get(_SNAPSHOT.sub("", model))


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """The prices that apply to one account."""

    own: Mapping[str, Price] = field(default_factory=dict)
    """Prices that the user entered, by model: they come before the table."""

    listed: bool = True
    """Whether the table applies: at OpenAI."""

    unlisted: Price | None = None
    """The price of all other models; None: they have none."""

    regional: bool = False
    """Whether the account's address is one of OpenAI's regional hosts."""

    @property
    def elsewhere(self) -> PriceList:
        """The prices at another address: free, but for those that the user entered."""
        return PriceList(own=self.own, listed=False, unlisted=FREE)

    def price_of(self, model: str) -> Price | None:
        """Return the price of a model or of a dated snapshot of it; None if nobody knows it.

        A fine-tuned model has another price than its base.
        """
        for name in (model, _SNAPSHOT.sub("", model)):
            if price := self.own.get(name) or (_TABLE.get(name) if self.listed else None):
                return price
        return self.unlisted

    def cost(self, usage: Usage, day: date = PRICES_DATE) -> int | None:
        """Return what one model used, in whole micro-dollars; None if the model or the tier has no price.

        `Usage.by_model` gives the parts of an answer that other models made.
        """
        price, factor = self.price_of(usage.model), _tier_factor(usage.service_tier, day)
        if price is None or factor is None:
            return None
        if self.regional and price.regional:
            factor *= REGIONAL_FACTOR
        tools = usage.web_searches * WEB_SEARCH + len(usage.containers) * CONTAINER
        return round(price.cost(usage) * factor) + tools
