"""What `scripts/demo` and `scripts/develop` share: the account, the setup, and the words on the terminal."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
import os
from pathlib import Path
import signal
from typing import Final

from .agent import Account, add_integration, prefer_agent
from .client import Client
from .errors import HarnessError
from .images import use_account
from .login import PASSWORD, USER
from .rooms import furnish
from .stand_in import StandIn

HOMES: Final = Path(__file__).resolve().parents[2] / ".home"
PORT: Final = 8123
WORD_MS: Final = 20
"""Milliseconds between two words of the stand-in: about the pace of a fast model."""


def say(text: str) -> None:
    """Print a line at once."""
    print(f"demo: {text}", flush=True)


@asynccontextmanager
async def openai_account(folder: Path) -> AsyncGenerator[tuple[Account, StandIn | None]]:
    """Enter to get an account: that of the environment, or else one at a stand-in, which is also returned."""
    if key := os.environ.get("OPENAI_API_KEY"):
        say("OPENAI_API_KEY is set: talking to OpenAI, which costs a little")
        yield Account(key), None
        return
    say("starting the stand-in for OpenAI (set OPENAI_API_KEY to talk to OpenAI instead) …")
    async with StandIn(folder / "stand-in.log", word_ms=WORD_MS) as stand_in:
        yield Account(StandIn.KEY, stand_in.base_url), stand_in


async def move_in(client: Client, account: Account, home: Path) -> str:
    """Furnish the home in a folder, set up the integration, and return the ID of its entry."""
    await furnish(client)
    say("setting up the integration through its config flow …")
    entry_id = await add_integration(client, account)
    await use_account(client, home, entry_id)
    await prefer_agent(client)
    return entry_id


async def stay(url: str) -> None:
    """Print the address of the home, and wait until Ctrl-C, which is a good end from now on."""
    ended = asyncio.Event()
    _on_end(ended.set)
    say(f"its folder, with the log, is below {HOMES.name}/")
    say(f"Home Assistant is at {url} · user {USER} · password {PASSWORD} · Ctrl-C ends it")
    await ended.wait()


def run(main: Coroutine[None, None, int]) -> int:
    """Run to the end or until Ctrl-C, clean up, and return the exit code."""

    async def until_ended() -> int:
        task = asyncio.ensure_future(main)
        _on_end(task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            return 1
        except (HarnessError, TimeoutError) as err:
            say(str(err))
            return 1

    return asyncio.run(until_ended())


def _on_end(callback: Callable[[], object]) -> None:
    """Call this at Ctrl-C and at SIGTERM, in place of the last callback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, callback)
