"""Run the stand-in by itself: `python -m tests.stand_in --port 8787`."""

from argparse import ArgumentParser, Namespace
import asyncio
from contextlib import suppress
from datetime import date
from pathlib import Path
import signal

from aiohttp import web

from .app import create_app
from .models import TODAY

_GOODBYE_S = 1.0
"""Seconds that open streams can go on when the server is told to stop."""


def _parse() -> Namespace:
    parser = ArgumentParser(prog="tests.stand_in", description="Plays OpenAI on this machine.")
    parser.add_argument("--port", type=int, default=8787, help="0 picks a free one")
    parser.add_argument("--log", type=Path, help="append every request and its outcome to this file")
    parser.add_argument("--first-word-ms", type=float, default=0, help="delay before the first word")
    parser.add_argument("--word-ms", type=float, default=0, help="delay between words")
    parser.add_argument("--fault", help="what goes wrong with every response")
    parser.add_argument(
        "--today", type=date.fromisoformat, default=TODAY, help="decides which models are shut down"
    )
    return parser.parse_args()


async def _serve(options: Namespace) -> None:
    app = create_app(
        first_word_ms=options.first_word_ms,
        word_ms=options.word_ms,
        fault=options.fault,
        log=options.log,
        today=options.today,
    )
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=_GOODBYE_S, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    port = runner.addresses[0][1]
    # The harness waits for this line.
    print(f"listening on http://127.0.0.1:{port}/v1", flush=True)  # noqa: T201
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await runner.cleanup()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(_parse()))
