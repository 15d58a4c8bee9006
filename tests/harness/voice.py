"""Speak to a voice assistant, as a satellite does: sound in, sound out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final

from .assist import Turn
from .client import Client
from .websocket import Json

RATE: Final = 16_000
"""Samples per second, 16 bits each, one channel: what satellites send."""

_CHUNK: Final = 3200
"""Bytes of a tenth of a second."""


@dataclass
class Exchange:
    """What speech-to-text understood, and what the assistant answered."""

    turn: Turn
    heard: str | None = None
    """What speech-to-text understood."""

    sound: bytes = b""
    """The audio of text-to-speech."""

    content_type: str = ""
    order: list[str] = field(default_factory=list)
    """What arrived, in order: "word" for a piece of the answer, "sound" for a piece of audio."""

    error: str | None = None


async def speak(client: Client, pcm: bytes, *, pipeline: str, **fields: Any) -> Exchange:
    """Say something to a voice assistant, and listen to its answer as it arrives."""
    exchange = Exchange(Turn(""))
    async with client.websocket.subscribe(
        "assist_pipeline/run",
        start_stage="stt",
        end_stage="tts",
        input={"sample_rate": RATE, "no_vad": True},
        pipeline=pipeline,
        **fields,
    ) as events:
        started = await anext(events)
        handler = started["data"]["runner_data"]["stt_binary_handler_id"].to_bytes(1)
        output = started["data"]["tts_output"]
        exchange.content_type = output["mime_type"]
        for chunk in batched(pcm, _CHUNK, strict=False):
            await client.websocket.send_bytes(handler + bytes(chunk))
        await client.websocket.send_bytes(handler)
        listening = asyncio.create_task(_listen(client, output["url"], exchange))
        try:
            await _follow(events, exchange)
            # After a failure there is no audio: Home Assistant answers 404 to a request for it.
            if exchange.error is None:
                await listening
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    return exchange


async def _follow(events: AsyncIterator[Json], exchange: Exchange) -> None:
    async for event in events:
        data: Json = event["data"] or {}
        match event["type"]:
            case "stt-end":
                exchange.heard = data["stt_output"]["text"]
            case "intent-progress":
                delta = data.get("chat_log_delta") or {}
                exchange.turn.add_progress(delta, 0)
                if delta.get("content"):
                    exchange.order.append("word")
            case "intent-end":
                exchange.turn.add_output(data["intent_output"])
            case "error":
                exchange.error = data["code"]
            case "run-end":
                return


async def _listen(client: Client, path: str, exchange: Exchange) -> None:
    async for chunk in client.stream(path):
        exchange.sound += chunk
        exchange.order.append("sound")
