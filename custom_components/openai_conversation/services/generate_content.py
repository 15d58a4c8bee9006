"""The action `generate_content`: answers a prompt, and files that Home Assistant may read."""

from collections.abc import Iterable
import mimetypes
from pathlib import Path
from typing import Final

import probatio as vol

from homeassistant.components.conversation import Attachment, ChatLog, UserContent
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.ulid import ulid_now

from ..openai_api.errors import translated_error
from .account import ATTR_CONFIG_ENTRY, account_of
from .single_turn import async_generate

ATTR_PROMPT: Final = "prompt"
ATTR_FILENAMES: Final = "filenames"

GENERATE_CONTENT_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY): cv.string,
        vol.Required(ATTR_PROMPT): cv.string,
        vol.Optional(ATTR_FILENAMES, default=list): vol.All(cv.ensure_list, [cv.string]),
    }
)


async def async_generate_content(call: ServiceCall) -> ServiceResponse:
    """Answer a prompt with the settings of the account's first agent, without its tools or a history."""
    hass = call.hass
    entry = account_of(call)
    files = await hass.async_add_executor_job(_attachments, hass, call.data[ATTR_FILENAMES])
    chat_log = ChatLog(hass, ulid_now())
    chat_log.async_add_user_content(UserContent(call.data[ATTR_PROMPT], attachments=files))
    text, used = await async_generate(entry, chat_log, user_id=call.context.user_id)
    return {"text": text, **used.as_reply()}


def _attachments(hass: HomeAssistant, names: Iterable[str]) -> list[Attachment]:
    """Return the files, without reading them. Raises `ServiceValidationError` for one that is not allowed."""
    for name in names:
        # no path contains it
        if "\0" in name or not hass.config.is_allowed_path(name):
            raise translated_error(ServiceValidationError, "file_not_allowed", file=name)
    return [
        Attachment(media_content_id=name, mime_type=mimetypes.guess_file_type(name)[0] or "", path=Path(name))
        for name in names
    ]
