"""A request, and the events that answer it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
import json

import httpx
import pytest
import respx

from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError
from custom_components.openai_conversation.openai_api.http_client import Client
from custom_components.openai_conversation.responses import transport
from custom_components.openai_conversation.responses.transport import EventStream
from tests.support.responses_api import BASE_URL, Event, function_call

KEY = "sk-test-of-the-house"
URL = f"{BASE_URL}/responses"
REQUEST = {"model": "gpt-6-luna", "input": "Hi", "stream": True}
HEADERS = {"content-type": "text/event-stream", "x-request-id": "req_1"}


def block(event: Event) -> bytes:
    """Return an event as it goes over the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


TEXT = {"type": "response.output_text.delta", "delta": "Grüße 🏠"}
CALL = {"type": "response.output_item.done", "item": function_call("HassTurnOn", {"name": "Küche"})}
END = {"type": "response.completed", "response": {}}


class Body(httpx.AsyncByteStream):
    """The body of an answer, and what becomes of it."""

    def __init__(self, *chunks: bytes, then: Exception | None = None, endless: bool = False) -> None:
        self.chunks = chunks
        self.then = then
        self.endless = endless
        self.was_read_to_its_end = False
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Yield the chunks."""
        for chunk in self.chunks:
            yield chunk
        if self.then:
            raise self.then
        if self.endless:
            await asyncio.Event().wait()
        self.was_read_to_its_end = True

    async def aclose(self) -> None:
        self.is_closed = True


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The client of an account."""
    async with httpx.AsyncClient() as http:
        yield Client(http=http, base_url=BASE_URL, api_key=KEY)
    for _ in range(5):
        await asyncio.sleep(0)  # let the loop tidy up the HTTP client's generators that were left early


def answers(body: Body) -> respx.Route:
    return respx.post(URL).mock(return_value=httpx.Response(200, headers=HEADERS, stream=body))


async def events_of(client: Client) -> list[Event]:
    async with asyncio.timeout(5), aclosing(EventStream(client, REQUEST, silence=7).events()) as events:
        return [event async for event in events]


def blocks(*events: Event) -> Iterable[bytes]:
    return (block(event) for event in events)


@respx.mock
async def test_the_request(client: Client) -> None:
    route = answers(Body(*blocks(END)))

    await events_of(client)

    request = route.calls.last.request
    assert json.loads(request.content) == REQUEST
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.extensions["timeout"]["read"] == 7


@respx.mock
async def test_events_come_in_their_order(client: Client) -> None:
    answers(Body(*blocks(TEXT, CALL, END)))

    assert await events_of(client) == [TEXT, CALL, END]


@pytest.mark.parametrize(
    ("headers", "request_id"),
    [
        (HEADERS, "req_1"),
        ({}, None),
        ({"x-request-id": f"req \x1b[31m {KEY}"}, "req [31m …"),
        ({"x-request-id": "r" * 5000}, "r" * 99 + "…"),
    ],
    ids=["known", "unknown", "with a key", "too long"],
)
@respx.mock
async def test_the_id_of_the_request_is_known_once_it_is_answered(
    client: Client, headers: dict[str, str], request_id: str | None
) -> None:
    respx.post(URL).mock(return_value=httpx.Response(200, headers=headers, stream=Body(*blocks(TEXT, END))))
    stream = EventStream(client, REQUEST, silence=7)
    assert stream.request_id is None

    async with aclosing(stream.events()) as events:
        await anext(events)
        assert stream.request_id == request_id


@respx.mock
async def test_events_come_while_the_body_does(client: Client) -> None:
    body = Body(*blocks(TEXT, TEXT), endless=True)
    answers(body)

    async with asyncio.timeout(5), aclosing(EventStream(client, REQUEST, silence=7).events()) as events:
        assert await anext(events) == TEXT
        assert await anext(events) == TEXT


@pytest.mark.parametrize("kind", ["response.completed", "response.incomplete", "response.failed", "error"])
@respx.mock
async def test_behind_the_last_event_the_body_is_read_to_its_end(client: Client, kind: str) -> None:
    last = {"type": kind}
    body = Body(*blocks(TEXT, last), *blocks(TEXT), b"data: [DONE]\n\n")
    answers(body)

    assert await events_of(client) == [TEXT, last]
    assert body.was_read_to_its_end
    assert body.is_closed


@respx.mock
async def test_what_follows_in_the_last_chunk_is_not_read(client: Client) -> None:
    answers(Body(b"".join(blocks(END, TEXT))))

    assert await events_of(client) == [END]


@respx.mock
async def test_a_body_without_an_end_is_given_up(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "DRAIN_TIMEOUT", 0.01)
    body = Body(*blocks(TEXT, END), endless=True)
    answers(body)

    assert await events_of(client) == [TEXT, END]
    assert body.is_closed


def test_nobody_waits_for_a_body_without_an_end() -> None:
    assert 0 < transport.DRAIN_TIMEOUT < 1


@pytest.mark.parametrize(
    "error",
    [httpx.ReadError("reset"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("closed")],
    ids=repr,
)
@respx.mock
async def test_a_break_behind_the_last_event_does_not_matter(client: Client, error: Exception) -> None:
    body = Body(*blocks(TEXT, END), then=error)
    answers(body)

    assert await events_of(client) == [TEXT, END]
    assert body.is_closed


@respx.mock
async def test_an_end_without_a_last_event(client: Client) -> None:
    body = Body(*blocks(TEXT))
    answers(body)

    assert await events_of(client) == [TEXT]
    assert body.is_closed


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ReadTimeout("slow"), FailureKind.TIMEOUT),
        (httpx.ReadError("reset"), FailureKind.CONNECTION),
        (httpx.RemoteProtocolError("peer closed connection"), FailureKind.CONNECTION),
    ],
    ids=["silence", "reset", "closed"],
)
@respx.mock
async def test_a_break_in_the_stream(client: Client, error: Exception, kind: FailureKind) -> None:
    body = Body(*blocks(TEXT), then=error)
    answers(body)
    events = EventStream(client, REQUEST, silence=7).events()

    assert await anext(events) == TEXT
    with pytest.raises(OpenAIRequestError) as caught:
        await anext(events)
    assert caught.value.failure.kind is kind
    assert body.is_closed


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.ConnectError("no route"), FailureKind.CONNECTION),
        (httpx.ConnectTimeout("no handshake"), FailureKind.CONNECTION),
        (httpx.ReadTimeout("slow"), FailureKind.TIMEOUT),
        (httpx.Response(401, json={"error": {"code": "invalid_api_key"}}), FailureKind.AUTH),
        (httpx.Response(404, text="404 page not found"), FailureKind.NO_RESPONSES_API),
        (httpx.Response(500), FailureKind.SERVER),
    ],
    ids=["no route", "no handshake", "no answer", "401", "404", "500"],
)
@respx.mock
async def test_no_stream_at_all(
    client: Client, answer: httpx.Response | Exception, kind: FailureKind
) -> None:
    route = respx.post(URL).mock(side_effect=[answer])

    with pytest.raises(OpenAIRequestError) as caught:
        await events_of(client)

    assert caught.value.failure.kind is kind
    assert route.call_count == 1


@respx.mock
async def test_a_refusal_is_read_with_all_it_says(client: Client) -> None:
    error = {"code": "unsupported_value", "param": "reasoning.effort", "message": "Choose low.", "type": None}
    respx.post(URL).respond(400, headers={"x-request-id": "req_9"}, json={"error": error})

    with pytest.raises(OpenAIRequestError) as caught:
        await events_of(client)

    failure = caught.value.failure
    assert (failure.kind, failure.param, failure.request_id) == (
        FailureKind.UNSUPPORTED,
        "reasoning.effort",
        "req_9",
    )
    assert "Choose low." in failure.detail


@respx.mock
async def test_who_stops_early_closes_the_stream(client: Client) -> None:
    body = Body(*blocks(TEXT, TEXT, END))
    answers(body)

    async with aclosing(EventStream(client, REQUEST, silence=7).events()) as events:
        async for _ in events:
            break

    assert body.is_closed
    assert not body.was_read_to_its_end


@respx.mock
async def test_who_is_cancelled_closes_the_stream(client: Client) -> None:
    body = Body(*blocks(TEXT), endless=True)
    answers(body)
    started = asyncio.Event()

    async def listen() -> None:
        async with aclosing(EventStream(client, REQUEST, silence=7).events()) as events:
            async for _ in events:
                started.set()

    task = asyncio.create_task(listen())
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert body.is_closed


@respx.mock
async def test_errors_of_the_listener_are_left_alone(client: Client) -> None:
    body = Body(*blocks(TEXT, END))
    answers(body)

    async def listen() -> None:
        async with aclosing(EventStream(client, REQUEST, silence=7).events()) as events:
            async for _ in events:
                raise KeyError

    with pytest.raises(KeyError):
        await listen()
    assert body.is_closed
