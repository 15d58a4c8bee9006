"""The chat log as input items of the Responses API. Source: OpenAI's guide on conversation state."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers.json import json_dumps

from .tool_results import tool_result
from .tools import wire_name

type Item = dict[str, Any]
"""An item of a request or of an answer. Not the SDK's union of TypedDicts: items of an answer are as a
server makes them, and are copied key by key."""


@dataclass(frozen=True, slots=True)
class NativeItems:
    """The output items of one response, as OpenAI made them, in their order.

    Kept beside the text in the chat log, and sent back as they are: reasoning models answer faster
    and better when they see their own reasoning. Only the account and model that made them accept them.
    """

    origin: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class OwnSentence:
    """Marks a sentence of ours in the chat log, such as an error: this is its `native` content.

    It is not sent to the model: models were seen to repeat such sentences as their own.
    """


def input_items(
    contents: Iterable[conversation.Content],
    *,
    origin: str | None,
    files: Mapping[Path, Item],
    join_questions: bool = False,
) -> list[Item]:
    """Convert the chat log, without its system prompt.

    `origin`: whose native items to send back; None: none. `files`: attachments as content parts; of
    others, only the name is sent. `join_questions`: make one message of two that the user sent without an
    answer in between, for models whose chat template refuses two in a row.
    """
    items: list[Item] = []
    for content in contents:
        match content:
            case conversation.UserContent():
                items.append(_user_message(content, files))
            case conversation.AssistantContent():
                items.extend(_assistant_items(content, origin))
            case conversation.ToolResultContent():
                items.append(_tool_output(content))
            case conversation.SystemContent():
                items.append({"type": "message", "role": "developer", "content": content.content})
    if join_questions:
        items = _joined(items)
    return _paired(items)


def _user_message(content: conversation.UserContent, files: Mapping[Path, Item]) -> Item:
    if not content.attachments:
        return {"type": "message", "role": "user", "content": content.content}
    parts = [
        files.get(file.path) or {"type": "input_text", "text": f"(file {file.path.name}, shown before)"}
        for file in content.attachments
    ]
    text = {"type": "input_text", "text": content.content}
    return {"type": "message", "role": "user", "content": [text, *parts]}


def _assistant_items(content: conversation.AssistantContent, origin: str | None) -> Iterator[Item]:
    native = content.native
    if isinstance(native, OwnSentence) or _is_note(content):
        return
    if isinstance(native, NativeItems) and native.origin == origin:
        yield from native.items
        return
    if content.content:
        yield {"type": "message", "role": "assistant", "content": content.content}
    for call in content.tool_calls or ():
        yield {
            "type": "function_call",
            "call_id": call.id,
            "name": wire_name(call.tool_name),
            "arguments": _json(call.tool_args),
        }


def _is_note(content: conversation.AssistantContent) -> bool:
    """Whether Home Assistant wrote this content, from 2026.11 on, about a turn that ended in an error."""
    if content.native or content.tool_calls or not content.content:
        return False
    return content.content == "(no response)" or content.content.startswith("Error: ")


def _tool_output(content: conversation.ToolResultContent) -> Item:
    data: Any = content.result.data
    if content.result.error and not (isinstance(data, dict) and "error" in data):
        data = {"error": data}
    return {"type": "function_call_output", "call_id": content.tool_call_id, "output": _json(data)}


def _json(data: Any) -> str:
    try:
        return json_dumps(data)
    except Exception:  # noqa: BLE001 - another agent may have put anything into the chat log
        return json_dumps(tool_result(data).data)


def _joined(items: list[Item]) -> list[Item]:
    """Join messages of the user that follow one another."""
    joined: list[Item] = []
    for item in items:
        if joined and _is_question(item) and _is_question(joined[-1]):
            joined[-1] = {**item, "content": _both(joined[-1]["content"], item["content"])}
        else:
            joined.append(item)
    return joined


def _is_question(item: Item) -> bool:
    return item.get("role") == "user"


def _both(one: str | list[Item], other: str | list[Item]) -> str | list[Item]:
    if isinstance(one, str) and isinstance(other, str):
        return f"{one}\n\n{other}"
    return [*_parts(one), *_parts(other)]


def _parts(content: str | list[Item]) -> list[Item]:
    return [{"type": "input_text", "text": content}] if isinstance(content, str) else content


def _paired(items: list[Item]) -> list[Item]:
    """Give every call its output and drop outputs without a call: OpenAI refuses both.

    A turn that was interrupted, or another agent's part of the conversation, can leave them behind. Some
    servers use the same `call_id` again, so an output belongs to the first call that waits for it.
    """
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    dropped: set[int] = set()
    for index, item in enumerate(items):
        if item.get("type") == "function_call":
            waiting[item["call_id"]].append(index)
        elif item.get("type") == "function_call_output":
            if calls := waiting[item["call_id"]]:
                calls.popleft()
            else:
                dropped.add(index)
    unanswered = {index for calls in waiting.values() for index in calls}
    paired: list[Item] = []
    for index, item in enumerate(items):
        if index not in dropped:
            paired.append(item)
        if index in unanswered:
            output = _json({"error": "interrupted, result unknown"})
            paired.append({"type": "function_call_output", "call_id": item["call_id"], "output": output})
    return paired
