"""Which model makes an image."""

from homeassistant.util import dt as dt_util

from ..const import LOGGER, Server
from ..openai_api.catalog import current_image_model, first_image_model
from ..runtime import OpenAIConfigEntry


def image_model(entry: OpenAIConfigEntry, wanted: str | None) -> str:
    """Return the image model to use today: the wanted one unless it is retired, else the account's best.

    A replacement is logged once.
    """
    runtime = entry.runtime_data
    if runtime.server is Server.COMPATIBLE or runtime.catalog.has_user_names:
        # the names there say nothing about the models
        return wanted or first_image_model(runtime.catalog)
    model = current_image_model(wanted, runtime.catalog, dt_util.utcnow().date())
    if wanted and model != wanted and wanted not in runtime.replaced_models:
        runtime.replaced_models.add(wanted)
        LOGGER.warning("OpenAI has retired %s, or will soon: images are made by %s", wanted, model)
    return model
