"""Tests of what the stand-in answers."""

import json
from typing import Any

import pytest

from tests.stand_in.brain import plan
from tests.stand_in.home import read_entities
from tests.stand_in.items import Reasoning

from .requests import STRING, after_call, answer_to, calls_for, request


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


def test_it_reports_states_in_words() -> None:
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


def test_it_counts_images_and_files() -> None:
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
    properties = {
        "rooms": {"type": "array", "items": STRING},
        "none": {"type": "array", "items": STRING, "maxItems": 0},
        "three": {"type": "array", "items": {"type": "boolean"}, "minItems": 3},
        "count": {"type": "integer"},
        "degrees": {"type": "number", "minimum": 5, "maximum": 30},
        "cold": {"type": "number", "maximum": -3},
        "odd": {"type": "integer", "exclusiveMinimum": 8},
        "dozen": {"type": "integer", "multipleOf": 12},
        "kind": {"enum": ["lamp", "lock"]},
        "fixed": {"const": 7},
        "day": {"type": "string", "format": "date"},
        "maybe": {"type": ["null", "string"]},
        "either": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/room"}]},
        "nothing": {"type": "null"},
    }
    closed = {"type": "object", "additionalProperties": False}
    room = {**closed, "properties": {"name": STRING}, "required": ["name"]}
    schema = {**closed, "properties": properties, "required": list(properties), "$defs": {"room": room}}
    wanted = {"type": "json_schema", "name": "rooms", "schema": schema, "strict": True}
    assert json.loads(answer_to(request("go", text={"format": wanted}))) == {
        "rooms": ["stand-in"],
        "none": [],
        "three": [True, True, True],
        "count": 1,
        "degrees": 5,
        "cold": -3,
        "odd": 9,
        "dozen": 12,
        "kind": "lamp",
        "fixed": 7,
        "day": "2026-11-22",
        "maybe": "stand-in",
        "either": {"name": "stand-in"},
        "nothing": None,
    }


def test_it_writes_markdown_when_asked() -> None:
    answer = answer_to(request("Say it with markdown"))
    assert all(mark in answer for mark in ("**", "\n- ", "](https://", "🎉"))


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
        ({"model": "gpt-6-luna", "reasoning": {"effort": "low", "summary": "concise"}}, 1),
        ({"model": "gpt-6-luna", "reasoning": {"effort": "low", "summary": "detailed"}}, 3),
        ({"model": "gpt-6-luna", "reasoning": {"effort": "none"}}, None),
        ({"model": "gpt-4o"}, None),
    ],
)
def test_it_reasons_when_the_effort_says_so(changes: dict[str, Any], summaries: int | None) -> None:
    first = plan(request("hello", **changes))[0]
    assert (len(first.summaries) if isinstance(first, Reasoning) else None) == summaries
