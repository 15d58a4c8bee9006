"""Faults in the answer: one small function each.

Facts: OpenAI API reference, "Streaming events". `quirky` is what compatible servers were seen to send.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
import json
from typing import Any

from .events import Event, EventLog, events_for
from .items import FunctionCall, Message, PlannedItem
from .refusals import Fault
from .request_view import Body


class Ending(Enum):
    """How a stream ends after its last event."""

    PROPER = "proper"
    STALL = "stall"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Script:
    """A stream to play: after `wait` seconds the events, then the ending."""

    events: list[Event]
    ending: Ending = Ending.PROPER
    wait: float = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """A request and the answer planned for it."""

    body: Body
    items: Sequence[PlannedItem]
    usage: dict[str, Any]

    def play(self) -> Script:
        """Return the script of the answer as planned."""
        return Script(events_for(self.body, self.items, self.usage))

    def play_instead(self, *items: PlannedItem) -> Script:
        """Return the script of another answer."""
        return replace(self, items=items).play()

    def until_the_middle(self) -> EventLog:
        """Return the planned events up to the middle delta."""
        log = EventLog(self.body, self.usage)
        log.begin()
        log.add_items(self.items)
        deltas = [index for index, event in enumerate(log.events) if "delta" in event]
        del log.events[deltas[len(deltas) // 2] + 1 :]
        log.response["output"] = []
        return log


def slow(scene: Scene, fault: Fault) -> Script:
    """The first byte comes late."""
    return replace(scene.play(), wait=fault.seconds)


def stall(scene: Scene, _: Fault) -> Script:
    """The stream stops in the middle and the connection stays open."""
    return Script(scene.until_the_middle().events, Ending.STALL)


def cut(scene: Scene, _: Fault) -> Script:
    """The connection breaks in the middle."""
    return Script(scene.until_the_middle().events, Ending.CUT)


def error_event(scene: Scene, _: Fault) -> Script:
    """An error event replaces the rest."""
    log = scene.until_the_middle()
    error = {"code": "server_error", "message": "The server had an error.", "param": None}
    return Script([*log.events, {"type": "error", "sequence_number": len(log.events), **error}])


def failed_event(scene: Scene, _: Fault) -> Script:
    """The response fails in the middle."""
    log = scene.until_the_middle()
    log.end("failed", error={"code": "server_error", "message": "The model failed to generate a response."})
    return Script(log.events)


def incomplete(scene: Scene, _: Fault) -> Script:
    """The answer grew longer than max_output_tokens."""
    log = EventLog(scene.body, scene.usage)
    log.begin()
    log.add_items([*scene.items[:-1], _first_half(scene.items[-1])])
    log.end("incomplete", incomplete_details={"reason": "max_output_tokens"})
    return Script(log.events)


def _first_half(item: PlannedItem) -> PlannedItem:
    match item:
        case Message(text=text):
            return replace(item, text=text[: len(text) // 2], complete=False)
        case FunctionCall(arguments=arguments):
            return replace(item, arguments=arguments[: len(arguments) // 2], complete=False)
    return item


def bad_arguments(scene: Scene, _: Fault) -> Script:
    """The model writes a call whose arguments are not JSON."""
    names = [tool["name"] for tool in scene.body.get("tools") or () if tool["type"] == "function"]
    return scene.play_instead(FunctionCall((names or ["HassTurnOn"])[0], '{"name": "Kitchen Light", "doma'))


def unknown_tool(scene: Scene, _: Fault) -> Script:
    """The model calls a tool that does not exist."""
    return scene.play_instead(FunctionCall("HassMakeCoffee", '{"cups": 2}'))


def unknown_event(scene: Scene, _: Fault) -> Script:
    """OpenAI has added an event and an output item."""
    log = EventLog(scene.body, scene.usage)
    log.begin()
    log.add("telepathy.started", strength="strong")
    item = {"id": "tp_1", "type": "telepathy_call", "status": "completed", "thought": "kitchen"}
    log.add_item({**item, "status": "in_progress"}, item)
    log.add_items(scene.items)
    log.end()
    return Script(log.events)


def no_terminal(scene: Scene, _: Fault) -> Script:
    """The stream ends without a terminal event."""
    return Script(scene.play().events[:-1])


def empty(scene: Scene, _: Fault) -> Script:
    """The model answers nothing."""
    return scene.play_instead()


def refusal(scene: Scene, _: Fault) -> Script:
    """The model refuses."""
    return scene.play_instead(Message("I'm sorry, but I can't help with that.", refusal=True))


def quirky(scene: Scene, _: Fault) -> Script:
    """A compatible server: no sequence numbers, no item IDs, arguments in one piece, no usage."""
    events = json.loads(json.dumps([e for e in scene.play().events if "arguments.delta" not in e["type"]]))
    for event in events:
        for key in ("sequence_number", "output_index", "item_id", "obfuscation"):
            event.pop(key, None)
        event.get("item", {}).pop("id", None)
        event.get("response", {}).pop("usage", None)
    return Script(events)


MISHAPS: dict[str, Callable[[Scene, Fault], Script]] = {
    "slow": slow,
    "stall": stall,
    "cut": cut,
    "error_event": error_event,
    "failed_event": failed_event,
    "incomplete": incomplete,
    "bad_arguments": bad_arguments,
    "unknown_tool": unknown_tool,
    "unknown_event": unknown_event,
    "no_terminal": no_terminal,
    "empty": empty,
    "refusal": refusal,
    "quirky": quirky,
}
"""Faults of responses; `slow` also delays the other paths."""
