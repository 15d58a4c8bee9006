"""Events of the Realtime API as plain data, and the inbox that collects those of one request."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson

from ..openai_api.classify import classified
from ..openai_api.errors import OpenAIRequestError

type Event = dict[str, Any]
type OnResponse = Callable[[Event], None]
"""Gets the `response` of a `response.done`, even after its request was given up: it is billed."""


def parsed(data: Any) -> Event | None:
    """Return an event from the server. None: the data is not an event."""
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("type"), str) else None


def mapping(value: Any) -> Event:
    """Return a part of an event that should be a mapping, empty if it is not one."""
    return value if isinstance(value, dict) else {}


class Inbox:
    """The events of one request, in their order."""

    def __init__(self, key: str, on_response: OnResponse | None = None) -> None:
        """Begin empty."""
        self.key = key
        self.on_response = on_response
        self.response_id: str | None = None
        self.is_done = False
        """Whether its response has ended."""

        self._queue: asyncio.Queue[Event | OpenAIRequestError] = asyncio.Queue()

    def put(self, event: Event | OpenAIRequestError) -> None:
        """Add an event, or what ends the request."""
        self._queue.put_nowait(event)

    async def event(self, timeout: float | None) -> Event:
        """Return the next event. Raises `OpenAIRequestError`, also if none comes within so many seconds."""
        with classified():
            async with asyncio.timeout(timeout):
                event = await self._queue.get()
        if isinstance(event, OpenAIRequestError):
            raise event
        return event
