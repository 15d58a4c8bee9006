"""What OpenAI demands of JSON schemas in a request.

Facts: OpenAI API reference, "Function calling" and "Structured outputs".
"""

from typing import Any

from .errors import InvalidRequest

_NOT_AT_THE_TOP = ("oneOf", "anyOf", "allOf", "enum", "not")


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
    """Return what makes a schema unfit for strict mode, looking into its properties and items."""
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false."
        if missing := set(properties) - set(schema.get("required", ())):
            return f"'required' must include every key in properties. Missing '{min(missing)}'."
        parts = list(properties.values())
    else:
        parts = [schema["items"]] if isinstance(schema.get("items"), dict) else []
        parts += schema.get("anyOf", [])
    return next((problem for part in parts if (problem := _strict_problem(part))), None)
