"""Check a server: start Home Assistant, set up the integration for the server, and talk to it.

    python -m tests.harness.check_server http://127.0.0.1:8080/v1 --key none --model qwen3

It prints a table. The exit code is 1 if something fails; a model that answers wrong does not count.
"""

from argparse import ArgumentParser
from pathlib import Path
import re
import sys
from tempfile import TemporaryDirectory

from ..agent import Account
from ..client import Client, open_client
from ..home_assistant import HomeAssistant
from ..stage import run
from .checks import CHECKS, Check
from .report import Outcome, Result, table
from .setup import set_up


async def _check(account: Account, model: str | None) -> int:
    """Run all checks in a new home, and return the exit code."""
    _say("Starting Home Assistant …")
    with TemporaryDirectory() as folder:
        async with HomeAssistant(Path(folder)) as home, open_client(home.url) as client:
            results = {"Set-up": await set_up(client, account, model)}
            if results["Set-up"].outcome is Outcome.WORKS:
                for name, check in CHECKS.items():
                    _say(f"{name} …")
                    results[name] = await _result(client, check)
        log = home.process.log()
    _say(f"\n{table(results.items())}")
    _say("\n".join(("", "In the log:", *found)) if (found := _warnings(log)) else "\nNothing in the log.")
    return int(any(result.outcome is Outcome.FAILS for result in results.values()))


async def _result(client: Client, check: Check) -> Result:
    try:
        return await check(client)
    except TimeoutError:
        return Result(outcome=Outcome.FAILS, heard="(nothing within a minute)")


def _warnings(log: str) -> list[str]:
    """Return what the integration logged as a warning or an error."""
    records = r"^.* (?:WARNING|ERROR) .*\[custom_components\.openai_conversation.*$"
    return re.findall(records, log, re.MULTILINE)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    parser = ArgumentParser(prog="scripts/check-server", description="Try a server through the integration.")
    parser.add_argument("url", help="up to the version: http://127.0.0.1:8080/v1")
    parser.add_argument("--key", default="none", help="the API key, if the server expects one")
    parser.add_argument("--model", help="without it, the first chat model that the server lists")
    arguments = parser.parse_args()
    sys.exit(run(_check(Account(arguments.key, arguments.url), arguments.model)))
