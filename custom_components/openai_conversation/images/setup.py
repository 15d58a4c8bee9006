"""The one store of images of this Home Assistant: its folder, its address, and its daily clean-up."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..options.entry import keep_images_days
from .store import ImageStore, StoredImage
from .view import ImageView

IMAGE_STORE: Final[HassKey[ImageStore]] = HassKey(f"{DOMAIN}_images")


async def async_setup_images(hass: HomeAssistant) -> None:
    """Open the store and serve it, whether or not an account is set up."""
    store = ImageStore(hass, Path(hass.config.path(DOMAIN, "pictures")))
    await store.async_load()
    hass.data[IMAGE_STORE] = store
    hass.http.register_view(ImageView(store))

    async def expire(_now: datetime) -> None:
        await store.async_expire(partial(keep_days, hass))

    await store.async_expire(partial(keep_days, hass))
    async_track_time_interval(hass, expire, timedelta(days=1), cancel_on_shutdown=True)


def keep_days(hass: HomeAssistant, image: StoredImage) -> int:
    """Return for how many days an image is kept; 0: forever. An account that is gone does not change it."""
    entry = hass.config_entries.async_get_entry(image.entry_id)
    return keep_images_days(entry) if entry else image.keep_days
