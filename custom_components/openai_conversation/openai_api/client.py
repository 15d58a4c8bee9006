"""Create the client of an account, and send small requests."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
import os
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

import httpx

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.httpx_client import get_async_client
from homeassistant.util.network import is_local

from ..const import CONF_BASE_URL, CONF_SERVER, Server
from .catalog import Catalog
from .classify import classified, raise_reported
from .errors import OPENAI_NAME, FailureKind, OpenAIRequestError
from .http_client import Client
from .model_list import read_catalog
from .raw_answer import async_read_json

CHECK_TIMEOUT: Final = 10.0
"""Seconds for small requests outside a conversation, such as the list of models."""

OPENAI_ADDRESS: Final = "https://api.openai.com/v1"
"""The address of an entry without one."""

_FROM_ENVIRONMENT: Final[Mapping[str, str]] = {
    "OpenAI-Organization": "OPENAI_ORG_ID",
    "OpenAI-Project": "OPENAI_PROJECT_ID",
}
"""Header → environment variable. Home Assistant's built-in integration sends them, too, since OpenAI's own
client library does."""

PROBE_TIMEOUT: Final = 30.0
"""Seconds. No user waits for the answer, and a self-hosted server may load the model first."""

PROBE_TOKENS: Final = 16
"""The minimum that the API accepts."""

DECISION_TIMEOUT: Final = 60.0
"""Seconds."""

HOME_DOMAINS: Final = (".local", ".lan", ".home", ".internal", ".localdomain", ".home.arpa")
"""Ends of the names that routers give to devices at home."""

MAX_DOWNLOAD: Final = 50 * 1024 * 1024
"""Bytes of an image that is fetched from a URL."""


def create_client(hass: HomeAssistant, data: Mapping[str, Any]) -> Client:
    """Return a client for an entry's data: `api_key`, and `base_url` if it is not OpenAI's address.

    The environment may have another default for the address. Raises an exception of httpx for an address that
    is not one.
    """
    address = data.get(CONF_BASE_URL) or os.environ.get("OPENAI_BASE_URL") or OPENAI_ADDRESS
    names = _FROM_ENVIRONMENT if is_openai_host(data) else {}  # they say nothing to another server
    environment = {header: os.environ.get(name) for header, name in names.items()}
    return Client(
        http=get_async_client(hass),
        base_url=str(httpx.URL(address)),
        api_key=data[CONF_API_KEY],
        headers={header: value for header, value in environment.items() if value},
    )


async def async_get_catalog(client: Client, server: Server, *, timeout: float = CHECK_TIMEOUT) -> Catalog:
    """Ask for the list of models, which also checks the key and the address. `timeout`: in seconds.

    The catalog is empty if a restricted key may not list models, or if a compatible server has no such
    list: both work without it. Raises `OpenAIRequestError`.
    """
    has_user_names = is_azure({CONF_BASE_URL: client.base_url})
    accepted = {FailureKind.PERMISSION}
    if server is Server.COMPATIBLE:
        accepted.add(FailureKind.NO_RESPONSES_API)
    try:
        answer = await async_ask(client, "GET", "/models", timeout=timeout)
        return read_catalog(answer, has_user_names=has_user_names)
    except OpenAIRequestError as err:
        if err.failure.kind in accepted:
            return Catalog(has_user_names=has_user_names)
        raise


async def async_check_responses(client: Client) -> None:
    """Ask a compatible server whether it has a Responses API, with a request that it must refuse.

    Raises `OpenAIRequestError` if the address has no such API or no server, or if no request would succeed.
    """
    try:
        await async_ask(client, "POST", "/responses", {})
    except OpenAIRequestError as err:
        if err.failure.kind in _NO_WAY_IN:
            raise


_NO_WAY_IN: Final = frozenset(
    {
        FailureKind.AUTH,
        FailureKind.PERMISSION,
        FailureKind.NETWORK_NOT_ALLOWED,
        FailureKind.REGION,
        FailureKind.STARTING,
        FailureKind.NO_RESPONSES_API,
        FailureKind.UNREADABLE,
        FailureKind.CONNECTION,
        FailureKind.CERTIFICATE,
        FailureKind.WRONG_SCHEME,
        FailureKind.REDIRECT,
        FailureKind.TIMEOUT,
    }
)
"""Failures that every other request would meet, too. After any other refusal, the server has the API."""


async def async_ask(
    client: Client,
    method: Literal["GET", "POST"],
    path: str,
    body: Mapping[str, Any] | None = None,
    *,
    timeout: float | None = None,
) -> Any:
    """Return the JSON that answers a small request, as plain data.

    `timeout`: seconds for all of it, however slowly the answer comes. None: `CHECK_TIMEOUT`.
    Raises `OpenAIRequestError`, also for an error that comes with the status of a success.
    """
    seconds = timeout or CHECK_TIMEOUT
    with classified(malformed=FailureKind.UNREADABLE):
        async with asyncio.timeout(seconds):
            if method == "GET":
                response = await client.async_get(path, silence=seconds)
            else:
                response = await client.async_post(path, body or {}, silence=seconds)
            answer = await async_read_json(response)
    raise_reported(answer, client.api_key)
    return answer


async def async_probe(client: Client, server: Server, model: str) -> Any:
    """Ask a model for a short answer, and return the response. Raises `OpenAIRequestError`.

    Only this shows that the next turn will be answered: a list of models needs neither credit nor a model.
    """
    body: dict[str, Any] = {"model": model, "input": "Hi", "max_output_tokens": PROBE_TOKENS}
    if server is Server.OPENAI:
        body["store"] = False
    return await async_ask(client, "POST", "/responses", body, timeout=PROBE_TIMEOUT)


async def async_decide(client: Client, body: Mapping[str, Any]) -> Any:
    """Return the answer of `POST /decisions`, unchecked. Raises `OpenAIRequestError`."""
    return await async_ask(client, "POST", "/decisions", body, timeout=DECISION_TIMEOUT)


async def async_open_connection(client: Client, model: str) -> None:
    """Open a connection for a request that follows within seconds. Never raises.

    A minimal request to the host does DNS, TCP, and TLS. The answer does not matter: the request that follows
    would meet the same problem, and reports it.
    """
    with suppress(OpenAIRequestError):
        await async_ask(client, "GET", f"/models/{quote(model, safe='')}")


async def async_download(hass: HomeAssistant, url: str) -> bytes:
    """Fetch an image that a compatible server answered with a URL. Raises `OpenAIRequestError`."""
    failed = OpenAIRequestError.of(FailureKind.NO_IMAGE, "the URL of the image does not work")
    if not url.startswith(("http://", "https://")):
        raise failed
    data = bytearray()
    try:
        client = get_async_client(hass)
        async with client.stream("GET", url, timeout=CHECK_TIMEOUT, follow_redirects=True) as response:
            response.raise_for_status()
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > MAX_DOWNLOAD:
                    raise failed
    except (httpx.HTTPError, httpx.InvalidURL) as err:
        raise failed from err
    return bytes(data)


def is_web_address(address: str) -> bool:
    """Whether a text is an address that can be asked."""
    try:
        parts = urlsplit(address)
        port = parts.port
        httpx.URL(address)
    except ValueError, httpx.InvalidURL:
        return False
    has_space = any(character.isspace() for character in address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_space and port != 0


def is_openai_host(data: Mapping[str, Any]) -> bool:
    """Whether the entry's address is OpenAI's own, where models have the names that we know."""
    host = urlsplit(data.get(CONF_BASE_URL) or "https://api.openai.com").hostname or ""
    return host == "api.openai.com" or host.endswith(".api.openai.com")


def is_regional(data: Mapping[str, Any]) -> bool:
    """Whether the address is one of OpenAI's hosts for a region, such as `eu.api.openai.com`."""
    return (urlsplit(data.get(CONF_BASE_URL) or "").hostname or "").endswith(".api.openai.com")


def is_at_home(data: Mapping[str, Any]) -> bool:
    """Whether the address is in the home's own network, by its number or its name."""
    host = urlsplit(data.get(CONF_BASE_URL) or "").hostname or ""
    try:
        return is_local(ip_address(host))
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(HOME_DOMAINS))


def is_azure(data: Mapping[str, Any]) -> bool:
    """Whether the address is Azure's, where models have the names of the user's deployments."""
    return (urlsplit(data.get(CONF_BASE_URL) or "").hostname or "").endswith(".azure.com")


def server_of(data: Mapping[str, Any]) -> Server:
    """Return who answers at the entry's address. OpenAI, unless the entry says otherwise."""
    return Server(data.get(CONF_SERVER, Server.OPENAI))


def server_name(data: Mapping[str, Any]) -> str:
    """Return what sentences call the server at the entry's address: its host, unless it is OpenAI's."""
    host = urlsplit(data.get(CONF_BASE_URL) or "").hostname
    return OPENAI_NAME if is_openai_host(data) or not host else host


def self_hosted_name(data: Mapping[str, Any]) -> str | None:
    """Return the host of a compatible server. None: OpenAI answers, perhaps through another address."""
    return server_name(data) if server_of(data) is Server.COMPATIBLE else None
