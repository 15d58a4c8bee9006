"""Would OpenAI accept this request?

The shape is checked against the parameter types of the installed ``openai`` package, the rest by
hand-written rules. Facts: OpenAI API reference, "Create a model response".
"""

from datetime import date
from functools import cache
import re
from typing import Any

from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)
from pydantic import TypeAdapter
from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

from .errors import InvalidRequest, unsupported_parameter, unsupported_value
from .input_rules import check_input
from .models import TODAY, Family, family_of, is_chat_model, is_shut_down
from .schema_rules import check_schemas

__all__ = ["InvalidRequest", "validate_response_request"]

_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SAMPLING = ("temperature", "top_p", "top_logprobs")
_LOGPROBS = "message.output_text.logprobs"


def validate_response_request(body: dict[str, Any], *, today: date = TODAY) -> None:
    """Check the body of a ``POST /v1/responses``; raise InvalidRequest where OpenAI would refuse.

    ``today`` decides which models are dead.
    """
    _check_types(body)
    _check_limits(body)
    _check_model(body["model"], today)
    _check_family(body, family_of(body["model"]))
    check_schemas(body)
    if isinstance(body.get("input"), list):
        check_input(body["input"])


# --- types ---


@cache
def _validator(*, streaming: bool) -> SchemaValidator:
    params = ResponseCreateParamsStreaming if streaming else ResponseCreateParamsNonStreaming
    return SchemaValidator(_as_strict_as_the_server(TypeAdapter(params).core_schema))


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


def _check_types(body: dict[str, Any]) -> None:
    # OpenAI's own rule; the SDK's types leave both optional, for stored prompts.
    for param in ("model", "input"):
        if param not in body:
            raise InvalidRequest(
                f"Missing required parameter: '{param}'.", param, "missing_required_parameter"
            )
    try:
        _validator(streaming=body.get("stream") is True).validate_python(body, strict=True)
    except ValidationError as err:
        details = err.errors(include_url=False)
        raise _refusal(_most_telling(details, body), body) from err


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

    A union of item types yields errors for every member. Those of another ``type`` do not count; of
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


# --- limits of single values ---


def _check_limits(body: dict[str, Any]) -> None:
    _check_range(body, "max_output_tokens", 16, None)
    _check_range(body, "temperature", 0, 2)
    _check_range(body, "top_p", 0, 1)
    _check_range(body, "top_logprobs", 0, 20)
    if len(body.get("safety_identifier") or "") > 64:
        raise InvalidRequest(
            "Invalid 'safety_identifier': string too long. Expected a string with maximum length 64.",
            "safety_identifier",
            "string_above_max_length",
        )
    if body.get("previous_response_id") is not None:
        raise InvalidRequest(
            f"Previous response with id '{body['previous_response_id']}' not found.",
            "previous_response_id",
            "previous_response_not_found",
        )
    for index, tool in enumerate(body.get("tools") or ()):
        if tool["type"] == "function" and not _FUNCTION_NAME.fullmatch(tool["name"]):
            param = f"tools[{index}].name"
            message = f"Invalid '{param}': expected a string that matches '^[a-zA-Z0-9_-]{{1,64}}$'."
            raise InvalidRequest(message, param, "invalid_value")


def _check_range(body: dict[str, Any], param: str, minimum: int, maximum: int | None) -> None:
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


# --- what the model takes ---


def _check_model(model: str, today: date) -> None:
    if not is_chat_model(model):
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise InvalidRequest(message, "model", "model_not_found")
    if is_shut_down(model, today):
        message = f"The model `{model}` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations"
        raise InvalidRequest(message, "model", "model_not_found")


def _check_family(body: dict[str, Any], family: Family) -> None:
    _check_reasoning(body.get("reasoning") or {}, family)
    samples = family.sampling == "always" or (
        family.sampling == "without_reasoning" and family.effort_of(body) == "none"
    )
    for param in _SAMPLING:
        if body.get(param) is not None and not samples:
            raise unsupported_parameter(param)
    if _LOGPROBS in (body.get("include") or ()) and not samples:
        raise unsupported_parameter("include")
    if (body.get("text") or {}).get("verbosity") and not family.verbosity:
        raise unsupported_parameter("text.verbosity")
    _check_cache(body, family)


def _check_reasoning(reasoning: dict[str, Any], family: Family) -> None:
    for key, value in reasoning.items():
        if value is None:
            continue
        if not family.efforts:
            raise unsupported_parameter(f"reasoning.{key}")
        if key == "effort" and value not in family.efforts:
            raise unsupported_value("reasoning.effort", value, family.efforts)


def _check_cache(body: dict[str, Any], family: Family) -> None:
    if family.cache != "options" and body.get("prompt_cache_options") is not None:
        raise unsupported_parameter("prompt_cache_options")
    retention = body.get("prompt_cache_retention")
    if retention is None:
        return
    if family.cache == "options":
        raise unsupported_parameter("prompt_cache_retention")
    if family.cache not in ("both", retention):
        raise unsupported_value("prompt_cache_retention", retention, (family.cache,))
