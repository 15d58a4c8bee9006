"""What a loaded entry owns."""

from dataclasses import dataclass, field

import openai

from homeassistant.config_entries import ConfigEntry

from .const import Server
from .openai_api.errors import FailureKind
from .openai_api.models import Catalog

type OpenAIConfigEntry = ConfigEntry[OpenAIRuntimeData]


@dataclass(slots=True)
class OpenAIRuntimeData:
    """One account at one address."""

    client: openai.AsyncOpenAI
    server: Server
    catalog: Catalog
    failing: FailureKind | None = None
    """How the last request failed, None if it did not."""

    replaced_models: set[str] = field(default_factory=set)
    """Image models of the past that automations name, and that were logged."""

    has_worked: bool = False
    """Whether a request succeeded since the entry was loaded."""
