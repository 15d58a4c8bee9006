"""Which requests are sent again automatically, as long as nothing was heard and no tool has run."""

from dataclasses import dataclass, field, replace
import math
import re
from typing import Final

from ..openai_api.errors import Failure, FailureKind
from .request import Body, Omissions

LONGEST_WAIT: Final = 8.0
"""Seconds. The user waits: after this long, it is better to report the failure than to say nothing."""

SHORT_WAIT: Final = 0.5
"""Seconds to wait if the server names no time."""


@dataclass(frozen=True, slots=True)
class RetryState:
    """How to send a request: how long to wait before it, and what to leave out."""

    omissions: Omissions = field(default_factory=Omissions)
    wait: float = 0.0
    tried: frozenset[FailureKind] = frozenset()
    """Failures after which the request was sent again without a change. Each kind gets one such retry."""


def next_retry(attempt: RetryState, failure: Failure, body: Body, time_left: float) -> RetryState | None:
    """Return how to send the request again; None: do not. `time_left`: seconds that may pass before it."""
    omissions = _further_omissions(attempt.omissions, failure, body)
    if omissions is not None:
        return RetryState(omissions, 0.0, attempt.tried)
    wait = wait_before_retry(failure)
    if wait is None or wait > time_left:
        return None
    if failure.kind is FailureKind.STARTING:
        # ask until the model is loaded, as long as the turn has time
        return replace(attempt, wait=wait)
    if failure.kind in attempt.tried:
        return None
    return replace(attempt, wait=wait, tried=attempt.tried | {failure.kind})


def wait_before_retry(failure: Failure) -> float | None:
    """Return the seconds after which the same request may succeed; None: never, or not soon enough."""
    match failure.kind:
        case FailureKind.STARTING:
            return failure.loading_wait(math.inf)
        case FailureKind.CONNECTION if failure.connected:
            # usually an idle connection that the server has closed
            return 0.0
        case FailureKind.RATE_LIMIT | FailureKind.SERVER:
            wait = SHORT_WAIT if failure.retry_after is None else failure.retry_after
            return wait if wait <= LONGEST_WAIT else None
    return None


def _further_omissions(current: Omissions, failure: Failure, body: Body) -> Omissions | None:
    """Return the omissions with one more because of this failure; None: there is nothing to leave out."""
    match failure.kind:
        case FailureKind.RATE_LIMIT if body.get("service_tier") == "flex":
            return current.without("service_tier")
        case FailureKind.UNSUPPORTED if failure.param and _has(body, failure.param):
            return current.without(failure.param)
        case FailureKind.CONTEXT_TOO_LONG if not current.history:
            return replace(current, history=True)
        case FailureKind.BAD_REQUEST | FailureKind.UNSUPPORTED | FailureKind.STRUCTURE if tool := (
            _refused_tool(failure, body)
        ):
            return current.without(f"tools.{tool}")
        case FailureKind.BAD_REQUEST | FailureKind.UNSUPPORTED if (failure.param or "").startswith(
            "input"
        ) and _has_native_items(body):
            return replace(current, native_items=True)
    is_about_format = "response_format" in body and _may_be_about_format(failure)
    return replace(current, second_format=True) if is_about_format else None


def _refused_tool(failure: Failure, body: Body) -> str | None:
    """Return the name of the tool that a server refuses, by its place in the request or by its name."""
    names = [tool.get("name") for tool in body.get("tools", ())]
    if match := _TOOL_BY_PLACE.match(failure.param or ""):
        place = int(match[1])
        return names[place] if place < len(names) else None
    match = _TOOL_BY_NAME.search(failure.detail)
    return match[1] if match and match[1] in names else None


def _may_be_about_format(failure: Failure) -> bool:
    """Whether a server may have refused `response_format`: not every server names what it refuses."""
    if failure.kind is FailureKind.SERVER:
        return bool(re.search("grammar|schema|format", failure.detail, re.IGNORECASE))
    return failure.kind in (FailureKind.BAD_REQUEST, FailureKind.UNSUPPORTED, FailureKind.STRUCTURE)


_TOOL_BY_PLACE: Final = re.compile(r"tools\[(\d+)\]")
_TOOL_BY_NAME: Final = re.compile(r"function '([\w-]+)'")
"""In "Invalid schema for function 'search': array schema missing items"."""


def _has_native_items(body: Body) -> bool:
    # only OpenAI's items have an id
    return any("id" in item for item in body["input"])


_ESSENTIAL: Final = frozenset({"model", "input", "instructions", "stream", "tools"})


def _has(body: Body, param: str) -> bool:
    name, _, inner = param.partition(".")
    if name in _ESSENTIAL or name not in body:
        return False
    return not inner or (isinstance(body[name], dict) and inner in body[name])
