"""An image request → the bytes of an image, by OpenAI."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import openai
from PIL import Image

from homeassistant.core import HomeAssistant

from ..openai_api.classify import classified
from ..openai_api.client import async_download
from ..openai_api.errors import FailureKind, OpenAIRequestError
from .request import ImageRequest, image_params

GENERATION_TIMEOUT: Final = 180.0
"""Seconds. An image takes 10 to 120."""

EXTENSIONS: Final = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
"""Pillow's name of a format → extension of its file."""

type Source = tuple[str, bytes, str]
"""An image to edit: its name, its bytes, its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedImage:
    """An image as OpenAI made it."""

    data: bytes
    extension: str
    revised_prompt: str
    """The prompt as OpenAI rewrote it, or the one that was sent."""

    width: int
    height: int
    """Actual pixels."""

    @property
    def size(self) -> str:
        """Return the size, such as "1024x1024"."""
        return f"{self.width}x{self.height}"


async def async_generate(
    hass: HomeAssistant,
    client: openai.AsyncOpenAI,
    request: ImageRequest,
    model: str,
    sources: Sequence[Source] = (),
) -> GeneratedImage:
    """Generate an image, or edit the `sources` if there are any.

    Raises `OpenAIRequestError`. Nothing is tried again that may already be paid for.
    """
    with classified(malformed=FailureKind.NO_IMAGE):
        async with asyncio.timeout(GENERATION_TIMEOUT):
            return await _async_generate(hass, client, request, model, sources)


async def _async_generate(
    hass: HomeAssistant,
    client: openai.AsyncOpenAI,
    request: ImageRequest,
    model: str,
    sources: Sequence[Source],
) -> GeneratedImage:
    params = image_params(request, model)
    try:
        response = await _async_post(client, params, sources)
    except OpenAIRequestError as err:
        limited = image_params(request, model, limited_sizes=True)
        if err.failure.param != "size" or limited["size"] == params["size"]:
            raise
        params = limited
        response = await _async_post(client, params, sources)
    if not response.data:
        raise OpenAIRequestError.of(FailureKind.NO_IMAGE, "an answer without an image")
    image = response.data[0]
    data = await async_download(hass, image.url) if image.url else None
    return await hass.async_add_executor_job(
        _checked, data or image.b64_json or "", image.revised_prompt or params["prompt"]
    )


async def _async_post(client: openai.AsyncOpenAI, params: dict[str, Any], sources: Sequence[Source]) -> Any:
    with classified():
        if sources:
            return await client.images.edit(**params, image=list(sources), timeout=GENERATION_TIMEOUT)
        return await client.images.generate(**params, timeout=GENERATION_TIMEOUT)


def _checked(data: bytes | str, prompt: str) -> GeneratedImage:
    """Decode the whole image, so that half of one, or a web page, is not kept. It blocks."""
    try:
        raw = data if isinstance(data, bytes) else base64.b64decode(data, validate=True)
        with Image.open(BytesIO(raw), formats=tuple(EXTENSIONS)) as image:
            image.load()
            width, height = image.size
            extension = EXTENSIONS[str(image.format)]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as err:
        raise OpenAIRequestError.of(FailureKind.NO_IMAGE, f"{len(data)} bytes, but no image") from err
    return GeneratedImage(data=raw, extension=extension, revised_prompt=prompt, width=width, height=height)
