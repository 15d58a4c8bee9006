"""`scripts/check-server`, against the stand-in."""

import asyncio
from asyncio.subprocess import PIPE
import sys

from tests.harness.process import free_port
from tests.harness.stand_in import StandIn


async def check(*arguments: str) -> tuple[dict[str, list[str]], int | None]:
    """Run it, and return the rows of its table by their first cell, and the exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.harness.check_server", *arguments), stdout=PIPE
    )
    output, _ = await process.communicate()
    lines = [line for line in output.decode().splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows[2:]}, process.returncode


async def test_a_server_that_works(stand_in: StandIn) -> None:
    """Each check is a row. What the stand-in answers to a question about the past is not a failure."""
    rows, code = await check(stand_in.base_url, "--key", StandIn.KEY, "--model", "gpt-5.2")

    assert code == 0
    assert rows["Set-up"] == ["works", "", "", "(model: gpt-5.2)"]
    outcomes = {name: row[0] for name, row in rows.items()}
    for name in ("Short conversation", "Tool call", "Cancel", "Data of a task"):
        assert outcomes[name] in ("works", "answers, but wrong"), outcomes
    assert outcomes["Tool call"] == "works"
    assert "fails" not in outcomes.values()
    assert rows["Short conversation"][3]


async def test_no_server_at_the_address() -> None:
    """The table says what the form says, and nothing else is tried."""
    rows, code = await check(f"http://127.0.0.1:{free_port()}/v1")

    assert code == 1
    assert rows == {
        "Set-up": ["fails", "", "", "Cannot connect. Check the address and your network, then try again."]
    }
