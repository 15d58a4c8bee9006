"""Speech over the Realtime API. See `speech.py`."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

from ..openai_api.classify import classified
from ..openai_api.errors import FailureKind
from ..openai_api.usage import OnUsage, Usage
from .events import Event
from .pool import Pool
from .reading import Reading
from .voice import INSTRUCTIONS, LEAST_SPEED, MOST_SPEED, ReadingVoice, instructions, marked, most_tokens

SILENCE: Final = 15.0
"""Seconds without an event after which the request is given up. The first event takes less than one."""


def session_settings(voice: ReadingVoice) -> Event:
    """Return the settings of a session. The style is not one of them: it can change with each text."""
    return {
        "type": "realtime",
        "output_modalities": ["audio"],
        "instructions": INSTRUCTIONS,
        "tools": [],
        "tool_choice": "none",
        "reasoning": {"effort": "minimal"},
        "audio": {
            "input": {"turn_detection": None},
            "output": {
                "format": {"type": "audio/pcm", "rate": 24_000},
                "voice": voice.wire_name,
                "speed": min(max(voice.speed, LEAST_SPEED), MOST_SPEED),
            },
        },
    }


def response_params(voice: ReadingVoice, text: str, key: str) -> Event:
    """Return the parameters of a response. It is not remembered, so that later texts do not cost more."""
    content = [{"type": "input_text", "text": marked(text)}]
    response: Event = {
        "conversation": "none",
        "input": [{"type": "message", "role": "user", "content": content}],
        "max_output_tokens": most_tokens(text),
        "metadata": {"key": key},
    }
    if voice.style:
        response["instructions"] = instructions(voice.style)
    return response


@dataclass(frozen=True, slots=True)
class OverWebSocket:
    """Has a text read over the Realtime API."""

    pool: Pool

    async def async_prepare(self, voice: ReadingVoice) -> None:
        """Have a session ready for the text that will follow. Never raises."""
        await self.pool.async_prepare({"model": voice.model}, session_settings(voice))

    async def async_attempt(
        self, voice: ReadingVoice, text: str, reading: Reading, on_usage: OnUsage
    ) -> AsyncGenerator[bytes]:
        """Yield the sound of a text as far as its reading goes well."""

        def count(response: Event) -> None:
            on_usage(Usage.of_realtime(voice.model, response))

        async with self.pool.connection({"model": voice.model}, session_settings(voice)) as connection:
            with connection.request(count) as inbox:
                response = response_params(voice, text, inbox.key)
                connection.post({"type": "response.create", "event_id": inbox.key, "response": response})
                event: Event = {}
                while event.get("type") != "response.done":
                    event = await inbox.event(SILENCE)
                    with classified(malformed=FailureKind.SERVER):
                        sound = reading.take(event)
                    if sound:
                        yield sound
