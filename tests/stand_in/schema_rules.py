"""The rules for JSON schemas in a request.

Facts: OpenAI API reference, "Function calling" and "Structured outputs".
"""

from collections.abc import Iterator
from typing import Any

from .errors import InvalidRequest

_NOT_AT_THE_TOP = ("oneOf", "anyOf", "allOf", "enum", "not")

_SAYS_WHAT_IT_IS = {"type", "anyOf", "$ref", "enum", "const"}
_STRICT_KEYWORDS = _SAYS_WHAT_IT_IS | {
    *("$defs", "title", "description", "properties", "required", "additionalProperties", "items"),
    *("minItems", "maxItems", "pattern", "format"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")


def check_schemas(body: dict[str, Any]) -> None:
    """Check the parameters of function tools and the schema of a structured answer."""
    for index, tool in enumerate(body.get("tools") or ()):
        if tool["type"] != "function":
            continue
        schema = tool.get("parameters") or {}
        if problem := _problem_at_the_top(schema) or (
            _strict_problem(schema) if tool.get("strict") else None
        ):
            message = f"Invalid schema for function '{tool['name']}': {problem}"
            raise InvalidRequest(message, f"tools[{index}].parameters", "invalid_function_parameters")
    answer = (body.get("text") or {}).get("format") or {}
    if answer.get("type") != "json_schema" or not answer.get("strict"):
        return
    if problem := _problem_at_the_top(answer["schema"]) or _strict_problem(answer["schema"]):
        message = f"Invalid schema for response_format '{answer['name']}': {problem}"
        raise InvalidRequest(message, "text.format.schema", "invalid_json_schema")


def _problem_at_the_top(schema: dict[str, Any]) -> str | None:
    if schema and (schema.get("type") != "object" or any(key in schema for key in _NOT_AT_THE_TOP)):
        return f"schema must have type 'object' and not have {', '.join(_NOT_AT_THE_TOP)} at the top level."
    return None


def _strict_problem(schema: dict[str, Any]) -> str | None:
    """Return what strict mode does not allow in a schema or in its parts."""
    return next(_strict_problems(schema), None)


def _strict_problems(schema: dict[str, Any]) -> Iterator[str]:
    if unknown := set(schema) - _STRICT_KEYWORDS:
        yield f"'{min(unknown)}' is not permitted."
    if not schema.keys() & _SAYS_WHAT_IT_IS:
        yield "schema must have a 'type' key."
    if schema.get("format", "date") not in _FORMATS:
        yield f"'{schema['format']}' is not a valid format."
    parts = [*schema.get("anyOf", ()), *schema.get("$defs", {}).values()]
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds:
        properties, required = schema.get("properties", {}), set(schema.get("required", ()))
        if schema.get("additionalProperties") is not False:
            yield "'additionalProperties' is required to be supplied and to be false."
        if missing := set(properties) - required:
            yield f"'required' must include every key in properties. Missing '{min(missing)}'."
        if extra := required - set(properties):
            yield f"'required' has a key that is not in properties: '{min(extra)}'."
        parts += properties.values()
    if "array" in kinds:
        parts.append(schema.get("items", {}))
    for part in parts:
        yield from _strict_problems(part)
