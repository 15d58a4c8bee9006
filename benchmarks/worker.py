"""A process with one Home Assistant, which measures what its standard input asks for.

Each line of the input is a JSON object with the name of a measurement and its arguments. The answer is a line
of JSON, too.
"""

from argparse import ArgumentParser
import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import asdict
import json
import os
from pathlib import Path
import sys
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .house import Variant, load, running_house
from .talk import Turn, converse
from .voice import speak

_TICK_S = 0.001


class LoopWatch:
    """Finds the longest time in which the event loop did nothing else."""

    longest_ms = 0.0

    @asynccontextmanager
    async def __call__(self) -> AsyncGenerator[None]:
        """Watch while the block runs."""
        task = asyncio.create_task(self._watch())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()

    async def _watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            self.longest_ms = max(self.longest_ms, (time.perf_counter() - before - _TICK_S) * 1000)


class Measurements:
    """What the input can ask for."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, variant: Variant, base_url: str) -> None:
        """Measure one variant."""
        self.hass = hass
        self._entry = entry
        self._variant = variant
        self._base_url = base_url
        self._agent_id = ""

    async def setup(self) -> dict[str, float]:
        """Load the account."""
        modules, memory, cpu = len(sys.modules), _memory_mb(), time.process_time()
        watch = LoopWatch()
        started = time.perf_counter()
        async with watch():
            self._agent_id = await load(self.hass, self._entry, self._variant, self._base_url)
        return {
            "cpu_ms": (time.process_time() - cpu) * 1000,
            "wall_ms": (time.perf_counter() - started) * 1000,
            "longest_block_ms": watch.longest_ms,
            "memory_mb": _memory_mb() - memory,
            "modules": len(sys.modules) - modules,
        }

    async def turns(self, text: str, count: int) -> list[dict[str, Any]]:
        """Take turns one after the other, each in a conversation of its own."""
        return [asdict(await converse(self.hass, self._agent_id, text)) for _ in range(count)]

    async def chat(self, text: str, turns: int) -> list[dict[str, Any]]:
        """Take turns of one conversation."""
        history: list[Turn] = []
        for _ in range(turns):
            conversation_id = history[-1].conversation_id if history else None
            history.append(await converse(self.hass, self._agent_id, text, conversation_id))
        return [asdict(turn) for turn in history]

    async def crowd(self, text: str, conversations: int, turns: int) -> dict[str, float]:
        """Take turns of many conversations at once."""
        watch = LoopWatch()
        started = time.perf_counter()
        async with watch():
            await asyncio.gather(*(self.chat(text, turns) for _ in range(conversations)))
        seconds = time.perf_counter() - started
        return {"turns_per_s": conversations * turns / seconds, "longest_block_ms": watch.longest_ms}

    async def prepare(self) -> None:
        """Tell the agent that somebody is about to speak, and give it the time that a wake word takes."""
        agent = conversation.async_get_agent(self.hass, self._agent_id)
        await agent.async_prepare("en")
        await asyncio.sleep(0.5)

    async def voice(self) -> dict[str, float]:
        """Go from sound to sound."""
        return await speak(self.hass, self._agent_id)


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


async def _answer(measurements: Measurements) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    _say("ready")
    while line := await reader.readline():
        order = json.loads(line)
        _say(await getattr(measurements, order.pop("do"))(**order))


def _say(answer: Any) -> None:
    print(json.dumps(answer), flush=True)


async def _run(folder: Path, variant: Variant, base_url: str, lights: int) -> None:
    # the SDK reads this variable, because the stored account has no address
    os.environ["OPENAI_BASE_URL"] = base_url
    key = os.environ.get("OPENAI_API_KEY") or f"sk-test-{variant}"
    async with running_house(folder, variant, lights=lights, key=key) as (hass, entry):
        await _answer(Measurements(hass, entry, variant, base_url))


if __name__ == "__main__":
    parser = ArgumentParser(prog="benchmarks.worker")
    parser.add_argument("folder", type=Path)
    parser.add_argument("variant", type=Variant)
    parser.add_argument("base_url")
    parser.add_argument("--lights", type=int, default=25)
    options = parser.parse_args()
    asyncio.run(_run(options.folder, options.variant, options.base_url, options.lights))
