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


# at debug level, Home Assistant logs why it tries again later
@pytest.mark.logs(r"DEBUG .*Full exception\n(?s:.+)ConfigEntryNotReady: 127\.0\.0\.1 cannot be reached")
async def test_starts_without_openai_and_finds_it_later(
    house: House, client: Client, entry_id: str, stand_in: StandIn
) -> None:
    """The agent is unavailable while OpenAI cannot be reached, and comes back by itself."""
    await stand_in.stop()
    try:
        await house.restart(client)
        assert (await client.state(AGENT))["state"] == "unavailable"
    finally:
        await stand_in.start()

    await wait_until_loaded(client, entry_id)
    assert (await client.state(AGENT))["state"] != "unavailable"
    assert (await ask(client, "Hello")).error is None
