"""Our repair issues: how their ids are made, and which of them belong to an account.

The ids are a contract: Home Assistant remembers by them which issues the user ignored.
"""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_loaded_integration

from ..const import DOMAIN, Purpose
from ..openai_api.errors import FailureKind
from ..runtime import OpenAIConfigEntry
from ..usage.budget import Mark

_BROKEN_CALLS: Final = "dead_calls_"
_MODEL_LIFECYCLE: Final = "model_ends_"
_CHANGING_PROMPT: Final = "changing_prompt_"
_SPEECH_CHANGE: Final = "speech_changed_"
_REFUSED_KEY: Final = "refused_key_"


def broken_calls_id(caller_id: str) -> str:
    """Return the id of the issue about the calls of one automation, script, or dashboard."""
    return f"{_BROKEN_CALLS}{caller_id}"


def is_broken_calls_id(issue_id: str) -> bool:
    """Whether an issue is about calls that no longer work."""
    return issue_id.startswith(_BROKEN_CALLS)


def model_lifecycle_id(key: str, agent_id: str) -> str:
    """Return the id of the issue about a model of an agent. `key`: what the model is stored as."""
    return f"{_MODEL_LIFECYCLE}{key}_{agent_id}"


def is_model_lifecycle_id(issue_id: str) -> bool:
    """Whether an issue is about a model that ends."""
    return issue_id.startswith(_MODEL_LIFECYCLE)


def speech_change_id(engine_id: str) -> str:
    """Return the id of the issue about text-to-speech that speaks with another model now."""
    return f"{_SPEECH_CHANGE}{engine_id}"


def is_speech_change_id(issue_id: str) -> bool:
    """Whether an issue is about text-to-speech that speaks with another model now."""
    return issue_id.startswith(_SPEECH_CHANGE)


def no_websocket_id(entry_id: str) -> str:
    """Return the id of the issue about a network that no WebSocket gets through."""
    return f"no_websocket_{entry_id}"


def no_ffmpeg_id(entry_id: str) -> str:
    """Return the id of the issue about speech that cannot be converted."""
    return f"no_ffmpeg_{entry_id}"


def refused_key_id(engine_id: str) -> str:
    """Return the id of the issue about the key of an engine with an address of its own."""
    return f"{_REFUSED_KEY}{engine_id}"


def is_refused_key_id(issue_id: str) -> bool:
    """Whether an issue is about the key of an engine with an address of its own."""
    return issue_id.startswith(_REFUSED_KEY)


def failure_id(kind: FailureKind, purpose: Purpose, entry_id: str) -> str:
    """Return the id of the issue about a lasting failure of one kind of work."""
    return f"{kind}_{purpose}_{entry_id}"


def budget_id(mark: Mark, entry_id: str) -> str:
    """Return the id of the issue about a mark that the spending of the month has passed."""
    return f"budget_{mark}_{entry_id}"


def changing_prompt_id(agent_id: str) -> str:
    """Return the id of the issue about instructions that keep changing."""
    return f"{_CHANGING_PROMPT}{agent_id}"


def is_changing_prompt_id(issue_id: str) -> bool:
    """Whether an issue is about instructions that keep changing."""
    return issue_id.startswith(_CHANGING_PROMPT)


def usage_file_id(entry_id: str) -> str:
    """Return the id of the issue about an account's file of usage."""
    return f"usage_file_{entry_id}"


def documentation_url(hass: HomeAssistant, translation_key: str) -> str:
    """Return the address of the section of `docs/repairs.md` about an issue."""
    home = async_get_loaded_integration(hass, DOMAIN).documentation
    return f"{home}/blob/main/docs/repairs.md#{translation_key.replace('_', '-')}"


def display_name(hass: HomeAssistant, entry: OpenAIConfigEntry, name: str) -> str:
    """Return what texts call an agent or engine: with its account, where there are several."""
    is_only = len(hass.config_entries.async_entries(DOMAIN)) == 1
    return name if is_only or name == entry.title else f"{name} ({entry.title})"


def issues_of(hass: HomeAssistant, entry: OpenAIConfigEntry) -> list[str]:
    """Return the ids of the open issues whose data names an account."""
    return [
        issue_id
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN and issue.data and issue.data.get("entry_id") == entry.entry_id
    ]


@callback
def async_close_issues(hass: HomeAssistant, entry: OpenAIConfigEntry) -> None:
    """Close the issues of an account."""
    for issue_id in issues_of(hass, entry):
        ir.async_delete_issue(hass, DOMAIN, issue_id)
