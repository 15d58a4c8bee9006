"""The sessions of an account: opened ahead, shared, kept for a while, and replaced silently.

A request can use any session that has its settings. A session cannot change its voice once it has spoken, so
each voice has a session of its own.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
import time
from typing import Any, Final
from weakref import WeakValueDictionary

import aiohttp

from ..openai_api.errors import OpenAIRequestError
from ..openai_api.http_client import Client
from ..openai_api.json_body import json_body
from .connection import Connection, websocket_url

IDLE: Final = 5 * 60.0
"""Seconds that a session is kept after its last use. The next voice command often comes by then."""

MARGIN: Final = 2 * 60.0
"""Seconds before the end of a session in which no request begins on it: longer than any piece takes."""


class Pool:
    """The open sessions."""

    def __init__(self, http: aiohttp.ClientSession, client: Client) -> None:
        """Connect as the client does: with its key, at its address."""
        self._http = http
        self._client = client
        self._settings: dict[Connection, bytes] = {}
        """The connections, and what their sessions are set to."""

        self._opening: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._timers: dict[Connection, asyncio.TimerHandle] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._is_closed = False

    @asynccontextmanager
    async def connection(
        self, query: Mapping[str, str], settings: Mapping[str, Any], *, shared: bool = True
    ) -> AsyncGenerator[Connection]:
        """Enter to use a session with these settings. Raises `OpenAIRequestError`.

        `query`: of the address, such as the model. `shared`: whether others may use it at the same time.
        """
        key = json_body((dict(query), dict(settings)))
        # one at a time: a request that waits here uses the session that the other one opens
        async with self._opening.setdefault(key, asyncio.Lock()):
            connection = self._usable(key, shared=shared)
            if connection is None:
                connection = await self._async_open(query, settings)
                self._settings[connection] = key
            connection.users += 1
        try:
            yield connection
        finally:
            connection.users -= 1
            if not connection.users:
                self._keep(connection)

    async def async_prepare(self, query: Mapping[str, str], settings: Mapping[str, Any]) -> None:
        """Have a session ready. Failures are ignored: the next request meets and reports them."""
        with suppress(OpenAIRequestError):
            async with self.connection(query, settings):
                pass

    async def async_close(self) -> None:
        """Close the sessions that are not in use. The others are closed after their last use."""
        self._is_closed = True
        for connection in [each for each in self._settings if not each.users]:
            self._drop(connection)
        await asyncio.gather(*self._closing)

    async def _async_open(self, query: Mapping[str, str], settings: Mapping[str, Any]) -> Connection:
        url = websocket_url(self._client.base_url, query)
        return await Connection.async_open(self._http, url, self._client.api_key, settings)

    def _usable(self, key: bytes, *, shared: bool) -> Connection | None:
        """Return a session for a request, None if there is none yet."""
        for connection in [each for each, settings in self._settings.items() if settings == key]:
            if not self._is_usable(connection):
                if not connection.users:
                    self._drop(connection)
            elif shared or not connection.users:
                self._stop_timer(connection)
                return connection
        return None

    def _is_usable(self, connection: Connection) -> bool:
        return connection.is_open and time.monotonic() < connection.ends_at - MARGIN and not self._is_closed

    def _keep(self, connection: Connection) -> None:
        """Keep a session that is not in use, until it is idle for too long or about to end."""
        if not self._is_usable(connection):
            self._drop(connection)
            return
        rest = min(IDLE, connection.ends_at - MARGIN - time.monotonic())
        self._timers[connection] = asyncio.get_running_loop().call_later(rest, self._drop, connection)

    def _drop(self, connection: Connection) -> None:
        del self._settings[connection]
        self._stop_timer(connection)
        task = asyncio.create_task(connection.async_close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _stop_timer(self, connection: Connection) -> None:
        if timer := self._timers.pop(connection, None):
            timer.cancel()
