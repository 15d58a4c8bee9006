"""Attached files: read off the event loop, and refused where OpenAI would refuse them."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .openai_api.errors import translated_error

type ContentPart = dict[str, Any]
"""A part of a message's content: `input_image` or `input_file`."""

PDF: Final = "application/pdf"
EDITABLE_IMAGES: Final[Mapping[str, str]] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP"}
"""Media type → name of what image models edit. Source: OpenAI's image generation guide, 2026-11-22."""

IMAGES: Final[Mapping[str, str]] = {**EDITABLE_IMAGES, "image/gif": "GIF"}
"""The images that language models read. Source: OpenAI's guide on images as input, 2026-11-22."""

DOCUMENTS: Final[Mapping[str, str]] = {**IMAGES, PDF: "PDF"}
"""The files that language models read. Source: OpenAI's guide on files as input, 2026-11-22."""


def read_file(path: Path, mime_type: str, accepted: Mapping[str, str]) -> tuple[bytes, str]:
    """Return the bytes and the media type of a file. It blocks.

    Raises a translated `HomeAssistantError` if the file cannot be read, or is not of an accepted kind.
    """
    # some cameras say "image/jpg", some servers add parameters
    media_type = mime_type.partition(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    if media_type not in accepted:
        kinds = ", ".join(accepted.values())
        raise translated_error(HomeAssistantError, "attachment_type", file=path.name, kinds=kinds)
    try:
        return path.read_bytes(), media_type
    except OSError as err:
        raise translated_error(HomeAssistantError, "attachment_missing", file=path.name) from err


async def async_read_attachments(
    hass: HomeAssistant, contents: Iterable[conversation.Content]
) -> dict[Path, ContentPart]:
    """Return the attachments of the user's last message, by their path.

    Earlier files may be gone by now, and a file that OpenAI refused must not fail every later turn.
    Raises a translated `HomeAssistantError`.
    """
    messages = [item for item in contents if isinstance(item, conversation.UserContent)]
    files = messages[-1].attachments if messages else None
    if not files:
        return {}

    def read() -> dict[Path, ContentPart]:
        return {file.path: content_part(file.path, file.mime_type) for file in files}

    return await hass.async_add_executor_job(read)


def content_part(path: Path, mime_type: str, accepted: Mapping[str, str] = DOCUMENTS) -> ContentPart:
    """Read a file into a content part. Raises as `read_file` does."""
    data, media_type = read_file(path, mime_type, accepted)
    url = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    if media_type == PDF:
        return {"type": "input_file", "filename": path.name, "file_data": url}
    return {"type": "input_image", "image_url": url, "detail": "auto"}
