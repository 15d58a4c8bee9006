"""Tell whose automations, scripts and dashboards call what is no longer there.

Home Assistant's own integration once merged entries and moved an action, so many automations name
accounts that are gone; they fail in the log, where nobody looks.
"""

from typing import Any, Final

from homeassistant.components.automation import EVENT_AUTOMATION_RELOADED
from homeassistant.components.script.const import DOMAIN as SCRIPT_DOMAIN
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import (
    EVENT_CALL_SERVICE,
    EVENT_HOMEASSISTANT_STOP,
    EVENT_LOVELACE_UPDATED,
    SERVICE_RELOAD,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..openai_api.catalog import Catalog, is_retired
from ..openai_api.client import is_openai_host
from .callers import async_callers
from .calls import ValidTargets, broken_calls

_PREFIX: Final = "dead_calls_"
_SETTLE_TIME: Final = 10.0
"""Seconds to wait for further changes; a reload of scripts is announced before it happens."""


@callback
def async_watch_calls(hass: HomeAssistant) -> None:
    """Look for dead calls once everything has started, and whenever something may have changed."""

    async def look() -> None:
        await _async_update_issues(hass)

    later = Debouncer(hass, LOGGER, cooldown=_SETTLE_TIME, immediate=False, function=look, background=True)

    @callback
    def changed(_event: Event[Any]) -> None:
        later.async_schedule_call()

    @callback
    def reloads_scripts(call: Any) -> bool:
        return bool(call["domain"] == SCRIPT_DOMAIN and call["service"] == SERVICE_RELOAD)

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and change is ConfigEntryChange.REMOVED:
            later.async_schedule_call()

    @callback
    def stop(_event: Event[Any]) -> None:
        later.async_shutdown()

    async def start(_hass: HomeAssistant) -> None:
        hass.bus.async_listen(EVENT_AUTOMATION_RELOADED, changed)
        hass.bus.async_listen(EVENT_LOVELACE_UPDATED, changed)
        hass.bus.async_listen(EVENT_CALL_SERVICE, changed, event_filter=reloads_scripts)
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop)
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
        await look()

    async_at_started(hass, start)


def _valid_targets(hass: HomeAssistant) -> ValidTargets:
    entries = {entry.entry_id: entry for entry in hass.config_entries.async_entries(DOMAIN)}
    today = dt_util.utcnow().date()

    def is_gone(entry_id: str, model: str) -> bool:
        # elsewhere a model may have the name of one that OpenAI has ended
        return is_openai_host(entries[entry_id].data) and is_retired(model, Catalog(), today)

    actions = hass.services.async_services_for_domain(DOMAIN)
    return ValidTargets(actions=actions, entry_ids=entries.keys(), is_retired=is_gone)


async def _async_update_issues(hass: HomeAssistant) -> None:
    """Open an issue for each caller with dead calls, and close those of the others."""
    living = _valid_targets(hass)
    callers = {f"{_PREFIX}{caller.id}": caller for caller in await async_callers(hass)}
    dead = {key: broken_calls(caller.config, living) for key, caller in callers.items()}
    issues = ir.async_get(hass).issues
    # one that is not active is of before a restart: it keeps that the user ignored it
    opened = [key for (domain, key), issue in issues.items() if domain == DOMAIN and issue.active]
    for key in opened:
        if key.startswith(_PREFIX) and not dead.get(key):
            ir.async_delete_issue(hass, DOMAIN, key)
    for key, calls in dead.items():
        if calls:
            ir.async_create_issue(
                hass,
                DOMAIN,
                key,
                is_fixable=False,
                severity=ir.IssueSeverity.WARNING,
                translation_key="broken_calls",
                translation_placeholders={
                    "name": callers[key].name,
                    "path": callers[key].path,
                    "calls": "\n".join(f"- `{call}`" for call in calls),
                },
            )
