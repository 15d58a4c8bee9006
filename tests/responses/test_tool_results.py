"""What tools return: plain data for the model, or an error that says why not."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.openai_conversation.responses.tool_results import MAX_RESULT, error_result, tool_result
from homeassistant.helpers import llm
from homeassistant.helpers.json import json_bytes
from tests.support.odd_values import Silent, deep, endless, odd_value


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"light": "on"}, {"light": "on"}),
        (None, {"result": None}),
        ("on", {"result": "on"}),
        ([1, 2], {"result": [1, 2]}),
        ({"at": datetime(2026, 11, 25, tzinfo=UTC)}, {"at": "2026-11-25T00:00:00+00:00"}),
        ({"level": float("nan")}, {"level": None}),
        ({"rooms": ("a", "b")}, {"rooms": ["a", "b"]}),
        ({1: "one"}, {"1": "one"}),
        ({"name": "Lamp \ud83d"}, {"name": "Lamp "}),
        ({"at": 1j}, {"at": "1j"}),
        ({(1, 2): 3, "a": 4}, {"a": 4}),
    ],
)
def test_a_result_is_plain_data(value: Any, data: dict[str, Any]) -> None:
    for result in (value, llm.ToolResult(value)):
        assert tool_result(result) == llm.ToolResult(data)


def test_an_error_stays_one() -> None:
    assert tool_result(llm.ToolResult(None, error=True)) == llm.ToolResult({"result": None}, error=True)


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (endless(), "UnreadableResult"),
        (deep(60), "UnreadableResult"),
        (deep(300), "UnreadableResult"),
        (deep(3000), "UnreadableResult"),
        ({"a": Silent()}, "UnreadableResult"),
        ({"a": "x" * MAX_RESULT}, "ResultTooLarge"),
    ],
    ids=["endless", "60 levels", "300 levels", "3000 levels", "no words", "huge"],
)
def test_what_cannot_be_data_is_an_error(value: Any, error: str) -> None:
    result = tool_result({"data": value})

    assert result.error
    assert result.data["error"] == error
    assert len(json_bytes(result.data)) < 300


def test_an_error_is_short_and_clean() -> None:
    assert error_result("Oops") == llm.ToolResult({"error": "Oops"}, error=True)
    assert error_result("Oops", "Lamp \ud83d\x00") == llm.ToolResult(
        {"error": "Oops", "error_text": "Lamp"}, error=True
    )
    assert len(error_result("Oops", "x" * 5_000_000).data["error_text"]) == 1000


@pytest.mark.parametrize("seeds", [range(start, start + 100) for start in range(0, 500, 100)], ids=str)
def test_a_result_of_any_shape_can_be_copied_shown_and_sent(seeds: range) -> None:
    for seed in seeds:
        result = tool_result(odd_value(seed))

        assert isinstance(result.data, dict), seed
        assert len(json_bytes(asdict(result))) <= MAX_RESULT + 100, seed
