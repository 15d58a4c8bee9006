"""Would OpenAI accept this request for decisions?

Facts: `resources/decisions.py` and `types/decision_create_params.py` of the SDK, 3.26 and later.
"""

import base64
import binascii
from collections.abc import Iterator
import re
from typing import Any

from .errors import InvalidRequest
from .models import is_chat_model
from .shapes import check_body, check_present

try:
    from openai.types.decision_create_params import DecisionCreateParams
except ImportError:
    # The SDK of Home Assistant 2026.10 has no decisions yet.
    from .decision_types import DecisionCreateParams  # type: ignore[assignment]

_IMAGE = re.compile(r"data:image/(?:png|jpeg|webp|gif);base64,(.+)", re.DOTALL)
_MOST_IMAGES = 128
_OPTIONS = {"choice": ("choices", "value"), "score": ("levels", "label")}
"""Where each type of question has its options, and the field that must differ."""


def validate_decision_request(body: dict[str, Any]) -> None:
    """Raise InvalidRequest if OpenAI would refuse the request."""
    check_present(body, "model", "input", "questions")
    check_body(body, DecisionCreateParams)
    if not is_chat_model(body["model"]):
        raise InvalidRequest(f"The model `{body['model']}` does not exist.", "model", "model_not_found")
    if not body["input"]:
        raise InvalidRequest("Invalid 'input': expected some evidence.", "input", "invalid_value")
    if not body["questions"]:
        raise InvalidRequest("Invalid 'questions': expected at least one.", "questions", "empty_array")
    _check_images(list(_images_in(body["input"])))
    for index, question in enumerate(body["questions"]):
        _check_options(question, f"questions[{index}]")
    names = [question["name"] for question in body["questions"] if "name" in question]
    if len(set(names)) < len(names):
        raise InvalidRequest("The names of questions must differ.", "questions", "invalid_value")


def _images_in(given: str | list[dict[str, Any]]) -> Iterator[str]:
    for message in () if isinstance(given, str) else given:
        if not isinstance(message["content"], str):
            yield from (part["image_url"] for part in message["content"] if part["type"] == "input_image")


def _check_images(urls: list[str]) -> None:
    if len(urls) > _MOST_IMAGES:
        raise InvalidRequest(f"At most {_MOST_IMAGES} images are allowed.", "input", "invalid_value")
    for url in urls:
        try:
            base64.b64decode(_IMAGE.fullmatch(url)[1], validate=True)  # type: ignore[index]
        except (TypeError, binascii.Error) as err:
            message = "Invalid 'image_url': expected a base64-encoded image in a data URL."
            raise InvalidRequest(message, "input", "invalid_value") from err


def _check_options(question: dict[str, Any], param: str) -> None:
    if question["type"] not in _OPTIONS:
        return
    options, key = _OPTIONS[question["type"]]
    # True and "True" are distinct.
    given = [(type(option[key]), option[key]) for option in question[options]]
    if len(given) < 2 or len(set(given)) < len(given):
        message = f"Invalid '{param}.{options}': expected at least two, all different."
        raise InvalidRequest(message, f"{param}.{options}", "invalid_value")
