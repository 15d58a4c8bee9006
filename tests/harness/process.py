"""A child process: started, watched while it comes up, stopped."""

import asyncio
from asyncio.subprocess import STDOUT, Process
from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import socket

from .errors import HarnessError

# Home Assistant writes its stores while it stops.
_STOP_DEADLINE = 30.0


def free_port(wanted: int = 0) -> int:
    """Return the wanted port when nobody listens there, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise HarnessError("no free port on 127.0.0.1")


class ChildProcess:
    """One program, whose output is appended to a file, or shown when there is no file."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        output: Path | None = None,
    ) -> None:
        """Remember what to run; nothing starts yet."""
        self.output = output
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._process: Process | None = None

    async def start(self) -> None:
        """Start the program, apart from our terminal: Ctrl-C is for us, and we stop it in order."""
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
        """Ask the program to end and wait until it has; return its exit code, None when it never ran."""
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
        """Say why there is nothing to wait for any more, with the last words of the program."""
        if self._process is None or self._process.returncode is None:
            return
        last_words = "\n".join(self.log().splitlines()[-15:])
        raise HarnessError(f"{self._command[0]} ended with code {self._process.returncode}\n{last_words}")

    def log(self) -> str:
        """Return what the program has written so far, over all its starts."""
        return self.output.read_text(errors="replace") if self.output and self.output.exists() else ""
