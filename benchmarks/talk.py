"""Say something to an agent, and measure what the turn takes."""

from dataclasses import dataclass
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.components.conversation import async_get_chat_log
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session

from .floor import FloorAgent


@dataclass
class Turn:
    """What a turn took."""

    answer: str = ""
    conversation_id: str = ""
    cpu_ms: float = 0
    """Processor time of the whole process."""

    first_word_ms: float | None = None
    total_ms: float = 0


async def converse(hass: HomeAssistant, agent_id: str, text: str, conversation_id: str | None = None) -> Turn:
    """Say something to an agent. Raises `RuntimeError` if it answers with an error."""
    turn = Turn()
    context = Context()
    started, cpu = time.perf_counter(), time.process_time()

    def on_word() -> None:
        if turn.first_word_ms is None:
            turn.first_word_ms = (time.perf_counter() - started) * 1000

    def on_delta(_: conversation.ChatLog, delta: dict[str, Any]) -> None:
        if delta.get("content"):
            on_word()

    agent = conversation.async_get_agent(hass, agent_id)
    if isinstance(agent, FloorAgent):
        agent.on_word = on_word
    with (
        chat_session.async_get_chat_session(hass, conversation_id, context=context) as session,
        async_get_chat_log(hass, session, chat_log_delta_listener=on_delta),
    ):
        turn.conversation_id = session.conversation_id
        result = await conversation.async_converse(
            hass, text, session.conversation_id, context, "en", agent_id
        )
    turn.total_ms = (time.perf_counter() - started) * 1000
    turn.cpu_ms = (time.process_time() - cpu) * 1000
    turn.answer = result.response.speech["plain"]["speech"]
    if result.response.error_code:
        raise RuntimeError(turn.answer)
    return turn
