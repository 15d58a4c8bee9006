"""A child process: start it, watch it while it starts, and stop it."""

import asyncio
from asyncio.subprocess import STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
import os
from pathlib import Path
import random
import socket

from .errors import HarnessError

# Home Assistant writes its stores while it stops.
_STOP_DEADLINE = 30.0
# Systems give connections of clients higher ports, so none takes a port before its server starts.
_PORTS = range(20_000, 30_000)


def free_port(wanted: int = 0) -> int:
    """Return the wanted port if it is free, otherwise a random free one."""
    candidates = [wanted] if wanted else []
    for port in [*candidates, *random.sample(_PORTS, 20)]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise HarnessError("no free port on 127.0.0.1")


class ChildProcess:
    """A program whose output is appended to a file, or goes to the terminal if there is no file."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        output: Path | None = None,
    ) -> None:
        """Set what to run; nothing starts yet."""
        self.output = output
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._process: Process | None = None

    async def start(self) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches only us, and we stop it."""
        log = self.output.open("ab") if self.output else None
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                env=self._environment,
                stdout=log,
                stderr=STDOUT if log else None,
                start_new_session=True,
            )
        finally:
            if log:
                log.close()

    async def stop(self) -> int | None:
        """End the program, and return its exit code, or None if it never ran."""
        if self._process is None:
            return None
        if self._process.returncode is None:
            self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), _STOP_DEADLINE)
        except TimeoutError:
            self._process.kill()
            return await self._process.wait()

    def raise_if_ended(self) -> None:
        """Raise `HarnessError` with the last lines of the output if the program has ended."""
        if self._process is None or self._process.returncode is None:
            return
        last_lines = "\n".join(self.log().splitlines()[-15:])
        raise HarnessError(f"{self._command[0]} ended with code {self._process.returncode}\n{last_lines}")

    def log(self) -> str:
        """Return what the program has written so far, in all its runs."""
        return self.output.read_text(errors="replace") if self.output and self.output.exists() else ""
