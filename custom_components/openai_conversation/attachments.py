"""Files that somebody attaches: read, and refused where OpenAI would refuse them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from homeassistant.exceptions import HomeAssistantError

from .const import DOMAIN

PDF: Final = "application/pdf"
PICTURES: Final[Mapping[str, str]] = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP"}
"""Media type → name, of what image models work on. Source: OpenAI's image generation guide, 2026-11-22."""

IMAGES: Final[Mapping[str, str]] = {**PICTURES, "image/gif": "GIF"}
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


def _error(key: str, path: Path, **more: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"file": path.name, **more},
    )
