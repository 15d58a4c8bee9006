"""What a tool returns → a result that the chat log, the screens, and the model can use. Pure.

Tools of other integrations return anything: objects that JSON does not have, half an emoji, data that contain
themselves, or megabytes. Home Assistant copies a result, shows it on screens, and sends it with every later
request, so one that cannot be used would end not only its turn, but the whole conversation.
"""

import json
from typing import Any, Final

import orjson

from homeassistant.helpers import llm
from homeassistant.helpers.json import json_bytes
from homeassistant.util.json import JsonObjectType

from ..openai_api.server_text import clean_text, printable

MAX_RESULT: Final = 400_000
"""Bytes of a result as JSON. These are about 100,000 tokens, which every later request would repeat."""

MAX_DEPTH: Final = 50
"""Levels of a result. Home Assistant copies it level by level, and Python allows a few hundred of them."""

MAX_ERROR: Final = 1000
"""Characters of an error for the model."""


def tool_result(value: Any) -> llm.ToolResult:
    """Return what a tool returned as a result of plain data, or an error for the model that says why not."""
    result = value if isinstance(value, llm.ToolResult) else llm.ToolResult(data=value)
    try:
        body = _as_json(result.data)
    except Exception as err:  # noqa: BLE001 - objects of other integrations raise anything
        return error_result("UnreadableResult", f"The result is not JSON: {type(err).__name__}")
    if len(body) > MAX_RESULT:
        return error_result("ResultTooLarge", f"The result has {len(body)} bytes. Ask for less.")
    data = orjson.loads(body)
    if not _fits(data, MAX_DEPTH):
        return error_result("UnreadableResult", "The result has too many levels.")
    return llm.ToolResult(data if isinstance(data, dict) else {"result": data}, error=bool(result.error))


def error_result(name: str, text: str = "") -> llm.ToolResult:
    """Return an error for the model, in the form that Home Assistant's chat log has for it."""
    data: JsonObjectType = {"error": name}
    if text := clean_text(text, limit=MAX_ERROR):
        data["error_text"] = text
    return llm.ToolResult(data, error=True)


def _as_json(data: Any) -> bytes:
    """Return data as JSON. Raises whatever their objects do, and what JSON does."""
    try:
        return json_bytes(data)
    except TypeError, ValueError:
        text = json.dumps(data, default=str, skipkeys=True, ensure_ascii=False)
        # read once, because the standard library also writes what is not JSON, such as NaN
        return orjson.dumps(orjson.loads(printable(text)))


def _fits(data: Any, levels: int) -> bool:
    """Whether plain data have at most so many levels."""
    if not isinstance(data, (dict, list)):
        return True
    parts = data.values() if isinstance(data, dict) else data
    return levels > 0 and all(_fits(part, levels - 1) for part in parts)
