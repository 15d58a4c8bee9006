"""The processes of a run: the server, and a Home Assistant for each variant."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
import json
import os
from pathlib import Path
import sys
from typing import Any

import aiohttp

from .certificate import write_certificate
from .house import Variant

REPOSITORY = Path(__file__).resolve().parents[1]
_LONGEST_LINE = 16 * 1024 * 1024


class Child:
    """A module of this package in a process, which answers lines of JSON."""

    def __init__(self, process: Process, log: Path) -> None:
        """Take a process that has just started. `log`: where its standard error goes."""
        self._process = process
        self._log = log

    async def read(self) -> Any:
        """Return the next answer. Raises `RuntimeError` with the log if the process has ended."""
        assert self._process.stdout
        if not (line := await self._process.stdout.readline()):
            raise RuntimeError(f"a process of the benchmark ended:\n{self._log.read_text()[-4000:]}")
        return json.loads(line)

    async def do(self, name: str, **arguments: Any) -> Any:
        """Have something measured, and return the result."""
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps({'do': name, **arguments})}\n".encode())
        return await self.read()

    async def stop(self) -> None:
        """Close the input, which ends the process, and kill one that does not end."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            async with asyncio.timeout(20):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


class Benchmark:
    """A folder with a server, its certificate, and the homes."""

    def __init__(self, folder: Path) -> None:
        """Use an empty folder."""
        self.folder = folder
        self.ports: dict[str, int] = {}
        self.environment: Mapping[str, str] = {
            **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
            # bytecode is written once, as in a home, and not into the environment
            "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        }

    @asynccontextmanager
    async def server(self) -> AsyncGenerator[None]:
        """Run the server. All workers that start meanwhile trust its certificate."""
        certificate, _ = write_certificate(self.folder)
        self.environment = {
            **self.environment,
            "REQUESTS_CA_BUNDLE": str(certificate),
            "SSL_CERT_FILE": str(certificate),
        }
        async with self._child("server", str(self.folder)) as server:
            self.ports = await server.read()
            yield

    async def control(self, **order: Any) -> dict[str, Any]:
        """Change how the server answers, and return what it has seen since the last time."""
        url = f"http://127.0.0.1:{self.ports['control']}/"
        async with aiohttp.ClientSession() as web, web.post(url, json=order) as answer:
            seen: dict[str, Any] = await answer.json()
            return seen

    @asynccontextmanager
    async def workers(
        self, variants: Iterable[Variant], url: str, *, lights: int
    ) -> AsyncGenerator[dict[Variant, Child]]:
        """Run a Home Assistant for each variant, all at the same time: those that wait cost nothing."""
        async with AsyncExitStack() as stack:
            yield {
                variant: await stack.enter_async_context(self._worker(variant, url, lights=lights))
                for variant in variants
            }

    @asynccontextmanager
    async def _worker(self, variant: Variant, url: str, *, lights: int) -> AsyncGenerator[Child]:
        home = self.folder / variant
        async with self._child("worker", str(home), variant, url, "--lights", str(lights)) as worker:
            await worker.read()
            yield worker

    @asynccontextmanager
    async def _child(self, module: str, *arguments: str) -> AsyncGenerator[Child]:
        log = self.folder / f"{module}.log"
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", f"benchmarks.{module}", *arguments),
                stdin=PIPE,
                stdout=PIPE,
                stderr=errors,
                env=self.environment,
                cwd=REPOSITORY,
                limit=_LONGEST_LINE,
            )
        child = Child(process, log)
        try:
            yield child
        finally:
            await child.stop()
