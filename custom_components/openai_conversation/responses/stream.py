"""Events of a response → deltas of the chat log.

A typical stream, and what becomes of it:

    response.created                        -
    response.output_item.added  reasoning   -
    response.output_item.done   reasoning   kept, to be sent back
    response.output_item.added  message     -
    response.output_text.delta  "Tur" …     {"role": "assistant"}, {"content": "Tur"} …
    response.output_item.done   message     kept
    response.output_item.done   function_call   {"tool_calls": [ToolInput]}: Home Assistant runs it now
    response.completed                      {"native": NativeItems}

One response becomes one message of the chat log: several calls in one message run side by side.
Source: the event types of the SDK and OpenAI's streaming guide. Servers differ in what they leave out and
repeat (see `output.py`), so nothing but the type of an event is taken for granted.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, Literal, NoReturn

from homeassistant.components.conversation import (
    AssistantContentDeltaDict,
    ToolResultContentDeltaDict,
)
from homeassistant.helpers import llm

from ..openai_api.classify import classify_event
from ..openai_api.errors import FailureKind, OpenAIRequestError
from ..text.thoughts import Habits
from .answer_shapes import as_item, as_items, as_object
from .answer_text import AnswerText
from .calls import Calls
from .input_items import Item, NativeItems
from .output import CALL, MESSAGE, REASONING, Event, Output, OutputItem, kept
from .own_words import NO_WORDS, OwnWords

type Delta = AssistantContentDeltaDict | ToolResultContentDeltaDict
type End = Literal["completed", "incomplete"]


class StreamTranslator:
    """Translates the events of one response. Afterwards, its attributes say how the response ended."""

    def __init__(
        self,
        *,
        origin: str,
        tool_names: Mapping[str, str],
        whole_answers: bool = False,
        max_tokens: int | None = None,
        key: str = "",
        own_words: OwnWords = NO_WORDS,
        has_written_calls: bool = False,
        habits: Habits | None = None,
    ) -> None:
        """Translate for `origin` (see `NativeItems`).

        `tool_names`: offered name → Assist's name. `whole_answers`: no user listens, and the answer is used
        as it is, so a part of an answer, an interim comment, or a refusal does not count as an answer.
        `max_tokens`: the requested limit of the answer. `key`: the API key, to be hidden.
        `own_words`: `done` is said for a silent answer, so it must be "" unless tools succeeded.
        `has_written_calls`: the model may write calls as text, see `written_calls.py`.
        `habits`: of the model.
        """
        self.called = False
        """Whether a tool was called: then the request must not be repeated."""

        self.failure: OpenAIRequestError | None = None
        """The failure that ended the answer after the user had heard some of it."""

        self.end: End | None = None
        self.response: Mapping[str, Any] = {}
        """The response object of the last event, with its usage."""

        self._origin = origin
        self._whole_answers = whole_answers
        on_call = self._written_call if has_written_calls and tool_names else None
        self._text = AnswerText(whole_answers=whole_answers, on_call=on_call)
        self._max_tokens = max_tokens
        self._key = key
        self._own_words = own_words
        self._output = Output(habits)
        self._calls = Calls(tool_names)
        self._started = False

    @property
    def spoke(self) -> bool:
        """Whether text was yielded: then the request must not be repeated."""
        return self._text.spoke

    def feed(self, event: Event) -> Iterator[Delta]:
        """Yield the deltas of one event. Raises `OpenAIRequestError` for a failure that it reports."""
        if handler := self._HANDLERS.get(event.get("type", "")):
            try:
                yield from self._opened(handler(self, event))
            except (AttributeError, KeyError, TypeError) as err:
                detail = f"{event['type']} is malformed: {err!r}"
                raise OpenAIRequestError.of(FailureKind.SERVER, detail) from err

    def break_off(self, err: OpenAIRequestError) -> None:
        """End an answer early because of an error. Raises the error if nothing was heard and no tool called.

        No tool runs twice: after a call, the turn continues from its result.
        """
        if not self.spoke and not self.called:
            raise err
        if not self.called:
            self.failure = err

    def finish(self) -> Iterator[Delta]:
        """Yield what follows the last event. Raises `OpenAIRequestError` if the response had no answer."""
        yield from self._opened(self._closing())

    def _opened(self, deltas: Iterable[Delta]) -> Iterator[Delta]:
        for delta in deltas:
            if not self._started:
                self._started = True
                yield {"role": "assistant"}
            yield delta

    def _closing(self) -> Iterator[Delta]:
        # some servers send every item, but no last event
        if self.end is None and not self.failure and not self._output.is_done:
            self.break_off(OpenAIRequestError.of(FailureKind.CONNECTION, "the stream ended early"))
        for message in self._output.open(MESSAGE):
            yield from self._text.close(message)
        if self.failure:
            return
        yield from self._last_words()
        if items := self._output.replayable:
            yield {"native": NativeItems(self._origin, items)}
        yield from self._calls.refusals()

    def _last_words(self) -> Iterator[Delta]:
        """Mark an answer that was cut off. Raises `OpenAIRequestError` if there is no usable answer."""
        if self.called:
            return
        if self.end == "incomplete" and self.spoke:
            if self._whole_answers:
                raise OpenAIRequestError.of(FailureKind.INCOMPLETE, "half an answer")
            yield {"content": "…"}
        elif not self.spoke:
            is_done = self._own_words.done and self.end == "completed"
            if not self._text.is_silent and not is_done:
                kind = FailureKind.INCOMPLETE if self.end == "incomplete" else FailureKind.NO_ANSWER
                raise OpenAIRequestError.of(kind, "a response without an answer")
            yield {"content": self._own_words.done}

    # one method for each event type

    def _on_text(self, event: Event) -> Iterable[Delta]:
        return self._text.say(self._output.part_of(event, MESSAGE), event.get("delta") or "")

    def _on_text_done(self, event: Event) -> Iterable[Delta]:
        if self.spoke and not self._output.open(MESSAGE):
            return ()  # its message is done by now
        text = event.get("text") or event.get("refusal") or ""
        return self._text.say_rest(self._output.part_of(event, MESSAGE), text)

    def _on_thinking(self, event: Event) -> Iterable[Delta]:
        text = event.get("delta") or ""
        self._output.part_of(event, REASONING).text += text
        return self._text.think(text)

    def _on_thinking_done(self, _event: Event) -> Iterable[Delta]:
        self._text.end_thought()
        return ()

    def _on_item_added(self, event: Event) -> Iterable[Delta]:
        if not (item := as_item(event.get("item"))):
            return ()
        if item["type"] in (CALL, MESSAGE):
            self._output.begin(event, item).begun.update(item)
            return ()
        activity = self._own_words.activities.get(item["type"])
        return self._text.show(activity) if activity else ()

    def _on_arguments(self, event: Event) -> Iterable[Delta]:
        call = self._output.part_of(event, CALL)
        call.text += event.get("delta") or ""
        call.begun |= {key: event[key] for key in ("name", "arguments") if event.get(key)}
        return ()

    def _on_item_done(self, event: Event) -> Iterable[Delta]:
        item = as_item(event.get("item"))
        return self._item(self._output.done(event, item), item) if item else ()

    def _item(self, known: OutputItem, item: Item) -> Iterator[Delta]:
        """Yield the deltas of an item that is done. If it is repeated, only new words count."""
        match item["type"]:
            case "message":
                yield from self._text.done(known, item)
            case "function_call":
                if known.reported is None:
                    yield from self._call(known, item)
                return
            case "reasoning":
                yield from self._text.reasoning_done(known, item)
        if known.reported is None:
            known.reported, known.kept = item, kept(item)

    def _call(self, known: OutputItem, item: Item) -> Iterator[Delta]:
        if self._is_cut(item):
            known.begun["status"] = "incomplete"  # so that it does not run
            return
        if call := self._calls.make(known, item):
            self.called = True
            yield {"tool_calls": [call]}

    def _written_call(self, name: str, arguments: Any) -> llm.ToolInput | None:
        item: Item = {"type": CALL, "name": name, "arguments": arguments}
        call = self._calls.make(OutputItem(type=CALL), item, is_written=True)
        self.called = self.called or call is not None
        return call

    def _is_cut(self, call: Item) -> bool:
        # servers have words of their own for "completed", such as "ready"
        status = call.get("status") or "completed"
        return status == "incomplete" or (self.end == "incomplete" and status != "completed")

    def _on_end(self, event: Event) -> Iterator[Delta]:
        response = self.response = as_object(event.get("response"))
        status = response.get("status")
        if status in ("failed", "cancelled"):
            self._on_failed(event)
        is_cut = "incomplete" in (status, event["type"].removeprefix("response.")) or self._used_up(response)
        self.end = "incomplete" if is_cut else "completed"
        if as_object(response.get("incomplete_details")).get("reason") == "content_filter":
            raise OpenAIRequestError.of(FailureKind.REFUSED, "content_filter")
        for known, item in self._output.last(as_items(response.get("output"))):
            yield from self._item(known, item)
        if self._text.is_half:
            self.end = "incomplete"
        if self.end == "completed":
            yield from self._never_done()

    def _used_up(self, response: Mapping[str, Any]) -> bool:
        """Whether the answer reached its limit of tokens: llama.cpp reports that as completed."""
        used = as_object(response.get("usage")).get("output_tokens")
        return bool(self._max_tokens and isinstance(used, int) and used >= self._max_tokens)

    def _never_done(self) -> Iterator[Delta]:
        """Yield the deltas of items that a complete response only reported in parts."""
        for call in self._output.open(CALL):
            if call.begun.get("name") and (call.text or call.begun.get("arguments")):
                yield from self._call(call, {**call.begun, "type": CALL})
        for message in self._output.open(MESSAGE):
            yield from self._text.never_done(message)

    def _on_failed(self, event: Event) -> NoReturn:
        self.response = as_object(event.get("response"))
        raise OpenAIRequestError(classify_event(self.response.get("error"), key=self._key))

    def _on_error(self, event: Event) -> NoReturn:
        # flat as documented, or nested as the HTTP errors are
        raise OpenAIRequestError(classify_event(event.get("error") or event, key=self._key))

    _HANDLERS: ClassVar[Mapping[str, Callable[[StreamTranslator, Event], Iterable[Delta]]]] = {
        "response.output_text.delta": _on_text,
        "response.refusal.delta": _on_text,
        "response.output_text.done": _on_text_done,
        "response.refusal.done": _on_text_done,
        "response.reasoning_summary_text.delta": _on_thinking,
        "response.reasoning_text.delta": _on_thinking,
        "response.reasoning_summary_text.done": _on_thinking_done,
        "response.function_call_arguments.delta": _on_arguments,
        "response.function_call_arguments.done": _on_arguments,
        "response.output_item.added": _on_item_added,
        "response.output_item.done": _on_item_done,
        "response.completed": _on_end,
        "response.incomplete": _on_end,
        "response.failed": _on_failed,
        "error": _on_error,
    }


TRANSLATED: Final[Container[str]] = frozenset(StreamTranslator._HANDLERS)  # noqa: SLF001
"""The event types that are translated. Others need not be parsed."""

LAST: Final[Container[str]] = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "error"}
)
"""The event types that end a stream."""
