"""The forms of the settings, as a user goes through them."""

from dataclasses import dataclass
import re
from types import SimpleNamespace
from typing import Any

import probatio as vol
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation import compat
from custom_components.openai_conversation.flows import dialog, form
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowManager, FlowResult

COSTS = "costs"
"""The section about costs in Configure, which is collapsed: users need not open it."""


def suggestions(result: FlowResult[Any, Any]) -> dict[str, Any]:
    """Return the fields of a form, in sight or not, each with what it shows."""
    return {
        str(marker): marker.default()
        if callable(marker.default)
        else (marker.description or {}).get("suggested_value")
        for marker in result["data_schema"].schema
        if marker != COSTS
    }


def fields(result: FlowResult[Any, Any]) -> dict[str, Any]:
    """Return the fields of a form that are in sight, each with what it shows."""
    return in_sight(result, suggestions(result))


def in_sight(result: FlowResult[Any, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the fields that a browser shows while the form holds these values."""
    seen: dict[str, Any] = {}
    for marker in result["data_schema"].schema:
        if marker != COSTS and all(_holds(each, seen) for each in getattr(marker, "visible", ())):
            seen[str(marker)] = values.get(str(marker))
    return seen


def _holds(condition: dict[str, Any], values: dict[str, Any]) -> bool:
    value, wanted = values.get(condition["field"]), condition["value"]
    match condition["operator"]:
        case "eq":
            return bool(value == wanted)
        case "in":
            return value in wanted
        case "not_in":
            return value not in wanted
    raise AssertionError(condition)


class LiveField(vol.Optional):
    """A field that is visible while its conditions hold, as Home Assistant has it from 2026.11 on."""

    def __init__(self, name: str, *, visible: list[dict[str, Any]], **details: Any) -> None:
        """Make the field."""
        super().__init__(name, **details)
        self.visible = visible


def show_fields_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let forms show and hide fields while the user fills them in, as from 2026.11 on."""
    monkeypatch.setattr(form, "CAN_HIDE_FIELDS", True)
    monkeypatch.setattr(dialog, "CAN_HIDE_FIELDS", True)
    monkeypatch.setattr(compat, "_DATA_ENTRY_FLOW", SimpleNamespace(Optional=LiveField))


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
        """The fields in sight, each with what it shows."""
        return fields(self.result)

    @property
    def notice(self) -> str:
        """What the form says at its top."""
        return re.sub(r"<.*?>", "", self.texts["notice"]).strip()

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
        """Return the options of a field, as they are stored."""
        options: list[Any] = self.result["data_schema"].schema[field].config["options"]
        return [option["value"] if isinstance(option, dict) else option for option in options]

    def labels(self, field: str) -> list[str]:
        """Return the options of a field, as the user sees them."""
        return [option["label"] for option in self.result["data_schema"].schema[field].config["options"]]

    async def submit(self, **values: Any) -> None:
        """Submit exactly these values."""
        self.result = await self.flows.async_configure(self.result["flow_id"], values)
        await self.hass.async_block_till_done()

    async def change(self, **values: Any) -> None:
        """Submit what the fields show, with these values changed. None empties a field."""
        shown = suggestions(self.result)
        unknown = {name: value for name, value in values.items() if name not in shown}
        everything = in_sight(self.result, shown | values) | unknown
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
