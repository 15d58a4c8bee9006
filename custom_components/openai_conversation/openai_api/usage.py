"""What one answer used, as the server reports it. Pure.

What a server says is data: an impossible number counts as 0, and nothing here raises.
Sources: the SDK's types of the answers, 3.26; `tool_usage` as seen in the Responses API, 2026-11-22.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
import math
from typing import Any, Final

MOST_TOKENS: Final = 1_000_000_000
"""Tokens beyond which a number is junk: a thousand times what any model reads."""

MOST_SECONDS: Final = 1_000_000.0
"""Seconds beyond which a length of audio is junk: more than eleven days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one answer of one model used. What was not reported is 0."""

    model: str
    """The model that was requested."""

    service_tier: str | None = None
    """The tier that the answer names. It may not be the one that was requested."""

    input_tokens: int = 0
    """All input tokens: text, images, and audio, including cached and cache-written ones."""

    cached_tokens: int = 0
    """Of the input: read from the prompt cache."""

    cache_write_tokens: int = 0
    """Of the input: written to the prompt cache."""

    audio_input_tokens: int = 0
    """Of the input."""

    cached_audio_tokens: int = 0
    """Of the cached tokens."""

    image_input_tokens: int = 0
    """Of the input. Only for models with a separate price for them."""

    output_tokens: int = 0
    """All output tokens: text, reasoning, images, and audio."""

    audio_output_tokens: int = 0
    """Of the output."""

    image_output_tokens: int = 0
    """Of the output."""

    seconds: float = 0.0
    """Audio, heard or spoken."""

    characters: int = 0
    """Text that was spoken."""

    images: int = 0
    """Images that were made."""

    web_searches: int = 0
    """Searches that OpenAI made. Opening a page is free."""

    containers: frozenset[str] = frozenset()
    """Ids of the code interpreter's containers: one may serve several answers and costs once."""

    image_generation: Usage | None = None
    """What an image model used, if the model called one as a tool."""

    @classmethod
    def of_response(cls, model: str, response: Any) -> Usage:
        """Return what a `response` of the Responses API, or a decision of `POST /decisions`, used."""
        usage = _get(response, "usage")
        input_tokens = _whole(_get(usage, "input_tokens"))
        cached, written = _cache(usage, "input_tokens_details", input_tokens)
        items = list(_items(_get(response, "output")))
        return cls(
            model=model,
            service_tier=_tier(_get(response, "service_tier")),
            input_tokens=input_tokens,
            cached_tokens=cached,
            cache_write_tokens=written,
            output_tokens=_whole(_get(usage, "output_tokens")),
            web_searches=sum(map(_is_search, items)),
            containers=frozenset(_containers(items)),
            image_generation=_image_generation(response, items),
        )

    @classmethod
    def of_image(cls, model: str, answer: Any) -> Usage:
        """Return what an answer of `POST /images/generations` or `/images/edits` used."""
        images = sum(1 for _ in _items(_get(answer, "data")))
        return _image_usage(model, images, _get(answer, "usage"))

    @classmethod
    def of_transcription(cls, model: str, answer: Any, *, seconds: float = 0.0) -> Usage:
        """Return what an answer of `POST /audio/transcriptions`, or a realtime transcription, used.

        `seconds`: length of the recording, for an answer that reports tokens or nothing.
        """
        usage = _get(answer, "usage")
        input_tokens = _whole(_get(usage, "input_tokens"))
        audio = _whole(_get(_get(usage, "input_token_details"), "audio_tokens"))
        return cls(
            model=model,
            input_tokens=input_tokens,
            audio_input_tokens=min(audio, input_tokens),
            output_tokens=_whole(_get(usage, "output_tokens")),
            seconds=_seconds(_get(usage, "seconds")) or _seconds(seconds),
        )

    @classmethod
    def of_speech(cls, model: str, text: str, *, seconds: float = 0.0) -> Usage:
        """Return what a piece of text, spoken by `POST /audio/speech`, used; its answer reports nothing.

        `seconds`: length of the audio; 0: not known.
        """
        return cls(model=model, characters=len(text), seconds=_seconds(seconds))

    @classmethod
    def of_realtime(cls, model: str, response: Any) -> Usage:
        """Return what the `response` of the Realtime API's `response.done` used, even a canceled one."""
        usage = _get(response, "usage")
        input_tokens = _whole(_get(usage, "input_tokens"))
        output_tokens = _whole(_get(usage, "output_tokens"))
        details = _get(usage, "input_token_details")
        cached, written = _cache(usage, "input_token_details", input_tokens)
        cached_audio = _whole(_get(_get(details, "cached_tokens_details"), "audio_tokens"))
        audio_output = _whole(_get(_get(usage, "output_token_details"), "audio_tokens"))
        audio_input = min(_whole(_get(details, "audio_tokens")), input_tokens)
        return cls(
            model=model,
            input_tokens=input_tokens,
            cached_tokens=cached,
            cache_write_tokens=written,
            audio_input_tokens=audio_input,
            cached_audio_tokens=min(cached_audio, cached, audio_input),
            output_tokens=output_tokens,
            audio_output_tokens=min(audio_output, output_tokens),
        )

    @property
    def by_model(self) -> tuple[Usage, ...]:
        """Return this usage, and that of a model that was called as a tool: each has its own price."""
        return (self,) if self.image_generation is None else (self, self.image_generation)


type OnUsage = Callable[[Usage], object]
"""Takes what an answer used."""


def _image_generation(response: Any, items: list[Any]) -> Usage | None:
    images = sum(
        1 for item in items if _get(item, "type") == "image_generation_call" and _get(item, "result")
    )
    tools = [tool for tool in _items(_get(response, "tools")) if _get(tool, "type") == "image_generation"]
    model = _get(tools[0], "model") if tools else None
    usage = _image_usage(
        model if isinstance(model, str) else "", images, _get(_get(response, "tool_usage"), "image_gen")
    )
    return usage if images or usage.input_tokens or usage.output_tokens else None


def _image_usage(model: str, images: int, usage: Any) -> Usage:
    """Return what an image model used. Output tokens without details count as image tokens."""
    inputs, outputs = _get(usage, "input_tokens_details"), _get(usage, "output_tokens_details")
    input_tokens = _whole(_get(usage, "input_tokens"))
    output_tokens = _whole(_get(usage, "output_tokens"))
    made = _get(outputs, "image_tokens")
    return Usage(
        model=model,
        images=images,
        input_tokens=input_tokens,
        cached_tokens=min(_whole(_get(inputs, "cached_tokens")), input_tokens),
        image_input_tokens=min(_whole(_get(inputs, "image_tokens")), input_tokens),
        output_tokens=output_tokens,
        image_output_tokens=min(output_tokens if made is None else _whole(made), output_tokens),
    )


def _cache(usage: Any, details: str, input_tokens: int) -> tuple[int, int]:
    """Return the tokens read from and written to the cache; both are part of the input."""
    cached = min(_whole(_get(_get(usage, details), "cached_tokens")), input_tokens)
    written = _whole(_get(_get(usage, details), "cache_write_tokens"))
    return cached, min(written, input_tokens - cached)


def _is_search(item: Any) -> bool:
    """Whether an item is a search. Other calls of the tool open a page, or look for words in it."""
    if _get(item, "type") != "web_search_call" or _get(item, "status") == "failed":
        return False
    # in a tuple, not in a set: junk may not be hashable
    return _get(_get(item, "action"), "type") in ("search", None)


def _containers(items: list[Any]) -> Iterator[str]:
    for item in items:
        if _get(item, "type") == "code_interpreter_call" and isinstance(_get(item, "container_id"), str):
            yield _get(item, "container_id")


def _get(value: Any, name: str) -> Any:
    """Return a field of an object, None if it is not one."""
    return value.get(name) if isinstance(value, Mapping) else None


def _items(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, (list, tuple)) else ()


def _whole(value: Any) -> int:
    """Return a number of tokens, 0 for what cannot be one."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= MOST_TOKENS else 0


def _seconds(value: Any) -> float:
    """Return a length of audio, 0 for what cannot be one."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return 0.0
    return float(value) if 0 <= value <= MOST_SECONDS and math.isfinite(value) else 0.0


def _tier(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isalpha() and len(value) <= 20 else None
