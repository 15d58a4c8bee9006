"""Send plain data, and read the body of an answer, up to a limit, as plain data.

The SDK's own methods read a body of any size, and turn it into types that it may not have. They also import
hundreds of types at their first use, which takes time and memory on small computers.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
import json
from typing import Any, Final, Protocol, cast

import openai

RAW_STREAM: Final = {"X-Stainless-Raw-Response": "stream"}
"""The SDK's own header for an answer whose body it does not read. Servers ignore it."""

MAX_JSON: Final = 8 * 1024 * 1024
"""Bytes of an answer without images. The longest list of models has a tenth of that."""


class RawResponse(Protocol):
    """The part of the SDK's unread response that is used here."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The HTTP headers."""

    def iter_bytes(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes."""

    async def close(self) -> None:
        """Release the connection; if the body was not read to its end, close it."""


async def async_get(client: openai.AsyncOpenAI, path: str, *, timeout: openai.Timeout) -> RawResponse:
    """Get something, and return the answer unread. Close the answer. Raises the SDK's exceptions."""
    options: Any = {"headers": RAW_STREAM, "timeout": timeout}
    return cast("RawResponse", await client.get(path, cast_to=object, options=options))


async def async_post(
    client: openai.AsyncOpenAI,
    path: str,
    body: Mapping[str, Any],
    *,
    timeout: openai.Timeout,
    files: Sequence[tuple[str, Any]] | None = None,
    accept: str = "application/json",
) -> RawResponse:
    """Post JSON, or a form if there are files, and return the answer unread. Close the answer.

    `files`: the name of the field, and what httpx accepts as a file. Raises the SDK's exceptions: see
    `classified`.
    """
    headers = {**RAW_STREAM, "Accept": accept}
    if files:
        headers["Content-Type"] = "multipart/form-data"
    options: Any = {"headers": headers, "timeout": timeout}
    response = await client.post(path, cast_to=object, body=body, files=files, options=options)
    return cast("RawResponse", response)


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

    The standard library accepts half an emoji. A faster parser would refuse the whole body because of it.
    """
    return json.loads(body.decode(errors="replace"))


async def async_read_json(response: RawResponse) -> Any:
    """Return the value of a JSON body. Raises as `async_read` and `parse_json` do."""
    return parse_json(await async_read(response))
