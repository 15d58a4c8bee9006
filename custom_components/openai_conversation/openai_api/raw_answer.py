"""Read the body of an answer, up to a limit, as plain data."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
import json
import re
from typing import Any, Final, Protocol

import orjson

from .json_body import with_texts

MAX_JSON: Final = 8 * 1024 * 1024
"""Bytes of an answer without images, or of an event. The longest list of models has a tenth of that."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class RawAnswer(Protocol):
    """The part of the HTTP client's response that is used."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The HTTP headers."""

    def aiter_bytes(self) -> AsyncGenerator[bytes]:
        """Yield the body as it comes."""

    async def aclose(self) -> None:
        """Release the connection; if the body was not read to its end, close it."""


async def async_read(response: RawAnswer, *, limit: int = MAX_JSON) -> bytes:
    """Return the body. Raises `ValueError` if it has more than `limit` bytes."""
    body = bytearray()
    try:
        async with aclosing(response.aiter_bytes()) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > limit:
                    raise ValueError(f"an answer of more than {limit} bytes")
    finally:
        await response.aclose()
    return bytes(body)


def parse_json(body: bytes) -> Any:
    """Return the value of JSON, with texts that UTF-8 has. Raises `ValueError` if it is not JSON."""
    with suppress(orjson.JSONDecodeError):
        return orjson.loads(body)
    # the standard library also accepts half characters: incomplete UTF-8, and single surrogates
    try:
        value = json.loads(body.decode(errors="replace"), parse_constant=_refuse)
        return with_texts(value, lambda text: _SURROGATE.sub("\ufffd", text))
    except RecursionError as err:
        raise ValueError("JSON that is too deep") from err


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


async def async_read_json(response: RawAnswer) -> Any:
    """Return the value of a JSON body. Raises `ValueError`."""
    return parse_json(await async_read(response))


async def async_read_objects(response: RawAnswer) -> AsyncGenerator[dict[str, Any]]:
    """Yield the JSON objects of a stream with one on each line, as Chat Completions sends its events.

    Raises `ValueError` for a line of more than `MAX_JSON` bytes.
    """
    rest = b""
    try:
        async with aclosing(response.aiter_bytes()) as chunks:
            async for chunk in chunks:
                *lines, rest = (rest + chunk).split(b"\n")
                for value in filter(None, map(_object, lines)):
                    yield value
                if len(rest) > MAX_JSON:
                    raise ValueError(f"a line of more than {MAX_JSON} bytes")
        if last := _object(rest):
            yield last
    finally:
        await response.aclose()


def _object(line: bytes) -> dict[str, Any] | None:
    """Return the object on a line, None for a blank line, a comment, and "[DONE]"."""
    try:
        value = parse_json(line.removeprefix(b"data:"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
