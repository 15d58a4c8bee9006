"""The WebSocket API of Home Assistant."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Self

import aiohttp

# More than any command takes. A missing answer must not stop a run forever.
_ANSWER_DEADLINE = 60.0

type Json = dict[str, Any]


class CommandError(Exception):
    """Home Assistant refused a command."""


class WebSocket:
    """A logged-in connection: commands with one result, and commands with events."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        """Read from a connection that is logged in."""
        self._connection = connection
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._events: dict[int, asyncio.Queue[Json | None]] = {}
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, session: aiohttp.ClientSession, url: str, access_token: str) -> Self:
        """Connect and log in."""
        connection = await session.ws_connect(f"{url}/api/websocket", max_msg_size=0)
        await connection.receive_json()
        await connection.send_json({"type": "auth", "access_token": access_token})
        if (answer := await connection.receive_json())["type"] != "auth_ok":
            await connection.close()
            raise CommandError(answer["message"])
        return cls(connection)

    async def close(self) -> None:
        """Close the connection. Waiting commands raise `ConnectionError`."""
        await self._connection.close()
        await self._reader

    async def command(self, command: str, **fields: Any) -> Any:
        """Send a command and return its result."""
        return await self._send(next(self._ids), command, fields)

    @asynccontextmanager
    async def subscribe(self, command: str, **fields: Any) -> AsyncGenerator[AsyncIterator[Json]]:
        """Send a command, and yield its events as they arrive, until the block ends."""
        number = next(self._ids)
        # before the command: the first event can arrive right after the result
        events = self._events[number] = asyncio.Queue()
        try:
            await self._send(number, command, fields)
            try:
                yield _each(events)
            finally:
                if not self._connection.closed:
                    await self.command("unsubscribe_events", subscription=number)
        finally:
            del self._events[number]

    async def send_bytes(self, data: bytes) -> None:
        """Send binary data: audio, after the number of its handler."""
        await self._connection.send_bytes(data)

    async def _send(self, number: int, command: str, fields: Json) -> Any:
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_ANSWER_DEADLINE):
                await self._connection.send_json({"id": number, "type": command, **fields})
                return await answer
        finally:
            del self._answers[number]

    async def _read(self) -> None:
        """Pass every message to the command that waits for it."""
        async for message in self._connection:
            self._dispatch(message.json())
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("Home Assistant closed the connection"))
        for events in self._events.values():
            events.put_nowait(None)

    def _dispatch(self, message: Json) -> None:
        number = message["id"]
        if message["type"] == "event":
            if events := self._events.get(number):
                events.put_nowait(message["event"])
        elif (answer := self._answers.get(number)) and not answer.done():
            if message["success"]:
                answer.set_result(message["result"])
            else:
                answer.set_exception(
                    CommandError(f"{message['error']['code']}: {message['error']['message']}")
                )


async def _each(events: asyncio.Queue[Json | None]) -> AsyncIterator[Json]:
    while (event := await events.get()) is not None:
        yield event
