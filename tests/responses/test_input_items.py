"""The chat log as OpenAI reads it."""

from datetime import UTC, datetime
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from custom_components.openai_conversation.responses.input_items import (
    Item,
    NativeItems,
    OwnSentence,
    input_items,
)
from custom_components.openai_conversation.responses.tools import wire_name
from homeassistant.components.conversation import (
    AssistantContent,
    Attachment,
    Content,
    SystemContent,
    ToolResultContent,
    UserContent,
)
from homeassistant.helpers import llm

US = "agent:gpt-6-luna"
PHOTO = Path("photo.png")
INTERRUPTED = json.dumps({"error": "interrupted, result unknown"}, separators=(",", ":"))


def user(text: str, *paths: Path) -> UserContent:
    files = [Attachment(media_content_id=f"media-source://{path}", mime_type="", path=path) for path in paths]
    return UserContent(content=text, attachments=files or None)


def call(call_id: str, name: str = "HassTurnOn", **arguments: Any) -> llm.ToolInput:
    return llm.ToolInput(id=call_id, tool_name=name, tool_args=arguments)


def assistant(text: str | None = None, *calls: llm.ToolInput, **more: Any) -> AssistantContent:
    return AssistantContent(agent_id="conversation.us", content=text, tool_calls=list(calls) or None, **more)


def result(call_id: str, data: dict[str, Any] | None = None, *, error: bool = False) -> ToolResultContent:
    return ToolResultContent(
        agent_id="conversation.us",
        tool_call_id=call_id,
        tool_name="HassTurnOn",
        result=llm.ToolResult(data=data or {}, error=error),
    )


def native(*items: Item, origin: str = US) -> NativeItems:
    return NativeItems(origin, items)


def said(role: str, content: Any) -> Item:
    return {"type": "message", "role": role, "content": content}


def called(call_id: str, name: str = "HassTurnOn", arguments: str = "{}") -> Item:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}


def output(call_id: str, text: str = "{}") -> Item:
    return {"type": "function_call_output", "call_id": call_id, "output": text}


THOUGHT: Item = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
FOREIGN_NAME = llm.ToolInput(id="c1", tool_name="other api.tool", tool_args={})

CASES: dict[str, tuple[list[Content], list[Item]]] = {
    "nothing": ([], []),
    "a question and its answer": (
        [user("Hi"), assistant("Hello!"), user("Bye")],
        [said("user", "Hi"), said("assistant", "Hello!"), said("user", "Bye")],
    ),
    "a call and its result": (
        [user("On"), assistant("I'll see.", call("c1", area="Kitchen")), result("c1", {"success": True})],
        [
            said("user", "On"),
            said("assistant", "I'll see."),
            called("c1", arguments='{"area":"Kitchen"}'),
            output("c1", '{"success":true}'),
        ],
    ),
    "several calls": (
        [assistant(None, call("c1"), call("c2")), result("c2"), result("c1")],
        [called("c1"), called("c2"), output("c2"), output("c1")],
    ),
    "an answer without words": ([assistant(None)], []),
    "thoughts of another": ([assistant("Hm.", thinking_content="secret")], [said("assistant", "Hm.")]),
    "an instruction in the middle": (
        [user("Hi"), SystemContent(content="Be brief.")],
        [said("user", "Hi"), said("developer", "Be brief.")],
    ),
    "our own items, as they came": (
        [assistant("Hm.", call("c1"), native=native(THOUGHT, called("c1"))), result("c1")],
        [THOUGHT, called("c1"), output("c1")],
    ),
    "items of another model": (
        [assistant("Hm.", call("c1"), native=native(THOUGHT, origin="agent:o3")), result("c1")],
        [said("assistant", "Hm."), called("c1"), output("c1")],
    ),
    "items of another integration": (
        [assistant("Hm.", native=[THOUGHT])],
        [said("assistant", "Hm.")],
    ),
    "a failed call": (
        [assistant(None, call("c1")), result("c1", {"reason": "stuck"}, error=True)],
        [called("c1"), output("c1", '{"error":{"reason":"stuck"}}')],
    ),
    "a failed call that says so": (
        [assistant(None, call("c1")), result("c1", {"error": "MatchFailedError"}, error=True)],
        [called("c1"), output("c1", '{"error":"MatchFailedError"}')],
    ),
    "a time in a result": (
        [assistant(None, call("c1")), result("c1", {"at": datetime(2026, 11, 22, tzinfo=UTC)})],
        [called("c1"), output("c1", '{"at":"2026-11-22T00:00:00+00:00"}')],
    ),
    "things in a result that JSON does not know": (
        [assistant(None, call("c1")), result("c1", {"path": PHOTO, (1, 2): 3, "n": 1j})],
        [called("c1"), output("c1", '{"path":"photo.png","n":"1j"}')],
    ),
    "a call without a result": (
        [assistant(None, call("c1"), call("c2")), result("c2"), user("Hello?")],
        [called("c1"), output("c1", INTERRUPTED), called("c2"), output("c2"), said("user", "Hello?")],
    ),
    "a call of our own items without a result": (
        [assistant(None, call("c1"), native=native(THOUGHT, called("c1")))],
        [THOUGHT, called("c1"), output("c1", INTERRUPTED)],
    ),
    "calls of two rounds with the same id": (
        [
            assistant(None, call("c1", n=1)),
            result("c1", {"a": 1}),
            assistant(None, call("c1", n=2)),
            result("c1", {"a": 2}),
        ],
        [
            called("c1", arguments='{"n":1}'),
            output("c1", '{"a":1}'),
            called("c1", arguments='{"n":2}'),
            output("c1", '{"a":2}'),
        ],
    ),
    "the second of two calls with the same id without a result": (
        [assistant(None, call("c1")), result("c1"), assistant(None, call("c1")), user("Hello?")],
        [called("c1"), output("c1"), called("c1"), output("c1", INTERRUPTED), said("user", "Hello?")],
    ),
    "a result too many": (
        [assistant(None, call("c1")), result("c1"), result("c1")],
        [called("c1"), output("c1")],
    ),
    "a result before its call": (
        [result("c1"), assistant(None, call("c1"))],
        [called("c1"), output("c1", INTERRUPTED)],
    ),
    "a sentence of ours": (
        [user("Hi"), assistant("OpenAI cannot be reached.", native=OwnSentence()), user("Hi?")],
        [said("user", "Hi"), said("user", "Hi?")],
    ),
    "notes of Home Assistant's": (
        [user("Hi"), assistant("Error: CancelledError"), user("Hi?"), assistant("(no response)"), user("Hm")],
        [said("user", "Hi"), said("user", "Hi?"), said("user", "Hm")],
    ),
    "an answer that speaks of an error": (
        [
            assistant("The last error: none."),
            assistant("Error: none.", native=native(said("assistant", "x"))),
        ],
        [said("assistant", "The last error: none."), said("assistant", "x")],
    ),
    "a result without a call": ([user("Hi"), result("c9")], [said("user", "Hi")]),
    "a name that OpenAI does not take": (
        [assistant(None, FOREIGN_NAME), result("c1")],
        [called("c1", wire_name("other api.tool")), output("c1")],
    ),
    "an attachment": (
        [user("What is this?", PHOTO)],
        [said("user", [{"type": "input_text", "text": "What is this?"}, {"type": "input_image"}])],
    ),
    "an attachment that has gone": (
        [user("What is this?", Path("gone.png"))],
        [
            said(
                "user",
                [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_text", "text": "(file gone.png, shown before)"},
                ],
            )
        ],
    ),
    "one of two attachments has gone": (
        [user("And this?", Path("gone.png"), PHOTO)],
        [
            said(
                "user",
                [
                    {"type": "input_text", "text": "And this?"},
                    {"type": "input_text", "text": "(file gone.png, shown before)"},
                    {"type": "input_image"},
                ],
            )
        ],
    ),
}


@pytest.mark.parametrize(("contents", "items"), CASES.values(), ids=CASES.keys())
def test_input_items(contents: list[Content], items: list[Item]) -> None:
    assert input_items(contents, origin=US, files={PHOTO: {"type": "input_image"}}) == items


def test_a_kind_of_content_of_tomorrow_is_left_out() -> None:
    contents: list[Any] = [user("Hi"), SimpleNamespace(role="summary", content="So far.")]

    assert input_items(contents, origin=US, files={}) == [said("user", "Hi")]


def test_without_an_origin_no_native_items_are_sent() -> None:
    contents = [assistant("Hm.", native=native(THOUGHT, said("assistant", "Hm.")))]

    assert input_items(contents, origin=None, files={}) == [said("assistant", "Hm.")]


@pytest.mark.parametrize(
    ("contents", "items"),
    [
        ([user("Hi"), user("Hi?"), user("Hm")], [said("user", "Hi\n\nHi?\n\nHm")]),
        (
            [user("Look", PHOTO), assistant("Sorry.", native=OwnSentence()), user("So?")],
            [
                said(
                    "user",
                    [
                        {"type": "input_text", "text": "Look"},
                        {"type": "input_image"},
                        {"type": "input_text", "text": "So?"},
                    ],
                )
            ],
        ),
        (
            [user("Hi"), assistant("Hello."), user("Bye")],
            [said("user", "Hi"), said("assistant", "Hello."), said("user", "Bye")],
        ),
        (
            [user("On"), assistant(None, call("c1")), result("c1"), user("Well?")],
            [said("user", "On"), called("c1"), output("c1"), said("user", "Well?")],
        ),
    ],
    ids=["words", "an image", "an answer in between", "a call in between"],
)
def test_questions_in_a_row_are_joined_for_models_that_want_turns(
    contents: list[Content], items: list[Item]
) -> None:
    files = {PHOTO: {"type": "input_image"}}

    assert input_items(contents, origin=None, files=files, join_questions=True) == items


def test_the_same_conversation_gives_the_same_bytes() -> None:
    contents = [user("On"), assistant("Hm.", call("c1", b=1, a=2)), result("c1", {"z": 1, "a": 2})]

    once, again = (json.dumps(input_items(contents, origin=US, files={})) for _ in range(2))

    assert once == again
