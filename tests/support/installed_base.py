"""What users of Home Assistant's built-in integration have: its entries, entities, and devices."""

from typing import Any, Final

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.openai_conversation.const import DOMAIN
from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

CORE_KEY: Final = "sk-test-of-core"
CORE_VERSIONS: Final = range(1, 9)
"""The minor versions of version 2: from the first subentries, in 2025.7, to 2026.11."""

# Each with the minor version that brought it, its kind, its platform, its name, and what is stored of it.
_PARTS: Final = (
    (
        1,
        "conversation",
        "conversation",
        "OpenAI Conversation",
        {"llm_hass_api": ["assist"], "recommended": True},
    ),
    (3, "ai_task_data", "ai_task", "OpenAI AI Task", {"recommended": True}),
    (5, "tts", "tts", "OpenAI TTS", {"chat_model": "gpt-4o-mini-tts", "prompt": ""}),
    (6, "stt", "stt", "OpenAI STT", {}),
    (8, "ai_task_evaluate", "ai_task", "OpenAI Evaluation", {"chat_model": "gpt-6-luna"}),
)
_SAID_BY_CODE: Final = (
    "modified_at",
    "capabilities",
    "has_entity_name",
    "original_name",
    "supported_features",
    "model",  # changes when a model ends
)
_OWN: Final = {
    "recommended": False,
    "llm_hass_api": ["assist"],
    "prompt": "You look things up.",
    "chat_model": "o3",
    "max_tokens": 1500,
    "top_p": 0.9,
    "temperature": 0.7,
    "store_responses": True,
    "code_interpreter": True,
    "reasoning_effort": "low",
    "service_tier": "flex",
    "web_search": True,
    "search_context_size": "high",
    "user_location": True,
    "city": "New York",
    "region": "New York",
    "country": "US",
    "timezone": "America/New_York",
    "inline_citations": True,
}


def core_entry(hass: HomeAssistant, minor_version: int, **own: Any) -> MockConfigEntry:
    """Add an account as core stored it in a version 2.x, with its entities and devices.

    In addition to what core creates, there is an agent "Researcher" with settings of its own.
    """
    parts = [(kind, title, data) for since, kind, _, title, data in _PARTS if since <= minor_version]
    parts.append(("conversation", "Researcher", {**_OWN, **own}))
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="ChatGPT",
        version=2,
        minor_version=minor_version,
        data={"api_key": CORE_KEY},
        subentries_data=[
            ConfigSubentryData(data=data, subentry_type=kind, title=title, unique_id=None)
            for kind, title, data in parts
        ],
    )
    entry.add_to_hass(hass)
    platforms = {kind: platform for _, kind, platform, _, _ in _PARTS}
    for part in entry.subentries.values():
        _register(hass, entry, platforms[part.subentry_type], part.subentry_id, part.title)
    return entry


def entry_of_2024(
    hass: HomeAssistant, title: str, *, disabled: bool = False, **options: Any
) -> MockConfigEntry:
    """Add an account as core stored it until 2025.6: one agent, with the ID of the entry."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=title,
        version=1,
        minor_version=1,
        data={"api_key": CORE_KEY},
        options=options,
        disabled_by=ConfigEntryDisabler.USER if disabled else None,
    )
    entry.add_to_hass(hass)
    _register(hass, entry, "conversation", entry.entry_id, title)
    return entry


def _register(hass: HomeAssistant, entry: MockConfigEntry, platform: str, unique_id: str, title: str) -> None:
    part = {} if unique_id == entry.entry_id else {"config_subentry_id": unique_id}
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, unique_id)},
        name=title,
        manufacturer="OpenAI",
        entry_type=dr.DeviceEntryType.SERVICE,
        disabled_by=dr.DeviceEntryDisabler.CONFIG_ENTRY if entry.disabled_by else None,
        **part,
    )
    entities = er.async_get(hass)
    entity = entities.async_get_or_create(
        platform,
        DOMAIN,
        unique_id,
        config_entry=entry,
        device_id=device.id,
        has_entity_name=True,
        suggested_object_id=title,
        disabled_by=er.RegistryEntryDisabler.CONFIG_ENTRY if entry.disabled_by else None,
        **part,
    )
    entities.async_update_entity_options(entity.entity_id, "conversation", {"should_expose": False})


def registered(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, dict[str, Any]]:
    """Return the entities and devices of an entry, without what depends on the running code."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {
        **{entity.entity_id: _kept(entity.extended_dict) for entity in entities},
        **{device.id: _kept(device.dict_repr) for device in devices},
    }


def _kept(item: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in _SAID_BY_CODE}
