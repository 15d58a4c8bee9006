"""Send a request, and yield its events as plain data.

Source for the wire format: the HTML standard, "Server-sent events".
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any, Final

from ..openai_api.classify import classified, request_id
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.http_client import Client
from .events import EventDecoder
from .output import Event
from .request import Body
from .stream import LAST

DRAIN_TIMEOUT: Final = 0.5
"""Seconds to wait for the end of the body after the last event. A connection that was read to its end can
serve the next request. If a server keeps the body open, the next request gets a new connection."""


class EventStream:
    """The answer to one request."""

    def __init__(self, client: Client, body: Body, *, silence: float) -> None:
        """Prepare a request. `silence`: seconds without a byte after which it fails."""
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
            response = await self._client.async_post("/responses", self._body, silence=self._silence)
            try:
                self.request_id = request_id(response.headers, self._client.api_key)
                decoder = EventDecoder()
                async with aclosing(response.aiter_bytes()) as chunks:
                    async for chunk in chunks:
                        for event in decoder.feed(chunk):
                            yield event
                            if event["type"] in LAST:
                                await _drain(chunks)
                                return
                for event in decoder.finish():
                    yield event
            finally:
                await response.aclose()


async def _drain(chunks: AsyncIterator[Any]) -> None:
    with suppress(OpenAIRequestError), classified():
        async with asyncio.timeout(DRAIN_TIMEOUT):
            async for _ in chunks:
                pass
