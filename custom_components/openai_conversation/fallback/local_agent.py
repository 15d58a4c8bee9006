"""Ask Home Assistant's own agent, in the middle of a turn of ours."""

from typing import Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent

from ..const import DOMAIN, LOGGER

_NOT_UNDERSTOOD: Final = frozenset(
    {intent.IntentResponseErrorCode.NO_INTENT_MATCH, intent.IntentResponseErrorCode.NO_VALID_TARGETS}
)
"""Errors after which nothing has been done. Any other one is an answer: asking again might act twice."""


async def async_prepare(hass: HomeAssistant, language: str) -> None:
    """Load the sentences of a language, which takes up to a second the first time."""
    await conversation.async_prepare_agent(hass, conversation.HOME_ASSISTANT_AGENT, language)


async def async_answer(
    hass: HomeAssistant, user_input: conversation.ConversationInput, conversation_id: str
) -> conversation.ConversationResult | None:
    """Return the answer of Home Assistant's own agent. None: it does not understand the sentence.

    It gets a conversation of its own, so that ours contains neither its errors nor the sentence twice. The id
    of that conversation is derived from ours, so a later "it" is understood. Never raises. The language must
    be a certain one: for "any", that agent would choose a random one.
    """
    try:
        result = await conversation.async_converse(
            hass,
            user_input.text,
            f"{DOMAIN}.{conversation_id}",
            user_input.context,
            user_input.language,
            conversation.HOME_ASSISTANT_AGENT,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
        )
    except Exception:  # noqa: BLE001 - whatever the sentences of other integrations raise
        LOGGER.exception("Home Assistant's own agent failed")
        return None
    return None if result.response.error_code in _NOT_UNDERSTOOD else result
