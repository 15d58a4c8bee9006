"""Every field of the action by every family of models."""

import pytest

from custom_components.openai_conversation.images.request import (
    MAX_PROMPT,
    QUALITIES,
    SIZES,
    STYLES,
    ImageRequest,
    image_params,
)
from homeassistant.exceptions import ServiceValidationError
from tests.stand_in.images import validate_image_request

FREE = ["gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.6-sunburst"]
LIMITED = ["gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest"]

FREE_SIZES = {
    "1024x1024": "1024x1024",
    "1792x1024": "1792x1024",
    "1024x1792": "1024x1792",
    "1536x1024": "1536x1024",
    "1024x1536": "1024x1536",
    "auto": "auto",
    "256": "1024x1024",
    "512": "1024x1024",
    "1024": "1024x1024",
}
LIMITED_SIZES = FREE_SIZES | {"1792x1024": "1536x1024", "1024x1792": "1024x1536"}


@pytest.mark.parametrize("model", FREE + LIMITED)
@pytest.mark.parametrize("size", SIZES)
def test_sizes(model: str, size: str) -> None:
    params = image_params(ImageRequest(prompt="A dog", size=size), model)

    assert params["size"] == (LIMITED_SIZES if model in LIMITED else FREE_SIZES)[size]
    validate_image_request(params)


@pytest.mark.parametrize("model", FREE + LIMITED)
@pytest.mark.parametrize(
    ("quality", "sent"),
    [
        ("standard", "medium"),
        ("hd", "high"),
        ("low", "low"),
        ("medium", "medium"),
        ("high", "high"),
        ("auto", "auto"),
    ],
)
def test_qualities(model: str, quality: str, sent: str) -> None:
    params = image_params(ImageRequest(prompt="A dog", quality=quality), model)

    assert params["quality"] == sent
    validate_image_request(params)


def test_every_value_is_tested_above() -> None:
    assert set(FREE_SIZES) == set(SIZES)
    assert set(QUALITIES) == {"standard", "hd", "low", "medium", "high", "auto"}


@pytest.mark.parametrize(
    ("style", "words"), [("vivid", "hyper-real and dramatic"), ("natural", "not hyper-real")]
)
def test_a_style_becomes_a_sentence(style: str, words: str) -> None:
    params = image_params(ImageRequest(prompt="A dog\n", style=style), "gpt-image-2")

    assert params["prompt"].startswith("A dog\n\n")
    assert words in params["prompt"]
    assert "style" not in params


@pytest.mark.parametrize("model", FREE + LIMITED)
def test_other_fields_are_sent_when_given(model: str) -> None:
    request = ImageRequest(prompt="A dog", background="opaque", moderation="low", output_format="webp")

    params = image_params(request, model)

    assert (params["background"], params["moderation"], params["output_format"]) == ("opaque", "low", "webp")
    validate_image_request(params)
    assert set(image_params(ImageRequest(prompt="A dog"), model)) == {"model", "prompt", "size", "quality"}


def test_the_longest_prompt_has_no_room_for_a_style() -> None:
    longest = "x" * MAX_PROMPT
    room = "x" * (MAX_PROMPT - len(STYLES["vivid"]) - 2)

    assert ImageRequest(prompt=longest, style="vivid").full_prompt == longest
    assert len(ImageRequest(prompt=room, style="vivid").full_prompt) == MAX_PROMPT


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"prompt": ""}, "image_prompt"),
        ({"prompt": " \n"}, "image_prompt"),
        ({"prompt": "x" * (MAX_PROMPT + 1)}, "image_prompt"),
        ({"size": "640x480"}, "image_field"),
        ({"quality": "best"}, "image_field"),
        ({"style": "cubist"}, "image_field"),
        ({"background": "green"}, "image_field"),
        ({"moderation": "none"}, "image_field"),
        ({"output_format": "gif"}, "image_field"),
        ({"background": "transparent", "output_format": "jpeg"}, "image_transparent_jpeg"),
    ],
)
def test_what_no_model_understands_is_refused(fields: dict[str, str], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        ImageRequest(**{"prompt": "A dog", **fields})

    assert refused.value.translation_key == key
