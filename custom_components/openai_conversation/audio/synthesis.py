"""A piece of text → speech, by OpenAI.

Source: OpenAI API reference, "Create speech", and the text-to-speech guide, 2026-11-22.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final, cast

import openai

from ..openai_api.classify import classified
from ..openai_api.client import timeout_for
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.models import tts_capabilities_of
from .formats import Codec
from .received import ReceivedAudio
from .retry import RetryState

SILENCE: Final = 15.0
"""Seconds without a byte after which the request fails. The first bytes take less than one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How something is spoken."""

    model: str
    name: str
    instructions: str | None = None
    speed: float = 1.0
    """From 0.25 to 4, 1 being normal."""


def speech_params(voice: Voice, codec: Codec) -> dict[str, Any]:
    """Return the parameters of a request, without its text."""
    params: dict[str, Any] = {"model": voice.model, "voice": voice.name, "response_format": codec}
    if voice.instructions and tts_capabilities_of(voice.model).instructions:
        params["instructions"] = voice.instructions
    if voice.speed != 1:
        params["speed"] = voice.speed
    return params


async def async_speak(
    client: openai.AsyncOpenAI, params: dict[str, Any], refused: set[str]
) -> AsyncGenerator[bytes]:
    """Yield the audio of a text as it comes. Nothing is tried again once audio was yielded.

    Raises `OpenAIRequestError`. `refused`: parameters that this server has refused. Those it refuses
    now are added.
    """
    state = RetryState(refused)
    while True:
        sent = state.params(params)
        is_heard = False
        try:
            async with aclosing(_async_ask(client, sent)) as audio:
                async for chunk in audio:
                    is_heard = True
                    yield chunk
        except OpenAIRequestError as err:
            if is_heard or not state.should_retry(err.failure, sent):
                raise
        else:
            return


async def _async_ask(client: openai.AsyncOpenAI, params: dict[str, Any]) -> AsyncGenerator[bytes]:
    with classified():
        request = client.audio.speech.with_streaming_response.create(**params, timeout=timeout_for(SILENCE))
        async with request as response:
            received = ReceivedAudio(params, response.headers.get("content-type", ""))
            body: AsyncGenerator[bytes] = cast("Any", response).iter_bytes()
            async with aclosing(body) as chunks:
                async for chunk in chunks:
                    if audio := received.feed(chunk):
                        yield audio
            if audio := received.finish():
                yield audio
