"""The JSON in what a model writes, with or without words around it."""

from collections.abc import Iterator
import json
import re
from typing import Any, Final

from ..text.thoughts import split_whole

MOST_VALUES: Final = 50
"""Starts of JSON that are tried in one text."""

_START: Final = re.compile(r"[{\[]")


def json_values(text: str) -> Iterator[Any]:
    """Yield the whole text if it is JSON, then the objects and arrays in it, in their order.

    Models that are not held to a format put a fence around JSON, or explain it.
    """
    text = "".join(piece for kind, piece in split_whole(text) if kind == "text").strip()
    try:
        yield _DECODER.decode(text)
    except ValueError, RecursionError:
        yield from _values_in(text)


def _values_in(text: str) -> Iterator[Any]:
    position = 0
    for _ in range(MOST_VALUES):
        if not (start := _START.search(text, position)):
            return
        try:
            value, position = _DECODER.raw_decode(text, start.start())
        except ValueError, RecursionError:
            position = start.end()
        else:
            yield value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)
"""The standard library's: it can begin and end in the middle of a text."""
