"""Calls that a small model writes as text."""

import json
from typing import Any

import pytest

from custom_components.openai_conversation.responses.written_calls import CallFinder, WrittenCall
from tests.support.house import House
from tests.support.responses_api import FakeOpenAI, function_call, message

ARGUMENTS = {"name": "Kitchen Light"}
CALL = json.dumps({"name": "HassTurnOn", "arguments": ARGUMENTS})
FOUND = ("HassTurnOn", ARGUMENTS)

FORMS = {
    "bare": CALL,
    "over lines": json.dumps(json.loads(CALL), indent=2),
    "parameters": json.dumps({"name": "HassTurnOn", "parameters": ARGUMENTS}),
    "a type": json.dumps({"type": "function", "name": "HassTurnOn", "parameters": ARGUMENTS}),
    "nested": json.dumps({"type": "function", "function": json.loads(CALL)}),
    "with an id": json.dumps({"id": "1", "type": "function", "function": json.loads(CALL)}),
    "a list": f"[{CALL}]",
    "a block": f"```json\n{CALL}\n```",
    "a plain block": f"```\n{CALL}\n```",
    "hermes": f"<tool_call>\n{CALL}\n</tool_call>",
    "hermes without an end": f"<tool_call>{CALL}",
    "mistral": f"[TOOL_CALLS][{CALL}]",
    "new mistral": f"[TOOL_CALLS]HassTurnOn[ARGS]{json.dumps(ARGUMENTS)}",
    "llama": f"<function=HassTurnOn>{json.dumps(ARGUMENTS)}</function>",
    "python": f"<|python_tag|>{CALL}",
    "granite": f"<|tool_call|>[{CALL}]",
}
WORDS = [
    "The light is on.",
    "{",
    '{"city": "Bern", "temperature": 12}',
    '{"name": "Anna Maria", "arguments": {}}',
    '{"name": "HassTurnOn", "arguments": {}, "comment": "as you asked"}',
    '```json\n{"city": "Bern"}\n```',
    f"A call looks like this: {CALL}",
    f"{CALL} is how a call looks.",
    "Use <tool_call> at the start.",
    "<tool_call> is a tag.",
    "functools is a module.",
    "[1] is the first source.",
    "First line.\n\nSecond line.\n- a\n- b\n",
]


def read(text: str, size: int) -> tuple[str, list[WrittenCall]]:
    finder = CallFinder()
    words = "".join(finder.feed(text[start : start + size]) for start in range(0, len(text), size))
    rest, calls = finder.finish()
    return words + rest, calls


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_call_is_found(text: str, size: int) -> None:
    assert read(text, size) == ("", [FOUND])
    assert read(f"\n{text}\n", size)[1] == [FOUND]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize("text", WORDS)
def test_words_stay_words(text: str, size: int) -> None:
    assert read(text, size) == (text, [])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_words_before_a_call_are_said_and_what_follows_it_is_not(size: int) -> None:
    text = f"I turn it on.\n<tool_call>{CALL}</tool_call>\n<tool_call>{CALL}</tool_call>\nIt is on."

    words, calls = read(text, size)

    assert words.strip() == "I turn it on."
    assert calls == [FOUND, FOUND]


def test_a_broken_call_is_not_said() -> None:
    assert read('<tool_call>{"name": "HassTurnOn", "argu', 3) == ("", [])


def test_words_are_not_held_back() -> None:
    finder = CallFinder()

    assert [finder.feed(text) for text in ("Turn", "ing", " on", ".")] == ["Turn", "ing", " on", "."]


async def self_hosted(house: House, openai: FakeOpenAI) -> None:
    await house.async_self_host(openai, llm_hass_api=["assist"], recommended=True)


@pytest.mark.parametrize("form", ["bare", "hermes", "new mistral"])
async def test_a_written_call_runs_at_a_self_hosted_server(
    house: House, openai: FakeOpenAI, form: str
) -> None:
    await self_hosted(house, openai)
    openai.says(FORMS[form])
    openai.says("Done.")

    answer = await house.hears("Turn on the kitchen light")

    assert answer.speech == "Done."
    assert house.streamed_text == "Done."
    assert house.turned_on == ["light.kitchen"]
    call, output = openai.request["input"][-2:]
    assert (call["type"], output["type"]) == ("function_call", "function_call_output")


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ({"name": "open_safe", "arguments": {}}, "there is no tool named open_safe"),
        ({"name": "HassTurnOn", "arguments": {"name": "Front Door"}}, "MatchFailedError"),
    ],
    ids=["no such tool", "not exposed"],
)
async def test_a_written_call_can_do_no_more_than_another(
    house: House, openai: FakeOpenAI, call: Any, error: str
) -> None:
    await self_hosted(house, openai)
    openai.says(json.dumps(call))
    openai.says("I cannot do that.")

    assert (await house.hears("Open the door")).speech == "I cannot do that."
    assert error in openai.request["input"][-1]["output"]
    assert house.turned_on == []


async def test_a_call_that_the_server_recognized_too_runs_once(house: House, openai: FakeOpenAI) -> None:
    await self_hosted(house, openai)
    openai.answers(message(FORMS["hermes"]), function_call("HassTurnOn", ARGUMENTS))
    openai.says("Done.")

    assert (await house.hears("Turn on the kitchen light")).speech == "Done."
    assert house.turned_on == ["light.kitchen"]


async def test_at_openai_text_is_text(house: House, openai: FakeOpenAI) -> None:
    await house.async_load(llm_hass_api=["assist"], recommended=True)
    openai.says(CALL)

    assert (await house.hears("How does a call look?")).speech == CALL
    assert house.turned_on == []


async def test_without_tools_text_is_text(house: House, openai: FakeOpenAI) -> None:
    await house.async_self_host(openai, llm_hass_api=[], recommended=True)
    openai.says(CALL)

    assert (await house.hears("How does a call look?")).speech == CALL
