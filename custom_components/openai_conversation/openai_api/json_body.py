"""A request → JSON that every server can read. Pure.

Names of entities, templates, and sentences of automations may hold half an emoji, which UTF-8 does not have,
or control characters, at which servers written in C stop. Neither means anything to a model.
"""

from collections.abc import Callable
import re
from typing import Any, Final

from homeassistant.helpers.json import json_bytes

_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
"""Control characters, except for tabs and line breaks, and halves of characters."""

_ESCAPED: Final = b"\\u00"
"""How control characters look in JSON."""


def json_body(body: Any) -> bytes:
    """Return plain data as JSON. Raises `TypeError` for what JSON does not have."""
    try:
        data = json_bytes(body)
    except TypeError:
        data = _ESCAPED
    return json_bytes(with_texts(body, readable)) if _ESCAPED in data else data


def readable(text: str) -> str:
    """Return a text without the characters that a server may not be able to read."""
    return _UNREADABLE.sub("", join_halves(text))


def join_halves(text: str) -> str:
    """Return a text with whole characters in place of pairs of halves, as some JSON decoders leave them."""
    return _PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return plain data with every text changed, also the names of fields."""
    match value:
        case str():
            return change(value)
        case list() | tuple():
            return [with_texts(each, change) for each in value]
        case dict():
            return {with_texts(key, change): with_texts(each, change) for key, each in value.items()}
    return value
