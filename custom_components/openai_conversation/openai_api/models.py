"""What OpenAI's models support and when they end. Only this module and `prices` name models.

Forms and requests read the same rows, so a form cannot offer what a request would drop.
Facts are from OpenAI's model, deprecation, and prompt-caching pages as of 2026-11-22.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Final

from .capabilities import (
    SERVICE_TIERS,
    SUMMARIES,
    UNKNOWN,
    ImageCapabilities,
    Lifetime,
    ModelCapabilities,
    Sampling,
    SpeechApi,
    SpeechToTextCapabilities,
    TextToSpeechCapabilities,
)
from .model_names import base_name

DEFAULT_CHAT_MODEL: Final = "gpt-4o"
"""The documented default. The lifecycle rule (`Models.chosen`) decides what is used instead."""

DEFAULT_IMAGE_MODELS: Final = (
    "gpt-image-2.6-sunburst",
    "gpt-image-2.6-flare",
    "gpt-image-2.5-sunburst",
    "gpt-image-2.5-flare",
    "gpt-image-2",
)
"""Image models, best first. The first that has not ended and that the account lists is used."""

DEFAULT_STT_MODEL: Final = "gpt-transcribe"
LIVE_STT_MODEL: Final = "gpt-live-transcribe"
"""Listens while the user is still speaking."""

DEFAULT_TTS_MODEL: Final = "gpt-4o-mini-tts"
HTTP_TTS_MODEL: Final = "gpt-audio-1.5"
"""Speaks through Chat Completions, for networks that no WebSocket gets through."""
DEFAULT_DECISION_MODEL: Final = "gpt-6-luna"

_LOW_TO_HIGH = ("low", "medium", "high")
_MINIMAL_TO_HIGH = ("minimal", *_LOW_TO_HIGH)
_NONE_TO_HIGH = ("none", *_LOW_TO_HIGH)
_NONE_TO_XHIGH = (*_NONE_TO_HIGH, "xhigh")
_MEDIUM_TO_XHIGH = ("medium", "high", "xhigh")
_LOW_TO_MAX = (*_LOW_TO_HIGH, "xhigh", "max")
_NONE_TO_MAX = ("none", *_LOW_TO_MAX)

_NO_FLEX = ("auto", "default", "priority")
_NO_PRIORITY = ("auto", "default", "flex")
_NO_TIERS = ("auto", "default")

_JULY_2026 = date(2026, 7, 23)
_AUGUST_2026 = date(2026, 8, 10)
_OCTOBER_2026 = date(2026, 10, 23)
_DECEMBER_1_2026 = date(2026, 12, 1)
_DECEMBER_2026 = date(2026, 12, 11)
_SPEECH_2027 = date(2027, 1, 6)
_JANUARY_2027 = date(2027, 1, 14)
_FEBRUARY_2027 = date(2027, 2, 26)
_APRIL_2027 = date(2027, 4, 1)


def _classic(
    shutdown: date, *, max_output_tokens: int, cache_for_a_day: bool = False, web_search: bool = True
) -> ModelCapabilities:
    return ModelCapabilities(
        sampling=Sampling.ALWAYS,
        service_tiers=_NO_FLEX,
        web_search=web_search,
        max_output_tokens=max_output_tokens,
        cache_for_a_day=cache_for_a_day,
        shutdown=shutdown,
        successor="gpt-6-luna",
    )


def _o_series(
    shutdown: date, successor: str, *, tiers: tuple[str, ...] = _NO_TIERS, web_search: bool = True
) -> ModelCapabilities:
    return ModelCapabilities(
        efforts=_LOW_TO_HIGH,
        summaries=("auto", "detailed"),
        service_tiers=tiers,
        web_search=web_search,
        max_output_tokens=100_000,
        shutdown=shutdown,
        successor=successor,
    )


def _chat(shutdown: date) -> ModelCapabilities:
    """Return the row of a `chat` model: as far as is known, neither effort nor sampling can be chosen."""
    return ModelCapabilities(service_tiers=_NO_TIERS, shutdown=shutdown, successor="gpt-6-luna")


def _reasoning(
    efforts: tuple[str, ...],
    *,
    tiers: tuple[str, ...] = SERVICE_TIERS,
    pro_mode: bool = False,
    code_interpreter: bool = True,
    cache_for_a_day: bool = False,
    shutdown: date | None = None,
    successor: str | None = None,
) -> ModelCapabilities:
    return ModelCapabilities(
        efforts=efforts,
        summaries=SUMMARIES,
        pro_mode=pro_mode,
        sampling=Sampling.WITHOUT_REASONING if "none" in efforts else Sampling.NEVER,
        verbosity=True,
        service_tiers=tiers,
        code_interpreter=code_interpreter,
        cache_for_a_day=cache_for_a_day,
        shutdown=shutdown,
        successor=successor,
    )


# A row holds for its name, also with "-something" behind it. The longest name wins.
_TABLE: Final[Mapping[str, ModelCapabilities]] = {
    # OpenAI model and deprecation pages, 2026-11-22
    "gpt-3.5-turbo": _classic(_OCTOBER_2026, max_output_tokens=4_096, web_search=False),
    "gpt-4": _classic(_OCTOBER_2026, max_output_tokens=8_192),
    "gpt-4-turbo": _classic(_OCTOBER_2026, max_output_tokens=4_096, web_search=False),
    "gpt-4o": _classic(_JANUARY_2027, max_output_tokens=16_384),
    "gpt-4o-2024-05-13": _classic(_OCTOBER_2026, max_output_tokens=4_096),
    "gpt-4.1": _classic(_JANUARY_2027, max_output_tokens=32_768, cache_for_a_day=True),
    "gpt-4.1-mini": _classic(_JANUARY_2027, max_output_tokens=32_768),
    "gpt-4.1-nano": _classic(_OCTOBER_2026, max_output_tokens=32_768, web_search=False),
    "o1": _o_series(_OCTOBER_2026, "gpt-6.1-sol", web_search=False),
    "o3": _o_series(_DECEMBER_2026, "gpt-6.1-sol", tiers=SERVICE_TIERS),
    "o3-pro": _o_series(_DECEMBER_2026, "gpt-6.1-sol"),
    "o3-mini": _o_series(_OCTOBER_2026, "gpt-6.1-terra", web_search=False),
    "o4-mini": _o_series(_OCTOBER_2026, "gpt-6.1-terra", tiers=SERVICE_TIERS),
    "gpt-5": _reasoning(
        _MINIMAL_TO_HIGH, cache_for_a_day=True, shutdown=_DECEMBER_2026, successor="gpt-6.1-sol"
    ),
    "gpt-5-chat-latest": _chat(_JULY_2026),
    "gpt-5.1-chat-latest": _chat(_JULY_2026),
    "gpt-5.2-chat-latest": _chat(_AUGUST_2026),
    "gpt-5.3-chat-latest": _chat(_AUGUST_2026),
    "gpt-5-mini": _reasoning(_MINIMAL_TO_HIGH, shutdown=_DECEMBER_2026, successor="gpt-6.1-terra"),
    "gpt-5-nano": _reasoning(
        _MINIMAL_TO_HIGH, tiers=_NO_PRIORITY, shutdown=_DECEMBER_2026, successor="gpt-6-luna"
    ),
    "gpt-5-pro": _reasoning(
        ("high",),
        tiers=_NO_TIERS,
        code_interpreter=False,
        cache_for_a_day=True,
        shutdown=_DECEMBER_2026,
        successor="gpt-6.1-sol",
    ),
    "gpt-5.1": _reasoning(
        _NONE_TO_HIGH, cache_for_a_day=True, shutdown=_APRIL_2027, successor="gpt-6.1-terra"
    ),
    "gpt-5.2": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.2-pro": _reasoning(
        _MEDIUM_TO_XHIGH, tiers=_NO_TIERS, code_interpreter=False, cache_for_a_day=True
    ),
    "gpt-5.3": _reasoning(_NONE_TO_XHIGH, tiers=_NO_FLEX, cache_for_a_day=True),
    "gpt-5.4": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.4-nano": _reasoning(
        _NONE_TO_XHIGH, cache_for_a_day=True, shutdown=_APRIL_2027, successor="gpt-6-luna"
    ),
    "gpt-5.4-pro": _reasoning(_MEDIUM_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.5": _reasoning(_NONE_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.5-pro": _reasoning(_MEDIUM_TO_XHIGH, cache_for_a_day=True),
    "gpt-5.6": _reasoning(_NONE_TO_MAX, pro_mode=True),
    "gpt-6-luna": _reasoning(_NONE_TO_MAX, pro_mode=True),
    "gpt-6.1-terra": _reasoning(_NONE_TO_MAX, pro_mode=True),
    # OpenAI's page and Home Assistant disagree on "none"; leaving it out is safe
    "gpt-6-sol": _reasoning(_LOW_TO_MAX, pro_mode=True),
    "gpt-6-astra": _reasoning(_LOW_TO_MAX, pro_mode=True),
    "gpt-6.1-sol": _reasoning(_LOW_TO_MAX, pro_mode=True),
    "gpt-6.2-sol": _reasoning(_LOW_TO_MAX, pro_mode=True),
    "gpt-6.2-astra": _reasoning(_LOW_TO_MAX, pro_mode=True),
}

# GPT image models, OpenAI image generation guide and deprecations page, 2026-11-22
_IMAGE_TABLE: Final[Mapping[str, ImageCapabilities]] = {
    "dall-e": ImageCapabilities(shutdown=date(2026, 5, 12)),
    "gpt-image-1": ImageCapabilities(shutdown=_OCTOBER_2026),
    "gpt-image-1-mini": ImageCapabilities(shutdown=_DECEMBER_1_2026),
    "gpt-image-1.5": ImageCapabilities(shutdown=_DECEMBER_1_2026),
    "chatgpt-image": ImageCapabilities(shutdown=_DECEMBER_1_2026),
    "gpt-image-2": ImageCapabilities(sizes=()),
    "gpt-image-2.5": ImageCapabilities(sizes=()),
    "gpt-image-2.6": ImageCapabilities(sizes=()),
}

# OpenAI speech-to-text guide and deprecations page, 2026-11-22
_STT_TABLE: Final[Mapping[str, SpeechToTextCapabilities]] = {
    "gpt-transcribe": SpeechToTextCapabilities(several_languages=True, keywords=True),
    "gpt-live-transcribe": SpeechToTextCapabilities(several_languages=True, keywords=True, live=True),
    "gpt-4o-transcribe": SpeechToTextCapabilities(shutdown=_FEBRUARY_2027, successor="gpt-transcribe"),
    "gpt-4o-mini-transcribe": SpeechToTextCapabilities(shutdown=_FEBRUARY_2027, successor="gpt-transcribe"),
    "whisper-1": SpeechToTextCapabilities(shutdown=_FEBRUARY_2027, successor="gpt-transcribe"),
}

_REALTIME_VOICES = ("marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse")
_REALTIME = TextToSpeechCapabilities(api=SpeechApi.REALTIME, voices=_REALTIME_VOICES, max_speed=1.5)

# OpenAI text-to-speech guide, Realtime API reference, and deprecations page, 2026-11-22
_TTS_TABLE: Final[Mapping[str, TextToSpeechCapabilities]] = {
    "gpt-4o-mini-tts": TextToSpeechCapabilities(shutdown=_SPEECH_2027, successor="gpt-realtime-2.1-mini"),
    "tts-1": TextToSpeechCapabilities(
        instructions=False,
        voices=("alloy", "ash", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer"),
        shutdown=_SPEECH_2027,
        successor="gpt-realtime-2.1-mini",
    ),
    "gpt-realtime-2.1-mini": _REALTIME,
    "gpt-realtime-2.1": _REALTIME,
}


def _row[Row](model: str, table: Mapping[str, Row]) -> Row | None:
    names = [name for name in table if model == name or model.startswith(f"{name}-")]
    return table[max(names, key=len)] if names else None


@cache
def capabilities_of(model: str) -> ModelCapabilities:
    """Return what a chat model supports. A fine-tuned model ("ft:base:…") supports what its base does."""
    return _row(base_name(model), _TABLE) or UNKNOWN


def image_capabilities_of(model: str) -> ImageCapabilities:
    """Return what an image model supports."""
    return _row(model, _IMAGE_TABLE) or ImageCapabilities()


def stt_capabilities_of(model: str) -> SpeechToTextCapabilities:
    """Return what a speech-to-text model supports."""
    return _row(model, _STT_TABLE) or SpeechToTextCapabilities()


def tts_capabilities_of(model: str) -> TextToSpeechCapabilities:
    """Return what a text-to-speech model supports."""
    return _row(model, _TTS_TABLE) or TextToSpeechCapabilities()


@cache
def lifetime_of(model: str) -> Lifetime:
    """Return when a model of any kind ends, and its successor."""
    every_kind = {**_TABLE, **_IMAGE_TABLE, **_STT_TABLE, **_TTS_TABLE}
    return _row(base_name(model), every_kind) or Lifetime()
