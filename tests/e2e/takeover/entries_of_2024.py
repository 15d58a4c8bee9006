"""What Home Assistant 2024.11 had stored of the integration: accounts of version 1, each one agent.

The shapes of the stores are those of that release: config entries 1.4, entities 1.15, devices 1.8.
"""

import json
from pathlib import Path
from typing import Any, Final

from tests.harness.flows import DOMAIN
from tests.harness.stand_in import StandIn
from tests.harness.websocket import Json

FIRST: Final = "4d1d4a2c1b0f4d6e9a1f0c5b7e3a9d01"
SECOND: Final = "4d1d4a2c1b0f4d6e9a1f0c5b7e3a9d02"
DISABLED: Final = "4d1d4a2c1b0f4d6e9a1f0c5b7e3a9d03"
NEVER_CONFIGURED: Final = "4d1d4a2c1b0f4d6e9a1f0c5b7e3a9d04"
"""Of 2023, when an entry began without options."""

AGENTS: Final = {
    FIRST: "conversation.chatgpt",
    SECOND: "conversation.mario",
    DISABLED: "conversation.chatgpt_2",
    NEVER_CONFIGURED: "conversation.openai_conversation",
}
_THEN: Final = "2024-11-20T08:00:00+00:00"
_OPTIONS: Final[dict[str, Json]] = {
    FIRST: {"recommended": True, "llm_hass_api": "assist", "prompt": "Be kind."},
    SECOND: {
        "recommended": False,
        "prompt": "You are Super Mario.",
        "chat_model": "gpt-4o",
        "max_tokens": 150,
        "top_p": 1.0,
        "temperature": 0.5,
    },
    DISABLED: {"recommended": True, "prompt": "Be gone."},
    NEVER_CONFIGURED: {},
}
_TITLES: Final = {
    FIRST: "ChatGPT",
    SECOND: "Mario",
    DISABLED: "ChatGPT",
    NEVER_CONFIGURED: "OpenAI Conversation",
}


def write_entries_of_2024(folder: Path) -> None:
    """Put the stores into the folder of a Home Assistant that has not been started yet."""
    _write(folder, "core.config_entries", (1, 4), {"entries": [entry_of_2024(key) for key in AGENTS]})
    entities = [_entity(key) for key in AGENTS]
    _write(folder, "core.entity_registry", (1, 15), {"entities": entities, "deleted_entities": []})
    devices = [_device(key) for key in AGENTS]
    _write(folder, "core.device_registry", (1, 8), {"devices": devices, "deleted_devices": []})
    _write(
        folder,
        "assist_pipeline.pipelines",
        (1, 2),
        {"items": [_pipeline(AGENTS[SECOND])], "preferred_item": _id("pipeline", SECOND)},
    )


def _write(folder: Path, key: str, version: tuple[int, int], data: Json) -> None:
    file = folder / ".storage" / key
    file.parent.mkdir(exist_ok=True)
    major, minor = version
    file.write_text(json.dumps({"version": major, "minor_version": minor, "key": key, "data": data}))


def _id(kind: str, entry_id: str) -> str:
    """Return an id that looks like a random one."""
    return f"{kind.encode().hex():0<30}"[:30] + entry_id[-2:]


def _by(entry_id: str, who: str) -> str | None:
    return who if entry_id == DISABLED else None


def entry_of_2024(entry_id: str) -> Json:
    """Return an entry as it was stored."""
    own_key = {NEVER_CONFIGURED: f"{StandIn.KEY}-of-2023"}
    return {
        "created_at": _THEN,
        "data": {"api_key": own_key.get(entry_id, StandIn.KEY)},
        "disabled_by": _by(entry_id, "user"),
        "discovery_keys": {},
        "domain": DOMAIN,
        "entry_id": entry_id,
        "minor_version": 1,
        "modified_at": _THEN,
        "options": _OPTIONS[entry_id],
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "title": _TITLES[entry_id],
        "unique_id": None,
        "version": 1,
    }


def _entity(entry_id: str) -> Json:
    nothing: dict[str, Any] = dict.fromkeys(
        (
            "area_id",
            "capabilities",
            "device_class",
            "entity_category",
            "hidden_by",
            "icon",
            "name",
            "original_device_class",
            "original_icon",
            "original_name",
            "previous_unique_id",
            "translation_key",
            "unit_of_measurement",
        )
    )
    return {
        **nothing,
        "aliases": ["Plumber"] if entry_id == SECOND else [],
        "categories": {},
        "config_entry_id": entry_id,
        "created_at": _THEN,
        "device_id": _id("device", entry_id),
        "disabled_by": _by(entry_id, "config_entry"),
        "entity_id": AGENTS[entry_id],
        "has_entity_name": True,
        "id": _id("entity", entry_id),
        "labels": [],
        "modified_at": _THEN,
        "options": {"conversation": {"should_expose": False}},
        "platform": DOMAIN,
        "supported_features": 1 if _OPTIONS[entry_id].get("llm_hass_api") == "assist" else 0,
        "unique_id": entry_id,
    }


def _device(entry_id: str) -> Json:
    nothing: dict[str, Any] = dict.fromkeys(
        ("configuration_url", "hw_version", "model_id", "serial_number", "sw_version", "via_device_id")
    )
    return {
        **nothing,
        "area_id": "kitchen" if entry_id == SECOND else None,
        "config_entries": [entry_id],
        "connections": [],
        "created_at": _THEN,
        "disabled_by": _by(entry_id, "config_entry"),
        "entry_type": "service",
        "id": _id("device", entry_id),
        "identifiers": [[DOMAIN, entry_id]],
        "labels": [],
        "manufacturer": "OpenAI",
        "model": "ChatGPT",
        "modified_at": _THEN,
        "name": _TITLES[entry_id],
        "name_by_user": "Super Mario" if entry_id == SECOND else None,
        "primary_config_entry": entry_id,
    }


def _pipeline(agent: str) -> Json:
    nothing: dict[str, Any] = dict.fromkeys(
        (
            "stt_engine",
            "stt_language",
            "tts_engine",
            "tts_language",
            "tts_voice",
            "wake_word_entity",
            "wake_word_id",
        )
    )
    return {
        **nothing,
        "conversation_engine": agent,
        "conversation_language": "en",
        "id": _id("pipeline", SECOND),
        "language": "en",
        "name": "Mario",
        "prefer_local_intents": False,
    }
