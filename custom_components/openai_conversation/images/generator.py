"""Ask OpenAI for a picture, and get its bytes."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import openai

from homeassistant.core import HomeAssistant

from ..openai_api.client import async_download
from ..openai_api.errors import Failure, FailureKind, OpenAIRequestError, classified
from .request import ImageRequest, image_params

GENERATION_TIMEOUT: Final = 180.0
"""Seconds. A picture takes 10 to 120."""

SIGNATURES: Final[dict[str, Callable[[bytes], bool]]] = {
    "png": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "jpg": lambda data: data.startswith(b"\xff\xd8\xff"),
    "webp": lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP",
}
"""File extension → whether bytes are of that kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedImage:
    """A picture, fresh from OpenAI."""

    data: bytes
    extension: str
    revised_prompt: str
    """The prompt that OpenAI made of ours, or the one that was sent."""

    size: str
    """As sent: "1024x1024" or "auto"."""


async def async_generate(
    hass: HomeAssistant, client: openai.AsyncOpenAI, request: ImageRequest, model: str
) -> GeneratedImage:
    """Make a picture. Raises `OpenAIRequestError`; nothing is tried again that may have been paid."""
    params = image_params(request, model)
    try:
        response = await _async_post(client, params)
    except OpenAIRequestError as err:
        limited = image_params(request, model, limited_sizes=True)
        if err.failure.param != "size" or limited["size"] == params["size"]:
            raise
        params = limited
        response = await _async_post(client, params)
    first = next(iter(response.data or ()), None)
    data = b""
    if first and first.b64_json:
        data = await hass.async_add_executor_job(_decoded, first.b64_json)
    elif first and first.url:
        data = await async_download(hass, first.url)
    extension = next((name for name, matches in SIGNATURES.items() if matches(data)), None)
    if extension is None:
        raise OpenAIRequestError(Failure(kind=FailureKind.NO_IMAGE, detail=f"{len(data)} bytes, no picture"))
    return GeneratedImage(
        data=data,
        extension=extension,
        revised_prompt=(first and first.revised_prompt) or params["prompt"],
        size=params["size"],
    )


async def _async_post(client: openai.AsyncOpenAI, params: dict[str, Any]) -> Any:
    with classified():
        return await client.images.generate(**params, timeout=GENERATION_TIMEOUT)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
