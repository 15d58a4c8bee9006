"""Speech that comes too slowly."""

from collections.abc import AsyncIterator, Iterator
from itertools import count

import httpx
import pytest
import respx

from custom_components.openai_conversation.audio import synthesis
from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api.client import create_client
from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError
from homeassistant.core import HomeAssistant

PARAMS = {"model": "kokoro", "voice": "alloy", "response_format": "pcm", "input": "Hello."}


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Iterator[float]:
    """Let ten seconds pass whenever somebody looks at the clock."""
    clock = count(0, 10)
    monkeypatch.setattr(synthesis, "monotonic", lambda: float(next(clock)))
    return clock


@respx.mock
@pytest.mark.usefixtures("seconds")
async def test_a_server_that_is_never_done_is_given_up(hass: HomeAssistant) -> None:
    async def drops() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"\0\0"

    respx.post(path="/v1/audio/speech").mock(return_value=httpx.Response(200, content=drops()))
    client = create_client(hass, {"api_key": "any"})
    heard: list[bytes] = []

    async def hear() -> None:
        async for chunk in synthesis.async_speak(client, Server.OPENAI, PARAMS, set()):
            heard.append(chunk)  # noqa: PERF401 - the rest fails

    with pytest.raises(OpenAIRequestError) as caught:
        await hear()

    assert caught.value.failure.kind is FailureKind.TIMEOUT
    assert 1 <= len(heard) <= 4
