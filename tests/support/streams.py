"""Events of a stream, and what becomes of them in the chat log."""

from collections.abc import Iterable
from typing import Any

import pytest

from custom_components.openai_conversation.responses.stream import Delta, StreamTranslator

from .response_items import Event, Item

ORIGIN = "agent:gpt-6-luna"
TOOLS = {"HassTurnOn": "HassTurnOn", "HassTurnOff": "HassTurnOff", "odd_tool_12345678": "odd tool"}
ON, OFF = "HassTurnOn", "HassTurnOff"


def translator() -> StreamTranslator:
    return StreamTranslator(origin=ORIGIN, tool_names=TOOLS)


def translate(events: Iterable[Event], by: StreamTranslator | None = None) -> list[Delta]:
    """Return the deltas of a whole stream."""
    by = by or translator()
    deltas = [delta for event in events for delta in by.feed(event)]
    deltas += by.finish()
    if by.failure:
        raise by.failure
    return deltas


def seen(deltas: Iterable[Delta]) -> list[Any]:
    """Return deltas in a form that is short to write in a test."""
    return [reading for delta in deltas for reading in _reading(delta)]


def _reading(delta: Delta) -> Iterable[Any]:
    match delta:
        case {"role": "tool_result", "tool_name": name, "result": result}:
            assert result.error
            yield "answered by us", name, result.data["error"]
        case {"role": role, **rest}:
            assert not rest
            yield f"<{role}>"
        case {"content": text}:
            yield text
        case {"thinking_content": text}:
            yield "thinks", text
        case {"tool_calls": [call]}:
            yield ("calls" if not call.external else "calls in vain"), call.tool_name, call.tool_args
        case {"native": native}:
            assert native.origin == ORIGIN
            yield "keeps", *(item.get("type", "message") for item in native.items)
        case _:
            pytest.fail(f"an unforeseen delta: {delta}")


def added(item: Item, index: int = 0) -> Event:
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def done(item: Any, index: int = 0) -> Event:
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def text_delta(text: Any) -> Event:
    return {"type": "response.output_text.delta", "delta": text}


def arguments(text: str, **place: Any) -> Event:
    return {"type": "response.function_call_arguments.done", "arguments": text, **place}


def completed(*items: Item) -> Event:
    return {"type": "response.completed", "response": {"output": list(items)}}


def cut(item: Item) -> Item:
    return {**item, "status": "incomplete"}


def bare(events: Iterable[Event]) -> list[Event]:
    """Return events without what some servers leave out."""
    left_out = {"output_index", "item_id", "sequence_number", "content_index"}
    return [{key: value for key, value in event.items() if key not in left_out} for event in events]
