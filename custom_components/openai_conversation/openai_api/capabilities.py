"""The capabilities that models can have. Which model has which is in `models.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Final

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every reasoning effort there is, least first."""

VERBOSITIES: Final = ("low", "medium", "high")
SUMMARIES: Final = ("auto", "concise", "detailed")
"""How a model can summarize its reasoning."""

SERVICE_TIERS: Final = ("auto", "default", "flex", "priority")
SEARCH_CONTEXT_SIZES: Final = ("low", "medium", "high")

VOICES: Final = (
    "marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage",
    "shimmer", "verse",
)  # fmt: skip
"""The voices of text-to-speech. The first two are those that OpenAI recommends."""

_NEAREST: Final[Mapping[str, str]] = {"fable": "ballad", "nova": "marin", "onyx": "cedar"}
"""Voices that newer models do not have → the most similar one."""


class Sampling(Enum):
    """When a model supports `temperature` and `top_p`."""

    ALWAYS = auto()
    WITHOUT_REASONING = auto()
    NEVER = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """When a model ends, and the successor that OpenAI recommends."""

    shutdown: date | None = None
    successor: str | None = None

    def has_ended(self, today: date) -> bool:
        """Whether the model has ended by our table."""
        return self.shutdown is not None and self.shutdown <= today


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCapabilities(Lifetime):
    """What one family of chat models supports. The defaults describe an unknown model: what most support."""

    efforts: tuple[str, ...] = ()
    """Values of `reasoning.effort`, least first; empty: do not send `reasoning`."""

    summaries: tuple[str, ...] = ()
    """Values of `reasoning.summary`."""

    pro_mode: bool = False
    """Whether `reasoning.mode: pro` is supported."""

    sampling: Sampling = Sampling.NEVER
    verbosity: bool = False
    """Whether `text.verbosity` is supported."""

    service_tiers: tuple[str, ...] = SERVICE_TIERS
    web_search: bool = True
    code_interpreter: bool = True
    cache_for_a_day: bool = False
    """Whether `prompt_cache_retention: 24h` is supported. Newer models manage their cache themselves."""

    max_output_tokens: int = 128_000

    @property
    def is_known(self) -> bool:
        """Whether the table has a row for the model."""
        return self is not UNKNOWN

    def takes_sampling(self, effort: str | None) -> bool:
        """Whether temperature and top P are supported with this reasoning effort."""
        if self.sampling is Sampling.WITHOUT_REASONING:
            return effort == "none"
        return self.sampling is Sampling.ALWAYS


UNKNOWN: Final = ModelCapabilities()


def takes_hosted_tools(effort: str | None) -> bool:
    """Whether web search and code interpreter run with this reasoning effort."""
    return effort != "minimal"


type Size = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCapabilities(Lifetime):
    """What one family of image models supports. The defaults describe an unknown model."""

    sizes: tuple[Size, ...] = ((1024, 1024), (1536, 1024), (1024, 1536))
    """The only sizes (width, height) in pixels; empty: any size with both divisible by 16."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechToTextCapabilities(Lifetime):
    """What one family of speech-to-text models supports. The defaults describe an unknown model."""

    several_languages: bool = False
    """Whether it supports `languages`, a list, instead of `language`."""

    keywords: bool = False
    """Whether it supports `keywords`: words that are likely to be spoken."""

    live: bool = False
    """Whether it listens while the user is still speaking, over the Realtime API."""


class SpeechApi(Enum):
    """The API that a text-to-speech model speaks with."""

    SPEECH = auto()
    """`POST /audio/speech`, in many formats."""

    REALTIME = auto()
    """The Realtime API, over a WebSocket: PCM only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToSpeechCapabilities(Lifetime):
    """What one family of text-to-speech models supports. The defaults describe an unknown model."""

    api: SpeechApi = SpeechApi.SPEECH
    instructions: bool = True
    """Whether it supports `instructions`: how to speak."""

    max_speed: float = 4.0
    """The highest speed. Higher ones are reduced to it. 1 is normal."""

    voices: tuple[str, ...] = VOICES
    """Its voices, the default one first."""

    def voice(self, wanted: str | None) -> str:
        """Return the voice to use: the wanted one, or the nearest that the model has."""
        if wanted and (wanted in self.voices or wanted not in VOICES):
            return wanted
        nearest = _NEAREST.get(wanted or "")
        return nearest if nearest in self.voices else self.voices[0]
