"""What the demo and the developer's home have in common: who answers, moving in, telling the way."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
import os
from pathlib import Path
import signal
from typing import Final

from tests.harness.agent import Account, add_integration, prefer_agent
from tests.harness.client import Client
from tests.harness.errors import HarnessError
from tests.harness.images import use_account
from tests.harness.login import PASSWORD, USER
from tests.harness.rooms import furnish
from tests.harness.stand_in import StandIn

HOMES: Final = Path(__file__).resolve().parent.parent / ".home"
PORT: Final = 8123
# The pace at which the stand-in speaks, about that of a fast model.
WORD_MS: Final = 20


def say(text: str) -> None:
    """Tell at once what goes on."""
    print(f"demo: {text}", flush=True)


@asynccontextmanager
async def openai_account(folder: Path) -> AsyncGenerator[Account]:
    """Give the account of whoever runs this, or else one at the stand-in, which is started for it."""
    if key := os.environ.get("OPENAI_API_KEY"):
        say("OPENAI_API_KEY is set: talking to OpenAI, which costs a little")
        yield Account(key)
        return
    say("starting the stand-in for OpenAI (set OPENAI_API_KEY to talk to OpenAI instead) …")
    async with StandIn(folder / "stand-in.log", word_ms=WORD_MS) as stand_in:
        yield Account(StandIn.KEY, stand_in.base_url)


async def move_in(client: Client, account: Account, home: Path) -> str:
    """Arrange the home in a folder, set the integration up in it, and return the id of its entry."""
    await furnish(client)
    say("setting up the integration through its config flow …")
    entry_id = await add_integration(client, account)
    await use_account(client, home, entry_id)
    await prefer_agent(client)
    return entry_id


async def stay(url: str) -> None:
    """Tell how to look at the home in a browser, and stay until Ctrl-C, which is a good end now."""
    ended = asyncio.Event()
    _on_end(ended.set)
    say(f"its folder, with the log, is below {HOMES.name}/")
    say(f"Home Assistant is at {url} · user {USER} · password {PASSWORD} · Ctrl-C ends it")
    await ended.wait()


def run(main: Coroutine[None, None, int]) -> int:
    """Run until done, or until Ctrl-C, clean up in either case, and return the exit code."""

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
    """Do this at Ctrl-C, and when the process is asked to end, in place of what was to be done then."""
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, callback)
