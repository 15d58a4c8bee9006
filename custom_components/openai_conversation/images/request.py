"""The fields of an action → the parameters of today's image models. Pure.

The fields are those of DALL·E, which automations have used since 2023. Today's models have others.
Source: OpenAI's image generation guide, as of 2026-11-22.
"""

from dataclasses import dataclass
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError

from ..openai_api.capabilities import Size
from ..openai_api.errors import translated_error
from ..openai_api.models import image_capabilities_of

MAX_PROMPT: Final = 32_000
"""Characters of a prompt. The limit of the API."""

AUTO: Final = "auto"
SIZES: Final = (
    "1024x1024", "1792x1024", "1024x1792", "1536x1024", "1024x1536", AUTO, "256", "512", "1024"
)  # fmt: skip
QUALITIES: Final = {
    "standard": "medium", "hd": "high", "low": "low", "medium": "medium", "high": "high", AUTO: AUTO
}  # fmt: skip
STYLES: Final = {
    "vivid": "The picture is vivid: hyper-real and dramatic.",
    "natural": "The picture is natural: not hyper-real, not dramatic.",
}
CHOICES: Final = {
    "size": SIZES,
    "quality": tuple(QUALITIES),
    "style": tuple(STYLES),
    "background": ("transparent", "opaque", AUTO),
    "moderation": ("low", AUTO),
    "output_format": ("png", "jpeg", "webp"),
}
"""The values that each field of the action accepts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """The image that an action asks for, checked."""

    prompt: str
    size: str = "1024x1024"
    quality: str = "standard"
    style: str | None = None
    background: str | None = None
    moderation: str | None = None
    output_format: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no model supports. Raises a translated `ServiceValidationError`."""
        if not self.prompt.strip() or len(self.prompt) > MAX_PROMPT:
            raise translated_error(ServiceValidationError, "image_prompt", limit=str(MAX_PROMPT))
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) is not None and value not in choices:
                raise translated_error(
                    ServiceValidationError, "image_field", field=name, value=value, choices=", ".join(choices)
                )
        if self.background == "transparent" and self.output_format == "jpeg":
            raise translated_error(ServiceValidationError, "image_transparent_jpeg")

    @property
    def full_prompt(self) -> str:
        """Return the prompt with a sentence for the style: today's models have no parameter for it."""
        if self.style is None:
            return self.prompt
        prompt = f"{self.prompt.rstrip()}\n\n{STYLES[self.style]}"
        return prompt if len(prompt) <= MAX_PROMPT else self.prompt


def image_params(request: ImageRequest, model: str, *, limited_sizes: bool = False) -> dict[str, Any]:
    """Return the parameters for `POST /images/generations` and `/images/edits`.

    `limited_sizes`: use only the sizes that every model supports.
    """
    sizes = image_capabilities_of("" if limited_sizes else model).sizes
    params: dict[str, Any] = {
        "model": model,
        "prompt": request.full_prompt,
        "size": _size(request.size, sizes),
        "quality": QUALITIES[request.quality],
    }
    for name in ("background", "moderation", "output_format"):
        if (value := getattr(request, name)) is not None:
            params[name] = value
    return params


def _size(size: str, sizes: tuple[Size, ...]) -> str:
    """Return the size, or the one among `sizes` with the nearest shape."""
    if size == AUTO:
        return AUTO
    if "x" not in size:
        return "1024x1024"
    width, height = (int(part) for part in size.split("x"))
    if sizes and (width, height) not in sizes:
        width, height = min(sizes, key=lambda shape: abs(shape[0] / shape[1] - width / height))
    return f"{width}x{height}"
