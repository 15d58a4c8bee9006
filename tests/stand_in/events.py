"""The stream of a response: which events OpenAI sends for which output items, in which order.

Facts: OpenAI API reference, "Streaming events". Every event has `type` and `sequence_number`;
those of an item also have `output_index` and `item_id`, those of its text `content_index`.
"""

from collections.abc import Iterable, Sequence
from itertools import batched
import re
import secrets
import time
from typing import Any

from .hosted_events import code_events, search_events
from .items import CodeRun, FunctionCall, Message, PlannedItem, Reasoning, WebSearch
from .models import family_of
from .request_view import Body

type Event = dict[str, Any]

_ARGUMENTS_PIECE = 12
"""Characters of a function call's arguments in one delta."""


class EventLog:
    """The events of one response, numbered as they are added."""

    def __init__(self, body: Body, usage: dict[str, Any]) -> None:
        """Begin a response to a request; `usage`: the tokens it uses."""
        self._usage = usage
        self._padded = (body.get("stream_options") or {}).get("include_obfuscation") is not False
        self._include: Sequence[str] = body.get("include") or ()
        self.response = _blank_response(body)
        self.events: list[Event] = []

    def add(self, kind: str, **fields: Any) -> None:
        """Add one event; `kind` goes without the prefix "response."."""
        if "delta" in fields and self._padded:
            # OpenAI pads deltas, so that their length reveals nothing.
            fields["obfuscation"] = secrets.token_hex(8)[: 16 - len(fields["delta"]) % 16]
        self.events.append({"type": f"response.{kind}", "sequence_number": len(self.events), **fields})

    def begin(self) -> None:
        """Add the events that open every response."""
        self.add("created", response=dict(self.response))
        self.add("in_progress", response=dict(self.response))

    def end(self, status: str = "completed", **details: Any) -> None:
        """Add the terminal event; `details` are fields of the response, such as its error."""
        self.response |= {"status": status, "usage": self._usage, **details}
        if status == "completed":
            self.response["completed_at"] = int(time.time())
        self.add(status, response=dict(self.response))

    def add_items(self, items: Iterable[PlannedItem]) -> None:
        """Add the events of output items."""
        for item in items:
            match item:
                case Message():
                    self._add_message(item)
                case FunctionCall():
                    self._add_call(item)
                case Reasoning():
                    self._add_reasoning(item)
                case WebSearch():
                    self.add_item(*search_events(item, _new_id("ws"), self._include))
                case CodeRun():
                    self.add_item(*code_events(item, _new_id("ci"), self._include))

    def add_item(self, begun: dict[str, Any], done: dict[str, Any], pieces: Sequence[Event] = ()) -> None:
        """Add an item's events: as it begins, `pieces` (kind and fields) in between, as it is done."""
        index = len(self.response["output"])
        self.add("output_item.added", output_index=index, item=begun)
        for piece in pieces:
            fields = {key: value for key, value in piece.items() if key != "kind"}
            self.add(piece["kind"], item_id=begun["id"], output_index=index, **fields)
        self.add("output_item.done", output_index=index, item=done)
        self.response["output"] = [*self.response["output"], done]

    def _add_message(self, message: Message) -> None:
        kind, key = ("refusal", "refusal") if message.refusal else ("output_text", "text")
        extra: dict[str, Any] = {} if message.refusal else {"logprobs": []}
        blank: dict[str, Any] = {"type": kind, key: ""} | (
            {} if message.refusal else {"annotations": [], "logprobs": []}
        )
        sources = [citation.annotation for citation in message.citations]
        part = blank | {key: message.text} | ({"annotations": sources} if sources else {})
        item = {"id": _new_id("msg"), "type": "message", "role": "assistant"}
        pieces = [
            {"kind": "content_part.added", "part": blank},
            *({"kind": f"{kind}.delta", "delta": word, **extra} for word in _by_word(message.text)),
            *(
                {"kind": "output_text.annotation.added", "annotation_index": number, "annotation": source}
                for number, source in enumerate(sources)
            ),
            {"kind": f"{kind}.done", key: message.text, **extra},
            {"kind": "content_part.done", "part": part},
        ]
        self.add_item(
            item | {"status": "in_progress", "content": []},
            item | {"status": _status(message), "content": [part]},
            [{**piece, "content_index": 0} for piece in pieces],
        )

    def _add_call(self, call: FunctionCall) -> None:
        item = {"id": _new_id("fc"), "type": "function_call", "call_id": _new_id("call"), "name": call.name}
        pieces = ["".join(piece) for piece in batched(call.arguments, _ARGUMENTS_PIECE, strict=False)]
        self.add_item(
            item | {"status": "in_progress", "arguments": ""},
            item | {"status": _status(call), "arguments": call.arguments},
            [
                *({"kind": "function_call_arguments.delta", "delta": piece} for piece in pieces),
                {"kind": "function_call_arguments.done", "arguments": call.arguments},
            ],
        )

    def _add_reasoning(self, reasoning: Reasoning) -> None:
        item = {"id": _new_id("rs"), "type": "reasoning"}
        pieces: list[Event] = []
        for index, text in enumerate(reasoning.summaries):
            part = {"type": "summary_text", "text": text}
            parts: list[Event] = [
                {"kind": "reasoning_summary_part.added", "part": part | {"text": ""}},
                *({"kind": "reasoning_summary_text.delta", "delta": word} for word in _by_word(text)),
                {"kind": "reasoning_summary_text.done", "text": text},
                {"kind": "reasoning_summary_part.done", "part": part},
            ]
            pieces += [{**piece, "summary_index": index} for piece in parts]
        secret = {"encrypted_content": f"gAAAAAB{secrets.token_urlsafe(96)}"}
        summary = [{"type": "summary_text", "text": text} for text in reasoning.summaries]
        self.add_item(item | {"summary": []} | secret, item | {"summary": summary} | secret, pieces)


def events_for(body: Body, items: Iterable[PlannedItem], usage: dict[str, Any]) -> list[Event]:
    """Return all events of a response without faults."""
    log = EventLog(body, usage)
    log.begin()
    log.add_items(items)
    log.end()
    return log.events


def _status(item: Message | FunctionCall) -> str:
    return "completed" if item.complete else "incomplete"


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(24)}"


def _by_word(text: str) -> list[str]:
    """Split a text into words, each with the space before it."""
    return re.findall(r"\s*\S+\s*$|\s*\S+", text)


def _blank_response(body: Body) -> dict[str, Any]:
    """Return the response object at its start, which repeats most of the request."""
    reasoning = body.get("reasoning") or {}
    text = body.get("text") or {}
    effort = family_of(body["model"]).effort_of(body)
    tier = body.get("service_tier") or "auto"
    return {
        "id": _new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "background": False,
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "metadata": body.get("metadata") or {},
        "model": body["model"],
        "output": [],
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "previous_response_id": None,
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": {"effort": effort, "summary": None, **reasoning},
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": "default" if tier == "auto" else tier,
        "store": body.get("store") is not False,
        "temperature": body.get("temperature", 1.0),
        "text": {"format": {"type": "text"}, "verbosity": "medium", **text},
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": body.get("tools") or [],
        "top_logprobs": body.get("top_logprobs") or 0,
        "top_p": body.get("top_p", 1.0),
        "truncation": body.get("truncation") or "disabled",
        "usage": None,
        "user": None,
    }
