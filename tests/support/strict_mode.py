"""What strict mode supports of JSON Schema, and an answer that fits.

Facts: OpenAI's guide on structured outputs, "Supported schemas".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

_EVERYWHERE: Final = {"type", "description", "enum"}
_OF_NUMBERS: Final = {"multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_BY_TYPE: Final[Mapping[str, set[str]]] = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems", "maxItems"},
    "string": {"pattern", "format"},
    "number": _OF_NUMBERS,
    "integer": _OF_NUMBERS,
    "boolean": set(),
    "null": set(),
}
_FORMATS: Final = {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
_TEXTS: Final = {"date-time": "2026-11-22T12:00:00", "date": "2026-11-22", "time": "12:00:00"}


def problems(schema: dict[str, Any]) -> list[str]:
    """Return what strict mode would refuse in a schema."""
    Draft202012Validator.check_schema(schema)
    at_the_top = [] if schema.get("type") == "object" and "anyOf" not in schema else ["#: no object"]
    return [*at_the_top, *_problems(schema, "#")]


def _problems(schema: Any, path: str) -> Iterator[str]:
    if "$ref" in schema:
        if schema != {"$ref": "#"}:
            yield f"{path}: more than a reference"
        return
    if "anyOf" in schema:
        if unknown := set(schema) - {"anyOf", "description"}:
            yield f"{path}: {unknown} beside anyOf"
        for index, branch in enumerate(schema["anyOf"]):
            yield from _problems(branch, f"{path}/anyOf/{index}")
        return
    types = schema.get("type", [])
    known = _EVERYWHERE.union(*(_BY_TYPE[each] for each in ([types] if isinstance(types, str) else types)))
    if not types or set(schema) - known:
        yield f"{path}: {set(schema) - known or 'no type'}"
    if schema.get("format", "date") not in _FORMATS:
        yield f"{path}: format {schema['format']}"
    if types == "object":
        yield from _problems_of_object(schema, path)
    if types == "array":
        yield from _problems(schema["items"], f"{path}/items")


def _problems_of_object(schema: Any, path: str) -> Iterator[str]:
    if schema.get("additionalProperties") is not False:
        yield f"{path}: open"
    if schema.get("required") != list(schema["properties"]):
        yield f"{path}: something is optional"
    for name, each in schema["properties"].items():
        yield from _problems(each, f"{path}/{name}")


def instance(schema: Mapping[str, Any]) -> Any:
    """Return an answer that fits a strict schema, with something in every field."""
    if branches := schema.get("anyOf"):
        return instance(next(branch for branch in branches if branch.get("type") != "null"))
    if "enum" in schema:
        return schema["enum"][0]
    match schema["type"]:
        case "object":
            return {name: instance(each) for name, each in schema["properties"].items()}
        case "array":
            return [instance(schema["items"])] * max(1, schema.get("minItems", 1))
        case "string":
            return _text(schema)
    return True if schema["type"] == "boolean" else schema.get("minimum", 1)


def _text(schema: Mapping[str, Any]) -> str:
    if "As JSON text" in schema.get("description", ""):
        return '{"any": ["thing"]}'
    return _TEXTS.get(schema.get("format", ""), "light.kitchen")
