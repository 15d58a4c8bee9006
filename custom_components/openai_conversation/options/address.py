"""An address of its own for speech: a server beside the one of the account, such as Kokoro or Speaches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from homeassistant.const import CONF_API_KEY

from ..const import CONF_BASE_URL, CONF_SERVER, Server
from ..openai_api.client import is_openai_host, server_name

ADDRESS_KEYS: Final = (CONF_BASE_URL, CONF_API_KEY)
"""What is stored of it. Core ignores both."""

_NO_KEY: Final = "none"
"""What is sent to a server that expects no key. The SDK needs one."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an engine asks, and with which key."""

    base_url: str
    api_key: str = field(default="", repr=False)

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self | None:
        """Read stored options. None: the engine asks at the address of the account."""
        base_url = (data.get(CONF_BASE_URL) or "").strip().rstrip("/")
        return cls(base_url, (data.get(CONF_API_KEY) or "").strip()) if base_url else None

    @property
    def server(self) -> Server:
        """Who answers there: another account at OpenAI, or a server with models of its own."""
        return Server.OPENAI if is_openai_host({CONF_BASE_URL: self.base_url}) else Server.COMPATIBLE

    @property
    def name(self) -> str:
        """What sentences call it."""
        return server_name({CONF_BASE_URL: self.base_url})

    @property
    def account(self) -> dict[str, Any]:
        """The address as the data of an account, which a client is made of."""
        return {
            CONF_API_KEY: self.api_key or _NO_KEY,
            CONF_BASE_URL: self.base_url,
            CONF_SERVER: self.server.value,
        }


def with_kept_key(values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form was given, with the key from before, which the form does not show.

    A key belongs to its address: another one does not get it.
    """
    address, known = Address.from_stored(values), Address.from_stored(before)
    rest = {name: value for name, value in values.items() if name != CONF_API_KEY}
    if address is None:
        return rest
    kept = known.api_key if known and known.base_url == address.base_url else ""
    key = address.api_key or kept
    return {**rest, CONF_API_KEY: key} if key else rest
