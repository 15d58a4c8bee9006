"""The stand-in for OpenAI in the process of a test: steered and watched."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from tests.stand_in import create_app
from tests.stand_in.state import STAND_IN

KEY: Final = "sk-test-of-the-stand-in"


class StandIn:
    """A running stand-in."""

    def __init__(self, server: TestServer, http: ClientSession) -> None:
        """Steer a server. `http`: for its admin paths."""
        self.state = server.app[STAND_IN]
        self.base_url = str(server.make_url("/v1"))
        self._server = server
        self._http = http

    async def fails(self, fault: str, *, at: str = "response.create", **details: Any) -> None:
        """Have something go wrong: with a path, or with a client event of the Realtime API."""
        order = {"fault": fault, "path": at, **details}
        async with self._http.post(self._server.make_url("/stand-in/fault"), json=order) as response:
            assert response.ok, await response.text()

    async def recovers(self) -> None:
        """Have nothing go wrong any more."""
        async with self._http.delete(self._server.make_url("/stand-in/fault")) as response:
            assert response.ok

    async def hangs_up(self) -> None:
        """Close all connections of the Realtime API, as a server does before it restarts."""
        async with self._http.delete(self._server.make_url("/stand-in/realtime")) as response:
            assert response.ok

    @property
    def open_sessions(self) -> int:
        """Return how many sessions of the Realtime API are open."""
        return len(self.state.realtime)

    def paths(self) -> list[str]:
        """Return the paths of the requests so far; the Realtime API has one for each event."""
        return [each["path"] for each in self.state.requests]

    def asked(self, path: str) -> list[dict[str, Any]]:
        """Return the bodies of the requests to a path."""
        return [each["body"] for each in self.state.requests if each["path"] == path]

    def received(self, kind: str) -> list[dict[str, Any]]:
        """Return the client events of a type; "connect" for the connections."""
        return [each["body"] for each in self.state.requests if each["body"].get("type") == kind]

    def usages(self) -> list[dict[str, Any]]:
        """Return what the responses of the Realtime API that have ended used."""
        return [each["outcome"]["usage"] for each in self.state.requests if "usage" in each["outcome"]]

    def spoken(self) -> list[str]:
        """Return what the model said, right or wrong."""
        return [each["outcome"]["said"] for each in self.state.requests if "said" in each["outcome"]]


@asynccontextmanager
async def running_stand_in() -> AsyncIterator[StandIn]:
    """Enter to have a stand-in run; at the end it hangs up."""
    async with TestServer(create_app()) as server, ClientSession() as http:
        running = StandIn(server, http)
        yield running
        await running.hangs_up()
