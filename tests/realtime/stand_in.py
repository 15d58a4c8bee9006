"""The stand-in for OpenAI, as the tests of the Realtime API steer and watch it."""

from typing import Any, Final

from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from tests.stand_in.state import STAND_IN

KEY: Final = "sk-test-of-the-realtime-api"


class StandIn:
    """A running stand-in."""

    def __init__(self, server: TestServer, http: ClientSession) -> None:
        self.state = server.app[STAND_IN]
        self.base_url = str(server.make_url("/v1"))
        self._server = server
        self._http = http

    async def fails(self, fault: str, *, at: str = "response.create", **details: Any) -> None:
        """Have something go wrong: with a connection ("/v1/realtime") or with a client event."""
        order = {"fault": fault, "path": at, **details}
        async with self._http.post(self._server.make_url("/stand-in/fault"), json=order) as response:
            assert response.ok, await response.text()

    async def hangs_up(self) -> None:
        """Close all connections, as a server does before it restarts."""
        async with self._http.delete(self._server.make_url("/stand-in/realtime")) as response:
            assert response.ok

    @property
    def open_sessions(self) -> int:
        return len(self.state.realtime)

    def received(self, kind: str) -> list[dict[str, Any]]:
        """Return the client events of a type; "connect" for the connections."""
        return [each["body"] for each in self.state.requests if each["body"].get("type") == kind]

    def spoken(self) -> list[str]:
        """Return what the model said, right or wrong."""
        return [each["outcome"]["said"] for each in self.state.requests if "said" in each["outcome"]]
