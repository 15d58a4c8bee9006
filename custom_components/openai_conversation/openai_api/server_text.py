"""Clean what a server says, so that Home Assistant can store, show, log, and speak it. Pure.

The JSON of a server may contain anything: half an emoji, which breaks the state it is stored in; line breaks,
which forge lines of the log; megabytes of text; or the API key. Every text of a server is cleaned here before
it becomes a state, a note, a log line, a field of a form, or a spoken sentence.
"""

import base64
from functools import lru_cache
import html
import json
import re
from typing import Any, Final
from urllib.parse import quote, quote_plus

from .json_body import join_halves

ELLIPSIS: Final = "…"
"""Stands for the end of a text that was cut, and for a key that was hidden."""

SHORTEST_SECRET: Final = 12
"""Characters. A shorter key is a placeholder for a server that accepts any, such as "ollama": it is
hidden in the log, but not in texts, which may hold the word for other reasons."""

_SHORTEST_HIDDEN: Final = 4
"""Characters of a key that is hidden in the log. A shorter one would hide half of it."""

_UNUSABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # control characters, except for tabs and line breaks
    "\ud800-\udfff"  # halves of characters
    "\u202a-\u202e\u2066-\u2069"  # these reverse the order of the text behind them
    "\ufdd0-\ufdef\ufffe\uffff]"  # code points that are not characters
)
_LINE_BREAK: Final = re.compile("\r\n?|[\x85\u2028\u2029]")
_ANY_KEY: Final = re.compile(
    r"\bsk-[\w-]+"
    r"|(?<=[Bb]earer )[^\s'\"]+"
    r"|(?<=://)[^/\s@]+(?=@)"  # a password in an address
)


def clean_text(value: Any, *, limit: int, one_line: bool = False, key: str = "") -> str:
    """Return a text of at most `limit` characters that can be stored and shown; "" if it is no text.

    `key`: the API key, which is not to be shown.
    """
    if not isinstance(value, str):
        return ""
    text = _usable(value, limit, one_line=one_line)
    if len(key) >= SHORTEST_SECRET:
        text = _forms_of(key).sub(ELLIPSIS, text)
    return _cut(text, limit)


def printable(text: str) -> str:
    """Return a piece of a text that streams in, without the characters that break things."""
    return _UNUSABLE.sub("", text)


def clean_detail(value: Any, *, limit: int, key: str = "") -> str:
    """Return one line for the log, without any API key. What is not a text is written as JSON."""
    text = _without_keys(_usable(_as_text(value), limit, one_line=True), key)
    return _cut(text, limit)


def _without_keys(text: str, key: str) -> str:
    """Return a text without the API key, in whatever form it is written, and without others like it."""
    if len(key) >= _SHORTEST_HIDDEN:
        text = _forms_of(key).sub(ELLIPSIS, text)
    return _ANY_KEY.sub(ELLIPSIS, text)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return json.dumps(value, default=str, ensure_ascii=False)
    except RecursionError, ValueError:
        return ""


def _usable(text: str, limit: int, *, one_line: bool) -> str:
    # The text is cut at its limit only at the very end, so that no half of a key stays. Text far
    # beyond the limit can be dropped now.
    text = join_halves(text[: 10 * limit + 10_000])
    text = _UNUSABLE.sub("", _LINE_BREAK.sub("\n", text))
    return " ".join(text.split()) if one_line else text.strip()


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}{ELLIPSIS}"


@lru_cache(maxsize=16)
def _forms_of(key: str) -> re.Pattern[str]:
    """Return a pattern of the forms in which a server may repeat a key: escaped or encoded."""
    raw = key.encode(errors="replace")
    forms = {
        key,
        quote(key),
        quote(key, safe=""),
        quote_plus(key),
        html.escape(key),
        json.dumps(key)[1:-1],
        key.replace("/", r"\/"),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    }
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)
