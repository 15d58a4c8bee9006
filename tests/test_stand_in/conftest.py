"""Fixtures: a running stand-in, and who talks to it."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
import openai
import pytest

from tests.stand_in import create_app

from .requests import KEY


@pytest.fixture(autouse=True)
def today(socket_enabled: None) -> None:
    """Let real time pass: the other tests' frozen clock would keep a server asleep."""


@pytest.fixture
async def log(tmp_path: Path) -> Path:
    return tmp_path / "requests.jsonl"


@pytest.fixture
async def server(log: Path) -> AsyncIterator[TestServer]:
    running = TestServer(create_app(log=log))
    async with running:
        yield running


@pytest.fixture
async def web(server: TestServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(server.make_url("/")) as session:
        yield session


@pytest.fixture
async def client(server: TestServer) -> AsyncIterator[openai.AsyncOpenAI]:
    base_url = str(server.make_url("/v1"))
    async with openai.AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0, timeout=5) as sdk:
        yield sdk
