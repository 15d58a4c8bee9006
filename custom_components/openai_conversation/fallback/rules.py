"""When Home Assistant's own agent may answer instead of OpenAI, and what it adds then. Pure."""

from typing import Final

from homeassistant.components.conversation import AssistantContent, ChatLog, UserContent
from homeassistant.exceptions import HomeAssistantError

from ..openai_api.errors import FailureKind, OpenAIRequestError, translated_error
from ..text.questions import ends_sentence, is_written_without_spaces

_PASSES: Final = frozenset(
    {FailureKind.CONNECTION, FailureKind.TIMEOUT, FailureKind.STARTING, FailureKind.SERVER}
)
"""Failures that pass by themselves."""


def may_load(kind: FailureKind) -> bool:
    """Whether an account is loaded although it fails: Home Assistant's own agent answers meanwhile.

    A wrong address or certificate does not pass by itself, and is shown where accounts are.
    """
    return kind in _PASSES or kind is FailureKind.AUTH


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
    if err.failure.kind in _PASSES:
        return translated_error(HomeAssistantError, "unreachable", **(err.translation_placeholders or {}))
    return err


def as_sentence(answer: str) -> str:
    """Return an answer that another sentence may follow. Those of Home Assistant often have no full stop."""
    answer = answer.strip()
    if answer and not ends_sentence(answer):
        answer += "。" if is_written_without_spaces(answer[-1]) else "."
    return f"{answer} ".lstrip()
