"""A piece of text → speech, by OpenAI.

Source: OpenAI API reference, "Create speech", and the text-to-speech guide, 2026-11-22.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from ..const import Server
from ..openai_api.classify import classified
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.http_client import Client
from ..openai_api.models import tts_capabilities_of
from ..openai_api.server_text import clean_detail
from .formats import Codec
from .received import ReceivedAudio
from .retry import SELF_HOSTED_SILENCE, RetryState

SILENCE: Final = 15.0
"""Seconds without a byte from OpenAI after which the request fails. The first bytes take less than one."""

MAX_TYPE: Final = 100
"""Characters of a content type."""


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
    client: Client, server: Server, params: dict[str, Any], refused: set[str]
) -> AsyncGenerator[bytes]:
    """Yield the audio of a text as it comes. Nothing is tried again once audio was yielded.

    Raises `OpenAIRequestError`. `refused`: parameters that this server has refused. Those it refuses
    now are added.
    """
    silence = SELF_HOSTED_SILENCE if server is Server.COMPATIBLE else SILENCE
    loop = asyncio.get_running_loop()
    deadline = loop.time() + silence
    state = RetryState(refused)
    while True:
        sent = state.params(params)
        is_heard = False
        try:
            async with aclosing(_async_ask(client, sent, silence)) as audio:
                async for chunk in audio:
                    is_heard = True
                    yield chunk
        except OpenAIRequestError as err:
            wait = state.wait(err.failure, sent, deadline - loop.time())
            if is_heard or wait is None:
                raise
            await asyncio.sleep(wait)
        else:
            return


async def _async_ask(client: Client, params: dict[str, Any], silence: float) -> AsyncGenerator[bytes]:
    with classified():
        response = await client.async_post(
            "/audio/speech", params, silence=silence, accept="application/octet-stream"
        )
        try:
            media_type = response.headers.get("content-type")
            received = ReceivedAudio(params, clean_detail(media_type, limit=MAX_TYPE, key=client.api_key))
            async with aclosing(_in_time(response.aiter_bytes(), silence + received.longest)) as chunks:
                async for chunk in chunks:
                    if audio := received.feed(chunk):
                        yield audio
            if audio := received.finish():
                yield audio
        finally:
            await response.aclose()


async def _in_time(chunks: AsyncGenerator[bytes], seconds: float) -> AsyncGenerator[bytes]:
    """Yield chunks. Raises `TimeoutError` once the server has kept us waiting for so long altogether.

    A server that is never silent for long, and never done, would keep a speaker busy forever. The time that
    the listener takes does not count.
    """
    async with aclosing(chunks):
        while True:
            began = monotonic()
            if (chunk := await anext(chunks, None)) is None:
                return
            seconds -= monotonic() - began
            if seconds < 0:
                raise TimeoutError("the audio comes too slowly")
            yield chunk
