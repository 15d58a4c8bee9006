"""When Home Assistant's own agent may answer instead of OpenAI, and what it adds then. Pure."""

from typing import Final

from homeassistant.components.conversation import AssistantContent, ChatLog, UserContent
from homeassistant.exceptions import HomeAssistantError

from ..openai_api.errors import FailureKind, OpenAIRequestError, translated_error
from ..text.questions import with_full_stop

KEEPS_WAITING: Final = frozenset(
    {
        FailureKind.CONNECTION,
        FailureKind.CERTIFICATE,
        FailureKind.WRONG_SCHEME,
        FailureKind.REDIRECT,
        FailureKind.TIMEOUT,
        FailureKind.STARTING,
        FailureKind.SERVER,
        FailureKind.NO_RESPONSES_API,
        FailureKind.UNREADABLE,
    }
)
"""Failures that keep the user waiting for seconds. OpenAI is asked in the background until it answers."""

COMES_AT_ONCE: Final = frozenset(
    {
        FailureKind.AUTH,
        FailureKind.PERMISSION,
        FailureKind.NETWORK_NOT_ALLOWED,
        FailureKind.REGION,
        FailureKind.UPSTREAM_KEY,
        FailureKind.BILLING,
        FailureKind.RATE_LIMIT,
    }
)
"""Failures that last, but are reported at once. After a while, the next sentence is the next attempt."""

LONGEST_WAIT: Final = 1.0
"""The most seconds to wait for OpenAI. Before a longer wait, Home Assistant's own agent is asked."""

_PASSES: Final = frozenset(
    {FailureKind.CONNECTION, FailureKind.TIMEOUT, FailureKind.STARTING, FailureKind.SERVER}
)
"""Failures that pass by themselves."""


def starts_outage(kind: FailureKind) -> bool:
    """Whether the next sentence would fail, too, so that Home Assistant's own agent is asked first."""
    return kind in KEEPS_WAITING | COMES_AT_ONCE


def passes(kind: FailureKind) -> bool:
    """Whether a failure passes by itself. For a user, all such failures are the same one."""
    return kind in _PASSES


def may_load(kind: FailureKind, *, is_openai_host: bool) -> bool:
    """Whether an account is loaded although it fails: Home Assistant's own agent answers meanwhile.

    A wrong address or certificate does not pass by itself, and is shown where accounts are. OpenAI's own
    address is right, and such a failure passes: the network wants a login, or the clock is wrong.
    """
    lasts = kind in (FailureKind.AUTH, FailureKind.RATE_LIMIT)
    return passes(kind) or lasts or (is_openai_host and starts_outage(kind))


def may_fall_back(err: OpenAIRequestError, chat_log: ChatLog) -> bool:
    """Whether Home Assistant's own agent may answer the last sentence of a chat log, which has failed.

    Nothing is answered twice: no word was heard yet, and no tool has run. What the safety system refused
    stays refused, and that agent cannot look at attached files.
    """
    if err.failure.kind is FailureKind.REFUSED:
        return False
    last = chat_log.content[-1]
    if isinstance(last, AssistantContent) and not last.content and not last.tool_calls:
        last = chat_log.content[-2]  # there are only thoughts, which nobody hears
    return isinstance(last, UserContent) and not last.attachments


def short_notice(err: OpenAIRequestError) -> HomeAssistantError:
    """Return what to add to the first answer after a failure: a short sentence, or what the user must fix."""
    if passes(err.failure.kind):
        return translated_error(HomeAssistantError, "unreachable", **(err.translation_placeholders or {}))
    return err


def as_sentence(answer: str) -> str:
    """Return an answer that another sentence may follow. Those of Home Assistant often have no full stop."""
    return f"{with_full_stop(answer)} ".lstrip()
