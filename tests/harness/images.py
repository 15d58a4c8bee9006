"""The image of the weather: the automation documented in 2024, and what it shows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .client import Client
from .waiting import until

DOCUMENTED_ENTRY_ID: Final = "abce6b8696a15e107b4bd843de722249"
WEATHER_IMAGE: Final = "image.ai_generated_image_of_new_york"
LAST_IMAGE: Final = "image.chatgpt_last_generated_picture"
_FILE: Final = "packages/weather_picture.yaml"
# OpenAI takes 10 to 120 seconds for an image.
_DEADLINE: Final = 180.0


@dataclass(frozen=True)
class Shown:
    """An image as a logged-in user sees it."""

    content_type: str
    data: bytes


async def use_account(client: Client, home: Path, entry_id: str) -> None:
    """Put the ID of the entry into the documented automation: the one thing that its user changes."""
    file = home / _FILE
    file.write_text(file.read_text().replace(DOCUMENTED_ENTRY_ID, entry_id))
    await client.call("automation.reload")


async def change_weather(client: Client, weather: str) -> Shown:
    """Change the weather, wait until the automation has generated an image of it, and return the image."""
    before = (await client.state(WEATHER_IMAGE))["state"]
    await client.call("input_select.select_option", entity_id="input_select.weather", option=weather)

    async def changed() -> bool | None:
        return (await client.state(WEATHER_IMAGE))["state"] != before or None

    await until(changed, within=_DEADLINE, what="an image of the weather")
    return await look_at(client, WEATHER_IMAGE)


async def look_at(client: Client, entity_id: str) -> Shown:
    """Return the image that an image entity shows."""
    path = (await client.state(entity_id))["attributes"]["entity_picture"]
    return Shown(*await client.download(path))
