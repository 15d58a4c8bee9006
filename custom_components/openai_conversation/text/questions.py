"""Where a sentence ends, and whether it is a question, in any script. Pure."""

import re
from typing import Final
import unicodedata

_MARK: Final = re.compile(
    r"(?P<question>[？؟⸮፧]|[?;](?!\w)|\?(?=[\u3040-\u30ff\u3400-\u9fff]))"
    r"|(?P<statement>[。！।॥۔።]|[.!…](?!\w)|\n\s*\n(?=\w))"
)
"""The end of a sentence. A letter behind ".", "!", or "?" means an address or a number, but not in scripts
without spaces. A new paragraph ends the sentence before it."""

_GREEK: Final = re.compile(r"[\u0370-\u03ff]")
_CLOSING: Final = re.compile(r"[\"'”“’‘»«)\]」』）】\s]+\Z")
_ENDS: Final = frozenset(".!?…؟⸮።፧۔।॥。！？｡:;\N{GREEK QUESTION MARK}")


def asks(text: str) -> bool:
    """Whether the last sentence of a text is a question, whatever emoji or words without an end follow."""
    # Greek asks with ";", which Unicode also has as a mark of its own
    text = text.replace("\N{GREEK QUESTION MARK}", ";")
    is_greek = bool(_GREEK.search(text))
    marks = [mark.lastgroup for mark in _MARK.finditer(text) if is_greek or mark[0] != ";"]
    return bool(marks) and marks[-1] == "question"


def ends_sentence(text: str) -> bool:
    """Whether a text ends with a mark after which another sentence may begin."""
    return _CLOSING.sub("", text)[-1:] in _ENDS


def with_full_stop(text: str) -> str:
    """Return a text without spaces around it, that another sentence may follow."""
    text = text.strip()
    if text and not ends_sentence(text):
        text += "。" if is_written_without_spaces(text[-1]) else "."
    return text


def is_written_without_spaces(letter: str) -> bool:
    """Whether a letter is of a script that ends a sentence with "。", such as Japanese."""
    return unicodedata.east_asian_width(letter) in "WF" and not "\uac00" <= letter <= "\ud7a3"
