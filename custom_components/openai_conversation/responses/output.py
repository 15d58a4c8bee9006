"""The items of an answer, told apart, whatever a server leaves out, changes, or repeats.

A server reports an item up to three times: in deltas, when the item is done, and in the last event; some
servers only once. OpenAI gives each item an index and an id, and each function call a `call_id`. Servers
were seen that leave out the index (llama.cpp), use another id in every event (GitHub Copilot) or in the
last event (vLLM), and give two calls the same `call_id` (llama.cpp with GLM models).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..text.thoughts import Habits, ThoughtSplitter
from .input_items import Item
from .written_calls import CallFinder

type Event = dict[str, Any]

CALL: Final = "function_call"
MESSAGE: Final = "message"
REASONING: Final = "reasoning"

MAX_ITEMS: Final = 1000
"""Items of one answer: far more than a model writes, and few enough to compare each with each."""

_MAY_BE_NULL: Final = frozenset({"code", "outputs"})
"""Fields that a replayed call of the code interpreter must have. Other null fields are dropped."""


@dataclass(slots=True, kw_only=True, eq=False)
class OutputItem:
    """One item, and what was reported of it so far."""

    type: str
    id: str | None = None
    index: int | None = None
    text: str = ""
    """The joined deltas: the words of a message, the text of reasoning, or the arguments of a call."""

    begun: Item = field(default_factory=dict)
    """What is known of a call before it is done."""

    reported: Item | None = None
    """The item as the server reported it, once it is done."""

    kept: Item | None = None
    """The item as it is sent back."""

    thoughts: ThoughtSplitter = field(default_factory=ThoughtSplitter)
    calls: CallFinder = field(default_factory=CallFinder)
    is_heard: bool = False
    """Whether words of this message have been handed on."""

    def may_be_at(self, index: int | None, item_id: str | None) -> bool:
        """Whether an event with this index and id may be about this item."""
        if index is not None and self.index is not None:
            return index == self.index
        # calls may be interleaved; other items come one after the other
        return self.type != CALL or None in (item_id, self.id) or item_id == self.id

    def is_at(self, index: int | None, item_id: str | None) -> bool:
        """Whether an index or an id says that an event is about this item."""
        if None not in (index, self.index):
            return index == self.index
        return item_id is not None and item_id == self.id

    def is_repeated_by(self, index: int | None, item: Item) -> bool:
        """Whether an item that is done repeats this one, and is not a new one with the same content."""
        reported = self.reported or {}
        if None not in (index, self.index) and index != self.index:
            return False
        if self.type == CALL:
            keys = ("id", "call_id", "name", "arguments")
            return all(item[key] == reported[key] for key in keys if item.get(key) and reported.get(key))
        item_id = item.get("id")
        return item_id == self.id if item_id and self.id else item == reported

    def likeness(self, index: int, item: Item) -> tuple[bool, bool, bool]:
        """Return how similar an item of the last event is to this one. The greatest is the most similar."""
        parts = ("name", "arguments") if self.type == CALL else ("content", "summary")
        return (
            self.id is not None and item.get("id") == self.id,
            self.reported is not None and all(item.get(part) == self.reported.get(part) for part in parts),
            index == self.index,
        )


class Output:
    """The items of one answer, in the order in which they were first reported."""

    def __init__(self, habits: Habits | None = None) -> None:
        """Begin an answer of a model with these habits."""
        self._habits = habits or Habits()
        self._items: list[OutputItem] = []

    def begin(self, event: Event, item: Item) -> OutputItem:
        """Return the item that begins with this event."""
        kind, index, item_id = item["type"], _index(event), _id(item, "id")
        known = (each for each in self.open(kind) if each.is_at(index, item_id))
        return next(known, None) or self._add(kind, index, item_id)

    def part_of(self, event: Event, kind: str) -> OutputItem:
        """Return the item of this type that an event reports a part of."""
        index, item_id = _index(event), _id(event, "item_id")
        return self._open(kind, index, item_id) or self._add(kind, index, item_id)

    def done(self, event: Event, item: Item) -> OutputItem:
        """Return the item that this event reports as done. It has been `reported` if it was done before."""
        kind, index = item["type"], _index(event)
        item_id = _id(item, "id") or _id(event, "item_id")
        if found := self._open(kind, index, item_id):
            return found
        done_before = (each for each in self._items if each.type == kind and each.reported)
        repeated = (each for each in done_before if each.is_repeated_by(index, item))
        return next(repeated, None) or self._add(kind, index, item_id)

    def last(self, output: Sequence[Item]) -> Iterator[tuple[OutputItem, Item]]:
        """Yield each item of the last event, and the item that it was reported as before.

        Each is matched with the most similar earlier item of its type, and only an item without a match is
        new. It is better to lose a word than to switch a light twice.
        """
        pairs = [
            (known.likeness(index, item), known, index)
            for index, item in enumerate(output)
            for known in self._items
            if known.type == item.get("type")
        ]
        matches: dict[int, OutputItem] = {}
        matched: set[OutputItem] = set()
        for _, known, index in sorted(pairs, key=itemgetter(0), reverse=True):
            if index not in matches and known not in matched:
                matches[index] = known
                matched.add(known)
        for index, item in enumerate(output):
            known = matches.get(index) or self._add(item["type"], index, _id(item, "id"))
            known.index = index
            yield known, item

    def open(self, kind: str) -> list[OutputItem]:
        """Return the items of a type that are not done."""
        return [each for each in self._items if each.type == kind and each.reported is None]

    @property
    def is_done(self) -> bool:
        """Whether all items are done, and the last one is a message: the answer is complete."""
        return (
            bool(self._items)
            and self._items[-1].type == MESSAGE
            and all(each.reported for each in self._items)
        )

    @property
    def replayable(self) -> tuple[Item, ...]:
        """The items to send back, in their order. OpenAI refuses reasoning that no other item follows."""
        order = sorted(
            enumerate(self._items), key=lambda place: place[0] if place[1].index is None else place[1].index
        )
        items = [each.kept for _, each in order if each.kept]
        while items and items[-1].get("type") == REASONING:
            items.pop()
        if all(item["type"] in (CALL, MESSAGE) for item in items):
            items = [_plain(item) for item in items]
        return tuple(items)

    def _open(self, kind: str, index: int | None, item_id: str | None) -> OutputItem | None:
        return next((each for each in reversed(self.open(kind)) if each.may_be_at(index, item_id)), None)

    def _add(self, kind: str, index: int | None, item_id: str | None) -> OutputItem:
        if len(self._items) >= MAX_ITEMS:
            raise OpenAIRequestError.of(FailureKind.ANSWER_TOO_LARGE, "too many items")
        thoughts = ThoughtSplitter(self._habits)
        item = OutputItem(type=kind, index=index, id=item_id, thoughts=thoughts)
        self._items.append(item)
        return item


def _index(event: Event) -> int | None:
    index = event.get("output_index")
    return index if isinstance(index, int) else None


def _id(data: Item, key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def _plain(item: Item) -> Item:
    """Return a message as its words. Without reasoning beside it, OpenAI needs no more of it.

    A long chat sends its messages with every turn, and what else is in them is as long as a sentence.
    """
    parts = item.get("content")
    if item["type"] != MESSAGE or not isinstance(parts, list) or not all(map(_is_words, parts)):
        return item
    words = "".join(part["text"] for part in parts)
    if not words:
        return item
    plain: Item = {"role": "assistant", "content": words}
    return {**plain, "phase": item["phase"]} if "phase" in item else plain


def _is_words(part: Any) -> bool:
    return (
        isinstance(part, dict)
        and part.get("type") == "output_text"
        and isinstance(part.get("text"), str)
        and not part.get("annotations")
    )


def kept(item: Item) -> Item:
    """Return an item as it is sent back: without null fields, and without the images of a program."""
    result = {key: value for key, value in item.items() if value is not None or key in _MAY_BE_NULL}
    if item["type"] == "code_interpreter_call":
        outputs = item.get("outputs") or ()
        # 100 kB each, and the model has seen them
        result["outputs"] = [output for output in outputs if output.get("type") != "image"] or None
    return result
