"""The actions: those that automations have called since 2023, and one that deletes an image."""

from homeassistant.core import HomeAssistant, SupportsResponse, callback

from ..const import DOMAIN
from .delete_image import DELETE_IMAGE_SCHEMA, async_delete_image
from .generate_content import GENERATE_CONTENT_SCHEMA, async_generate_content
from .generate_image import GENERATE_IMAGE_SCHEMA, async_generate_image


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action, schema in (
        ("generate_content", async_generate_content, GENERATE_CONTENT_SCHEMA),
        ("generate_image", async_generate_image, GENERATE_IMAGE_SCHEMA),
    ):
        hass.services.async_register(
            DOMAIN, name, action, schema=schema, supports_response=SupportsResponse.ONLY
        )
    hass.services.async_register(DOMAIN, "delete_image", async_delete_image, schema=DELETE_IMAGE_SCHEMA)
