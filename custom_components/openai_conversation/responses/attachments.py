"""Files of a conversation as content parts: images and PDFs, read off the event loop."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant

from ..attachments import DOCUMENTS, PDF, read_file
from .input_items import Item


async def async_read_attachments(
    hass: HomeAssistant, contents: Iterable[conversation.Content]
) -> dict[Path, Item]:
    """Return the attachments of the last thing the user said, by their path.

    Earlier ones may be gone by now, and one that OpenAI refused must not be sent with every turn that
    follows. Raises `HomeAssistantError` with a translated sentence.
    """
    said = [item for item in contents if isinstance(item, conversation.UserContent)]
    files = said[-1].attachments if said else None
    if not files:
        return {}

    def read() -> dict[Path, Item]:
        return {file.path: content_part(file.path, file.mime_type) for file in files}

    return await hass.async_add_executor_job(read)


def content_part(path: Path, mime_type: str, accepted: Mapping[str, str] = DOCUMENTS) -> Item:
    """Read a file into a content part. Raises as `read_file` does."""
    data, media_type = read_file(path, mime_type, accepted)
    url = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    if media_type == PDF:
        return {"type": "input_file", "filename": path.name, "file_data": url}
    return {"type": "input_image", "image_url": url, "detail": "auto"}
