"""Send plain data to the server of an account, over Home Assistant's HTTP client.

The package `openai` is not used. Requests and answers are plain data, so it would only add a header and look
at a status. Importing it takes a quarter of a second of processor time and 20 MB of memory at each start of
Home Assistant. Source: OpenAI API reference, "Authentication", 2026-11-22.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Final, cast

import httpx

from .json_body import json_body, readable, with_texts
from .raw_answer import RawAnswer, parse_json

CONNECT_TIMEOUT: Final = 3.5
"""Seconds to reach a server, however long its answer takes. TCP tries at 0, 1, and 3 s. A server that has not
answered by then is not there, and the user may be waiting at a speaker."""

MAX_ERROR: Final = 1024 * 1024
"""Bytes of the answer to a request that failed. The sentence that matters is at its start. A server that is
misconfigured may send a large file."""

ERROR_TIMEOUT: Final = 5.0
"""Seconds for the body of such an answer. Its status has arrived by then, and somebody waits."""


class StatusError(Exception):
    """The server answered with another status than that of a success."""

    def __init__(self, status: int, headers: Mapping[str, str], error: Any, key: str) -> None:
        """Keep the answer. `error`: the error object, or what came in its place. `key`: to be hidden."""
        super().__init__(f"status {status}")
        self.status = status
        self.headers = headers
        self.error = error
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Sends requests to one address, with one key. It repeats none: the user waits, and each may cost."""

    http: httpx.AsyncClient
    base_url: str
    """Such as "https://api.openai.com/v1". If it has a query, each request has it."""

    api_key: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further headers of each request."""

    async def async_get(self, path: str, *, silence: float) -> RawAnswer:
        """Get something, and return the answer unread: see `async_post`."""
        return await self._async_send("GET", path, {}, silence)

    async def async_post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        silence: float,
        files: Sequence[tuple[str, Sequence[Any]]] = (),
        accept: str = "application/json",
    ) -> RawAnswer:
        """Post JSON, or a form if there are files, and return the answer unread. Close the answer.

        `silence`: seconds without a byte after which the request fails. `files`: the name of the field, and
        the name, the bytes, and maybe the media type of the file. Raises `StatusError` and the exceptions of
        httpx: see `classified`.
        """
        headers = {"Accept": accept}
        if files:
            named = [(field, (readable(name), *rest)) for field, (name, *rest) in files]
            return await self._async_send(
                "POST", path, headers, silence, data=_form_fields(with_texts(body, readable)), files=named
            )
        headers["Content-Type"] = "application/json"
        return await self._async_send("POST", path, headers, silence, content=json_body(body))

    async def _async_send(
        self, method: str, path: str, headers: Mapping[str, str], silence: float, **body: Any
    ) -> RawAnswer:
        address, question_mark, query = self.base_url.partition("?")
        request = self.http.build_request(
            method,
            f"{address.rstrip('/')}{path}{question_mark}{query}",
            headers={"Authorization": f"Bearer {self.api_key}", **self.headers, **headers},
            timeout=httpx.Timeout(silence, connect=min(silence, CONNECT_TIMEOUT)),
            **body,
        )
        # in one piece: httpx sends each part of a form by itself, which takes 10 ms if it has many keywords
        await request.aread()
        try:
            response = await self.http.send(request, stream=True)
        except (OSError, RuntimeError, ValueError) as err:
            # a host name that cannot be looked up, or a client that is closed because Home Assistant stops
            raise httpx.ConnectError(repr(err), request=request) from err
        answer = cast("RawAnswer", response)  # httpx types the body as an iterator, but it is a generator
        if response.is_success:
            return answer
        error = await _async_error(answer)
        raise StatusError(response.status_code, response.headers, error, self.api_key)


def _form_fields(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a form: each value of a list in a field of its own."""
    return {f"{name}[]" if isinstance(value, list) else name: value for name, value in body.items()}


async def _async_error(answer: RawAnswer) -> Any:
    """Return the error object of an answer, the start of the body if it has none, or None if it is empty."""
    body = await _async_start(answer)
    try:
        value = parse_json(body)
    except ValueError:
        return body.decode(errors="replace").strip() or None
    return value.get("error", value) if isinstance(value, Mapping) else value


async def _async_start(answer: RawAnswer) -> bytes:
    """Return the start of a body: what has come in time, before the connection broke, and up to the limit."""
    body = bytearray()
    try:
        with suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(ERROR_TIMEOUT), aclosing(answer.aiter_bytes()) as chunks:
                async for chunk in chunks:
                    body += chunk
                    if len(body) >= MAX_ERROR:
                        break
    finally:
        await answer.aclose()
    return bytes(body[:MAX_ERROR])
