"""Models that end: tell whoever chose one in time, and offer what follows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import CONF_CHAT_MODEL, CONF_IMAGE_MODEL, DOMAIN, LOGGER, Server
from ..openai_api.catalog import Catalog, current_image_model, current_model, ends_soon, is_retired
from ..openai_api.client import async_get_catalog, is_openai_host
from ..openai_api.errors import OpenAIRequestError
from ..openai_api.models import (
    DEFAULT_CHAT_MODEL,
    DEFAULT_DECISION_MODEL,
    DEFAULT_STT_MODEL,
    DEFAULT_TTS_MODEL,
)
from ..options.entry import (
    Configured,
    conversation_agents,
    evaluators,
    stt_engines,
    task_agents,
    tts_engines,
)
from ..reporting import issues_of
from ..runtime import OpenAIConfigEntry

_PREFIX: Final = "model_ends_"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInUse:
    """A model that stays in use until somebody chooses another one."""

    agent: Configured[Any]
    model: str
    default: str | None
    """The default for this use, for where nothing follows the model itself; None: the best for pictures."""

    key: str = CONF_CHAT_MODEL
    """What it is stored as."""

    def successor(self, catalog: Catalog, today: date) -> str | None:
        """Return what to use in its place; None: there is nothing."""
        if self.default is None:
            return current_image_model(None, catalog, today)
        candidates = (current_model(model, catalog, today) for model in (self.model, self.default))
        return next((each for each in candidates if not ends_soon(each, catalog, today)), None)


@callback
def async_watch_models(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Look every day, and now, for chosen models that end; the entry's list of models is fresh now."""

    async def ask_anew() -> None:
        runtime = entry.runtime_data
        try:
            runtime.catalog = await async_get_catalog(runtime.client, runtime.server)
        except OpenAIRequestError as err:
            LOGGER.debug("%s: the list of models stays as it was: %s", entry.title, err.failure.kind)
        _update_issues(hass, entry)

    @callback
    def daily(_now: datetime) -> None:
        # a task of the entry ends with it, so nothing is told about one that is gone
        entry.async_create_background_task(hass, ask_anew(), f"{DOMAIN} models")

    _update_issues(hass, entry)
    entry.async_on_unload(async_track_time_interval(hass, daily, timedelta(days=1), cancel_on_shutdown=True))


def models_in_use(entry: OpenAIConfigEntry) -> Iterator[ModelInUse]:
    """Yield the models of an entry that do not make place for others by themselves.

    Those are what users chose, and the one to speak with, which nothing follows. A compatible server
    has models of its own.
    """
    if entry.runtime_data.server is Server.COMPATIBLE:
        return
    chosen: tuple[tuple[Configured[Any], str], ...] = (
        *((agent, DEFAULT_CHAT_MODEL) for agent in conversation_agents(entry)),
        *((agent, DEFAULT_CHAT_MODEL) for agent in task_agents(entry)),
        *((agent, DEFAULT_DECISION_MODEL) for agent in evaluators(entry)),
        *((agent, DEFAULT_STT_MODEL) for agent in stt_engines(entry)),
    )
    for agent, default in chosen:
        if model := agent.options.model:
            yield ModelInUse(agent=agent, model=model, default=default)
    for task_agent in task_agents(entry):
        if model := task_agent.options.image_model:
            yield ModelInUse(agent=task_agent, model=model, default=None, key=CONF_IMAGE_MODEL)
    for engine in tts_engines(entry):
        model = engine.options.model or DEFAULT_TTS_MODEL
        yield ModelInUse(agent=engine, model=model, default=DEFAULT_TTS_MODEL)


@callback
def _update_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Open an issue for each model that ends, and close those whose cause has gone."""
    catalog = entry.runtime_data.catalog
    today = dt_util.utcnow().date()
    # where models have other names than OpenAI's, only the server's word counts
    has_our_names = is_openai_host(entry.data)
    ending = {
        f"{_PREFIX}{use.key}_{use.agent.unique_id}": use
        for use in models_in_use(entry)
        if ends_soon(use.model, catalog, today) and (has_our_names or use.model in catalog.shutdown_dates)
    }
    for issue_id in issues_of(hass, entry):
        if issue_id.startswith(_PREFIX) and issue_id not in ending:
            ir.async_delete_issue(hass, DOMAIN, issue_id)
    for issue_id, use in ending.items():
        successor = use.successor(catalog, today)
        if not has_our_names and successor not in catalog.models:
            successor = None
        _open_issue(hass, entry, issue_id, use, successor)


def _open_issue(
    hass: HomeAssistant, entry: OpenAIConfigEntry, issue_id: str, use: ModelInUse, successor: str | None
) -> None:
    catalog = entry.runtime_data.catalog
    has_ended = is_retired(use.model, catalog, dt_util.utcnow().date())
    kind = "model_ended" if has_ended else "model_ending"
    names = {"name": use.agent.name, "model": use.model, "day": str(catalog.shutdown(use.model))}
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        data={
            "entry_id": entry.entry_id,
            "subentry_id": use.agent.subentry_id,
            "key": use.key,
            "model": use.model,
            "successor": successor,
        },
        is_fixable=successor is not None,
        severity=ir.IssueSeverity.ERROR if has_ended else ir.IssueSeverity.WARNING,
        translation_key=kind if successor else f"{kind}_for_good",
        translation_placeholders={**names, "successor": successor} if successor else names,
    )
