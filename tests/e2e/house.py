"""The Home Assistant that the end-to-end tests share."""

from dataclasses import dataclass

from tests.harness.client import Client
from tests.harness.home_assistant import HomeAssistant

from .complaints import HouseLog


@dataclass(frozen=True)
class House:
    """A Home Assistant and its log."""

    home_assistant: HomeAssistant
    log: HouseLog

    async def restart(self, client: Client) -> None:
        """Restart Home Assistant, and connect again."""
        await self.home_assistant.stop()
        await self.home_assistant.start()
        await client.reconnect()
