"""The action `generate_image`, as automations call it."""

from typing import Any, Final

from custom_components.openai_conversation.const import DOMAIN

from .house import House

HOME_URL: Final = "http://192.168.1.10:8123"


async def generate_image(house: House, **fields: Any) -> dict[str, Any]:
    """Generate an image, and return the response of the action."""
    data = {"config_entry": house.entry.entry_id, "prompt": "A dog chasing cats", **fields}
    answer = await house.hass.services.async_call(
        DOMAIN, "generate_image", data, blocking=True, return_response=True
    )
    return dict(answer)
