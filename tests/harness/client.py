"""A client of Home Assistant, like its frontend: REST, WebSocket, and one user."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from .login import Login
from .waiting import until
from .websocket import Json, WebSocket

_START_DEADLINE = 60.0


class RequestError(Exception):
    """Home Assistant refused a REST request."""


class Client:
    """Everything that the demo and the tests ask of a running Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, login: Login, websocket: WebSocket) -> None:
        """Use `open_client` instead."""
        self._session = session
        self._login = login
        self.websocket = websocket

    @property
    def url(self) -> str:
        """Return the address of Home Assistant."""
        return self._login.url

    async def request(self, method: str, path: str, body: Json | None = None) -> Any:
        """Send a REST request and return the answer's JSON."""
        headers = {"Authorization": f"Bearer {await self._login.access_token()}"}
        async with self._session.request(
            method, f"{self._login.url}{path}", json=body, headers=headers
        ) as response:
            if not response.ok:
                raise RequestError(f"{method} {path}: {response.status} {await response.text()}")
            return await response.json()

    async def download(self, path: str) -> tuple[str, bytes]:
        """Return the content type and the bytes at a path."""
        headers = {"Authorization": f"Bearer {await self._login.access_token()}"}
        async with self._session.get(f"{self._login.url}{path}", headers=headers) as response:
            if not response.ok:
                raise RequestError(f"GET {path}: {response.status}")
            return response.content_type, await response.read()

    async def stream(self, path: str) -> AsyncGenerator[bytes]:
        """Yield the bytes at a path as they arrive, without logging in, as a speaker fetches them."""
        async with self._session.get(f"{self._login.url}{path}") as response:
            if not response.ok:
                raise RequestError(f"GET {path}: {response.status}")
            async for chunk in response.content.iter_any():
                yield chunk

    async def anonymous(self, method: str, path: str) -> int:
        """Return the status of a request without a login."""
        async with self._session.request(method, f"{self._login.url}{path}") as response:
            return response.status

    async def state(self, entity_id: str) -> Json:
        """Return the state of an entity, with its attributes."""
        state: Json = await self.request("GET", f"/api/states/{entity_id}")
        return state

    async def entity_ids(self) -> list[str]:
        """Return the IDs of all entities that have a state."""
        return [state["entity_id"] for state in await self.request("GET", "/api/states")]

    async def call(self, action: str, **data: Any) -> None:
        """Perform an action, and wait until it is complete."""
        await self.request("POST", f"/api/services/{action.replace('.', '/')}", data)

    async def ask_action(self, action: str, **data: Any) -> Json:
        """Perform an action that returns a response, and return the response."""
        domain, _, service = action.partition(".")
        answer = await self.websocket.command(
            "call_service", domain=domain, service=service, service_data=data, return_response=True
        )
        response: Json = answer["response"]
        return response

    async def reconnect(self) -> None:
        """Connect again after a restart of Home Assistant."""
        await self.websocket.close()
        self.websocket = await WebSocket.connect(
            self._session, self._login.url, await self._login.access_token()
        )
        await self.wait_until_running()

    async def wait_until_running(self) -> None:
        """Wait until Home Assistant has started."""

        async def running() -> bool | None:
            return (await self.request("GET", "/api/config"))["state"] == "RUNNING" or None

        await until(running, within=_START_DEADLINE, what="Home Assistant to run")


@asynccontextmanager
async def open_client(url: str) -> AsyncGenerator[Client]:
    """Log in as the user of the demo, who is created if there is none, and wait until Home Assistant runs."""
    async with aiohttp.ClientSession() as session:
        login = Login(session, url)
        await login.create_user()
        await login.log_in()
        websocket = await WebSocket.connect(session, url, await login.access_token())
        client = Client(session, login, websocket)
        try:
            await client.wait_until_running()
            yield client
        finally:
            await client.websocket.close()
