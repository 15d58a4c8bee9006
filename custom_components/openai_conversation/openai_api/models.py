"""What OpenAI's models can do and when they end: the only place that names models.

Forms and requests ask the same `ModelAbilities`, so a form cannot offer what a request would drop.
Facts are from OpenAI's model, deprecation and prompt-caching pages as of 2026-11-22.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto
from functools import cache
import re
from typing import Final

DEFAULT_CHAT_MODEL: Final = "gpt-4o"
"""The documented default. The lifecycle rule (`living_model`) decides what is used in its place."""

LIFECYCLE_NOTICE: Final = timedelta(days=60)
"""This long before a model ends, its successor is chosen instead: time enough to notice a change."""


class Sampling(Enum):
    """When a model takes `temperature` and `top_p`."""

    ALWAYS = auto()
    WITHOUT_REASONING = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAbilities:
    """What one family of models takes. The defaults describe a model nobody knows: nothing special."""

    efforts: tuple[str, ...] = ()
    """Values of `reasoning.effort`, least first; empty: do not send `reasoning`."""

    sampling: Sampling = Sampling.NEVER
    verbosity: bool = False
    """Whether `text.verbosity` is taken."""

    cache_for_a_day: bool = False
    """Whether `prompt_cache_retention: 24h` is taken; newer models manage their cache themselves."""

    max_output_tokens: int = 128_000
    shutdown: date | None = None
    successor: str | None = None

    @property
    def is_known(self) -> bool:
        """Whether the table has a row for the model."""
        return self is not UNKNOWN

    def takes_sampling(self, effort: str | None) -> bool:
        """Whether temperature and top P are taken together with this reasoning effort."""
        if self.sampling is Sampling.WITHOUT_REASONING:
            return effort == "none"
        return self.sampling is Sampling.ALWAYS


UNKNOWN: Final = ModelAbilities()

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every reasoning effort there is, least first."""

VERBOSITIES: Final = ("low", "medium", "high")

_LOW_TO_HIGH = ("low", "medium", "high")
_MINIMAL_TO_HIGH = ("minimal", *_LOW_TO_HIGH)
_NONE_TO_HIGH = ("none", *_LOW_TO_HIGH)
_NONE_TO_XHIGH = (*_NONE_TO_HIGH, "xhigh")
_MEDIUM_TO_XHIGH = ("medium", "high", "xhigh")
_LOW_TO_MAX = (*_LOW_TO_HIGH, "xhigh", "max")
_NONE_TO_MAX = ("none", *_LOW_TO_MAX)

_JULY_2026 = date(2026, 7, 23)
_AUGUST_2026 = date(2026, 8, 10)
_OCTOBER_2026 = date(2026, 10, 23)
_DECEMBER_2026 = date(2026, 12, 11)
_JANUARY_2027 = date(2027, 1, 14)
_APRIL_2027 = date(2027, 4, 1)


def _classic(shutdown: date, *, max_output_tokens: int, cache_for_a_day: bool = False) -> ModelAbilities:
    return ModelAbilities(
        sampling=Sampling.ALWAYS,
        max_output_tokens=max_output_tokens,
        cache_for_a_day=cache_for_a_day,
        shutdown=shutdown,
        successor="gpt-6-luna",
    )


def _o_series(shutdown: date, successor: str) -> ModelAbilities:
    return ModelAbilities(
        efforts=_LOW_TO_HIGH, max_output_tokens=100_000, shutdown=shutdown, successor=successor
    )


def _reasoning(
    efforts: tuple[str, ...],
    *,
    cache_for_a_day: bool = False,
    shutdown: date | None = None,
    successor: str | None = None,
) -> ModelAbilities:
    return ModelAbilities(
        efforts=efforts,
        sampling=Sampling.WITHOUT_REASONING if "none" in efforts else Sampling.NEVER,
        verbosity=True,
        cache_for_a_day=cache_for_a_day,
        shutdown=shutdown,
        successor=successor,
    )


# A row holds for its name and for that name with "-something" behind it; the longest name wins.
_TABLE: Final[Mapping[str, ModelAbilities]] = {
    # OpenAI model and deprecation pages, 2026-11-22
    "gpt-3.5-turbo": _classic(_OCTOBER_2026, max_output_tokens=4_096),
    "gpt-4": _classic(_OCTOBER_2026, max_output_tokens=8_192),
    "gpt-4-turbo": _classic(_OCTOBER_2026, max_output_tokens=4_096),
    "gpt-4o": _classic(_JANUARY_2027, max_output_tokens=16_384),
    "gpt-4o-2024-05-13": _classic(_OCTOBER_2026, max_output_tokens=4_096),
    "gpt-4.1": _classic(_JANUARY_2027, max_output_tokens=32_768, cache_for_a_day=True),
    "gpt-4.1-mini": _classic(_JANUARY_2027, max_output_tokens=32_768),
    "gpt-4.1-nano": _classic(_OCTOBER_2026, max_output_tokens=32_768),
    "o1": _o_series(_OCTOBER_2026, "gpt-6.1-sol"),
    "o3": _o_series(_DECEMBER_2026, "gpt-6.1-sol"),
    "o3-mini": _o_series(_OCTOBER_2026, "gpt-6.1-terra"),
    "o4-mini": _o_series(_OCTOBER_2026, "gpt-6.1-terra"),
    "gpt-5": _reasoning(
        _MINIMAL_TO_HIGH, cache_for_a_day=True, shutdown=_DECEMBER_2026, successor="gpt-6.1-sol"
    ),
    # chat models take neither a choice of effort nor sampling, as far as is known
    "gpt-5-chat-latest": ModelAbilities(shutdown=_JULY_2026, successor="gpt-6-luna"),
    "gpt-5.1-chat-latest": ModelAbilities(shutdown=_JULY_2026, successor="gpt-6-luna"),
    "gpt-5.2-chat-latest": ModelAbilities(shutdown=_AUGUST_2026, successor="gpt-6-luna"),
    "gpt-5.3-chat-latest": ModelAbilities(shutdown=_AUGUST_2026, successor="gpt-6-luna"),
    "gpt-5-mini": _reasoning(_MINIMAL_TO_HIGH, shutdown=_DECEMBER_2026, successor="gpt-6.1-terra"),
    "gpt-5-nano": _reasoning(_MINIMAL_TO_HIGH, shutdown=_DECEMBER_2026, successor="gpt-6-luna"),
    "gpt-5-pro": _reasoning(
        ("high",), cache_for_a_day=True, shutdown=_DECEMBER_2026, successor="gpt-6.1-sol"
    ),
    "gpt-5.1": _reasoning(
        _NONE_TO_HIGH, cache_for_a_day=True, shutdown=_APRIL_2027, successor="gpt-6.1-terra"
    ),
    "gpt-5.2": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.2-pro": _reasoning(_MEDIUM_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.3": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.4": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.4-nano": _reasoning(
        _NONE_TO_XHIGH, cache_for_a_day=True, shutdown=_APRIL_2027, successor="gpt-6-luna"
    ),
    "gpt-5.4-pro": _reasoning(_MEDIUM_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.5": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.5-pro": _reasoning(_MEDIUM_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.6": _reasoning(_NONE_TO_MAX),
    "gpt-6-luna": _reasoning(_NONE_TO_MAX),
    "gpt-6.1-terra": _reasoning(_NONE_TO_MAX),
    # OpenAI's page and Home Assistant disagree on "none"; what both name is safe
    "gpt-6-sol": _reasoning(_LOW_TO_MAX),
    "gpt-6-astra": _reasoning(_LOW_TO_MAX),
    "gpt-6.1-sol": _reasoning(_LOW_TO_MAX),
    "gpt-6.2-sol": _reasoning(_LOW_TO_MAX),
    "gpt-6.2-astra": _reasoning(_LOW_TO_MAX),
}

_LONGEST_FIRST = sorted(_TABLE, key=len, reverse=True)


def _base(model: str) -> str:
    return model.removeprefix("ft:").partition(":")[0]


@cache
def abilities_of(model: str) -> ModelAbilities:
    """Return what a model takes; a fine-tuned model ("ft:base:…") takes what its base takes."""
    base = _base(model)
    for name in _LONGEST_FIRST:
        if base == name or base.startswith(f"{name}-"):
            return _TABLE[name]
    return UNKNOWN


@dataclass(frozen=True, slots=True)
class Catalog:
    """What the server said about its models (`GET /models`)."""

    models: tuple[str, ...] = ()
    """Model ids in the server's order; empty when the key may not list them."""

    shutdown_dates: Mapping[str, date] = field(default_factory=dict)

    @property
    def first_chat_model(self) -> str | None:
        """Return the first model that is not made for something else: what a server of one's own is for."""
        return next((model for model in self.models if not is_other_purpose(model)), None)

    def shutdown(self, model: str) -> date | None:
        """Return the day a model ends, as the server says it, else as the table knows it."""
        return self.shutdown_dates.get(model) or abilities_of(model).shutdown


def living_model(model: str, catalog: Catalog, today: date) -> str:
    """Return the model, or the first successor of it that does not end within `LIFECYCLE_NOTICE`."""
    while (
        (end := catalog.shutdown(model))
        and end - today <= LIFECYCLE_NOTICE
        and (successor := abilities_of(model).successor)
    ):
        model = successor
    return model


def is_retired(model: str, catalog: Catalog, today: date) -> bool:
    """Whether a model has ended."""
    return (end := catalog.shutdown(model)) is not None and end <= today


_CHAT = re.compile(r"^(gpt-|o\d|chat-latest)")
_OTHER_PURPOSE = re.compile(
    r"audio|realtime|live|transcribe|tts|whisper|image|dall-e|sora|embed|moderation|search-preview"
    r"|rerank|search-api|computer-use|instruct|davinci|babbage|deep-research|codex|cyber|rosalind|daybreak|law"
)


def is_chat_model(model: str) -> bool:
    """Whether an id of OpenAI's is that of a model to talk to; `/models` does not say, names do."""
    return bool(_CHAT.search(_base(model))) and not is_other_purpose(model)


def is_other_purpose(model: str) -> bool:
    """Whether a model is made for something else than conversations, by its name."""
    return bool(_OTHER_PURPOSE.search(_base(model)))


# --- pictures ---

type Size = tuple[int, int]

DEFAULT_IMAGE_MODELS: Final = (
    "gpt-image-2.6-sunburst",
    "gpt-image-2.6-flare",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-flare",
    "gpt-image-2",
)
"""Models for pictures, best first: the first that lives and that the account has is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAbilities:
    """What one family of image models takes. The defaults describe a model nobody knows."""

    sizes: tuple[Size, ...] = ((1024, 1024), (1536, 1024), (1024, 1536))
    """Sizes (width, height) it is limited to; empty: any size in which both are divisible by 16."""

    shutdown: date | None = None


# GPT image models, OpenAI image generation guide and deprecations page, 2026-11-22
_IMAGE_TABLE: Final[Mapping[str, ImageAbilities]] = {
    "dall-e": ImageAbilities(shutdown=date(2026, 5, 12)),
    "gpt-image-1": ImageAbilities(shutdown=_OCTOBER_2026),
    "gpt-image-1-mini": ImageAbilities(shutdown=date(2026, 12, 1)),
    "gpt-image-1.5": ImageAbilities(shutdown=date(2026, 12, 1)),
    "chatgpt-image": ImageAbilities(shutdown=date(2026, 12, 1)),
    "gpt-image-2": ImageAbilities(sizes=()),
    "gpt-image-2.5": ImageAbilities(sizes=()),
    "gpt-image-2.6": ImageAbilities(sizes=()),
}


def image_abilities_of(model: str) -> ImageAbilities:
    """Return what an image model takes."""
    names = [name for name in _IMAGE_TABLE if model == name or model.startswith(f"{name}-")]
    return _IMAGE_TABLE[max(names, key=len)] if names else ImageAbilities()


def living_image_model(model: str | None, catalog: Catalog, today: date) -> str:
    """Return the image model to use: the wanted one, unless it has ended or ends soon; else the best."""
    if model:
        end = catalog.shutdown_dates.get(model) or image_abilities_of(model).shutdown
        if end is None or end - today > LIFECYCLE_NOTICE:
            return model
    for candidate in DEFAULT_IMAGE_MODELS:
        for listed in catalog.models:
            end = catalog.shutdown_dates.get(listed)
            is_it = listed == candidate or listed.startswith(f"{candidate}-")
            if is_it and (end is None or end - today > LIFECYCLE_NOTICE):
                return listed
    return DEFAULT_IMAGE_MODELS[0]


def first_image_model(catalog: Catalog) -> str:
    """Return the first model whose name says that it makes pictures, for servers of one's own."""
    return next((model for model in catalog.models if "image" in model), DEFAULT_IMAGE_MODELS[0])
