"""A long run: turns of which every second one fails, and what they leave behind in Home Assistant.

    python -m tests.harness.soak --turns 1000

It runs Home Assistant in this process, so that its tasks can be counted, and the stand-in in another.
It reports, and its exit code is 1 if something is left behind. Tests do not run it: it takes minutes.
"""

from argparse import ArgumentParser
import asyncio
from dataclasses import dataclass
from datetime import timedelta
import gc
from itertools import cycle
import os
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final

from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.openai_conversation.const import DOMAIN
from custom_components.openai_conversation.options.chat import RECOMMENDED_OPTIONS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component

from ..support.house import House
from .stand_in import StandIn

FAULTS: Final = ("server", "cut", "error_event", "empty", "refusal", "moderation", "permission", "quota")
WARM_UP: Final = 60
"""Turns before the first count: modules are imported, caches are filled."""

SETTLE: Final = 20.0
"""Seconds for idle connections and conversations to end: Home Assistant keeps connections for 15."""

MOST_MORE: Final = {"kB": 20_000, "tasks": 0, "descriptors": 0, "sockets": 0}
"""What may be left behind. An allocator does not return all its memory."""


@dataclass(frozen=True)
class Count:
    """What this process holds."""

    kb: int
    tasks: int
    descriptors: int
    sockets: int

    @classmethod
    async def async_take(cls, hass: HomeAssistant) -> Count:
        """Count, once all that can end has ended."""
        await asyncio.sleep(SETTLE)
        await hass.async_block_till_done()
        gc.collect()
        return cls.take(tasks=len(asyncio.all_tasks()))

    @classmethod
    def take(cls, *, tasks: int) -> Count:
        """Count what the kernel knows."""
        files = [_target(file) for file in Path("/proc/self/fd").iterdir()]
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return cls(
            kb=pages * os.sysconf("SC_PAGE_SIZE") // 1024,
            tasks=tasks,
            descriptors=sum(1 for file in files if file),
            sockets=sum(1 for file in files if file.startswith("socket:")),
        )

    def row(self) -> tuple[int, ...]:
        """Return the numbers in the order of `MOST_MORE`."""
        return self.kb, self.tasks, self.descriptors, self.sockets


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except OSError:  # the descriptor that lists the folder
        return ""


async def async_soak(turns: int) -> bool:
    """Run the turns, print what they leave behind, and return whether that is nothing."""
    # in a real home, this is what five quiet minutes do
    chat_session.CONVERSATION_TIMEOUT = timedelta(seconds=5)
    with TemporaryDirectory() as folder:
        async with (
            StandIn(Path(folder) / "stand-in.log") as stand_in,
            async_test_home_assistant(config_dir=folder) as hass,
        ):
            house = await _async_house(hass, stand_in)
            await _async_talk(house, stand_in, WARM_UP)
            before = await Count.async_take(hass)
            failed = await _async_talk(house, stand_in, turns)
            after = await Count.async_take(hass)
            await hass.async_stop(force=True)
    print(f"{turns} turns, {failed} of them failed")  # noqa: T201
    is_clean = failed > turns // 3
    for (name, most), first, last in zip(MOST_MORE.items(), before.row(), after.row(), strict=True):
        print(f"{name:12} {first:9} -> {last:9}")  # noqa: T201
        is_clean = is_clean and last - first <= most
    return is_clean


async def _async_house(hass: HomeAssistant, stand_in: StandIn) -> House:
    hass.data.pop(DATA_CUSTOM_COMPONENTS)  # the test plugin hides this checkout's integration
    for component in ("homeassistant", "conversation", "intent"):
        assert await async_setup_component(hass, component, {})
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="ChatGPT",
        version=2,
        minor_version=8,
        data={"api_key": stand_in.KEY, "base_url": stand_in.base_url, "server": "openai"},
        options=dict(RECOMMENDED_OPTIONS),
    )
    entry.add_to_hass(hass)
    house = House(hass, entry)
    await house.async_furnish()
    await house.async_load()
    return house


async def _async_talk(house: House, stand_in: StandIn, turns: int) -> int:
    """Take turns, every second of which meets a fault, and return how many failed."""
    failed = 0
    faults = cycle(FAULTS)
    for number in range(turns):
        if number % 2:
            await stand_in.fail(next(faults), times=None)
        answer = await house.hears("Turn on the kitchen light")
        failed += answer.is_error
        if number % 2:
            await stand_in.recover()
        if number % 50 == 0:
            await stand_in.forget_requests()
    return failed


if __name__ == "__main__":
    parser = ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--turns", type=int, default=1000)
    sys.exit(0 if asyncio.run(async_soak(parser.parse_args().turns)) else 1)
