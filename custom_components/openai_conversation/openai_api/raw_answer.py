"""Send plain data, and read the body of an answer, up to a limit, as plain data.

The SDK's own methods read a body of any size, and expect types that it may not have. They also import
hundreds of types at their first use, which takes time and memory on small computers.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
import json
import re
from typing import Any, Final, Protocol, cast

import openai
import orjson

RAW_STREAM: Final = {"X-Stainless-Raw-Response": "stream"}
"""The SDK's own header for an answer whose body it does not read. Servers ignore it."""

MAX_JSON: Final = 8 * 1024 * 1024
"""Bytes of an answer without images. The longest list of models has a tenth of that."""


_SURROGATE: Final = re.compile("[\ud800-\udfff]")


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
    """Return the value of JSON, with texts that UTF-8 has. Raises `ValueError` if it is not JSON."""
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(body)
    # the standard library also accepts half characters: incomplete UTF-8, and single surrogates
    try:
        value = json.loads(body.decode(errors="replace"), parse_constant=_refuse)
        return _without_surrogates(value)
    except RecursionError as err:
        raise ValueError("JSON that is too deep") from err


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case list():
            return [_without_surrogates(each) for each in value]
        case dict():
            return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    return value


async def async_read_json(response: RawResponse) -> Any:
    """Return the value of a JSON body. Raises `ValueError`."""
    return parse_json(await async_read(response))
