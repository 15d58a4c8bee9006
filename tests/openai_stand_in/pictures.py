"""``POST /v1/images/generations``, as today's GPT image models answer it.

Facts: OpenAI API reference, "Create image", and the image generation guide. These models return bytes,
never a link, and take neither ``style`` nor ``response_format``.
"""

import asyncio
import base64
from datetime import UTC, datetime
import hashlib
import io
import textwrap
from typing import Any

from aiohttp import web
from PIL import Image, ImageDraw, ImageFont

from .access import check_key
from .errors import ApiError
from .picture_rules import validate_image_request
from .state import STAND_IN, refuse_if_armed

PATH = "/v1/images/generations"

_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}


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
