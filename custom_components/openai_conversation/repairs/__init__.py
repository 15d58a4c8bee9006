"""What Home Assistant repairs once somebody confirms it: it stores another model for one that ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import probatio as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations

from ..const import CONF_CHAT_MODEL, DOMAIN
from ..options.entry import async_store_options, is_spoken_to, stored_options
from ..options.model_change import without_unsupported
from ..runtime import OpenAIConfigEntry

_NO_FIELDS: Final = vol.Schema({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Repair:
    """What will be stored, and what was."""

    entry: OpenAIConfigEntry
    stored: Mapping[str, Any]
    options: Mapping[str, Any]
    changed: tuple[str, ...]
    """Names of the settings that the successor does not take, or not as they are."""


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, Any] | None
) -> RepairsFlow:
    """Return the flow that repairs an issue: each one that can be repaired is of a model that ends."""
    return ReplaceModelFlow(data or {})


class ReplaceModelFlow(RepairsFlow):
    """Store the successor of a model, after a word about the settings that it does not take."""

    def __init__(self, issue: Mapping[str, Any]) -> None:
        """Take the data of the issue, as `repairs/model_lifecycle.py` gave it."""
        self._issue = issue

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask one of two questions: some settings change, or none do."""
        repair = self._repair()
        return await self._async_ask("confirm_changes" if repair and repair.changed else "confirm", None)

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and store the successor."""
        return await self._async_ask("confirm", user_input)

    async def async_step_confirm_changes(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, naming the settings that change, and store the successor and what it takes."""
        return await self._async_ask("confirm_changes", user_input)

    async def _async_ask(self, step_id: str, user_input: dict[str, Any] | None) -> RepairsFlowResult:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if not issue or not (repair := self._repair()):
            return self.async_abort(reason="gone")
        if user_input is not None:
            async_store_options(self.hass, repair.entry, self._issue["subentry_id"], repair.options)
            return self.async_create_entry(data={})
        changes = await self._async_changes(repair)
        return self.async_show_form(
            step_id=step_id,
            data_schema=_NO_FIELDS,
            description_placeholders={**(issue.translation_placeholders or {}), "changes": changes},
        )

    def _repair(self) -> _Repair | None:
        """Return what to store; None: somebody chose another model meanwhile, or removed the agent."""
        subentry_id, key = self._issue["subentry_id"], self._issue["key"]
        entry = self.hass.config_entries.async_get_entry(self._issue["entry_id"])
        stored = stored_options(entry, subentry_id) if entry else None
        if not entry or not stored or str(stored.get(key)).strip() != self._issue["model"]:
            return None
        successor = self._issue["successor"]
        options: Mapping[str, Any] = stored
        changed: tuple[str, ...] = ()
        if key == CONF_CHAT_MODEL:
            options, changed = without_unsupported(
                stored, successor, is_spoken_to=is_spoken_to(entry, subentry_id)
            )
        return _Repair(entry=entry, stored=stored, options={**options, key: successor}, changed=changed)

    async def _async_changes(self, repair: _Repair) -> str:
        """Return the settings that change as a list, under the names that the forms give them."""
        language = self.hass.config.language
        texts = await async_get_translations(self.hass, language, "options", [DOMAIN])
        lines = []
        for name in repair.changed:
            label = texts.get(f"component.{DOMAIN}.options.step.init.data.{name}", name)
            kept = f" → {repair.options[name]}" if name in repair.options else ""
            lines.append(f"- {label}: {repair.stored[name]}{kept}")
        return "\n".join(lines)
