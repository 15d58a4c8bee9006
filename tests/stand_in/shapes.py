"""Does a request have the shape of the SDK's types?

The types are those of the installed `openai` package. A JSON body must fit them exactly; the fields of a
form are texts, so numbers and booleans are parsed from them.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from openai._types import FileTypes
from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model
from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

from .errors import InvalidRequest
from .forms import Fields, File


def check_present(body: Mapping[str, Any], *params: str) -> None:
    """Refuse a request that lacks one of these."""
    for param in params:
        if param not in body:
            raise InvalidRequest(
                f"Missing required parameter: '{param}'.", param, "missing_required_parameter"
            )


def check_body(body: dict[str, Any], params: Any) -> None:
    """Refuse a JSON body that does not fit a TypedDict of the SDK's."""
    try:
        _validator(params).validate_python(body, strict=True)
    except ValidationError as err:
        raise _refusal(_most_telling(err.errors(include_url=False), body), body) from err


def check_form(fields: Fields, params: type) -> dict[str, Any]:
    """Refuse a form that does not fit a TypedDict of the SDK's; return its values, numbers as numbers."""
    try:
        form = _form(params).model_validate(fields)
    except ValidationError as err:
        raise _refusal(err.errors(include_url=False)[0], fields) from err
    return {name: getattr(form, name) for name in form.model_fields_set}


def check_range(body: dict[str, Any], param: str, minimum: float, maximum: float | None) -> None:
    """Refuse a number that is too small or too large."""
    value = body.get(param)
    if value is None:
        return
    kind = "integer" if isinstance(value, int) else "decimal"
    if value < minimum:
        message = (
            f"Invalid '{param}': {kind} below minimum value. Expected a value >= {minimum}, got {value}."
        )
        raise InvalidRequest(message, param, f"{kind}_below_min_value")
    if maximum is not None and value > maximum:
        message = (
            f"Invalid '{param}': {kind} above maximum value. Expected a value <= {maximum}, got {value}."
        )
        raise InvalidRequest(message, param, f"{kind}_above_max_value")


@cache
def _validator(params: Any) -> SchemaValidator:
    return SchemaValidator(_as_strict_as_the_server(TypeAdapter(params).core_schema))


_FORM_TYPES: dict[str, Any] = {"image": File | list[File], "stream": bool}
"""Fields that are one file or several, or whose type in the SDK has values that a form cannot hold."""


@cache
def _form(params: type) -> type[BaseModel]:
    hints = get_type_hints(params)
    types = {name: File if hint == FileTypes else hint for name, hint in hints.items()} | _FORM_TYPES
    fields: dict[str, Any] = {name: (types[name], None) for name in hints}
    return create_model(params.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _as_strict_as_the_server(schema: Any) -> Any:
    """Copy a pydantic core schema so that it refuses unknown keys and looks into every list.

    The SDK types lists as Iterable, which pydantic would check lazily, that is, never.
    """
    if isinstance(schema, dict):
        strict = {key: _as_strict_as_the_server(value) for key, value in schema.items()}
        if strict.get("type") == "generator":
            strict["type"] = "list"
        if strict.get("type") == "typed-dict":
            strict["extra_behavior"] = "forbid"
        return strict
    if isinstance(schema, (list, tuple)):
        return type(schema)(_as_strict_as_the_server(part) for part in schema)
    return schema


def _path_of(error: ErrorDetails, body: dict[str, Any]) -> tuple[int | str, ...]:
    """Return where in the body an error is, without pydantic's tags for the members of a union."""
    path: list[int | str] = []
    here: Any = body
    last = len(error["loc"]) - 1
    for position, part in enumerate(error["loc"]):
        if isinstance(part, int) or (isinstance(here, dict) and part in here):
            path.append(part)
            here = here[part]
        elif position == last and error["type"] == "missing":
            path.append(part)
    return tuple(path)


def _most_telling(errors: list[ErrorDetails], body: dict[str, Any]) -> ErrorDetails:
    """Pick the error to report.

    A union of item types yields errors for every member. Those of another `type` do not count; of
    the rest, the member with the fewest errors is what the client meant.
    """
    unknown = [error for error in errors if error["type"] == "literal_error" and error["loc"][-1] == "type"]
    wrong = [error["loc"][:-1] for error in unknown]
    fitting = [
        error
        for error in errors
        if not any(error["loc"][: len(branch)] == branch for branch in wrong)
        and (error["type"] == "missing" or error["loc"][-1:] == _path_of(error, body)[-1:])
    ]
    branches: dict[tuple[int | str, ...], list[ErrorDetails]] = {}
    for error in fitting:
        path = _path_of(error, body)
        tags = tuple(part for part in error["loc"] if part not in path)
        branches.setdefault((*path[:2], *tags[:2]), []).append(error)
    best = min(branches.values(), key=len, default=unknown or errors)
    return max(best, key=lambda error: len(_path_of(error, body)))


def _refusal(error: ErrorDetails, body: dict[str, Any]) -> InvalidRequest:
    param = ""
    for part in _path_of(error, body):
        param += f"[{part}]" if isinstance(part, int) else f".{part}"
    param = param.removeprefix(".")
    match error["type"]:
        case "extra_forbidden":
            return InvalidRequest(f"Unknown parameter: '{param}'.", param, "unknown_parameter")
        case "missing":
            return InvalidRequest(
                f"Missing required parameter: '{param}'.", param, "missing_required_parameter"
            )
        case "literal_error":
            supported = error["ctx"]["expected"]
            message = f"Invalid value: '{error['input']}'. Supported values are: {supported}."
            return InvalidRequest(message, param, "invalid_value")
    message = f"Invalid type for '{param}': {error['msg']}, got {type(error['input']).__name__} instead."
    return InvalidRequest(message, param, "invalid_type")
