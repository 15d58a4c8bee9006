"""The sessions of an account: opened ahead, shared, kept, replaced."""

import asyncio
from typing import Any

from aiohttp import ClientSession
import httpx
import pytest

from custom_components.openai_conversation.openai_api.errors import OpenAIRequestError
from custom_components.openai_conversation.openai_api.http_client import Client
from custom_components.openai_conversation.realtime.connection import Connection
from custom_components.openai_conversation.realtime.pool import Pool
from tests.harness.waiting import until
from tests.support.stand_in import KEY, StandIn

QUERY = {"model": "gpt-realtime-2.1-mini"}
POOL = "custom_components.openai_conversation.realtime.pool"


def settings(voice: str = "marin") -> dict[str, Any]:
    return {"type": "realtime", "audio": {"output": {"voice": voice}}}


async def use(pool: Pool, voice: str = "marin", *, shared: bool = True) -> Connection:
    async with asyncio.timeout(10):
        async with pool.connection(QUERY, settings(voice), shared=shared) as connection:
            return connection


async def sessions(stand_in: StandIn, count: int) -> None:
    """Wait until this many sessions are open."""

    async def probe() -> bool | None:
        return stand_in.open_sessions == count or None

    await until(probe, within=5, what=f"{count} open sessions")


async def test_one_voice_one_session(pool: Pool, stand_in: StandIn) -> None:
    assert await use(pool) is await use(pool)
    assert await use(pool, "ash") is not await use(pool)
    assert stand_in.open_sessions == 2


async def test_who_comes_at_the_same_time_waits_for_the_same(pool: Pool, stand_in: StandIn) -> None:
    await stand_in.fails("slow", at="/v1/realtime", seconds=0.1)

    first, second, _ = await asyncio.gather(use(pool), use(pool), pool.async_prepare(QUERY, settings()))

    assert first is second
    assert stand_in.open_sessions == 1


async def test_who_gives_up_does_not_keep_others_waiting(pool: Pool, stand_in: StandIn) -> None:
    await stand_in.fails("slow", at="/v1/realtime", seconds=60)
    first = asyncio.create_task(use(pool))
    second = asyncio.create_task(use(pool))
    await until_asked(stand_in)

    first.cancel()

    async with asyncio.timeout(5):
        assert (await second).is_open


async def until_asked(stand_in: StandIn) -> None:
    async def probe() -> bool | None:
        return bool(stand_in.received("connect")) or None

    await until(probe, within=5, what="the first connection")


async def test_who_must_be_alone_is_alone(pool: Pool, stand_in: StandIn) -> None:
    async with pool.connection(QUERY, settings(), shared=False) as first:
        second = await use(pool, shared=False)
        assert first is not second
    assert await use(pool, shared=False) in (first, second)
    assert stand_in.open_sessions == 2


async def test_a_session_is_ready_before_it_is_needed(pool: Pool, stand_in: StandIn) -> None:
    await pool.async_prepare(QUERY, settings())
    await pool.async_prepare(QUERY, settings())

    await use(pool)

    assert len(stand_in.received("connect")) == 1


async def test_preparing_never_fails(http: ClientSession, unused_tcp_port: int) -> None:
    client = Client(http=httpx.AsyncClient(), base_url=f"http://127.0.0.1:{unused_tcp_port}", api_key=KEY)
    pool = Pool(http, client)

    await pool.async_prepare(QUERY, settings())

    with pytest.raises(OpenAIRequestError):
        await use(pool)


async def test_a_session_that_the_server_closed_is_replaced(pool: Pool, stand_in: StandIn) -> None:
    before = await use(pool)
    await stand_in.hangs_up()
    await sessions(stand_in, 0)

    assert await use(pool) is not before
    assert stand_in.open_sessions == 1


async def test_a_session_that_ends_soon_is_replaced(pool: Pool, stand_in: StandIn) -> None:
    await stand_in.fails("expires", at="/v1/realtime", seconds=100)
    before = await use(pool)

    assert await use(pool) is not before
    await sessions(stand_in, 1)


async def test_a_session_is_closed_before_the_server_does_it(
    pool: Pool, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{POOL}.MARGIN", 599.5)
    await stand_in.fails("expires", at="/v1/realtime", seconds=600)

    await use(pool)

    await sessions(stand_in, 0)


async def test_an_idle_session_is_closed(
    pool: Pool, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{POOL}.IDLE", 0.05)
    async with pool.connection(QUERY, settings()):
        await use(pool)
        assert stand_in.open_sessions == 1

    await sessions(stand_in, 0)
    assert (await use(pool)).is_open


async def test_who_still_speaks_may_end(pool: Pool, stand_in: StandIn) -> None:
    await use(pool, "ash")
    async with pool.connection(QUERY, settings()) as connection:
        await pool.async_close()
        await sessions(stand_in, 1)
        assert connection.is_open

    await sessions(stand_in, 0)
    await use(pool)
    await sessions(stand_in, 0)
