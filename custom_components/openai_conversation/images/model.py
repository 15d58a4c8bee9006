"""Which model generates an image."""

from ..const import LOGGER
from ..runtime import OpenAIConfigEntry


def image_model(entry: OpenAIConfigEntry, wanted: str | None) -> str:
    """Return the image model to use today. A model that is replaced is logged once."""
    runtime = entry.runtime_data
    model = runtime.models().image(wanted)
    if wanted and model != wanted and wanted not in runtime.replaced_models:
        runtime.replaced_models.add(wanted)
        LOGGER.warning("OpenAI has retired %s, or will soon: images are made by %s", wanted, model)
    return model
