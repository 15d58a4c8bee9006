"""What is tried again by itself, while nothing has been heard and no tool has run."""

from dataclasses import dataclass, field, replace
import re
from typing import Final

from ..openai_api.errors import Failure, FailureKind
from .request import Body, Omissions

LONGEST_WAIT: Final = 8.0
"""Seconds. Somebody waits: rather say that there is too much traffic than say nothing for longer."""

SHORT_WAIT: Final = 0.5
"""Seconds, where the server names none."""


@dataclass(frozen=True, slots=True)
class RetryState:
    """How to send a request: how long to wait before it, and what to leave out."""

    omissions: Omissions = field(default_factory=Omissions)
    wait: float = 0.0
    tried: frozenset[FailureKind] = frozenset()
    """Failures that were answered by another attempt; none is answered twice, dropped parameters aside."""


def next_retry(attempt: RetryState, failure: Failure, body: Body, time_left: float) -> RetryState | None:
    """Return how to try again, or None where that is of no use or takes longer than there is time (s)."""
    omissions = _further_omissions(attempt.omissions, failure, body)
    if omissions is not None:
        return RetryState(omissions, 0.0, attempt.tried)
    if failure.kind is FailureKind.STARTING:
        # a model that is loading is waited for as long as the turn has time
        wait = failure.loading_wait(time_left)
        return None if wait is None else replace(attempt, wait=wait)
    if failure.kind in attempt.tried:
        return None
    tried = attempt.tried | {failure.kind}
    match failure.kind:
        case FailureKind.CONNECTION:
            # most often a connection that the server had closed meanwhile
            return replace(attempt, wait=0.0, tried=tried)
        case FailureKind.RATE_LIMIT | FailureKind.SERVER:
            wait = SHORT_WAIT if failure.retry_after is None else failure.retry_after
            if wait <= min(LONGEST_WAIT, time_left):
                return replace(attempt, wait=wait, tried=tried)
    return None


def _further_omissions(made: Omissions, failure: Failure, body: Body) -> Omissions | None:
    """Return what more to leave out because of this failure, None for nothing."""
    match failure.kind:
        case FailureKind.RATE_LIMIT if body.get("service_tier") == "flex":
            return made.without("service_tier")
        case FailureKind.UNSUPPORTED if failure.param and _has(body, failure.param):
            return made.without(failure.param)
        case FailureKind.CONTEXT_TOO_LONG if not made.history:
            return replace(made, history=True)
        case FailureKind.BAD_REQUEST | FailureKind.UNSUPPORTED if (failure.param or "").startswith(
            "input"
        ) and _has_native_items(body):
            return replace(made, native_items=True)
    if "response_format" in body and _may_mean_format(failure):
        return replace(made, second_format=True)
    return None


def _may_mean_format(failure: Failure) -> bool:
    """Whether a server may not understand `response_format`: not every server names what it refuses."""
    if failure.kind is FailureKind.SERVER:
        return bool(re.search("grammar|schema|format", failure.detail, re.IGNORECASE))
    return failure.kind in (FailureKind.BAD_REQUEST, FailureKind.UNSUPPORTED, FailureKind.STRUCTURE)


def _has_native_items(body: Body) -> bool:
    # items that we write have no id of their own
    return any("id" in item for item in body["input"])


_ESSENTIAL: Final = frozenset({"model", "input", "instructions", "stream", "tools"})


def _has(body: Body, param: str) -> bool:
    name, _, inner = param.partition(".")
    if name in _ESSENTIAL or name not in body:
        return False
    return not inner or (isinstance(body[name], dict) and inner in body[name])
