"""The function calls of one answer → calls of Assist's tools."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from homeassistant.components.conversation import ToolResultContentDeltaDict
from homeassistant.helpers import llm
from homeassistant.util.ulid import ulid_now

from ..openai_api.raw_answer import parse_json
from .input_items import Item
from .output import OutputItem, kept


class Calls:
    """Makes the calls of one answer. If a call cannot be made, its result is an error for the model."""

    def __init__(self, tool_names: Mapping[str, str]) -> None:
        """Begin an answer. `tool_names`: see `ToolSet`."""
        self._tool_names = tool_names
        self._ids: set[str] = set()
        self._made: dict[bool, list[tuple[str, dict[str, Any]]]] = {False: [], True: []}
        """The calls so far: whether the model wrote them as text → name and arguments."""

        self._refused: list[tuple[llm.ToolInput, str]] = []

    def make(self, known: OutputItem, item: Item, *, is_written: bool = False) -> llm.ToolInput | None:
        """Return a call that is done, and keep the item to send back.

        `is_written`: the model wrote it as text. Some servers recognize such a call, but leave its text in
        the answer: then it is the same call, and None. Raises `TypeError` if the name of the tool is no text.
        """
        merged = {**known.begun, **{key: value for key, value in item.items() if value}}
        arguments, args, error = _read((item.get("arguments"), known.begun.get("arguments"), known.text))
        if not isinstance(name := merged.get("name", ""), str):
            raise TypeError("the name of a tool is not text")
        name = self._offered(name)
        known.reported = item
        if not error and self._is_made(name, args, is_written=is_written):
            return None
        if name not in self._tool_names:
            error = f"there is no tool named {name}"
        call = llm.ToolInput(
            id=self._unique(merged.get("call_id")),
            tool_name=self._tool_names.get(name, name),
            tool_args=args,
            external=error is not None,  # Home Assistant does not run it
        )
        if error:
            self._refused.append((call, error))
        known.kept = kept({**merged, "call_id": call.id, "arguments": arguments})
        return call

    def refusals(self) -> Iterator[ToolResultContentDeltaDict]:
        """Yield the results of the calls that cannot be made, so that the model can fix them."""
        for call, error in self._refused:
            yield {
                "role": "tool_result",
                "tool_call_id": call.id,
                "tool_name": call.tool_name,
                "result": llm.ToolResult(data={"error": error}, error=True),
            }

    def _is_made(self, name: str, args: dict[str, Any], *, is_written: bool) -> bool:
        """Whether a call was made in the other form, and note it if it was not."""
        if (name, args) in self._made[not is_written]:
            self._made[not is_written].remove((name, args))
            return True
        self._made[is_written].append((name, args))
        return False

    def _offered(self, name: str) -> str:
        """Return the name of the tool that a model means: small ones leave out its namespace."""
        alike = [each for each in self._tool_names if each.endswith(f"__{name}")]
        return alike[0] if name not in self._tool_names and len(alike) == 1 else name

    def _unique(self, call_id: Any) -> str:
        """Return the id of a call; a new one if it has none, or the same as another call."""
        unique = str(call_id) if isinstance(call_id, (str, int)) else ""
        if not unique or unique in self._ids:
            unique = f"call_{ulid_now()}"
        self._ids.add(unique)
        return unique


def _read(reported: Iterable[Any]) -> tuple[str, dict[str, Any], str | None]:
    """Return the first arguments that can be read, as text and as an object, or what is wrong with them.

    `reported`: one for each time that the server reported them, the most trustworthy first.
    """
    texts = [each if isinstance(each, str) else orjson.dumps(each).decode() for each in reported if each]
    error = None
    for text in texts:
        try:
            args = _value(text)
        except ValueError:
            error = error or "the arguments are not valid JSON"
            continue
        if isinstance(args, dict):
            # what is sent back is an object, even if it came as a text in a text
            return text if text.lstrip().startswith("{") else orjson.dumps(args).decode(), args, None
        if args not in (None, ""):
            error = error or "the arguments are not a JSON object"
    return (texts or [""])[0] if error else "{}", {}, error


def _value(text: str) -> Any:
    """Return the value of JSON, even if it was encoded twice. Raises `ValueError`."""
    value = parse_json(text.encode(errors="replace"))
    return parse_json(value.encode()) if isinstance(value, str) and value else value
