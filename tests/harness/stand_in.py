"""The stand-in for OpenAI (`tests/stand_in`), as a process."""

from pathlib import Path
import re
import sys
from typing import Any, Self

import aiohttp

from .process import ChildProcess, free_port
from .waiting import until
from .websocket import Json

_START_DEADLINE = 30.0


class StandIn:
    """A server that behaves like OpenAI. It can stop, and start again at the same address."""

    KEY = "sk-test-demo"

    def __init__(self, output: Path, *, port: int = 0, word_ms: int = 0, today: str | None = None) -> None:
        """Choose the port (0: any), the milliseconds between two words, and the file for the output.

        `today`: the day, as 2027-01-06, that decides which models are shut down.
        """
        port = free_port(port)
        self.url = f"http://127.0.0.1:{port}"
        self._session: aiohttp.ClientSession
        day = ["--today", today] if today else []
        self._process = ChildProcess(
            [sys.executable, "-m", "tests.stand_in", "--port", str(port), "--word-ms", str(word_ms), *day],
            output=output,
        )

    @property
    def base_url(self) -> str:
        """Return the address that a user enters in the form."""
        return f"{self.url}/v1"

    async def __aenter__(self) -> Self:
        """Start."""
        self._session = aiohttp.ClientSession()
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()
        await self._session.close()

    async def start(self) -> None:
        """Start, and wait until the server listens."""
        start = len(self._process.log())
        await self._process.start()

        async def listens() -> bool | None:
            self._process.raise_if_ended()
            return bool(re.search(r"^listening on ", self._process.log()[start:], re.MULTILINE)) or None

        await until(listens, within=_START_DEADLINE, what="the stand-in for OpenAI")

    async def stop(self) -> None:
        """Stop, and cut off running answers."""
        await self._process.stop()

    async def fail(self, fault: str, **details: Any) -> None:
        """Let the next request fail, or the next `times` requests."""
        await self._control("POST", "fault", {"fault": fault, **details})

    async def refuses(self, path: str, **body: Any) -> bool:
        """Return whether a request is refused, because its model does not exist."""
        headers = {"Authorization": f"Bearer {self.KEY}"}
        async with self._session.post(f"{self.base_url}{path}", json=body, headers=headers) as response:
            return response.status == 404 and (await response.json())["error"]["code"] == "model_not_found"

    async def recover(self) -> None:
        """Let no more requests fail."""
        await self._control("DELETE", "fault")

    async def requests(self) -> list[Json]:
        """Return the requests since they were last cleared, oldest first."""
        answer: list[Json] = await self._control("GET", "requests")
        return answer

    async def forget_requests(self) -> None:
        """Clear the list of requests."""
        await self._control("DELETE", "requests")

    async def _control(self, method: str, what: str, body: Json | None = None) -> Any:
        async with self._session.request(method, f"{self.url}/stand-in/{what}", json=body) as response:
            response.raise_for_status()
            return await response.json() if response.content_type == "application/json" else None
