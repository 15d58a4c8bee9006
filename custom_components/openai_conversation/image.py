"""The image entity: the last image that an account generated."""

from datetime import UTC, datetime
from typing import Any, Final, override

from homeassistant.components.image import ImageEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import AccountEntity
from .images.setup import IMAGE_STORE, keep_days
from .images.store import ImageStore, StoredImage
from .openai_api.server_text import clean_text
from .runtime import OpenAIConfigEntry, options_changed

PARALLEL_UPDATES = 0

PROMPT_LENGTH: Final = 255
"""Characters of a prompt that an attribute shows: every state is sent to every browser."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entity of the account."""
    async_add_entities([LastImageEntity(hass, entry, hass.data[IMAGE_STORE])])


class LastImageEntity(AccountEntity, ImageEntity):
    """The last image. The store remembers it over restarts."""

    # the database need not keep each prompt
    _unrecorded_attributes = frozenset({"prompt", "revised_prompt"})

    def __init__(self, hass: HomeAssistant, entry: OpenAIConfigEntry, store: ImageStore) -> None:
        """Show the newest image of an account."""
        ImageEntity.__init__(self, hass)
        AccountEntity.__init__(self, entry, "last_picture")
        self._store = store
        self._image: StoredImage | None = None
        self._show_newest()

    @property
    @override
    def suggested_object_id(self) -> str:
        """The name that makes the entity id: dashboards and automations use it, so it never changes."""
        return "Last generated picture"

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the store."""
        await super().async_added_to_hass()
        self.async_on_remove(self._store.async_listen(self._on_change))
        # when the image goes may have changed
        signal = options_changed(self.entry)
        self.async_on_remove(async_dispatcher_connect(self.hass, signal, self.async_write_ha_state))

    @callback
    def _on_change(self) -> None:
        before = self._image
        self._show_newest()
        if self._image is not before:
            self.async_write_ha_state()

    def _show_newest(self) -> None:
        image = next(self._store.newest_first(self.entry.entry_id), None)
        self._image = image
        self._attr_image_last_updated = datetime.fromtimestamp(image.created, UTC) if image else None
        self._attr_content_type = image.content_type if image else "image/png"

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return what the image shows and how it was made."""
        if (image := self._image) is None:
            return {}
        expires = image.expires(keep_days(self.hass, image))
        return {
            "prompt": clean_text(image.prompt, limit=PROMPT_LENGTH),
            "revised_prompt": clean_text(image.revised_prompt, limit=PROMPT_LENGTH),
            "model": image.model,
            "size": image.size,
            "expires": expires.isoformat() if expires else None,
        }

    @override
    async def async_image(self) -> bytes | None:
        """Return the bytes of the image."""
        while self._image:
            if data := await self._store.async_read(self._image):
                return data
            # somebody deleted the file, and the store has dropped the image: show the one before
            self._show_newest()
        return None
