"""Diagnostics: what helps to understand a problem, and nothing private.

Of what is stored, only choices are shown: not the key, the address, the instructions, or the location.
"""

from dataclasses import asdict, fields
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_API_KEY, CONF_LLM_HASS_API
from homeassistant.core import HomeAssistant

from .const import (
    CONF_BASE_URL,
    CONF_CHAT_MODEL,
    CONF_CUSTOM_SETTINGS,
    CONF_IMAGE_MODEL,
    CONF_INLINE_CITATIONS,
    CONF_KEEP_LISTENING,
    CONF_KEEP_PICTURES,
    CONF_MODEL_SWITCH,
    CONF_ON_FAILURE,
    CONF_PLAIN_SPEECH,
    CONF_RECOMMENDED,
    CONF_REMEMBER_TURNS,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_TTS_SPEED,
    CONF_USER_LOCATION,
    CONF_VOICE,
    CONF_WEB_SEARCH,
)
from .images.setup import IMAGE_STORE
from .openai_api.client import is_azure, is_openai_host, server_of
from .options.chat import ChatOptions, ModelOptions, ModelSettings
from .options.entry import Configured, configured, stored_options
from .runtime import Health, OpenAIConfigEntry, OpenAIRuntimeData
from .usage.ledger import by_purpose
from .usage.meter import Meter

_MODEL_OPTIONS: Final = tuple(option.name for option in fields(ModelOptions))

_SHOWN: Final = {
    *_MODEL_OPTIONS,
    CONF_CUSTOM_SETTINGS,
    CONF_IMAGE_MODEL,
    CONF_INLINE_CITATIONS,
    CONF_KEEP_LISTENING,
    CONF_KEEP_PICTURES,
    CONF_LLM_HASS_API,
    CONF_ON_FAILURE,
    CONF_PLAIN_SPEECH,
    CONF_RECOMMENDED,
    CONF_REMEMBER_TURNS,
    CONF_SEARCH_CONTEXT_SIZE,
    CONF_TTS_SPEED,
    CONF_USER_LOCATION,
    CONF_MODEL_SWITCH,
    CONF_VOICE,
}
"""Stored options that may be shown. Everything else may say something about a person."""


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: OpenAIConfigEntry) -> dict[str, Any]:
    """Return what is known of an account, loaded or not."""
    runtime = entry.runtime_data if entry.state is ConfigEntryState.LOADED else None
    store = hass.data.get(IMAGE_STORE)
    return {
        "entry": {
            "version": f"{entry.version}.{entry.minor_version}",
            "state": entry.state.value,
            "reason": entry.error_reason_translation_key,
            "server": server_of(entry.data).value,
            "address": _address(entry),
        },
        "listed_models": len(runtime.catalog.models) if runtime else None,
        "agents": [_agent(entry, agent, runtime) for agent in configured(entry)],
        "health": {
            purpose.value: _health(entry, health)
            for purpose, health in (runtime.health if runtime else {}).items()
        },
        "latency": runtime.latency.summary() if runtime else None,
        "used_this_month": _used(runtime.meter) if runtime else None,
        "images": len(list(store.newest_first(entry.entry_id))) if store else 0,
    }


def _address(entry: OpenAIConfigEntry) -> str:
    """Return whose address it is. The address itself may be private."""
    if is_openai_host(entry.data):
        return "OpenAI"
    return "Azure" if is_azure(entry.data) else "other"


def _agent(
    entry: OpenAIConfigEntry, agent: Configured[Any], runtime: OpenAIRuntimeData | None
) -> dict[str, Any]:
    stored = stored_options(entry, agent.subentry_id) or {}
    return {
        "kind": agent.kind.value if agent.subentry_id else "default",
        "title": agent.name,
        "stored": {name: value if name in _SHOWN else REDACTED for name, value in stored.items()},
        "in_use": _in_use(agent.options, runtime) if runtime else None,
        **_reading(agent, runtime),
    }


def _reading(agent: Configured[Any], runtime: OpenAIRuntimeData | None) -> dict[str, Any]:
    """Return how well a model reads texts aloud, if it has read any."""
    statistics = runtime.reading.get(agent.unique_id) if runtime else None
    return {"reading": asdict(statistics)} if statistics and statistics.pieces else {}


def _in_use(options: Any, runtime: OpenAIRuntimeData) -> dict[str, Any]:
    """Return what is sent today, and when the model ends."""
    models = runtime.models()
    if isinstance(options, ChatOptions):
        values = _sent(options.settings(models))
    else:
        values = {CONF_CHAT_MODEL: options.model_for(models)}
        models = options.models(models)
    end = models.shutdown(values[CONF_CHAT_MODEL])
    return {**values, "shutdown": end.isoformat() if end else None}


def _sent(settings: ModelSettings) -> dict[str, Any]:
    search = settings.web_search
    return {
        **{name: getattr(settings, name) for name in _MODEL_OPTIONS},
        CONF_WEB_SEARCH: search
        and {"context_size": search.context_size, "has_location": bool(search.location)},
    }


def _used(meter: Meter) -> dict[str, Any]:
    return {purpose: used.as_stored() for purpose, used in by_purpose(meter.this_month).items()}


def _health(entry: OpenAIConfigEntry, health: Health) -> dict[str, Any]:
    last = None
    if health.last_failure:
        at, failure = health.last_failure
        last = {
            "at": at.isoformat(),
            "kind": failure.kind.value,
            "param": failure.param,
            "request_id": failure.request_id,
            "detail": _without_secrets(entry, failure.detail),
        }
    return {
        "successes": health.successes,
        "failures": {kind.value: count for kind, count in health.failures.items()},
        "failing": health.failing.value if health.failing else None,
        "last_failure": last,
    }


def _without_secrets(entry: OpenAIConfigEntry, text: str) -> str:
    """Remove what is private: a server may repeat its address, or what it was sent."""
    stored = [stored_options(entry, subentry_id) or {} for subentry_id in (None, *entry.subentries)]
    hidden = [value for options in stored for name, value in options.items() if name not in _SHOWN]
    addresses = [options.get(CONF_BASE_URL) or "" for options in (entry.data, *stored)]
    private = [
        entry.data[CONF_API_KEY],
        *addresses,
        *(urlsplit(each).hostname for each in addresses),
        *hidden,
    ]
    words = {word for word in private if isinstance(word, str) and len(word) > 1}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, REDACTED)
    return text
