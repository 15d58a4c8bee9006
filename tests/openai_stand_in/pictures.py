"""``POST /v1/images/generations``, as today's GPT image models answer it.

Facts: OpenAI API reference, "Create image", and the image generation guide. These models return bytes,
never a link, and take neither ``style`` nor ``response_format``.
"""

import asyncio
import base64
from datetime import UTC, datetime
from functools import cache
import hashlib
import io
import re
import textwrap
from typing import Any

from aiohttp import web
from openai.types.image_generate_params import ImageGenerateParamsNonStreaming
from PIL import Image, ImageDraw, ImageFont
from pydantic import TypeAdapter, ValidationError

from .access import check_key
from .errors import ApiError, InvalidRequest
from .state import STAND_IN, refuse_if_armed

PATH = "/v1/images/generations"

_ANY_SIZE = re.compile(r"gpt-image-2(\.\d)?(-|$)")
_LIMITED = re.compile(r"(gpt-image-1\.5|gpt-image-1-mini|chatgpt-image)(-|$)")
_LIMITED_SIZES = ("1024x1024", "1536x1024", "1024x1536", "auto")
_QUALITIES = ("low", "medium", "high", "auto")
_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
_FORBIDDEN = "something forbidden"
"""A prompt with these words is refused, as the safety system would."""


async def create_image(request: web.Request) -> web.Response:
    """Draw the prompt on a picture of the wanted size."""
    check_key(request)
    state = request.app[STAND_IN]
    body = await request.json()
    record = state.begin_record(PATH, body)
    try:
        validate_image_request(body)
        fault = state.next_fault(PATH)
        refuse_if_armed(fault)
        if fault is not None:
            await asyncio.sleep(fault.seconds)
        data = await asyncio.to_thread(_draw, body)
    except ApiError as err:
        record["outcome"] = {"status": err.status, "error": err.body()["error"]}
        raise
    else:
        record["outcome"] = {"status": 200}
    finally:
        state.finish_record(record)
    usage = {
        "input_tokens": 20,
        "input_tokens_details": {"text_tokens": 20, "image_tokens": 0},
        "output_tokens": 1056,
        "total_tokens": 1076,
    }
    created = int(datetime.now(UTC).timestamp())
    return web.json_response(
        {"created": created, "data": [{"b64_json": base64.b64encode(data).decode()}], "usage": usage}
    )


def validate_image_request(body: dict[str, Any]) -> None:
    """Raise InvalidRequest where OpenAI would refuse a request for a picture."""
    for param in ("style", "response_format"):
        if param in body:
            raise InvalidRequest(f"Unknown parameter: '{param}'.", param, "unknown_parameter")
    try:
        _adapter().validate_python(body, strict=True)
    except ValidationError as err:
        first = err.errors()[0]
        where = str(first["loc"][0]) if first["loc"] else None
        raise InvalidRequest(f"Invalid value: {first['msg']}.", where, "invalid_value") from err
    known = (
        ImageGenerateParamsNonStreaming.__required_keys__ | ImageGenerateParamsNonStreaming.__optional_keys__
    )
    for param in body:
        if param not in known:
            raise InvalidRequest(f"Unknown parameter: '{param}'.", param, "unknown_parameter")
    if not 1 <= len(body["prompt"]) <= 32_000:
        raise InvalidRequest("The prompt is too long or empty.", "prompt", "invalid_value")
    _check_model_and_size(body.get("model", ""), body.get("size", "auto"))
    if body.get("quality", "auto") not in _QUALITIES:
        raise InvalidRequest(f"Invalid value: '{body['quality']}'.", "quality", "invalid_value")
    if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
        raise InvalidRequest("Transparent background needs png or webp.", "background", "invalid_value")
    if _FORBIDDEN in body["prompt"].lower():
        raise ApiError(
            400,
            "Your request was rejected by the safety system. safety_violations=[violence].",
            code="moderation_blocked",
            error_type="image_generation_user_error",
        )


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(ImageGenerateParamsNonStreaming)


def _check_model_and_size(model: str, size: str) -> None:
    if _LIMITED.match(model):
        if size not in _LIMITED_SIZES:
            raise InvalidRequest(f"Invalid size '{size}'.", "size", "invalid_value")
        return
    if not _ANY_SIZE.match(model):
        raise InvalidRequest(f"The model '{model}' does not exist", "model", "model_not_found")
    if size == "auto":
        return
    width, height = (int(part) for part in size.split("x"))
    fits = (
        width % 16 == 0
        and height % 16 == 0
        and max(width, height) <= min(3 * min(width, height), 3840)
        and 655_360 <= width * height <= 8_294_400
    )
    if not fits:
        raise InvalidRequest(
            f"Invalid size '{size}'. Width and height must both be divisible by 16.", "size", "invalid_value"
        )


def _draw(body: dict[str, Any]) -> bytes:
    """Return a picture with the prompt written on it, in colours of its own."""
    size = body.get("size", "auto")
    width, height = (1024, 1024) if size == "auto" else (int(part) for part in size.split("x"))
    red, green, blue = hashlib.sha256(body["prompt"].encode()).digest()[:3]
    top = (red // 2 + 40, green // 2 + 40, blue // 2 + 90)
    ramp = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(
        Image.new("RGB", (width, height), (250, 225, 180)), Image.new("RGB", (width, height), top), ramp
    )
    draw = ImageDraw.Draw(picture)
    draw.ellipse(
        [width * 0.68, height * 0.1, width * 0.68 + height * 0.2, height * 0.3], fill=(255, 240, 190)
    )
    font = ImageFont.load_default(size=height // 20)
    text = "\n".join(textwrap.wrap(body["prompt"], width=width * 2 // (height // 20) - 8))
    draw.multiline_text((width // 12, height // 2), text, fill=(30, 30, 60), font=font)
    file = io.BytesIO()
    picture.save(file, _FORMATS[body.get("output_format") or "png"])
    return file.getvalue()
