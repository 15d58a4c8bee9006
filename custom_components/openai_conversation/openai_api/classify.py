"""The one map from a failure, reported by an exception or in a stream, to its kind.

The words decide first (`failure_words.py`), then the codes, then the HTTP status. Whatever shape an error of
a server has, its parts become clean text here (`server_text.py`). Source: OpenAI's page on error codes, as of
2026-11-22.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
import math
from typing import Any, Final, Self

import aiohttp
import httpx

from .errors import MAX_DETAIL, Failure, FailureKind, OpenAIRequestError
from .failure_words import kind_by_words, kind_of_connection, param_by_words, wait_by_words
from .http_client import StatusError
from .server_text import clean_detail

_BY_CODE: Final[Mapping[str, FailureKind]] = {
    "invalid_api_key": FailureKind.AUTH,
    "no_db_connection": FailureKind.AUTH,  # LiteLLM without a database, for every key but its own
    "unsupported_country_region_territory": FailureKind.REGION,
    "insufficient_quota": FailureKind.BILLING,
    "credit_balance_exhausted": FailureKind.BILLING,
    "organization_spend_limit_exceeded": FailureKind.BILLING,
    "project_spend_limit_exceeded": FailureKind.BILLING,
    "organization_usage_limit_exceeded": FailureKind.BILLING,
    "budget_exceeded": FailureKind.BILLING,
    "billing_hard_limit_reached": FailureKind.BILLING,
    "billing_not_active": FailureKind.BILLING,
    "rate_limit_exceeded": FailureKind.RATE_LIMIT,
    "slow_down": FailureKind.RATE_LIMIT,
    "model_not_found": FailureKind.MODEL_GONE,
    "deploymentnotfound": FailureKind.MODEL_GONE,
    "key_model_access_denied": FailureKind.MODEL_GONE,
    "operationnotsupported": FailureKind.MODEL_UNFIT,
    "context_length_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "exceed_context_size_error": FailureKind.CONTEXT_TOO_LONG,
    "model_max_prompt_tokens_exceeded": FailureKind.CONTEXT_TOO_LONG,
    "string_above_max_length": FailureKind.CONTEXT_TOO_LONG,
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
    501: FailureKind.NO_RESPONSES_API,
}

_READ: Final = 4_000
"""Characters of a message that are read. The sentence that matters comes first."""

_WAITS: Final = frozenset({FailureKind.RATE_LIMIT, FailureKind.SERVER, FailureKind.STARTING})
"""Failures that pass by themselves: only for these, the time to wait is read from the words."""


@dataclass(frozen=True, slots=True)
class _Report:
    """What a server says about a failure, as texts."""

    status: int | None
    code: str
    type: str
    message: str
    param: str

    @classmethod
    def read(cls, status: int | None, error: Any, key: str) -> Self:
        """Read the error object of an answer, or whatever the server sent in its place. The key is hidden."""
        if not isinstance(error, Mapping):
            return cls(status, "", "", clean_detail(error, limit=_READ, key=key), "")
        metadata = error.get("metadata")  # where OpenRouter keeps the words of the service behind it
        words = (
            error.get("message") or error.get("detail") or error.get("error"),
            metadata.get("raw") if isinstance(metadata, Mapping) else None,
        )
        message = " ".join(filter(None, (clean_detail(each, limit=_READ, key=key) for each in words)))
        code, kind, param = (_word(error.get(name), key) for name in ("code", "type", "param"))
        return cls(status, code, kind, message, param)

    @property
    def kind(self) -> FailureKind:
        """The kind of failure: by the words, else by the code, else by the status."""
        return (
            self._kind_of_unverified()
            or kind_by_words(self.status, self.message)
            or (FailureKind.UNSUPPORTED if self.param == "service_tier" else None)
            or _kind_by_code(self.code)
            or _kind_by_code(self.type)
            or self._kind_by_status()
        )

    def _kind_of_unverified(self) -> FailureKind | None:
        if "organization must be verified" not in self.message.lower():
            return None
        # without verification, reasoning summaries can be left out, but streaming cannot
        return FailureKind.UNSUPPORTED if self.param.startswith("reasoning") else FailureKind.ORGANIZATION

    def _kind_by_status(self) -> FailureKind:
        if self.status == 404 and self.param:
            # the path exists, and something in the request does not
            return FailureKind.MODEL_GONE if self.param == "model" else FailureKind.BAD_REQUEST
        if self.status is None:
            return FailureKind.SERVER
        if kind := _BY_STATUS.get(self.status):
            return kind
        if self.status >= 500:
            return FailureKind.SERVER
        return FailureKind.UNSUPPORTED if param_by_words(self.message) else FailureKind.BAD_REQUEST

    def failure(self, headers: Mapping[str, str] | None = None, key: str = "") -> Failure:
        """Return the failure. `headers`: of the answer. `key`: the API key, to be hidden in them."""
        kind = self.kind
        headers = headers or {}
        param = self.param or None
        if kind is FailureKind.UNSUPPORTED:
            param = param or param_by_words(self.message)
        # some servers repeat half of a key that they refuse
        words = "" if kind is FailureKind.AUTH else self.message
        detail = " ".join(str(part) for part in (self.status, self.code, words) if part)
        wait = _retry_after(headers)
        return Failure(
            kind=kind,
            detail=clean_detail(detail, limit=MAX_DETAIL),
            param=param,
            request_id=request_id(headers, key),
            retry_after=wait_by_words(self.message) if wait is None and kind in _WAITS else wait,
        )


def request_id(headers: Mapping[str, str], key: str) -> str | None:
    """Return the id that a server gave a request, for the log. `key`: the API key, which is hidden."""
    return clean_detail(headers.get("x-request-id"), limit=100, key=key) or None


def _word(value: Any, key: str) -> str:
    """Return a field of an error as a word; "" if it is not one."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        word = clean_detail(str(value), limit=100, key=key)
        return "" if word in ("None", "null") else word  # LiteLLM writes them like this
    return ""


def _kind_by_code(code: str) -> FailureKind | None:
    code = code.lower()
    # "invalid_image_format", "image_too_large", and a dozen more
    return _BY_CODE.get(code) or (FailureKind.ATTACHMENT if "image" in code else None)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name) or "nan") * unit
        except ValueError:  # a date, or junk: ignored
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def classify(err: Exception) -> Failure:
    """Classify an exception of an HTTP client, a status, or a timeout of ours."""
    if not isinstance(err, StatusError):
        return _without_answer(err)
    if 300 <= err.status < 400:
        return _redirect(err)
    return _Report.read(err.status, err.error, err.key).failure(err.headers, err.key)


_NOT_CONNECTED: Final = (httpx.ConnectError, aiohttp.ClientConnectorError)


def _without_answer(err: Exception) -> Failure:
    """Return the failure of a request that got no answer, or not all of it."""
    if isinstance(err, httpx.ConnectTimeout):
        return Failure(kind=FailureKind.CONNECTION, detail=type(err).__name__, connected=False)
    if isinstance(err, (httpx.TimeoutException, TimeoutError)):
        return Failure(kind=FailureKind.TIMEOUT, detail=type(err).__name__)
    if isinstance(err, aiohttp.WSServerHandshakeError):
        # OpenAI's refusal and that of a proxy look the same, since aiohttp drops the body
        return Failure(kind=FailureKind.NO_WEBSOCKET, detail=f"upgrade refused with {err.status}")
    if isinstance(err, (httpx.HTTPError, aiohttp.ClientConnectionError)):
        words = f"{type(err).__name__}: {err}"
        return Failure(
            kind=kind_of_connection(words),
            detail=clean_detail(words, limit=MAX_DETAIL, key=_key_of(err)),
            connected=not isinstance(err, _NOT_CONNECTED),
        )
    # the words of aiohttp's other errors may hold headers, and so the key
    return Failure(kind=FailureKind.CONNECTION, detail=type(err).__name__)


def _redirect(err: StatusError) -> Failure:
    location = clean_detail(err.headers.get("location"), limit=200, key=err.key)
    return Failure(kind=FailureKind.REDIRECT, detail=f"{err.status} to {location}", location=location or None)


def classify_event(error: Any, *, key: str = "") -> Failure:
    """Classify the error object of a stream: of `response.failed`, or the `error` event itself.

    A stream has no status. An error without known words or a known code counts as the server's fault.
    """
    return _Report.read(None, error, key).failure()


def raise_reported(answer: Any, key: str) -> None:
    """Raise `OpenAIRequestError` for an error in an answer with the status 200. `key`: to be hidden."""
    if isinstance(answer, Mapping) and answer.get("error") is not None:
        raise OpenAIRequestError(classify_event(answer["error"], key=key))


def _key_of(err: Exception) -> str:
    """Return the API key that a failed request was sent with, "" if it is not known."""
    try:
        request = err.request  # type: ignore[attr-defined]
    except AttributeError, RuntimeError:  # httpx raises it for an error without a request
        return ""
    return str(request.headers.get("authorization", "")).removeprefix("Bearer ").strip()


_MALFORMED: Final = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Exceptions of code that reads an answer of an unexpected shape. `ValueError` includes broken JSON."""


@contextmanager
def classified(*, malformed: FailureKind | None = None) -> Generator[None]:
    """Raise `OpenAIRequestError` in place of the exceptions of a request, and of a timeout.

    `malformed`: the kind of failure to raise for an answer of an unexpected shape. Without it, the exceptions
    of code that reads such an answer pass through.
    """
    try:
        yield
    except (StatusError, httpx.HTTPError, aiohttp.ClientError, TimeoutError) as err:
        raise OpenAIRequestError(classify(err)) from err
    except _MALFORMED as err:
        if malformed is None:
            raise
        raise OpenAIRequestError.of(malformed, f"malformed answer: {err!r}") from err
