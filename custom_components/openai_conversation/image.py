"""The image entity: the last picture that an entry has made."""

from datetime import UTC, datetime
from typing import Any, override

from homeassistant.components.image import ImageEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import agent_device
from .images.setup import IMAGE_STORE
from .images.store import ImageStore, StoredImage
from .runtime import OpenAIConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the entity of the entry."""
    async_add_entities([LastImageEntity(hass, entry, hass.data[IMAGE_STORE])])


class LastImageEntity(ImageEntity):
    """The last picture; the library remembers it over restarts."""

    _attr_has_entity_name = True
    _attr_translation_key = "last_picture"
    # prompts may be long, and the database need not keep each of them
    _unrecorded_attributes = frozenset({"prompt", "revised_prompt"})

    def __init__(self, hass: HomeAssistant, entry: OpenAIConfigEntry, library: ImageStore) -> None:
        """Show what the library has of an entry."""
        super().__init__(hass)
        self._library = library
        self._entry_id = entry.entry_id
        self._picture: StoredImage | None = None
        self._attr_unique_id = f"{entry.entry_id}_last_picture"
        self._attr_device_info = agent_device(entry.entry_id, entry.title)
        self._show_newest()

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the library."""
        await super().async_added_to_hass()
        self.async_on_remove(self._library.async_listen(self._on_change))

    @callback
    def _on_change(self) -> None:
        before = self._picture
        self._show_newest()
        if self._picture is not before:
            self.async_write_ha_state()

    def _show_newest(self) -> None:
        picture = next(self._library.newest_first(self._entry_id), None)
        self._picture = picture
        self._attr_image_last_updated = datetime.fromtimestamp(picture.created, UTC) if picture else None
        self._attr_content_type = picture.content_type if picture else "image/png"

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Tell what the picture shows."""
        if self._picture is None:
            return {}
        return {name: getattr(self._picture, name) for name in ("prompt", "revised_prompt", "model", "size")}

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture."""
        while self._picture:
            if data := await self._library.async_read(self._picture):
                return data
            # somebody has taken the file away: the library has forgotten it, and shows the one before
            self._show_newest()
        return None
