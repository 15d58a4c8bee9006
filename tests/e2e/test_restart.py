"""Home Assistant restarts, with and without a connection to OpenAI."""

import pytest

from tests.harness.agent import AGENT, wait_until_loaded
from tests.harness.assist import ask
from tests.harness.client import Client
from tests.harness.rooms import KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn

from .house import House


async def test_an_entry_survives_a_restart(house: House, client: Client, entry_id: str) -> None:
    """The agent, its assistant, and what is exposed stay the same."""
    await house.restart(client)

    turn = await ask(client, "Turn on the kitchen light")
    assert turn.error is None
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"


@pytest.mark.logs(r"openai_conversation\] ChatGPT: connection ")
async def test_starts_without_openai_and_finds_it_later(
    house: House, client: Client, entry_id: str, stand_in: StandIn
) -> None:
    """A home that restarts without the internet can be talked to, and OpenAI takes over when it is back."""
    await stand_in.stop()
    try:
        await house.restart(client)
        assert (await client.state(AGENT))["state"] != "unavailable"
        first = await ask(client, "Turn on the kitchen light")
        assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
        assert "cannot be reached at the moment" in first.answer
        assert "cannot be reached" not in (await ask(client, "Turn off the kitchen light")).answer
        assert await describe(client, KITCHEN_LIGHT) == "off"
    finally:
        await stand_in.start()

    assert "brighter" in (await ask(client, "Tell me a joke")).answer
    await wait_until_loaded(client, entry_id)
    assert len((await ask(client, "Turn on the kitchen light")).tools) == 1
