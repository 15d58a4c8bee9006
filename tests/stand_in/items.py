"""The planned output items of a response, without IDs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """Where the text from `start` to `end` of a message points to."""

    url: str
    title: str
    start: int
    end: int

    @property
    def annotation(self) -> dict[str, str | int]:
        """Return it in the shape of OpenAI's."""
        return {
            "type": "url_citation",
            "url": self.url,
            "title": self.title,
            "start_index": self.start,
            "end_index": self.end,
        }


@dataclass(frozen=True, slots=True)
class Message:
    """A text for the user, or the model's refusal to give one; not `complete` if it was cut short."""

    text: str
    refusal: bool = False
    complete: bool = True
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call of a function tool; `arguments` is the JSON text that the model wrote."""

    name: str
    arguments: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Hidden reasoning, with summaries if the request asks for them."""

    summaries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WebSearch:
    """A search that OpenAI made; `sources` are the addresses it read."""

    query: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CodeRun:
    """A program that the model wrote and OpenAI ran; `logs` is what it printed."""

    code: str
    logs: str


type PlannedItem = Message | FunctionCall | Reasoning | WebSearch | CodeRun
