"""Which account an action uses: the one that it names, or the only one there is."""

from typing import Final

from homeassistant.core import ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import service

from ..const import DOMAIN
from ..openai_api.errors import translated_error
from ..runtime import OpenAIConfigEntry

ATTR_CONFIG_ENTRY: Final = "config_entry"


@callback
def account_of(call: ServiceCall) -> OpenAIConfigEntry:
    """Return the account that a call uses.

    Raises `ServiceValidationError` if it is not there or not loaded, or if there are several to choose from.
    """
    entry_id: str | None = call.data.get(ATTR_CONFIG_ENTRY)
    if entry_id is None:
        accounts = call.hass.config_entries.async_entries(
            DOMAIN, include_ignore=False, include_disabled=False
        )
        if len(accounts) > 1:
            names = ", ".join(f"{account.entry_id} ({account.title})" for account in accounts)
            raise translated_error(ServiceValidationError, "several_accounts", accounts=names)
    entry: OpenAIConfigEntry = service.async_get_config_entry(call.hass, DOMAIN, entry_id)
    return entry
