"""What the brain decides to say or do: the output items of a response, before they have ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A text for the user, or the model's refusal to give one; not ``complete`` if it was cut short."""

    text: str
    refusal: bool = False
    complete: bool = True


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call of a function tool; ``arguments`` is the JSON text as far as the model wrote it."""

    name: str
    arguments: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Thoughts: nobody sees them, but for summaries if the request asked for some."""

    summaries: tuple[str, ...] = ()


type PlannedItem = Message | FunctionCall | Reasoning
