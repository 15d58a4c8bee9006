"""The flow that replaces a model that ends: by its successor, or by another one that the user selects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import probatio as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util

from ..const import CONF_CHAT_MODEL, CONF_IMAGE_MODEL, DOMAIN, SubentryType
from ..openai_api.catalog import Catalog, Models
from ..openai_api.client import is_openai_host, server_of
from ..openai_api.model_names import is_chat_model, is_image_model, is_stt_model, is_tts_model
from ..options.entry import async_store_options, cost_options, is_spoken_to, stored_options
from ..options.model_change import without_unsupported
from ..options.model_choices import ModelChoices
from ..options.texts import Texts, async_get_texts
from ..runtime import OpenAIConfigEntry

_MADE_FOR: Final[Mapping[SubentryType | None, Callable[[str], bool]]] = {
    SubentryType.STT: is_stt_model,
    SubentryType.TTS: is_tts_model,
}
"""What a model has to be made for. All other kinds need one for conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replacement:
    """What will be stored, and what is stored now."""

    entry: OpenAIConfigEntry
    stored: Mapping[str, Any]
    options: Mapping[str, Any]
    changed: tuple[str, ...]
    """The settings that the new model does not support, or not with their present value."""


class ReplaceModelFlow(RepairsFlow):
    """Store another model, after the user has seen its price and which settings it does not support."""

    def __init__(self, issue: Mapping[str, Any]) -> None:
        """Take the data of the issue."""
        self._issue = issue
        self._model: str = issue["successor"]
        """The model that the page speaks of."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask one of two questions: some settings change, or none do."""
        return await self._async_ask()

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and store the model."""
        return await self._async_ask(user_input)

    async def async_step_confirm_changes(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, with the settings that change, and store the model and what it supports."""
        return await self._async_ask(user_input)

    async def _async_ask(self, user_input: Mapping[str, Any] | None = None) -> RepairsFlowResult:
        asked, self._model = self._model, (user_input or {}).get(CONF_CHAT_MODEL, self._model)
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        replacement = self._replacement()
        if not issue or not replacement:
            return self.async_abort(reason="gone")
        # what changes with another model than the one that the page spoke of has to be seen first
        if user_input is not None and (self._model == asked or not replacement.changed):
            subentry_id = self._issue["subentry_id"]
            async_store_options(self.hass, replacement.entry, subentry_id, replacement.options)
            return self.async_create_entry(data={})
        choices = await self._async_choices(replacement.entry)
        return self.async_show_form(
            step_id="confirm_changes" if replacement.changed else "confirm",
            data_schema=vol.Schema(
                {vol.Required(CONF_CHAT_MODEL, default=self._model): self._field(replacement.entry, choices)}
            ),
            description_placeholders={
                **(issue.translation_placeholders or {}),
                "successor": self._model,
                "changes": _changes(replacement, choices.texts),
                "prices": self._prices(choices),
            },
        )

    def _replacement(self) -> _Replacement | None:
        """Return what to store; None: the user has chosen another model or removed the agent meanwhile."""
        subentry_id, key = self._issue["subentry_id"], self._issue["key"]
        entry = self.hass.config_entries.async_get_entry(self._issue["entry_id"])
        stored = stored_options(entry, subentry_id) if entry else None
        if not entry or not stored or str(stored.get(key)).strip() != self._issue["model"]:
            return None
        options: Mapping[str, Any] = stored
        changed: tuple[str, ...] = ()
        if key == CONF_CHAT_MODEL:
            options, changed = without_unsupported(
                stored, self._model, is_spoken_to=is_spoken_to(entry, subentry_id)
            )
        options = {**options, key: self._model}
        return _Replacement(entry=entry, stored=stored, options=options, changed=changed)

    async def _async_choices(self, entry: OpenAIConfigEntry) -> ModelChoices:
        is_loaded = entry.state is ConfigEntryState.LOADED
        catalog = entry.runtime_data.catalog if is_loaded else Catalog()
        return ModelChoices(
            models=Models(server_of(entry.data), catalog, dt_util.utcnow().date()),
            has_openai_names=is_openai_host(entry.data),
            prices=cost_options(entry).price_list(entry.data),
            texts=await async_get_texts(self.hass, self._kind(entry)),
        )

    def _kind(self, entry: OpenAIConfigEntry) -> SubentryType | None:
        subentry_id = self._issue["subentry_id"]
        return SubentryType(entry.subentries[subentry_id].subentry_type) if subentry_id else None

    def _field(self, entry: OpenAIConfigEntry, choices: ModelChoices) -> SelectSelector:
        """Return the field for the model: the successor first, and none that ends soon."""
        successor = self._issue["successor"]
        is_for_images = self._issue["key"] == CONF_IMAGE_MODEL
        is_right = is_image_model if is_for_images else _MADE_FOR.get(self._kind(entry), is_chat_model)
        others = [model for model in choices.model_choices(is_right) if not choices.ends_soon(model)]
        options: list[SelectOptionDict] = [
            choices.option(model, successor) for model in dict.fromkeys([successor, *others])
        ]
        return SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))

    def _prices(self, choices: ModelChoices) -> str:
        """Return what the old and the new model cost, and what the prices in the list mean."""
        price, new_price = choices.price(self._issue["model"]), choices.price(self._model)
        change = (
            choices.texts.phrase("price_change", price=price, new_price=new_price)
            if price and new_price
            else ""
        )
        return " ".join(filter(None, [change, choices.price_note()]))


def _changes(replacement: _Replacement, texts: Texts) -> str:
    """Return the settings that change as a list, in the words of the forms."""
    lines = [
        texts.change(name, replacement.stored[name], replacement.options.get(name))
        for name in replacement.changed
    ]
    return "\n".join(f"- {line}" for line in lines)
