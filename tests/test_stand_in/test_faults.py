"""Tests of the stand-in's faults."""

import asyncio
from contextlib import suppress
import json
import time
from typing import Any

from aiohttp import ClientError, ClientSession
from aiohttp.test_utils import TestServer
import openai
import pytest

from tests.stand_in import create_app
from tests.stand_in.mishaps import MISHAPS
from tests.stand_in.refusals import REFUSALS

from .requests import EVENT_CLASSES, TOOLS, arm, check_events, request, stream_events

REFUSAL_SIGNS = {
    "auth": (401, "invalid_api_key"),
    "ip_not_allowed": (401, "ip_not_authorized"),
    "region": (403, "unsupported_country_region_territory"),
    "permission": (403, None),
    "organization": (403, "unsupported_value"),
    "model_gone": (404, "model_not_found"),
    "rate_limit": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "flex_unavailable": (429, "resource_unavailable"),
    "server": (500, "server_error"),
    "overloaded": (503, "server_is_overloaded"),
    "context_length": (400, "context_length_exceeded"),
    "moderation": (400, "moderation_blocked"),
    "unsupported_parameter": (400, "unsupported_parameter"),
}


CHEAP = request("hello", model="gpt-6-luna", service_tier="flex")


def test_every_refusal_is_tested() -> None:
    assert list(REFUSAL_SIGNS) == list(REFUSALS)


@pytest.mark.parametrize("fault", REFUSALS)
async def test_a_refusal(client: openai.AsyncOpenAI, web: ClientSession, fault: str) -> None:
    await arm(web, fault, seconds=7, param="top_p")
    with pytest.raises(openai.APIStatusError) as caught:
        await client.responses.create(**CHEAP, stream=True)
    err = caught.value
    assert (err.status_code, err.code) == REFUSAL_SIGNS[fault]
    assert err.response.headers.get("retry-after") == ("7" if fault == "rate_limit" else None)
    if fault == "quota":
        assert err.type == "insufficient_quota"
    if fault == "unsupported_parameter":
        assert err.param == "top_p"
    assert (await client.responses.create(**CHEAP)).output_text


async def test_only_the_cheap_tier_is_full(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "flex_unavailable", times=None)
    response = await client.responses.create(**{**CHEAP, "service_tier": "default"})
    assert response.service_tier == "default"
    with pytest.raises(openai.RateLimitError, match="Resource unavailable"):
        await client.responses.create(**CHEAP)


async def test_a_fault_hits_as_often_and_where_it_was_armed(
    client: openai.AsyncOpenAI, web: ClientSession
) -> None:
    await arm(web, "server", times=2)
    await arm(web, "region", path="/v1/models")
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await client.responses.create(model="gpt-4o", input="hi")
    await client.responses.create(model="gpt-4o", input="hi")
    with pytest.raises(openai.PermissionDeniedError):
        await client.models.list()
    await client.models.list()
    await arm(web, "server", times=None)
    async with web.delete("/stand-in/fault"):
        await client.responses.create(model="gpt-4o", input="hi")


async def test_faults_can_be_listed_and_must_exist(web: ClientSession) -> None:
    await arm(web, "slow", path="/v1/models", seconds=0)
    async with web.get("/stand-in/fault") as response:
        listed = await response.json()
    assert listed["armed"] == [{"fault": "slow", "times": 1, "path": "/v1/models"}]
    assert listed["known"] == [*REFUSALS, *MISHAPS]
    for order in ({"fault": "nonsense"}, {"fault": "cut", "path": "/v1/models"}, {"foo": 1}):
        async with web.post("/stand-in/fault", json=order) as response:
            assert response.status == 400
    with pytest.raises(ValueError, match="nonsense"):
        create_app(fault="nonsense")


async def test_a_fault_from_the_start() -> None:
    async with TestServer(create_app(fault="empty")) as server, ClientSession(server.make_url("/")) as web:
        for _ in range(2):
            assert len(await stream_events(web, request("hello"))) == 3


async def test_slow(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "slow", seconds=0.2, times=2)
    await arm(web, "slow", seconds=0.2, path="/v1/models")
    start = time.monotonic()
    await stream_events(web, request("hello"))
    assert time.monotonic() - start >= 0.2
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.05).responses.create(**request("hello"))
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.05).models.list()


async def test_stall(web: ClientSession) -> None:
    await arm(web, "stall")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await stream_events(web, request("hello"))
    await asyncio.sleep(0.2)
    async with web.get("/stand-in/requests") as response:
        (record,) = await response.json()
    assert record["outcome"] == {"status": 200, "fault": "stall", "client_left": True}


async def test_cut(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "cut", times=3)
    with pytest.raises(ClientError):
        await stream_events(web, request("hello"))
    text = ""

    async def listen() -> None:
        nonlocal text
        async for event in await client.responses.create(**request("hello", stream=True)):
            text += getattr(event, "delta", "")

    with pytest.raises(Exception, match=r"(?i)incomplete|connection"):  # before 3.26 the SDK does not wrap it
        await listen()
    assert text
    assert "Hello! Nice to hear from you.".startswith(text)
    with pytest.raises(openai.APIConnectionError):
        await client.responses.create(**request("hello"))


@pytest.mark.parametrize(
    ("fault", "terminal"),
    [
        ("error_event", "error"),
        ("failed_event", "response.failed"),
        ("incomplete", "response.incomplete"),
        ("no_terminal", "response.output_item.done"),
        ("empty", "response.completed"),
        ("refusal", "response.completed"),
        ("bad_arguments", "response.completed"),
        ("unknown_tool", "response.completed"),
    ],
)
@pytest.mark.parametrize("text", ["hello", "turn on the kitchen light"])
async def test_a_mishap_that_fits_the_sdk(web: ClientSession, fault: str, terminal: str, text: str) -> None:
    await arm(web, fault)
    events = await stream_events(web, request(text))
    assert events[-1]["type"] == terminal
    for event in events:
        EVENT_CLASSES[event["type"]].model_validate(event, strict=True)
    if fault not in ("error_event", "failed_event", "no_terminal"):
        check_events(events)


@pytest.mark.parametrize("fault", ["error_event", "no_terminal", "failed_event"])
async def test_a_mishap_without_a_stream(client: openai.AsyncOpenAI, web: ClientSession, fault: str) -> None:
    await arm(web, fault)
    with suppress(openai.InternalServerError, openai.APIConnectionError):
        response = await client.responses.create(**request("hello"))
        assert response.status == "failed"
        assert response.error
        assert response.error.code == "server_error"


async def last_event(web: ClientSession, fault: str, text: str = "hello", **changes: Any) -> dict[str, Any]:
    await arm(web, fault)
    return (await stream_events(web, request(text, **changes)))[-1]


async def test_what_the_mishaps_say(web: ClientSession) -> None:
    assert (await last_event(web, "error_event"))["code"] == "server_error"
    assert (await last_event(web, "failed_event"))["response"]["error"]["code"] == "server_error"
    response = (await last_event(web, "incomplete"))["response"]
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert response["output"][0]["status"] == "incomplete"
    assert response["output"][0]["content"][0]["text"] == "Hello! Nice to"
    call = (await last_event(web, "incomplete", "turn on the kitchen light"))["response"]["output"][0]
    assert call["status"] == "incomplete"
    call = (await last_event(web, "bad_arguments"))["response"]["output"][0]
    assert call["name"] == TOOLS[0]["name"]
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(call["arguments"])
    call = (await last_event(web, "unknown_tool"))["response"]["output"][0]
    assert call["name"] not in [given["name"] for given in TOOLS]
    assert (await last_event(web, "refusal"))["response"]["output"][0]["content"][0]["type"] == "refusal"
    assert (await last_event(web, "empty"))["response"]["output"] == []


async def test_unknown_event(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "unknown_event")
    async with await client.responses.create(**request("hello", stream=True)) as stream:
        types = [event.type async for event in stream]
    assert "response.telepathy.started" in types
    assert types[-1] == "response.completed"


async def test_quirky(web: ClientSession) -> None:
    await arm(web, "quirky")
    events = await stream_events(web, request("turn on the kitchen light"))
    assert not any({"sequence_number", "output_index", "item_id", "delta"} & set(event) for event in events)
    (arguments,) = [event["arguments"] for event in events if "arguments" in event]
    assert json.loads(arguments) == {"name": "Kitchen Light", "domain": ["light"]}
    assert "usage" not in events[-1]["response"]
