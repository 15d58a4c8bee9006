"""The chat log as input items of the Responses API. Source: OpenAI's guide on conversation state."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers.json import json_dumps

from .tools import wire_name

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NativeItems:
    """The output items of one response, as OpenAI made them, in their order.

    Kept beside the text in the chat log, and sent back as they are: reasoning models answer faster
    and better when they see their own reasoning. Only the account and model that made them take them.
    """

    origin: str
    items: tuple[Item, ...]


def input_items(
    contents: Iterable[conversation.Content],
    *,
    origin: str | None,
    files: Mapping[Path, Item],
) -> list[Item]:
    """Convert the chat log behind its system prompt.

    `origin`: whose native items to send back; None for nobody's. `files`: attachments as content
    parts; of those that are not among them only the name is told.
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


def _tool_output(content: conversation.ToolResultContent) -> Item:
    result = content.result
    data = {"error": result.data} if result.error and "error" not in result.data else result.data
    return {"type": "function_call_output", "call_id": content.tool_call_id, "output": _json(data)}


def _json(data: Any) -> str:
    try:
        return json_dumps(data)
    except TypeError:  # tools of other integrations return what they like
        return json.dumps(data, default=str, skipkeys=True)


def _paired(items: list[Item]) -> list[Item]:
    """Give every call its output and drop outputs without a call: OpenAI refuses both.

    A turn that was interrupted, or another agent's part of the conversation, can leave such behind.
    """
    called = {item["call_id"] for item in items if item["type"] == "function_call"}
    answered = {item["call_id"] for item in items if item["type"] == "function_call_output"}
    paired: list[Item] = []
    for item in items:
        if item["type"] == "function_call_output" and item["call_id"] not in called:
            continue
        paired.append(item)
        if item["type"] == "function_call" and item["call_id"] not in answered:
            output = _json({"error": "interrupted, result unknown"})
            paired.append({"type": "function_call_output", "call_id": item["call_id"], "output": output})
    return paired
