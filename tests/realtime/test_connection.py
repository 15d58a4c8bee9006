"""One session of the Realtime API: how it is set up, routes its events, and breaks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import json
import time
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.openai_conversation.openai_api.errors import OpenAIRequestError
from custom_components.openai_conversation.realtime.connection import Connection, websocket_url
from custom_components.openai_conversation.realtime.events import Event
from tests.harness.waiting import until
from tests.support.stand_in import KEY, StandIn

MODEL = {"model": "gpt-realtime-2.1-mini"}
SETTINGS = {"type": "realtime", "instructions": "Read what is in <text>.", "reasoning": {"effort": "minimal"}}
CONNECTION = "custom_components.openai_conversation.realtime.connection"


def ignored(_response: Event) -> None:
    """Take a response that a test does not look at."""


@asynccontextmanager
async def opened(
    http: ClientSession,
    base_url: str,
    **settings: Any,
) -> AsyncIterator[Connection]:
    url = websocket_url(base_url, MODEL)
    connection = await Connection.async_open(http, url, KEY, {**SETTINGS, **settings})
    try:
        yield connection
    finally:
        await connection.async_close()


async def refusal(http: ClientSession, stand_in: StandIn, **settings: Any) -> OpenAIRequestError:
    with pytest.raises(OpenAIRequestError) as caught:
        async with opened(http, stand_in.base_url, **settings):
            pass
    assert KEY not in caught.value.failure.detail
    return caught.value


def response(key: str, text: str = "One two.") -> Event:
    content = [{"type": "input_text", "text": f"<text>{text}</text>"}]
    return {
        "conversation": "none",
        "input": [{"type": "message", "role": "user", "content": content}],
        "metadata": {"key": key},
    }


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://api.openai.com/v1", "wss://api.openai.com/v1/realtime?model=m"),
        ("https://api.openai.com/v1/", "wss://api.openai.com/v1/realtime?model=m"),
        ("http://192.168.1.20:8080/v1", "ws://192.168.1.20:8080/v1/realtime?model=m"),
        ("https://example.org/openai/v1?tenant=7", "wss://example.org/openai/v1/realtime?tenant=7&model=m"),
        ("https://example.org/v1?tenant=7/", "wss://example.org/v1/realtime?tenant=7&model=m"),
        ("https://example.org", "wss://example.org/realtime?model=m"),
    ],
)
def test_the_address_is_beside_the_base_url(base_url: str, address: str) -> None:
    assert str(websocket_url(base_url, {"model": "m"})) == address


async def test_a_session_is_set_up(http: ClientSession, stand_in: StandIn) -> None:
    async with opened(http, stand_in.base_url) as connection:
        assert connection.is_open
        assert 3500 < connection.ends_at - time.monotonic() <= 3600
    assert not connection.is_open
    [update] = stand_in.received("session.update")
    assert update["session"] == SETTINGS


@pytest.mark.parametrize("fault", ["auth", "permission", "model_gone", "quota", "overloaded"])
async def test_an_upgrade_that_is_refused(http: ClientSession, stand_in: StandIn, fault: str) -> None:
    await stand_in.fails(fault, at="/v1/realtime")

    assert (await refusal(http, stand_in)).failure.kind == "no_websocket"


@pytest.mark.parametrize(
    ("fault", "kind"), [("auth", "auth"), ("model_gone", "model_gone"), ("quota", "billing")]
)
async def test_a_refusal_behind_the_upgrade(
    http: ClientSession, stand_in: StandIn, fault: str, kind: str
) -> None:
    await stand_in.fails("late", at="/v1/realtime", param=fault)

    assert (await refusal(http, stand_in)).failure.kind == kind


async def test_nobody_there(http: ClientSession, unused_tcp_port: int) -> None:
    with pytest.raises(OpenAIRequestError) as caught:
        async with opened(http, f"http://127.0.0.1:{unused_tcp_port}/v1"):
            pass
    assert caught.value.failure.kind == "connection"


async def test_a_server_that_says_nothing(
    http: ClientSession, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{CONNECTION}.OPEN_TIMEOUT", 0.1)
    await stand_in.fails("slow", at="/v1/realtime", seconds=5)

    assert (await refusal(http, stand_in)).failure.kind == "timeout"
    await until(no_session(stand_in), within=5, what="the connection to be closed")


async def test_a_setting_that_is_refused_is_left_out(http: ClientSession, stand_in: StandIn) -> None:
    await stand_in.fails("unsupported_parameter", at="session.update", param="session.reasoning.effort")

    async with opened(http, stand_in.base_url):
        pass
    assert ["reasoning" in each["session"] for each in stand_in.received("session.update")] == [True, False]


async def test_a_setting_that_must_be(http: ClientSession, stand_in: StandIn) -> None:
    await stand_in.fails("unsupported_parameter", at="session.update", param="session.instructions")

    assert (await refusal(http, stand_in)).failure.kind == "unsupported"
    assert (await refusal(http, stand_in, audio={"output": {"voice": "nova"}})).failure.kind == "unsupported"


async def test_a_session_that_ends_soon(http: ClientSession, stand_in: StandIn) -> None:
    await stand_in.fails("expires", at="/v1/realtime", seconds=30)

    async with opened(http, stand_in.base_url) as connection:
        assert 28 < connection.ends_at - time.monotonic() <= 30


@pytest.mark.parametrize("offset", [-(10**7), 10**7])
async def test_two_clocks_that_differ(
    http: ClientSession, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, offset: float
) -> None:
    now = time.time()
    monkeypatch.setattr("tests.stand_in.realtime.session.time.time", lambda: now + offset)

    async with opened(http, stand_in.base_url) as connection:
        monkeypatch.undo()
        assert 3500 < connection.ends_at - time.monotonic() <= 3600


async def test_events_are_assigned_to_their_items(http: ClientSession, stand_in: StandIn) -> None:
    stand_in.state.word_ms = 2
    async with opened(http, stand_in.base_url) as connection:
        with connection.request(ignored) as first, connection.request(ignored) as second:
            for inbox, text in ((first, "One two three."), (second, "Four five six.")):
                event = {"type": "response.create", "event_id": inbox.key}
                connection.post({**event, "response": response(inbox.key, text)})
            transcripts = {}
            for inbox in (second, first):
                events = [await inbox.event(5)]
                while events[-1]["type"] != "response.done":
                    events.append(await inbox.event(5))
                kind = "response.output_audio_transcript.delta"
                transcripts[inbox.key] = "".join(each["delta"] for each in events if each["type"] == kind)
    assert list(transcripts.values()) == ["Four five six.", "One two three."]


async def test_an_error_goes_to_whom_it_names(http: ClientSession, stand_in: StandIn) -> None:
    async with opened(http, stand_in.base_url) as connection:
        with connection.request(ignored) as good, connection.request(ignored) as bad:
            connection.post({"type": "response.create", "event_id": bad.key, "response": {"speed": 2}})
            connection.post({"type": "response.create", "event_id": good.key, "response": response(good.key)})
            with pytest.raises(OpenAIRequestError) as caught:
                await bad.event(5)
            assert caught.value.failure.param == "response.speed"
            while (await good.event(5))["type"] != "response.done":
                pass
        assert connection.is_open


async def test_everybody_hears_that_a_connection_is_lost(http: ClientSession, stand_in: StandIn) -> None:
    async with opened(http, stand_in.base_url) as connection:
        with connection.request(ignored) as first, connection.session() as second:
            await stand_in.hangs_up()
            for inbox in (first, second):
                with pytest.raises(OpenAIRequestError) as caught:
                    await inbox.event(5)
                assert caught.value.failure.kind == "connection"
        assert not connection.is_open
        with pytest.raises(OpenAIRequestError), connection.request(ignored):
            pass
        connection.post({"type": "response.cancel"})


async def test_the_reason_why_a_server_closes(http: ClientSession) -> None:
    error = {"type": "x", "code": "insufficient_quota", "message": "No credit.", "event_id": None}
    async with OddServer({"type": "error", "error": error}) as base_url, opened(http, base_url) as connection:
        with connection.request(ignored) as inbox:
            connection.post({"type": "response.create"})
            with pytest.raises(OpenAIRequestError) as caught:
                await inbox.event(5)
        assert caught.value.failure.kind == "billing"


class OddServer:
    """A server that answers the second event with what it likes, and closes."""

    def __init__(self, *events: Any) -> None:
        self._events = events
        app = web.Application()
        app.router.add_get("/v1/realtime", self._connect)
        self._server = TestServer(app)

    async def __aenter__(self) -> str:
        """Start, and return the base URL."""
        await self._server.start_server()
        return str(self._server.make_url("/v1"))

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self._server.close()

    async def _connect(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive()
        await socket.send_json({"type": "session.updated", "session": {}})
        await socket.receive()
        for event in self._events:
            if isinstance(event, bytes):
                await socket.send_bytes(event)
            else:
                await socket.send_str(event if isinstance(event, str) else json.dumps(event))
        await socket.close()
        return socket


NONSENSE = [
    "{",
    "[]",
    '"error"',
    "null",
    "{}",
    b"\x00",
    {"type": 5},
    {"type": "error"},
    {"type": "error", "error": "no"},
    {"type": "error", "error": {"code": 7, "message": None, "event_id": 3}},
    {"type": "response.created"},
    {"type": "response.created", "response": {"id": 5, "metadata": "no"}},
    {"type": "response.done", "response": []},
    {"type": "response.output_audio.delta", "response_id": ["x"], "delta": "AAAA"},
    {"type": "session.updated", "session": {"expires_at": "soon"}},
    {"type": "session.updated", "session": 3},
    {"type": "telepathy"},
]


async def test_nonsense_harms_nobody(http: ClientSession) -> None:
    created = {"type": "response.created", "response": {"id": "r", "metadata": {"key": "request-1"}}}
    done = {"type": "response.done", "response": {"id": "r", "status": "completed"}}
    billed: list[Event] = []
    async with (
        OddServer(*NONSENSE, created, *NONSENSE, done) as base_url,
        opened(http, base_url) as connection,
    ):
        with connection.request(billed.append) as inbox:
            connection.post({"type": "response.create"})
            async with asyncio.timeout(5):
                while (await inbox.event(5))["type"] != "response.done":
                    pass
    assert billed == [done["response"]]


def no_session(stand_in: StandIn) -> Callable[[], Any]:
    async def probe() -> bool | None:
        return stand_in.open_sessions == 0 or None

    return probe
