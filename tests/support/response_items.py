"""The output items of a response, and the events in which OpenAI streams them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
import json
from typing import Any, Final

USAGE = {
    "input_tokens": 120,
    "input_tokens_details": {"cached_tokens": 100},
    "output_tokens": 7,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 127,
}

type Event = dict[str, Any]
type Item = dict[str, Any]

_numbers = count(1)


def message(text: str, *, annotations: Sequence[Item] = (), **more: Any) -> Item:
    """Return a message of the model."""
    content = [{"type": "output_text", "text": text, "annotations": list(annotations)}]
    return {
        "type": "message",
        "id": f"msg_{next(_numbers)}",
        "role": "assistant",
        "status": "completed",
        "content": content,
        **more,
    }


def citation(url: str, title: str = "A page", *, start: int = 0, end: int = 0) -> Item:
    """Return an annotation: the source of a message from `start` to `end`."""
    return {"type": "url_citation", "url": url, "title": title, "start_index": start, "end_index": end}


def refusal(text: str) -> Item:
    """Return a message in which the model refuses."""
    return message("", content=[{"type": "refusal", "refusal": text}])


def function_call(name: str, arguments: dict[str, Any] | str, **more: Any) -> Item:
    """Return a call. Arguments as text are sent unchanged."""
    number = next(_numbers)
    return {
        "type": "function_call",
        "id": f"fc_{number}",
        "call_id": f"call_{number}",
        "name": name,
        "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
        "status": "completed",
        **more,
    }


def reasoning(*summary: str) -> Item:
    """Return a reasoning item."""
    return {
        "type": "reasoning",
        "id": f"rs_{next(_numbers)}",
        "summary": [{"type": "summary_text", "text": text} for text in summary],
        "encrypted_content": "secret thoughts",
    }


def web_search_call(query: str = "news", *, sources: Iterable[str] = (), **more: Any) -> Item:
    """Return a web search. `sources`: addresses."""
    action: Item = {"type": "search", "query": query, "queries": [query]}
    if sources:
        action["sources"] = [{"type": "url", "url": url} for url in sources]
    number = next(_numbers)
    return {
        "type": "web_search_call",
        "id": f"ws_{number}",
        "status": "completed",
        "action": action,
        **more,
    }


def code_interpreter_call(code: str, *logs: str, **more: Any) -> Item:
    """Return a program that the model ran, with its output, if any."""
    number = next(_numbers)
    return {
        "type": "code_interpreter_call",
        "id": f"ci_{number}",
        "status": "completed",
        "code": code,
        "container_id": f"cntr_{number}",
        "outputs": [{"type": "logs", "logs": text} for text in logs] or None,
        **more,
    }


def item_events(item: Item, index: int) -> list[Event]:
    """Return the events in which OpenAI streams an item."""
    place = {"output_index": index, "item_id": item.get("id")}
    inner = _INNER_EVENTS.get(item["type"], _no_events)(item)
    return [
        {
            "type": "response.output_item.added",
            "output_index": index,
            "item": {**item, "status": "in_progress"},
        },
        *({**event, **place, "type": f"response.{event['type']}"} for event in inner),
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


def _message_events(item: Item) -> Iterator[Event]:
    part, place = item["content"][0], {"content_index": 0}
    kind = "refusal" if part["type"] == "refusal" else "output_text"
    text = part.get("text") or part.get("refusal") or ""
    yield {"type": "content_part.added", **place}
    for number, word in enumerate(text.split(" ")):
        if piece := f" {word}" if number else word:
            yield {"type": f"{kind}.delta", **place, "delta": piece}
    for number, annotation in enumerate(part.get("annotations", ())):
        numbered = {"annotation_index": number, "annotation": annotation}
        yield {"type": "output_text.annotation.added", **place, **numbered}
    yield {"type": f"{kind}.done", **place}
    yield {"type": "content_part.done", **place}


def _call_events(item: Item) -> Iterator[Event]:
    yield {"type": "function_call_arguments.delta", "delta": item["arguments"]}
    yield {"type": "function_call_arguments.done", "arguments": item["arguments"]}


def _reasoning_events(item: Item) -> Iterator[Event]:
    for number, part in enumerate(item["summary"]):
        yield {"type": "reasoning_summary_text.delta", "summary_index": number, "delta": part["text"]}
        yield {"type": "reasoning_summary_text.done", "summary_index": number}


def _search_events(_: Item) -> Iterator[Event]:
    for step in ("in_progress", "searching", "completed"):
        yield {"type": f"web_search_call.{step}"}


def _code_events(item: Item) -> Iterator[Event]:
    yield {"type": "code_interpreter_call.in_progress"}
    yield {"type": "code_interpreter_call_code.delta", "delta": item["code"]}
    yield {"type": "code_interpreter_call_code.done", "code": item["code"]}
    yield {"type": "code_interpreter_call.interpreting"}
    yield {"type": "code_interpreter_call.completed"}


def _no_events(_: Item) -> Iterator[Event]:
    yield from ()


_INNER_EVENTS: Final[Mapping[str, Callable[[Item], Iterator[Event]]]] = {
    "message": _message_events,
    "function_call": _call_events,
    "reasoning": _reasoning_events,
    "web_search_call": _search_events,
    "code_interpreter_call": _code_events,
}
"""Type of an item → its events between `added` and `done`, without the prefix and the place of the item."""


def response_events(items: Iterable[Item], *, end: str | None = "completed", **response: Any) -> list[Event]:
    """Return the events of a whole response; `end` None: it just stops."""
    items = list(items)
    events: list[Event] = [{"type": "response.created", "response": {}}, {"type": "response.in_progress"}]
    for index, item in enumerate(items):
        events += item_events(item, index)
    if end:
        last = {"id": "resp_1", "output": items, "usage": USAGE, **response}
        events.append({"type": f"response.{end}", "response": last})
    return events


def sse(events: Iterable[Event]) -> bytes:
    """Return events as they go over the wire."""
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps({'sequence_number': number, **event})}\n\n".encode()
        for number, event in enumerate(events)
    )
