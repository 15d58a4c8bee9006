"""One session of the Realtime API: a WebSocket, and the inboxes to which its events are routed.

    post() ──▶ writer ──▶ socket ──▶ reader ──▶ the inbox of a request
                                            └─▶ the inbox of the session: events that name no request

Several responses can run at once. An event names its response, a response carries the key of its request in
its `metadata`, and an error names the event that caused it. `post` does not wait, so a request whose task is
canceled can still cancel its response.

Home Assistant does not ship the `websockets` package that the SDK's own client needs.
Source: OpenAI API reference, "Realtime client events" and "Realtime server events", 2026-11-22.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from itertools import count
import re
import time
from typing import Any, Final, Self

import aiohttp
from yarl import URL

from ..const import LOGGER
from ..openai_api.classify import classified, classify_event
from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.json_body import json_body
from .events import Event, Inbox, OnResponse, mapping, parsed

OPEN_TIMEOUT: Final = 10.0
"""Seconds until a session is set up: TCP, TLS, the upgrade, and two events."""

LONGEST_LIFE: Final = 60 * 60.0
"""Seconds after which OpenAI ends a session."""

PING: Final = 20.0
"""Seconds between two pings: a dead connection is noticed soon after."""

CLOSE_TIMEOUT: Final = 2.0
"""Seconds to wait for the other side to close, too."""

MAX_MESSAGE: Final = 16 * 1024 * 1024
"""The most bytes of one event. Audio comes in pieces of a few hundred milliseconds, about 20 kB each."""

OPTIONAL: Final = frozenset({"keywords", "languages", "max_output_tokens", "prompt", "reasoning"})
"""Settings that are left out if the server refuses them."""

_SESSION: Final = "session"
"""The key of the inbox for events that name no request."""


def websocket_url(base_url: str, query: Mapping[str, str]) -> URL:
    """Return the address of the Realtime API below a base URL. The query of the base URL is kept."""
    url = URL(base_url.rstrip("/"))
    scheme = "ws" if url.scheme == "http" else "wss"
    path = f"{url.path.rstrip('/')}/realtime"
    return url.with_scheme(scheme).with_path(path).with_query({**url.query, **query})


class Connection:
    """An open session."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, key: str) -> None:
        """Take a connected socket. Use `async_open`, which also sets up the session."""
        self.users = 0
        """How many requests use it now. `pool.py` counts them."""

        self.ends_at = time.monotonic() + LONGEST_LIFE
        """When the server ends the session, on the monotonic clock."""

        self._socket = socket
        self._key = key
        self._keys = (f"request-{number}" for number in count(1))
        self._inboxes: dict[str, Inbox] = {}
        self._given_up: dict[str, Inbox] = {}
        """Inboxes of requests that ended before their response began."""

        self._responses: dict[str, Inbox] = {}
        self._outgoing: asyncio.Queue[Event] = asyncio.Queue()
        self._failure = OpenAIRequestError.of(FailureKind.CONNECTION, "the connection was closed")
        self._reader = asyncio.create_task(self._async_read())
        self._writer = asyncio.create_task(self._async_write())

    @classmethod
    async def async_open(
        cls,
        http: aiohttp.ClientSession,
        url: URL,
        key: str,
        settings: Mapping[str, Any],
    ) -> Self:
        """Connect with an API key, and set up a session. Raises `OpenAIRequestError`."""
        with classified():
            async with asyncio.timeout(OPEN_TIMEOUT):
                socket = await http.ws_connect(
                    url,
                    headers={"Authorization": f"Bearer {key}"},
                    heartbeat=PING,
                    max_msg_size=MAX_MESSAGE,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT),
                )
                connection = cls(socket, key)
                try:
                    await connection._async_set_up(deepcopy(dict(settings)))
                except BaseException:
                    await connection.async_close()
                    raise
        return connection

    @property
    def is_open(self) -> bool:
        """Whether requests can be made."""
        return not self._reader.done()

    def post(self, event: Event) -> None:
        """Send an event, without waiting. If the connection breaks, every inbox gets the failure."""
        self._outgoing.put_nowait(event)

    @contextmanager
    def request(self, on_response: OnResponse) -> Iterator[Inbox]:
        """Enter to get the inbox of a request. The posted event must carry the key of the inbox.

        On exit, a response that has not ended is canceled, and `on_response` still gets it. Raises
        `OpenAIRequestError` if the connection is closed.
        """
        with self._inbox(Inbox(next(self._keys), on_response)) as inbox:
            try:
                yield inbox
            finally:
                if inbox.response_id is None:
                    self._given_up[inbox.key] = inbox
                elif not inbox.is_done:
                    self._cancel(inbox.response_id)

    def retire(self) -> None:
        """Allow no further request, because one is unfinished and could be mixed with the next."""
        self.ends_at = 0.0

    def session(self) -> AbstractContextManager[Inbox]:
        """Enter to get the events that name no request. Raises `OpenAIRequestError` as `request` does."""
        return self._inbox(Inbox(_SESSION))

    async def async_close(self) -> None:
        """Close the connection. Never raises."""
        tasks = (self._reader, self._writer)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._socket.close(), return_exceptions=True)

    async def _async_set_up(self, settings: dict[str, Any]) -> None:
        """Send the settings. Optional ones that the server refuses are left out."""
        with self.session() as inbox:
            while True:
                self.post({"type": "session.update", "session": settings})
                try:
                    while (await inbox.event(OPEN_TIMEOUT))["type"] != "session.updated":
                        pass
                except OpenAIRequestError as err:
                    if not _leave_out(settings, err.failure.param or ""):
                        raise
                else:
                    return

    @contextmanager
    def _inbox(self, inbox: Inbox) -> Iterator[Inbox]:
        if not self.is_open:
            raise self._failure
        self._inboxes[inbox.key] = inbox
        try:
            yield inbox
        finally:
            del self._inboxes[inbox.key]

    def _cancel(self, response_id: str) -> None:
        # if the response has just ended, the error names this event, and no inbox gets it
        self.post({"type": "response.cancel", "event_id": "cancel", "response_id": response_id})

    async def _async_write(self) -> None:
        try:
            while True:
                event = await self._outgoing.get()
                await self._socket.send_str(json_body(event).decode())
        except aiohttp.ClientError, ConnectionError:
            await self._socket.close()

    async def _async_read(self) -> None:
        try:
            async for message in self._socket:
                if message.type is aiohttp.WSMsgType.TEXT and (event := parsed(message.data)):
                    self._route(event)
        finally:
            self._writer.cancel()
            for inbox in self._inboxes.values():
                inbox.put(self._failure)

    def _route(self, event: Event) -> None:
        match event["type"]:
            case "error":
                self._route_error(mapping(event.get("error")))
            case "response.created":
                self._begin_response(mapping(event.get("response")))
            case "response.done":
                self._end_response(event)
            case _ if "response_id" in event:
                if inbox := self._responses.get(str(event["response_id"])):
                    inbox.put(event)
            case _:
                self._note_end(mapping(event.get("session")).get("expires_at"))
                if inbox := self._inboxes.get(_SESSION):
                    inbox.put(event)

    def _route_error(self, error: Event) -> None:
        failure = OpenAIRequestError(classify_event(error, key=self._key))
        key = error.get("event_id")
        self._given_up.pop(str(key), None)
        if inbox := self._inboxes.get(_SESSION if key is None else str(key)):
            inbox.put(failure)
        elif key is None:
            # the server says why it is about to close
            self._failure = failure
        LOGGER.debug("Realtime API: %s", failure.failure.detail)

    def _begin_response(self, response: Event) -> None:
        response_id = str(response.get("id"))
        key = str(mapping(response.get("metadata")).get("key"))
        inbox = self._inboxes.get(key) or self._given_up.pop(key, None) or Inbox(key)
        if key not in self._inboxes:
            self._cancel(response_id)
        inbox.response_id = response_id
        self._responses[response_id] = inbox

    def _end_response(self, event: Event) -> None:
        response = mapping(event.get("response"))
        if inbox := self._responses.pop(str(response.get("id")), None):
            inbox.is_done = True
            if inbox.on_response:
                inbox.on_response(response)
            inbox.put({**event, "response": response})

    def _note_end(self, expires_at: Any) -> None:
        if isinstance(expires_at, (int, float)):
            rest = expires_at - time.time()
            # the two clocks may differ by more than a session lasts
            self.ends_at = time.monotonic() + (rest if 0 < rest < LONGEST_LIFE else LONGEST_LIFE)


def _leave_out(settings: dict[str, Any], param: str) -> bool:
    """Remove the setting that a server names ("session.reasoning.effort"). Return whether it was optional."""
    for name in re.split(r"[.\[]", param.removeprefix("session.")):
        if name not in settings:
            return False
        if name in OPTIONAL:
            del settings[name]
            return True
        settings = mapping(settings[name])
    return False
