"""The forms of the settings, as a user goes through them."""

from dataclasses import dataclass
from typing import Any

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResult

COSTS = "costs"
"""The section about costs in Configure, which is collapsed: users need not open it."""


def fields(result: FlowResult[Any, Any]) -> dict[str, Any]:
    """Return the fields of a form that are in sight, each with what it shows."""
    return {
        str(marker): marker.default()
        if callable(marker.default)
        else (marker.description or {}).get("suggested_value")
        for marker in result["data_schema"].schema
        if marker != COSTS
    }


@dataclass
class Screen:
    """What a flow shows."""

    hass: HomeAssistant
    flows: FlowManager[Any, Any, Any]
    result: FlowResult[Any, Any]

    @property
    def type(self) -> str:
        """What it is: "form", "create_entry", or "abort"."""
        return str(self.result["type"])

    @property
    def fields(self) -> dict[str, Any]:
        """The fields, each with what it shows."""
        return fields(self.result)

    @property
    def errors(self) -> dict[str, str]:
        """The keys of the errors."""
        return self.result["errors"] or {}

    @property
    def texts(self) -> dict[str, str]:
        """The placeholders of the texts."""
        return dict(self.result["description_placeholders"] or {})

    @property
    def costs(self) -> dict[str, Any]:
        """The fields of the part about costs, each with what it shows."""
        return {
            str(marker): marker.default()
            if callable(marker.default)
            else (marker.description or {}).get("suggested_value")
            for marker in self.result["data_schema"].schema[COSTS].schema.schema
        }

    def options(self, field: str) -> list[Any]:
        """Return the options of a field."""
        options: list[Any] = self.result["data_schema"].schema[field].config["options"]
        return options

    async def submit(self, **values: Any) -> None:
        """Submit exactly these values."""
        self.result = await self.flows.async_configure(self.result["flow_id"], values)
        await self.hass.async_block_till_done()

    async def change(self, **values: Any) -> None:
        """Submit what the fields show, with these values changed. None empties a field."""
        everything = self.fields | values
        await self.submit(**{name: value for name, value in everything.items() if value is not None})


async def configure(hass: HomeAssistant, entry: MockConfigEntry) -> Screen:
    """Open Configure."""
    flows = hass.config_entries.options
    return Screen(hass, flows, await flows.async_init(entry.entry_id))


async def add(hass: HomeAssistant, entry: MockConfigEntry, kind: str) -> Screen:
    """Open the form that adds a subentry."""
    flows = hass.config_entries.subentries
    start = flows.async_init((entry.entry_id, kind), context={"source": SOURCE_USER})
    return Screen(hass, flows, await start)


async def edit(hass: HomeAssistant, entry: MockConfigEntry, subentry_id: str) -> Screen:
    """Open the form of a subentry."""
    flows = hass.config_entries.subentries
    context: Any = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    kind = entry.subentries[subentry_id].subentry_type
    return Screen(hass, flows, await flows.async_init((entry.entry_id, kind), context=context))
