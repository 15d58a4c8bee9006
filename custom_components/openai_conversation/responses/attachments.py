"""Files of a conversation as content parts: images and PDFs, read off the event loop."""

import base64
from collections.abc import Iterable
from pathlib import Path

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from .input_items import Item


async def async_read_attachments(
    hass: HomeAssistant, contents: Iterable[conversation.Content]
) -> dict[Path, Item]:
    """Return the attachments in a chat log by their path.

    Files of the last message must be there and fit; those of earlier ones may be gone by now.
    Raises `HomeAssistantError` with a translated sentence.
    """
    messages = [item for item in contents if isinstance(item, conversation.UserContent) and item.attachments]
    if not messages:
        return {}
    last = messages[-1]

    def read() -> dict[Path, Item]:
        parts: dict[Path, Item] = {}
        for message in messages:
            for file in message.attachments or ():
                try:
                    parts[file.path] = content_part(file.path, file.mime_type)
                except HomeAssistantError:
                    if message is last:
                        raise
        return parts

    return await hass.async_add_executor_job(read)


def content_part(path: Path, mime_type: str) -> Item:
    """Read a file into a content part. Raises `HomeAssistantError` if it is not there or of another kind."""
    if not mime_type.startswith("image/") and mime_type != "application/pdf":
        raise _error("attachment_type", path)
    try:
        data = base64.b64encode(path.read_bytes()).decode()
    except OSError as err:
        raise _error("attachment_missing", path) from err
    url = f"data:{mime_type};base64,{data}"
    if mime_type == "application/pdf":
        return {"type": "input_file", "filename": path.name, "file_data": url}
    return {"type": "input_image", "image_url": url, "detail": "auto"}


def _error(key: str, path: Path) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"file": path.name}
    )
