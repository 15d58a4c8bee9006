"""Would OpenAI generate this image?

Facts: OpenAI API reference, "Create image" and "Create image edit", and the image generation guide. Today's
models take neither `style` nor `response_format`.
"""

import io
import re
from typing import Any

from openai.types.image_edit_params import ImageEditParamsNonStreaming
from openai.types.image_generate_params import ImageGenerateParamsNonStreaming
from PIL import Image, UnidentifiedImageError

from .errors import ApiError, InvalidRequest, unsupported_parameter
from .forms import Fields, File
from .shapes import check_body, check_form, check_present, check_range

_ANY_SIZE = re.compile(r"gpt-image-2(\.\d)?(-|$)")
_LIMITED = re.compile(r"(gpt-image-1\.5|gpt-image-1-mini|chatgpt-image)(-|$)")
_LIMITED_SIZES = ("1024x1024", "1536x1024", "1024x1536", "auto")
_QUALITIES = ("low", "medium", "high", "auto")
_MORE_QUALITIES = ("xhigh", "max")
"""Supported by the models of 2.5 only."""

_SIZE = re.compile(r"(\d+)x(\d+)")
_FORBIDDEN = "something forbidden"
"""A prompt with these words is refused, as the safety system would."""

_MOST_IMAGES = 16
_LARGEST_IMAGE = 50 * 1024 * 1024
_READABLE = ("PNG", "JPEG", "WEBP")


def validate_image_request(body: dict[str, Any]) -> None:
    """Raise InvalidRequest if OpenAI would refuse to generate an image."""
    _check_gone(body)
    check_present(body, "prompt")
    check_body(body, ImageGenerateParamsNonStreaming)
    _check_wishes(body)


def validate_edit_request(fields: Fields) -> None:
    """Raise InvalidRequest if OpenAI would refuse to edit the images of a form."""
    _check_gone(fields)
    check_present(fields, "image", "prompt")
    values = check_form(fields, ImageEditParamsNonStreaming)
    _check_wishes(values)
    if "input_fidelity" in values and _ANY_SIZE.match(values["model"]):
        raise unsupported_parameter("input_fidelity")
    images = values["image"] if isinstance(values["image"], list) else [values["image"]]
    if len(images) > _MOST_IMAGES:
        raise InvalidRequest(f"At most {_MOST_IMAGES} images are allowed.", "image", "array_above_max_length")
    for image in images:
        _check_image(image)


def _check_gone(body: dict[str, Any]) -> None:
    for param in ("style", "response_format"):
        if param in body:
            raise InvalidRequest(f"Unknown parameter: '{param}'.", param, "unknown_parameter")


def _check_image(image: File) -> None:
    try:
        with Image.open(io.BytesIO(image.data), formats=_READABLE) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError) as err:
        message = "Invalid image file or mode. Please check your image file."
        raise InvalidRequest(message, "image", "invalid_image_file") from err
    if image.content_type not in ("image/png", "image/jpeg", "image/webp"):
        message = f"Invalid file 'image': unsupported mimetype ('{image.content_type}')."
        raise InvalidRequest(message, "image", "unsupported_file_mimetype")
    if len(image.data) > _LARGEST_IMAGE:
        raise InvalidRequest("The image is too large.", "image", "invalid_value")


def _check_wishes(body: dict[str, Any]) -> None:
    """Check the fields that both kinds of requests have."""
    if not 1 <= len(body["prompt"]) <= 32_000:
        raise InvalidRequest("The prompt is too long or empty.", "prompt", "invalid_value")
    _check_model_and_size(body.get("model", ""), body.get("size", "auto"))
    finest = body["model"].startswith("gpt-image-2.5-")
    if body.get("quality", "auto") not in (*_QUALITIES, *(_MORE_QUALITIES if finest else ())):
        raise InvalidRequest(f"Invalid value: '{body['quality']}'.", "quality", "invalid_value")
    check_range(body, "n", 1, 10)
    if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
        raise InvalidRequest("Transparent background needs png or webp.", "background", "invalid_value")
    if _FORBIDDEN in body["prompt"].lower():
        raise ApiError(
            400,
            "Your request was rejected by the safety system. safety_violations=[violence].",
            code="moderation_blocked",
            error_type="image_generation_user_error",
        )


def _check_model_and_size(model: str, size: str) -> None:
    if _LIMITED.match(model):
        if size not in _LIMITED_SIZES:
            raise InvalidRequest(f"Invalid size '{size}'.", "size", "invalid_value")
        return
    if not _ANY_SIZE.match(model):
        raise InvalidRequest(f"The model '{model}' does not exist", "model", "model_not_found")
    if size == "auto":
        return
    given = _SIZE.fullmatch(size)
    width, height = (int(part) for part in given.groups()) if given else (1, 1)
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
