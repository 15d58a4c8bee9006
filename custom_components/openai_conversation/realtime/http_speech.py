"""Speech over Chat Completions, for networks that no WebSocket gets through. See `speech.py`.

Source: OpenAI API reference, "Create chat completion", and the guide "Audio", 2026-11-22.
"""

from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final

from ..openai_api.classify import classified, raise_reported
from ..openai_api.errors import FailureKind
from ..openai_api.http_client import Client
from ..openai_api.raw_answer import async_read_objects
from ..openai_api.usage import OnUsage, Usage
from .events import Event
from .reading import Reading
from .voice import ReadingVoice, instructions, marked, most_tokens

SILENCE: Final = 15.0
"""Seconds without a byte after which the request is given up."""

_ENDS: Final[Mapping[str, Event]] = {
    "stop": {"status": "completed"},
    "length": {"status": "incomplete", "status_details": {"reason": "max_output_tokens"}},
    "content_filter": {"status": "incomplete", "status_details": {"reason": "content_filter"}},
}
"""Why an answer ended → how the Realtime API says it."""


@dataclass(frozen=True, slots=True)
class OverHttp:
    """Has a text read over Chat Completions."""

    client: Client
    model: str

    async def async_attempt(
        self, voice: ReadingVoice, text: str, reading: Reading, on_usage: OnUsage
    ) -> AsyncGenerator[bytes]:
        """Yield the sound of a text as far as its reading goes well."""
        body = completion_params(replace(voice, model=self.model), text)
        async with aclosing(self._async_ask(body)) as chunks:
            async for chunk in chunks:
                with classified(malformed=FailureKind.SERVER):
                    sounds = [reading.take(event) for event in events_of(chunk)]
                    if usage := chunk.get("usage"):
                        on_usage(Usage.of_realtime(self.model, {"usage": realtime_usage(usage)}))
                for sound in filter(None, sounds):
                    yield sound

    async def _async_ask(self, body: dict[str, Any]) -> AsyncGenerator[Event]:
        with classified(malformed=FailureKind.SERVER):
            response = await self.client.async_post("/chat/completions", body, silence=SILENCE)
            async with aclosing(async_read_objects(response)) as chunks:
                async for chunk in chunks:
                    raise_reported(chunk, self.client.api_key)
                    yield chunk


def completion_params(voice: ReadingVoice, text: str) -> dict[str, Any]:
    """Return the body of the request. It has no parameter for the speed, so the instructions ask for it."""
    style = [voice.style] if voice.style else []
    if voice.speed != 1:
        style.append(f"Speak at {voice.speed:g} times your usual speed.")
    return {
        "model": voice.model,
        "modalities": ["text", "audio"],
        "audio": {"voice": voice.wire_name, "format": "pcm16"},
        "messages": [
            {"role": "system", "content": instructions("\n".join(style))},
            {"role": "user", "content": marked(text)},
        ],
        "max_completion_tokens": most_tokens(text),
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def events_of(chunk: Event) -> Iterator[Event]:
    """Yield what a chunk says, as events of the Realtime API."""
    for choice in chunk.get("choices") or ():
        delta = choice.get("delta") or {}
        audio = delta.get("audio") or {}
        if transcript := audio.get("transcript"):
            yield {"type": "response.output_audio_transcript.delta", "delta": transcript}
        if data := audio.get("data"):
            yield {"type": "response.output_audio.delta", "delta": data}
        if text := delta.get("content"):
            yield {"type": "response.output_text.delta", "delta": text}
        if reason := choice.get("finish_reason"):
            yield {"type": "response.done", "response": _ENDS.get(reason, _ENDS["stop"])}


def realtime_usage(usage: Event) -> Event:
    """Return what an answer used, as the Realtime API says it."""
    return {
        "input_tokens": usage.get("prompt_tokens"),
        "input_token_details": usage.get("prompt_tokens_details"),
        "output_tokens": usage.get("completion_tokens"),
        "output_token_details": usage.get("completion_tokens_details"),
    }
