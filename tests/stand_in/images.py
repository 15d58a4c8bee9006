"""`POST /v1/images/generations` and `/v1/images/edits`, as today's GPT image models answer it.

Facts: OpenAI API reference, "Create image" and "Create image edit", and the image generation guide.
These models return bytes, never a link, and take neither `style` nor `response_format`.
"""

import asyncio
import base64
from collections.abc import Callable
from datetime import UTC, datetime
import hashlib
import io
import textwrap
from typing import Any

from aiohttp import web
from PIL import Image, ImageDraw, ImageFont

from .access import check_key
from .forms import described, fields_of
from .image_rules import validate_edit_request, validate_image_request
from .state import STAND_IN, json_of

PATH = "/v1/images/generations"
EDITS = "/v1/images/edits"

_FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}


async def create_image(request: web.Request) -> web.Response:
    """Generate an image of the requested size, with the prompt on it."""
    check_key(request)
    body = await json_of(request)
    return await _drawn(request, PATH, body, body, validate_image_request)


async def edit_image(request: web.Request) -> web.Response:
    """Generate a new image with the prompt on it, as if it were an edit of the images in the form."""
    check_key(request)
    fields = fields_of(await request.read(), request.headers.get("Content-Type", ""))
    return await _drawn(request, EDITS, fields, described(fields), validate_edit_request)


async def _drawn(
    request: web.Request,
    path: str,
    body: dict[str, Any],
    shown: dict[str, Any],
    validate: Callable[[dict[str, Any]], None],
) -> web.Response:
    """Answer with an image; `shown`: what the record keeps of the request."""
    state = request.app[STAND_IN]
    with state.recorded(path, shown) as record:
        validate(body)
        await state.befall(path)
        data = await asyncio.to_thread(_draw, body)
        record["outcome"] = {"status": 200}
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
    """Return an image with the prompt on it. The colors depend on the prompt."""
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
