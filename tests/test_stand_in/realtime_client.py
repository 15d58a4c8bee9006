"""Somebody who talks to the stand-in over a WebSocket, and checks what comes back."""

from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import batched
from typing import Any, Final, get_args

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from openai.types.realtime import RealtimeServerEvent

from tests.stand_in.sound import heard

from .requests import KEY

type Event = dict[str, Any]

MODEL: Final = "gpt-realtime-2.1-mini"
SPEAKING: Final = {"model": MODEL}
HEARING: Final = {"intent": "transcription"}
READ: Final = "Read aloud what stands between <text> and </text>."
_CLASSES: Final = {
    get_args(cls.model_fields["type"].annotation)[0]: cls
    for cls in get_args(get_args(RealtimeServerEvent)[0])
}


def check(event: Event) -> None:
    """Check an event against the class that the SDK has for it, unless there is something new in it."""
    is_new = event.get("item", {}).get("type") == "telepathy"
    if (cls := _CLASSES.get(event["type"])) and not is_new:
        parsed = cls.model_validate(event, strict=True)
        assert not parsed.model_extra


class Talk:
    """A connection."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send_json({"type": kind, **fields})

    async def event(self) -> Event:
        """Return the next event."""
        message = await self.socket.receive(timeout=5)
        assert message.type is WSMsgType.TEXT, message
        event: Event = message.json()
        check(event)
        return event

    async def events(self, until: str) -> list[Event]:
        """Return the events up to one of this type."""
        events = [await self.event()]
        while events[-1]["type"] != until:
            events.append(await self.event())
        return events

    async def error(self) -> Event:
        """Return the error of the next event."""
        event = await self.event()
        assert event["type"] == "error", event
        error: Event = event["error"]
        return error

    async def close_code(self) -> int | None:
        """Wait until the other side closes."""
        while (message := await self.socket.receive(timeout=5)).type is WSMsgType.TEXT:
            check(message.json())
        return self.socket.close_code

    async def update(self, **settings: Any) -> Event:
        """Change the session, and return it."""
        await self.send("session.update", session={"type": "realtime", **settings})
        event = await self.event()
        assert event["type"] == "session.updated", event
        session: Event = event["session"]
        return session

    async def ask(self, text: str, event_id: str = "piece", **response: Any) -> None:
        """Have a text read, outside of any conversation."""
        await self.send(
            "response.create", event_id=event_id, response={**reading(text, piece=event_id), **response}
        )

    async def speak(self, pcm: bytes) -> None:
        """Send sound, a tenth of a second at a time."""
        for chunk in batched(pcm, 4800, strict=False):
            await self.send("input_audio_buffer.append", audio=b64encode(bytes(chunk)).decode())


def reading(text: str, **metadata: str) -> Event:
    """Return the response that reads a text."""
    content = [{"type": "input_text", "text": f"<text>{text}</text>"}]
    return {
        "conversation": "none",
        "input": [{"type": "message", "role": "user", "content": content}],
        "metadata": metadata,
    }


def said(events: list[Event]) -> str:
    """Return what can be heard."""
    deltas = [event["delta"] for event in events if event["type"] == "response.output_audio.delta"]
    return heard(b"".join(map(b64decode, deltas)))


def written(events: list[Event]) -> str:
    """Return the transcript."""
    kind = "response.output_audio_transcript.delta"
    return "".join(event["delta"] for event in events if event["type"] == kind)


@asynccontextmanager
async def connect(web: ClientSession, query: dict[str, str] = SPEAKING) -> AsyncIterator[Talk]:
    """Connect, and hear what the session is set to."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with web.ws_connect("/v1/realtime", params=query, headers=headers) as socket:
        yield Talk(socket)


@asynccontextmanager
async def reader(web: ClientSession) -> AsyncIterator[Talk]:
    """Connect to somebody who reads aloud."""
    async with connect(web) as talk:
        await talk.event()
        await talk.update(instructions=READ)
        yield talk
