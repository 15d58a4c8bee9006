"""What an entry is used for. Only this module knows where that is stored.

The default agent is in the options of the entry, where entries of 2024 have it. Everything else is in
subentries, as Home Assistant's own integration stores it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from ..const import COST_KEYS, SubentryType
from ..runtime import OpenAIConfigEntry
from .chat import ChatOptions, kept_days
from .costs import CostOptions
from .engines import EvaluationOptions, SpeechToTextOptions, TextToSpeechOptions

FIRST_VERSION: Final = 1
"""The version of entries before there were subentries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured[Options]:
    """An agent, engine, or evaluation of an entry, as the user set it up. It has an entity."""

    kind: SubentryType
    unique_id: str
    name: str
    options: Options
    subentry_id: str | None = None
    """None: the default agent."""


def keep_images_days(entry: OpenAIConfigEntry) -> int:
    """Return for how many days an entry keeps its images; 0: forever."""
    return kept_days(entry.options)


def has_default_agent(entry: OpenAIConfigEntry) -> bool:
    """Whether an entry has a default agent. Entries of 2024 and before always do, even without options."""
    return bool(_agent_options(entry)) or entry.version == FIRST_VERSION


def configured(entry: OpenAIConfigEntry) -> Iterator[Configured[Any]]:
    """Yield everything that an entry is used for, in the order of `SubentryType`."""
    yield from conversation_agents(entry)
    yield from task_agents(entry)
    yield from evaluators(entry)
    yield from stt_engines(entry)
    yield from tts_engines(entry)


def configured_now(entry: OpenAIConfigEntry, agent: Configured[Any]) -> Configured[Any]:
    """Return an agent or engine as it is configured now; as it was, if it has been removed."""
    ids = (agent.kind, agent.unique_id)
    return next((each for each in configured(entry) if (each.kind, each.unique_id) == ids), agent)


def conversation_agents(entry: OpenAIConfigEntry) -> Iterator[Configured[ChatOptions]]:
    """Yield the conversation agents, the default agent first."""
    if has_default_agent(entry):
        yield Configured(
            kind=SubentryType.CONVERSATION,
            unique_id=entry.entry_id,
            name=entry.title,
            options=ChatOptions.from_stored(entry.options),
        )
    for subentry in _subentries(entry, SubentryType.CONVERSATION):
        yield _agent(subentry, ChatOptions.from_stored(subentry.data))


def task_agents(entry: OpenAIConfigEntry) -> Iterator[Configured[ChatOptions]]:
    """Yield the agents that do AI tasks. No user waits for their answers."""
    for subentry in _subentries(entry, SubentryType.AI_TASK):
        yield _agent(subentry, ChatOptions.from_stored(subentry.data, is_spoken_to=False))


def evaluators(entry: OpenAIConfigEntry) -> Iterator[Configured[EvaluationOptions]]:
    """Yield the evaluations, which answer questions about a given state."""
    for subentry in _subentries(entry, SubentryType.EVALUATION):
        yield _agent(subentry, EvaluationOptions.from_stored(subentry.data))


def stt_engines(entry: OpenAIConfigEntry) -> Iterator[Configured[SpeechToTextOptions]]:
    """Yield the speech-to-text engines."""
    for subentry in _subentries(entry, SubentryType.STT):
        yield _agent(subentry, SpeechToTextOptions.from_stored(subentry.data))


def tts_engines(entry: OpenAIConfigEntry) -> Iterator[Configured[TextToSpeechOptions]]:
    """Yield the text-to-speech engines."""
    for subentry in _subentries(entry, SubentryType.TTS):
        yield _agent(subentry, TextToSpeechOptions.from_stored(subentry.data))


def stored_options(entry: OpenAIConfigEntry, subentry_id: str | None) -> Mapping[str, Any] | None:
    """Return the stored options of the default agent or of a subentry; None: it no longer exists."""
    if subentry_id is None:
        return _agent_options(entry) or None
    subentry = entry.subentries.get(subentry_id)
    return subentry.data if subentry else None


def async_store_options(
    hass: HomeAssistant, entry: OpenAIConfigEntry, subentry_id: str | None, options: Mapping[str, Any]
) -> None:
    """Store the options of the default agent or of a subentry. They apply from the next request on."""
    if subentry_id is None:
        hass.config_entries.async_update_entry(entry, options={**options, **stored_costs(entry)})
    else:
        hass.config_entries.async_update_subentry(entry, entry.subentries[subentry_id], data=options)


def stored_costs(entry: OpenAIConfigEntry) -> Mapping[str, Any]:
    """Return the stored options about the costs of an account."""
    return {key: value for key, value in entry.options.items() if key in COST_KEYS}


def cost_options(entry: OpenAIConfigEntry) -> CostOptions:
    """Return what the user chose about the costs of an account."""
    return CostOptions.from_stored(entry.options)


def async_store_costs(hass: HomeAssistant, entry: OpenAIConfigEntry, costs: Mapping[str, Any]) -> None:
    """Store options about the costs of an account. Its default agent stays as it is."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, **costs})


def _agent_options(entry: OpenAIConfigEntry) -> Mapping[str, Any]:
    """Return the stored options of the default agent, without those about costs."""
    return {key: value for key, value in entry.options.items() if key not in COST_KEYS}


def is_spoken_to(entry: OpenAIConfigEntry, subentry_id: str | None) -> bool:
    """Whether an agent is a conversation agent."""
    return any(agent.subentry_id == subentry_id for agent in conversation_agents(entry))


def _subentries(entry: OpenAIConfigEntry, kind: SubentryType) -> Iterator[ConfigSubentry]:
    return (subentry for subentry in entry.subentries.values() if subentry.subentry_type == kind)


def _agent[Options](subentry: ConfigSubentry, options: Options) -> Configured[Options]:
    # as in Home Assistant's own integration, so that entities survive a change between the two
    return Configured(
        kind=SubentryType(subentry.subentry_type),
        unique_id=subentry.subentry_id,
        name=subentry.title,
        options=options,
        subentry_id=subentry.subentry_id,
    )
