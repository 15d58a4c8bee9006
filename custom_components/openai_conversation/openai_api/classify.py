"""The one map from a failure, as an exception or an event of a stream tells it, to its kind.

Source: the SDK's exceptions and OpenAI's page on error codes, as of 2026-11-22.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
import re
from typing import Any, Final

import httpx
import openai

from .errors import Failure, FailureKind, OpenAIRequestError

_BY_CODE: Final[Mapping[str, FailureKind]] = {
    "invalid_api_key": FailureKind.AUTH,
    "unsupported_country_region_territory": FailureKind.REGION,
    "insufficient_quota": FailureKind.BILLING,
    "credit_balance_exhausted": FailureKind.BILLING,
    "organization_spend_limit_exceeded": FailureKind.BILLING,
    "project_spend_limit_exceeded": FailureKind.BILLING,
    "organization_usage_limit_exceeded": FailureKind.BILLING,
    "rate_limit_exceeded": FailureKind.RATE_LIMIT,
    "slow_down": FailureKind.RATE_LIMIT,
    "model_not_found": FailureKind.MODEL_GONE,
    "context_length_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "unsupported_parameter": FailureKind.UNSUPPORTED,
    "unsupported_value": FailureKind.UNSUPPORTED,
    "unknown_parameter": FailureKind.UNSUPPORTED,
    "moderation_blocked": FailureKind.REFUSED,
    "content_policy_violation": FailureKind.REFUSED,
    "content_filter": FailureKind.REFUSED,
    "invalid_prompt": FailureKind.REFUSED,
    "image_generation_user_error": FailureKind.REFUSED,
    "bio_policy": FailureKind.REFUSED,
    "misalignment_policy_violation": FailureKind.REFUSED,
    "invalid_json_schema": FailureKind.STRUCTURE,
    "server_error": FailureKind.SERVER,
    "server_is_overloaded": FailureKind.SERVER,
    "service_unavailable": FailureKind.SERVER,
}

_KEY: Final = re.compile(r"\bsk-[\w-]+|(?<=Bearer )\S+")

_BY_STATUS: Final[Mapping[int, FailureKind]] = {
    401: FailureKind.AUTH,
    402: FailureKind.BILLING,
    403: FailureKind.PERMISSION,
    404: FailureKind.NO_RESPONSES_API,
    405: FailureKind.NO_RESPONSES_API,
    408: FailureKind.TIMEOUT,
    409: FailureKind.SERVER,
    413: FailureKind.TOO_LARGE,
    429: FailureKind.RATE_LIMIT,
}


def _kind(
    status: int | None, code: str | None, error_type: str | None, message: str, param: str | None
) -> FailureKind:
    if kind := _kind_by_words(status, message, param):
        return kind
    if param == "service_tier":
        return FailureKind.UNSUPPORTED
    if kind := _kind_by_code(code) or _kind_by_code(error_type):
        return kind
    if status == 404 and (param == "model" or error_type == "not_found_error"):
        return FailureKind.MODEL_GONE  # as some compatible servers say it
    if status == 404 and (param or "").startswith("input"):
        return FailureKind.BAD_REQUEST  # an item of the conversation that OpenAI has not kept
    return _kind_by_status(status)


def _kind_by_status(status: int | None) -> FailureKind:
    if status is None or status >= 500:
        return FailureKind.SERVER
    return _BY_STATUS.get(status, FailureKind.BAD_REQUEST)


def _kind_by_code(code: str | None) -> FailureKind | None:
    if code is None:
        return None
    # "invalid_image_format", "image_too_large" and a dozen more
    return _BY_CODE.get(code) or (FailureKind.ATTACHMENT if "image" in code else None)


def _kind_by_words(status: int | None, message: str, param: str | None) -> FailureKind | None:
    """Tell the two failures apart that have nothing but words of their own."""
    text = message.lower()
    if status in (401, 403) and ("allowlist" in text or "ip address" in text):
        return FailureKind.NETWORK_NOT_ALLOWED
    if status in (400, 403) and "organization must be verified" in text:
        # an unverified organization may do without what it was refused, but not without streaming
        optional = (param or "").startswith("reasoning")
        return FailureKind.UNSUPPORTED if optional else FailureKind.ORGANIZATION
    return None


def _detail(kind: FailureKind, status: int | None, code: str | None, message: str) -> str:
    # Some servers repeat the key when they refuse it.
    words = "" if kind is FailureKind.AUTH else _without_key(message[:300])
    return " ".join(str(part) for part in (status, code, words) if part)


def _without_key(text: str) -> str:
    return _KEY.sub("…", text)


def classify(err: Exception) -> Failure:
    """Classify an exception of the SDK, what it lets through from the HTTP client, or a timeout of ours."""
    if isinstance(err, (openai.APITimeoutError, httpx.TimeoutException, TimeoutError)):
        return Failure(kind=FailureKind.TIMEOUT, detail=type(err).__name__)
    if isinstance(err, httpx.HTTPError):
        return Failure(kind=FailureKind.CONNECTION, detail=_without_key(repr(err)))
    if isinstance(err, openai.APIConnectionError):
        return Failure(
            kind=FailureKind.CONNECTION, detail=_without_key(f"{err} {err.__cause__ or ''}").strip()
        )
    if not isinstance(err, openai.APIError):
        return Failure(kind=FailureKind.BAD_REQUEST, detail=type(err).__name__)
    status = err.status_code if isinstance(err, openai.APIStatusError) else None
    code = None if err.code is None else str(err.code)  # other servers send numbers
    # the SDK's own message repeats the whole body
    body = err.body.get("message") if isinstance(err.body, dict) else err.body
    message = str(body or "")
    kind = _kind(status, code, err.type, message, err.param)
    response = err.response if isinstance(err, openai.APIStatusError) else None
    return Failure(
        kind=kind,
        detail=_detail(kind, status, code, message),
        param=err.param,
        request_id=response.headers.get("x-request-id") if response else None,
        retry_after=_retry_after(response.headers) if response else None,
    )


def classify_event(error: Mapping[str, Any]) -> Failure:
    """Classify the error object of a stream: of `response.failed`, or the `error` event itself."""
    code = None if error.get("code") is None else str(error["code"])
    message = str(error.get("message") or "")
    param = error.get("param")
    # Inside a stream there is no status; an error without a known code is the server's.
    kind = _kind(None, code, error.get("type"), message, param)
    return Failure(kind=kind, detail=_detail(kind, None, code, message), param=param)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        if milliseconds := headers.get("retry-after-ms"):
            return float(milliseconds) / 1000
        if seconds := headers.get("retry-after"):
            return float(seconds)
    except ValueError:  # a date, or nonsense: as if it was not there
        pass
    return None


_MALFORMED: Final = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What reading an answer raises that is not of the expected shape. `ValueError` includes broken JSON."""


@contextmanager
def classified(*, malformed: FailureKind | None = None) -> Generator[None]:
    """Raise `OpenAIRequestError` in place of the SDK's exceptions and of a timeout.

    `malformed`: the kind of failure that an answer of an unexpected shape is. Without it the errors
    that reading such an answer raises pass. The exceptions of the HTTP client are included, because
    older SDKs let them through while an answer streams in.
    """
    try:
        yield
    except (openai.OpenAIError, httpx.HTTPError, TimeoutError) as err:
        raise OpenAIRequestError(classify(err)) from err
    except _MALFORMED as err:
        if malformed is None:
            raise
        raise OpenAIRequestError.of(malformed, f"malformed answer: {err!r}") from err
