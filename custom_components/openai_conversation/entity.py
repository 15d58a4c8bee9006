"""What the entities of an agent have in common: its device and its settings of today."""

from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util

from .agents import Agent
from .const import DOMAIN
from .options import ModelSettings
from .runtime import OpenAIConfigEntry


def agent_device(unique_id: str, name: str, model: str | None = None) -> DeviceInfo:
    """Return the device of an agent; the entry's own has the id of the entry."""
    info = DeviceInfo(
        identifiers={(DOMAIN, unique_id)},
        name=name,
        manufacturer="OpenAI",
        entry_type=DeviceEntryType.SERVICE,
    )
    if model:
        info["model"] = model
    return info


class OpenAIEntity(Entity):
    """An entity of an agent. The agent is the device, and the entity has the agent's name."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, entry: OpenAIConfigEntry, agent: Agent) -> None:
        """Make the entity of an agent."""
        self.entry = entry
        self.agent = agent
        # an entry that is unloaded while somebody speaks has it no longer
        self.runtime = entry.runtime_data
        self._attr_unique_id = agent.unique_id
        self._attr_device_info = agent_device(agent.unique_id, agent.name, self.settings.model)

    @property
    def settings(self) -> ModelSettings:
        """What to send today: a model that ends soon makes place for its successor by itself."""
        today = dt_util.utcnow().date()
        return self.agent.options.settings(self.runtime.server, self.runtime.catalog, today)
