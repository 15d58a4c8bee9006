"""The answers of the server: the user says what to answer, and the stand-in knows how OpenAI streams it.

Say 200 words.
Say 40 words like zebra.
Call 5 tools in turn.
Call 5 tools at once.
"""

from functools import cache
import json
import re
import secrets
from typing import Any

from tests.stand_in.events import events_for
from tests.stand_in.items import FunctionCall, Message, PlannedItem
from tests.stand_in.request_view import RequestView

_SAY = re.compile(r"Say (\d+) words?(?: like (\w+))?")
_CALL = re.compile(r"Call (\d+) tools? (in turn|at once)")
_TOOL = "GetDateTime"
"""Calls of this tool cost Home Assistant little, and both integrations the same."""

_WORDS_PER_SENTENCE = 8
_ID = "0123456789abcdef01234567"
"""Stands for the part of an ID that differs between two answers."""

_USAGE = {
    "input_tokens": 2000,
    "input_tokens_details": {"cached_tokens": 1024, "cache_write_tokens": 0},
    "output_tokens": 20,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 2020,
}


def words(count: int, word: str = "word") -> str:
    """Return sentences of so many times the same word."""
    whole, rest = divmod(count, _WORDS_PER_SENTENCE)
    lengths = [_WORDS_PER_SENTENCE] * whole + [rest] * bool(rest)
    return " ".join(f"{' '.join([word] * length)}.".capitalize() for length in lengths)


def answer(body: dict[str, Any]) -> list[bytes]:
    """Return the events of the answer to a request, as they go over the wire."""
    view = RequestView(body)
    fresh = secrets.token_hex(len(_ID) // 2).encode()
    tool = view.tools[_TOOL].name if _TOOL in view.tools else ""
    events = _events(view.user_texts[-1], len(view.results), tool, body["model"])
    return [event.replace(_ID.encode(), fresh) for event in events]


@cache
def _events(text: str, results: int, tool: str, model: str) -> list[bytes]:
    events = events_for({"model": model, "input": ""}, _items(text, results, tool), _USAGE)
    return [f"event: {event['type']}\ndata: {_as_json(event)}\n\n".encode() for event in events]


def _as_json(event: dict[str, Any]) -> str:
    """Return an event without random IDs: each keeps its beginning, and gets a part to replace."""
    text = json.dumps(event, separators=(",", ":"))
    return re.sub(r"\b(msg|fc|call|rs|resp)_([0-9a-f]{8})[0-9a-f]{40}", rf"\1_\g<2>{_ID}", text)


def _items(text: str, results: int, tool: str) -> list[PlannedItem]:
    if call := _CALL.search(text):
        count, at_once = int(call[1]), call[2] == "at once"
        if results < count and tool:
            return [FunctionCall(tool, "{}")] * (count if at_once else 1)
    if say := _SAY.search(text):
        return [Message(words(int(say[1]), say[2] or "word"))]
    return [Message(words(1))]
