"""The number of an account: its monthly budget, for automations to set."""

from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberMode
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_MONTHLY_BUDGET
from .entity import MeterEntity
from .options.costs import MOST_DOLLARS
from .options.entry import async_store_costs
from .runtime import OpenAIConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the number of the account."""
    async_add_entities([MonthlyBudgetEntity(entry, CONF_MONTHLY_BUDGET)])


class MonthlyBudgetEntity(MeterEntity, NumberEntity):
    """What the account may cost in a month. 0: no limit."""

    _attr_device_class = NumberDeviceClass.MONETARY
    _attr_entity_category = EntityCategory.CONFIG
    _attr_native_unit_of_measurement = "USD"
    _attr_native_min_value = 0
    _attr_native_max_value = MOST_DOLLARS
    _attr_native_step = 0.01
    _attr_mode = NumberMode.BOX

    @property
    @override
    def native_value(self) -> float:
        """Return the budget in US dollars."""
        return self.meter.budget.limit / 1_000_000

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store a budget. It applies from the next request on."""
        async_store_costs(self.hass, self.entry, {CONF_MONTHLY_BUDGET: value})
