"""The button of an account: it sends one tiny request, and shows how it went."""

from typing import override

from homeassistant.components import persistent_notification
from homeassistant.components.button import ButtonEntity
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import AccountEntity
from .openai_api.errors import async_text
from .runtime import OpenAIConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of the account."""
    async_add_entities([AccountTestButton(entry, "test")])


class AccountTestButton(AccountEntity, ButtonEntity):
    """Tests the key, the model, and the connection."""

    _attr_entity_category = EntityCategory.DIAGNOSTIC

    @override
    async def async_press(self) -> None:
        """Ask one tiny question, and show the result. Raises a translated `OpenAIRequestError`."""
        result_id = f"{self.unique_id}_result"
        persistent_notification.async_dismiss(self.hass, result_id)
        first_word = await self.entry.runtime_data.async_test()
        language = self.hass.config.language
        names = {
            "name": self.entry.title,
            "model": first_word.model,
            "milliseconds": str(first_word.milliseconds),
        }
        persistent_notification.async_create(
            self.hass,
            await async_text(self.hass, language, "common", "test_passed", names),
            await async_text(self.hass, language, "common", "test_title", names),
            result_id,
        )
