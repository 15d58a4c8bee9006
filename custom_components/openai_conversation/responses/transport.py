"""Send a request, yield its events as plain data.

The SDK brings address, key, headers and error classes; its typed events are left aside. Turning each
event into an object costs more processor time than all the rest of a turn, on the small computers
that many houses run on. Source for the wire format: the HTML standard, "Server-sent events".
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import aclosing, suppress
from typing import Any, Final, Protocol, cast

import openai
import orjson

from ..openai_api.classify import classified
from ..openai_api.client import timeout_for
from ..openai_api.errors import OpenAIRequestError
from .request import Body
from .stream import LAST, TRANSLATED, Event

RAW_STREAM: Final = {"X-Stainless-Raw-Response": "stream"}
"""The SDK's own header for an answer that it leaves unread; servers do not mind it."""

DRAIN_TIMEOUT: Final = 0.5
"""Seconds for the end of the body behind the last event. Read to its end, a connection serves the
next request too; a server that keeps it open gets a new one instead of our time."""


class RawResponse(Protocol):
    """The part of the SDK's unread response that is used here."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The HTTP headers."""

    def iter_bytes(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes."""

    async def close(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""


class EventDecoder:
    """Cuts the body of a stream into events; a cut anywhere in a line does not matter."""

    def __init__(self) -> None:
        """Start at the beginning of a line."""
        self._rest = b""
        self._skip = False

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that are complete and that `StreamTranslator` may know."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"event:"):
                name = line[6:].strip().decode(errors="replace")
                self._skip = name.startswith("response.") and name not in TRANSLATED
            elif line.startswith(b"data:") and not self._skip:
                with suppress(orjson.JSONDecodeError):  # "[DONE]" and the like
                    event = orjson.loads(line[5:])
                    if isinstance(event, dict):
                        if "error" in event:  # some servers send it as they would over plain HTTP
                            event.setdefault("type", "error")
                        if isinstance(event.get("type"), str):
                            yield event
            elif not line.strip():
                self._skip = False


class EventStream:
    """The answer to one request."""

    def __init__(self, client: openai.AsyncOpenAI, body: Body, *, silence: float) -> None:
        """Prepare it; `silence`: seconds without a byte after which the server is given up."""
        self._client = client
        self._body = body
        self._silence = silence
        self.request_id: str | None = None
        """The id of the request, for the log; known once it is answered."""

    async def events(self) -> AsyncGenerator[Event]:
        """Send the request and yield its events. Closing the generator closes the stream.

        Raises `OpenAIRequestError`.
        """
        with classified():
            options: Any = {"headers": RAW_STREAM, "timeout": timeout_for(self._silence)}
            response = cast(
                RawResponse,
                await self._client.post("/responses", cast_to=object, body=self._body, options=options),
            )
            try:
                self.request_id = response.headers.get("x-request-id")
                decoder = EventDecoder()
                async with aclosing(response.iter_bytes()) as chunks:
                    async for chunk in chunks:
                        for event in decoder.feed(chunk):
                            yield event
                            if event.get("type") in LAST:
                                await _drain(chunks)
                                return
            finally:
                await response.close()


async def _drain(chunks: AsyncIterator[Any]) -> None:
    with suppress(OpenAIRequestError), classified():
        async with asyncio.timeout(DRAIN_TIMEOUT):
            async for _ in chunks:
                pass
