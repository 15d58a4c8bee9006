"""The text of one answer: what the user hears of its messages, and what the model thinks."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from homeassistant.components.conversation import AssistantContentDeltaDict
from homeassistant.helpers import llm

from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..openai_api.server_text import printable
from ..text.thoughts import Piece, split_whole
from .input_items import Item
from .output import OutputItem

BETWEEN: Final = "\n\n"
"""The separator between messages, and between parts of reasoning."""

type TextDelta = AssistantContentDeltaDict
type OnCall = Callable[[str, Any], llm.ToolInput | None]


class AnswerText:
    """Makes the deltas of text and thinking, each word once."""

    def __init__(self, *, whole_answers: bool, on_call: OnCall | None = None) -> None:
        """Begin an answer. `whole_answers`: see `StreamTranslator`.

        `on_call`: makes a call that the model wrote as text, or nothing if it was made before. None: such a
        text stays one.
        """
        self.spoke = False
        """Whether text was yielded."""

        self.is_half = False
        """Whether the last message is cut off."""

        self.is_silent = False
        """Whether the last message is empty on purpose: "say nothing when it worked"."""

        self._whole_answers = whole_answers
        self._on_call = on_call
        self._thinking_separator = ""

    def say(self, message: OutputItem, text: str) -> Iterator[TextDelta]:
        """Yield a further piece of a message, unless only whole messages count."""
        message.text += (text := printable(text))
        if not self._whole_answers:
            yield from self._pieces(message, message.thoughts.feed(text))

    def say_rest(self, message: OutputItem, text: str) -> Iterator[TextDelta]:
        """Yield what was not heard yet of the whole text of a message."""
        yield from self.say(message, _rest(printable(text), message.text))

    def done(self, message: OutputItem, item: Item) -> Iterator[TextDelta]:
        """Yield the rest of a message that is done.

        Raises `OpenAIRequestError` if only whole messages count, and the model refuses.
        """
        text = _text(item)
        if not self._whole_answers:
            yield from self.say_rest(message, text)
            yield from self.close(message)
        elif _is_refusal(item):
            raise OpenAIRequestError.of(FailureKind.REFUSED, "refusal")
        elif message.reported is None and _is_answer(item):
            yield from self._pieces(message, split_whole(text))
            yield from self._end(message)
        self.is_half = item.get("status") == "incomplete"
        self.is_silent = not text.strip() and item.get("status") == "completed"

    def close(self, message: OutputItem) -> Iterator[TextDelta]:
        """Yield the text that is held back of a message, and the calls in it: nothing follows it."""
        yield from self._pieces(message, message.thoughts.finish())
        yield from self._end(message)

    def never_done(self, message: OutputItem) -> Iterator[TextDelta]:
        """Yield a message that was only reported in pieces, if only whole messages count."""
        if self._whole_answers:
            yield from self._pieces(message, split_whole(message.text))
            yield from self._end(message)

    def think(self, text: str) -> Iterator[TextDelta]:
        """Yield a piece of reasoning."""
        if text := printable(text):
            separator, self._thinking_separator = self._thinking_separator, ""
            yield {"thinking_content": separator + text}

    def show(self, activity: str) -> Iterator[TextDelta]:
        """Yield what the model is doing, apart from its reasoning."""
        self.end_thought()
        yield from self.think(activity)
        self.end_thought()

    def reasoning_done(self, reasoning: OutputItem, item: Item) -> Iterator[TextDelta]:
        """Yield reasoning that was not reported in pieces."""
        if not reasoning.text:
            parts = item.get("summary") or item.get("content") or ()
            reasoning.text = BETWEEN.join(part.get("text") or "" for part in parts)
            yield from self.think(reasoning.text)
        if reasoning.text:
            self.end_thought()

    def end_thought(self) -> None:
        """Separate the reasoning that follows from what came before."""
        self._thinking_separator = BETWEEN

    def _pieces(self, message: OutputItem, pieces: Iterable[Piece]) -> Iterator[TextDelta]:
        for kind, text in pieces:
            if kind == "thought":
                yield from self.think(text)
            else:
                yield from self._words(message, message.calls.feed(text) if self._on_call else text)

    def _end(self, message: OutputItem) -> Iterator[TextDelta]:
        """Yield what the end of a message decides: whether the rest of it is words, or calls."""
        words, calls = message.calls.finish()
        yield from self._words(message, words)
        for name, arguments in calls:
            if self._on_call and (call := self._on_call(name, arguments)):
                yield {"tool_calls": [call]}

    def _words(self, message: OutputItem, words: str) -> Iterator[TextDelta]:
        if words:
            separator = BETWEEN if self.spoke and not message.is_heard else ""
            self.spoke = message.is_heard = True
            yield {"content": separator + words}


def _text(message: Item) -> str:
    """Return the words of a message, also those of a refusal."""
    parts = message.get("content") or ()
    return printable("".join(part.get("text") or part.get("refusal") or "" for part in parts))


def _rest(text: str, heard: str) -> str:
    """Return what follows the part of a message that was heard. White space at its start does not matter."""
    text, heard = text.lstrip(), heard.lstrip()
    return text.removeprefix(heard) if text.startswith(heard) else ""


def _is_refusal(message: Item) -> bool:
    parts = message.get("content") or ()
    return any(part.get("type") == "refusal" for part in parts)


def _is_answer(message: Item) -> bool:
    """Whether a message is an answer: not a comment on the way to it, and not half of it."""
    return message.get("phase") != "commentary" and message.get("status") != "incomplete"
