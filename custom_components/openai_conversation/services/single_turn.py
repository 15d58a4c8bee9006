"""A turn without tools and history: what an action generates, and the test of an account."""

from dataclasses import replace
from time import monotonic
from typing import Any

from homeassistant.components.conversation import ChatLog, UserContent
from homeassistant.core import HomeAssistant
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN, Purpose
from ..options.chat import ChatOptions, ModelSettings
from ..options.entry import conversation_agents
from ..reporting import open_request
from ..responses.request import Identity
from ..responses.tools import ToolConverter
from ..responses.turn import CONVERSATION, TASK, Turn
from ..runtime import FirstWord, OpenAIConfigEntry
from ..usage.counters import Counters

_TINY_PROMPT = "Say OK."


async def async_generate(
    entry: OpenAIConfigEntry, chat_log: ChatLog, *, user_id: str | None
) -> tuple[str, Counters]:
    """Answer a chat log for a program. Return the text, and what it used. Raises `OpenAIRequestError`."""
    return await _async_take_turn(entry, chat_log, Purpose.TASKS, user_id)


async def async_test(hass: HomeAssistant, entry: OpenAIConfigEntry) -> FirstWord:
    """Ask one tiny question, as a user would, and measure. Raises `OpenAIRequestError`."""
    began = monotonic()
    arrived: list[float] = []

    def on_delta(_chat_log: ChatLog, delta: dict[str, Any]) -> None:
        if delta.get("content"):
            arrived.append(monotonic())

    chat_log = ChatLog(hass, ulid_now(), delta_listener=on_delta)
    chat_log.async_add_user_content(UserContent(_TINY_PROMPT))
    await _async_take_turn(entry, chat_log, Purpose.CONVERSATION, None)
    seconds = (arrived[0] if arrived else monotonic()) - began
    return FirstWord(model=_settings(entry).chat_model, milliseconds=round(seconds * 1000))


async def _async_take_turn(
    entry: OpenAIConfigEntry, chat_log: ChatLog, purpose: Purpose, user_id: str | None
) -> tuple[str, Counters]:
    account = entry.runtime_data
    settings = _settings(entry)
    with open_request(account, purpose, settings.chat_model) as request:
        text = await Turn(
            client=account.client,
            server=account.server,
            settings=settings,
            identity=Identity(agent_id=entry.entry_id, user_id=user_id),
            chat_log=chat_log,
            entity_id=DOMAIN,
            converter=ToolConverter(),
            request=request,
            policy=TASK if purpose is Purpose.TASKS else CONVERSATION,
        ).async_run()
    return text, request.used


def _settings(entry: OpenAIConfigEntry) -> ModelSettings:
    """Return the settings of the account's first agent, without the tools that OpenAI runs."""
    options = next((agent.options for agent in conversation_agents(entry)), ChatOptions.from_stored({}))
    plain = replace(options, is_spoken_to=False, web_search=None, code_interpreter=False)
    return plain.settings(entry.runtime_data.models())
