"""The streams of tools that OpenAI runs: the items and their events.

Facts: OpenAI API reference, "Streaming events", and the guides of web search and code interpreter.
"""

from collections.abc import Sequence
from typing import Any

from .items import CodeRun, WebSearch

type Event = dict[str, Any]
type Item = dict[str, Any]
type Stream = tuple[Item, Item, list[Event]]
"""An item as it begins, as it is done, and its events in between (kind and fields)."""


def search_events(search: WebSearch, item_id: str, include: Sequence[str]) -> Stream:
    """Return the stream of a search, with its sources if the request asks for them."""
    item: Item = {"id": item_id, "type": "web_search_call"}
    action: Item = {"type": "search", "query": search.query, "queries": [search.query]}
    begun = item | {"status": "in_progress", "action": action}
    if "web_search_call.action.sources" in include:
        action = action | {"sources": [{"type": "url", "url": url} for url in search.sources]}
    steps = ("in_progress", "searching", "completed")
    pieces = [{"kind": f"web_search_call.{step}"} for step in steps]
    return begun, item | {"status": "completed", "action": action}, pieces


def code_events(run: CodeRun, item_id: str, include: Sequence[str]) -> Stream:
    """Return the stream of a program, with its output if the request asks for it."""
    item: Item = {
        "id": item_id,
        "type": "code_interpreter_call",
        "container_id": item_id.replace("ci_", "cntr_"),
        "outputs": None,
    }
    is_requested = "code_interpreter_call.outputs" in include
    outputs = [{"type": "logs", "logs": run.logs}] if is_requested else None
    pieces: list[Event] = [
        {"kind": "code_interpreter_call.in_progress"},
        {"kind": "code_interpreter_call_code.delta", "delta": run.code},
        {"kind": "code_interpreter_call_code.done", "code": run.code},
        {"kind": "code_interpreter_call.interpreting"},
        {"kind": "code_interpreter_call.completed"},
    ]
    done = item | {"status": "completed", "code": run.code, "outputs": outputs}
    return item | {"status": "in_progress", "code": ""}, done, pieces
