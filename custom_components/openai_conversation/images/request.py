"""What an action asks for → what today's image models understand. Pure.

The fields are those of DALL·E, which automations have used since 2023; the models of today take
others. Source: OpenAI's image generation guide, as of 2026-11-22.
"""

from dataclasses import dataclass
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError

from ..const import DOMAIN
from ..openai_api.capabilities import Size
from ..openai_api.models import image_capabilities_of

MAX_PROMPT: Final = 32_000
"""Characters, the API's own limit."""

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
"""What each field of the action takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRequest:
    """A picture as an action asks for it, checked."""

    prompt: str
    size: str = "1024x1024"
    quality: str = "standard"
    style: str | None = "vivid"
    background: str | None = None
    moderation: str | None = None
    output_format: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no model understands. Raises a translated `ServiceValidationError`."""
        if not self.prompt.strip() or len(self.prompt) > MAX_PROMPT:
            raise _invalid("image_prompt", limit=str(MAX_PROMPT))
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) is not None and value not in choices:
                raise _invalid("image_field", field=name, value=value, choices=", ".join(choices))
        if self.background == "transparent" and self.output_format == "jpeg":
            raise _invalid("image_transparent_jpeg")

    @property
    def full_prompt(self) -> str:
        """Return the prompt with the sentence for the style, which models no longer take as a field."""
        if self.style is None:
            return self.prompt
        prompt = f"{self.prompt.rstrip()}\n\n{STYLES[self.style]}"
        return prompt if len(prompt) <= MAX_PROMPT else self.prompt


def image_params(request: ImageRequest, model: str, *, limited_sizes: bool = False) -> dict[str, Any]:
    """Return the parameters for `POST /images/generations` and `/images/edits`.

    `limited_sizes`: stay with the sizes that every model takes.
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
    """Return the size, or the one among `sizes` whose shape is nearest."""
    if size == AUTO:
        return AUTO
    if "x" not in size:
        return "1024x1024"
    width, height = (int(part) for part in size.split("x"))
    if sizes and (width, height) not in sizes:
        width, height = min(sizes, key=lambda each: abs(each[0] / each[1] - width / height))
    return f"{width}x{height}"


def _invalid(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )
