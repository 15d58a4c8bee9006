"""A request body as the brain reads it.

Shapes: OpenAI API reference, "Create a model response". `input` is a string or a list of items.
"""

from dataclasses import dataclass
from functools import cached_property
import json
from typing import Any

from .home import Entity, read_entities

type Body = dict[str, Any]


@dataclass(frozen=True)
class Tool:
    """A function tool; `properties` are the JSON schemas of its arguments by name."""

    name: str
    properties: dict[str, dict[str, Any]]

    def fit(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments that the tool has, single values as lists if it expects lists."""
        return {
            key: [value]
            if self.properties[key].get("type") == "array" and not isinstance(value, list)
            else value
            for key, value in arguments.items()
            if key in self.properties
        }


@dataclass(frozen=True)
class Result:
    """A finished call: the tool, its arguments, and its result."""

    tool: str
    arguments: dict[str, Any]
    data: Any
    failed: bool


class RequestView:
    """The parts of a request that matter for the answer."""

    def __init__(self, body: Body) -> None:
        """Look at a request that has been validated."""
        self.body = body
        given = body["input"]
        self.items: list[dict[str, Any]] = (
            [{"role": "user", "content": given}] if isinstance(given, str) else given
        )

    @cached_property
    def instructions(self) -> str:
        """The text of all instructions."""
        messages = [_text_of(item) for item in self.items if item.get("role") in ("system", "developer")]
        return "\n".join([self.body.get("instructions") or "", *messages])

    @cached_property
    def user_texts(self) -> list[str]:
        """The sentences of the user, oldest first; an empty text if there are none."""
        return [_text_of(item) for item in self.items if item.get("role") == "user"] or [""]

    @cached_property
    def entities(self) -> list[Entity]:
        """The devices that the instructions list."""
        return read_entities(self.instructions)

    @cached_property
    def attachments(self) -> list[str]:
        """The types of the images and files in the last message of the user."""
        users = [item for item in self.items if item.get("role") == "user"]
        parts = users[-1]["content"] if users else ""
        if isinstance(parts, str):
            return []
        return [part["type"] for part in parts if part["type"] in ("input_image", "input_file")]

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """The function tools by their names without namespace, none if the request forbids calls."""
        if self.body.get("tool_choice") == "none":
            return {}
        functions = [tool for tool in self.body.get("tools") or () if tool["type"] == "function"]
        return {
            tool["name"].rpartition("__")[2]: Tool(
                tool["name"], (tool.get("parameters") or {}).get("properties") or {}
            )
            for tool in functions
        }

    @cached_property
    def results(self) -> list[Result]:
        """The calls since the last message of the user, with their results."""
        start = max((i for i, item in enumerate(self.items) if item.get("role") == "user"), default=0)
        recent = self.items[start:]
        outputs = {
            item["call_id"]: item["output"] for item in recent if item.get("type") == "function_call_output"
        }
        return [
            Result(item["name"].rpartition("__")[2], _arguments(item), *_outcome(outputs[item["call_id"]]))
            for item in recent
            if item.get("type") == "function_call" and item["call_id"] in outputs
        ]


def _text_of(item: dict[str, Any]) -> str:
    content = item["content"]
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content if "text" in part)


def _arguments(item: dict[str, Any]) -> dict[str, Any]:
    """Return a call's arguments, none if they are not JSON."""
    try:
        arguments = json.loads(item["arguments"])
    except ValueError:
        return {}
    return arguments if isinstance(arguments, dict) else {}


def _outcome(output: str | list[dict[str, Any]]) -> tuple[Any, bool]:
    """Return a tool's data and whether it failed.

    Home Assistant 2026.11 sends `{"data": …, "error": bool}`, older versions the data alone, with a
    key "error" if it failed. The answer of an intent may also list devices that did not obey.
    """
    text = output if isinstance(output, str) else _text_of({"content": output})
    data: Any
    try:
        data = json.loads(text)
    except ValueError:
        return text, False
    failed = False
    if isinstance(data, dict) and isinstance(data.get("error"), bool):
        data, failed = data.get("data"), data["error"]
    return data, failed or (isinstance(data, dict) and _tells_of_failure(data))


def _tells_of_failure(data: dict[str, Any]) -> bool:
    targets = data.get("data")
    if isinstance(targets, dict) and targets.get("failed") and not targets.get("success"):
        return True
    return "error" in data or data.get("response_type") == "error"
