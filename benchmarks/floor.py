"""The least that an agent can do: send a request of a fixed size, and read the answer to its end."""

from typing import Any, Literal

import httpx

from homeassistant.components.conversation import (
    AbstractConversationAgent,
    ConversationInput,
    ConversationResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.helpers.httpx_client import get_async_client

_INSTRUCTIONS = "You are a voice assistant. " * 40


class FloorAgent(AbstractConversationAgent):
    """Knows no tools, no history, and no errors."""

    def __init__(self, hass: HomeAssistant, base_url: str, key: str) -> None:
        """Use Home Assistant's own HTTP client."""
        self._client = get_async_client(hass)
        self._url = f"{base_url}/responses"
        self._headers = {"Authorization": f"Bearer {key}"}
        self.on_word = _ignore
        """Called when the first words arrive."""

    @property
    def supported_languages(self) -> Literal["*"]:
        """All languages."""
        return "*"

    async def async_process(self, user_input: ConversationInput) -> ConversationResult:
        """Read the answer, and throw it away."""
        body = {
            "model": "gpt-6-luna",
            "stream": True,
            "input": [
                {"role": "developer", "content": _INSTRUCTIONS},
                {"role": "user", "content": user_input.text},
            ],
        }
        try:
            await self._async_read(body)
        except httpx.TransportError:
            await self._async_read(body)  # the pool did not know yet that its connection was lost
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech("Done.")
        return ConversationResult(response=response, conversation_id=user_input.conversation_id)

    async def _async_read(self, body: dict[str, Any]) -> None:
        async with self._client.stream("POST", self._url, json=body, headers=self._headers) as answer:
            waiting = True
            async for chunk in answer.aiter_bytes():
                if waiting and b"output_text.delta" in chunk:
                    waiting = False
                    self.on_word()


def _ignore() -> None:
    """Do nothing."""
