"""The agents of an entry: the one place that knows where they are stored.

The entry's own agent is in the entry's options, where entries of 2024 have it; all others are
subentries, as Home Assistant's own integration stores them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant

from ..const import SubentryType
from ..runtime import OpenAIConfigEntry
from .chat import ChatOptions, kept_days
from .engines import EvaluationOptions, SpeechToTextOptions, TextToSpeechOptions

FIRST_VERSION: Final = 1
"""Of entries before there were subentries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configured[Options]:
    """Something of an entry that has an entity, as the user set it up."""

    unique_id: str
    name: str
    options: Options
    subentry_id: str | None = None
    """None: the entry's own agent."""


def keep_images_days(entry: OpenAIConfigEntry) -> int:
    """Return for how many days an entry keeps its pictures; 0: for ever."""
    return kept_days(entry.options)


def has_default_agent(entry: OpenAIConfigEntry) -> bool:
    """Whether an entry has an agent of its own: all of 2024 and before have, also without options."""
    return bool(entry.options) or entry.version == FIRST_VERSION


def conversation_agents(entry: OpenAIConfigEntry) -> Iterator[Configured[ChatOptions]]:
    """Yield the agents to talk to: the entry's own first, if it has one."""
    if has_default_agent(entry):
        yield Configured(
            unique_id=entry.entry_id, name=entry.title, options=ChatOptions.from_stored(entry.options)
        )
    for subentry in _subentries(entry, SubentryType.CONVERSATION):
        yield _agent(subentry, ChatOptions.from_stored(subentry.data))


def task_agents(entry: OpenAIConfigEntry) -> Iterator[Configured[ChatOptions]]:
    """Yield the agents that do tasks: nobody waits for them, and nobody hears them."""
    for subentry in _subentries(entry, SubentryType.AI_TASK):
        yield _agent(subentry, ChatOptions.from_stored(subentry.data, is_spoken_to=False))


def evaluators(entry: OpenAIConfigEntry) -> Iterator[Configured[EvaluationOptions]]:
    """Yield those who answer questions about a state of things."""
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
    """Return what is stored of an agent; None: there is no such agent any more."""
    if subentry_id is None:
        return entry.options or None
    subentry = entry.subentries.get(subentry_id)
    return subentry.data if subentry else None


def async_store_options(
    hass: HomeAssistant, entry: OpenAIConfigEntry, subentry_id: str | None, options: Mapping[str, Any]
) -> None:
    """Store the options of an agent that exists; its entry then loads anew by itself."""
    if subentry_id is None:
        hass.config_entries.async_update_entry(entry, options=options)
    else:
        hass.config_entries.async_update_subentry(entry, entry.subentries[subentry_id], data=options)


def is_spoken_to(entry: OpenAIConfigEntry, subentry_id: str | None) -> bool:
    """Whether an agent is one to talk to."""
    return any(agent.subentry_id == subentry_id for agent in conversation_agents(entry))


def _subentries(entry: OpenAIConfigEntry, kind: SubentryType) -> Iterator[ConfigSubentry]:
    return (subentry for subentry in entry.subentries.values() if subentry.subentry_type == kind)


def _agent[Options](subentry: ConfigSubentry, options: Options) -> Configured[Options]:
    # the id of the subentry is what the entities of Home Assistant's own integration are known by
    return Configured(
        unique_id=subentry.subentry_id,
        name=subentry.title,
        options=options,
        subentry_id=subentry.subentry_id,
    )
