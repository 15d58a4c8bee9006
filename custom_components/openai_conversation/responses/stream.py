"""Events of a response → deltas of the chat log.

A typical stream, and what becomes of it:

    response.created                        -
    response.output_item.added  reasoning   -
    response.output_item.done   reasoning   kept, to be sent back
    response.output_item.added  message     {"role": "assistant"}
    response.output_text.delta  "Tur" …     {"content": "Tur"} …
    response.output_item.done   message     kept
    response.output_item.done   function_call   {"tool_calls": [ToolInput]}: Home Assistant runs it now
    response.completed                      {"native": NativeItems}

One response becomes one message of the chat log: several calls in one message run side by side.
Source: the event types of the SDK and OpenAI's streaming guide; servers differ in what they leave
out, so nothing but the type of an event is taken for granted.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, Literal, NoReturn

import orjson

from homeassistant.components.conversation import (
    AssistantContentDeltaDict,
    ToolResultContentDeltaDict,
)
from homeassistant.helpers import llm
from homeassistant.util.ulid import ulid_now

from ..openai_api.errors import Failure, FailureKind, OpenAIRequestError, classify_event
from .input_items import Item, NativeItems

type Event = dict[str, Any]
type Delta = AssistantContentDeltaDict | ToolResultContentDeltaDict
type End = Literal["completed", "incomplete"]

BETWEEN_MESSAGES: Final = "\n\n"


class StreamTranslator:
    """Translates the events of one response; what the loop needs to know is read from it afterwards."""

    def __init__(self, *, source: str, tool_names: Mapping[str, str], request_id: str | None = None) -> None:
        """Translate for `source` (see `NativeItems`); `tool_names`: offered name → Assist's name."""
        self.request_id = request_id
        self.spoke = False
        """Text has been handed on: the request cannot be repeated unheard."""

        self.called = False
        """A tool was called: the request must not be repeated."""

        self.end: End | None = None
        self.usage: Mapping[str, Any] = {}
        self._source = source
        self._tool_names = tool_names
        self._items: list[Item] = []
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
            yield from self._opened(handler(self, event))

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
        if self.end is None and not self._is_complete_without_end:
            raise self._failed(FailureKind.CONNECTION, "the stream ended early")
        if self.end == "incomplete" and self.spoke and not self.called:
            yield {"content": "…"}
        elif not self.spoke and not self.called:
            if not self._silent_message:
                kind = FailureKind.INCOMPLETE if self.end == "incomplete" else FailureKind.NO_ANSWER
                raise self._failed(kind, "a response without an answer")
            yield {"content": ""}
        if items := self._replayable_items():
            yield {"native": NativeItems(self._source, items)}
        for call, reason in self._refused_calls:
            result = llm.ToolResult(data={"error": reason}, error=True)
            yield {
                "role": "tool_result",
                "tool_call_id": call.id,
                "tool_name": call.tool_name,
                "result": result,
            }

    @property
    def _is_complete_without_end(self) -> bool:
        # some compatible servers send every item and no terminal event
        return bool(self._items) and (self.called or self._items[-1].get("type") == "message")

    def _replayable_items(self) -> tuple[Item, ...]:
        items = list(self._items)
        # reasoning without what it led to is refused
        while items and items[-1].get("type") == "reasoning":
            items.pop()
        return tuple(items)

    def _failed(self, kind: FailureKind, detail: str) -> OpenAIRequestError:
        return OpenAIRequestError(Failure(kind=kind, detail=detail, request_id=self.request_id))

    # one method an event type

    def _on_item_added(self, event: Event) -> Iterable[Delta]:
        if (event.get("item") or {}).get("type") == "message":
            self._message_spoke = False
            self._separator = BETWEEN_MESSAGES if self.spoke else ""
        return ()

    def _on_text(self, event: Event) -> Iterable[Delta]:
        return self._speak(event.get("delta"))

    def _speak(self, text: str | None) -> Iterable[Delta]:
        if not text:
            return ()
        separator, self._separator = self._separator, ""
        self.spoke = self._message_spoke = True
        return ({"content": separator + text},)

    def _on_thinking(self, event: Event) -> Iterable[Delta]:
        if not (text := event.get("delta")):
            return ()
        separator, self._thinking_separator = self._thinking_separator, ""
        return ({"thinking_content": separator + text},)

    def _on_thinking_done(self, _event: Event) -> Iterable[Delta]:
        self._thinking_separator = BETWEEN_MESSAGES
        return ()

    def _on_item_done(self, event: Event) -> Iterable[Delta]:
        item: Item = {key: value for key, value in (event.get("item") or {}).items() if value is not None}
        match item.get("type"):
            case "message":
                return self._on_message(item)
            case "function_call":
                return self._on_call(item)
            case None:
                return ()
        self._items.append(item)
        return ()

    def _on_message(self, item: Item) -> Iterable[Delta]:
        self._items.append(item)
        text = "".join(part.get("text") or part.get("refusal") or "" for part in item.get("content") or ())
        # A message that is empty on purpose: an instruction such as "say nothing when it worked".
        self._silent_message = not text and item.get("status") == "completed"
        return () if self._message_spoke else self._speak(text)

    def _on_call(self, item: Item) -> Iterable[Delta]:
        if item.get("status", "completed") != "completed":
            return ()  # cut off: it must not run
        call_id = item.get("call_id") or f"call_{ulid_now()}"
        if call_id in self._calls:
            return ()
        self._calls.add(call_id)
        self.called = True
        self._items.append({**item, "call_id": call_id})
        return ({"tool_calls": [self._tool_input(call_id, item.get("name", ""), item.get("arguments"))]},)

    def _tool_input(self, call_id: str, name: str, arguments: str | None) -> llm.ToolInput:
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
            raise self._failed(FailureKind.REFUSED, "content_filter")
        # some compatible servers name calls here only
        return [
            delta
            for item in response.get("output") or ()
            if item.get("type") == "function_call" and item.get("call_id") not in self._calls
            for delta in self._on_call(item)
        ]

    def _on_failed(self, event: Event) -> NoReturn:
        response = event.get("response") or {}
        self.usage = response.get("usage") or {}
        raise OpenAIRequestError(classify_event(response.get("error") or {}, self.request_id))

    def _on_error(self, event: Event) -> NoReturn:
        # flat as documented, or nested as the HTTP errors are
        error = event.get("error") if isinstance(event.get("error"), dict) else event
        raise OpenAIRequestError(classify_event(error or {}, self.request_id))

    _HANDLERS: ClassVar[Mapping[str, Callable[[StreamTranslator, Event], Iterable[Delta]]]] = {
        "response.output_item.added": _on_item_added,
        "response.output_text.delta": _on_text,
        "response.refusal.delta": _on_text,
        "response.reasoning_summary_text.delta": _on_thinking,
        "response.reasoning_text.delta": _on_thinking,
        "response.reasoning_summary_text.done": _on_thinking_done,
        "response.output_item.done": _on_item_done,
        "response.completed": _on_end,
        "response.incomplete": _on_end,
        "response.failed": _on_failed,
        "error": _on_error,
    }


TRANSLATED: Final[Container[str]] = frozenset(StreamTranslator._HANDLERS)  # noqa: SLF001
"""The event types that matter here: all others need not be parsed."""

LAST: Final[Container[str]] = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "error"}
)
"""The event types that end a stream."""
