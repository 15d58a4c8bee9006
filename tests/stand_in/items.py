"""What the brain decides to say or do: the output items of a response, before they have ids."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """Where the text from ``start`` to ``end`` of a message points to."""

    url: str
    title: str
    start: int
    end: int

    @property
    def annotation(self) -> dict[str, str | int]:
        """Return it as OpenAI puts it."""
        return {
            "type": "url_citation",
            "url": self.url,
            "title": self.title,
            "start_index": self.start,
            "end_index": self.end,
        }


@dataclass(frozen=True, slots=True)
class Message:
    """A text for the user, or the model's refusal to give one; not ``complete`` if it was cut short."""

    text: str
    refusal: bool = False
    complete: bool = True
    citations: tuple[Citation, ...] = ()


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


@dataclass(frozen=True, slots=True)
class WebSearch:
    """A search that OpenAI made; ``sources`` are the addresses it read."""

    query: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeRun:
    """A program that the model wrote and OpenAI ran; ``logs`` is what it printed."""

    code: str
    logs: str


type PlannedItem = Message | FunctionCall | Reasoning | WebSearch | CodeRun
