"""The sensors of an account: what it used, what that costs, as an estimate, and how long answers take."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import RestoreEntity

from .entity import ESTIMATE, AccountEntity, MeterEntity
from .openai_api.errors import FailureKind
from .openai_api.prices import PRICES_DATE
from .runtime import OpenAIConfigEntry
from .usage.latency import Stage
from .usage.ledger import Sums, by_model, by_purpose, total
from .usage.meter import Meter

PARALLEL_UPDATES = 0

USD: Final = "USD"
NO_ERROR: Final = "none"
ATTR_TIME: Final = "time"
ATTR_PURPOSE: Final = "purpose"


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A number that the meter of an account knows."""

    value: Callable[[Meter], float | None]
    begin: Callable[[Meter], datetime] | None = None
    """When the number began at 0; None: when the account was added."""

    attributes: Callable[[Meter], Mapping[str, Any]] = lambda _: {}
    needs_budget: bool = False


def _details(sums: Sums) -> dict[str, Any]:
    """Return the costs by purpose and by model, in US dollars, and the tokens that have no price."""
    return {
        "by_purpose": {name: each.dollars for name, each in by_purpose(sums).items()},
        "by_model": {name: each.dollars for name, each in by_model(sums).items()},
        "cached_percent": total(sums).cached_percent,
        "unpriced_tokens": total(sums).unpriced_tokens,
        "prices_date": PRICES_DATE.isoformat(),
    }


def _month_details(meter: Meter) -> dict[str, Any]:
    return {"expected": meter.expected, **_details(meter.this_month)}


def _budget_details(meter: Meter) -> dict[str, Any]:
    limit, spent = meter.budget.limit, meter.spent
    return {"spent": spent / 1_000_000, "left": max(limit - spent, 0) / 1_000_000}


def _tokens(key: str) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=key,
        state_class=SensorStateClass.TOTAL,
        entity_registry_enabled_default=False,
        value=lambda meter: getattr(meter.ledger.total, key),
    )


def _cost(key: str, **more: Any) -> MeterSensorDescription:
    return MeterSensorDescription(
        key=key,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=USD,
        suggested_display_precision=2,
        **more,
    )


SENSORS: Final = (
    _cost(
        "cost_today",
        value=lambda meter: total(meter.today).dollars,
        begin=lambda meter: meter.day_began,
        attributes=lambda meter: _details(meter.today),
    ),
    _cost(
        "cost_this_month",
        value=lambda meter: meter.spent / 1_000_000,
        begin=lambda meter: meter.month_began,
        attributes=_month_details,
    ),
    _cost(
        "cost",
        entity_registry_enabled_default=False,
        value=lambda meter: meter.ledger.total.dollars,
    ),
    _tokens("input_tokens"),
    _tokens("cached_tokens"),
    _tokens("output_tokens"),
    MeterSensorDescription(
        key="budget_used",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value=lambda meter: meter.budget.percent(meter.spent),
        attributes=_budget_details,
        needs_budget=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the account; those of a budget where there is one."""
    has_budget = bool(entry.runtime_data.meter.budget.limit)
    async_add_entities(
        MeterSensor(entry, description)
        for description in SENSORS
        if has_budget or not description.needs_budget
    )
    async_add_entities([LastErrorSensor(entry, "last_error")])
    async_add_entities(LatencySensor(entry, stage) for stage in (Stage.FIRST_WORD, Stage.ANSWER_COMPLETE))


class MeterSensor(MeterEntity, SensorEntity):
    """A number that the meter of an account knows."""

    entity_description: MeterSensorDescription
    _attr_attribution = ESTIMATE

    # details are many, and change with every answer: the database need not keep them
    _unrecorded_attributes = frozenset(
        {
            "by_model",
            "by_purpose",
            "cached_percent",
            "expected",
            "left",
            "prices_date",
            "spent",
            "unpriced_tokens",
        }
    )

    def __init__(self, entry: OpenAIConfigEntry, description: MeterSensorDescription) -> None:
        """Make the sensor of an account."""
        super().__init__(entry, description.key)
        self.entity_description = description

    @property
    @override
    def native_value(self) -> float | None:
        """Return the number."""
        return self.entity_description.value(self.meter)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return when the number began at 0."""
        begin = self.entity_description.begin
        return begin(self.meter) if begin else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return where the number comes from."""
        return self.entity_description.attributes(self.meter)


class LastErrorSensor(MeterEntity, SensorEntity, RestoreEntity):
    """The last error that a user met, whatever the account was asked for, and when. It outlives a restart."""

    _attr_device_class = SensorDeviceClass.ENUM
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_options: list[str] = [NO_ERROR, *FailureKind]  # noqa: RUF012 - Home Assistant's own type

    def __init__(self, entry: OpenAIConfigEntry, key: str) -> None:
        """Make the sensor of an account."""
        super().__init__(entry, key)
        self._health = entry.runtime_data.health
        self._before: tuple[str, Mapping[str, Any]] = (NO_ERROR, {})

    @override
    async def async_added_to_hass(self) -> None:
        """Remember the error from before a restart, too."""
        await super().async_added_to_hass()
        if (state := await self.async_get_last_state()) and state.state in self._attr_options:
            names = (ATTR_TIME, ATTR_PURPOSE)
            self._before = state.state, {name: state.attributes.get(name) for name in names}

    @property
    def _last(self) -> tuple[str, Mapping[str, Any]]:
        failures = [
            (*health.last_failure, purpose) for purpose, health in self._health.items() if health.last_failure
        ]
        if not failures:
            return self._before
        time, failure, purpose = max(failures, key=itemgetter(0))
        return failure.kind, {ATTR_TIME: time.isoformat(), ATTR_PURPOSE: purpose}

    @property
    @override
    def native_value(self) -> str:
        """Return the kind of the error."""
        return self._last[0]

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return when it was, and what the account was asked for."""
        return self._last[1]


class LatencySensor(AccountEntity, SensorEntity):
    """How long a stage of the last turn took."""

    _attr_should_poll = False
    _attr_device_class = SensorDeviceClass.DURATION
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = UnitOfTime.SECONDS
    _attr_suggested_display_precision = 2
    _attr_entity_category = EntityCategory.DIAGNOSTIC
    _attr_entity_registry_enabled_default = False

    def __init__(self, entry: OpenAIConfigEntry, stage: Stage) -> None:
        """Make the sensor of an account."""
        super().__init__(entry, stage.value)
        self._stage = stage
        self._latency = entry.runtime_data.latency

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the turns."""
        await super().async_added_to_hass()
        self.async_on_remove(self._latency.async_add_listener(self._stage, self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> float | None:
        """Return the time in seconds."""
        return self._latency.last(self._stage)
