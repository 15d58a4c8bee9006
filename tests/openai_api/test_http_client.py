"""The HTTP client of an account: of the body of an error, it reads as much as is needed, and no more."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api import http_client
from custom_components.openai_conversation.openai_api.client import async_get_catalog, create_client
from custom_components.openai_conversation.openai_api.errors import Failure, FailureKind, OpenAIRequestError
from custom_components.openai_conversation.openai_api.http_client import Client
from homeassistant.core import HomeAssistant

MODELS = "https://api.openai.com/v1/models"


@pytest.fixture
def client(hass: HomeAssistant) -> Client:
    return create_client(hass, {"api_key": "sk-1"})


async def failure_of(client: Client) -> Failure:
    with pytest.raises(OpenAIRequestError) as caught:
        await async_get_catalog(client, Server.OPENAI)
    return caught.value.failure


class Body:
    """A body that notes how much of it was read."""

    def __init__(self, *chunks: bytes, size: int = 0, then: Exception | None = None) -> None:
        self.chunks = chunks
        self.size = size
        self.then = then
        self.read = 0
        self.hangs = not size and then is None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the body."""
        for chunk in self.chunks:
            yield chunk
        while self.read < self.size:
            self.read += 1024
            yield b"x" * 1024
        if self.then:
            raise self.then
        if self.hangs:
            await asyncio.Event().wait()


@respx.mock
async def test_a_large_error_is_not_read_to_its_end(client: Client) -> None:
    body = Body(b"Invalid API key. ", size=500 * 1024 * 1024)
    respx.get(MODELS).mock(return_value=httpx.Response(401, content=body))

    assert (await failure_of(client)).kind is FailureKind.AUTH
    assert body.read <= http_client.MAX_ERROR + 1024


@respx.mock
async def test_an_error_that_does_not_end_is_judged_by_its_start(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "ERROR_TIMEOUT", 0.05)
    body = Body(b"You exceeded your current quota, please check your plan and billing details.")
    respx.get(MODELS).mock(return_value=httpx.Response(429, content=body))

    assert (await failure_of(client)).kind is FailureKind.BILLING


@respx.mock
async def test_an_error_that_breaks_off_is_judged_by_its_start(client: Client) -> None:
    body = Body(b"The server is still starting.", then=httpx.ReadError("gone"))
    respx.get(MODELS).mock(return_value=httpx.Response(503, content=body))

    assert (await failure_of(client)).kind is FailureKind.STARTING


@respx.mock
async def test_a_whole_error_is_read_whole(client: Client) -> None:
    error = {"message": "x" * 20_000, "code": "insufficient_quota", "type": "t", "param": None}
    respx.get(MODELS).mock(return_value=httpx.Response(429, json={"error": error}))

    assert (await failure_of(client)).kind is FailureKind.BILLING
