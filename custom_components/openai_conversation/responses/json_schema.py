"""A structure of Home Assistant's as the strict JSON schema that OpenAI holds an answer to, and back.

Strict mode knows a part of JSON Schema only: objects whose keys are all named and all required, and few
keywords. So an optional field may be null, and is left out again; a value that strict mode has no words
for is asked for as JSON text, and read again; what else a structure demands is for Home Assistant to
check. Source: OpenAI's guide on structured outputs, "Supported schemas", 2026-11-22.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
import re
from typing import Any, Final, Self

import probatio as vol

from homeassistant.helpers import config_validation as cv, llm
from homeassistant.helpers.json import json_dumps
from homeassistant.helpers.selector import Selector
from homeassistant.util import slugify
from homeassistant.util.json import json_loads

from ..openai_api.errors import FailureKind, OpenAIRequestError
from .json_values import json_values

type JsonSchema = Mapping[str, Any]

ANSWER: Final = "answer"
"""The name of a format without one, and the field for an answer that is no object: strict mode wants one."""

MAX_NAME: Final = 64
"""Characters, the API's own limit."""

_OF_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_KEYWORDS: Final[Mapping[str, Sequence[str]]] = {
    "string": ("pattern", "format"),
    "number": _OF_NUMBERS,
    "integer": _OF_NUMBERS,
    "array": ("minItems", "maxItems"),
}
"""What strict mode knows besides type, description, enum and the parts."""

_FORMATS: Final = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
_LOOKAROUND: Final = re.compile(r"\(\?<?[=!]")
"""What the patterns of strict mode do without."""

_DESCRIBED: Final[Mapping[str, JsonSchema]] = {
    "action": {"type": "array", "items": {}},
    "numeric_threshold": {},
    "trigger": {"type": "array", "items": {}},
}
"""Selectors that Home Assistant describes to models as text, which is not what they take."""

_TYPES: Final[Mapping[type, str]] = {
    str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnswerFormat:
    """How an answer has to look."""

    name: str
    structure: vol.Schema
    plain: JsonSchema
    """The structure in JSON Schema, an object, with all that strict mode does not know."""

    is_wrapped: bool = False
    """Whether the structure is no object, and the object was put around it."""

    @classmethod
    def of(cls, name: str, structure: vol.Schema) -> Self:
        """Make the format for a structure. `name`: any words; the model sees the letters and digits of it."""
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
        """What to tell a model whose server may not hold it to the schema."""
        return f"Answer with JSON only, without a comment. It fits this schema: {json_dumps(self.schema)}"

    def read(self, text: str) -> Any:
        """Return the data of an answer, the first in it that has this structure.

        Raises `OpenAIRequestError` if there is none.
        """
        problem: Exception | None = None
        for answer in json_values(text):
            try:
                return self._fitted(answer)
            except (ValueError, vol.Invalid) as err:
                problem = problem or err
        detail = f"{self.name}: {problem or 'no JSON'}"
        raise OpenAIRequestError.of(FailureKind.STRUCTURE, detail) from problem

    def _fitted(self, answer: Any) -> Any:
        """Return JSON as the structure has it. Raises `ValueError` or `vol.Invalid` if it does not fit."""
        if self.is_wrapped and not (isinstance(answer, dict) and ANSWER in answer):
            answer = {ANSWER: answer}
        data = _restored(answer, self.plain, self.plain)
        data = _settled(data, self.structure(data))
        return data[ANSWER] if self.is_wrapped else data


def _serializer(validator: Any) -> Any:
    """Return the JSON Schema of one of Home Assistant's validators, which the library does not know."""
    if isinstance(validator, Selector) and validator.selector_type in _DESCRIBED:
        return _DESCRIBED[validator.selector_type]
    return llm.selector_serializer(validator)


def _is_free(plain: JsonSchema) -> bool:
    """Whether strict mode has no words for a value."""
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
    """Return what a value may be one of; nothing if it is of one type."""
    types = plain.get("type")
    if isinstance(types, list):
        return [{**plain, "type": each} for each in types]
    return [] if types else plain.get("anyOf") or plain.get("oneOf") or []


def _strict(plain: JsonSchema) -> dict[str, Any]:
    if "$ref" in plain:
        return {"$ref": plain["$ref"]}
    described = {"description": plain["description"]} if "description" in plain else {}
    if _is_free(plain):
        wanted = {key: value for key, value in plain.items() if key not in ("description", "default")}
        words = f"As JSON text that fits this schema: {json_dumps(wanted)}"
        return {"type": "string", "description": "\n".join((*described.values(), words))}
    if "enum" in plain:
        types = list(dict.fromkeys(_TYPES[type(value)] for value in plain["enum"]))
        return {"type": types if len(types) > 1 else types[0], "enum": plain["enum"], **described}
    if branches := _branches(plain):
        return {"anyOf": [_strict(branch) for branch in branches], **described}
    strict = {"type": plain["type"], **described}
    for keyword in _KEYWORDS.get(plain["type"], ()):
        if keyword in plain and _is_known(keyword, plain[keyword]):
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


def _is_known(keyword: str, value: Any) -> bool:
    match keyword:
        case "format":
            return value in _FORMATS
        case "pattern":
            return not _LOOKAROUND.search(value)
    return True


def _restored(value: Any, plain: JsonSchema, root: JsonSchema) -> Any:
    """Return a value as the structure has it. Raises `ValueError` for text that is not JSON."""
    if "$ref" in plain:
        plain = root
    if _is_free(plain):
        return json_loads(value) if isinstance(value, str) else value
    for branch in _branches(plain):
        if _fits(value, branch):
            return _restored(value, branch, root)
    if isinstance(value, str) and plain.get("type") == "boolean":
        return cv.boolean(value)  # a selector would take any text, "false" too, for true
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


def _fits(value: Any, branch: JsonSchema) -> bool:
    """Whether a value is of a branch: objects are told apart by their keys."""
    match value:
        case dict():
            return set(value) == set(branch.get("properties", ()))
        case list():
            return branch.get("type") == "array"
    return False


def _settled(value: Any, validated: Any) -> Any:
    """Return a value as its validator made it, so that "42" is a number; what was right stays as it was."""
    if isinstance(value, dict) and isinstance(validated, dict):
        # a validator may rename keys, as that of triggers does
        return {name: _settled(each, validated.get(name, each)) for name, each in value.items()}
    if isinstance(value, list) and isinstance(validated, list) and len(value) == len(validated):
        return [_settled(each, other) for each, other in zip(value, validated, strict=True)]
    if isinstance(value, str) and isinstance(validated, float):
        return int(validated) if validated.is_integer() and value.strip("+- ").isdecimal() else validated
    is_other = value != validated or isinstance(value, bool) != isinstance(validated, bool)
    return validated if is_other and isinstance(validated, (str, int, float, bool)) else value
