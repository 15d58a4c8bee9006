"""What a loaded entry owns."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import openai

from homeassistant.config_entries import ConfigEntry

from .const import Server
from .openai_api.catalog import Catalog
from .openai_api.errors import Failure, FailureKind

type OpenAIConfigEntry = ConfigEntry[OpenAIRuntimeData]


class Purpose(StrEnum):
    """The kinds of work: one may fail while the others work."""

    CONVERSATION = "conversation"
    TASKS = "tasks"
    EVALUATIONS = "evaluations"
    IMAGES = "images"
    STT = "stt"
    TTS = "tts"


@dataclass(slots=True)
class Health:
    """How one kind of work goes."""

    purpose: Purpose
    failing: FailureKind | None = None
    """How the last request failed, None if it did not."""

    has_worked: bool = False
    """Whether a request succeeded since the entry was loaded."""

    successes: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    last_failure: tuple[datetime, Failure] | None = None


@dataclass(slots=True)
class OpenAIRuntimeData:
    """One account at one address."""

    client: openai.AsyncOpenAI
    server: Server
    catalog: Catalog
    health: dict[Purpose, Health] = field(
        default_factory=lambda: {purpose: Health(purpose) for purpose in Purpose}
    )
    replaced_models: set[str] = field(default_factory=set)
    """Models of the past that automations name, and that were logged."""
