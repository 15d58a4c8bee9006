"""What a loaded entry owns."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

import openai

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .const import Purpose, Server
from .fallback.outage import Outage
from .openai_api.catalog import Catalog, Models
from .openai_api.client import server_name
from .openai_api.errors import Failure, FailureKind
from .openai_api.usage import Usage

type OpenAIConfigEntry = ConfigEntry[OpenAIRuntimeData]


@dataclass(slots=True)
class TotalUsage:
    """What the answers to one kind of work used, since the entry was loaded."""

    answers: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    """Of the input."""

    output_tokens: int = 0

    def add(self, usage: Usage) -> None:
        """Count what an answer used, with the models that it called as tools."""
        self.answers += 1
        for used in usage.by_model:
            self.input_tokens += used.input_tokens
            self.cached_tokens += used.cached_tokens
            self.output_tokens += used.output_tokens


@dataclass(slots=True)
class Health:
    """How one kind of work goes, since the entry was loaded."""

    failing: FailureKind | None = None
    """How the last request failed; None: it did not."""

    successes: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    last_failure: tuple[datetime, Failure] | None = None
    usage: TotalUsage = field(default_factory=TotalUsage)


@dataclass(slots=True, kw_only=True)
class OpenAIRuntimeData:
    """One account at one address."""

    hass: HomeAssistant
    entry: OpenAIConfigEntry
    client: openai.AsyncOpenAI
    server: Server
    catalog: Catalog
    health: dict[Purpose, Health] = field(default_factory=lambda: {purpose: Health() for purpose in Purpose})
    refused_params: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Agent id and model → parameters that the server refused: they are left out of later requests."""

    outage: Outage = field(default_factory=Outage)
    replaced_models: set[str] = field(default_factory=set)
    """Retired models that automations name, and that were logged."""

    def models(self) -> Models:
        """Return the models of today."""
        return Models(self.server, self.catalog, dt_util.utcnow().date())

    @property
    def server_name(self) -> str:
        """What sentences call the server: OpenAI, or its host."""
        return server_name(self.entry.data)

    @property
    def is_loaded(self) -> bool:
        """Whether the entry still owns this: Home Assistant takes it away when it unloads the entry."""
        return getattr(self.entry, "runtime_data", None) is self
