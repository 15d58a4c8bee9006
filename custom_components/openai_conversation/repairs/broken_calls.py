"""The repair of automations, scripts, and dashboards that call what no longer exists.

Home Assistant's own integration once merged entries and moved an action, so many automations name accounts
that no longer exist. They only fail in the log, where nobody looks.
"""

from functools import partial
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
from ..openai_api.client import is_openai_host
from ..openai_api.models import lifetime_of
from .callers import Caller, async_callers
from .calls import BrokenCall, Case, ValidTargets, broken_calls
from .issues import broken_calls_id, documentation_url, is_broken_calls_id

_SETTLE_TIME: Final = 10.0
"""Seconds to wait for further changes; a reload of scripts is announced before it happens."""


@callback
def async_watch_calls(hass: HomeAssistant) -> None:
    """Look for broken calls once Home Assistant has started, and whenever something may have changed."""
    update = partial(_async_update_issues, hass)
    debouncer = Debouncer(
        hass, LOGGER, cooldown=_SETTLE_TIME, immediate=False, function=update, background=True
    )

    @callback
    def look_later(_event: Event[Any]) -> None:
        debouncer.async_schedule_call()

    @callback
    def is_reload_of_scripts(call: Any) -> bool:
        return bool(call["domain"] == SCRIPT_DOMAIN and call["service"] == SERVICE_RELOAD)

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and change is ConfigEntryChange.REMOVED:
            debouncer.async_schedule_call()

    @callback
    def shut_down(_event: Event[Any]) -> None:
        debouncer.async_shutdown()

    async def start(_hass: HomeAssistant) -> None:
        hass.bus.async_listen(EVENT_AUTOMATION_RELOADED, look_later)
        hass.bus.async_listen(EVENT_LOVELACE_UPDATED, look_later)
        hass.bus.async_listen(EVENT_CALL_SERVICE, look_later, event_filter=is_reload_of_scripts)
        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, shut_down)
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)
        await update()

    async_at_started(hass, start)


async def _async_update_issues(hass: HomeAssistant) -> None:
    """Open an issue for each caller with broken calls, and close the issues of all others."""
    targets = _valid_targets(hass)
    broken = [
        (caller, calls)
        for caller in await async_callers(hass)
        if (calls := broken_calls(caller.config, targets))
    ]
    _close_issues_except(hass, {broken_calls_id(caller.id) for caller, _ in broken})
    for caller, calls in broken:
        _open_issue(hass, caller, calls)


def _valid_targets(hass: HomeAssistant) -> ValidTargets:
    entries = {entry.entry_id: entry for entry in hass.config_entries.async_entries(DOMAIN)}
    today = dt_util.utcnow().date()

    def is_retired(entry_id: str, model: str) -> bool:
        # another server may have a model with the name of one that OpenAI has retired
        return is_openai_host(entries[entry_id].data) and lifetime_of(model).has_ended(today)

    actions = hass.services.async_services_for_domain(DOMAIN)
    return ValidTargets(actions=actions, entry_ids=entries.keys(), is_retired=is_retired)


def _close_issues_except(hass: HomeAssistant, wanted: set[str]) -> None:
    # inactive issues survive a restart; keep them, so that "ignored" is remembered
    issues = ir.async_get(hass).issues
    active = [issue_id for (domain, issue_id), issue in issues.items() if domain == DOMAIN and issue.active]
    for issue_id in active:
        if is_broken_calls_id(issue_id) and issue_id not in wanted:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


def _open_issue(hass: HomeAssistant, caller: Caller, calls: list[BrokenCall]) -> None:
    """Open an issue about one case. When it is fixed, the next one follows."""
    case = next(case for case in Case if any(call.case is case for call in calls))
    accounts = hass.config_entries.async_entries(DOMAIN)
    key = f"broken_calls_{case}"
    ir.async_create_issue(
        hass,
        DOMAIN,
        broken_calls_id(caller.id),
        is_fixable=False,
        learn_more_url=documentation_url(hass, key),
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={
            "name": caller.name,
            "path": caller.path,
            "calls": "\n".join(f"- `{call}`" for call in calls if call.case is case),
            "accounts": "\n".join(f"- {each.title}: `{each.entry_id}`" for each in accounts) or "-",
        },
    )
