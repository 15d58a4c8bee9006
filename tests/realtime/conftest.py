"""Fixtures: a running stand-in, and connections to it."""

from collections.abc import AsyncGenerator, AsyncIterator

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
import httpx
import pytest

from custom_components.openai_conversation.openai_api.http_client import Client
from custom_components.openai_conversation.realtime.pool import Pool
from tests.stand_in import create_app
from tests.support.stand_in import KEY, StandIn


@pytest.fixture(autouse=True)
def today(socket_enabled: None) -> None:
    """Let real time pass: the other tests' frozen clock would keep a server asleep."""


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def stand_in(http: ClientSession) -> AsyncIterator[StandIn]:
    """A server that plays OpenAI."""
    async with TestServer(create_app()) as server:
        yield StandIn(server, http)


@pytest.fixture
async def client(stand_in: StandIn) -> AsyncIterator[Client]:
    """The client of an account, on HTTP connections such as Home Assistant's."""
    async with httpx.AsyncClient() as http:
        yield Client(http=http, base_url=stand_in.base_url, api_key=KEY)


@pytest.fixture
async def pool(http: ClientSession, client: Client) -> AsyncGenerator[Pool]:
    """The sessions of an account."""
    pool = Pool(http, client)
    yield pool
    await pool.async_close()
