"""The structure of a task → a strict JSON schema for OpenAI, and the answer → the data of the task.

Strict mode supports only a part of JSON Schema: objects with named keys, all of them required, and few
keywords. So an optional field becomes one that can be null, and a null is dropped from the answer. A value
that strict mode cannot express is requested as JSON text, and parsed. Home Assistant's own schema checks
everything else. Source: OpenAI's guide on structured outputs, "Supported schemas", 2026-11-22.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any, Final, Self

import probatio as vol

from homeassistant.helpers import config_validation as cv, llm
from homeassistant.helpers.selector import Selector
from homeassistant.util import slugify
from homeassistant.util.json import json_loads

from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.json_body import json_body
from .json_values import json_values

type JsonSchema = Mapping[str, Any]

ANSWER: Final = "answer"
"""The default name of a format, and the field that holds an answer which is not an object."""

MAX_NAME: Final = 64
"""Characters of a format's name. The limit of the API."""

_OF_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_KEYWORDS: Final[Mapping[str, Sequence[str]]] = {
    "string": ("pattern", "format"),
    "number": _OF_NUMBERS,
    "integer": _OF_NUMBERS,
    "array": ("minItems", "maxItems"),
}
"""Type → keywords that strict mode supports for it, besides `type`, `description`, `enum`, and the parts."""

_FORMATS: Final = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_LOOKAROUND: Final = re.compile(r"\(\?<?[=!]")
"""Strict mode does not support these in a pattern."""

_DESCRIBED: Final[Mapping[str, JsonSchema]] = {
    "action": {"type": "array", "items": {}},
    "numeric_threshold": {},
    "trigger": {"type": "array", "items": {}},
}
"""Selectors that Home Assistant describes to models as text, but that do not accept text → their schema."""

_TYPES: Final[Mapping[type, str]] = {
    str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """The structure that an answer must have."""

    name: str
    structure: vol.Schema
    plain: JsonSchema
    """The structure in JSON Schema: an object, with everything that strict mode does not support."""

    is_wrapped: bool = False
    """Whether the structure itself is not an object, so that it became the field `ANSWER` of one."""

    @classmethod
    def of(cls, name: str, structure: vol.Schema) -> Self:
        """Return the format for a structure. `name`: any text; the model sees its letters and digits."""
        plain = vol.to_openapi(structure, custom_serializer=_serializer, openapi_version="3.1.0")
        is_wrapped = plain.get("type") != "object" or _is_free(plain)
        if is_wrapped:
            structure = vol.Schema({vol.Required(ANSWER): structure})
            plain = {"type": "object", "properties": {ANSWER: plain}, "required": [ANSWER]}
        return cls(slugify(name)[:MAX_NAME] or ANSWER, structure, plain, is_wrapped)

    @property
    def schema(self) -> dict[str, Any]:
        """The strict schema."""
        return _strict(self.plain)

    @property
    def param(self) -> dict[str, Any]:
        """The value of `text.format`."""
        return {"type": "json_schema", "name": self.name, "schema": self.schema, "strict": True}

    @property
    def chat_param(self) -> dict[str, Any]:
        """The value of `response_format` in a request for a chat completion."""
        return {
            "type": "json_schema",
            "json_schema": {"name": self.name, "schema": self.schema, "strict": True},
        }

    @property
    def sentence(self) -> str:
        """The schema in words, for a server that may not enforce it."""
        schema = json_body(self.schema).decode()
        return f"Answer with JSON only, without a comment. It fits this schema: {schema}"

    def read(self, text: str) -> Any:
        """Return the first data in an answer that has this structure.

        Raises `OpenAIRequestError` if there is none.
        """
        problem: Exception | None = None
        for answer in json_values(text):
            try:
                return self._validated(answer)
            except (ValueError, vol.Invalid) as err:
                problem = problem or err
        detail = f"{self.name}: {problem or 'no JSON'}"
        raise OpenAIRequestError.of(FailureKind.STRUCTURE, detail) from problem

    def _validated(self, answer: Any) -> Any:
        """Return the data in a JSON value. Raises `ValueError` or `vol.Invalid` if it does not fit."""
        if self.is_wrapped and not (isinstance(answer, dict) and ANSWER in answer):
            answer = {ANSWER: answer}
        data = _restored(answer, self.plain, self.plain)
        data = _coerced(data, self.structure(data))
        return data[ANSWER] if self.is_wrapped else data


def _serializer(validator: Any) -> Any:
    """Return the JSON schema of a validator of Home Assistant's: the library does not know these."""
    if isinstance(validator, Selector) and validator.selector_type in _DESCRIBED:
        return _DESCRIBED[validator.selector_type]
    return llm.selector_serializer(validator)


def _is_free(plain: JsonSchema) -> bool:
    """Whether strict mode cannot express a value: it may have any keys, any items, or any type."""
    if "$ref" in plain:
        return False
    if "enum" in plain:
        return not all(type(value) in _TYPES for value in plain["enum"])
    if branches := _branches(plain):
        return any(map(_is_free, branches))
    match plain.get("type"):
        case "object":
            return not plain.get("properties") and plain.get("additionalProperties") is not False
        case "array":
            return not isinstance(plain.get("items"), dict)
    return "type" not in plain


def _branches(plain: JsonSchema) -> list[JsonSchema]:
    """Return the schemas of which a value must match one; nothing if it has a single type."""
    types = plain.get("type")
    if isinstance(types, list):
        return [{**plain, "type": each} for each in types]
    return [] if types else plain.get("anyOf") or plain.get("oneOf") or []


def _strict(plain: JsonSchema) -> dict[str, Any]:
    if "$ref" in plain:
        return {"$ref": plain["$ref"]}
    described = {"description": plain["description"]} if "description" in plain else {}
    if _is_free(plain):
        schema = {key: value for key, value in plain.items() if key not in ("description", "default")}
        sentence = f"As JSON text that fits this schema: {json_body(schema).decode()}"
        return {"type": "string", "description": "\n".join((*described.values(), sentence))}
    if "enum" in plain:
        types = list(dict.fromkeys(_TYPES[type(value)] for value in plain["enum"]))
        return {"type": types if len(types) > 1 else types[0], "enum": plain["enum"], **described}
    if branches := _branches(plain):
        return {"anyOf": [_strict(branch) for branch in branches], **described}
    strict = {"type": plain["type"], **described}
    for keyword in _KEYWORDS.get(plain["type"], ()):
        if keyword in plain and _is_supported(keyword, plain[keyword]):
            strict[keyword] = plain[keyword]
    if plain["type"] == "array":
        strict["items"] = _strict(plain["items"])
    if plain["type"] == "object":
        strict |= _strict_fields(plain)
    return strict


def _strict_fields(plain: JsonSchema) -> dict[str, Any]:
    required = plain.get("required", ())
    fields = {name: _strict(value) for name, value in plain.get("properties", {}).items()}
    properties = {
        name: value if name in required else {"anyOf": [value, {"type": "null"}]}
        for name, value in fields.items()
    }
    return {"properties": properties, "required": list(properties), "additionalProperties": False}


def _is_supported(keyword: str, value: Any) -> bool:
    match keyword:
        case "format":
            return value in _FORMATS
        case "pattern":
            return not _LOOKAROUND.search(value)
    return True


def _restored(value: Any, plain: JsonSchema, root: JsonSchema) -> Any:
    """Return a value without the changes for strict mode. Raises `ValueError` for text that is not JSON."""
    if "$ref" in plain:
        plain = root
    if _is_free(plain):
        return json_loads(value) if isinstance(value, str) else value
    for branch in _branches(plain):
        if _matches(value, branch):
            return _restored(value, branch, root)
    if isinstance(value, str) and plain.get("type") == "boolean":
        return cv.boolean(value)  # to a selector, any text is true, even "false"
    if isinstance(value, dict) and (fields := plain.get("properties")):
        required = plain.get("required", ())
        return {
            name: _restored(each, fields[name], root) if name in fields else each
            for name, each in value.items()
            if each is not None or name in required
        }
    if isinstance(value, list) and "items" in plain:
        return [_restored(each, plain["items"], root) for each in value]
    return value


def _matches(value: Any, branch: JsonSchema) -> bool:
    """Whether a value matches a branch. Objects match by their keys."""
    match value:
        case dict():
            return set(value) == set(branch.get("properties", ()))
        case list():
            return branch.get("type") == "array"
    return False


def _coerced(value: Any, validated: Any) -> Any:
    """Return a value, with simple values as their validator converted them: "42" becomes a number."""
    if isinstance(value, dict) and isinstance(validated, dict):
        # a validator may rename keys, as the one for triggers does
        return {name: _coerced(each, validated.get(name, each)) for name, each in value.items()}
    if isinstance(value, list) and isinstance(validated, list) and len(value) == len(validated):
        return [_coerced(each, other) for each, other in zip(value, validated, strict=True)]
    if isinstance(value, str) and isinstance(validated, float):
        return int(validated) if validated.is_integer() and value.strip("+- ").isdecimal() else validated
    is_other = value != validated or isinstance(value, bool) != isinstance(validated, bool)
    return validated if is_other and isinstance(validated, (str, int, float, bool)) else value
