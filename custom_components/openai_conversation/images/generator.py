"""Ask OpenAI for a picture, and get its bytes."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import openai
from PIL import Image

from homeassistant.core import HomeAssistant

from ..openai_api.client import async_download
from ..openai_api.errors import Failure, FailureKind, OpenAIRequestError, classified
from .request import ImageRequest, image_params

GENERATION_TIMEOUT: Final = 180.0
"""Seconds. A picture takes 10 to 120."""

EXTENSIONS: Final = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
"""Kind of picture → extension of its file."""

type Source = tuple[str, bytes, str]
"""A picture to work on: its name, its bytes, its media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedImage:
    """A picture, fresh from OpenAI."""

    data: bytes
    extension: str
    revised_prompt: str
    """The prompt that OpenAI made of ours, or the one that was sent."""

    width: int
    height: int
    """Pixels, as it is."""

    @property
    def size(self) -> str:
        """Return its size: "1024x1024"."""
        return f"{self.width}x{self.height}"


async def async_generate(
    hass: HomeAssistant,
    client: openai.AsyncOpenAI,
    request: ImageRequest,
    model: str,
    sources: Sequence[Source] = (),
) -> GeneratedImage:
    """Make a picture, out of others if there are any.

    Raises `OpenAIRequestError`; nothing is tried again that may have been paid.
    """
    try:
        with classified():
            async with asyncio.timeout(GENERATION_TIMEOUT):
                return await _async_generate(hass, client, request, model, sources)
    except (AttributeError, TypeError, ValueError) as err:
        raise _no_image(f"an answer that is none: {err!r}") from err


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
        raise _no_image("an answer without a picture")
    picture = response.data[0]
    data = await async_download(hass, picture.url) if picture.url else None
    return await hass.async_add_executor_job(
        _checked, data or picture.b64_json or "", picture.revised_prompt or params["prompt"]
    )


async def _async_post(client: openai.AsyncOpenAI, params: dict[str, Any], sources: Sequence[Source]) -> Any:
    with classified():
        if sources:
            return await client.images.edit(**params, image=list(sources), timeout=GENERATION_TIMEOUT)
        return await client.images.generate(**params, timeout=GENERATION_TIMEOUT)


def _checked(data: bytes | str, prompt: str) -> GeneratedImage:
    """Decode a picture as a whole: half of one, or a web page, must not be kept."""
    try:
        raw = data if isinstance(data, bytes) else base64.b64decode(data, validate=True)
        with Image.open(BytesIO(raw), formats=tuple(EXTENSIONS)) as image:
            image.load()
            width, height = image.size
            extension = EXTENSIONS[str(image.format)]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as err:
        raise _no_image(f"{len(data)} bytes, no picture") from err
    return GeneratedImage(data=raw, extension=extension, revised_prompt=prompt, width=width, height=height)


def _no_image(detail: str) -> OpenAIRequestError:
    return OpenAIRequestError(Failure(kind=FailureKind.NO_IMAGE, detail=detail))
