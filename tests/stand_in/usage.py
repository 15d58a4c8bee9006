"""The tokens that a response uses.

Facts: OpenAI API reference, "Prompt caching". The cache holds the exact beginning of the prompt (tools,
then instructions and input), from 1024 tokens on, in steps of 128. Cached and written tokens are both
part of the input tokens.
"""

from collections import deque
from collections.abc import Iterable
import json
from os.path import commonprefix
from typing import Any

from .items import CodeRun, FunctionCall, Message, PlannedItem, Reasoning, WebSearch
from .models import family_of
from .request_view import Body

_CHARACTERS_PER_TOKEN = 4
_SMALLEST_CACHED = 1024
_CACHE_STEP = 128
_REASONING_TOKENS = 64


class PromptCache:
    """The recent prompts, to find out how much of a new one is cached."""

    def __init__(self) -> None:
        """Start empty."""
        self._seen: deque[tuple[str, str]] = deque(maxlen=32)

    def usage_of(self, body: Body, items: Iterable[PlannedItem]) -> dict[str, Any]:
        """Return the `usage` of the response to a request."""
        prompt = json.dumps([body.get("tools"), body.get("instructions"), body["input"]])
        scope = f"{body['model']} {body.get('prompt_cache_key')}"
        # This compares character by character, as intended.
        known = max((len(commonprefix([prompt, old])) for at, old in self._seen if at == scope), default=0)  # noqa: RUF071
        self._seen.append((scope, prompt))
        tokens = len(prompt) // _CHARACTERS_PER_TOKEN + 1
        cached = known // _CHARACTERS_PER_TOKEN // _CACHE_STEP * _CACHE_STEP
        cached = cached if cached >= _SMALLEST_CACHED else 0
        pays_for_writing = family_of(body["model"]).cache == "options" and tokens >= _SMALLEST_CACHED
        output = sum(_tokens_of(item) for item in items)
        reasoning = _REASONING_TOKENS if any(isinstance(item, Reasoning) for item in items) else 0
        return {
            "input_tokens": tokens,
            "input_tokens_details": {
                "cached_tokens": cached,
                "cache_write_tokens": tokens - cached if pays_for_writing else 0,
            },
            "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": tokens + output,
        }


def _tokens_of(item: PlannedItem) -> int:
    match item:
        case Message(text=text) | FunctionCall(arguments=text) | WebSearch(query=text) | CodeRun(code=text):
            return len(text) // _CHARACTERS_PER_TOKEN + 1
        case Reasoning():
            return _REASONING_TOKENS
