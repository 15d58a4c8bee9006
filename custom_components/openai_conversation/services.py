"""The actions: `generate_image`, as automations have known it since 2023."""

from typing import Final

import probatio as vol

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util import dt as dt_util

from .agents import keep_pictures_days
from .const import DOMAIN, LOGGER, Server
from .images.generator import async_generate
from .images.request import CHOICES, ImageRequest
from .images.view import picture_path
from .openai_api.catalog import first_image_model, living_image_model
from .openai_api.client import is_azure
from .openai_api.errors import FailureKind, OpenAIRequestError
from .pictures import LIBRARY
from .reporting import reported
from .runtime import OpenAIConfigEntry, Purpose

SERVICE_GENERATE_IMAGE: Final = "generate_image"
ATTR_CONFIG_ENTRY: Final = "config_entry"
ATTR_PROMPT: Final = "prompt"
ATTR_MODEL: Final = "model"

_CALLERS_FAULT: Final = {
    FailureKind.MODEL_GONE: "image_model",
    FailureKind.UNSUPPORTED: "image_settings",
    FailureKind.BAD_REQUEST: "image_settings",
    FailureKind.ATTACHMENT: "image_settings",
}

# What the fields may hold is checked by `ImageRequest`, which answers with a translated sentence.
GENERATE_IMAGE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_CONFIG_ENTRY): cv.string,
        vol.Required(ATTR_PROMPT): cv.string,
        vol.Optional(ATTR_MODEL): cv.string,
        **{vol.Optional(name): cv.string for name in CHOICES},
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_GENERATE_IMAGE,
        _async_generate_image,
        schema=GENERATE_IMAGE_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_generate_image(call: ServiceCall) -> ServiceResponse:
    """Make a picture, keep it, and answer where it is."""
    hass = call.hass
    entry: OpenAIConfigEntry = service.async_get_config_entry(hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY])
    fields = {name: call.data[name] for name in (ATTR_PROMPT, *CHOICES) if name in call.data}
    request = ImageRequest(**fields)
    host = _host(hass)  # before the picture is paid for
    runtime = entry.runtime_data
    model = _model(entry, call.data.get(ATTR_MODEL))
    with reported(hass, entry, runtime.health[Purpose.PICTURES]):
        try:
            image = await async_generate(hass, runtime.client, request, model)
        except OpenAIRequestError as err:
            if key := _CALLERS_FAULT.get(err.failure.kind):
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key=key, translation_placeholders={"model": model}
                ) from err
            raise
    keep_days = keep_pictures_days(entry)
    picture = await hass.data[LIBRARY].async_add(
        image.data,
        image.extension,
        entry_id=entry.entry_id,
        prompt=request.prompt,
        revised_prompt=image.revised_prompt,
        model=model,
        size=image.size,
        keep_days=keep_days,
    )
    path = picture_path(picture)
    expires = picture.expires(keep_days)
    return {
        "url": f"{host}{path}",
        "revised_prompt": picture.revised_prompt,
        "path": path,
        "media_content_id": f"media-source://{DOMAIN}/{picture.name}",
        "model": model,
        "size": picture.size,
        "expires": expires.isoformat() if expires else None,
    }


def _host(hass: HomeAssistant) -> str:
    try:
        return get_url(hass)
    except NoURLAvailableError as err:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_url") from err


def _model(entry: OpenAIConfigEntry, wanted: str | None) -> str:
    runtime = entry.runtime_data
    if runtime.server is Server.COMPATIBLE or is_azure(entry.data):
        # models have names of their own there
        return wanted or first_image_model(runtime.catalog)
    model = living_image_model(wanted, runtime.catalog, dt_util.utcnow().date())
    if wanted and model != wanted and wanted not in runtime.replaced_models:
        runtime.replaced_models.add(wanted)
        LOGGER.warning("OpenAI has retired %s, or will soon: pictures are made by %s", wanted, model)
    return model
