"""Bytes → events."""

import json
from typing import Any

import pytest

from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError
from custom_components.openai_conversation.responses import events
from custom_components.openai_conversation.responses.events import EventDecoder
from custom_components.openai_conversation.responses.stream import TRANSLATED
from tests.support.responses_api import Event, function_call, message, response_events, sse


def decode(*chunks: bytes) -> list[Event]:
    """Return the events of a body that comes in these chunks."""
    decoder = EventDecoder()
    return [*(event for chunk in chunks for event in decoder.feed(chunk)), *decoder.finish()]


def block(event: dict[str, Any], *, name: str | None = None, line_end: str = "\n") -> bytes:
    """Return an event as it goes over the wire; without a name there is no `event:` line."""
    first = f"event: {name}{line_end}" if name else ""
    data = json.dumps(event, ensure_ascii=False)
    return f"{first}data: {data}{line_end}{line_end}".encode()


TEXT = {"type": "response.output_text.delta", "delta": "Grüße 🏠"}
CALL = {"type": "response.output_item.done", "item": function_call("HassTurnOn", {"name": "Küche"})}
END = {"type": "response.completed", "response": {}}
BARE = {"object": "response", "status": "completed", "output": []}
KNOWN, UNKNOWN = "response.output_text.delta", "response.in_progress"

BODIES: dict[str, tuple[bytes, list[Event]]] = {
    "events": (
        block(TEXT, name=KNOWN) + block(CALL, name=CALL["type"]) + block(END, name=END["type"]),
        [TEXT, CALL, END],
    ),
    "CRLF": (
        block(TEXT, name=KNOWN, line_end="\r\n") + block(END, name=END["type"], line_end="\r\n"),
        [TEXT, END],
    ),
    "CR": (
        block(TEXT, name=KNOWN, line_end="\r") + block(END, name=END["type"], line_end="\r"),
        [TEXT, END],
    ),
    "a byte order mark": (b"\xef\xbb\xbf" + block(TEXT, name=KNOWN), [TEXT]),
    "data in several lines": (
        b'data: {"type": "error",\ndata:  "code":\ndata: "slow_down"}\n\n' + block(TEXT),
        [{"type": "error", "code": "slow_down"}, TEXT],
    ),
    "data before the name": (b'data: {"type": "error"}\nevent: error\n\n', [{"type": "error"}]),
    "no blank line between events": (
        block(TEXT, name=KNOWN)[:-1] + block(TEXT)[:-1] + block(END, name=END["type"]),
        [TEXT, TEXT, END],
    ),
    "no blank line between events, some that nobody needs": (
        block({"type": UNKNOWN}, name=UNKNOWN)[:-1] + block(TEXT, name=KNOWN)[:-1] + block(END),
        [TEXT, END],
    ),
    "no blank line at the end": (block(TEXT) + block(END)[:-1], [TEXT, END]),
    "no line end at the end": (block(TEXT) + block(END)[:-2], [TEXT, END]),
    "bytes that are not UTF-8": (
        b'data: {"type": "response.output_text.delta", "delta": "Caf\xe9 und Tee"}\n\n',
        [{**TEXT, "delta": "Caf\ufffd und Tee"}],
    ),
    "half an emoji": (
        b'data: {"type": "response.output_text.delta", "delta": "Hi \\ud83d"}\n\n',
        [{**TEXT, "delta": "Hi \ufffd"}],
    ),
    "half an emoji deep inside": (
        b'data: {"type": "error", "error": {"\\ude00": ["a\\ud83d", {"b": "\\ud83d\\ude00"}]}}\n\n',
        [{"type": "error", "error": {"\ufffd": ["a\ufffd", {"b": "😀"}]}}],
    ),
    "without an event line": (block(TEXT) + block(END), [TEXT, END]),
    "without blanks": (b'event:error\ndata:{"type":"error"}\n\n', [{"type": "error"}]),
    "comments": (b": OPENROUTER PROCESSING\n\n" + block(TEXT, name=KNOWN) + b":\n\n", [TEXT]),
    "other fields": (b"id: 7\nretry: 100\n" + block(TEXT, name=KNOWN), [TEXT]),
    "[DONE]": (block(END) + b"data: [DONE]\n\n", [END]),
    "an error as over plain HTTP": (
        b'data: {"error": {"code": "server_error"}}\n\n',
        [{"type": "error", "error": {"code": "server_error"}}],
    ),
    "an error in another event": (block({**END, "error": None}), [{**END, "error": None}]),
    "no error in a response without a type": (
        b'data: {"object": "response", "status": "completed", "output": [], "error": null}\n\n',
        [{"type": "response.completed", "response": {**BARE, "error": None}}],
    ),
    "a response in progress without a type": (
        b'data: {"object": "response", "status": "in_progress", "output": []}\n\n' + block(END),
        [END],
    ),
    "an error that is text": (
        b'data: {"error": "No credit."}\n\n',
        [{"type": "error", "error": {"message": "No credit."}}],
    ),
    "no JSON": (b"data: {broken\n\n" + block(TEXT), [TEXT]),
    "no object": (b'data: [1]\n\ndata: "x"\n\ndata: 3\n\ndata: null\n\n' + block(TEXT), [TEXT]),
    "empty data": (b"data:\n\ndata: \n\n" + block(TEXT), [TEXT]),
    "events nobody needs": (
        block({"type": UNKNOWN}, name=UNKNOWN) + block(TEXT, name=KNOWN) + block({}, name="ping"),
        [TEXT],
    ),
    "a field between the name and the data": (
        f"event: {UNKNOWN}\nid: 7\n".encode()
        + block(END)
        + f"event: {KNOWN}\nid: 8\n".encode()
        + block(TEXT),
        [TEXT],
    ),
    "an unnamed event behind one nobody needs": (block({}, name=UNKNOWN) + block(TEXT), [TEXT]),
    "a name that is no text": (b"event: \xff\xfe\ndata: {}\n\n" + block(TEXT), [TEXT]),
    "blank lines": (b"\n\n\n" + block(TEXT) + b"\r\n\n", [TEXT]),
    # other bodies than a stream
    "JSON": (json.dumps(BARE).encode(), [{"type": "response.completed", "response": BARE}]),
    "JSON in several lines": (
        b"\n" + json.dumps(BARE, indent=2).encode() + b"\n",
        [{"type": "response.completed", "response": BARE}],
    ),
    "JSON with a byte order mark": (
        b"\xef\xbb\xbf" + json.dumps(BARE).encode(),
        [{"type": "response.completed", "response": BARE}],
    ),
    "an error as JSON": (
        b'{"error": {"code": "server_error"}}',
        [{"type": "error", "error": {"code": "server_error"}}],
    ),
    "an event a line, as JSON": (
        json.dumps(TEXT).encode() + b"\n" + json.dumps(END).encode() + b"\n",
        [TEXT, END],
    ),
    "half of JSON": (json.dumps(BARE).encode()[:-5], []),
    "nothing": (b"", []),
    "half an event at the end": (block(TEXT) + b'data: {"type": "response.comp', [TEXT]),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_bytes_to_events(body: bytes, expected: list[Event]) -> None:
    assert decode(body) == expected


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES.keys())
def test_where_the_body_is_cut_does_not_matter(body: bytes, expected: list[Event]) -> None:
    for position in range(len(body) + 1):
        assert decode(body[:position], body[position:]) == expected, body[:position]
    assert decode(*(body[index : index + 1] for index in range(len(body)))) == expected


def test_an_event_comes_as_soon_as_its_blank_line_does() -> None:
    decoder = EventDecoder()

    assert list(decoder.feed(b'data: {"type": "error"}\n')) == []
    assert list(decoder.feed(b"\n")) == [{"type": "error"}]


def test_the_name_decides_without_a_look_at_the_data() -> None:
    assert decode(block(END, name=UNKNOWN)) == []
    assert decode(block({"type": UNKNOWN}, name=KNOWN)) == [{"type": UNKNOWN}]


def test_a_whole_response() -> None:
    events = response_events([message("It is raining.")])
    needed = [{"sequence_number": number, **event} for number, event in enumerate(events)]

    assert [event["type"] for event in decode(sse(events))] == [
        event["type"] for event in needed if event["type"] in TRANSLATED
    ]


OTHER_BODIES = {
    "a web page": b"<!DOCTYPE html>\n<html><body>Please log in.</body></html>",
    "a web page without a line end": b"  <html><title>nginx</title></html>",
    "JSON of something else": b'{"detail": "Not Found"}',
    "a chat completion": b'{"object": "chat.completion", "choices": []}',
    "a stream of a chat completion": b'data: {"object": "chat.completion.chunk"}\n\ndata: [DONE]\n\n',
    "plain text": b"upstream connect error or disconnect/reset before headers",
    "text as data": b"data: error: no such model\n\n",
}


@pytest.mark.parametrize("body", OTHER_BODIES.values(), ids=OTHER_BODIES.keys())
def test_a_body_that_no_responses_api_sends(body: bytes) -> None:
    for size in (1, 7, len(body)):
        with pytest.raises(OpenAIRequestError) as caught:
            decode(*(body[start : start + size] for start in range(0, len(body), size)))

        assert caught.value.failure.kind is FailureKind.UNREADABLE


@pytest.mark.parametrize(
    "body",
    [b"", b": ping\n\n", b"data: [DONE]\n\n", b'data: {"type": "respo', f"event: {UNKNOWN}\nda".encode()],
)
def test_a_stream_that_ended_before_its_first_event_is_no_other_body(body: bytes) -> None:
    assert decode(body) == []


@pytest.mark.parametrize(
    "chunk",
    [b"x" * 50, b"data: x\n" * 10, b"{" + b" \n" * 30, b": ping" * 10],
    ids=["a line", "lines of data", "JSON", "a comment"],
)
def test_an_event_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch, chunk: bytes) -> None:
    monkeypatch.setattr(events, "MAX_EVENT", 1000)

    with pytest.raises(OpenAIRequestError) as caught:
        decode(*[chunk] * 40)

    assert caught.value.failure.kind is FailureKind.ANSWER_TOO_LARGE


def test_a_stream_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_BODY", 1000)

    with pytest.raises(OpenAIRequestError) as caught:
        decode(*[b": ping\n\n"] * 200)

    assert caught.value.failure.kind is FailureKind.ANSWER_TOO_LARGE


def test_many_events_are_not_one_large_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_EVENT", 200)

    assert decode(block(TEXT, name=KNOWN) * 100) == [TEXT] * 100
    assert decode(b": ping\n" * 100 + b"id: 7\n" * 100 + block(TEXT)) == [TEXT]


def test_a_large_event_in_small_pieces_takes_linear_work() -> None:
    # work that grows with the square of its size would take minutes
    text = {"type": "response.output_text.delta", "delta": "x" * 2_000_000}
    body = block(text)

    assert decode(*(body[start : start + 16] for start in range(0, len(body), 16))) == [text]
