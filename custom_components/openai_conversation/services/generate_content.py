"""The action `generate_content`: answers a prompt, and files that Home Assistant may read."""

from collections.abc import Iterable
from dataclasses import replace
import mimetypes
from pathlib import Path
from typing import Final

import probatio as vol

from homeassistant.components.conversation import Attachment, ChatLog, UserContent
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.ulid import ulid_now

from ..const import DOMAIN, Purpose
from ..openai_api.errors import translated_error
from ..options.chat import ChatOptions
from ..options.entry import conversation_agents
from ..reporting import open_request
from ..responses.request import Identity
from ..responses.tools import ToolConverter
from ..responses.turn import TASK, Turn
from .account import ATTR_CONFIG_ENTRY, account_of

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
    runtime = entry.runtime_data
    options = next((agent.options for agent in conversation_agents(entry)), ChatOptions.from_stored({}))
    settings = replace(options, is_spoken_to=False, web_search=None, code_interpreter=False).settings(
        runtime.models()
    )
    with open_request(runtime, Purpose.TASKS, settings.chat_model) as request:
        text = await Turn(
            client=runtime.client,
            server=runtime.server,
            settings=settings,
            identity=Identity(agent_id=entry.entry_id, user_id=call.context.user_id),
            chat_log=chat_log,
            entity_id=DOMAIN,
            converter=ToolConverter(),
            request=request,
            policy=TASK,
        ).async_run()
    return {"text": text, **request.used.as_reply()}


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
