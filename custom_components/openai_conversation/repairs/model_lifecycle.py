"""The repair of a model that ends: warn the user in time, and offer its successor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import probatio as vol

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.translation import async_get_translations

from ..const import CONF_CHAT_MODEL, CONF_IMAGE_MODEL, DOMAIN, LOGGER, Server, SubentryType
from ..openai_api.catalog import Models
from ..openai_api.client import async_get_catalog, is_openai_host
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.models import lifetime_of
from ..options.entry import (
    Configured,
    async_store_options,
    configured,
    is_spoken_to,
    stored_options,
)
from ..options.model_change import without_unsupported
from ..runtime import OpenAIConfigEntry
from .issues import documentation_url, is_model_lifecycle_id, issues_of, model_lifecycle_id
from .speech_change import async_update_speech_issues

REPLACE_MODEL: Final = "replace_model"
_NO_FIELDS: Final = vol.Schema({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInUse:
    """A model that stays in use until the user selects another one."""

    agent: Configured[Any]
    model: str
    default: str | None
    """The default model, in case this one has no successor; None: the best image model."""

    key: str = CONF_CHAT_MODEL
    """The key of the option."""

    def successor(self, models: Models) -> str | None:
        """Return the model to use instead; None: there is none."""
        if self.default is None:
            candidates = [models.image(None)]
        else:
            candidates = [models.current(self.model), models.current(self.default)]
        return next((each for each in candidates if not models.ends_soon(each)), None)


@callback
def async_watch_models(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Look for chosen models that end: now, with the list the entry has just read, and every day."""

    async def refresh() -> None:
        runtime = entry.runtime_data
        try:
            runtime.catalog = await async_get_catalog(runtime.client, runtime.server)
        except OpenAIRequestError as err:
            LOGGER.debug("%s: the list of models stays as it was: %s", entry.title, err.failure.kind)
        async_update_issues(hass, entry)

    @callback
    def daily(_now: datetime) -> None:
        # a task of the entry ends with it, so no issue is opened for an entry that is gone
        entry.async_create_background_task(hass, refresh(), f"{DOMAIN} models")

    async_update_issues(hass, entry)
    entry.async_on_unload(async_track_time_interval(hass, daily, timedelta(days=1), cancel_on_shutdown=True))


def models_in_use(entry: OpenAIConfigEntry) -> Iterator[ModelInUse]:
    """Yield the models of an entry that are not replaced automatically.

    Those are the models that users chose, and a text-to-speech model without a successor. A self-hosted
    server has models of its own.
    """
    if entry.runtime_data.server is Server.COMPATIBLE:
        return
    for agent in configured(entry):
        options = agent.options
        is_tts = agent.kind is SubentryType.TTS
        model = options.chat_model or (options.default_model if is_tts else None)
        # where there is a successor, text-to-speech changes over by itself: see `speech_change.py`
        if model and not (is_tts and lifetime_of(model).successor):
            yield ModelInUse(agent=agent, model=model, default=options.default_model)
        if agent.kind is SubentryType.AI_TASK and (model := options.image_model):
            yield ModelInUse(agent=agent, model=model, default=None, key=CONF_IMAGE_MODEL)


@callback
def async_update_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Open an issue for each model that ends, and close those whose cause is gone."""
    models = entry.runtime_data.models()
    async_update_speech_issues(hass, entry, models)
    # another server's model may have the name of one of OpenAI's: only the server's own dates count there
    has_our_names = is_openai_host(entry.data)
    ending = {
        model_lifecycle_id(use.key, use.agent.unique_id): use
        for use in models_in_use(entry)
        if models.ends_soon(use.model) and (has_our_names or use.model in models.catalog.shutdown_dates)
    }
    for issue_id in issues_of(hass, entry):
        if is_model_lifecycle_id(issue_id) and issue_id not in ending:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, use in ending.items():
        successor = use.successor(models)
        if not has_our_names and successor not in models.catalog.models:
            successor = None
        _open_issue(hass, entry, issue_id, use, successor)


def _open_issue(
    hass: HomeAssistant, entry: OpenAIConfigEntry, issue_id: str, use: ModelInUse, successor: str | None
) -> None:
    models = entry.runtime_data.models()
    has_ended = models.is_retired(use.model)
    kind = "model_ended" if has_ended else "model_ending"
    names = {"name": use.agent.name, "model": use.model, "day": str(models.shutdown(use.model))}
    translation_key = kind if successor else f"{kind}_for_good"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={
            "fix": REPLACE_MODEL,
            "entry_id": entry.entry_id,
            "subentry_id": use.agent.subentry_id,
            "key": use.key,
            "model": use.model,
            "successor": successor,
        },
        is_fixable=successor is not None,
        learn_more_url=documentation_url(hass, translation_key),
        severity=ir.IssueSeverity.ERROR if has_ended else ir.IssueSeverity.WARNING,
        translation_key=translation_key,
        translation_placeholders={**names, "successor": successor} if successor else names,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Replacement:
    """What will be stored, and what is stored now."""

    entry: OpenAIConfigEntry
    stored: Mapping[str, Any]
    options: Mapping[str, Any]
    changed: tuple[str, ...]
    """The settings that the successor does not support, or not with their present value."""


class ReplaceModelFlow(RepairsFlow):
    """Store the successor of a model, after the user has seen which settings it does not support."""

    def __init__(self, issue: Mapping[str, Any]) -> None:
        """Take the data of the issue."""
        self._issue = issue

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask one of two questions: some settings change, or none do."""
        replacement = self._replacement()
        has_changes = replacement is not None and bool(replacement.changed)
        return await self._async_ask("confirm_changes" if has_changes else "confirm", None)

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and store the successor."""
        return await self._async_ask("confirm", user_input)

    async def async_step_confirm_changes(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, with the settings that change, and store the successor and what it supports."""
        return await self._async_ask("confirm_changes", user_input)

    async def _async_ask(self, step_id: str, user_input: dict[str, Any] | None) -> RepairsFlowResult:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        replacement = self._replacement()
        if not issue or not replacement:
            return self.async_abort(reason="gone")
        if user_input is not None:
            subentry_id = self._issue["subentry_id"]
            async_store_options(self.hass, replacement.entry, subentry_id, replacement.options)
            return self.async_create_entry(data={})
        changes = await self._async_changes(replacement)
        return self.async_show_form(
            step_id=step_id,
            data_schema=_NO_FIELDS,
            description_placeholders={**(issue.translation_placeholders or {}), "changes": changes},
        )

    def _replacement(self) -> _Replacement | None:
        """Return what to store; None: the user has chosen another model or removed the agent meanwhile."""
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
        return _Replacement(entry=entry, stored=stored, options={**options, key: successor}, changed=changed)

    async def _async_changes(self, replacement: _Replacement) -> str:
        """Return the settings that change as a list, under their names in the forms."""
        texts = await async_get_translations(self.hass, self.hass.config.language, "options", [DOMAIN])
        lines = []
        for name in replacement.changed:
            label = texts.get(f"component.{DOMAIN}.options.step.init.data.{name}", name)
            new = f" → {replacement.options[name]}" if name in replacement.options else ""
            lines.append(f"- {label}: {replacement.stored[name]}{new}")
        return "\n".join(lines)
