"""The repair of text-to-speech that has changed over to the successor of its model.

OpenAI ends all models of its speech API at once, and the successor speaks through another API. So the
integration makes the change in time. The issue says what is different, and offers to go back until the end.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import CONF_MODEL_SWITCH, DOMAIN
from ..openai_api.catalog import Models
from ..openai_api.minute_price import cents_a_minute
from ..openai_api.models import tts_capabilities_of
from ..options.engines import ModelSwitch, TextToSpeechOptions
from ..options.entry import Configured, async_store_options, stored_options, tts_engines
from ..runtime import OpenAIConfigEntry
from .issues import documentation_url, is_speech_change_id, issues_of, speech_change_id

CHANGE_SPEECH: Final = "change_speech"


@callback
def async_update_speech_issues(hass: HomeAssistant, entry: OpenAIConfigEntry, models: Models) -> None:
    """Open an issue for each engine that has changed over, and close those whose cause is gone."""
    changed = {speech_change_id(engine.unique_id): engine for engine in _changed(entry, models)}
    for issue_id in issues_of(hass, entry):
        if is_speech_change_id(issue_id) and issue_id not in changed:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, engine in changed.items():
        _open_issue(hass, entry, issue_id, engine, models)


def _changed(entry: OpenAIConfigEntry, models: Models) -> Iterator[Configured[TextToSpeechOptions]]:
    """Yield the engines that have changed over to another model without a decision of the user."""
    for engine in tts_engines(entry):
        options = engine.options
        is_changed = options.model_for(models) != (options.chat_model or options.default_model)
        if is_changed and options.model_switch is None:
            yield engine


def _open_issue(
    hass: HomeAssistant,
    entry: OpenAIConfigEntry,
    issue_id: str,
    engine: Configured[TextToSpeechOptions],
    models: Models,
) -> None:
    options = engine.options
    models = options.models(models)
    before, after = options.chat_model or options.default_model, options.model_for(models)
    has_ended = models.is_retired(before)
    translation_key = "speech_changed_for_good" if has_ended else "speech_changed"
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={"fix": CHANGE_SPEECH, "entry_id": entry.entry_id, "subentry_id": engine.subentry_id},
        is_fixable=True,
        learn_more_url=documentation_url(hass, translation_key),
        severity=ir.IssueSeverity.WARNING,
        translation_key=translation_key,
        translation_placeholders={
            "name": engine.name,
            "model": before,
            "successor": after,
            "day": str(models.shutdown(before)),
            **_differences(options, before, after),
        },
    )


def _differences(options: TextToSpeechOptions, before: str, after: str) -> dict[str, str]:
    old, new = tts_capabilities_of(before), tts_capabilities_of(after)
    return {
        "voice": old.voice(options.voice),
        "new_voice": new.voice(old.voice(options.voice)),
        "price": cents_a_minute(before),
        "new_price": cents_a_minute(after),
        "max_speed": f"{new.max_speed:g}",
    }


class ChangeSpeechFlow(RepairsFlow):
    """Ask whether the change is right, or comes too early."""

    def __init__(self, issue: Mapping[str, Any]) -> None:
        """Take the data of the issue."""
        self._issue = issue

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show both choices while there are two."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if issue is None or self._stored() is None:
            return self.async_abort(reason="gone")
        can_stay = issue.translation_key == "speech_changed"
        return self.async_show_menu(
            step_id="init",
            menu_options=["switch", "stay"] if can_stay else ["switch"],
            description_placeholders=issue.translation_placeholders or {},
        )

    async def async_step_switch(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Keep the successor."""
        return self._store(ModelSwitch.EARLY)

    async def async_step_stay(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Go back to the model until it ends."""
        return self._store(ModelSwitch.LATE)

    def _stored(self) -> tuple[OpenAIConfigEntry, Mapping[str, Any]] | None:
        entry = self.hass.config_entries.async_get_entry(self._issue["entry_id"])
        stored = stored_options(entry, self._issue["subentry_id"]) if entry else None
        return (entry, stored) if entry and stored is not None else None

    def _store(self, choice: ModelSwitch) -> RepairsFlowResult:
        if (stored := self._stored()) is None:
            return self.async_abort(reason="gone")
        entry, options = stored
        options = {**options, CONF_MODEL_SWITCH: choice.value}
        async_store_options(self.hass, entry, self._issue["subentry_id"], options)
        return self.async_create_entry(data={})
