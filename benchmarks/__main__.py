"""Measure this integration against Home Assistant's built-in one: `scripts/bench`."""

from argparse import ArgumentParser
import asyncio
from importlib.metadata import version
import os
from pathlib import Path
import tempfile

from .children import Benchmark
from .plan import measure, measure_server
from .results import Results, as_table


async def _run(rounds: int, repeats: int, server: str | None) -> Results:
    results = Results()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        benchmark = Benchmark(Path(folder))
        if server:
            await measure_server(benchmark, results, server, repeats=repeats)
        else:
            async with benchmark.server():
                await measure(benchmark, results, rounds=rounds, repeats=repeats)
    return results


if __name__ == "__main__":
    parser = ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="starts of Home Assistant")
    parser.add_argument("--repeats", type=int, default=5, help="measurements of each row within a round")
    parser.add_argument(
        "--server", metavar="URL", help="talk to this server, with OPENAI_API_KEY, and nothing else"
    )
    options = parser.parse_args()
    measured = asyncio.run(_run(options.rounds, options.repeats, options.server))
    print(
        f"Home Assistant {version('homeassistant')}, openai {version('openai')}, {os.cpu_count()} processors"
    )
    print(*as_table(measured), sep="\n")
