"""One Home Assistant and one stand-in for all tests. Each test starts with the home in the same state."""

from collections.abc import AsyncGenerator
from importlib.util import find_spec
import re

import pytest
import pytest_asyncio

from tests.harness.agent import Account, add_integration, prefer_agent
from tests.harness.client import Client, open_client
from tests.harness.home_assistant import HomeAssistant
from tests.harness.rooms import FRONT_DOOR, LIGHTS, furnish
from tests.harness.stand_in import StandIn
from tests.harness.waiting import until

from .complaints import HouseLog
from .house import House

_LOG_DEADLINE = 5.0

# `scripts/test --browser` brings a browser and its driver
collect_ignore = [] if find_spec("playwright") else ["browser"]


@pytest_asyncio.fixture(scope="session")
async def stand_in(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[StandIn]:
    """Run the stand-in for OpenAI, slowly enough for an answer to arrive word by word."""
    async with StandIn(tmp_path_factory.mktemp("stand_in") / "stand-in.log", word_ms=5) as server:
        yield server


@pytest_asyncio.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    """Run Home Assistant on the demo home.

    What it logs while it stops counts, too. The log must not contain a key.
    """
    home_assistant = HomeAssistant(tmp_path_factory.mktemp("home"), log_level="debug")
    log = HouseLog(home_assistant.process)
    async with home_assistant:
        yield House(home_assistant, log)
    assert log.complaints() == []
    assert "sk-" not in home_assistant.process.log()


@pytest_asyncio.fixture(scope="session")
async def client(house: House) -> AsyncGenerator[Client]:
    """Log in as the owner of the furnished home."""
    async with open_client(house.home_assistant.url) as connected:
        await furnish(connected)
        yield connected


@pytest.fixture(scope="session")
def account(stand_in: StandIn) -> Account:
    """Return an account that works."""
    return Account(StandIn.KEY, stand_in.base_url)


@pytest_asyncio.fixture(scope="session")
async def entry_id(client: Client, account: Account) -> str:
    """Set up the integration, with its agent behind the Assist button."""
    entry_id = await add_integration(client, account)
    await prefer_agent(client)
    return entry_id


@pytest_asyncio.fixture(autouse=True)
async def calm_home(client: Client, stand_in: StandIn) -> None:
    """Turn off the lights, lock the door, and clear faults and requests."""
    await client.call("light.turn_off", entity_id=list(LIGHTS))
    await client.call("lock.lock", entity_id=FRONT_DOOR)
    await stand_in.recover()
    await stand_in.forget_requests()


@pytest_asyncio.fixture(autouse=True)
async def clean_log(request: pytest.FixtureRequest, house: House) -> AsyncGenerator[None]:
    """Fail a test if Home Assistant logs other warnings than those the test is marked with."""
    yield
    marker = request.node.get_closest_marker("logs")
    expected: tuple[str, ...] = marker.args if marker else ()

    async def complaints() -> list[str] | None:
        found = house.log.complaints()
        complete = all(any(re.search(pattern, text) for text in found) for pattern in expected)
        return found if complete else None

    found = await until(complaints, within=_LOG_DEADLINE, what=f"Home Assistant to log {expected}")
    house.log.mark_read()
    assert [text for text in found if not any(re.search(pattern, text) for pattern in expected)] == []
