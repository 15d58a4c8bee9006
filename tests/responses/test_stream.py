"""Events of a response, and what of them reaches the chat log."""

from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.errors import (
    Failure,
    FailureKind,
    OpenAIRequestError,
)
from custom_components.openai_conversation.openai_api.raw_answer import parse_json
from custom_components.openai_conversation.responses.input_items import NativeItems
from custom_components.openai_conversation.responses.stream import LAST, TRANSLATED
from tests.support.responses_api import (
    USAGE,
    Event,
    Item,
    function_call,
    item_events,
    message,
    reasoning,
    refusal,
    response_events,
)
from tests.support.streams import (
    OFF,
    ON,
    ORIGIN,
    added,
    arguments,
    bare,
    completed,
    cut,
    done,
    seen,
    text_delta,
    translate,
    translator,
)

KITCHEN, BEDROOM = function_call(ON, {"name": "Kitchen"}), function_call(OFF, {"name": "Bedroom"})
KITCHEN_ON, BEDROOM_OFF = ("calls", ON, {"name": "Kitchen"}), ("calls", OFF, {"name": "Bedroom"})
WITHOUT_ID = function_call(ON, {}, call_id="", id=None)
WEB_SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed"}
UNKNOWN_TOOL = "there is no tool named HassExplode"
NO_JSON, NO_OBJECT = "the arguments are not valid JSON", "the arguments are not a JSON object"

STREAMS: dict[str, tuple[list[Event], list[Any]]] = {
    # words
    "text": (
        response_events([message("It is raining.")]),
        ["<assistant>", "It", " is", " raining.", ("keeps", "message")],
    ),
    "a refusal": (
        response_events([refusal("I cannot.")]),
        ["<assistant>", "I", " cannot.", ("keeps", "message")],
    ),
    "several messages": (
        response_events([message("One."), message("Two."), message("Three.")]),
        [
            "<assistant>",
            "One.",
            "\n\nTwo.",
            "\n\nThree.",
            ("keeps", "message", "message", "message"),
        ],
    ),
    "a silent message": (
        response_events([message("")]),
        ["<assistant>", "", ("keeps", "message")],
    ),
    "a silent message before another": (
        response_events([message(""), message("Done.")]),
        ["<assistant>", "Done.", ("keeps", "message", "message")],
    ),
    "words of no length": (
        [
            text_delta(""),
            text_delta(None),
            {"type": "response.output_text.delta"},
            *response_events([message("Hi")]),
        ],
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
    # thoughts
    "a thought nobody sees": (
        response_events([reasoning(), message("Hi")]),
        ["<assistant>", "Hi", ("keeps", "reasoning", "message")],
    ),
    "a summary of thoughts": (
        response_events([reasoning("First.", "Second."), message("Hi")]),
        [
            "<assistant>",
            ("thinks", "First."),
            ("thinks", "\n\nSecond."),
            "Hi",
            ("keeps", "reasoning", "message"),
        ],
    ),
    "thoughts of an open model": (
        [
            {"type": "response.reasoning_text.delta", "delta": "Hm"},
            {"type": "response.reasoning_text.delta", "delta": "."},
            {"type": "response.reasoning_text.delta", "delta": ""},
            *response_events([message("Hi")]),
        ],
        ["<assistant>", ("thinks", "Hm"), ("thinks", "."), "Hi", ("keeps", "message")],
    ),
    "a thought that leads nowhere": (
        response_events([message("Hi"), reasoning(), reasoning()]),
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
    # calls
    "a call": (
        response_events([reasoning(), KITCHEN]),
        ["<assistant>", KITCHEN_ON, ("keeps", "reasoning", "function_call")],
    ),
    "several calls": (
        response_events([KITCHEN, BEDROOM]),
        ["<assistant>", KITCHEN_ON, BEDROOM_OFF, ("keeps", "function_call", "function_call")],
    ),
    "interleaved calls": (
        [
            added(KITCHEN, 0),
            added(BEDROOM, 1),
            {"type": "response.function_call_arguments.delta", "output_index": 1, "delta": "{}"},
            {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "{}"},
            done(KITCHEN, 0),
            done(BEDROOM, 1),
            completed(KITCHEN, BEDROOM),
        ],
        ["<assistant>", KITCHEN_ON, BEDROOM_OFF, ("keeps", "function_call", "function_call")],
    ),
    "text before a call": (
        response_events([message("I'll see."), KITCHEN]),
        ["<assistant>", "I'll", " see.", KITCHEN_ON, ("keeps", "message", "function_call")],
    ),
    "text around a call": (
        response_events([message("Now."), KITCHEN, message("Wait.")]),
        ["<assistant>", "Now.", KITCHEN_ON, "\n\nWait.", ("keeps", "message", "function_call", "message")],
    ),
    "a tool under another name": (
        response_events([function_call("odd_tool_12345678", {})]),
        ["<assistant>", ("calls", "odd tool", {}), ("keeps", "function_call")],
    ),
    "arguments that are not there": (
        response_events([function_call(ON, "")]),
        ["<assistant>", ("calls", ON, {}), ("keeps", "function_call")],
    ),
    "arguments left out": (
        [done({"type": "function_call", "call_id": "call_1", "name": ON}), completed()],
        ["<assistant>", ("calls", ON, {}), ("keeps", "function_call")],
    ),
    "arguments that are no JSON": (
        response_events([function_call(ON, '{"name": "Kit')]),
        [
            "<assistant>",
            ("calls in vain", ON, {}),
            ("keeps", "function_call"),
            ("answered by us", ON, NO_JSON),
        ],
    ),
    "arguments that are no object": (
        response_events([function_call(ON, "[1]")]),
        [
            "<assistant>",
            ("calls in vain", ON, {}),
            ("keeps", "function_call"),
            ("answered by us", ON, NO_OBJECT),
        ],
    ),
    "a tool that does not exist": (
        response_events([function_call("HassExplode", {"name": "Kitchen"})]),
        [
            "<assistant>",
            ("calls in vain", "HassExplode", {"name": "Kitchen"}),
            ("keeps", "function_call"),
            ("answered by us", "HassExplode", UNKNOWN_TOOL),
        ],
    ),
    "a good call between bad ones": (
        response_events([function_call(ON, "["), KITCHEN, function_call("HassExplode", {})]),
        [
            "<assistant>",
            ("calls in vain", ON, {}),
            KITCHEN_ON,
            ("calls in vain", "HassExplode", {}),
            ("keeps", "function_call", "function_call", "function_call"),
            ("answered by us", ON, NO_JSON),
            ("answered by us", "HassExplode", UNKNOWN_TOOL),
        ],
    ),
    # answers that are cut
    "cut in a word": (
        response_events([cut(message("It is rai"))], end="incomplete"),
        ["<assistant>", "It", " is", " rai", "…", ("keeps", "message")],
    ),
    "a cut call after words": (
        response_events([message("Wait."), cut(KITCHEN)], end="incomplete"),
        ["<assistant>", "Wait.", "…", ("keeps", "message")],
    ),
    "a cut call after a whole one": (
        response_events([KITCHEN, cut(BEDROOM)], end="incomplete"),
        ["<assistant>", KITCHEN_ON, ("keeps", "function_call")],
    ),
    "the thought of a cut call": (
        response_events([message("Wait."), reasoning(), cut(KITCHEN)], end="incomplete"),
        ["<assistant>", "Wait.", "…", ("keeps", "message")],
    ),
    # what nobody knows yet
    "unknown events": (
        [
            {"type": "response.telepathy.delta", "delta": "x"},
            {"type": None},
            {},
            *response_events([message("Hi")]),
        ],
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
    "other items": (
        response_events([WEB_SEARCH, message("Hi")]),
        ["<assistant>", "Hi", ("keeps", "web_search_call", "message")],
    ),
    "items that are none": (
        [
            {"type": "response.output_item.added"},
            {"type": "response.output_item.done", "item": None},
            done({"id": "x"}),
            *response_events([message("Hi")]),
        ],
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
    # compatible servers
    "without indexes and ids": (
        bare(response_events([reasoning("Hm."), message("I'll see."), KITCHEN, BEDROOM])),
        [
            "<assistant>",
            ("thinks", "Hm."),
            "I'll",
            " see.",
            KITCHEN_ON,
            BEDROOM_OFF,
            ("keeps", "reasoning", "message", "function_call", "function_call"),
        ],
    ),
    "words only at the end of an item": (
        [added(message("It rains.")), done(message("It rains.")), completed()],
        ["<assistant>", "It rains.", ("keeps", "message")],
    ),
    "a refusal only at the end of an item": (
        [done(refusal("I cannot.")), completed()],
        ["<assistant>", "I cannot.", ("keeps", "message")],
    ),
    "several messages only at the end of their items": (
        [done(message("One.")), done(message("Two.")), completed()],
        ["<assistant>", "One.", "\n\nTwo.", ("keeps", "message", "message")],
    ),
    "the terminal event alone names the call": (
        [completed(KITCHEN)],
        ["<assistant>", KITCHEN_ON, ("keeps", "function_call")],
    ),
    "the terminal event alone names the call behind words": (
        [*item_events(message("Wait."), 0), completed(message("Wait."), KITCHEN)],
        ["<assistant>", "Wait.", KITCHEN_ON, ("keeps", "message", "function_call")],
    ),
    "the terminal event alone tells everything": (
        [completed(reasoning(), message("Wait."), KITCHEN)],
        ["<assistant>", "Wait.", KITCHEN_ON, ("keeps", "reasoning", "message", "function_call")],
    ),
    "the terminal event repeats the words": (
        [text_delta("Hi"), completed(message("Hi"))],
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
    "arguments in an event of their own": (
        [
            arguments('{"name": "Kitchen"}', item_id="fc_7"),
            done(function_call(ON, "", id="fc_7")),
            completed(),
        ],
        ["<assistant>", KITCHEN_ON, ("keeps", "function_call")],
    ),
    "arguments known by their place": (
        [
            arguments('{"name": "Kitchen"}', output_index=0),
            arguments('{"name": "Bedroom"}', output_index=1),
            done(function_call(ON, ""), 0),
            done(function_call(OFF, ""), 1),
            completed(),
        ],
        ["<assistant>", KITCHEN_ON, BEDROOM_OFF, ("keeps", "function_call", "function_call")],
    ),
    "arguments known by their order": (
        bare(
            [
                arguments('{"name": "Kitchen"}'),
                done(function_call(ON, "", id=None)),
                arguments('{"name": "Bedroom"}'),
                done(function_call(OFF, "", id=None)),
                completed(),
            ]
        ),
        ["<assistant>", KITCHEN_ON, BEDROOM_OFF, ("keeps", "function_call", "function_call")],
    ),
    "arguments of one call are not those of the next": (
        bare(
            [
                arguments('{"name": "Kitchen"}'),
                done(function_call(ON, "", id=None)),
                done(function_call(OFF, "", id=None)),
                completed(),
            ]
        ),
        ["<assistant>", KITCHEN_ON, ("calls", OFF, {}), ("keeps", "function_call", "function_call")],
    ),
    "the terminal event names the call again": (
        [done(KITCHEN), completed(KITCHEN)],
        ["<assistant>", KITCHEN_ON, ("keeps", "function_call")],
    ),
    "a call twice": (
        [done(KITCHEN), done(KITCHEN), completed()],
        ["<assistant>", KITCHEN_ON, ("keeps", "function_call")],
    ),
    "a call without an id": (
        [done(WITHOUT_ID), completed()],
        ["<assistant>", ("calls", ON, {}), ("keeps", "function_call")],
    ),
    "a call without an id, again in the terminal event": (
        [done(WITHOUT_ID), completed(WITHOUT_ID)],
        ["<assistant>", ("calls", ON, {}), ("keeps", "function_call")],
    ),
    "words without an item": ([text_delta("Hi"), completed()], ["<assistant>", "Hi"]),
    "no terminal event after words": (
        response_events([message("Hi")], end=None),
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
    "no terminal event after a call": (
        response_events([KITCHEN], end=None),
        ["<assistant>", KITCHEN_ON, ("keeps", "function_call")],
    ),
    "a terminal event with nothing in it": (
        [*response_events([message("Hi")], end=None), {"type": "response.completed"}],
        ["<assistant>", "Hi", ("keeps", "message")],
    ),
}


@pytest.mark.parametrize(("events", "deltas"), STREAMS.values(), ids=STREAMS.keys())
def test_what_reaches_the_chat_log(events: list[Event], deltas: list[Any]) -> None:
    assert seen(translate(events)) == deltas


FLAT = {"type": "error", "code": "insufficient_quota", "message": "No credit.", "param": None}
NESTED = {"type": "error", "error": {"code": "insufficient_quota", "message": "No credit."}}

FAILURES: dict[str, tuple[list[Event], FailureKind]] = {
    "failed": (
        [{"type": "response.failed", "response": {"error": {"code": "server_error", "message": "Oops."}}}],
        FailureKind.SERVER,
    ),
    "failed by policy": (
        [{"type": "response.failed", "response": {"error": {"code": "invalid_prompt"}}}],
        FailureKind.REFUSED,
    ),
    "failed without a reason": ([{"type": "response.failed"}], FailureKind.SERVER),
    "failed after words": (
        [*item_events(message("It is"), 0), {"type": "response.failed", "response": {"error": None}}],
        FailureKind.SERVER,
    ),
    "a flat error": ([FLAT], FailureKind.BILLING),
    "a nested error": ([NESTED], FailureKind.BILLING),
    "an error without words": ([{"type": "error"}], FailureKind.SERVER),
    "a filter": (
        response_events([], end="incomplete", incomplete_details={"reason": "content_filter"}),
        FailureKind.REFUSED,
    ),
    "a filter after words": (
        response_events([message("Once")], end="incomplete", incomplete_details={"reason": "content_filter"}),
        FailureKind.REFUSED,
    ),
    "too few tokens for a word": (
        response_events([], end="incomplete", incomplete_details={"reason": "max_output_tokens"}),
        FailureKind.INCOMPLETE,
    ),
    "too few tokens for a thought": (
        response_events([cut(reasoning("Hm."))], end="incomplete"),
        FailureKind.INCOMPLETE,
    ),
    "too few tokens for a call": (
        response_events([cut(KITCHEN)], end="incomplete"),
        FailureKind.INCOMPLETE,
    ),
    "too few tokens for a message": (
        response_events([cut(message(""))], end="incomplete"),
        FailureKind.INCOMPLETE,
    ),
    "an empty answer": (response_events([]), FailureKind.NO_ANSWER),
    "a thought without an answer": (response_events([reasoning("Hm.")]), FailureKind.NO_ANSWER),
    "no events": ([], FailureKind.CONNECTION),
    "the end in a word": ([added(message("")), text_delta("It is")], FailureKind.CONNECTION),
    "the end after a thought": (response_events([reasoning()], end=None), FailureKind.CONNECTION),
    "the end in a call": ([added(KITCHEN)], FailureKind.CONNECTION),
    "the end in a call after words": (
        [*item_events(message("Wait."), 0), done(reasoning(), 1), added(KITCHEN, 2)],
        FailureKind.CONNECTION,
    ),
}


@pytest.mark.parametrize(("events", "kind"), FAILURES.values(), ids=FAILURES.keys())
def test_what_is_a_failure(events: list[Event], kind: FailureKind) -> None:
    with pytest.raises(OpenAIRequestError) as caught:
        translate(events)

    assert caught.value.failure.kind is kind


MALFORMED: dict[str, Event] = {
    "a number for a word": text_delta(5),
    "a list for an error": {"type": "response.failed", "response": {"error": ["an error"]}},
    "a list for a tool": done({**KITCHEN, "name": ["HassTurnOn"]}),
}


@pytest.mark.parametrize("event", MALFORMED.values(), ids=MALFORMED.keys())
def test_an_event_that_nobody_understands_is_the_servers_fault(event: Event) -> None:
    with pytest.raises(OpenAIRequestError) as caught:
        list(translator().feed(event))

    assert caught.value.failure.kind is FailureKind.SERVER
    assert any(words in caught.value.failure.detail for words in (str(event["type"]), "an error"))


def ended(**response: Any) -> Event:
    return {"type": "response.completed", "response": {"status": "completed", "output": [], **response}}


def said(deltas: list[Any]) -> str:
    return "".join(delta.get("content") or "" for delta in deltas)


JUNK: dict[str, list[Event]] = {
    "a text for an item": [done("an item")],
    "a list for an item": [done(["an item"])],
    "a number for the content": [done({"type": "message", "content": 5})],
    "a text for a response": [{"type": "response.completed", "response": "all"}],
    "a text for the output": [ended(output="Hello.")],
    "an object for the output": [ended(output={"a": 1})],
    "texts for items": [ended(output=["an item", None, 5])],
    "a text for the details": [ended(incomplete_details="none")],
    "a list for the usage": [ended(usage=[1])],
    "a text for a part": [ended(output=[{"type": "message", "content": ["Hello."]}])],
    "a text for the content": [ended(output=[{"type": "message", "content": "Hello."}])],
    "nothing for a part": [ended(output=[{"type": "message", "content": [None]}])],
    "a number for a text": [
        ended(output=[{"type": "message", "content": [{"type": "output_text", "text": 5}]}])
    ],
    "a text for the outputs of a program": [
        ended(output=[{"type": "code_interpreter_call", "outputs": ["4"]}, message("Hello.")])
    ],
}


@pytest.mark.parametrize("events", JUNK.values(), ids=JUNK.keys())
def test_junk_behind_an_answer_does_not_spoil_it(events: list[Event]) -> None:
    by = translator()

    assert said(translate([text_delta("Hello."), *events, ended()], by)) == "Hello."
    assert by.failure is None


PARTS_OF_TEXT: dict[str, list[Event]] = {
    "the whole text": [{"type": "response.output_text.done", "text": "Hello."}],
    "a word, and the whole text": [
        text_delta("Hel"),
        {"type": "response.output_text.done", "text": "Hello."},
    ],
    "the whole text twice": [
        text_delta("Hello."),
        {"type": "response.output_text.done", "text": "Hello."},
        done(message("Hello.")),
    ],
    "the whole text behind its item": [
        done(message("Hello.")),
        {"type": "response.output_text.done", "text": "Hello."},
    ],
    "a refusal": [{"type": "response.refusal.done", "refusal": "Hello."}],
    "a text for the content": [done({"type": "message", "content": "Hello."})],
    "texts for parts": [done({"type": "message", "content": ["Hel", "lo."]})],
}


@pytest.mark.parametrize("events", PARTS_OF_TEXT.values(), ids=PARTS_OF_TEXT.keys())
def test_a_text_is_heard_once_however_it_is_reported(events: list[Event]) -> None:
    assert said(translate([*events, ended()])) == "Hello."


ARGUMENTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "nothing": (None, {}),
    "null": ("null", {}),
    "an empty text": ('""', {}),
    "a text in a text": ('"{\\"name\\": \\"Kitchen\\"}"', {"name": "Kitchen"}),
    "an object": ({"name": "Kitchen"}, {"name": "Kitchen"}),
    "half an emoji": ('{"name": "Kitchen \\ud83d"}', {"name": "Kitchen \ufffd"}),
}


@pytest.mark.parametrize(("arguments", "meant"), ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments_however_they_are_written(arguments: Any, meant: dict[str, Any]) -> None:
    deltas = translate([done({**KITCHEN, "arguments": arguments}), ended()])

    (call,) = [call for delta in deltas for call in delta.get("tool_calls") or ()]
    assert (call.tool_args, call.external) == (meant, False)
    (kept,) = [item for delta in deltas if (native := delta.get("native")) for item in native.items]
    assert parse_json(kept["arguments"].encode()) == meant


BROKEN = OpenAIRequestError(Failure(kind=FailureKind.CONNECTION))


def test_an_answer_that_breaks_off_before_it_is_heard_is_a_failure() -> None:
    by = translator()
    list(by.feed(added(message(""))))

    with pytest.raises(OpenAIRequestError) as caught:
        by.break_off(BROKEN)

    assert caught.value is BROKEN


def test_an_answer_that_breaks_off_in_a_word_is_reported_after_its_text() -> None:
    by = translator()
    deltas = list(by.feed(text_delta("It is")))

    by.break_off(BROKEN)
    deltas += by.finish()

    assert seen(deltas) == ["<assistant>", "It is"]
    assert by.failure is BROKEN


def test_an_answer_that_breaks_off_behind_a_call_goes_on_with_its_result() -> None:
    by = translator()
    bad = function_call("HassExplode", {})
    deltas = [delta for event in (done(KITCHEN), done(bad, 1)) for delta in by.feed(event)]

    by.break_off(BROKEN)
    deltas += by.finish()

    assert by.failure is None
    assert seen(deltas)[-2:] == [
        ("keeps", "function_call", "function_call"),
        ("answered by us", "HassExplode", UNKNOWN_TOOL),
    ]


def test_items_are_kept_as_they_came() -> None:
    items = [reasoning("Hm."), message("I'll see.", phase="commentary"), KITCHEN]

    *_, last = translate(response_events(items))

    assert last == {"native": NativeItems(ORIGIN, tuple(items))}


def test_of_a_message_without_reasoning_only_the_words_are_kept() -> None:
    items = [message("I'll see.", phase="commentary"), KITCHEN, message("Done.")]

    *_, last = translate(response_events(items))

    words = {"role": "assistant", "content": "I'll see.", "phase": "commentary"}
    assert last["native"].items == (
        words,
        KITCHEN,
        {"role": "assistant", "content": "Done."},
    )


def test_a_message_that_links_its_sources_is_kept_as_it_came() -> None:
    link = {"type": "url_citation", "url": "https://a.org", "title": "A", "start_index": 0, "end_index": 2}
    item = message("Hi")
    item["content"] = [{**item["content"][0], "annotations": [link]}]

    *_, last = translate(response_events([item]))

    assert last["native"].items == (item,)


def test_what_is_null_is_not_kept() -> None:
    item = {**reasoning(), "encrypted_content": None, "status": None}

    *_, last = translate(response_events([item, message("Hi")]))

    assert set(last["native"].items[0]) == {"type", "id", "summary"}


def test_calls_are_kept_in_the_order_of_the_output() -> None:
    first, second = KITCHEN, BEDROOM
    events = [added(first, 0), added(second, 1), done(second, 1), done(first, 0), completed(first, second)]

    *_, last = translate(events)

    assert last == {"native": NativeItems(ORIGIN, (first, second))}


def test_a_call_is_known_by_its_id() -> None:
    deltas = translate(response_events([KITCHEN]))

    (call,) = deltas[1]["tool_calls"]
    assert call.id == KITCHEN["call_id"]


def test_calls_without_ids_get_different_ones() -> None:
    deltas = translate([done(WITHOUT_ID), done({**WITHOUT_ID, "name": OFF}), completed()])

    ids = [call.id for delta in deltas for call in delta.get("tool_calls", ())]
    assert len(set(ids)) == 2
    assert [item["call_id"] for item in deltas[-1]["native"].items] == ids


def test_our_answer_belongs_to_the_bad_call() -> None:
    bad = function_call("HassExplode", {})

    *_, last = translate(response_events([KITCHEN, bad]))

    assert last["tool_call_id"] == bad["call_id"]


def test_a_call_is_yielded_before_the_response_ends() -> None:
    by = translator()

    deltas = [delta for event in item_events(KITCHEN, 0) for delta in by.feed(event)]

    assert seen(deltas) == ["<assistant>", KITCHEN_ON]


def test_words_are_yielded_at_once() -> None:
    assert seen(translator().feed(text_delta("It"))) == ["<assistant>", "It"]


def test_nothing_is_opened_before_there_is_something() -> None:
    by = translator()

    events = [*response_events([reasoning()], end=None), added(message(""))]

    assert [delta for event in events for delta in by.feed(event)] == []


@pytest.mark.parametrize(
    ("items", "spoke", "called"),
    [
        ([message("Hi")], True, False),
        ([KITCHEN], False, True),
        ([message("Wait."), KITCHEN], True, True),
        ([reasoning("Hm."), message("")], False, False),
        ([function_call("HassExplode", {})], False, True),
    ],
    ids=["words", "a call", "both", "neither", "a call in vain"],
)
def test_what_has_happened(items: list[Item], spoke: bool, called: bool) -> None:
    by = translator()

    translate(response_events(items), by)

    assert (by.spoke, by.called) == (spoke, called)


@pytest.mark.parametrize("end", ["completed", "incomplete"])
def test_how_it_ended_and_what_it_cost(end: str) -> None:
    by = translator()

    translate(response_events([message("Hi")], end=end), by)

    assert by.end == end
    assert by.response["usage"] == USAGE


def test_what_a_failure_cost() -> None:
    by = translator()

    with pytest.raises(OpenAIRequestError):
        translate([{"type": "response.failed", "response": {"usage": USAGE}}], by)

    assert by.response["usage"] == USAGE


@pytest.mark.parametrize("usage", [{}, {"usage": None}])
def test_a_server_that_does_not_count(usage: dict[str, Any]) -> None:
    by = translator()

    translate([done(message("Hi")), {"type": "response.completed", "response": usage}], by)

    assert not by.response.get("usage")


def test_the_types_that_end_a_stream_are_translated() -> None:
    ends = {"response.completed", "response.incomplete", "response.failed", "error"}

    assert set(LAST) == ends
    assert ends <= set(TRANSLATED)
