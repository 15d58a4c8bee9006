"""Tests of the stand-in OpenAI: it must not be kinder than the real one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
import json
from pathlib import Path
import sys
import time
from typing import Any, get_args

from aiohttp import ClientError, ClientSession
from aiohttp.test_utils import TestServer
import openai
from openai.types.responses import Response, ResponseStreamEvent
import pytest

from .openai_stand_in import InvalidRequest, create_app, validate_response_request
from .openai_stand_in.brain import plan
from .openai_stand_in.events import events_for
from .openai_stand_in.home import read_entities
from .openai_stand_in.items import FunctionCall, Message, Reasoning
from .openai_stand_in.mishaps import MISHAPS
from .openai_stand_in.models import family_of
from .openai_stand_in.refusals import REFUSALS
from .openai_stand_in.usage import PromptCache

pytestmark = pytest.mark.usefixtures("socket_enabled")

KEY = "sk-test-of-the-stand-in"


@pytest.fixture(autouse=True)
def today() -> None:
    """Let real time pass: the other tests' frozen clock would keep a server asleep."""


@pytest.fixture(autouse=True)
def custom_integrations() -> None:
    """Do without Home Assistant: the stand-in knows nothing of it."""


PROMPT = """You are a voice assistant for Home Assistant.
Answer questions about the world truthfully.

You ARE equipped to answer questions about the current state of
the home by retrieving live context. This is a primary function.

Static Context: An overview of the areas and the devices in this smart home:
- names: Back Door Lock
  domain: lock
- names: Bedroom Light
  domain: light
  areas: Bedroom
- names: Coffee Machine
  domain: switch
  areas: Kitchen
- names: Garage Door
  domain: cover
- names: Hallway Thermostat, Heating
  domain: climate
  areas: Hallway
- names: Kitchen Light, Big lamp
  domain: light
  areas: Kitchen, Cooking place
- names: Lamp 2
  domain: light
  areas: Living Room
- names: 'Living Room: Ceiling'
  domain: light
  areas: Living Room
- names: Forecast Home
  domain: weather

When controlling Home Assistant always call the intent tools.
"""

STRING = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}
TARGET = {"name": STRING, "area": STRING, "floor": STRING, "domain": STRINGS}


def tool(name: str, /, **properties: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"type": "function", "name": name, "description": "…", "parameters": parameters, "strict": False}


TOOLS = [
    tool("homeassistant__GetLiveContext", name=STRING, domain={"anyOf": [STRING, STRINGS]}, area=STRING),
    tool("intent__HassTurnOn", **TARGET),
    tool("intent__HassTurnOff", **TARGET),
    tool("intent__HassSetPosition", name=STRING, position={"type": "integer"}),
    tool("light__HassLightSet", **TARGET, color=STRING, brightness={"type": "integer"}),
    tool("climate__HassClimateSetTemperature", temperature={"type": "number"}, name=STRING, area=STRING),
    tool("llm__GetDateTime"),
]


def said(*texts: str) -> list[dict[str, Any]]:
    """Return the input of a conversation in which the user said these things."""
    items: list[dict[str, Any]] = [{"role": "developer", "content": PROMPT}]
    for text in texts:
        items += [{"role": "user", "content": text}, {"role": "assistant", "content": "Well."}]
    return items[:-1]


def request(*texts: str, **changes: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "input": said(*texts), "tools": TOOLS, **changes}


def answer_to(body: dict[str, Any]) -> str:
    validate_response_request(body)
    (item,) = plan(body)
    assert isinstance(item, Message)
    return item.text


def calls_for(body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    validate_response_request(body)
    items = plan(body)
    assert all(isinstance(item, FunctionCall) for item in items), items
    return [(item.name, json.loads(item.arguments)) for item in items if isinstance(item, FunctionCall)]


def after_call(text: str, name: str, arguments: dict[str, Any], output: Any) -> dict[str, Any]:
    """Return the request that brings a tool's result."""
    call = {"type": "function_call", "call_id": "call_1", "name": name, "arguments": json.dumps(arguments)}
    result = {"type": "function_call_output", "call_id": "call_1", "output": json.dumps(output)}
    return request(input=[*said(text), call, result])


# --- the brain ---


@pytest.mark.parametrize(
    ("text", "tool_name", "arguments"),
    [
        ("Turn on the kitchen light", "intent__HassTurnOn", {"name": "Kitchen Light", "domain": ["light"]}),
        ("switch the big lamp off", "intent__HassTurnOff", {"name": "Kitchen Light", "domain": ["light"]}),
        ("turn on lamp 2", "intent__HassTurnOn", {"name": "Lamp 2", "domain": ["light"]}),
        ("turn on the kitchen", "intent__HassTurnOn", {"name": "Kitchen Light", "domain": ["light"]}),
        (
            "turn off the lights in the living room",
            "intent__HassTurnOff",
            {"area": "Living Room", "domain": ["light"]},
        ),
        (
            "set the kitchen light to 40 percent",
            "light__HassLightSet",
            {"name": "Kitchen Light", "domain": ["light"], "brightness": 40},
        ),
        (
            "make the bedroom light red",
            "light__HassLightSet",
            {"name": "Bedroom Light", "domain": ["light"], "color": "red"},
        ),
        (
            "set the heating to 21.5 degrees",
            "climate__HassClimateSetTemperature",
            {"name": "Hallway Thermostat", "temperature": 21.5},
        ),
        ("lock the back door", "intent__HassTurnOn", {"name": "Back Door Lock", "domain": ["lock"]}),
        ("unlock the back door", "intent__HassTurnOff", {"name": "Back Door Lock", "domain": ["lock"]}),
        ("open the garage door", "intent__HassTurnOn", {"name": "Garage Door", "domain": ["cover"]}),
        ("close the garage door", "intent__HassTurnOff", {"name": "Garage Door", "domain": ["cover"]}),
        (
            "set the garage door to 50 percent",
            "intent__HassSetPosition",
            {"name": "Garage Door", "position": 50},
        ),
        (
            "is the kitchen light on?",
            "homeassistant__GetLiveContext",
            {"name": "Kitchen Light", "domain": "light"},
        ),
        (
            "what's the weather like?",
            "homeassistant__GetLiveContext",
            {"name": "Forecast Home", "domain": "weather"},
        ),
        ("which lights are on?", "homeassistant__GetLiveContext", {"domain": "light"}),
        (
            "how warm is it in the hallway?",
            "homeassistant__GetLiveContext",
            {"area": "Hallway", "domain": ["sensor", "climate", "weather"]},
        ),
        ("what time is it?", "llm__GetDateTime", {}),
        ("loop for ever", "homeassistant__GetLiveContext", {}),
    ],
)
def test_a_command_becomes_a_call(text: str, tool_name: str, arguments: dict[str, Any]) -> None:
    assert calls_for(request(text)) == [(tool_name, arguments)]


@pytest.mark.parametrize(
    ("texts", "tool_name", "names"),
    [
        (
            ["turn on the kitchen light and the bedroom light"],
            "HassTurnOn",
            ["Kitchen Light", "Bedroom Light"],
        ),
        (["turn on the kitchen and bedroom lights"], "HassTurnOn", ["Kitchen Light", "Bedroom Light"]),
        (["turn on the kitchen light", "and the bedroom too"], "HassTurnOn", ["Bedroom Light"]),
        (["turn on the kitchen light", "and the bedroom light off please"], "HassTurnOff", ["Bedroom Light"]),
        (["dim the kitchen to 20%", "and the bedroom too"], "HassLightSet", ["Bedroom Light"]),
        (["turn on the kitchen light", "turn it off again"], "HassTurnOff", ["Kitchen Light"]),
        (["is the kitchen light on?", "turn it off"], "HassTurnOff", ["Kitchen Light"]),
        (
            ["turn on the kitchen light and the bedroom light", "turn them off"],
            "HassTurnOff",
            ["Kitchen Light", "Bedroom Light"],
        ),
    ],
)
def test_several_devices_and_follow_ups(texts: list[str], tool_name: str, names: list[str]) -> None:
    calls = calls_for(request(*texts))
    assert [arguments["name"] for _, arguments in calls] == names
    assert all(name.endswith(tool_name) for name, _ in calls)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("unlock the front door", "I don't see a front door lock here."),
        ("turn on the garage light", "I don't see a garage light here."),
        ("is the garage light on?", "I don't see a garage light here."),
        ("is the front door locked?", "I don't see a front door lock here."),
        ("is the dishwasher running?", "I don't see a dishwasher here."),
        ("is there a fan?", "I don't see anything like that here."),
        ("do I have lights in the bedroom?", "Yes: Bedroom Light."),
        ("is there a coffee machine?", "Yes: Coffee Machine."),
        ("open the awning", "I don't see an awning here."),
        ("who are you?", "I am the voice of this house."),
        ("hello", "Hello! Nice to hear from you."),
        ("count to 3", "1 2 3."),
        ("what is the capital of France?", "I am only a stand-in, so that is all I can say about it."),
    ],
)
def test_an_answer_without_a_call(text: str, answer: str) -> None:
    assert answer_to(request(text)) == answer


def test_only_asking_ends_with_a_question_mark() -> None:
    assert answer_to(request("ask me something")).endswith("?")
    assert not answer_to(request("hello")).endswith("?")


def test_it_asks_which_of_several_devices_is_meant_unless_it_knows_the_room() -> None:
    assert answer_to(request("turn on the lights")).startswith("Which one do you mean: ")
    here = {"instructions": "You are in area Kitchen and all generic commands should target this area."}
    assert calls_for(request("turn on the lights", **here))[0][1]["name"] == "Kitchen Light"
    assert len(calls_for(request("turn on all the lights"))) == 4


@pytest.mark.parametrize(
    ("text", "name", "arguments", "output", "answer"),
    [
        (
            "turn on the kitchen light",
            "intent__HassTurnOn",
            {"name": "Kitchen Light", "domain": ["light"]},
            {
                "data": {"response_type": "action_done", "data": {"success": [{}], "failed": []}},
                "error": False,
            },
            "Turned on Kitchen Light.",
        ),
        (
            "lock the back door",
            "intent__HassTurnOn",
            {"name": "Back Door Lock", "domain": ["lock"]},
            {"response_type": "action_done", "data": {"success": [{}], "failed": []}},
            "Locked Back Door Lock.",
        ),
        (
            "turn on the kitchen light",
            "intent__HassTurnOn",
            {"name": "Kitchen Light"},
            {"data": {"error": "MatchFailedError", "error_text": "no such thing"}, "error": True},
            "Sorry, that did not work: no such thing.",
        ),
        (
            "set the heating to 21",
            "climate__HassClimateSetTemperature",
            {"name": "Hallway Thermostat", "temperature": 21.0},
            {"data": {}, "error": False},
            "Set Hallway Thermostat to 21 degrees.",
        ),
        (
            "is the kitchen light on?",
            "homeassistant__GetLiveContext",
            {"name": "Kitchen Light"},
            {"data": {"result": "Live Context:\n- names: Kitchen Light\n  domain: light\n  state: 'on'\n"}},
            "Kitchen Light is on.",
        ),
        (
            "turn off the lights in the living room",
            "intent__HassTurnOff",
            {"area": "Living Room", "domain": ["light"]},
            "done",
            "Turned off the lights in Living Room.",
        ),
        (
            "make the kitchen light red",
            "light__HassLightSet",
            {"name": "Kitchen Light", "color": "red"},
            {"response_type": "error", "data": {"code": "no_valid_targets"}},
            "Sorry, that did not work: no reason given.",
        ),
        (
            "make the kitchen light red",
            "light__HassLightSet",
            {"name": "Kitchen Light", "color": "red"},
            {"data": {}, "error": False},
            "Set Kitchen Light to red.",
        ),
        (
            "turn on the coffee machine",
            "script__make_coffee",
            {"name": "Coffee Machine"},
            {"data": {"success": [], "failed": [{}]}},
            "Sorry, that did not work: no reason given.",
        ),
        (
            "what time is it?",
            "llm__GetDateTime",
            {},
            {"data": {"time": "18:26:15", "date": "2026-11-22", "weekday": "Sunday"}, "error": False},
            "It is 18:26 on Sunday, 2026-11-22.",
        ),
    ],
)
def test_it_answers_from_the_result(
    text: str, name: str, arguments: dict[str, Any], output: Any, answer: str
) -> None:
    if name.endswith("GetLiveContext"):
        output = {**output, "error": False}
    assert answer_to(after_call(text, name, arguments, output)) == answer


STATES = """Live Context: An overview of the areas and the devices in this smart home:
- names: Ceiling
  domain: light
  state: 'on'
  attributes:
    brightness: '102'
    brightness_pct: '40'
- names: Thermostat
  domain: climate
  state: heat
  attributes:
    current_temperature: '21.5'
    temperature: '20'
- names: Outdoor
  domain: sensor
  state: '8.3'
  attributes:
    unit_of_measurement: °C
- names: Home
  domain: weather
  state: sunny
  attributes:
    temperature: '18'
"""


def test_it_tells_states_in_words() -> None:
    output = {"data": {"result": STATES}, "error": False}
    assert answer_to(after_call("what is on?", "homeassistant__GetLiveContext", {}, output)) == (
        "Ceiling is on at 40 percent. Thermostat reads 21.5 degrees, set to 20. Outdoor is 8.3 °C. "
        "It is sunny, 18 degrees outside."
    )


def test_it_says_when_it_has_no_tool() -> None:
    assert answer_to(request("turn on the kitchen light", tools=[])) == "I have no tool to do that with."
    now = "Current time is 18:26:15. Today's date is 2026-11-22."
    assert answer_to(request("what time is it?", tools=[], instructions=now)) == "It is 18:26 on 2026-11-22."


def test_it_stops_looping_when_calls_are_forbidden() -> None:
    looped = after_call("loop for ever", "homeassistant__GetLiveContext", {}, {"data": {}, "error": False})
    assert len(calls_for(looped)) == 1
    assert answer_to({**looped, "tool_choice": "none"}) == "I went round 1 times, that will do."
    assert answer_to(after_call("loop 1 times", "x", {}, "done")) == "I went round 1 times, that will do."


@pytest.mark.parametrize(
    ("instructions", "beginning"),
    [
        ("You are Super Mario from Mario Bros.", "It's-a me, Mario! "),
        ("Please speak like a pirate.", "Pirate here: "),
        ("You are Jarvis.", "Jarvis here: "),
        ("Act as a helpful assistant", "Hello!"),
        ("", "Hello!"),
    ],
)
def test_it_plays_a_persona(instructions: str, beginning: str) -> None:
    assert answer_to(request("hello", instructions=instructions)).startswith(beginning)


def test_it_counts_pictures_and_files() -> None:
    parts = [
        {"type": "input_text", "text": "what is this?"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "auto"},
        {"type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "auto"},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="},
    ]
    assert answer_to(request(input=[{"role": "user", "content": parts}])) == "I see 2 images and 1 file."


def test_it_remembers_names_within_a_conversation() -> None:
    assert answer_to(request("my name is Ada", "what is my name?")) == "Your name is Ada."
    assert answer_to(request("what is my name?")) == "You have not told me your name yet."


def test_it_answers_in_a_given_shape() -> None:
    properties = {"rooms": {"type": "array", "items": STRING}, "count": {"type": "integer"}}
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["rooms", "count"],
        "additionalProperties": False,
    }
    wanted = {"type": "json_schema", "name": "rooms", "schema": schema, "strict": True}
    assert json.loads(answer_to(request("go", text={"format": wanted}))) == {
        "rooms": ["stand-in"],
        "count": 1,
    }


def test_it_reads_the_yaml_that_home_assistant_writes() -> None:
    text = (
        "- names: 'It''s: the lamp', A rather long name that Home Assistant had to fold over\n"
        "    to the next line\n  domain: light\n  state: 'off'\n  attributes:\n    brightness: '12'\n"
    )
    (entity,) = read_entities(text)
    assert entity.names[-1] == "A rather long name that Home Assistant had to fold over to the next line"
    assert (entity.domain, entity.state, entity.attributes) == ("light", "off", {"brightness": "12"})


@pytest.mark.parametrize(
    ("changes", "summaries"),
    [
        ({"model": "gpt-6-luna"}, 0),
        ({"model": "gpt-6-luna", "reasoning": {"effort": "low", "summary": "auto"}}, 2),
        ({"model": "gpt-6-luna", "reasoning": {"effort": "none"}}, None),
        ({"model": "gpt-4o"}, None),
    ],
)
def test_it_reasons_when_the_effort_says_so(changes: dict[str, Any], summaries: int | None) -> None:
    first = plan(request("hello", **changes))[0]
    assert (len(first.summaries) if isinstance(first, Reasoning) else None) == summaries


# --- validation ---

CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}
REASONING = {"type": "reasoning", "id": "rs_1", "summary": []}
USER = {"role": "user", "content": "hi"}


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


def test_a_model_needs_no_family_to_be_harmless() -> None:
    assert family_of("something-else").efforts == ()


# --- events ---

EVENT_CLASSES = {
    get_args(cls.model_fields["type"].annotation)[0]: cls
    for cls in get_args(get_args(ResponseStreamEvent)[0])
}


def check_events(events: list[dict[str, Any]]) -> None:
    """Check events against the SDK's classes, and the order that all streams have."""
    for event in events:
        parsed = EVENT_CLASSES[event["type"]].model_validate(event, strict=True)
        assert set(parsed.model_extra or {}) <= {"obfuscation"}
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    open_items: dict[int, str] = {}
    for event in events[2:-1]:
        index = event["output_index"]
        if event["type"] == "response.output_item.added":
            open_items[index] = event["item"]["id"]
        elif event["type"] == "response.output_item.done":
            assert open_items.pop(index) == event["item"]["id"]
        else:
            assert open_items[index] == event["item_id"]
    assert not open_items


ITEMS = (
    Reasoning(("One thought.", "Another.")),
    Message("Let me see."),
    FunctionCall("intent__HassTurnOn", '{"name": "Kitchen Light"}'),
    FunctionCall("intent__HassTurnOff", "{}"),
)


def test_events_fit_the_sdk_and_come_in_order() -> None:
    body = request("hello", model="gpt-6-luna")
    events = events_for(body, ITEMS, PromptCache().usage_of(body, ITEMS))
    check_events(events)
    kinds = [event["type"].removeprefix("response.") for event in events]
    assert list(dict.fromkeys(kinds)) == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "completed",
    ]
    response = Response.model_validate(events[-1]["response"], strict=True)
    assert [item.type for item in response.output] == [
        "reasoning",
        "message",
        "function_call",
        "function_call",
    ]
    assert response.usage
    assert response.usage.output_tokens_details.reasoning_tokens > 0


def test_pieces_add_up_to_the_whole() -> None:
    body = request("hello", stream_options={"include_obfuscation": False})
    events = events_for(body, [Message(" Two  words.\nA line. ")], PromptCache().usage_of(body, []))
    assert "".join(e["delta"] for e in events if "delta" in e) == " Two  words.\nA line. "
    assert not any("obfuscation" in event for event in events)


def test_what_it_says_can_be_sent_back() -> None:
    body = request("hello", model="gpt-6-luna")
    for items in (ITEMS, (Message("No.", refusal=True),)):
        output = events_for(body, items, PromptCache().usage_of(body, items))[-1]["response"]["output"]
        results = [
            {"type": "function_call_output", "call_id": item["call_id"], "output": "{}"}
            for item in output
            if item["type"] == "function_call"
        ]
        validate_response_request({**body, "input": [*body["input"], *output, *results]})


def test_a_prompt_seen_before_is_cached() -> None:
    cache = PromptCache()
    body = request("hello", instructions="x" * 8000, model="gpt-6-luna")
    first = cache.usage_of(body, ())["input_tokens_details"]
    second = cache.usage_of(body, ())["input_tokens_details"]
    other = cache.usage_of({**body, "prompt_cache_key": "other"}, ())["input_tokens_details"]
    assert first["cached_tokens"] == other["cached_tokens"] == 0
    assert first["cache_write_tokens"] > 1024
    assert second["cached_tokens"] >= 1024
    assert second["cached_tokens"] % 128 == 0


# --- the server ---


@pytest.fixture
async def log(tmp_path: Path) -> Path:
    return tmp_path / "requests.jsonl"


@pytest.fixture
async def server(log: Path) -> AsyncIterator[TestServer]:
    running = TestServer(create_app(log=log))
    async with running:
        yield running


@pytest.fixture
async def web(server: TestServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(server.make_url("/")) as session:
        yield session


@pytest.fixture
async def client(server: TestServer) -> AsyncIterator[openai.AsyncOpenAI]:
    base_url = str(server.make_url("/v1"))
    async with openai.AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0, timeout=5) as sdk:
        yield sdk


async def arm(web: ClientSession, fault: str, **details: Any) -> None:
    async with web.post("/stand-in/fault", json={"fault": fault, **details}) as response:
        assert response.status == 200, await response.text()


async def stream_events(web: ClientSession, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a stream as they are on the wire."""
    headers = {"Authorization": f"Bearer {KEY}"}
    async with web.post("/v1/responses", json={**body, "stream": True}, headers=headers) as response:
        assert response.status == 200, await response.text()
        blocks = (await response.text()).split("\n\n")
    assert blocks.pop() == ""
    lines = [block.split("\n") for block in blocks]
    events = [json.loads(data.removeprefix("data: ")) for _, data in lines]
    assert [kind.removeprefix("event: ") for kind, _ in lines] == [event["type"] for event in events]
    return events


async def test_the_sdk_streams_from_it(client: openai.AsyncOpenAI) -> None:
    text = ""
    async with await client.responses.create(**request("hello", stream=True)) as stream:
        assert stream.response.headers["x-request-id"].startswith("req_")
        assert "openai-processing-ms" in stream.response.headers
        async for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
    assert event.type == "response.completed"
    assert text == event.response.output_text == "Hello! Nice to hear from you."


async def test_the_sdk_gets_an_answer_in_one_piece(client: openai.AsyncOpenAI) -> None:
    response = await client.responses.create(model="gpt-6-luna", input="hello", service_tier="auto")
    assert response.output_text == "Hello! Nice to hear from you."
    assert response.service_tier == "default"


async def test_several_turns_through_the_sdk(client: openai.AsyncOpenAI) -> None:
    items = said("turn on the kitchen light and the bedroom light")
    options: dict[str, Any] = {"model": "gpt-6-luna", "input": items, "tools": TOOLS, "store": False}
    response = await client.responses.create(**options)
    items += [item.model_dump(exclude_none=True) for item in response.output]
    for item in response.output:
        if item.type == "function_call":
            result = json.dumps({"data": {"response_type": "action_done"}, "error": False})
            items.append({"type": "function_call_output", "call_id": item.call_id, "output": result})
    response = await client.responses.create(**options)
    assert response.output_text == "Turned on Kitchen Light and Bedroom Light."


async def test_events_on_the_wire(web: ClientSession) -> None:
    reasoning = {"effort": "low", "summary": "auto"}
    check_events(await stream_events(web, request("hello", model="gpt-6-luna", reasoning=reasoning)))
    check_events(await stream_events(web, request("turn on the kitchen light and the bedroom light")))


async def test_models(client: openai.AsyncOpenAI) -> None:
    models = {model.id: model.shutdown_date async for model in client.models.list()}
    assert models["gpt-4o"] == "2027-01-14"
    assert models["gpt-6-luna"] is None
    assert {"gpt-image-2.6-sunburst", "gpt-transcribe", "text-embedding-3-small", "gpt-4"} <= set(models)
    assert (await client.models.retrieve("gpt-5.1")).shutdown_date == "2027-04-01"
    with pytest.raises(openai.NotFoundError) as caught:
        await client.models.retrieve("nonsense")
    assert caught.value.code == "model_not_found"


async def test_a_wrong_key_is_refused_and_masked(client: openai.AsyncOpenAI) -> None:
    for key in ("sk-wrong-1234567890abcd", "short"):
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.with_options(api_key=key).models.list()
        assert caught.value.code == "invalid_api_key"
        assert key not in caught.value.message
    with pytest.raises(openai.AuthenticationError):
        await client.with_options(api_key="x").responses.create(model="gpt-4o", input="hi")


async def test_a_restricted_key_sees_no_models(client: openai.AsyncOpenAI) -> None:
    restricted = client.with_options(api_key="sk-test-restricted")
    with pytest.raises(openai.PermissionDeniedError):
        await restricted.models.list()
    assert (await restricted.responses.create(model="gpt-4o", input="hello")).output_text


async def test_a_bad_request_gets_openais_error(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(model="gpt-4o", input="hi", extra_body={"foo": 1})
    assert (caught.value.code, caught.value.param) == ("unknown_parameter", "foo")
    assert caught.value.type == "invalid_request_error"
    for data in ("{", "[]"):
        headers = {"Authorization": f"Bearer {KEY}"}
        async with web.post("/v1/responses", data=data, headers=headers) as response:
            assert response.status == 400
            assert (await response.json())["error"]["type"] == "invalid_request_error"


async def test_unknown_paths_and_methods(web: ClientSession) -> None:
    async with web.get("/v1/nonsense") as response:
        assert response.status == 404
        assert "Invalid URL" in (await response.json())["error"]["message"]
    async with web.get("/v1/responses") as response:
        assert response.status == 405
    async with web.get("/v1/models") as response:
        assert response.status == 401


async def test_it_shows_and_logs_what_was_asked(
    client: openai.AsyncOpenAI, web: ClientSession, log: Path
) -> None:
    await client.responses.create(model="gpt-4o", input="hello")
    with pytest.raises(openai.NotFoundError):
        await client.responses.create(model="gpt-4", input="hello")
    async with web.get("/stand-in/requests") as response:
        good, bad = seen = await response.json()
    assert good["body"] == {"model": "gpt-4o", "input": "hello"}
    assert good["outcome"]["status"] == 200
    assert good["outcome"]["response"]["output"][0]["content"][0]["text"] == "Hello! Nice to hear from you."
    assert bad["outcome"]["error"]["code"] == "model_not_found"
    logged = await asyncio.to_thread(log.read_text)
    assert [json.loads(line) for line in logged.splitlines()] == seen
    assert KEY not in logged
    async with web.delete("/stand-in/requests") as response:
        assert response.status == 204
    async with web.get("/stand-in/requests") as response:
        assert await response.json() == []


async def test_words_can_take_their_time() -> None:
    app = create_app(first_word_ms=100, word_ms=20)
    async with TestServer(app) as slow, ClientSession(slow.make_url("/")) as web:
        start = time.monotonic()
        await stream_events(web, request("hello"))
    assert time.monotonic() - start >= 0.1 + 5 * 0.02


async def test_it_runs_by_itself(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.openai_stand_in", "--port", "0", "--log", str(tmp_path / "log")),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    url = line.removeprefix("listening on ").strip()
    async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
        assert (await client.responses.create(model="gpt-4o", input="hello")).output_text
    process.terminate()
    assert await process.wait() == 0


# --- faults ---

REFUSAL_SIGNS = {
    "auth": (401, "invalid_api_key"),
    "ip_not_allowed": (401, "ip_not_authorized"),
    "region": (403, "unsupported_country_region_territory"),
    "permission": (403, None),
    "organization": (403, "unsupported_value"),
    "model_gone": (404, "model_not_found"),
    "rate_limit": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "flex_unavailable": (429, "resource_unavailable"),
    "server": (500, "server_error"),
    "overloaded": (503, "server_is_overloaded"),
    "context_length": (400, "context_length_exceeded"),
    "moderation": (400, "moderation_blocked"),
    "unsupported_parameter": (400, "unsupported_parameter"),
}


def test_every_refusal_is_tested() -> None:
    assert list(REFUSAL_SIGNS) == list(REFUSALS)


@pytest.mark.parametrize("fault", REFUSALS)
async def test_a_refusal(client: openai.AsyncOpenAI, web: ClientSession, fault: str) -> None:
    await arm(web, fault, seconds=7, param="top_p")
    with pytest.raises(openai.APIStatusError) as caught:
        await client.responses.create(**request("hello", stream=True))
    err = caught.value
    assert (err.status_code, err.code) == REFUSAL_SIGNS[fault]
    assert err.response.headers.get("retry-after") == ("7" if fault == "rate_limit" else None)
    if fault == "quota":
        assert err.type == "insufficient_quota"
    if fault == "unsupported_parameter":
        assert err.param == "top_p"
    assert (await client.responses.create(**request("hello"))).output_text


async def test_a_fault_hits_as_often_as_told_and_where(
    client: openai.AsyncOpenAI, web: ClientSession
) -> None:
    await arm(web, "server", times=2)
    await arm(web, "region", path="/v1/models")
    for _ in range(2):
        with pytest.raises(openai.InternalServerError):
            await client.responses.create(model="gpt-4o", input="hi")
    await client.responses.create(model="gpt-4o", input="hi")
    with pytest.raises(openai.PermissionDeniedError):
        await client.models.list()
    await client.models.list()
    await arm(web, "server", times=None)
    async with web.delete("/stand-in/fault"):
        await client.responses.create(model="gpt-4o", input="hi")


async def test_faults_can_be_listed_and_must_exist(web: ClientSession) -> None:
    await arm(web, "slow", path="/v1/models", seconds=0)
    async with web.get("/stand-in/fault") as response:
        listed = await response.json()
    assert listed["armed"] == [{"fault": "slow", "times": 1, "path": "/v1/models"}]
    assert listed["known"] == [*REFUSALS, *MISHAPS]
    for order in ({"fault": "nonsense"}, {"fault": "cut", "path": "/v1/models"}, {"foo": 1}):
        async with web.post("/stand-in/fault", json=order) as response:
            assert response.status == 400
    with pytest.raises(ValueError, match="nonsense"):
        create_app(fault="nonsense")


async def test_a_fault_from_the_start() -> None:
    async with TestServer(create_app(fault="empty")) as server, ClientSession(server.make_url("/")) as web:
        for _ in range(2):
            assert len(await stream_events(web, request("hello"))) == 3


async def test_slow(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "slow", seconds=0.2, times=2)
    await arm(web, "slow", seconds=0.2, path="/v1/models")
    start = time.monotonic()
    await stream_events(web, request("hello"))
    assert time.monotonic() - start >= 0.2
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.05).responses.create(**request("hello"))
    with pytest.raises(openai.APITimeoutError):
        await client.with_options(timeout=0.05).models.list()


async def test_stall(web: ClientSession) -> None:
    await arm(web, "stall")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await stream_events(web, request("hello"))
    await asyncio.sleep(0.2)
    async with web.get("/stand-in/requests") as response:
        (record,) = await response.json()
    assert record["outcome"] == {"status": 200, "fault": "stall", "client_left": True}


async def test_cut(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "cut", times=3)
    with pytest.raises(ClientError):
        await stream_events(web, request("hello"))
    text = ""

    async def listen() -> None:
        nonlocal text
        async for event in await client.responses.create(**request("hello", stream=True)):
            text += getattr(event, "delta", "")

    with pytest.raises(Exception, match=r"(?i)incomplete|connection"):  # before 3.26 the SDK does not wrap it
        await listen()
    assert text
    assert "Hello! Nice to hear from you.".startswith(text)
    with pytest.raises(openai.APIConnectionError):
        await client.responses.create(**request("hello"))


@pytest.mark.parametrize(
    ("fault", "terminal"),
    [
        ("error_event", "error"),
        ("failed_event", "response.failed"),
        ("incomplete", "response.incomplete"),
        ("no_terminal", "response.output_item.done"),
        ("empty", "response.completed"),
        ("refusal", "response.completed"),
        ("bad_arguments", "response.completed"),
        ("unknown_tool", "response.completed"),
    ],
)
@pytest.mark.parametrize("text", ["hello", "turn on the kitchen light"])
async def test_a_mishap_that_fits_the_sdk(web: ClientSession, fault: str, terminal: str, text: str) -> None:
    await arm(web, fault)
    events = await stream_events(web, request(text))
    assert events[-1]["type"] == terminal
    for event in events:
        EVENT_CLASSES[event["type"]].model_validate(event, strict=True)
    if fault not in ("error_event", "failed_event", "no_terminal"):
        check_events(events)


@pytest.mark.parametrize("fault", ["error_event", "no_terminal", "failed_event"])
async def test_a_mishap_without_a_stream(client: openai.AsyncOpenAI, web: ClientSession, fault: str) -> None:
    await arm(web, fault)
    with suppress(openai.InternalServerError, openai.APIConnectionError):
        response = await client.responses.create(**request("hello"))
        assert response.status == "failed"
        assert response.error
        assert response.error.code == "server_error"


async def last_event(web: ClientSession, fault: str, text: str = "hello", **changes: Any) -> dict[str, Any]:
    await arm(web, fault)
    return (await stream_events(web, request(text, **changes)))[-1]


async def test_what_the_mishaps_say(web: ClientSession) -> None:
    assert (await last_event(web, "error_event"))["code"] == "server_error"
    assert (await last_event(web, "failed_event"))["response"]["error"]["code"] == "server_error"
    response = (await last_event(web, "incomplete"))["response"]
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert response["output"][0]["status"] == "incomplete"
    assert response["output"][0]["content"][0]["text"] == "Hello! Nice to"
    call = (await last_event(web, "incomplete", "turn on the kitchen light"))["response"]["output"][0]
    assert call["status"] == "incomplete"
    call = (await last_event(web, "bad_arguments"))["response"]["output"][0]
    assert call["name"] == TOOLS[0]["name"]
    with pytest.raises(ValueError, match="Unterminated"):
        json.loads(call["arguments"])
    call = (await last_event(web, "unknown_tool"))["response"]["output"][0]
    assert call["name"] not in [given["name"] for given in TOOLS]
    assert (await last_event(web, "refusal"))["response"]["output"][0]["content"][0]["type"] == "refusal"
    assert (await last_event(web, "empty"))["response"]["output"] == []


async def test_unknown_event(client: openai.AsyncOpenAI, web: ClientSession) -> None:
    await arm(web, "unknown_event")
    async with await client.responses.create(**request("hello", stream=True)) as stream:
        types = [event.type async for event in stream]
    assert "response.telepathy.started" in types
    assert types[-1] == "response.completed"


async def test_quirky(web: ClientSession) -> None:
    await arm(web, "quirky")
    events = await stream_events(web, request("turn on the kitchen light"))
    assert not any({"sequence_number", "output_index", "item_id", "delta"} & set(event) for event in events)
    (arguments,) = [event["arguments"] for event in events if "arguments" in event]
    assert json.loads(arguments) == {"name": "Kitchen Light", "domain": ["light"]}
    assert "usage" not in events[-1]["response"]
