"""Would OpenAI accept this request?

The shape is checked against the SDK's types, the rest by hand-written rules. Facts:
OpenAI API reference, "Create a model response".
"""

from datetime import date
import re
from typing import Any

from openai.types.responses.response_create_params import (
    ResponseCreateParamsNonStreaming,
    ResponseCreateParamsStreaming,
)

from .errors import InvalidRequest
from .family_rules import check_family
from .input_rules import check_input
from .models import TODAY, is_chat_model, is_shut_down
from .schema_rules import check_schemas
from .shapes import check_body, check_present, check_range

__all__ = ["InvalidRequest", "validate_response_request"]

_FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def validate_response_request(body: dict[str, Any], *, today: date = TODAY) -> None:
    """Check the body of a `POST /v1/responses`; raise InvalidRequest if OpenAI would refuse it.

    `today` decides which models are shut down.
    """
    # OpenAI's own rule; the SDK's types leave both optional, for stored prompts.
    check_present(body, "model", "input")
    streams = body.get("stream") is True
    check_body(body, ResponseCreateParamsStreaming if streams else ResponseCreateParamsNonStreaming)
    _check_limits(body)
    _check_model(body["model"], today)
    check_family(body)
    check_schemas(body)
    if isinstance(body.get("input"), list):
        check_input(body["input"])


# --- limits of single values ---


def _check_limits(body: dict[str, Any]) -> None:
    check_range(body, "max_output_tokens", 16, None)
    check_range(body, "temperature", 0, 2)
    check_range(body, "top_p", 0, 1)
    check_range(body, "top_logprobs", 0, 20)
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


# --- what the model supports ---


def _check_model(model: str, today: date) -> None:
    if not is_chat_model(model):
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise InvalidRequest(message, "model", "model_not_found")
    if is_shut_down(model, today):
        message = f"The model `{model}` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations"
        raise InvalidRequest(message, "model", "model_not_found")
