"""Files of a conversation as content parts: images and PDFs, read off the event loop."""

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from .input_items import Item

PDF: Final = "application/pdf"
ACCEPTED: Final = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", PDF})
"""Media types that models take. Source: OpenAI's guides on images and files as input, 2026-11-22."""


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


def content_part(path: Path, mime_type: str) -> Item:
    """Read a file into a content part. Raises `HomeAssistantError` if it is not there or of another kind."""
    if mime_type not in ACCEPTED:
        raise _error("attachment_type", path)
    try:
        data = base64.b64encode(path.read_bytes()).decode()
    except OSError as err:
        raise _error("attachment_missing", path) from err
    url = f"data:{mime_type};base64,{data}"
    if mime_type == PDF:
        return {"type": "input_file", "filename": path.name, "file_data": url}
    return {"type": "input_image", "image_url": url, "detail": "auto"}


def _error(key: str, path: Path) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders={"file": path.name}
    )
