"""Give the parts of an answer shapes to rely on: items are objects, and texts are texts. Pure.

Servers were seen that send a text where OpenAI sends a list of parts, or null where it sends an object.
Such a part is read as what it means, or left out: it does not spoil an answer that was heard.
"""

from collections.abc import Iterator
from typing import Any, Final

from .input_items import Item

_PARTS: Final = {
    "message": {"content": "output_text"},
    "reasoning": {"summary": "summary_text", "content": "reasoning_text"},
}
"""Type of an item → its lists of parts, each with the type of a part that is only a text."""


def as_object(value: Any) -> Item:
    """Return an object as it is, and an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def as_items(value: Any) -> list[Item]:
    """Return the items in a list, each as `as_item` returns it. Anything else is left out."""
    return [item for each in _list(value) if (item := as_item(each))]


def as_item(value: Any) -> Item | None:
    """Return an item with parts that are objects, whose texts are texts. None: it is not an item."""
    item = as_object(value)
    if not isinstance(item.get("type"), str):
        return None
    lists = {name: list(_parts(item[name], kind)) for name, kind in _lists(item)}
    if item["type"] == "code_interpreter_call" and item.get("outputs") is not None:
        lists["outputs"] = [output for output in _list(item["outputs"]) if isinstance(output, dict)]
    return item | lists


def _lists(item: Item) -> Iterator[tuple[str, str]]:
    for name, kind in _PARTS.get(item["type"], {}).items():
        if item.get(name) is not None:
            yield name, kind


def _parts(value: Any, kind: str) -> Iterator[Item]:
    for part in _list(value):
        if isinstance(part, str):
            yield {"type": kind, "text": part}
        elif isinstance(part, dict):
            broken = {name for name in ("text", "refusal") if not isinstance(part.get(name) or "", str)}
            yield {name: field for name, field in part.items() if name not in broken}


def _list(value: Any) -> list[Any]:
    """Return a list as it is, null as an empty list, and anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
