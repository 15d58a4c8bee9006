"""Files that somebody attaches: read off the event loop, and refused where OpenAI would refuse them."""

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN

type ContentPart = dict[str, Any]
"""A part of a message's content: `input_image` or `input_file`."""

PDF: Final = "application/pdf"
EDITABLE_IMAGES: Final[Mapping[str, str]] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP"}
"""Media type → name, of what image models work on. Source: OpenAI's image generation guide, 2026-11-22."""

IMAGES: Final[Mapping[str, str]] = {**EDITABLE_IMAGES, "image/gif": "GIF"}
"""What language models see. Source: OpenAI's guide on images as input, 2026-11-22."""

DOCUMENTS: Final[Mapping[str, str]] = {**IMAGES, PDF: "PDF"}
"""What language models read. Source: OpenAI's guide on files as input, 2026-11-22."""


def read_file(path: Path, mime_type: str, accepted: Mapping[str, str]) -> tuple[bytes, str]:
    """Return the bytes and the media type of a file. It blocks: not for the event loop.

    Raises a translated `HomeAssistantError` if it is not there, or of another kind than the accepted.
    """
    # some cameras say "image/jpg", some servers add parameters
    media_type = mime_type.partition(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    if media_type not in accepted:
        raise _error("attachment_type", path, kinds=", ".join(accepted.values()))
    try:
        return path.read_bytes(), media_type
    except OSError as err:
        raise _error("attachment_missing", path) from err


async def async_read_attachments(
    hass: HomeAssistant, contents: Iterable[conversation.Content]
) -> dict[Path, ContentPart]:
    """Return the attachments of the last thing the user said, by their path.

    Earlier ones may be gone by now, and one that OpenAI refused must not be sent with every turn that
    follows. Raises `HomeAssistantError` with a translated sentence.
    """
    said = [item for item in contents if isinstance(item, conversation.UserContent)]
    files = said[-1].attachments if said else None
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


def _error(key: str, path: Path, **more: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"file": path.name, **more},
    )
