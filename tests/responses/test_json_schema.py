"""Structures of Home Assistant's as OpenAI takes them, and answers as Home Assistant takes them."""

import json
import re
from typing import Any

from jsonschema import Draft202012Validator
import probatio as vol
import pytest

from custom_components.openai_conversation.openai_api.errors import FailureKind, OpenAIRequestError
from custom_components.openai_conversation.responses.json_schema import AnswerFormat
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import SELECTORS, selector
from tests.support.strict_mode import instance, problems

TEXT = {"type": "string"}
NULL = {"type": "null"}

# the configurations of selectors that need one
CONFIGS: dict[str, Any] = {
    "attribute": {"entity_id": "light.kitchen"},
    "automation_behavior": {"mode": "trigger"},
    "button_toggle": {"options": ["a", "b"]},
    "choose": {"choices": {"text": {"selector": {"text": {}}}, "number": {"selector": {"number": {}}}}},
    "constant": {"value": True, "label": "Yes"},
    "device_class": {"domain": "sensor"},
    "file": {"accept": ".txt"},
    "number": {"min": 1, "max": 5, "step": 0.5},
    "numeric_threshold": {"mode": "crossed"},
    "qr_code": {"data": "x"},
    "select": {"options": [{"value": "one", "label": "1"}, {"value": "two", "label": "2"}]},
    "state": {"entity_id": "light.kitchen"},
    "unit_of_measurement": {},
}

# answers for selectors that do not accept any word, although Home Assistant describes them as text
ANSWERS: dict[str, Any] = {
    "automation_behavior": "all",
    "backup_location": "/backup",
    "condition": ['{"condition": "sun", "after": "sunset"}'],
    "device_class": "humidity",
    "file": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "icon": "mdi:home",
    "numeric_threshold": '{"type": "above", "value": {"number": 5}}',
    "state_class": "total",
    "trigger": ['{"trigger": "sun", "event": "sunset"}'],
}

MORE = [
    ("color_temp", {"min": 2000, "max": 6500}),
    ("condition", {}),
    ("country", {"countries": ["NL", "DE"]}),
    ("duration", {"enable_day": True}),
    ("language", {"languages": ["en", "de"]}),
    ("media", {"multiple": True}),
    ("object", {"fields": {"name": {"selector": {"text": {}}, "required": True}}}),
    ("object", {"fields": {"age": {"selector": {"number": {"min": 0}}}}}),
    ("object", {"multiple": True}),
    ("select", {"options": ["one", "two"], "multiple": True}),
    ("text", {"multiple": True}),
    ("text", {"type": "email"}),
]

CASES = [(name, CONFIGS.get(name, {})) for name in sorted(SELECTORS) if name != "template"] + MORE


def read(answer_format: AnswerFormat, answer: Any) -> Any:
    return answer_format.read(json.dumps(answer))


def test_there_are_many_selectors() -> None:
    assert len(SELECTORS) > 40


def check(name: str, config: Any, marker: type[vol.Marker]) -> None:
    structure = vol.Schema({marker("field", description="What it is."): selector({name: config})})

    answer_format = AnswerFormat.of("A task", structure)
    answer = {"field": ANSWERS.get(name, instance(answer_format.schema)["field"])}

    assert problems(answer_format.schema) == []
    Draft202012Validator(answer_format.schema).validate(answer)
    assert structure(read(answer_format, answer)).keys() == {"field"}


@pytest.mark.parametrize(("name", "config"), CASES, ids=[f"{case[0]}{len(str(case[1]))}" for case in CASES])
@pytest.mark.parametrize("marker", [vol.Required, vol.Optional])
def test_every_selector(name: str, config: Any, marker: type[vol.Marker]) -> None:
    check(name, config, marker)


async def test_a_template(hass: HomeAssistant) -> None:
    check("template", {}, vol.Required)


@pytest.mark.parametrize("name", sorted(SELECTORS))
def test_every_selector_can_be_left_out(name: str) -> None:
    structure = vol.Schema({vol.Optional("field"): selector({name: CONFIGS.get(name, {})})})
    answer_format = AnswerFormat.of("A task", structure)

    Draft202012Validator(answer_format.schema).validate({"field": None})
    assert read(answer_format, {"field": None}) == {}


def case_id(value: Any) -> str:
    """Return a value as text that is the same in every process: without the addresses of functions."""
    return re.sub(r" at 0x\w+", "", str(value))


def schema_of(validator: Any) -> dict[str, Any]:
    schema = AnswerFormat.of("A task", vol.Schema({vol.Required("field"): validator})).schema
    assert problems(schema) == []
    field: dict[str, Any] = schema["properties"]["field"]
    return field


@pytest.mark.parametrize(
    ("validator", "schema"),
    [
        (str, TEXT),
        (cv.string, TEXT),
        (vol.All(str, vol.Length(min=1, max=5)), TEXT),
        (vol.All(vol.Coerce(int), vol.Range(1, 5)), {"type": "integer", "minimum": 1, "maximum": 5}),
        (vol.MultipleOf(5), {"type": "number", "multipleOf": 5}),
        (vol.Match(r"^\d+$"), {"type": "string", "pattern": r"^\d+$"}),
        (vol.Match(r"^(?!a)\d+$"), TEXT),
        (vol.Maybe(str), {"anyOf": [NULL, TEXT]}),
        (vol.Any(str, int), {"anyOf": [TEXT, {"type": "integer"}]}),
        (vol.In(["a", "b"]), {"type": "string", "enum": ["a", "b"]}),
        (vol.In(["a", None]), {"type": ["string", "null"], "enum": ["a", None]}),
        (vol.In([1, "x"]), {"type": ["integer", "string"], "enum": [1, "x"]}),
        ([str], {"type": "array", "items": TEXT}),
        (vol.All([str], vol.Unique(), vol.Length(max=3)), {"type": "array", "items": TEXT, "maxItems": 3}),
        (
            {vol.Optional("a"): [{vol.Required("b"): bool}]},
            {
                "type": "object",
                "properties": {
                    "a": {
                        "anyOf": [
                            {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {"b": {"type": "boolean"}},
                                    "required": ["b"],
                                    "additionalProperties": False,
                                },
                            },
                            NULL,
                        ]
                    }
                },
                "required": ["a"],
                "additionalProperties": False,
            },
        ),
        ({}, {"type": "object", "properties": {}, "required": [], "additionalProperties": False}),
        (
            vol.Schema({vol.Required("a", default=3): int}, extra=vol.ALLOW_EXTRA),
            {
                "type": "object",
                "properties": {"a": {"anyOf": [{"type": "integer"}, NULL]}},
                "required": ["a"],
                "additionalProperties": False,
            },
        ),
    ],
    ids=case_id,
)
def test_what_strict_mode_supports(validator: Any, schema: dict[str, Any]) -> None:
    assert schema_of(validator) == schema


@pytest.mark.parametrize(
    ("validator", "value"),
    [
        (dict, {"a": 1}),
        ({str: int}, {"kitchen": 20, "bedroom": 18}),
        (list, [1, "x", None]),
        (object, 5),
        (vol.Any(str, dict), {"a": 1}),
        (vol.Any(str, dict), "a word"),
        (vol.ExactSequence([int, str]), [1, "x"]),
        (vol.NotIn(["x"]), "y"),
        ([dict], [{"a": 1}, {"b": None}]),
    ],
    ids=case_id,
)
def test_what_strict_mode_cannot_express_comes_as_json_text(validator: Any, value: Any) -> None:
    answer_format = AnswerFormat.of("A task", vol.Schema({vol.Required("field"): validator}))
    field = schema_of(validator)
    texts = [json.dumps(each) for each in value] if "items" in field else json.dumps(value)

    assert "As JSON text that fits this schema: {" in field.get("items", field)["description"]
    assert read(answer_format, {"field": texts}) == {"field": value}


def test_a_description_stays() -> None:
    structure = vol.Schema(
        {
            vol.Required("name", description="Who it is."): selector({"text": {}}),
            vol.Required("more", description="What else."): selector({"object": {}}),
        }
    )

    properties = AnswerFormat.of("A task", structure).schema["properties"]

    assert properties["name"] == {"type": "string", "description": "Who it is."}
    assert properties["more"]["description"].startswith("What else.\nAs JSON text")


def test_only_what_is_optional_and_absent_is_left_out() -> None:
    person = {vol.Required("name"): str, vol.Required("mail"): vol.Maybe(str), vol.Optional("age"): int}
    answer_format = AnswerFormat.of("A task", vol.Schema({vol.Required("people"): [person]}))
    ann = {"name": "Ann", "mail": None, "age": None}

    assert read(answer_format, {"people": [ann, {**ann, "age": 5}]}) == {
        "people": [{"name": "Ann", "mail": None}, {"name": "Ann", "mail": None, "age": 5}]
    }


def test_one_of_several_objects() -> None:
    cat = {vol.Required("meows"): bool, vol.Optional("lives"): int}
    dog = {vol.Required("barks"): bool, vol.Optional("tricks"): [dict]}
    structure = vol.Schema({vol.Required("pet"): vol.Any(str, [str], cat, dog)})
    answer_format = AnswerFormat.of("A task", structure)

    assert problems(answer_format.schema) == []
    for answer, data in (
        ("none", "none"),
        (["a fish"], ["a fish"]),
        ({"meows": True, "lives": None}, {"meows": True}),
        ({"barks": True, "tricks": ['{"jumps": 1}']}, {"barks": True, "tricks": [{"jumps": 1}]}),
    ):
        assert read(answer_format, {"pet": answer}) == {"pet": data}


def test_a_structure_within_itself() -> None:
    structure = vol.Schema({vol.Required("name"): str, vol.Optional("children"): [vol.Self]})
    answer_format = AnswerFormat.of("A task", structure)
    child = {"name": "Ben", "children": None}

    assert problems(answer_format.schema) == []
    assert read(answer_format, {"name": "Ann", "children": [child]}) == {
        "name": "Ann",
        "children": [{"name": "Ben"}],
    }


@pytest.mark.parametrize(
    ("structure", "answer", "data"),
    [
        (vol.Schema([str]), ["a", "b"], ["a", "b"]),
        (vol.Schema(int), 5, 5),
        (vol.Schema({str: int}), '{"a": 1}', {"a": 1}),
    ],
    ids=case_id,
)
def test_what_is_not_an_object_is_wrapped_in_one(structure: vol.Schema, answer: Any, data: Any) -> None:
    answer_format = AnswerFormat.of("A task", structure)

    assert problems(answer_format.schema) == []
    assert read(answer_format, {"answer": answer}) == data


def test_a_field_that_is_called_answer() -> None:
    answer_format = AnswerFormat.of("A task", vol.Schema({vol.Required("answer"): str}))

    assert read(answer_format, {"answer": "yes"}) == {"answer": "yes"}


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Weather report", "weather_report"),
        ("Ça va? 東京!", "ca_va_dong_jing"),
        ("", "answer"),
        ("x" * 100, "x" * 64),
    ],
)
def test_the_name(name: str, sent: str) -> None:
    assert AnswerFormat.of(name, vol.Schema({})).param["name"] == sent


FORMAT = AnswerFormat.of("A task", vol.Schema({vol.Required("n"): vol.All(int, vol.Range(max=5))}))


@pytest.mark.parametrize("text", ['{"n": 3}', '```json\n{"n": 3}\n```', '```\n{"n": 3}```', ' {"n":3}\n'])
def test_a_fence_around_it(text: str) -> None:
    assert FORMAT.read(text) == {"n": 3}


@pytest.mark.parametrize(
    "text",
    [
        'Here it is: {"n": 3}. Is that right?',
        '```JSON\n{"n": 3}\n```\nThe field `n` holds {a number}.',
        '~~~\n{"n": 3}\n~~~',
        '<think>Is it {"n": 4}?</think>\n{"n": 3}',
        'Is it {"n": 4}?</think>{"n": 3}',
        'As asked [1], in {this form}: {"n": 9}, or rather {"n": 3}',
        '{"n": 3}\n\n{"n": 5}',
    ],
)
def test_words_around_it(text: str) -> None:
    assert FORMAT.read(text) == {"n": 3}


@pytest.mark.parametrize("text", ["{" * 100_000, "[" * 100_000, '["a",' * 20_000, '{"n": NaN}', "<think>{}"])
def test_much_that_is_not_json(text: str) -> None:
    with pytest.raises(OpenAIRequestError):
        FORMAT.read(text)


@pytest.mark.parametrize(
    ("name", "answer", "data"),
    [
        ("number", "42", 42),
        ("number", "-2.5", -2.5),
        ("number", 42, 42),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("boolean", 1, True),
        ("text", "42", "42"),
        ("object", {"a": "42"}, {"a": "42"}),
    ],
)
def test_a_value_is_what_its_selector_makes_of_it(name: str, answer: Any, data: Any) -> None:
    structure = vol.Schema({vol.Required("field"): selector({name: {}})})

    made = AnswerFormat.of("A task", structure).read(json.dumps({"field": answer}))["field"]

    assert (made, type(made)) == (data, type(data))


@pytest.mark.parametrize(("name", "answer"), [("number", "many"), ("boolean", "perhaps")])
def test_a_text_that_its_selector_makes_nothing_of(name: str, answer: str) -> None:
    structure = vol.Schema({vol.Required("field"): selector({name: {}})})

    with pytest.raises(OpenAIRequestError):
        AnswerFormat.of("A task", structure).read(json.dumps({"field": answer}))


def test_an_answer_that_is_not_in_the_object_around_it() -> None:
    answer_format = AnswerFormat.of("A task", vol.Schema([str]))

    assert answer_format.read('["a", "b"]') == ["a", "b"]


@pytest.mark.parametrize("text", ["", "Three.", '{"n": 3', '{"n": 9}', '{"n": "3"}', "{}", "[]", "null"])
def test_an_answer_in_another_structure(text: str) -> None:
    with pytest.raises(OpenAIRequestError) as refused:
        FORMAT.read(text)

    assert refused.value.failure.kind is FailureKind.STRUCTURE
    assert refused.value.failure.detail.startswith("a_task: ")


def test_json_text_that_is_not_json() -> None:
    answer_format = AnswerFormat.of("A task", vol.Schema({vol.Required("field"): dict}))

    with pytest.raises(OpenAIRequestError):
        read(answer_format, {"field": "{half"})
