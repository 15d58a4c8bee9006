"""The action `generate_image`: generates an image from a prompt, keeps it, and returns its address."""

from typing import Final

import probatio as vol

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..const import DOMAIN, Purpose
from ..images.generator import async_generate
from ..images.model import image_model
from ..images.request import CHOICES, ImageRequest
from ..images.setup import IMAGE_STORE
from ..images.view import image_path
from ..openai_api.errors import FailureKind, OpenAIRequestError, translated_error
from ..options.entry import keep_images_days
from ..reporting import open_request
from .account import ATTR_CONFIG_ENTRY, account_of

ATTR_PROMPT: Final = "prompt"
ATTR_STYLE: Final = "style"
ATTR_MODEL: Final = "model"

_STYLE_OF_2024: Final = "vivid"
"""The default style of calls that name an account, as all calls of that year do."""

_CALLERS_FAULT: Final = {
    FailureKind.MODEL_GONE: "image_model",
    FailureKind.MODEL_UNFIT: "image_model",
    FailureKind.UNSUPPORTED: "image_settings",
    FailureKind.BAD_REQUEST: "image_settings",
    FailureKind.ATTACHMENT: "image_settings",
}

# `ImageRequest` checks the values, and raises a translated error.
GENERATE_IMAGE_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_CONFIG_ENTRY): cv.string,
        vol.Required(ATTR_PROMPT): cv.string,
        vol.Optional(ATTR_MODEL): cv.string,
        **{vol.Optional(name): cv.string for name in CHOICES},
    }
)


async def async_generate_image(call: ServiceCall) -> ServiceResponse:
    """Generate an image, keep it, and return its address."""
    hass = call.hass
    entry = account_of(call)
    fields = {name: call.data[name] for name in (ATTR_PROMPT, *CHOICES) if name in call.data}
    if ATTR_CONFIG_ENTRY in call.data:
        fields.setdefault(ATTR_STYLE, _STYLE_OF_2024)
    request = ImageRequest(**fields)
    host = _host(hass)  # before the image is paid for
    runtime = entry.runtime_data
    model = image_model(entry, call.data.get(ATTR_MODEL))
    with open_request(runtime, Purpose.IMAGES, model) as asked:
        try:
            image = await async_generate(hass, runtime.client, request, model, on_usage=asked.add)
        except OpenAIRequestError as err:
            if key := _CALLERS_FAULT.get(err.failure.kind):
                raise translated_error(
                    ServiceValidationError, key, model=model, server=runtime.server_name
                ) from err
            raise
    keep_days = keep_images_days(entry)
    stored = await hass.data[IMAGE_STORE].async_add(
        image.data,
        image.extension,
        entry_id=entry.entry_id,
        prompt=request.prompt,
        revised_prompt=image.revised_prompt,
        model=model,
        size=image.size,
        keep_days=keep_days,
    )
    path = image_path(stored)
    expires = stored.expires(keep_days)
    return {
        "url": f"{host}{path}",
        "revised_prompt": stored.revised_prompt,
        "path": path,
        "media_content_id": f"media-source://{DOMAIN}/{stored.name}",
        "model": model,
        "size": stored.size,
        "expires": expires.isoformat() if expires else None,
        **asked.used.as_reply(),
    }


def _host(hass: HomeAssistant) -> str:
    try:
        return get_url(hass)
    except NoURLAvailableError as err:
        raise translated_error(ServiceValidationError, "no_url") from err
