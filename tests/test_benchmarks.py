"""The benchmarks measure what they say."""

import json
from typing import Any

import pytest

from benchmarks.answers import answer, words
from benchmarks.house import Variant
from benchmarks.results import Results, as_table


def asked(text: str, *items: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of the answer to a question, after some other items."""
    tool = {"type": "function", "name": "homeassistant__GetDateTime", "parameters": {}}
    body = {"model": "gpt-6-luna", "tools": [tool], "input": [{"role": "user", "content": text}, *items]}
    return [json.loads(event.partition(b"data: ")[2]) for event in answer(body)]


def test_a_text_has_as_many_words_as_it_should() -> None:
    assert words(1) == "Word."
    assert len(words(200).split()) == 200
    assert words(200).count(".") == 25
    assert words(9, "ho") == "Ho ho ho ho ho ho ho ho. Ho."


def test_the_server_says_what_it_is_asked_to() -> None:
    events = asked("Say 20 words.")

    assert [event["delta"] for event in events if event["type"] == "response.output_text.delta"]
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == words(20)


@pytest.mark.parametrize(("text", "calls"), [("Call 5 tools in turn.", 1), ("Call 5 tools at once.", 5)])
def test_the_server_calls_tools(text: str, calls: int) -> None:
    output = asked(text)[-1]["response"]["output"]

    assert [item["type"] for item in output] == ["function_call"] * calls
    assert len({item["call_id"] for item in output}) == calls


def test_ratios_are_those_of_neighbors() -> None:
    results = Results()
    # the second pair was measured while the machine was busy
    for ours, cores in ((1.0, 4.0), (10.0, 40.0), (1.0, 2.0)):
        results.add("Turn", Variant.OURS, ours)
        results.add("Turn", Variant.CORE, cores)

    ratio = results.ratio("Turn", Variant.OURS, Variant.CORE)

    assert ratio
    assert (ratio.median, ratio.low, ratio.high) == (0.25, 0.25, 0.375)
    assert list(as_table(results))[-1] == "| Turn | 1 | 4 | - | 0.25 (0.25 to 0.38) | - | 3 |"
