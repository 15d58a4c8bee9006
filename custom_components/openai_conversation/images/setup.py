"""The one library of pictures of this Home Assistant: its folder, its address, its daily tidying."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..options.entry import keep_images_days
from .store import ImageStore, StoredImage
from .view import ImageView

IMAGE_STORE: Final[HassKey[ImageStore]] = HassKey(f"{DOMAIN}_pictures")


async def async_setup_images(hass: HomeAssistant) -> None:
    """Open the library and serve it, whatever becomes of the entries."""
    library = ImageStore(hass, Path(hass.config.path(DOMAIN, "pictures")))
    await library.async_load()
    hass.data[IMAGE_STORE] = library
    hass.http.register_view(ImageView(library))

    def keep_days(picture: StoredImage) -> int:
        entry = hass.config_entries.async_get_entry(picture.entry_id)
        return keep_images_days(entry) if entry else picture.keep_days

    async def expire(_now: datetime) -> None:
        await library.async_expire(keep_days)

    await library.async_expire(keep_days)
    async_track_time_interval(hass, expire, timedelta(days=1), cancel_on_shutdown=True)
