"""What is tried again, how, and what is not."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.errors import Failure, FailureKind
from custom_components.openai_conversation.responses.request import Omissions
from custom_components.openai_conversation.responses.retry import RetryState, next_retry

BODY: dict[str, Any] = {
    "model": "gpt-6-luna",
    "input": [],
    "instructions": "",
    "stream": True,
    "tools": [],
    "max_output_tokens": 3000,
    "temperature": 1,
    "reasoning": {"effort": "low"},
    "include": ["reasoning.encrypted_content"],
    "service_tier": "default",
}
FLEX = {**BODY, "service_tier": "flex"}
NATIVE = {**BODY, "input": [{"type": "message", "role": "user"}, {"type": "reasoning", "id": "rs_1"}]}
TIME_ENOUGH = 60.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """A failure of an attempt, and the next one."""

    failure: Failure
    expected: RetryState | None
    attempt: RetryState = field(default_factory=RetryState)
    body: dict[str, Any] = field(default_factory=lambda: BODY)
    time_left: float = TIME_ENOUGH


def failure(kind: FailureKind, **more: Any) -> Failure:
    return Failure(kind=kind, **more)


def unsupported(param: str | None) -> Failure:
    return failure(FailureKind.UNSUPPORTED, param=param)


def rate_limit(seconds: float | None = None) -> Failure:
    return failure(FailureKind.RATE_LIMIT, retry_after=seconds)


def tried(*kinds: FailureKind, wait: float = 0.0) -> RetryState:
    return RetryState(wait=wait, tried=frozenset(kinds))


def without(*params: str, **more: Any) -> RetryState:
    return RetryState(Omissions(params=frozenset(params), **more))


CASES = {
    # what the server does not take is left out
    "a parameter": Case(failure=unsupported("temperature"), expected=without("temperature")),
    "a part of a parameter": Case(
        failure=unsupported("reasoning.effort"), expected=without("reasoning.effort")
    ),
    "another parameter": Case(
        attempt=without("top_p"),
        failure=unsupported("temperature"),
        expected=without("top_p", "temperature"),
    ),
    "one that was not sent": Case(failure=unsupported("verbosity"), expected=None),
    "a part that was not sent": Case(failure=unsupported("reasoning.summary"), expected=None),
    "one that has no parts": Case(failure=unsupported("temperature.x"), expected=None),
    "one without a name": Case(failure=unsupported(None), expected=None),
    **{
        f"no request without {param}": Case(failure=unsupported(param), expected=None)
        for param in ("model", "input", "instructions", "stream", "tools")
    },
    "the tier": Case(failure=unsupported("service_tier"), expected=without("service_tier")),
    "parameters keep what was tried": Case(
        attempt=tried(FailureKind.CONNECTION, wait=2),
        failure=unsupported("temperature"),
        expected=replace(without("temperature"), tried=frozenset({FailureKind.CONNECTION})),
    ),
    # flex
    "no flex at the moment": Case(body=FLEX, failure=rate_limit(600), expected=without("service_tier")),
    # too long, or items that the server does not know
    "too long": Case(
        failure=failure(FailureKind.CONTEXT_TOO_LONG), expected=RetryState(Omissions(history=True))
    ),
    "still too long": Case(
        attempt=RetryState(Omissions(history=True)),
        failure=failure(FailureKind.CONTEXT_TOO_LONG),
        expected=None,
    ),
    **{
        f"bad {param}": Case(
            failure=failure(kind, param=param),
            body=NATIVE,
            expected=RetryState(Omissions(native_items=True)),
        )
        for kind, param in (
            (FailureKind.BAD_REQUEST, "input"),
            (FailureKind.BAD_REQUEST, "input[3].summary"),
            (FailureKind.UNSUPPORTED, "input[1].status"),
        )
    },
    "bad input that is all our own": Case(
        failure=failure(FailureKind.BAD_REQUEST, param="input"), expected=None
    ),
    "still bad input": Case(
        attempt=RetryState(Omissions(native_items=True)),
        failure=failure(FailureKind.BAD_REQUEST, param="input"),
        expected=None,
    ),
    "bad otherwise": Case(failure=failure(FailureKind.BAD_REQUEST), expected=None),
    "bad elsewhere": Case(failure=failure(FailureKind.BAD_REQUEST, param="tools[0].name"), expected=None),
    # what may pass
    "no connection": Case(failure=failure(FailureKind.CONNECTION, connected=False), expected=None),
    "connection lost": Case(failure=failure(FailureKind.CONNECTION), expected=tried(FailureKind.CONNECTION)),
    "connection lost twice": Case(
        attempt=tried(FailureKind.CONNECTION), failure=failure(FailureKind.CONNECTION), expected=None
    ),
    "connection lost after a wait": Case(
        attempt=tried(FailureKind.SERVER, wait=2),
        failure=failure(FailureKind.CONNECTION),
        expected=tried(FailureKind.SERVER, FailureKind.CONNECTION),
    ),
    "trouble": Case(failure=failure(FailureKind.SERVER), expected=tried(FailureKind.SERVER, wait=0.5)),
    "trouble twice": Case(
        attempt=tried(FailureKind.SERVER, wait=0.5), failure=failure(FailureKind.SERVER), expected=None
    ),
    "traffic": Case(failure=rate_limit(), expected=tried(FailureKind.RATE_LIMIT, wait=0.5)),
    "traffic, at once": Case(failure=rate_limit(0.0), expected=tried(FailureKind.RATE_LIMIT)),
    "traffic, a short wait": Case(failure=rate_limit(8), expected=tried(FailureKind.RATE_LIMIT, wait=8)),
    "traffic, a long wait": Case(failure=rate_limit(8.1), expected=None),
    "traffic, just in time": Case(
        failure=rate_limit(3), time_left=3, expected=tried(FailureKind.RATE_LIMIT, wait=3)
    ),
    "traffic, no time": Case(failure=rate_limit(3), time_left=2.9, expected=None),
    "traffic, then no parameter": Case(
        attempt=replace(without("top_p"), tried=frozenset({FailureKind.SERVER})),
        failure=rate_limit(1),
        expected=replace(
            without("top_p"), wait=1, tried=frozenset({FailureKind.SERVER, FailureKind.RATE_LIMIT})
        ),
    ),
    # what does not pass by itself
    **{
        f"{kind.value} is final": Case(failure=failure(kind), expected=None)
        for kind in FailureKind
        if kind
        not in (
            FailureKind.CONTEXT_TOO_LONG,
            FailureKind.CONNECTION,
            FailureKind.RATE_LIMIT,
            FailureKind.SERVER,
            FailureKind.STARTING,
        )
    },
    "loading": Case(failure=failure(FailureKind.STARTING), expected=RetryState(wait=2)),
    "loading, still": Case(
        attempt=RetryState(wait=2), failure=failure(FailureKind.STARTING), expected=RetryState(wait=2)
    ),
    "loading, as long as it says": Case(
        failure=Failure(kind=FailureKind.STARTING, retry_after=5), expected=RetryState(wait=5)
    ),
    "loading, no time": Case(failure=failure(FailureKind.STARTING), time_left=1.9, expected=None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_next_attempt(case: Case) -> None:
    assert next_retry(case.attempt, case.failure, case.body, case.time_left) == case.expected
