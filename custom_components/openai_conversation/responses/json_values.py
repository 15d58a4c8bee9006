"""Find the JSON in the text of a model, with or without words around it."""

from collections.abc import Iterator
import json
import re
from typing import Any, Final

from ..text.thoughts import split_whole

MOST_VALUES: Final = 50
"""Brackets in one text at which parsing is tried."""

_START: Final = re.compile(r"[{\[]")


def json_values(text: str) -> Iterator[Any]:
    """Yield the value of the whole text if it is JSON; otherwise, the objects and arrays in it, in order.

    Unless a server enforces a format, models put JSON into a code block, or explain it.
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
"""The standard library's decoder: it can start and stop in the middle of a text."""
