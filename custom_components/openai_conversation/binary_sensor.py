"""The binary sensor of an account: whether its budget is used up."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import ESTIMATE, MeterEntity
from .openai_api.errors import FailureKind
from .runtime import OpenAIConfigEntry
from .usage.budget import Mark

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensor of an account with a budget."""
    if entry.runtime_data.meter.budget.limit:
        async_add_entities([BudgetReachedEntity(entry, "budget_reached")])


class BudgetReachedEntity(MeterEntity, BinarySensorEntity):
    """Whether the monthly budget is used up, or a limit that the user set at OpenAI."""

    _attr_attribution = ESTIMATE
    _attr_device_class = BinarySensorDeviceClass.PROBLEM

    @property
    @override
    def is_on(self) -> bool:
        """Return whether one of the limits is reached."""
        return bool(self._reached_limits)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return whose limits are reached."""
        return {"limits": self._reached_limits}

    @property
    def _reached_limits(self) -> list[str]:
        own = ["home"] if self.meter.mark is Mark.LIMIT else []
        health = self.entry.runtime_data.health.values()
        openai = any(each.failing is FailureKind.BILLING for each in health)
        return [*own, *(["openai"] if openai else [])]
