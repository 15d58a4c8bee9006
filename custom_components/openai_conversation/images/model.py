"""Which model makes a picture."""

from homeassistant.util import dt as dt_util

from ..const import LOGGER, Server
from ..openai_api.catalog import current_image_model, first_image_model
from ..runtime import OpenAIConfigEntry


def image_model(entry: OpenAIConfigEntry, wanted: str | None) -> str:
    """Return the image model to use today: the wanted one if it lives, else the best of the account.

    A model that is replaced is logged once.
    """
    runtime = entry.runtime_data
    if runtime.server is Server.COMPATIBLE or runtime.catalog.has_user_names:
        # models have names of their own there
        return wanted or first_image_model(runtime.catalog)
    model = current_image_model(wanted, runtime.catalog, dt_util.utcnow().date())
    if wanted and model != wanted and wanted not in runtime.replaced_models:
        runtime.replaced_models.add(wanted)
        LOGGER.warning("OpenAI has retired %s, or will soon: pictures are made by %s", wanted, model)
    return model
