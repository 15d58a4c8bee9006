"""A home to develop in: kept between runs, with its log in the terminal and the stand-in beside it."""

import sys

from .agent import Account, entry_ids
from .client import open_client
from .home_assistant import HomeAssistant
from .images import use_account
from .stage import HOMES, PORT, WORD_MS, move_in, run, say, stay
from .stand_in import StandIn

# Always the same: the stored entry has it in its address.
_STAND_IN_PORT = 8787


async def _develop() -> int:
    folder = HOMES / "develop"
    folder.mkdir(parents=True, exist_ok=True)
    async with (
        StandIn(folder / "stand-in.log", port=_STAND_IN_PORT, word_ms=WORD_MS) as stand_in,
        HomeAssistant(folder, port=PORT, show_log=True, log_level="debug") as home_assistant,
    ):
        async with open_client(home_assistant.url) as client:
            if known := await entry_ids(client):
                await use_account(client, folder, known[0])
            else:
                await move_in(client, Account(StandIn.KEY, stand_in.base_url), folder)
        say(f"the stand-in for OpenAI is at {stand_in.base_url} · key {StandIn.KEY}")
        await stay(home_assistant.url)
    return 0


if __name__ == "__main__":
    sys.exit(run(_develop()))
