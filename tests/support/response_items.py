"""The output items of a response, and the events in which OpenAI streams them."""

from collections.abc import Iterable, Sequence
from itertools import count
import json
from typing import Any

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
    inner: list[Event] = []
    match item["type"]:
        case "message":
            part = item["content"][0]
            kind = "refusal" if part["type"] == "refusal" else "output_text"
            text = part.get("text") or part.get("refusal") or ""
            words = text.split(" ")
            pieces = [word if number == 0 else f" {word}" for number, word in enumerate(words)]
            inner = [
                {"type": "response.content_part.added", **place, "content_index": 0},
                *(
                    {"type": f"response.{kind}.delta", **place, "content_index": 0, "delta": piece}
                    for piece in pieces
                    if piece
                ),
                *(
                    {
                        "type": "response.output_text.annotation.added",
                        **place,
                        "content_index": 0,
                        "annotation_index": number,
                        "annotation": annotation,
                    }
                    for number, annotation in enumerate(part.get("annotations", ()))
                ),
                {"type": f"response.{kind}.done", **place, "content_index": 0},
                {"type": "response.content_part.done", **place, "content_index": 0},
            ]
        case "function_call":
            inner = [
                {
                    "type": "response.function_call_arguments.delta",
                    **place,
                    "delta": item["arguments"],
                },
                {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]},
            ]
        case "reasoning":
            inner = [
                event
                for number, part in enumerate(item["summary"])
                for event in (
                    {
                        "type": "response.reasoning_summary_text.delta",
                        **place,
                        "summary_index": number,
                        "delta": part["text"],
                    },
                    {"type": "response.reasoning_summary_text.done", **place, "summary_index": number},
                )
            ]
        case "web_search_call":
            inner = [
                {"type": f"response.web_search_call.{step}", **place}
                for step in ("in_progress", "searching", "completed")
            ]
        case "code_interpreter_call":
            code = "response.code_interpreter_call_code"
            inner = [
                {"type": "response.code_interpreter_call.in_progress", **place},
                {"type": f"{code}.delta", **place, "delta": item["code"]},
                {"type": f"{code}.done", **place, "code": item["code"]},
                {"type": "response.code_interpreter_call.interpreting", **place},
                {"type": "response.code_interpreter_call.completed", **place},
            ]
    added = {**item, "status": "in_progress"}
    return [
        {"type": "response.output_item.added", "output_index": index, "item": added},
        *inner,
        {"type": "response.output_item.done", "output_index": index, "item": item},
    ]


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
