"""The client: where it asks, with which key, and which models there are."""

from collections.abc import Iterator
from datetime import date
import json
from typing import Any

import httpx
import pytest
import respx

from custom_components.openai_conversation.const import Server
from custom_components.openai_conversation.openai_api import client as client_module
from custom_components.openai_conversation.openai_api.catalog import Catalog
from custom_components.openai_conversation.openai_api.client import (
    async_download,
    async_get_catalog,
    async_open_connection,
    create_client,
    is_azure,
    is_openai_host,
    server_of,
)
from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError
from custom_components.openai_conversation.openai_api.http_client import Client
from homeassistant.core import HomeAssistant
from homeassistant.helpers.httpx_client import get_async_client

KEY = "sk-test-of-the-house"
OPENAI = "https://api.openai.com/v1"
OWN_SERVER = "http://192.168.1.20:11434/v1"
PROXY = "http://proxy.lan/v1"


@pytest.fixture
def router() -> Iterator[respx.Router]:
    """Whatever is asked; unforeseen questions are errors."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def client(hass: HomeAssistant) -> Client:
    """A client for OpenAI's own address."""
    return create_client(hass, {"api_key": KEY})


def model(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1, "owned_by": "openai", **more}


@pytest.mark.parametrize(
    ("stored", "environment", "asked"),
    [
        pytest.param({}, None, OPENAI, id="OpenAI's own"),
        pytest.param({"base_url": None}, None, OPENAI, id="no address"),
        pytest.param({"base_url": ""}, None, OPENAI, id="an empty address"),
        pytest.param({"base_url": OWN_SERVER}, None, OWN_SERVER, id="the user's"),
        pytest.param({"base_url": None}, PROXY, PROXY, id="the environment's"),
        pytest.param({"base_url": ""}, PROXY, PROXY, id="empty: the environment's"),
        pytest.param({"base_url": OWN_SERVER}, PROXY, OWN_SERVER, id="the user's beats the environment's"),
    ],
)
@respx.mock
async def test_where_it_asks(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    stored: dict[str, Any],
    environment: str | None,
    asked: str,
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    if environment:
        monkeypatch.setenv("OPENAI_BASE_URL", environment)
    route = respx.get(f"{asked}/models").respond(json={"object": "list", "data": []})

    client = create_client(hass, {"api_key": KEY, **stored})
    await async_get_catalog(client, Server.OPENAI)

    assert route.call_count == 1


async def test_the_key_goes_along(client: Client, router: respx.Router) -> None:
    route = router.get(f"{OPENAI}/models").respond(json={"object": "list", "data": []})

    await async_get_catalog(client, Server.OPENAI)

    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"


async def test_the_environments_organization_goes_along(
    hass: HomeAssistant, router: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-family")
    monkeypatch.delenv("OPENAI_PROJECT_ID", raising=False)
    route = router.get(f"{OPENAI}/models").respond(json={"object": "list", "data": []})

    await async_get_catalog(create_client(hass, {"api_key": KEY}), Server.OPENAI)

    headers = route.calls.last.request.headers
    assert headers["openai-organization"] == "org-of-the-family"
    assert "openai-project" not in headers


async def test_another_server_does_not_hear_of_the_organization(
    hass: HomeAssistant, router: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-family")
    route = router.get(f"{PROXY}/models").respond(json={"data": []})

    await async_get_catalog(create_client(hass, {"api_key": KEY, "base_url": PROXY}), Server.COMPATIBLE)

    assert "openai-organization" not in route.calls.last.request.headers


async def test_the_query_of_an_address_goes_along(hass: HomeAssistant, router: respx.Router) -> None:
    route = router.get(f"{PROXY}/models", params={"api-version": "preview"}).respond(json={"data": []})

    client = create_client(hass, {"api_key": KEY, "base_url": f"{PROXY}/?api-version=preview"})
    await async_get_catalog(client, Server.COMPATIBLE)

    assert route.call_count == 1


async def test_a_form_is_sent_as_one_piece(client: Client, router: respx.Router) -> None:
    pieces: list[bytes] = []

    async def read(request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)
        pieces.extend([piece async for piece in request.stream])
        return httpx.Response(200)

    router.post(f"{OPENAI}/audio/transcriptions").mock(side_effect=read)
    body = {"model": "gpt-transcribe", "keywords": ["Attic", "Cellar"]}

    await client.async_post("/audio/transcriptions", body, files=[("file", ("a.wav", b"RIFF"))], silence=5)

    assert len(pieces) == 1
    assert pieces[0].count(b'name="keywords[]"') == 2


def test_a_client_does_not_show_its_key(client: Client) -> None:
    assert KEY not in repr(client)


async def test_the_stored_key_beats_the_environments(
    hass: HomeAssistant, router: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    route = router.get(f"{OPENAI}/models").respond(json={"object": "list", "data": []})

    await async_get_catalog(create_client(hass, {"api_key": KEY}), Server.OPENAI)

    assert route.calls.last.request.headers["authorization"] == f"Bearer {KEY}"


async def test_nothing_is_asked_while_the_client_is_made(hass: HomeAssistant, router: respx.Router) -> None:
    create_client(hass, {"api_key": KEY, "base_url": OWN_SERVER})

    assert not router.calls


async def test_connections_are_home_assistants(hass: HomeAssistant, router: respx.Router) -> None:
    router.get(f"{OPENAI}/models").respond(json={"object": "list", "data": []})
    first = create_client(hass, {"api_key": KEY})
    second = create_client(hass, {"api_key": "sk-of-another-account"})

    assert first.http is second.http is get_async_client(hass)


async def test_the_catalog(client: Client, router: respx.Router) -> None:
    data = [
        model("gpt-4o", shutdown_date="2027-01-14"),
        model("gpt-6-luna", shutdown_date=None),
        model("without-a-date"),
        model("odd-date", shutdown_date="soon"),
    ]
    router.get(f"{OPENAI}/models").respond(json={"object": "list", "data": data})

    catalog = await async_get_catalog(client, Server.OPENAI)

    assert catalog == Catalog(
        models=("gpt-4o", "gpt-6-luna", "without-a-date", "odd-date"),
        shutdown_dates={"gpt-4o": date(2027, 1, 14)},
    )


async def test_the_catalog_is_not_waited_for_longer_than_ten_seconds(
    client: Client, router: respx.Router
) -> None:
    route = router.get(f"{OPENAI}/models").respond(json={"object": "list", "data": []})

    await async_get_catalog(client, Server.OPENAI)

    timeouts = route.calls.last.request.extensions["timeout"]
    assert timeouts == {"connect": 3.5, "read": 10.0, "write": 10.0, "pool": 10.0}


@pytest.mark.parametrize("data", [{"object": "list", "data": None}, {"object": "list"}], ids=json.dumps)
async def test_a_server_with_an_empty_list(
    client: Client, router: respx.Router, data: dict[str, Any]
) -> None:
    router.get(f"{OPENAI}/models").respond(json=data)

    assert await async_get_catalog(client, Server.COMPATIBLE) == Catalog()


async def test_a_model_without_a_name_is_left_out(client: Client, router: respx.Router) -> None:
    router.get(f"{OPENAI}/models").respond(json={"data": [{"object": "model"}, model("llama3.2")]})

    assert (await async_get_catalog(client, Server.COMPATIBLE)).models == ("llama3.2",)


@pytest.mark.parametrize("server", Server)
async def test_a_key_that_may_not_list_models_is_accepted(
    client: Client, router: respx.Router, server: Server
) -> None:
    error = {"message": "Missing scopes: api.model.read", "code": None, "type": None, "param": None}
    router.get(f"{OPENAI}/models").respond(403, json={"error": error})

    assert await async_get_catalog(client, server) == Catalog()


@pytest.mark.parametrize("status", [404, 405])
async def test_a_compatible_server_may_have_no_list(
    client: Client, router: respx.Router, status: int
) -> None:
    router.get(f"{OPENAI}/models").respond(status, text="not found")

    assert await async_get_catalog(client, Server.COMPATIBLE) == Catalog()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(401), FailureKind.AUTH),
        (httpx.Response(404), FailureKind.NO_RESPONSES_API),
        (
            httpx.Response(403, json={"error": {"message": "Not on the IP allowlist"}}),
            FailureKind.NETWORK_NOT_ALLOWED,
        ),
        (httpx.Response(429), FailureKind.RATE_LIMIT),
        (httpx.Response(500), FailureKind.SERVER),
        (httpx.ConnectError("no route"), FailureKind.CONNECTION),
        (httpx.ReadTimeout("slow"), FailureKind.TIMEOUT),
    ],
    ids=["401", "404", "address", "429", "500", "no connection", "slow"],
)
async def test_what_is_not_accepted(
    client: Client,
    router: respx.Router,
    answer: httpx.Response | Exception,
    kind: FailureKind,
) -> None:
    route = router.get(f"{OPENAI}/models").mock(side_effect=[answer])

    with pytest.raises(OpenAIRequestError) as caught:
        await async_get_catalog(client, Server.OPENAI)

    assert caught.value.failure.kind is kind
    assert route.call_count == 1  # somebody waits: nothing is repeated behind the caller's back


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"html": "<html>Please log in</html>"}, id="the page of a proxy"),
        pytest.param({"json": ["llama3.2"]}, id="a list of its own"),
        pytest.param({"content": b"{", "headers": {"content-type": "application/json"}}, id="cut"),
    ],
)
async def test_an_answer_that_is_no_list_is_a_failure_like_others(
    client: Client, router: respx.Router, answer: dict[str, Any]
) -> None:
    router.get(f"{OPENAI}/models").respond(200, **answer)

    with pytest.raises(OpenAIRequestError):
        await async_get_catalog(client, Server.OPENAI)


async def test_opening_a_connection_asks_for_the_model(client: Client, router: respx.Router) -> None:
    route = router.get(f"{OPENAI}/models/gpt-6-luna").respond(json=model("gpt-6-luna"))

    await async_open_connection(client, "gpt-6-luna")

    assert route.call_count == 1
    assert route.calls.last.request.extensions["timeout"]["read"] == 10.0


@pytest.mark.parametrize(
    "answer", [httpx.Response(401), httpx.Response(404), httpx.ConnectError("no route")], ids=str
)
async def test_opening_a_connection_never_fails(
    client: Client, router: respx.Router, answer: httpx.Response | Exception
) -> None:
    route = router.get(f"{OPENAI}/models/gpt-6-luna").mock(side_effect=[answer])

    await async_open_connection(client, "gpt-6-luna")

    assert route.call_count == 1


@pytest.mark.parametrize(
    ("data", "server"),
    [
        ({}, Server.OPENAI),
        ({"server": "openai"}, Server.OPENAI),
        ({"server": "compatible"}, Server.COMPATIBLE),
    ],
)
def test_who_answers(data: dict[str, Any], server: Server) -> None:
    assert server_of(data) is server


@pytest.mark.parametrize(
    ("base_url", "openais", "azures"),
    [
        (None, True, False),
        ("", True, False),
        (OPENAI, True, False),
        ("https://eu.api.openai.com/v1", True, False),
        ("https://house.openai.azure.com/openai/v1", False, True),
        ("https://house.services.ai.azure.com/openai/v1", False, True),
        ("https://openrouter.ai/api/v1", False, False),
        (OWN_SERVER, False, False),
        ("https://api.openai.com.evil.example/v1", False, False),
        ("https://fakeapi.openai.com/v1", False, False),
    ],
)
def test_whose_address_it_is(base_url: str | None, openais: bool, azures: bool) -> None:
    assert is_openai_host({"base_url": base_url}) is openais
    assert is_azure({"base_url": base_url}) is azures


IMAGE = "http://192.168.1.20/image.png"


async def test_an_image_is_fetched(hass: HomeAssistant, router: respx.Router) -> None:
    router.get(IMAGE).respond(302, headers={"location": "http://192.168.1.21/moved.png"})
    router.get("http://192.168.1.21/moved.png").respond(content=b"bytes")

    assert await async_download(hass, IMAGE) == b"bytes"


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(404), httpx.ConnectError("no route"), httpx.Response(200, content=b"12345")],
    ids=["gone", "no route", "too large"],
)
async def test_an_image_that_cannot_be_fetched(
    hass: HomeAssistant,
    router: respx.Router,
    monkeypatch: pytest.MonkeyPatch,
    answer: httpx.Response | Exception,
) -> None:
    monkeypatch.setattr(client_module, "MAX_DOWNLOAD", 4)
    router.get(IMAGE).mock(side_effect=[answer])

    with pytest.raises(OpenAIRequestError) as caught:
        await async_download(hass, IMAGE)

    assert caught.value.failure.kind is FailureKind.NO_IMAGE


async def test_an_image_of_the_allowed_size_is_fetched(
    hass: HomeAssistant, router: respx.Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MAX_DOWNLOAD", 5)
    router.get(IMAGE).respond(content=b"12345")

    assert await async_download(hass, IMAGE) == b"12345"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://192.168.1.20/image.png", ""])
async def test_images_come_from_the_web_only(hass: HomeAssistant, router: respx.Router, url: str) -> None:
    with pytest.raises(OpenAIRequestError):
        await async_download(hass, url)

    assert not router.calls
