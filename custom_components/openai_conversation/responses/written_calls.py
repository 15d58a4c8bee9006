"""Calls of tools that a small model writes as text, in place of what its server would recognize. Pure.

    {"name": "HassTurnOn", "arguments": {"name": "Lamp"}}                   Llama
    <tool_call>{"name": "HassTurnOn", "arguments": {…}}</tool_call>         Qwen, Hermes
    [TOOL_CALLS][{"name": "HassTurnOn", "arguments": {…}}]                  Mistral
    [TOOL_CALLS]HassTurnOn[ARGS]{"name": "Lamp"}                            Mistral
    <function=HassTurnOn>{"name": "Lamp"}</function>                        Llama

Nobody wants to hear such a text, and what it means is clear. It is a call like any other: only tools that
were offered run. Bare JSON counts only as a whole message, and a tag only at the start of a line, so that
an answer may explain what a call looks like.
"""

from collections.abc import Iterator
import re
from typing import Any, Final

from .json_values import json_values

type WrittenCall = tuple[str, Any]
"""The name of a tool, and its arguments."""

_TAGS: Final = ("<tool_call>", "[tool_calls]", "<function=", "<|python_tag|>", "<|tool_call|>", "functools[")
_BARE: Final = ("{", "[{", "```json", "```\n{", "```\n[")
_LONGEST: Final = max(map(len, _TAGS))
_LINE_START: Final = re.compile(r"\n\s*")
_NAMED: Final = re.compile(r"(?:<function=|\[TOOL_CALLS\]\s*)([\w.-]+)\s*(?:>|\[ARGS\])", re.IGNORECASE)
_NAME: Final = re.compile(r"[\w.:-]{1,64}")
_NAMES: Final = ("name", "function", "tool")
_ARGUMENTS: Final = ("arguments", "parameters")
_OTHER_KEYS: Final = frozenset({"id", "type", "call_id"})


class CallFinder:
    """Finds the calls in the text of one message, while it streams in."""

    def __init__(self) -> None:
        """Begin a message."""
        self._held = ""
        """Text that may be a call, or become one."""

        self._is_call = False
        self._is_first = True
        """Whether nothing but white space came before."""

    def feed(self, text: str) -> str:
        """Return the text that is certain to be words, after a further piece of the message."""
        self._held += text
        if self._is_call:
            return ""
        start = _start_of_call(self._held, is_first=self._is_first)
        words, self._held = self._held[:start], self._held[start:]
        self._is_call = _is_begun(self._held.lstrip(), is_first=self._is_first and not words.strip())
        self._is_first = self._is_first and not words.strip()
        return words

    def finish(self) -> tuple[str, list[WrittenCall]]:
        """Return the rest of the words, and the calls: the message ends here."""
        text, self._held, self._is_call = self._held, "", False
        calls = list(_calls(text.strip()))
        is_broken = _has_tag(text.strip()) and "{" in text  # nobody can use it, and nobody wants to hear it
        return ("" if calls or is_broken else text), calls


def _start_of_call(text: str, *, is_first: bool) -> int:
    """Return where a call begins, or may begin once more text has come; the length if nowhere."""
    blank = len(text) - len(text.lstrip())
    if is_first and _is_begun(text[blank:], is_first=True, may_follow=True):
        return blank
    for line in _LINE_START.finditer(text):
        rest = text[line.end() :]
        if not rest or _is_begun(rest, is_first=False, may_follow=True):
            return line.start()
    return len(text)


def _is_begun(text: str, *, is_first: bool, may_follow: bool = False) -> bool:
    """Whether a text begins with the mark of a call. `may_follow`: or with a part of one."""
    beginning = text[:_LONGEST].lower()
    marks = (*_TAGS, *_BARE) if is_first else _TAGS
    if beginning.startswith(marks):
        return True
    return may_follow and bool(beginning) and any(mark.startswith(beginning) for mark in marks)


def _has_tag(text: str) -> bool:
    return text[:_LONGEST].lower().startswith(_TAGS)


def _calls(text: str) -> Iterator[WrittenCall]:
    """Yield the calls in a text that is a call, nothing if it is not one."""
    if named := list(_NAMED.finditer(text)):
        ends = [*(match.start() for match in named[1:]), len(text)]
        for match, end in zip(named, ends, strict=True):
            yield match[1], next(json_values(text[match.end() : end]), {})
        return
    values = list(json_values(text))
    if not _has_tag(text) and not _is_only_json(text):
        return
    for value in values:
        for each in value if isinstance(value, list) else [value]:
            if call := _call(each):
                yield call


def _is_only_json(text: str) -> bool:
    """Whether a text is JSON and nothing else, perhaps in a block of code."""
    bare = re.sub(r"^\s*```\w*|```\s*$", "", text).strip()
    return bare.startswith(("{", "[")) and bare.endswith(("}", "]"))


def _call(value: Any) -> WrittenCall | None:
    """Return an object as a call, None if it is anything else."""
    if not isinstance(value, dict):
        return None
    if isinstance(inner := value.get("function"), dict):
        return _call(inner)
    name = next((key for key in _NAMES if isinstance(value.get(key), str)), None)
    arguments = next((key for key in _ARGUMENTS if isinstance(value.get(key), (dict, str))), None)
    if name is None or arguments is None or not value.keys() <= _OTHER_KEYS | {name, arguments}:
        return None
    return (value[name], value[arguments]) if _NAME.fullmatch(value[name]) else None
