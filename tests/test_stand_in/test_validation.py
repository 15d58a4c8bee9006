"""Tests of what the stand-in refuses."""

from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest

from tests.stand_in import InvalidRequest, validate_response_request
from tests.stand_in.family_rules import check_family
from tests.stand_in.models import family_of

from .requests import STRING, tool

CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": []}
USER = {"role": "user", "content": "hi"}


RUNNER = {"type": "code_interpreter", "container": {"type": "auto"}}


def structured(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the wish for an answer in a strict shape."""
    closed = {"type": "object", "additionalProperties": False, "required": list(properties)}
    schema = {**closed, "properties": properties, **more}
    return {"type": "json_schema", "name": "x", "schema": schema, "strict": True}


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": True, "store": False, "temperature": 0.5, "max_output_tokens": 16},
        {"input": [USER, REASONING, CALL, OUTPUT]},
        {"input": [USER, CALL]},
        {"input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}]},
        {"model": "gpt-4o-2024-11-20"},
        {"model": "gpt-6-luna", "reasoning": {"effort": "none"}, "temperature": 1, "top_p": 1},
        {"model": "gpt-6-luna", "text": {"verbosity": "low"}, "prompt_cache_options": {"ttl": "30m"}},
        {"model": "gpt-5.1", "prompt_cache_retention": "24h", "service_tier": "flex"},
        {"tools": [{"type": "web_search"}], "include": ["reasoning.encrypted_content"]},
        {"tools": [RUNNER], "service_tier": "priority"},
        {"model": "gpt-6-luna", "reasoning": {"summary": "concise"}, "service_tier": "flex"},
        {"text": {"format": structured({"a": {"type": ["string", "null"], "format": "date"}})}},
        {"text": {"format": structured({"a": {"$ref": "#/$defs/b"}}, **{"$defs": {"b": STRING}})}},
        {"text": {"format": structured({"a": {"anyOf": [{"type": "null"}, {"enum": [1, 2]}]}})}},
    ],
)
def test_a_good_request_passes(changes: dict[str, Any]) -> None:
    validate_response_request({"model": "gpt-4o", "input": "hi", **changes})


BAD_REQUESTS = [
    ({"foo": 1}, "foo", "unknown_parameter"),
    ({"temperature": "1"}, "temperature", "invalid_type"),
    ({"temperature": 3}, "temperature", "integer_above_max_value"),
    ({"max_output_tokens": 15}, "max_output_tokens", "integer_below_min_value"),
    ({"safety_identifier": "x" * 65}, "safety_identifier", "string_above_max_length"),
    ({"previous_response_id": "resp_1"}, "previous_response_id", "previous_response_not_found"),
    ({"input": [{**USER, "foo": 1}]}, "input[0].foo", "unknown_parameter"),
    ({"input": [{"type": "nonsense"}]}, "input[0].type", "invalid_value"),
    ({"input": [USER, {**CALL, "arguments": {}}]}, "input[1].arguments", "invalid_type"),
    ({"input": [{"type": "reasoning", "id": "rs_1"}]}, "input[0].summary", "missing_required_parameter"),
    ({"input": [USER, CALL, USER]}, "input", None),
    ({"input": [USER, OUTPUT]}, "input", None),
    ({"input": [USER, REASONING, USER]}, "input", None),
    ({"input": [USER, REASONING]}, "input", None),
    ({"input": [USER, CALL, OUTPUT, CALL, OUTPUT]}, "input", None),
    ({"input": [USER, {**CALL, "id": "call_1"}, OUTPUT]}, "input[1].id", "invalid_value"),
    (
        {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "hi"}]}]},
        "input[0].content[0].type",
        "invalid_value",
    ),
    ({"tools": [tool("a b")]}, "tools[0].name", "invalid_value"),
    ({"tools": [tool("x" * 65)]}, "tools[0].name", "invalid_value"),
    ({"tools": [{"type": "nonsense"}]}, "tools[0].type", "invalid_value"),
    (
        {"tools": [{**tool("f", a=STRING), "strict": True}]},
        "tools[0].parameters",
        "invalid_function_parameters",
    ),
    (
        {"tools": [{**tool("f"), "parameters": {"anyOf": [{"type": "object"}]}}]},
        "tools[0].parameters",
        "invalid_function_parameters",
    ),
    (
        {
            "text": {
                "format": {"type": "json_schema", "name": "x", "schema": {"type": "object"}, "strict": True}
            }
        },
        "text.format.schema",
        "invalid_json_schema",
    ),
    *(
        ({"text": {"format": structured(properties)}}, "text.format.schema", "invalid_json_schema")
        for properties in (
            {"a": {}},
            {"a": {"type": "string", "minLength": 1}},
            {"a": {"type": "string", "format": "color"}},
            {"a": {"type": "array"}},
            {"a": {"type": "array", "items": {"type": "string", "default": ""}}},
            {"a": {"type": ["object", "null"], "properties": {}}},
            {"a": {"oneOf": [STRING]}},
            {"a": {"anyOf": [STRING, {"type": "object", "properties": {"b": STRING}}]}},
        )
    ),
    ({"text": {"format": structured({}, required=["a"])}}, "text.format.schema", "invalid_json_schema"),
    ({"service_tier": "flex"}, "service_tier", "unsupported_value"),
    ({"model": "gpt-5-nano", "service_tier": "priority"}, "service_tier", "unsupported_value"),
    ({"model": "gpt-6-luna", "service_tier": "scale"}, "service_tier", None),
    (
        {"model": "gpt-5-mini", "reasoning": {"effort": "minimal"}, "tools": [{"type": "web_search"}]},
        "tools",
        None,
    ),
    ({"model": "gpt-5-pro", "tools": [RUNNER]}, "tools", None),
    ({"model": "o3", "reasoning": {"summary": "concise"}}, "reasoning.summary", "unsupported_value"),
    ({"reasoning": {"effort": "low"}}, "reasoning.effort", "unsupported_parameter"),
    ({"text": {"verbosity": "low"}}, "text.verbosity", "unsupported_parameter"),
    ({"prompt_cache_options": {"ttl": "30m"}}, "prompt_cache_options", "unsupported_parameter"),
    ({"prompt_cache_retention": "24h"}, "prompt_cache_retention", "unsupported_value"),
    (
        {"model": "gpt-6-luna", "prompt_cache_retention": "24h"},
        "prompt_cache_retention",
        "unsupported_parameter",
    ),
    (
        {"model": "gpt-5.5", "prompt_cache_retention": "in_memory"},
        "prompt_cache_retention",
        "unsupported_value",
    ),
    ({"model": "gpt-6-luna", "temperature": 1}, "temperature", "unsupported_parameter"),
    ({"model": "gpt-5-mini", "top_p": 1}, "top_p", "unsupported_parameter"),
    ({"model": "gpt-6.1-sol", "reasoning": {"effort": "none"}}, "reasoning.effort", "unsupported_value"),
    ({"model": "gpt-5.1", "reasoning": {"effort": "xhigh"}}, "reasoning.effort", "unsupported_value"),
    ({"model": "gpt-5.2-pro", "reasoning": {"effort": "low"}}, "reasoning.effort", "unsupported_value"),
    (
        {"model": "gpt-5-mini", "include": ["message.output_text.logprobs"]},
        "include",
        "unsupported_parameter",
    ),
    ({"model": "gpt-4"}, "model", "model_not_found"),
    ({"model": "nonsense"}, "model", "model_not_found"),
    ({"model": "gpt-image-2"}, "model", "model_not_found"),
]


@pytest.mark.parametrize(("changes", "param", "code"), BAD_REQUESTS)
def test_a_bad_request_is_refused(changes: dict[str, Any], param: str, code: str | None) -> None:
    with pytest.raises(InvalidRequest) as caught:
        validate_response_request({"model": "gpt-4o", "input": "hi", **changes})
    assert (caught.value.param, caught.value.code) == (param, code)
    assert caught.value.status == (404 if code == "model_not_found" else 400)


@pytest.mark.parametrize(
    ("model", "is_new"), [("gpt-6-luna", True), ("gpt-5.6-sol", True), ("gpt-5.5", False)]
)
def test_only_new_models_can_think_twice(model: str, is_new: bool) -> None:
    # the SDK of Home Assistant 2026.10 does not know the mode, so the rule is asked by itself
    body = {"model": model, "reasoning": {"mode": "pro"}}
    with nullcontext() if is_new else pytest.raises(InvalidRequest, match=r"reasoning\.mode"):
        check_family(body)


def test_which_models_could_search_is_remembered() -> None:
    body = {"model": "o3-mini", "input": "hi", "tools": [{"type": "web_search"}]}
    with pytest.raises(InvalidRequest, match="o3-mini"):
        validate_response_request(body, today=date(2026, 10, 1))


def test_a_model_needs_no_family_to_be_harmless() -> None:
    assert family_of("something-else").efforts == ()
