"""Play the demo: start Home Assistant, set up the integration, and say a few sentences."""

from argparse import ArgumentParser
import shutil
import sys

from tests.harness.client import open_client
from tests.harness.home_assistant import HomeAssistant
from tests.harness.stage import HOMES, PORT, move_in, openai_account, run, say, stay

from .story import play


async def _demo(*, once: bool) -> int:
    """Play in a new home; return the exit code."""
    folder = HOMES / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    async with openai_account(folder) as (account, stand_in):
        say("starting Home Assistant on the demo home (a few seconds, half a minute the first time) …")
        async with HomeAssistant(folder, port=PORT) as home_assistant:
            async with open_client(home_assistant.url) as client:
                problems = await play(client, await move_in(client, account, folder), stand_in)
            print()
            say(f"{len(problems)} problems, see above" if problems else "everything worked")
            if not once:
                await stay(home_assistant.url)
            say("stopping Home Assistant …")
    return 1 if problems else 0


if __name__ == "__main__":
    parser = ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument(
        "--once",
        action="store_true",
        help="end after the last sentence, with exit code 1 if anything was wrong",
    )
    sys.exit(run(_demo(once=parser.parse_args().once)))
