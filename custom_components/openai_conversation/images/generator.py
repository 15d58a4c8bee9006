"""An image request → the bytes of an image, by OpenAI."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image

from homeassistant.core import HomeAssistant

from ..openai_api.classify import classified, raise_reported
from ..openai_api.client import MAX_DOWNLOAD, async_download
from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.http_client import Client
from ..openai_api.raw_answer import async_read, parse_json
from ..openai_api.server_text import clean_text
from ..openai_api.usage import OnUsage, Usage
from .request import MAX_PROMPT, ImageRequest, image_params

GENERATION_TIMEOUT: Final = 180.0
"""Seconds. An image takes 10 to 120."""

MAX_PIXELS: Final = 25_000_000
"""Pixels that are decoded: 100 MB of memory, on small computers. OpenAI's largest image has 8 million."""

MAX_ANSWER: Final = MAX_DOWNLOAD * 4 // 3 + 1024 * 1024
"""Bytes of an answer: as base64, an image of `MAX_DOWNLOAD` takes a third more."""

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
    client: Client,
    request: ImageRequest,
    model: str,
    sources: Sequence[Source] = (),
    *,
    on_usage: OnUsage,
) -> GeneratedImage:
    """Generate an image, or edit the `sources` if there are any.

    Raises `OpenAIRequestError`. A request that may already be paid for is not sent again.
    """
    with classified(malformed=FailureKind.NO_IMAGE):
        async with asyncio.timeout(GENERATION_TIMEOUT):
            return await _async_generate(hass, client, request, model, sources, on_usage=on_usage)


async def _async_generate(
    hass: HomeAssistant,
    client: Client,
    request: ImageRequest,
    model: str,
    sources: Sequence[Source],
    *,
    on_usage: OnUsage,
) -> GeneratedImage:
    params = image_params(request, model)
    try:
        answer = await _async_post(hass, client, params, sources)
    except OpenAIRequestError as err:
        limited = image_params(request, model, limited_sizes=True)
        if err.failure.param != "size" or limited["size"] == params["size"]:
            raise
        params = limited
        answer = await _async_post(hass, client, params, sources)
    on_usage(Usage.of_image(model, answer))
    image = answer["data"][0]
    url, prompt = image.get("url"), image.get("revised_prompt")
    data = await async_download(hass, url) if url else image["b64_json"]
    revised_prompt = clean_text(prompt, limit=MAX_PROMPT, key=client.api_key) or params["prompt"]
    return await hass.async_add_executor_job(_checked, data, revised_prompt)


async def _async_post(
    hass: HomeAssistant, client: Client, params: dict[str, Any], sources: Sequence[Source]
) -> Any:
    path = "/images/edits" if sources else "/images/generations"
    files = [("image[]", source) for source in sources]
    with classified():
        response = await client.async_post(path, params, files=files, silence=GENERATION_TIMEOUT)
        body = await async_read(response, limit=MAX_ANSWER)
    answer = await hass.async_add_executor_job(parse_json, body)
    raise_reported(answer, client.api_key)
    return answer


def _checked(data: bytes | str, prompt: str) -> GeneratedImage:
    """Decode the whole image, so that half an image or a web page is not kept. Blocks.

    Raises `OpenAIRequestError`; for an image that is too large, before memory is used for it.
    """
    try:
        raw = data if isinstance(data, bytes) else base64.b64decode(_base64(data), validate=True)
        with Image.open(BytesIO(raw), formats=tuple(EXTENSIONS)) as image:
            width, height = _size(image)
            image.load()
            extension = EXTENSIONS[str(image.format)]
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as err:
        detail = f"{len(data)} bytes that are no image: {err}"
        raise OpenAIRequestError.of(FailureKind.NO_IMAGE, detail) from err
    return GeneratedImage(data=raw, extension=extension, revised_prompt=prompt, width=width, height=height)


def _size(image: Image.Image) -> tuple[int, int]:
    """Return width and height. Raises `ValueError` if the image is too large to be decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width} x {height} pixels")
    return width, height


def _base64(data: str) -> str:
    """Return the data of a data URL, or the text itself if it is not one."""
    return data.partition(",")[2] if data.startswith("data:") else data
