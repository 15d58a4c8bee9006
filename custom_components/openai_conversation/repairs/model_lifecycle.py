"""The repair issue of a model that ends: warn the user in time. `replace_model.py` fixes it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval

from ..const import CONF_CHAT_MODEL, CONF_IMAGE_MODEL, DOMAIN, LOGGER, Server, SubentryType
from ..openai_api.catalog import Models
from ..openai_api.client import async_get_catalog, is_openai_host
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.models import lifetime_of
from ..options.entry import Configured, configured
from ..runtime import OpenAIConfigEntry
from .issues import documentation_url, is_model_lifecycle_id, issues_of, model_lifecycle_id
from .speech_change import async_update_speech_issues

REPLACE_MODEL: Final = "replace_model"


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
    server, and an address that only one engine has, have models of their own.
    """
    if entry.runtime_data.server is Server.COMPATIBLE:
        return
    elsewhere = entry.runtime_data.endpoints
    for agent in configured(entry):
        if agent.unique_id in elsewhere:
            continue
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
