"""Structured answers: the simplest value that fits a JSON schema.

Facts: the "Structured outputs" guide, for which keywords a schema can have.
"""

from typing import Any

_FORMATS = {
    "date-time": "2026-11-22T12:00:00Z",
    "date": "2026-11-22",
    "time": "12:00:00Z",
    "duration": "PT1M",
    "email": "house@example.org",
    "hostname": "example.org",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def example_of(schema: dict[str, Any], root: dict[str, Any] | None = None) -> Any:
    """Return a value; `root`: the schema that `$ref` points into, by default the schema itself."""
    root = root or schema
    if "$ref" in schema:
        return example_of(_target(schema["$ref"], root), root)
    if "anyOf" in schema:
        return example_of(min(schema["anyOf"], key=lambda part: part.get("type") == "null"), root)
    if given := [schema["const"]] if "const" in schema else schema.get("enum"):
        return given[0]
    kinds = schema.get("type", "string")
    return _of_kind(min(kinds, key="null".__eq__) if isinstance(kinds, list) else kinds, schema, root)


def _of_kind(kind: str, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    match kind:
        case "object":
            return {key: example_of(part, root) for key, part in schema.get("properties", {}).items()}
        case "array":
            count = max(min(1, schema.get("maxItems", 1)), schema.get("minItems", 0))
            return [example_of(schema.get("items", {}), root)] * count
        case "integer" | "number":
            return _number(schema, kind)
        case "boolean":
            return True
        case "null":
            return None
    return _FORMATS.get(schema.get("format", ""), "stand-in")


def _target(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    target = root
    for step in reference.removeprefix("#").split("/"):
        target = target[step] if step else target
    return target


def _number(schema: dict[str, Any], kind: str) -> float:
    """Return 1, or the number nearest to it within the limits."""
    step = schema.get("multipleOf", 1 if kind == "integer" else 0.5)
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    lowest = schema.get("minimum", None if above is None else above + step)
    highest = schema.get("maximum", None if below is None else below - step)
    number: float = step if "multipleOf" in schema else 1
    number = number if lowest is None else max(number, lowest)
    return number if highest is None else min(number, highest)
