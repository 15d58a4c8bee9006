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
Source: the event types of the SDK and OpenAI's streaming guide; servers differ in what they leave
out, so nothing but the type of an event is taken for granted.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, ClassVar, Final, Literal, NoReturn

import orjson

from homeassistant.components.conversation import (
    AssistantContentDeltaDict,
    ToolResultContentDeltaDict,
)
from homeassistant.helpers import llm
from homeassistant.util.ulid import ulid_now

from ..openai_api.classify import classify_event
from ..openai_api.errors import FailureKind, OpenAIRequestError
from .input_items import Item, NativeItems

type Event = dict[str, Any]
type Delta = AssistantContentDeltaDict | ToolResultContentDeltaDict
type End = Literal["completed", "incomplete"]

BETWEEN_MESSAGES: Final = "\n\n"

_MAY_BE_NULL: Final = frozenset({"code", "outputs"})
"""What a call of the code interpreter must have when it is sent back; other fields are left out."""


class StreamTranslator:
    """Translates the events of one response; what the loop needs to know is read from it afterwards."""

    def __init__(self, *, origin: str, tool_names: Mapping[str, str], whole_answers: bool = False) -> None:
        """Translate for `origin` (see `NativeItems`); `tool_names`: offered name → Assist's name.

        `whole_answers`: nobody listens, and what comes is used as it is. So half an answer is none, nor
        is a comment on the way to it, nor a refusal.
        """
        self.spoke = False
        """Text has been handed on: the request cannot be repeated unheard."""

        self.called = False
        """A tool was called: the request must not be repeated."""

        self.failure: OpenAIRequestError | None = None
        """What broke the answer off after the user had heard some of it."""

        self.end: End | None = None
        self.usage: Mapping[str, Any] = {}
        self._origin = origin
        self._whole_answers = whole_answers
        self._tool_names = tool_names
        self._items: list[tuple[int, Item]] = []
        self._arguments: dict[Any, str] = {}
        self._calls: set[str] = set()
        self._refused_calls: list[tuple[llm.ToolInput, str]] = []
        self._separator = ""
        self._thinking_separator = ""
        self._message_spoke = False
        self._silent_message = False
        self._started = False

    def feed(self, event: Event) -> Iterator[Delta]:
        """Yield the deltas of one event. Raises `OpenAIRequestError` for a failure that the stream tells."""
        if handler := self._HANDLERS.get(event.get("type", "")):
            try:
                yield from self._opened(handler(self, event))
            except (AttributeError, KeyError, TypeError) as err:
                raise _failed(FailureKind.SERVER, f"{event['type']} is malformed: {err!r}") from err

    def break_off(self, err: OpenAIRequestError) -> None:
        """End an answer before its end. Raises the error if nothing of it was heard or done.

        A tool that was called is running: the turn goes on from its result, for it must not run twice.
        """
        if not self.spoke and not self.called:
            raise err
        if not self.called:
            self.failure = err

    def finish(self) -> Iterator[Delta]:
        """Yield what follows the last event. Raises `OpenAIRequestError` if there was no answer in it."""
        yield from self._opened(self._closing())

    def _opened(self, deltas: Iterable[Delta]) -> Iterator[Delta]:
        for delta in deltas:
            if not self._started:
                self._started = True
                yield {"role": "assistant"}
            yield delta

    def _closing(self) -> Iterator[Delta]:
        items = self._replayable_items()
        # some compatible servers send every item and no terminal event
        ends_with_words = bool(self._items) and self._items[-1][1].get("type") == "message"
        if self.end is None and not ends_with_words and not self.failure:
            self.break_off(_failed(FailureKind.CONNECTION, "the stream ended early"))
        if self.failure:
            return
        if self.end == "incomplete" and self.spoke and not self.called:
            if self._whole_answers:
                raise _failed(FailureKind.INCOMPLETE, "half an answer")
            yield {"content": "…"}
        elif not self.spoke and not self.called:
            if not self._silent_message:
                kind = FailureKind.INCOMPLETE if self.end == "incomplete" else FailureKind.NO_ANSWER
                raise _failed(kind, "a response without an answer")
            yield {"content": ""}
        if items:
            yield {"native": NativeItems(self._origin, items)}
        for call, reason in self._refused_calls:
            yield {
                "role": "tool_result",
                "tool_call_id": call.id,
                "tool_name": call.tool_name,
                "result": llm.ToolResult(data={"error": reason}, error=True),
            }

    def _keep(self, event: Event, item: Item) -> None:
        index = event.get("output_index")
        self._items.append((index if isinstance(index, int) else len(self._items), item))

    def _replayable_items(self) -> tuple[Item, ...]:
        items = [item for _, item in sorted(self._items, key=itemgetter(0))]
        # reasoning without what it led to is refused
        while items and items[-1].get("type") == "reasoning":
            items.pop()
        return tuple(items)

    # one method an event type

    def _on_text(self, event: Event) -> Iterable[Delta]:
        return () if self._whole_answers else self._speak(event.get("delta"))

    def _speak(self, text: str | None) -> Iterable[Delta]:
        if not text:
            return ()
        delta: Delta = {"content": self._separator + text}
        self._separator = ""
        self.spoke = self._message_spoke = True
        return (delta,)

    def _on_thinking(self, event: Event) -> Iterable[Delta]:
        if not (text := event.get("delta")):
            return ()
        separator, self._thinking_separator = self._thinking_separator, ""
        return ({"thinking_content": separator + text},)

    def _on_thinking_done(self, _event: Event) -> Iterable[Delta]:
        self._thinking_separator = BETWEEN_MESSAGES
        return ()

    def _on_arguments(self, event: Event) -> Iterable[Delta]:
        # some compatible servers leave them out of the item that follows
        for key in (event.get("item_id"), event.get("output_index")):
            self._arguments[key] = event.get("arguments") or ""
        return ()

    def _on_item_done(self, event: Event) -> Iterable[Delta]:
        item: Item = {
            key: value
            for key, value in (event.get("item") or {}).items()
            if value is not None or key in _MAY_BE_NULL
        }
        match item.get("type"):
            case "message":
                return self._on_message(event, item)
            case "function_call":
                return self._on_call(event, item)
            case None:
                return ()
        self._keep(event, item)
        return ()

    def _on_message(self, event: Event, item: Item) -> Iterable[Delta]:
        self._keep(event, item)
        if self._whole_answers and not _is_whole_answer(item):
            return ()
        text = "".join(part.get("text") or part.get("refusal") or "" for part in item.get("content") or ())
        # A message that is empty on purpose: an instruction such as "say nothing when it worked".
        self._silent_message = not text and item.get("status") == "completed"
        deltas = () if self._message_spoke else self._speak(text)
        self._message_spoke = False
        self._separator = BETWEEN_MESSAGES if self.spoke else ""
        return deltas

    def _on_call(self, event: Event, item: Item) -> Iterable[Delta]:
        if item.get("status", "completed") != "completed":
            return ()  # cut off: it must not run
        call_id = item.get("call_id") or f"call_{ulid_now()}"
        if call_id in self._calls:
            return ()
        told = [self._arguments.pop(key, "") for key in {item.get("id"), event.get("output_index")}]
        arguments = item.get("arguments") or max(told)
        call = self._tool_input(call_id, item.get("name", ""), arguments)
        self._calls.add(call_id)
        self._keep(event, {**item, "call_id": call_id, "arguments": arguments})
        self.called = True
        return ({"tool_calls": [call]},)

    def _tool_input(self, call_id: str, name: str, arguments: str) -> llm.ToolInput:
        """Return the call; one that cannot be made is answered by us, so that the model can mend it."""
        reason = None
        args: Any = {}
        try:
            args = orjson.loads(arguments or "{}")
        except orjson.JSONDecodeError:
            reason = "the arguments are not valid JSON"
        if not isinstance(args, dict):
            args, reason = {}, "the arguments are not a JSON object"
        if name not in self._tool_names:
            reason = f"there is no tool named {name}"
        call = llm.ToolInput(
            id=call_id,
            tool_name=self._tool_names.get(name, name),
            tool_args=args,
            external=reason is not None,
        )
        if reason:
            self._refused_calls.append((call, reason))
        return call

    def _on_end(self, event: Event) -> Iterable[Delta]:
        response = event.get("response") or {}
        self.usage = response.get("usage") or {}
        self.end = "completed" if event["type"] == "response.completed" else "incomplete"
        if (response.get("incomplete_details") or {}).get("reason") == "content_filter":
            raise _failed(FailureKind.REFUSED, "content_filter")
        # some compatible servers tell calls, or everything, here only
        nothing_told, no_call_told = not self._items and not self.spoke, not self._calls
        return [
            delta
            for index, item in enumerate(response.get("output") or ())
            if nothing_told or (no_call_told and item.get("type") == "function_call")
            for delta in self._on_item_done({"item": item, "output_index": index})
        ]

    def _on_failed(self, event: Event) -> NoReturn:
        response = event.get("response") or {}
        self.usage = response.get("usage") or {}
        raise OpenAIRequestError(classify_event(response.get("error") or {}))

    def _on_error(self, event: Event) -> NoReturn:
        # flat as documented, or nested as the HTTP errors are
        error = event.get("error")
        raise OpenAIRequestError(classify_event(error if isinstance(error, dict) else event))

    _HANDLERS: ClassVar[Mapping[str, Callable[[StreamTranslator, Event], Iterable[Delta]]]] = {
        "response.output_text.delta": _on_text,
        "response.refusal.delta": _on_text,
        "response.reasoning_summary_text.delta": _on_thinking,
        "response.reasoning_text.delta": _on_thinking,
        "response.reasoning_summary_text.done": _on_thinking_done,
        "response.function_call_arguments.done": _on_arguments,
        "response.output_item.done": _on_item_done,
        "response.completed": _on_end,
        "response.incomplete": _on_end,
        "response.failed": _on_failed,
        "error": _on_error,
    }


def _is_whole_answer(message: Item) -> bool:
    """Whether a message says what was asked for. Raises `OpenAIRequestError` if it says no."""
    if any(part.get("type") == "refusal" for part in message.get("content") or ()):
        raise _failed(FailureKind.REFUSED, "refusal")
    return message.get("phase") != "commentary" and message.get("status") != "incomplete"


def _failed(kind: FailureKind, detail: str) -> OpenAIRequestError:
    return OpenAIRequestError.of(kind, detail)


TRANSLATED: Final[Container[str]] = frozenset(StreamTranslator._HANDLERS)  # noqa: SLF001
"""The event types that matter here: all others need not be parsed."""

LAST: Final[Container[str]] = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "error"}
)
"""The event types that end a stream."""
