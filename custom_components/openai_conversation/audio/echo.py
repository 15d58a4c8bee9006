"""Recognize an echo: models transcribe silence as the prompt or the keywords that were sent. Pure.

Without this, a quiet room could turn something on.
"""

from collections.abc import Sequence
import re
from typing import Final

from ..options.engines import DEFAULT_STT_PROMPT

FEWEST_WORDS: Final = 4
"""Words of a prompt, or of a part of the default prompt, that make an echo. Fewer may be a command."""

FEWEST_KEYWORDS: Final = 3
"""Keywords, in the order in which they were sent, that make an echo. Nobody says so many and nothing else."""

_WORD: Final = re.compile(r"\w+")


def is_echo(text: str, prompt: str, keywords: Sequence[str]) -> bool:
    """Whether a transcription is nothing but what was sent with the audio."""
    words, prompt_words = _words(text), _words(prompt)
    if len(prompt_words) >= FEWEST_WORDS:
        count, rest = _without(words, prompt_words)
        # part of a prompt that the user wrote may be a command, so all of it has to be there
        is_part = len(words) >= FEWEST_WORDS and prompt == DEFAULT_STT_PROMPT
        if (count or is_part) and _is_within(rest, prompt_words):
            return True
    return _is_list(words, [_words(keyword) for keyword in keywords])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _without(words: list[str], part: list[str]) -> tuple[int, list[str]]:
    """Return how often a part begins the words, and what follows."""
    count = 0
    while words[: len(part)] == part:
        words, count = words[len(part) :], count + 1
    return count, words


def _is_within(words: list[str], all_words: list[str]) -> bool:
    """Whether words follow each other like this within others."""
    ends = range(len(words), len(all_words) + 1)
    return any(all_words[end - len(words) : end] == words for end in ends)


def _is_list(words: list[str], keywords: list[list[str]]) -> bool:
    """Whether words are several keywords in their order, and nothing else."""
    for start in range(len(keywords)):
        rest = words
        for count, keyword in enumerate(keywords[start:], 1):
            if rest[: len(keyword)] != keyword:
                break
            rest = rest[len(keyword) :]
            if not rest:
                return count >= FEWEST_KEYWORDS
    return False
