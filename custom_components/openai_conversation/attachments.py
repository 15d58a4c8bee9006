"""Read attached files outside the event loop, and refuse those that OpenAI would refuse."""

import base64
from collections.abc import Iterable, Mapping
import os
from pathlib import Path
import stat
from typing import Any, Final

from homeassistant.components import conversation
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .openai_api.errors import translated_error

type ContentPart = dict[str, Any]
"""A part of a message's content: `input_image` or `input_file`."""

PDF: Final = "application/pdf"
EDITABLE_IMAGES: Final[Mapping[str, str]] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP"}
"""Media type → name, of images that image models can edit. Source: OpenAI's image guide, 2026-11-22."""

IMAGES: Final[Mapping[str, str]] = {**EDITABLE_IMAGES, "image/gif": "GIF"}
"""The same for images that language models read. Source: OpenAI's guide on images as input, 2026-11-22."""

DOCUMENTS: Final[Mapping[str, str]] = {**IMAGES, PDF: "PDF"}
"""The same for files that language models read. Source: OpenAI's guide on files as input, 2026-11-22."""


MAX_FILE: Final = 50 * 1024 * 1024
"""Bytes of all files of a message together. OpenAI refuses more, so it is not even read.
Source: OpenAI's guide on files as input, 2026-11-22."""


def read_file(path: Path, mime_type: str, accepted: Mapping[str, str]) -> tuple[bytes, str]:
    """Return the bytes and the media type of a file. Blocks.

    Raises a translated `HomeAssistantError` if the file is missing or empty, is too large, or is not of an
    accepted kind.
    """
    # some cameras say "image/jpg", some servers add parameters
    media_type = mime_type.partition(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    if media_type not in accepted:
        kinds = ", ".join(accepted.values())
        raise translated_error(HomeAssistantError, "attachment_type", file=path.name, kinds=kinds)
    try:
        return _read(path), media_type
    except OSError as err:
        raise translated_error(HomeAssistantError, "attachment_missing", file=path.name) from err


def _read(path: Path) -> bytes:
    """Return the bytes of a regular file. Raises `OSError` for anything else, and for an empty file.

    A camera that sleeps leaves an empty file. A pipe or a device is opened without waiting: it would block
    a thread of Home Assistant until somebody writes to it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        if status.st_size > MAX_FILE:
            raise _too_large(path)
        with open(descriptor, "rb", closefd=False) as file:
            data = file.read(MAX_FILE)  # a file may grow meanwhile
    finally:
        os.close(descriptor)
    if not data:
        raise OSError("an empty file")
    return data


def _too_large(path: Path) -> HomeAssistantError:
    limit = str(MAX_FILE // 1024 // 1024)
    return translated_error(HomeAssistantError, "attachment_too_large", file=path.name, limit=limit)


async def async_read_attachments(
    hass: HomeAssistant, contents: Iterable[conversation.Content]
) -> dict[Path, ContentPart]:
    """Return the attachments of the user's last message, by their path.

    Files of earlier messages are not read: they may be gone, and one that OpenAI refused would fail every
    later turn.
    Raises a translated `HomeAssistantError`.
    """
    messages = [item for item in contents if isinstance(item, conversation.UserContent)]
    files = messages[-1].attachments if messages else None
    if not files:
        return {}

    return await hass.async_add_executor_job(_content_parts, files)


def _content_parts(files: Iterable[conversation.Attachment]) -> dict[Path, ContentPart]:
    parts: dict[Path, ContentPart] = {}
    left = MAX_FILE
    for file in files:
        data, media_type = read_file(file.path, file.mime_type, DOCUMENTS)
        if (left := left - len(data)) < 0:
            raise _too_large(file.path)
        parts[file.path] = _part(file.path, data, media_type)
    return parts


def content_part(path: Path, mime_type: str, accepted: Mapping[str, str] = DOCUMENTS) -> ContentPart:
    """Read a file into a content part. Raises as `read_file` does."""
    return _part(path, *read_file(path, mime_type, accepted))


def _part(path: Path, data: bytes, media_type: str) -> ContentPart:
    url = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    if media_type == PDF:
        return {"type": "input_file", "filename": path.name, "file_data": url}
    return {"type": "input_image", "image_url": url, "detail": "auto"}
