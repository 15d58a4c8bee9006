"""What a loaded entry owns."""

from dataclasses import dataclass, field
from typing import Final

import openai

from homeassistant.config_entries import ConfigEntry

from .const import Server
from .openai_api.errors import FailureKind
from .openai_api.models import Catalog

type OpenAIConfigEntry = ConfigEntry[OpenAIRuntimeData]


PURPOSES: Final = ("conversation", "pictures")
"""The kinds of work: one may fail while the other works."""


@dataclass(slots=True)
class Health:
    """How one kind of work goes."""

    purpose: str
    failing: FailureKind | None = None
    """How the last request failed, None if it did not."""

    has_worked: bool = False
    """Whether a request succeeded since the entry was loaded."""


@dataclass(slots=True)
class OpenAIRuntimeData:
    """One account at one address."""

    client: openai.AsyncOpenAI
    server: Server
    catalog: Catalog
    conversation: Health = field(default_factory=lambda: Health("conversation"))
    pictures: Health = field(default_factory=lambda: Health("pictures"))
    replaced_models: set[str] = field(default_factory=set)
    """Image models of the past that automations name, and that were logged."""
