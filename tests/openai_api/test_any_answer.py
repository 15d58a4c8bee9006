"""Whatever a server answers: only an error of ours is raised, and only what can be stored is returned.

Each test tries many answers that were broken by a seed. One that fails can be repeated by its seed.
"""

import base64
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from random import Random
from typing import Any

import httpx
import pytest
import respx

from custom_components.openai_conversation.audio.synthesis import async_speak
from custom_components.openai_conversation.audio.transcription import async_transcribe
from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.images.generator import async_generate
from custom_components.openai_conversation.images.request import ImageRequest
from custom_components.openai_conversation.openai_api import errors
from custom_components.openai_conversation.openai_api.classify import classify, classify_event
from custom_components.openai_conversation.openai_api.client import (
    async_check_responses,
    async_decide,
    async_get_catalog,
    async_open_connection,
    create_client,
)
from custom_components.openai_conversation.openai_api.decisions import decision_answers
from custom_components.openai_conversation.openai_api.errors import Failure, OpenAIRequestError
from custom_components.openai_conversation.openai_api.http_client import Client
from custom_components.openai_conversation.openai_api.location import async_find_place
from custom_components.openai_conversation.openai_api.usage import Usage
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from tests.support.mangled import mangled
from tests.support.response_items import message
from tests.support.responses_api import PNG

from .failed import exception_for

KEY = "a-key-without-a-prefix"
BLOCKS = pytest.mark.parametrize("seeds", [range(start, start + 50) for start in range(0, 200, 50)], ids=str)

MODELS = {"object": "list", "data": [{"id": "llama3.2", "shutdown_date": "2027-01-14"}, {"id": "whisper"}]}
ERROR = {
    "error": {
        "message": f"The model `x` is loading, {KEY}. Please try again in 20s.",
        "type": "invalid_request_error",
        "param": "reasoning.effort",
        "code": "unsupported_value",
        "metadata": {"raw": "words", "provider_name": "Somebody"},
    }
}
IMAGE = {
    "data": [{"b64_json": base64.b64encode(PNG).decode(), "revised_prompt": f"A cat, {KEY}"}],
    "usage": {},
}
TEXT = {"text": f"Turn on the light, {KEY}", "usage": {"type": "tokens", "input_tokens": 14}}
PLACE = {"output": [{"type": "reasoning"}, message('{"city": "Bern", "region": "Bern"}')], "error": None}
DECISION = {"answers": [{"type": "predicate", "name": "home", "probability": 0.9}]}
QUESTIONS = {"home": {"type": "noul", "instructions": "Is anybody at home?"}}


@pytest.fixture(autouse=True)
def no_model_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for a model that is loading, which some of the answers report."""
    monkeypatch.setattr(errors, "LOADING_WAIT", 1e6)


@pytest.fixture
def client(hass: HomeAssistant) -> Client:
    return create_client(hass, {"api_key": KEY})


@pytest.fixture
def router() -> Iterator[respx.Router]:
    with respx.mock(assert_all_called=False) as router:
        yield router


async def outcome(request: Awaitable[Any]) -> Any:
    """Return what a request gives, None for an error of ours."""
    try:
        result = await request
    except OpenAIRequestError as err:
        assert_clean(err.failure)
        return None
    assert json_bytes(result), "it can be stored"
    assert KEY not in str(result)
    return result


def assert_clean(failure: Failure) -> None:
    assert json_bytes(asdict(failure)), "it can be stored"
    assert KEY not in repr(failure)
    assert len(failure.detail) <= 300
    assert failure.detail.isprintable()


def answer(body: bytes, seed: int) -> httpx.Response:
    """Return a broken answer, with a status that may fit."""
    status = Random(seed).choice([200, 200, 200, 200, 400, 401, 404, 429, 500])  # noqa: S311
    return httpx.Response(status, content=body)


def count(usage: Usage) -> None:
    assert 0 <= usage.input_tokens < 10**10
    assert 0 <= usage.output_tokens < 10**10


type Ask = Callable[[HomeAssistant, Client], Awaitable[Any]]


async def ask_for_models(hass: HomeAssistant, client: Client) -> Any:
    catalog = await async_get_catalog(client, Server.COMPATIBLE)
    assert all(name.isprintable() for name in catalog.models)
    return catalog.models, catalog.shutdown_dates


async def ask_for_an_image(hass: HomeAssistant, client: Client) -> Any:
    request = ImageRequest(prompt="A cat")
    image = asdict(await async_generate(hass, client, request, "gpt-image-2", on_usage=count))
    assert image.pop("data").startswith(PNG[:8])
    return image


async def ask_for_speech(hass: HomeAssistant, client: Client) -> Any:
    params = {"model": "tts-1", "voice": "alloy", "response_format": "mp3", "input": "Hello."}
    audio = [chunk async for chunk in async_speak(client, Server.OPENAI, params, set())]
    assert not b"".join(audio).lstrip().startswith((b"{", b"<html"))
    return None


async def ask_for_words(hass: HomeAssistant, client: Client) -> Any:
    params = {"model": "gpt-transcribe", "file": ("speech.wav", b"RIFF"), "response_format": "json"}
    return await async_transcribe(client, Server.OPENAI, params, set(), seconds=1.0, on_usage=count)


async def ask_for_the_place(hass: HomeAssistant, client: Client) -> Any:
    names = await async_find_place(client, "gpt-6-luna", 46.95, 7.45, on_usage=count)
    assert all(len(name) <= 100 and name.isprintable() for name in names)
    return names


async def ask_for_decisions(hass: HomeAssistant, client: Client) -> Any:
    decision = await async_decide(client, {"model": "gpt-6-luna"})
    try:
        return decision_answers(decision, QUESTIONS, "OpenAI")
    except HomeAssistantError:
        return None


ASKED: dict[str, tuple[str, Any, Ask]] = {
    "models": ("/models", MODELS, ask_for_models),
    "an image": ("/images/generations", IMAGE, ask_for_an_image),
    "speech": ("/audio/speech", ERROR, ask_for_speech),
    "words": ("/audio/transcriptions", TEXT, ask_for_words),
    "the place": ("/responses", PLACE, ask_for_the_place),
    "decisions": ("/decisions", DECISION, ask_for_decisions),
}


@BLOCKS
@pytest.mark.parametrize(("path", "valid", "ask"), ASKED.values(), ids=ASKED.keys())
async def test_an_answer_of_any_shape(
    hass: HomeAssistant,
    client: Client,
    router: respx.Router,
    path: str,
    valid: Any,
    ask: Ask,
    seeds: range,
) -> None:
    for seed in seeds:
        body = mangled(ERROR if seed % 5 == 0 else valid, seed)
        router.route(path=f"/v1{path}").mock(return_value=answer(body, seed))
        await outcome(ask(hass, client))


@pytest.mark.parametrize(("path", "valid", "ask"), ASKED.values(), ids=ASKED.keys())
async def test_a_right_answer_is_accepted(
    hass: HomeAssistant, client: Client, router: respx.Router, path: str, valid: Any, ask: Ask
) -> None:
    router.route(path=f"/v1{path}").respond(json=valid)

    assert await outcome(ask(hass, client)) or path == "/audio/speech"


@BLOCKS
async def test_an_error_of_any_shape(seeds: range) -> None:
    for seed in seeds:
        body = mangled(ERROR, seed)
        status = Random(seed).choice([300, 308, 400, 401, 403, 404, 405, 413, 422, 429, 500, 503, 599])  # noqa: S311
        failure = classify(await exception_for(httpx.Response(status, content=body), key=KEY))
        assert_clean(failure)
        assert failure.detail.startswith(str(status)), seed


@pytest.mark.parametrize("value", [None, 5, "words", [], ["x"], {"message": {"a": ["b"]}}, {"code": ["x"]}])
def test_an_error_of_any_shape_in_a_stream(value: Any) -> None:
    assert json_bytes(asdict(classify_event(value, key=KEY)))


@BLOCKS
async def test_the_check_of_a_server_only_fails_in_known_ways(
    client: Client, router: respx.Router, seeds: range
) -> None:
    for seed in seeds:
        router.route().mock(return_value=answer(mangled(ERROR, seed), seed))
        await outcome(async_check_responses(client))
        await async_open_connection(client, "llama3.2")
