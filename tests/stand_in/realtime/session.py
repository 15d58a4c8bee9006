"""A session of the Realtime API: how it is set, and how events leave it.

Facts: OpenAI API reference, "Realtime server events"; the shapes are those of its example bodies.
"""

import asyncio
from collections.abc import Mapping
import secrets
import time
from typing import Any

from aiohttp import web

from ..errors import ApiError

LIFETIME_S = 60 * 60
"""Seconds after which a session ends."""

_PCM = {"type": "audio/pcm", "rate": 24_000}
_CHATTY = (
    "Your knowledge cutoff is 2023-10. You are a helpful, witty, and friendly AI. Act like a human. "
    "Talk quickly. You should always call a function if you can."
)
"""Instructions that are in force until a client sets its own."""

_VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}


class Session:
    """One connection; whatever sends over it does so through here."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        model: str | None,
        *,
        lifetime: float,
    ) -> None:
        """Begin a session of a model that speaks; None: one that transcribes."""
        self.socket = socket
        self.ends = asyncio.get_running_loop().time() + lifetime
        self.is_closed = asyncio.Event()
        self._transport = transport
        head = {"id": f"sess_{secrets.token_hex(8)}", "expires_at": int(time.time() + lifetime)}
        self.settings: dict[str, Any] = head | (_speaking(model) if model else _transcribing())

    async def send(self, kind: str, **fields: Any) -> None:
        """Send an event; one that comes too late for an open connection is lost."""
        if not self.socket.closed:
            await self.socket.send_json({"type": kind, "event_id": f"event_{secrets.token_hex(8)}", **fields})

    async def refuse(self, err: ApiError, event_id: str | None = None) -> None:
        """Send an error; `event_id`: of the client's event that caused it."""
        error = {"type": err.error_type, "code": err.code, "message": err.message, "param": err.param}
        await self.send("error", error={**error, "event_id": event_id})

    def update(self, wanted: Mapping[str, Any]) -> None:
        """Take new settings; what is not named keeps its value."""
        self.settings = _merged(self.settings, wanted)

    async def close(self, code: int) -> None:
        """Close in order, as a `websockets` server does: with a code and a handshake."""
        await self.socket.close(code=code)

    def cut(self) -> None:
        """Break the connection without a word."""
        if self._transport:
            self._transport.abort()


def _speaking(model: str) -> dict[str, Any]:
    hearing = {"format": _PCM, "transcription": None, "noise_reduction": None}
    vad = {**_VAD, "idle_timeout_ms": None, "create_response": True, "interrupt_response": True}
    return {
        "type": "realtime",
        "object": "realtime.session",
        "include": None,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": _CHATTY,
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "prompt": None,
        "audio": {
            "input": {**hearing, "turn_detection": vad},
            "output": {"format": _PCM, "voice": "marin", "speed": 1},
        },
    }


def _transcribing() -> dict[str, Any]:
    hearing = {"format": _PCM, "transcription": None, "noise_reduction": None, "turn_detection": _VAD}
    return {
        "type": "transcription",
        "object": "realtime.transcription_session",
        "include": None,
        "audio": {"input": hearing},
    }


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for name, value in new.items():
        before = merged.get(name)
        is_nested = isinstance(before, dict) and isinstance(value, dict) and "type" not in value
        merged[name] = _merged(before, value) if is_nested else value  # type: ignore[arg-type]
    return merged
