"""Log in to Home Assistant: the first user, the login, and access tokens that stay valid."""

from dataclasses import dataclass
import time
from typing import Any, Final

import aiohttp

USER: Final = "demo"
PASSWORD: Final = "super-demo"
# seconds before its end at which a token is renewed
_MARGIN: Final = 60.0


@dataclass
class Login:
    """The session of a user, and its access token."""

    session: aiohttp.ClientSession
    url: str
    _refresh_token: str = ""
    _access_token: str = ""
    _expires: float = 0.0

    async def create_user(self) -> None:
        """Create the user of the demo, who owns the home, unless an earlier run has done so."""
        async with self.session.get(f"{self.url}/api/onboarding") as response:
            # After onboarding, this address no longer exists.
            if not response.ok or any(
                step["done"] for step in await response.json() if step["step"] == "user"
            ):
                return
        await self._post(
            "/api/onboarding/users",
            json={
                "client_id": self._client_id,
                "name": "Peach",
                "username": USER,
                "password": PASSWORD,
                "language": "en",
            },
        )

    async def log_in(self) -> None:
        """Log in as a browser does."""
        flow = await self._post(
            "/auth/login_flow",
            json={
                "client_id": self._client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client_id,
            },
        )
        done = await self._post(
            f"/auth/login_flow/{flow['flow_id']}",
            json={"client_id": self._client_id, "username": USER, "password": PASSWORD},
        )
        token = await self._token(grant_type="authorization_code", code=done["result"])
        self._refresh_token = token["refresh_token"]

    async def access_token(self) -> str:
        """Return a token that is valid for at least a minute."""
        if time.monotonic() > self._expires - _MARGIN:
            await self._token(grant_type="refresh_token", refresh_token=self._refresh_token)
        return self._access_token

    @property
    def _client_id(self) -> str:
        return f"{self.url}/"

    async def _token(self, **grant: str) -> dict[str, Any]:
        token = await self._post("/auth/token", data={"client_id": self._client_id, **grant})
        self._access_token = token["access_token"]
        self._expires = time.monotonic() + token["expires_in"]
        return token

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        async with self.session.post(f"{self.url}{path}", **body) as response:
            response.raise_for_status()
            answer: dict[str, Any] = await response.json()
            return answer
