"""What a loaded entry owns."""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, Purpose, Server
from .fallback.outage import Outage
from .openai_api.catalog import Catalog, Models
from .openai_api.client import server_name
from .openai_api.errors import Failure, FailureKind
from .openai_api.http_client import Client
from .realtime.pool import Pool
from .realtime.speech import ReadingStatistics
from .text.thoughts import Habits
from .usage.latency import Latency
from .usage.meter import Meter
from .usage.prompt_watch import PromptWatch

type OpenAIConfigEntry = ConfigEntry[OpenAIRuntimeData]


def options_changed(entry: OpenAIConfigEntry) -> SignalType[()]:
    """Return the signal that options of an entry have changed which apply from the next request on."""
    return SignalType(f"{DOMAIN}_options_changed_{entry.entry_id}")


@dataclass(slots=True)
class Health:
    """How well one kind of work has worked since the entry was loaded."""

    failing: FailureKind | None = None
    """How the last request failed; None: it succeeded."""

    successes: int = 0
    failures: Counter[FailureKind] = field(default_factory=Counter)
    last_failure: tuple[datetime, Failure] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWord:
    """How a test of an account went."""

    model: str
    milliseconds: int
    """From the question to the first word of the answer."""


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """Where an engine asks."""

    client: Client
    server: Server
    name: str
    """What sentences call the server: OpenAI, or its host."""

    realtime: Pool
    engine_id: str | None = None
    """The engine that has this address for itself; None: it is that of the account."""


@dataclass(slots=True, kw_only=True)
class OpenAIRuntimeData:
    """One account at one address."""

    hass: HomeAssistant
    entry: OpenAIConfigEntry
    client: Client
    server: Server
    catalog: Catalog
    meter: Meter
    """Survives a reload of the entry."""

    async_test: Callable[[], Awaitable[FirstWord]]
    """Asks one tiny question. Raises `OpenAIRequestError`."""

    health: dict[Purpose, Health] = field(default_factory=lambda: {purpose: Health() for purpose in Purpose})
    latency: Latency = field(default_factory=Latency)
    refused_params: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    """Agent id and model → parameters that the server refused. Later requests leave them out."""

    habits: defaultdict[tuple[str, str], Habits] = field(default_factory=lambda: defaultdict(Habits))
    """Agent id and model → how its answers look."""

    prompt_watches: defaultdict[str, PromptWatch] = field(default_factory=lambda: defaultdict(PromptWatch))
    """By agent id."""

    outage: Outage = field(default_factory=Outage)
    replaced_models: set[str] = field(default_factory=set)
    """Retired models for which a replacement was logged already."""

    reading: defaultdict[str, ReadingStatistics] = field(
        default_factory=lambda: defaultdict(ReadingStatistics)
    )
    """Id of a text-to-speech engine → how well its model reads."""

    voices: dict[str, Callable[[str | None], None]] = field(default_factory=dict)
    """Entity id of a text-to-speech engine → what gets one of its voices ready."""

    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    """Id of a speech engine → an address of its own."""

    realtime: Pool = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the sessions of the Realtime API. None is open yet."""
        self.realtime = Pool(async_get_clientsession(self.hass), self.client)

    def models(self) -> Models:
        """Return the models of today."""
        return Models(self.server, self.catalog, dt_util.utcnow().date())

    @property
    def server_name(self) -> str:
        """What sentences call the server: OpenAI, or its host."""
        return server_name(self.entry.data)

    def endpoint(self, engine_id: str) -> Endpoint:
        """Return where an engine asks."""
        return self.endpoints.get(engine_id) or Endpoint(
            client=self.client, server=self.server, name=self.server_name, realtime=self.realtime
        )

    async def async_close(self) -> None:
        """Close the sessions of the Realtime API."""
        for pool in (self.realtime, *(each.realtime for each in self.endpoints.values())):
            await pool.async_close()

    @property
    def is_loaded(self) -> bool:
        """Whether the entry still has this data: Home Assistant removes it when it unloads the entry."""
        return getattr(self.entry, "runtime_data", None) is self
