"""The action `delete_image`: deletes an image, which the media browser cannot do."""

from typing import Any, Final

import probatio as vol

from homeassistant.core import ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv

from ..images.setup import IMAGE_STORE
from ..openai_api.errors import translated_error

ATTR_IMAGE: Final = "image"
_MEDIA_CONTENT_ID: Final = "media_content_id"


def _name(address: str) -> str:
    """Return the name of an image from what `generate_image` returns: an address, a path, or a media ID."""
    return address.rpartition("/")[2]


def _picked(value: Any) -> str:
    """Return the media ID of what was picked in the media browser."""
    if not isinstance(value, dict):
        raise vol.Invalid("expected an image")
    return cv.string(value.get(_MEDIA_CONTENT_ID))


DELETE_IMAGE_SCHEMA: Final = vol.Schema(
    {vol.Required(ATTR_IMAGE): vol.All(vol.Any(cv.string, _picked), _name)}
)


async def async_delete_image(call: ServiceCall) -> None:
    """Delete an image, and its address with it."""
    store = call.hass.data[IMAGE_STORE]
    if (found := await store.async_find(call.data[ATTR_IMAGE])) is None:
        raise translated_error(ServiceValidationError, "image_gone")
    await store.async_delete(found[0])
