"""Servers that are not exactly OpenAI: the same answer, once, whatever they leave out or repeat."""

from collections.abc import Iterable
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError
from custom_components.openai_conversation.responses.stream import Delta, StreamTranslator
from tests.support.responses_api import (
    Event,
    Item,
    code_interpreter_call,
    function_call,
    item_events,
    message,
    reasoning,
    response_events,
)
from tests.support.streams import (
    OFF,
    ON,
    ORIGIN,
    TOOLS,
    added,
    arguments,
    bare,
    completed,
    cut,
    done,
    seen,
    text_delta,
    translate,
)

KITCHEN, BEDROOM = function_call(ON, {"name": "Kitchen"}), function_call(OFF, {"name": "Bedroom"})
KITCHEN_ON, BEDROOM_OFF = ("calls", ON, {"name": "Kitchen"}), ("calls", OFF, {"name": "Bedroom"})


def twins(**same: Any) -> tuple[Item, Item]:
    """Return two different calls that have this in common."""
    return {**KITCHEN, **same}, {**BEDROOM, **same}


def arguments_delta(text: str, **place: Any) -> Event:
    return {"type": "response.function_call_arguments.delta", "delta": text, **place}


def anonymous(item: Item) -> Item:
    """Return an item without any id."""
    return {key: value for key, value in item.items() if key not in ("id", "call_id")}


def calls_of(deltas: Iterable[Delta]) -> list[tuple[str, str, Any]]:
    return [
        (call.id, call.tool_name, call.tool_args) for delta in deltas for call in delta.get("tool_calls", ())
    ]


# two different calls with the same ids

FIRST, SECOND = twins(call_id="call_0")
LIKE, ALIKE = twins(call_id="call_0", id="fc_0")

TWO_CALLS: dict[str, list[Event]] = {
    "the same call_id": response_events([FIRST, SECOND]),
    "the same call_id and item id": response_events([LIKE, ALIKE]),
    "the same ids, and no index": bare(response_events([LIKE, ALIKE])),
    "the same ids and index": [done(LIKE, 0), done(ALIKE, 0), completed(LIKE, ALIKE)],
    "the same ids, only when they are done": [done(LIKE, 0), done(ALIKE, 1), completed()],
    "the same ids, only in the last event": [completed(LIKE, ALIKE)],
    "the same ids, the second only in the last event": [done(LIKE), completed(LIKE, ALIKE)],
    "the same ids, both once more": [done(LIKE), done(ALIKE, 1), done(ALIKE, 1), completed(LIKE, ALIKE)],
    "no ids": response_events([anonymous(KITCHEN), anonymous(BEDROOM)]),
    "no ids, and no index": bare(response_events([anonymous(KITCHEN), anonymous(BEDROOM)])),
    "begun side by side": [
        added(LIKE, 0),
        added(ALIKE, 1),
        arguments(ALIKE["arguments"], output_index=1),
        arguments(LIKE["arguments"], output_index=0),
        done({**LIKE, "arguments": ""}, 0),
        done({**ALIKE, "arguments": ""}, 1),
        completed(),
    ],
    "other ids in the last event": [
        done(KITCHEN, 0),
        done(BEDROOM, 1),
        completed(
            *({**call, "id": f"x{n}", "call_id": f"y{n}"} for n, call in enumerate((KITCHEN, BEDROOM)))
        ),
    ],
    "other ids and other white space in the last event": [
        done(KITCHEN, 0),
        done(BEDROOM, 1),
        completed(
            *({**anonymous(call), "arguments": f" {call['arguments']} "} for call in (KITCHEN, BEDROOM))
        ),
    ],
    "another order in the last event": [done(KITCHEN), done(BEDROOM, 1), completed(BEDROOM, KITCHEN)],
}


@pytest.mark.parametrize("events", TWO_CALLS.values(), ids=TWO_CALLS.keys())
def test_two_calls_run_once_each(events: list[Event]) -> None:
    deltas = translate(events)

    assert [call[1:] for call in calls_of(deltas)] == [KITCHEN_ON[1:], BEDROOM_OFF[1:]]
    ids = [call[0] for call in calls_of(deltas)]
    assert len(set(ids)) == 2
    assert all(ids)
    assert sorted(item["call_id"] for item in deltas[-1]["native"].items) == sorted(ids)


def test_the_same_call_twice_is_two_calls_if_its_ids_say_so() -> None:
    louder = [function_call(ON, {"name": "Radio"}, call_id=f"call_{number}") for number in range(2)]

    assert len(calls_of(translate(response_events(louder)))) == 2


# one call, reported in parts

ONE_CALL: dict[str, list[Event]] = {
    "an object for arguments": [done({**KITCHEN, "arguments": {"name": "Kitchen"}}), completed()],
    "an object for arguments, in their own event": [
        arguments({"name": "Kitchen"}),  # type: ignore[arg-type]
        done({**KITCHEN, "arguments": None}),
        completed(),
    ],
    "a status of its own": [completed({**KITCHEN, "status": "ready"})],
    "no status": [done({**KITCHEN, "status": None}), completed()],
    "still in progress when it is done": [done({**KITCHEN, "status": "in_progress"}), completed()],
    "arguments only in deltas": [
        added({**KITCHEN, "arguments": ""}),
        arguments_delta('{"name": '),
        arguments_delta('"Kitchen"}'),
        done({**KITCHEN, "arguments": ""}),
        completed(),
    ],
    "arguments that only the deltas have right": [
        arguments_delta('{"name": ', item_id="a"),
        arguments_delta('"Kitchen"}', item_id="a"),
        arguments('{{"name": "Kitchen"}', id="b", output_index=0),
        completed({**KITCHEN, "arguments": '{{"name": "Kitchen"}'}),
    ],
    "never done": [
        added({**KITCHEN, "arguments": "", "status": "in_progress"}),
        arguments(KITCHEN["arguments"]),
        completed(),
    ],
    "never done, its name with the arguments": [
        arguments(KITCHEN["arguments"], name=ON),
        completed(),
    ],
    "another id in each event": [
        added({**KITCHEN, "id": "a"}),
        arguments_delta(KITCHEN["arguments"], item_id="b", output_index=0),
        done({**KITCHEN, "id": "c"}),
        completed({**KITCHEN, "id": "d"}),
    ],
    "its id beside it": [
        done({**KITCHEN, "id": None, "item_id": "fc_7"}),
        completed({**KITCHEN, "id": "fc_8"}),
    ],
    "a number for an id": [done({**KITCHEN, "id": 7, "call_id": 7}), completed()],
}


@pytest.mark.parametrize("events", ONE_CALL.values(), ids=ONE_CALL.keys())
def test_a_call_runs_once(events: list[Event]) -> None:
    assert seen(translate(events)) == ["<assistant>", KITCHEN_ON, ("keeps", "function_call")]


def test_arguments_are_kept_as_text() -> None:
    deltas = translate([done({**KITCHEN, "arguments": {"name": "Kitchen"}}), completed()])

    assert deltas[-1]["native"].items[0]["arguments"] == '{"name":"Kitchen"}'


CUT_CALLS: dict[str, list[Event]] = {
    "cut": [done(cut(KITCHEN)), completed(cut(KITCHEN))],
    "cut, only in the last event": [completed(cut(KITCHEN))],
    "never done in an answer that is cut": [
        added({**KITCHEN, "arguments": ""}),
        arguments(KITCHEN["arguments"]),
        {"type": "response.incomplete", "response": {}},
    ],
    "in progress in an answer that is cut": [
        {"type": "response.incomplete", "response": {"output": [{**KITCHEN, "status": "in_progress"}]}}
    ],
}


@pytest.mark.parametrize("events", CUT_CALLS.values(), ids=CUT_CALLS.keys())
def test_a_call_that_is_cut_does_not_run(events: list[Event]) -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS)

    with pytest.raises(OpenAIRequestError):
        translate(events, by)

    assert not by.called


# words

WORDS = "It rains in Paris."
ANSWER = message(WORDS)
AGAIN = message(WORDS, id="another_id")

ONE_ANSWER: dict[str, list[Event]] = {
    "the rest only when it is done": [text_delta("It rains"), done(ANSWER), completed(ANSWER)],
    "the rest only in the last event": [text_delta("It rains"), completed(ANSWER)],
    "all only when it is done": [added(ANSWER), done(ANSWER), completed()],
    "all only in the last event": [completed(ANSWER)],
    "all three times": response_events([ANSWER]),
    "all three times, without index and ids": bare(response_events([anonymous(ANSWER)])),
    "done twice": [*item_events(ANSWER, 0), done(ANSWER), completed(ANSWER)],
    "another id in the last event": [*item_events(ANSWER, 0), completed(AGAIN)],
    "another index in the last event": [*item_events(ANSWER, 5), completed(ANSWER)],
    "another id in each event": [
        {**text_delta("It rains"), "item_id": "a"},
        {**text_delta(" in Paris."), "item_id": "b"},
        done({**ANSWER, "id": "c"}),
        completed({**ANSWER, "id": "d"}),
    ],
    "only deltas": [text_delta("It rains"), text_delta(" in Paris."), completed()],
    "content that is text": [done({**ANSWER, "content": WORDS}), completed()],
    "white space before it": [
        text_delta("\n"),
        text_delta("\n It"),
        done(message(f"\n\n {WORDS}")),
        completed(),
    ],
    "white space before it, only in deltas": [text_delta("\n\nIt rains"), done(ANSWER), completed()],
    "white space behind it, only in deltas": [text_delta("It rains in Paris."), done(ANSWER), completed()],
    "a status of its own": [done({**ANSWER, "status": "ready"}), completed()],
    "an empty message before it": [*item_events(message("\n\n"), 0), *item_events(ANSWER, 1), completed()],
}


@pytest.mark.parametrize("events", ONE_ANSWER.values(), ids=ONE_ANSWER.keys())
def test_an_answer_is_heard_once(events: list[Event]) -> None:
    deltas = translate(events)

    assert "".join(delta.get("content") or "" for delta in deltas) == WORDS


@pytest.mark.parametrize("events", ONE_ANSWER.values(), ids=ONE_ANSWER.keys())
def test_an_answer_is_used_once(events: list[Event]) -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS, whole_answers=True)

    deltas = translate(events, by)

    assert "".join(delta.get("content") or "" for delta in deltas).strip() == WORDS


def test_a_final_text_that_differs_from_the_deltas_is_not_spoken() -> None:
    deltas = translate([text_delta("It rains."), done(message("It snows.")), completed()])

    assert seen(deltas)[:2] == ["<assistant>", "It rains."]


def test_a_message_that_only_the_last_event_has_is_heard_behind_the_others() -> None:
    first, second = message("One moment."), message("It rains.")

    deltas = translate([*item_events(second, 1), completed(first, second)])

    assert seen(deltas) == [
        "<assistant>",
        "It",
        " rains.",
        "\n\nOne moment.",
        ("keeps", "message", "message"),
    ]


def test_white_space_alone_is_not_heard() -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS)

    deltas = [delta for event in item_events(message("\n\n"), 0) for delta in by.feed(event)]

    assert deltas == []
    assert not by.spoke


# thoughts

THOUGHTS: dict[str, tuple[list[Event], list[Any]]] = {
    "in tags": (
        [
            text_delta("<think>\nIs it"),
            text_delta(" wet?\n</think>\n\nIt"),
            text_delta(" rains."),
            completed(),
        ],
        ["<assistant>", ("thinks", "Is it"), ("thinks", " wet?\n"), "It", " rains."],
    ),
    "in tags, only when it is done": (
        [done(message("<think>Is it wet?</think>\n\nIt rains.")), completed()],
        ["<assistant>", ("thinks", "Is it wet?"), "It rains.", ("keeps", "message")],
    ),
    "in empty tags": (
        [text_delta("<think>\n\n</think>\n\nIt rains."), completed()],
        ["<assistant>", "It rains."],
    ),
    "in tags before a call": (
        [*item_events(message("<think>Light.</think>\n\n"), 0), *item_events(KITCHEN, 1), completed()],
        ["<assistant>", ("thinks", "Light."), KITCHEN_ON, ("keeps", "message", "function_call")],
    ),
    "a tag in the middle": (
        [text_delta("Write <think>."), completed()],
        ["<assistant>", "Write <think>."],
    ),
    "only when they are done": (
        [done(reasoning("Is it wet?", "Yes.")), done(message("It rains."), 1), completed()],
        ["<assistant>", ("thinks", "Is it wet?\n\nYes."), "It rains.", ("keeps", "reasoning", "message")],
    ),
    "of an open model, only when they are done": (
        [
            done(
                {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "Wet?"}], "summary": []}
            ),
            done(message("It rains."), 1),
            completed(),
        ],
        ["<assistant>", ("thinks", "Wet?"), "It rains.", ("keeps", "reasoning", "message")],
    ),
    "two of them": (
        [
            *item_events(reasoning("One."), 0),
            *item_events(reasoning("Two."), 1),
            *item_events(message("Hi"), 2),
            completed(),
        ],
        [
            "<assistant>",
            ("thinks", "One."),
            ("thinks", "\n\nTwo."),
            "Hi",
            ("keeps", "reasoning", "reasoning", "message"),
        ],
    ),
}


@pytest.mark.parametrize(("events", "deltas"), THOUGHTS.values(), ids=THOUGHTS.keys())
def test_thoughts_are_not_heard(events: list[Event], deltas: list[Any]) -> None:
    assert seen(translate(events)) == deltas


@pytest.mark.parametrize(
    "text",
    [
        "<think>Wet?</think>It rains.",
        "Wet?</think>\n\nIt rains.",
        "<think>Wet?</think>\n\n<think>?</think>It rains.",
    ],
)
def test_thoughts_are_not_part_of_what_a_task_gets(text: str) -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS, whole_answers=True)

    deltas = translate(response_events([message(text)]), by)

    assert "".join(delta.get("content") or "" for delta in deltas) == "It rains."


@pytest.mark.parametrize("end", ["completed", "incomplete"])
def test_a_thought_without_an_answer_is_a_failure(end: str) -> None:
    with pytest.raises(OpenAIRequestError) as caught:
        translate(response_events([message("<think>Is it wet?")], end=end))

    kinds = {"completed": FailureKind.NO_ANSWER, "incomplete": FailureKind.INCOMPLETE}
    assert caught.value.failure.kind is kinds[end]


# how it ends

HALF: dict[str, list[Event]] = {
    "an incomplete response that is called completed": response_events([ANSWER], status="incomplete"),
    "as many tokens as there may be": response_events([ANSWER], usage={"output_tokens": 40}),
    "a message that is cut": response_events([cut(ANSWER)]),
    "a message that is cut, only in the last event": [completed(cut(ANSWER))],
}


@pytest.mark.parametrize("events", HALF.values(), ids=HALF.keys())
def test_half_an_answer_is_marked(events: list[Event]) -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS, max_tokens=40)

    deltas = translate(events, by)

    assert "".join(delta.get("content") or "" for delta in deltas) == f"{WORDS}…"
    assert by.end == "incomplete"


@pytest.mark.parametrize("events", HALF.values(), ids=HALF.keys())
def test_half_an_answer_is_no_data(events: list[Event]) -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS, max_tokens=40, whole_answers=True)

    with pytest.raises(OpenAIRequestError) as caught:
        translate(events, by)

    assert caught.value.failure.kind is FailureKind.INCOMPLETE


@pytest.mark.parametrize(
    "usage", [None, "many", {}, {"output_tokens": None}, {"output_tokens": "40"}, {"output_tokens": 39}, [40]]
)
def test_usage_that_does_not_say_that_an_answer_was_cut(usage: Any) -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS, max_tokens=40)

    translate(response_events([ANSWER], usage=usage), by)

    assert by.end == "completed"


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_failure_that_is_called_completed(status: str) -> None:
    error = {"code": "insufficient_quota", "message": "No credit."}

    with pytest.raises(OpenAIRequestError) as caught:
        translate(response_events([], status=status, error=error))

    assert caught.value.failure.kind is FailureKind.BILLING


@pytest.mark.parametrize("response", [{"error": "No."}, {"error": None}, {"error": {"message": 5}}, {}])
def test_a_failure_in_any_shape(response: Item) -> None:
    with pytest.raises(OpenAIRequestError) as caught:
        translate([{"type": "response.failed", "response": response}])

    assert caught.value.failure.kind is FailureKind.SERVER


def test_an_answer_that_stops_behind_a_message_while_another_one_begins() -> None:
    by = StreamTranslator(origin=ORIGIN, tool_names=TOOLS)

    with pytest.raises(OpenAIRequestError) as caught:
        translate([*item_events(ANSWER, 0), added(message(""), 1)], by)

    assert caught.value.failure.kind is FailureKind.CONNECTION


def test_images_of_a_program_are_not_kept() -> None:
    run = code_interpreter_call("plot()", "done")
    image = {"type": "image", "url": f"data:image/png;base64,{'A' * 100_000}"}
    with_image = {**run, "outputs": [*run["outputs"], image]}

    kept = translate(response_events([with_image, message("See.")]))[-1]["native"].items

    assert kept[0] == run


def test_a_program_that_only_made_images_has_no_outputs() -> None:
    run = code_interpreter_call("plot()") | {
        "outputs": [{"type": "image", "url": "https://example.org/a.png"}]
    }

    kept = translate(response_events([run, message("See.")]))[-1]["native"].items

    assert kept[0]["outputs"] is None
