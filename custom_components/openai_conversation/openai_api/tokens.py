"""Estimate how many tokens a text has. OpenAI reports the exact number, but only after a request. Pure."""

from typing import Final

CHARACTERS_A_TOKEN: Final = 4
"""Of English text and of JSON. Source: OpenAI's help page on tokens."""


def about_tokens(characters: int) -> int:
    """Return about how many tokens so many characters have."""
    return characters // CHARACTERS_A_TOKEN
