"""Errors in OpenAI's shape.

Wire facts: OpenAI API reference, "Error codes". Every refusal is JSON of the form
`{"error": {"message": str, "type": str, "param": str | null, "code": str | null}}`.
"""

from collections.abc import Mapping
from typing import Any

INVALID_REQUEST = "invalid_request_error"


class ApiError(Exception):
    """An HTTP status with OpenAI's error body."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        error_type: str = INVALID_REQUEST,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Set what the client sees; `headers` are sent in addition to the usual ones."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.error_type = error_type
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """Return the JSON body."""
        return {
            "error": {
                "message": self.message,
                "type": self.error_type,
                "param": self.param,
                "code": self.code,
            }
        }


class InvalidRequest(ApiError):  # noqa: N818  # named as OpenAI names it
    """A request that OpenAI would refuse: 404 for an unknown model, otherwise 400."""

    def __init__(self, message: str, param: str | None, code: str | None) -> None:
        """Name the offending parameter as OpenAI does, for instance `input[2].id`."""
        super().__init__(404 if code == "model_not_found" else 400, message, code=code, param=param)


def unsupported_parameter(param: str) -> InvalidRequest:
    """Return the refusal of a parameter that the model does not support."""
    message = f"Unsupported parameter: '{param}' is not supported with this model."
    return InvalidRequest(message, param, "unsupported_parameter")


def unsupported_value(param: str, value: object, supported: tuple[str, ...]) -> InvalidRequest:
    """Return the refusal of a value that the model does not support, with the supported ones."""
    listed = ", ".join(f"'{item}'" for item in supported)
    message = (
        f"Unsupported value: '{value}' is not supported with this model. Supported values are: {listed}."
    )
    return InvalidRequest(message, param, "unsupported_value")
