"""Answers that the SDK leaves unread: read up to a limit, and taken as plain data.

The SDK reads a body however large it is, and guesses types that are not there.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
import json
from typing import Any, Final, Protocol

RAW_STREAM: Final = {"X-Stainless-Raw-Response": "stream"}
"""The SDK's own header for an answer that it leaves unread. Servers ignore it."""

MAX_JSON: Final = 8 * 1024 * 1024
"""Bytes of an answer without images. The longest list of models has a tenth of it."""


class RawResponse(Protocol):
    """The part of the SDK's unread response that is used here."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The HTTP headers."""

    def iter_bytes(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes."""

    async def close(self) -> None:
        """Give the connection back, or close it if the body was not read to its end."""


async def async_read(response: RawResponse, *, limit: int = MAX_JSON) -> bytes:
    """Return the body. Raises `ValueError` if it has more than `limit` bytes."""
    body = bytearray()
    try:
        async with aclosing(response.iter_bytes()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > limit:
                    raise ValueError(f"an answer of more than {limit} bytes")
    finally:
        await response.close()
    return bytes(body)


def parse_json(body: bytes) -> Any:
    """Return the value of a JSON body. Raises `ValueError` or `RecursionError` if it is not one.

    The standard library accepts half an emoji, which a faster parser refuses together with all the rest.
    """
    return json.loads(body.decode(errors="replace"))


async def async_read_json(response: RawResponse) -> Any:
    """Return the value of a JSON body. Raises as `async_read` and `parse_json` do."""
    return parse_json(await async_read(response))
