"""Tests of the stand-in as a server."""

import asyncio
import json
from pathlib import Path
import sys
import time
from typing import Any

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
import openai
import pytest

from tests.stand_in import create_app

from .requests import KEY, TOOLS, check_events, request, said, stream_events


async def test_the_sdk_streams_from_it(client: openai.AsyncOpenAI) -> None:
    text = ""
    async with await client.responses.create(**request("hello", stream=True)) as stream:
        assert stream.response.headers["x-request-id"].startswith("req_")
        assert "openai-processing-ms" in stream.response.headers
        async for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
    assert event.type == "response.completed"
    assert text == event.response.output_text == "Hello! Nice to hear from you."


async def test_the_sdk_gets_an_answer_in_one_piece(client: openai.AsyncOpenAI) -> None:
    response = await client.responses.create(model="gpt-6-luna", input="hello", service_tier="auto")
    assert response.output_text == "Hello! Nice to hear from you."
    assert response.service_tier == "default"


async def test_several_turns_through_the_sdk(client: openai.AsyncOpenAI) -> None:
    items = said("turn on the kitchen light and the bedroom light")
    options: dict[str, Any] = {"model": "gpt-6-luna", "input": items, "tools": TOOLS, "store": False}
    response = await client.responses.create(**options)
    items += [item.model_dump(exclude_none=True) for item in response.output]
    for item in response.output:
        if item.type == "function_call":
            result = json.dumps({"data": {"response_type": "action_done"}, "error": False})
            items.append({"type": "function_call_output", "call_id": item.call_id, "output": result})
    response = await client.responses.create(**options)
    assert response.output_text == "Turned on Kitchen Light and Bedroom Light."


async def test_events_on_the_wire(web: ClientSession) -> None:
    reasoning = {"effort": "low", "summary": "auto"}
    check_events(await stream_events(web, request("hello", model="gpt-6-luna", reasoning=reasoning)))
    check_events(await stream_events(web, request("turn on the kitchen light and the bedroom light")))


async def test_models(client: openai.AsyncOpenAI) -> None:
    models = {model.id: model.shutdown_date async for model in client.models.list()}
    assert models["gpt-4o"] == "2027-01-14"
    assert models["gpt-6-luna"] is None
    assert {"gpt-image-2.6-sunburst", "gpt-transcribe", "text-embedding-3-small", "gpt-4"} <= set(models)
    assert (await client.models.retrieve("gpt-5.1")).shutdown_date == "2027-04-01"
    with pytest.raises(openai.NotFoundError) as caught:
        await client.models.retrieve("nonsense")
    assert caught.value.code == "model_not_found"


async def test_a_wrong_key_is_refused_and_masked(client: openai.AsyncOpenAI) -> None:
    for key in ("sk-wrong-1234567890abcd", "short"):
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.with_options(api_key=key).models.list()
        assert caught.value.code == "invalid_api_key"
        assert key not in caught.value.message
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="x").responses.create(model="gpt-4o", input="hi")


async def test_a_restricted_key_sees_no_models(client: openai.AsyncOpenAI) -> None:
    restricted = client.with_options(api_key="sk-test-restricted")
    with pytest.raises(openai.PermissionDeniedError):
        await restricted.models.list()
    assert (await restricted.responses.create(model="gpt-4o", input="hello")).output_text


async def test_a_bad_request_gets_openais_error(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(model="gpt-4o", input="hi", extra_body={"foo": 1})
    assert (caught.value.code, caught.value.param) == ("unknown_parameter", "foo")
    assert caught.value.type == "invalid_request_error"
    for data in ("{", "[]"):
        headers = {"Authorization": f"Bearer {KEY}"}
        async with web.post("/v1/responses", data=data, headers=headers) as response:
            assert response.status == 400
            assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_unknown_paths_and_methods(web: ClientSession) -> None:
    async with web.get("/v1/nonsense") as response:
        assert response.status == 404
        assert "Invalid URL" in (await response.json())["error"]["message"]
    async with web.get("/v1/responses") as response:
        assert response.status == 405
    async with web.get("/v1/models") as response:
        assert response.status == 401


async def test_it_shows_and_logs_what_was_asked(
    client: openai.AsyncOpenAI, web: ClientSession, log: Path
) -> None:
    await client.responses.create(model="gpt-4o", input="hello")
    with pytest.raises(openai.NotFoundError):
        await client.responses.create(model="gpt-4", input="hello")
    async with web.get("/stand-in/requests") as response:
        good, bad = seen = await response.json()
    assert good["body"] == {"model": "gpt-4o", "input": "hello"}
    assert good["outcome"]["status"] == 200
    assert good["outcome"]["response"]["output"][0]["content"][0]["text"] == "Hello! Nice to hear from you."
    assert bad["outcome"]["error"]["code"] == "model_not_found"
    logged = await asyncio.to_thread(log.read_text)
    assert [json.loads(line) for line in logged.splitlines()] == seen
    assert KEY not in logged
    async with web.delete("/stand-in/requests") as response:
        assert response.status == 204
    async with web.get("/stand-in/requests") as response:
        assert await response.json() == []


async def test_words_can_take_their_time() -> None:
    app = create_app(first_word_ms=100, word_ms=20)
    async with TestServer(app) as slow, ClientSession(slow.make_url("/")) as web:
        start = time.monotonic()
        await stream_events(web, request("hello"))
    assert time.monotonic() - start >= 0.1 + 5 * 0.02


async def test_it_runs_by_itself(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.stand_in", "--port", "0", "--log", str(tmp_path / "log")),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    url = line.removeprefix("listening on ").strip()
    async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
        assert (await client.responses.create(model="gpt-4o", input="hello")).output_text
    process.terminate()
    assert await process.wait() == 0
