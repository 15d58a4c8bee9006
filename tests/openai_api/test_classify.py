"""Every failure that OpenAI and compatible servers know, as an answer and in a stream."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
import html
import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from custom_components.openai_conversation.openai_api.classify import classified, classify, classify_event
from custom_components.openai_conversation.openai_api.errors import Failure, FailureKind, OpenAIRequestError

from .failed import exception_for

KEY = "sk-test-of-the-house"
URL = "https://api.openai.com/v1"
VERIFY = "Your organization must be verified to {}. Please go to {} and click on Verify Organization."


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """An answer of the server, and what it means."""

    status: int
    error: dict[str, Any] | str | None = None
    kind: FailureKind
    headers: dict[str, str] = field(default_factory=dict)
    retry_after: float | None = None

    @property
    def param(self) -> str | None:
        return self.error.get("param") if isinstance(self.error, dict) else None

    @property
    def response(self) -> httpx.Response:
        headers = {"x-request-id": "req_42", **self.headers}
        if isinstance(self.error, dict):
            error = {"message": "Some words.", "type": None, "param": None, "code": None, **self.error}
            return httpx.Response(self.status, headers=headers, json={"error": error})
        return httpx.Response(self.status, headers=headers, text=self.error or "")


REFUSALS = {
    # the key
    "401 wrong key": Refusal(
        status=401,
        error={"code": "invalid_api_key", "message": f"Incorrect API key provided: {KEY}."},
        kind=FailureKind.AUTH,
    ),
    "401 not a member": Refusal(
        status=401,
        error={"message": "You must be a member of an organization to use the API"},
        kind=FailureKind.AUTH,
    ),
    "401 without a body": Refusal(status=401, kind=FailureKind.AUTH),
    "401 address": Refusal(
        status=401,
        error={"message": "Your IP address is not on the project's allowlist."},
        kind=FailureKind.NETWORK_NOT_ALLOWED,
    ),
    "403 address": Refusal(
        status=403,
        error={"message": "Access denied by the IP Allowlist."},
        kind=FailureKind.NETWORK_NOT_ALLOWED,
    ),
    "403 region": Refusal(
        status=403, error={"code": "unsupported_country_region_territory"}, kind=FailureKind.REGION
    ),
    "403 organization for the model": Refusal(
        status=403,
        error={"message": VERIFY.format("use the model `gpt-6-astra`", "there")},
        kind=FailureKind.ORGANIZATION,
    ),
    "400 organization for streaming": Refusal(
        status=400,
        error={
            "message": VERIFY.format("stream this model", "there"),
            "code": "unsupported_value",
            "param": "stream",
        },
        kind=FailureKind.ORGANIZATION,
    ),
    "400 organization for summaries": Refusal(
        status=400,
        error={
            "message": VERIFY.format("generate reasoning summaries", "there"),
            "code": "unsupported_value",
            "param": "reasoning.summary",
        },
        kind=FailureKind.UNSUPPORTED,
    ),
    "403 organization for summaries": Refusal(
        status=403,
        error={"message": VERIFY.format("do this", "there"), "param": "reasoning.summary"},
        kind=FailureKind.UNSUPPORTED,
    ),
    "403 scope": Refusal(
        status=403,
        error={"message": "You have insufficient permissions. Missing scopes: api.responses.write."},
        kind=FailureKind.PERMISSION,
    ),
    "403 project": Refusal(
        status=403, error={"message": "The project has no access."}, kind=FailureKind.PERMISSION
    ),
    # the account
    "402 no credit": Refusal(
        status=402, error={"code": 402, "message": "Insufficient credits"}, kind=FailureKind.BILLING
    ),
    "429 quota by type": Refusal(status=429, error={"type": "insufficient_quota"}, kind=FailureKind.BILLING),
    **{
        f"429 {code}": Refusal(status=429, error={"code": code}, kind=FailureKind.BILLING)
        for code in (
            "insufficient_quota",
            "credit_balance_exhausted",
            "organization_spend_limit_exceeded",
            "project_spend_limit_exceeded",
            "organization_usage_limit_exceeded",
        )
    },
    "429 rate, seconds": Refusal(
        status=429,
        error={"code": "rate_limit_exceeded", "type": "tokens"},
        headers={"retry-after": "20"},
        kind=FailureKind.RATE_LIMIT,
        retry_after=20,
    ),
    "429 rate, milliseconds first": Refusal(
        status=429,
        error={"code": "slow_down"},
        headers={"retry-after": "1", "retry-after-ms": "250"},
        kind=FailureKind.RATE_LIMIT,
        retry_after=0.25,
    ),
    "429 rate, a date": Refusal(
        status=429,
        error={"code": "rate_limit_exceeded"},
        headers={"retry-after": "Sun, 22 Nov 2026 12:00:20 GMT"},
        kind=FailureKind.RATE_LIMIT,
    ),
    "429 flex": Refusal(
        status=429, error={"message": "Resource unavailable, try later."}, kind=FailureKind.RATE_LIMIT
    ),
    # the request
    "400 context": Refusal(
        status=400,
        error={"code": "context_length_exceeded", "param": "input"},
        kind=FailureKind.CONTEXT_TOO_LONG,
    ),
    "400 parameter": Refusal(
        status=400,
        error={"code": "unsupported_parameter", "param": "temperature"},
        kind=FailureKind.UNSUPPORTED,
    ),
    "400 value": Refusal(
        status=400,
        error={"code": "unsupported_value", "param": "reasoning.effort"},
        kind=FailureKind.UNSUPPORTED,
    ),
    "400 unknown parameter": Refusal(
        status=400,
        error={"code": "unknown_parameter", "param": "prompt_cache_key"},
        kind=FailureKind.UNSUPPORTED,
    ),
    "400 tier with a code": Refusal(
        status=400,
        error={"code": "invalid_value", "param": "service_tier"},
        kind=FailureKind.UNSUPPORTED,
    ),
    "400 tier": Refusal(
        status=400,
        error={"type": "invalid_request_error", "param": "service_tier"},
        kind=FailureKind.UNSUPPORTED,
    ),
    "400 input": Refusal(
        status=400,
        error={"type": "invalid_request_error", "param": "input"},
        kind=FailureKind.BAD_REQUEST,
    ),
    "400 previous response": Refusal(
        status=400,
        error={"code": "previous_response_not_found", "param": "previous_response_id"},
        kind=FailureKind.BAD_REQUEST,
    ),
    "400 without a body": Refusal(status=400, kind=FailureKind.BAD_REQUEST),
    **{
        f"400 {code}": Refusal(status=400, error={"code": code}, kind=FailureKind.REFUSED)
        for code in (
            "moderation_blocked",
            "content_policy_violation",
            "content_filter",
            "invalid_prompt",
            "misalignment_policy_violation",
        )
    },
    "413": Refusal(status=413, error="<html>Request Entity Too Large</html>", kind=FailureKind.TOO_LARGE),
    "422": Refusal(status=422, error={"message": "Field required"}, kind=FailureKind.BAD_REQUEST),
    **{
        f"400 {code}": Refusal(status=400, error={"code": code}, kind=FailureKind.ATTACHMENT)
        for code in ("invalid_image_format", "image_too_large", "image_parse_error")
    },
    # the model
    "404 model": Refusal(
        status=404, error={"code": "model_not_found", "param": "model"}, kind=FailureKind.MODEL_GONE
    ),
    "404 item": Refusal(
        status=404,
        error={
            "message": "Item with id 'rs_1' not found.",
            "type": "invalid_request_error",
            "param": "input",
        },
        kind=FailureKind.BAD_REQUEST,
    ),
    "404 page": Refusal(status=404, error="404 page not found", kind=FailureKind.NO_RESPONSES_API),
    "405 page": Refusal(status=405, error="Method Not Allowed", kind=FailureKind.NO_RESPONSES_API),
    # the way there
    "408": Refusal(status=408, kind=FailureKind.TIMEOUT),
    "409": Refusal(status=409, kind=FailureKind.SERVER),
    "500 server_error": Refusal(status=500, error={"code": "server_error"}, kind=FailureKind.SERVER),
    "503 overloaded": Refusal(
        status=503,
        error={"code": "server_is_overloaded"},
        headers={"retry-after": "3"},
        kind=FailureKind.SERVER,
        retry_after=3,
    ),
    "503 unavailable": Refusal(status=503, error={"code": "service_unavailable"}, kind=FailureKind.SERVER),
    "502 of a proxy": Refusal(status=502, error="<html>Bad Gateway</html>", kind=FailureKind.SERVER),
    "500 with a number as code": Refusal(status=500, error={"code": 500}, kind=FailureKind.SERVER),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
async def test_what_a_refusal_means(refusal: Refusal) -> None:
    failure = classify(await exception_for(refusal.response))

    assert failure.kind is refusal.kind
    assert failure.param == refusal.param
    assert failure.request_id == "req_42"
    assert failure.retry_after == refusal.retry_after
    assert str(refusal.status) in failure.detail
    assert KEY not in failure.detail


async def test_the_detail_tells_status_code_and_words() -> None:
    refusal = Refusal(
        status=400,
        error={"code": "unsupported_value", "message": "Choose low."},
        kind=FailureKind.UNSUPPORTED,
    )

    failure = classify(await exception_for(refusal.response))

    assert failure.detail.startswith("400 unsupported_value")
    assert "Choose low." in failure.detail


async def test_a_long_message_is_cut_in_the_log() -> None:
    refusal = Refusal(status=400, error={"message": "word " * 1000}, kind=FailureKind.BAD_REQUEST)

    assert len(classify(await exception_for(refusal.response)).detail) < 500


async def test_of_an_answer_without_anything_the_status_is_left() -> None:
    failure = classify(await exception_for(httpx.Response(500)))

    assert failure == Failure(kind=FailureKind.SERVER, detail="500")


def test_of_an_error_in_a_stream_without_anything_nothing_is_left() -> None:
    assert classify_event({}) == Failure(kind=FailureKind.SERVER, detail="")


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_a_server_that_repeats_the_key_does_not_get_it_into_the_log(status: int) -> None:
    error = {"message": f"The key {KEY} may not do this."}
    refusal = Refusal(status=status, error=error, kind=FailureKind.PERMISSION)

    assert KEY not in classify(await exception_for(refusal.response)).detail


KEYS = ("a1b2-c3d4-e5f6", "Pa$$w0rd & <more>/9+", "0123456789abcdef" * 10, "geheim")


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "form", [str, str.upper, quote, html.escape, json.dumps, repr, b64], ids=lambda f: f.__name__
)
async def test_a_key_of_any_form_is_hidden_in_any_form(key: str, form: Callable[[str], str]) -> None:
    error = {
        "message": f"Denied for {form(key)}, which is {form(key)}",
        "code": form(key),
        "param": form(key),
    }
    headers = {"x-request-id": key}

    failure = classify(
        await exception_for(httpx.Response(400, json={"error": error}, headers=headers), key=key)
    )

    assert failure.detail.startswith("400")
    assert key.lower() not in repr(failure).lower()
    assert form(key).strip("\"'") not in repr(failure)


async def test_no_half_of_a_key_is_left_at_the_end_of_a_long_message() -> None:
    key = "0123456789abcdef" * 10
    error = {"message": f"{'x' * 250} {key}"}

    failure = classify(await exception_for(httpx.Response(400, json={"error": error}), key=key))

    assert "0123" not in failure.detail


@pytest.mark.parametrize(
    "message",
    [
        "first\nsecond",
        "first\r\nsecond",
        "first\u2028second",
        "first\x85second",
        "first\x0b\nsecond",
        "\x1b[31mfirst second",
    ],
    ids=ascii,
)
async def test_a_servers_words_are_one_line_of_the_log(message: str) -> None:
    failure = classify(await exception_for(httpx.Response(400, json={"error": {"message": message}})))

    assert len(failure.detail.splitlines()) == 1
    assert failure.detail.isprintable()


@pytest.mark.parametrize(
    "value",
    [7, 1.5, True, None, [], ["a"], {}, {"a": 1}, "\ud83d", "x" * 100_000],
    ids=lambda v: repr(v)[:20],
)
@pytest.mark.parametrize("name", ["message", "type", "code", "param"])
@pytest.mark.parametrize("status", [400, 404, 429, 500])
async def test_the_fields_of_an_error_may_be_anything(status: int, name: str, value: Any) -> None:
    error = {"message": "Some words.", "type": None, "param": None, "code": None, name: value}
    answer = httpx.Response(status, content=json.dumps({"error": error}))

    failure = classify(await exception_for(answer))

    assert failure.detail.isprintable()
    assert len(failure.detail) <= 300
    assert failure.param is None or isinstance(failure.param, str)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b'"words"', b"{", b"\xff\xfe", b"[" * 100_000, b'{"error": [1]}'],
    ids=lambda b: repr(b[:12]),
)
async def test_the_body_of_an_error_may_be_anything(body: bytes) -> None:
    failure = classify(await exception_for(httpx.Response(500, content=body)))

    assert failure.kind is FailureKind.SERVER
    assert failure.detail.startswith("500")


@pytest.mark.parametrize("value", ["nan", "-3", "inf", "1e999", "soon", ""])
async def test_a_time_to_wait_that_is_not_one(value: str) -> None:
    failure = classify(await exception_for(httpx.Response(429, headers={"retry-after": value})))

    assert failure.retry_after in (None, 0)


async def test_a_redirect_names_the_new_address() -> None:
    answer = httpx.Response(308, headers={"location": "https://home.example/v1/responses"})

    failure = classify(await exception_for(answer))

    assert failure.kind is FailureKind.REDIRECT
    assert failure.location == "https://home.example/v1/responses"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectError("All connection attempts failed"), FailureKind.CONNECTION),
        (
            httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired"),
            FailureKind.CERTIFICATE,
        ),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), FailureKind.WRONG_SCHEME),
        (httpx.RemoteProtocolError("Server disconnected"), FailureKind.CONNECTION),
        (httpx.ConnectTimeout("slow"), FailureKind.CONNECTION),
        (httpx.ReadTimeout("slow"), FailureKind.TIMEOUT),
        (httpx.PoolTimeout("slow"), FailureKind.TIMEOUT),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
async def test_a_server_that_cannot_be_reached(error: Exception, kind: FailureKind) -> None:
    failure = classify(await exception_for(error))

    assert failure.kind is kind
    assert failure.request_id is None
    assert failure.retry_after is None


async def test_why_there_is_no_connection_is_in_the_log() -> None:
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")

    assert "CERTIFICATE_VERIFY_FAILED" in classify(await exception_for(error)).detail


async def test_a_key_that_cannot_be_sent_is_not_in_the_log() -> None:
    # what the HTTP client says of a key with a line feed behind it
    error = httpx.LocalProtocolError(f"Illegal header value b'Bearer {KEY}\\n'")

    failure = classify(await exception_for(error))

    assert KEY not in failure.detail


def test_a_timeout_of_ours() -> None:
    assert classify(TimeoutError()).kind is FailureKind.TIMEOUT


async def test_a_request_that_cannot_be_sent() -> None:
    # a host name with a label that is too long, and a client that Home Assistant has closed
    for error in (UnicodeError("label too long"), RuntimeError("the client has been closed"), OSError("x")):
        failure = classify(await exception_for(error))

        assert failure.kind is FailureKind.CONNECTION
        assert not failure.connected


async def test_a_refusal_whose_body_breaks_off_keeps_its_status() -> None:
    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b'{"error": '
            raise httpx.ReadError("reset")

    failure = classify(await exception_for(httpx.Response(401, stream=Body())))

    assert failure.kind is FailureKind.AUTH


async def test_a_refusal_is_not_read_without_end() -> None:
    read = 0

    class Body(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            nonlocal read
            while True:
                read += 65_536
                yield b"x" * 65_536

    failure = classify(await exception_for(httpx.Response(500, stream=Body())))
    for _ in range(5):
        await asyncio.sleep(0)  # let the loop tidy up the HTTP client's generators that were left early

    assert failure.kind is FailureKind.SERVER
    assert read <= 2 * 1024 * 1024


EVENTS = {
    "server_error": ({"code": "server_error", "message": "Oops."}, FailureKind.SERVER),
    "rate_limit_exceeded": ({"code": "rate_limit_exceeded"}, FailureKind.RATE_LIMIT),
    "insufficient_quota": ({"code": None, "type": "insufficient_quota"}, FailureKind.BILLING),
    "credit_balance_exhausted": ({"code": "credit_balance_exhausted"}, FailureKind.BILLING),
    "context_length_exceeded": ({"code": "context_length_exceeded"}, FailureKind.CONTEXT_TOO_LONG),
    "invalid_prompt": ({"code": "invalid_prompt"}, FailureKind.REFUSED),
    "bio_policy": ({"code": "bio_policy"}, FailureKind.REFUSED),
    "misalignment": ({"code": "misalignment_policy_violation"}, FailureKind.REFUSED),
    "invalid_image_format": ({"code": "invalid_image_format"}, FailureKind.ATTACHMENT),
    "server_is_overloaded": ({"code": "server_is_overloaded"}, FailureKind.SERVER),
    "a code of tomorrow": ({"code": "vector_store_timeout"}, FailureKind.SERVER),
    "a number": ({"code": 502, "message": None}, FailureKind.SERVER),
    "nothing": ({}, FailureKind.SERVER),
}


@pytest.mark.parametrize(("error", "kind"), EVENTS.values(), ids=EVENTS.keys())
def test_what_an_error_in_a_stream_means(error: dict[str, Any], kind: FailureKind) -> None:
    failure = classify_event(error)

    assert failure.kind is kind
    assert failure.retry_after is None


def test_an_error_in_a_stream_names_its_parameter_and_words() -> None:
    error = {"code": "unsupported_parameter", "param": "top_p", "message": "No top_p."}

    failure = classify_event(error)

    assert failure == Failure(
        kind=FailureKind.UNSUPPORTED, param="top_p", detail="unsupported_parameter No top_p."
    )


def test_a_wrong_key_in_a_stream_is_not_repeated() -> None:
    failure = classify_event({"code": "invalid_api_key", "message": f"Wrong key {KEY}"})

    assert failure.kind is FailureKind.AUTH
    assert KEY not in failure.detail


def test_a_key_in_the_words_of_a_stream_is_not_repeated() -> None:
    failure = classify_event({"code": "server_error", "message": f"No upstream for {KEY}"})

    assert KEY not in failure.detail


@pytest.mark.parametrize("error", [TimeoutError(), httpx.ReadError("broken")])
def test_failures_carry_the_sentence_for_the_user(error: Exception) -> None:
    with pytest.raises(OpenAIRequestError) as caught, classified():
        raise error

    assert caught.value.failure == classify(error)
    assert caught.value.translation_domain == "openai_conversation"
    assert caught.value.translation_key == caught.value.failure.kind.value
    assert caught.value.__cause__ is error


def test_errors_of_others_pass() -> None:
    with pytest.raises(KeyError), classified():
        raise KeyError


@pytest.mark.parametrize(
    "error", [AttributeError("text"), KeyError("data"), TypeError("list"), ValueError("no JSON")], ids=repr
)
def test_an_answer_of_another_shape_is_the_failure_that_the_caller_names(error: Exception) -> None:
    with pytest.raises(OpenAIRequestError) as caught, classified(malformed=FailureKind.NO_IMAGE):
        raise error

    assert caught.value.failure.kind is FailureKind.NO_IMAGE
    assert caught.value.failure.detail == f"malformed answer: {error!r}"
    assert caught.value.__cause__ is error


def test_a_failure_within_keeps_its_kind() -> None:
    with pytest.raises(OpenAIRequestError) as caught, classified(malformed=FailureKind.NO_IMAGE):
        raise OpenAIRequestError.of(FailureKind.BILLING, "no credit")

    assert caught.value.failure == Failure(kind=FailureKind.BILLING, detail="no credit")
