"""The images in the media browser."""

from typing import Final, override

from homeassistant.components.media_player.const import MediaClass, MediaType
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .images.setup import IMAGE_STORE, keep_days
from .images.store import ImageStore, StoredImage
from .images.view import image_path
from .openai_api.errors import async_text, translated_error

TITLE_LENGTH: Final = 100
"""Characters of a prompt that a title shows; a prompt may be a whole story."""


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Return the source of this integration."""
    return ImageMediaSource(hass, hass.data[IMAGE_STORE])


class ImageMediaSource(MediaSource):
    """All images, newest first."""

    name = "OpenAI images"

    def __init__(self, hass: HomeAssistant, store: ImageStore) -> None:
        """Browse a store."""
        super().__init__(DOMAIN)
        self._hass = hass
        self._store = store

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return the address of an image. Raises `Unresolvable` if it is gone."""
        if (found := await self._store.async_find(item.identifier)) is None:
            raise translated_error(Unresolvable, "image_gone")
        image, path = found
        return PlayMedia(image_path(image), image.content_type, path=path)

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return the list of images. Raises `BrowseError` for an image, which contains nothing."""
        if item.identifier:
            raise translated_error(BrowseError, "image_gone")
        return BrowseMediaSource(
            domain=DOMAIN,
            identifier=None,
            media_class=MediaClass.DIRECTORY,
            media_content_type=MediaType.IMAGE,
            title=self.name,
            can_play=False,
            can_expand=True,
            children_media_class=MediaClass.IMAGE,
            children=[await self._async_browsable(image) for image in self._store.newest_first()],
        )

    async def _async_browsable(self, image: StoredImage) -> BrowseMediaSource:
        return BrowseMediaSource(
            domain=DOMAIN,
            identifier=image.name,
            media_class=MediaClass.IMAGE,
            media_content_type=image.content_type,
            title=await self._async_title(image),
            can_play=True,
            can_expand=False,
            thumbnail=image_path(image),
        )

    async def _async_title(self, image: StoredImage) -> str:
        """Return what an image shows, and the day on which it is deleted."""
        prompt = image.prompt[:TITLE_LENGTH]
        if not (expires := image.expires(keep_days(self._hass, image))):
            return prompt
        day = dt_util.as_local(expires).date().isoformat()
        names = {"prompt": prompt, "day": day}
        return await async_text(self._hass, self._hass.config.language, "common", "expires", names)
