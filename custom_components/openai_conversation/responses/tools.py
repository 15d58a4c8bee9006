"""Assist's tools as the Responses API wants them.

Converting the schemas of Assist's twenty tools takes longer than everything else before a request,
and they hardly ever change: each is converted once and kept until its schema is another one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
import hashlib
import re
from typing import Any, Final

import orjson
from probatio import Schema, to_openapi

from homeassistant.helpers import llm
from homeassistant.helpers.json import json_bytes

from ..const import LOGGER
from ..options.chat import ModelSettings

type ToolParam = dict[str, Any]
type Serializer = Callable[[Any], Any] | None

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNSUPPORTED_AT_THE_TOP: Final = frozenset({"oneOf", "anyOf", "allOf", "enum", "not"})


def wire_name(name: str) -> str:
    """Return the name of a tool as OpenAI takes it: 1 to 64 letters, digits, "_" and "-"."""
    if _NAME.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', name)[:55]}_{digest}"


@dataclass(frozen=True, slots=True)
class ToolSet:
    """The tools of one request."""

    params: tuple[ToolParam, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    """Name on the wire → name of Assist's tool."""


class ToolConverter:
    """Converts tools, and remembers those it has converted."""

    def __init__(self) -> None:
        """Start with nothing converted."""
        self._kept: dict[str, tuple[llm.Tool, Serializer, ToolParam]] = {}
        self._reported: set[str] = set()

    def convert(self, tools: Sequence[llm.Tool], serializer: Serializer) -> ToolSet:
        """Return the tools in their order, so that OpenAI's prompt cache sees the same bytes again.

        A tool that cannot be converted is left out: one broken tool must not silence the others.
        """
        params: list[ToolParam] = []
        names: dict[str, str] = {}
        for tool in tools:
            try:
                param = self._convert(tool, serializer)
            except Exception as err:  # noqa: BLE001 - tools and serializers of other integrations raise anything
                self._report(tool, err)
                continue
            if param["name"] not in names:  # Home Assistant calls the first tool of a name
                params.append(param)
                names[param["name"]] = tool.name
        return ToolSet(tuple(params), names)

    def _report(self, tool: llm.Tool, err: Exception) -> None:
        """Log once that a tool is left out."""
        name = repr(getattr(tool, "name", None))[:100]
        if name not in self._reported:
            self._reported.add(name)
            LOGGER.warning("The tool %s is left out, because it is broken: %r", name, err)

    def _convert(self, tool: llm.Tool, serializer: Serializer) -> ToolParam:
        kept = self._kept.get(tool.name)
        if kept and _origin(kept[1]) is _origin(serializer) and _same_tool(kept[0], tool):
            return kept[2]
        param = tool_param(tool, serializer)
        self._kept[tool.name] = (tool, serializer, param)
        return param


def tool_param(tool: llm.Tool, serializer: Serializer) -> ToolParam:
    """Convert one tool to a function tool.

    Not strict: strict mode wants every property required, and Assist's slots are optional. Raises whatever
    a broken tool does.
    """
    if not isinstance(tool.parameters, Schema):
        raise TypeError("no schema")
    schema = to_openapi(tool.parameters, custom_serializer=serializer, openapi_version="3.1.0")
    if schema.get("type", "object") != "object":
        raise TypeError("the parameters are not an object")
    param: ToolParam = {
        "type": "function",
        "name": wire_name(tool.name),
        "description": tool.description if isinstance(tool.description, str) else "",
        "parameters": {
            "type": "object",
            "properties": {},
            **{key: value for key, value in schema.items() if key not in _UNSUPPORTED_AT_THE_TOP},
        },
        "strict": False,
    }
    # raises what would break the whole request, such as half an emoji, and makes the rest plain data
    plain: ToolParam = orjson.loads(json_bytes(param))
    return plain


def hosted_tools(settings: ModelSettings) -> list[ToolParam]:
    """Return the tools that run at OpenAI. Source: its guides on web search and the code interpreter."""
    tools: list[ToolParam] = []
    if search := settings.web_search:
        tool: ToolParam = {"type": "web_search", "search_context_size": search.context_size}
        if search.location:
            tool["user_location"] = {"type": "approximate", **search.location}
        tools.append(tool)
    if settings.code_interpreter:
        tools.append({"type": "code_interpreter", "container": {"type": "auto"}})
    return tools


def _origin(serializer: Serializer) -> object:
    """Return what identifies a serializer.

    Home Assistant creates that of merged APIs again for each turn, with the same code.
    """
    return getattr(serializer, "__code__", type(serializer))


def _same_tool(one: llm.Tool, other: llm.Tool) -> bool:
    """Whether two tools convert to the same result, by identity: to compare schemas costs more."""
    if one.description != other.description:
        return False
    ours, theirs = one.parameters.schema, other.parameters.schema
    if ours is theirs:
        return True
    # Home Assistant wraps an intent's slots again for each turn, but keeps the slots and validators.
    return (
        isinstance(ours, dict)
        and isinstance(theirs, dict)
        and len(ours) == len(theirs)
        and all(
            key is other_key and value is other_value
            for (key, value), (other_key, other_value) in zip(ours.items(), theirs.items(), strict=True)
        )
    )
