"""When OpenAI cannot answer, Home Assistant does, and OpenAI takes over again once it can."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from tests.harness.agent import AGENT, wait_until_loaded
from tests.harness.assist import ask, process
from tests.harness.client import Client
from tests.harness.flows import FlowStep
from tests.harness.rooms import FRONT_DOOR, KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn

_ON = "Turn on the kitchen light"
_OFF = "Turn off the kitchen light"
# Home Assistant's own agent does not understand it.
_SMALL_TALK = "Tell me a joke"

type Outage = Callable[[StandIn], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def _stopped(stand_in: StandIn) -> AsyncIterator[None]:
    """Stop OpenAI, and start it again."""
    await stand_in.stop()
    try:
        yield
    finally:
        await stand_in.start()


def _fault(name: str, seconds: float = 60) -> Outage:
    @asynccontextmanager
    async def failing(stand_in: StandIn) -> AsyncIterator[None]:
        await stand_in.fail(name, times=None, seconds=seconds)
        yield
        await stand_in.recover()

    return failing


def _logs(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.logs(
        *(
            rf"custom_components\.openai_conversation\] (ChatGPT|The account does not work): {kind} "
            for kind in kinds
        )
    )


def _case(name: str, outage: Outage, notice: str, kind: str) -> Any:
    return pytest.param(outage, notice, id=name, marks=_logs(kind))


@pytest_asyncio.fixture(autouse=True)
async def openai_takes_over_again(client: Client, entry_id: str) -> AsyncGenerator[None]:
    """After an outage, OpenAI answers a sentence that only it understands, and from then on all others."""
    yield
    assert "brighter" in (await ask(client, _SMALL_TALK)).answer
    assert len((await ask(client, _ON)).tools) == 1


@pytest.mark.parametrize(
    ("outage", "notice"),
    [
        _case("stopped", _stopped, "cannot be reached at the moment", "connection"),
        _case("silent", _fault("slow"), "cannot be reached at the moment", "timeout"),
        _case("no credit", _fault("quota"), "no credit", "billing"),
        _case("overloaded", _fault("overloaded"), "cannot be reached at the moment", "server"),
        _case("busy for seconds", _fault("rate_limit", seconds=7), "too many requests", "rate_limit"),
    ],
)
async def test_a_light_goes_on_while_openai_is_out(
    client: Client, stand_in: StandIn, outage: Outage, notice: str
) -> None:
    """The outage is named once, and only the first sentence waits for OpenAI."""
    async with outage(stand_in):
        first = await ask(client, _ON)
        assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
        assert first.error is None
        assert notice in first.answer
        assert "".join(first.words) == first.answer

        asked = await _requests(stand_in, outage)
        second = await ask(client, _OFF, after=first)
        assert await describe(client, KITCHEN_LIGHT) == "off"
        assert notice not in second.answer
        assert await _requests(stand_in, outage) == asked


async def _requests(stand_in: StandIn, outage: Outage) -> int:
    """Return how many requests there were. OpenAI cannot be asked while it is stopped."""
    return 0 if outage is _stopped else len(await stand_in.requests())


@_logs("auth", "auth")
async def test_a_light_goes_on_without_a_valid_key(client: Client, stand_in: StandIn, entry_id: str) -> None:
    """Home Assistant answers, and asks for a new key meanwhile."""
    async with _fault("auth")(stand_in):
        turn = await ask(client, _ON)
        assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
        assert "does not accept the API key" in turn.answer

    (flow,) = [
        flow
        for flow in await client.websocket.command("config_entries/flow/progress")
        if flow["handler"] == "openai_conversation"
    ]
    form = await FlowStep.resume(client, flow["flow_id"])
    form = await form.submit(api_key=StandIn.KEY)
    assert form.answer["reason"] == "reauth_successful"
    await wait_until_loaded(client, entry_id)


@_logs("connection")
async def test_an_automation_is_answered_in_its_language(client: Client, stand_in: StandIn) -> None:
    """`conversation.process` works as the dialog does."""
    async with _stopped(stand_in):
        turn = await process(client, "Schalte Kitchen Light ein", AGENT, language="de")

    assert turn.error is None
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


@_logs("connection")
async def test_a_lock_that_is_not_exposed_stays_locked(client: Client, stand_in: StandIn) -> None:
    """An outage gives nobody more control than the agent has."""
    async with _stopped(stand_in):
        turn = await ask(client, "Unlock the front door")

    assert turn.error
    assert (await client.state(FRONT_DOOR))["state"] == "locked"
