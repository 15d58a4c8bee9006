"""Create the SDK's client on Home Assistant's connections, and send small requests."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final, Literal, cast
from urllib.parse import quote, urlsplit

import httpx
import openai

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.httpx_client import get_async_client
from homeassistant.util.network import is_local

from ..const import CONF_BASE_URL, CONF_SERVER, Server
from .catalog import Catalog
from .classify import classified, raise_reported
from .errors import OPENAI_NAME, FailureKind, OpenAIRequestError
from .model_list import read_catalog
from .raw_answer import async_get, async_post, async_read_json

CHECK_TIMEOUT: Final = 10.0
"""Seconds for small requests outside a conversation, such as the list of models."""

CONNECT_TIMEOUT: Final = 3.5
"""Seconds to reach a server, however long its answer takes. TCP tries at 0, 1, and 3 s. A server that has not
answered by then is not there, and the user may be waiting at a speaker."""

PROBE_TIMEOUT: Final = 30.0
"""Seconds. Nobody waits for the answer, and a self-hosted server may load the model first."""

PROBE_TOKENS: Final = 16
"""The minimum that the API accepts."""

DECISION_TIMEOUT: Final = 60.0
"""Seconds."""

HOME_DOMAINS: Final = (".local", ".lan", ".home", ".internal", ".localdomain", ".home.arpa")
"""Ends of the names that routers give to devices at home."""

MAX_DOWNLOAD: Final = 50 * 1024 * 1024
"""Bytes of an image that is fetched from a URL."""


async def async_create_client(hass: HomeAssistant, data: Mapping[str, Any]) -> openai.AsyncOpenAI:
    """Return a client for an entry's data: `api_key`, and `base_url` if it is not the SDK's default.

    The SDK does not retry: it would repeat requests that cannot succeed, such as those without credit,
    while somebody waits.
    """
    http_client = get_async_client(hass)

    def create() -> openai.AsyncOpenAI:
        client = openai.AsyncOpenAI(
            api_key=data[CONF_API_KEY],
            base_url=data.get(CONF_BASE_URL) or None,
            http_client=cast("Any", http_client),  # httpx or httpx2, as Home Assistant has it
            max_retries=0,
        )
        client.platform_headers()  # the first use reads files, which must not happen in the event loop
        return client

    return await hass.async_add_executor_job(create)


def timeout_for(silence: float) -> openai.Timeout:
    """Return the timeouts of a request. `silence`: seconds without a byte after which it fails."""
    # the SDK accepts the timeouts of both HTTP clients, but has types for one
    return cast("openai.Timeout", httpx.Timeout(silence, connect=min(silence, CONNECT_TIMEOUT)))


async def async_get_catalog(
    client: openai.AsyncOpenAI, server: Server, *, timeout: float = CHECK_TIMEOUT
) -> Catalog:
    """Ask for the list of models, which also checks the key and the address. `timeout`: in seconds.

    The catalog is empty if a restricted key may not list models, or if a compatible server has no such
    list: both work without it. Raises `OpenAIRequestError`.
    """
    has_user_names = is_azure({CONF_BASE_URL: str(client.base_url)})
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


async def async_check_responses(client: openai.AsyncOpenAI) -> None:
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
    client: openai.AsyncOpenAI,
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
    timeouts = timeout_for(seconds)
    with classified(malformed=FailureKind.UNREADABLE):
        async with asyncio.timeout(seconds):
            if method == "GET":
                response = await async_get(client, path, timeout=timeouts)
            else:
                response = await async_post(client, path, body or {}, timeout=timeouts)
            answer = await async_read_json(response)
    raise_reported(answer, client.api_key)
    return answer


async def async_probe(client: openai.AsyncOpenAI, server: Server, model: str) -> Any:
    """Ask a model for a short answer, and return the response. Raises `OpenAIRequestError`.

    Only this shows that the next turn will be answered: a list of models needs neither credit nor a model.
    """
    body: dict[str, Any] = {"model": model, "input": "Hi", "max_output_tokens": PROBE_TOKENS}
    if server is Server.OPENAI:
        body["store"] = False
    return await async_ask(client, "POST", "/responses", body, timeout=PROBE_TIMEOUT)


async def async_decide(client: openai.AsyncOpenAI, body: Mapping[str, Any]) -> Any:
    """Return the answer of `POST /decisions`, unchecked. Older SDKs have no method for it.

    Raises `OpenAIRequestError`.
    """
    return await async_ask(client, "POST", "/decisions", body, timeout=DECISION_TIMEOUT)


async def async_open_connection(client: openai.AsyncOpenAI, model: str) -> None:
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
