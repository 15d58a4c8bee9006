"""Tests of the stand-in's images."""

import base64
import io
from typing import Any

from aiohttp import ClientSession
import openai
from PIL import Image
import pytest

from tests.stand_in import InvalidRequest
from tests.stand_in.errors import ApiError
from tests.stand_in.forms import File
from tests.stand_in.image_rules import validate_edit_request, validate_image_request
from tests.support.responses_api import PNG, WEBP

from .requests import arm

MODEL = "gpt-image-2"


def size_of(answer: Any) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(base64.b64decode(answer.data[0].b64_json))) as image:
        return image.format, image.size


async def test_it_draws_and_edits(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    drawn = await client.images.generate(model=MODEL, prompt="A cat", size="1536x1024")
    assert size_of(drawn) == ("PNG", (1536, 1024))
    images = [("a.png", PNG), ("b.webp", WEBP)]
    edited = await client.images.edit(
        model=MODEL, prompt="A cat", image=images, size="1024x1024", output_format="webp"
    )
    assert size_of(edited) == ("WEBP", (1024, 1024))
    assert size_of(await client.images.edit(model=MODEL, prompt="A cat", image=images[0]))[0] == "PNG"
    async with web.get("/stand-in/requests") as response:
        _, record, _ = await response.json()
    assert record["path"] == "/v1/images/edits"
    assert record["body"]["image"] == [
        {"filename": "a.png", "content_type": "image/png", "bytes": len(PNG)},
        {"filename": "b.webp", "content_type": "image/webp", "bytes": len(WEBP)},
    ]


async def test_faults_and_keys(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    wish: Any = {"model": MODEL, "prompt": "A cat", "image": ("a.png", PNG)}
    await arm(web, "moderation", path="/v1/images/edits")
    with pytest.raises(openai.BadRequestError, match="safety"):
        await client.images.edit(**wish)
    assert (await client.images.edit(**wish)).data
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="x").images.edit(**wish)


BAD_WISHES = [
    ({"prompt": None}, "prompt", "missing_required_parameter"),
    ({"prompt": ""}, "prompt", "invalid_value"),
    ({"style": "vivid"}, "style", "unknown_parameter"),
    ({"model": "dall-e-3"}, "model", "model_not_found"),
    ({"size": "1000x1000"}, "size", "invalid_value"),
    ({"size": "large"}, "size", "invalid_value"),
    ({"model": "gpt-image-1.5", "size": "1792x1024"}, "size", "invalid_value"),
    ({"quality": "standard"}, "quality", "invalid_value"),
    ({"quality": "max"}, "quality", "invalid_value"),
    ({"background": "transparent", "output_format": "jpeg"}, "background", "invalid_value"),
    ({"prompt": "something forbidden"}, None, "moderation_blocked"),
]


def wish(**changes: Any) -> dict[str, Any]:
    wanted = {"model": MODEL, "prompt": "A cat", **changes}
    return {key: value for key, value in wanted.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "param", "code"), [*BAD_WISHES, ({"n": 11}, "n", "integer_above_max_value")]
)
def test_a_bad_setting_is_refused(changes: dict[str, Any], param: str | None, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        validate_image_request(wish(**changes))
    assert (caught.value.param, caught.value.code) == (param, code)


def png(data: bytes = PNG, content_type: str = "image/png") -> File:
    return File("a.png", content_type, data)


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        *BAD_WISHES,
        ({"n": "11"}, "n", "integer_above_max_value"),
        ({"image": None}, "image", "missing_required_parameter"),
        ({"image": png(b"GIF89a")}, "image", "invalid_image_file"),
        ({"image": [png(), png(PNG[:50])]}, "image", "invalid_image_file"),
        ({"image": png(content_type="text/plain")}, "image", "unsupported_file_mimetype"),
        ({"image": [png()] * 17}, "image", "array_above_max_length"),
        ({"input_fidelity": "high"}, "input_fidelity", "unsupported_parameter"),
    ],
)
def test_a_bad_edit_is_refused(changes: dict[str, Any], param: str | None, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        validate_edit_request(wish(**{"image": png(), **changes}))
    assert (caught.value.param, caught.value.code) == (param, code)


def test_the_highest_quality_needs_the_best_models() -> None:
    validate_image_request(wish(model="gpt-image-2.5-flare", quality="max"))
    with pytest.raises(InvalidRequest):
        validate_image_request(wish(model="gpt-image-2.6-flare", quality="max"))
