"""The agents of an entry: the one place that knows where they are stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from .options import AgentOptions, kept_days
from .runtime import OpenAIConfigEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A conversation agent as the user set it up."""

    unique_id: str
    name: str
    options: AgentOptions


def keep_pictures_days(entry: OpenAIConfigEntry) -> int:
    """Return for how many days an entry keeps its pictures; 0: for ever."""
    return kept_days(entry.options)


def conversation_agents(entry: OpenAIConfigEntry) -> Iterator[Agent]:
    """Yield the entry's own agent, which its options describe; an entry without options has none."""
    if entry.options:
        yield Agent(
            unique_id=entry.entry_id, name=entry.title, options=AgentOptions.from_stored(entry.options)
        )
