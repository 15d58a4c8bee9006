"""Assist's tools as OpenAI takes them: real ones, and odd ones of other integrations."""

import re
from typing import Any

import probatio as vol
from probatio import UNSUPPORTED
import pytest

from custom_components.openai_conversation.responses.tools import (
    ToolConverter,
    ToolSet,
    tool_param,
    wire_name,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component

CONTEXT = llm.LLMContext(
    platform="openai_conversation", context=None, language="en", assistant="conversation", device_id=None
)


class OddTool(llm.Tool):
    """A tool of another integration."""

    integration = "odd"

    def __init__(self, name: str = "odd", schema: Any = None, description: str | None = "Odd.") -> None:
        self.name = name
        self.description = description
        self.parameters = schema if isinstance(schema, vol.Schema) else vol.Schema(schema or {})


class OddAPI(llm.API):
    """An API of another integration."""

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return llm.APIInstance(self, "", llm_context, [OddTool()])


@pytest.fixture
async def house(hass: HomeAssistant) -> HomeAssistant:
    """Home Assistant with a light and Assist's own tools."""
    for component in ("homeassistant", "conversation", "intent"):
        assert await async_setup_component(hass, component, {})
    hass.states.async_set("light.kitchen", "off", {"friendly_name": "Kitchen Light"})
    return hass


async def api_of(hass: HomeAssistant, *api_ids: str) -> llm.APIInstance:
    """Return the tools as a new turn gets them."""
    return await llm.async_get_api(hass, list(api_ids), CONTEXT)


async def test_assists_tools(house: HomeAssistant) -> None:
    api = await api_of(house, "assist")

    tools = ToolConverter().convert(api.tools, api.custom_serializer)

    assert [param["name"] for param in tools.params] == [tool.name for tool in api.tools]
    (turn_on,) = (param for param in tools.params if param["name"].endswith("HassTurnOn"))
    assert turn_on["type"] == "function"
    assert turn_on["strict"] is False
    assert "turn" in turn_on["description"].lower()
    assert turn_on["parameters"]["type"] == "object"
    assert turn_on["parameters"]["properties"]["name"] == {"type": "string"}
    assert tools.names == {tool.name: tool.name for tool in api.tools}


async def test_assists_tools_are_converted_once(house: HomeAssistant) -> None:
    converter = ToolConverter()
    first, second = [await api_of(house, "assist") for _ in range(2)]

    once = converter.convert(first.tools, first.custom_serializer)
    again = converter.convert(second.tools, second.custom_serializer)

    assert once.params
    assert all(one is other for one, other in zip(once.params, again.params, strict=True))


async def test_the_tools_of_two_apis_are_converted_once(house: HomeAssistant) -> None:
    llm.async_register_api(house, OddAPI(hass=house, id="odd", name="Odd"))
    converter = ToolConverter()
    first, second = [await api_of(house, "assist", "odd") for _ in range(2)]

    once = converter.convert(first.tools, first.custom_serializer)
    again = converter.convert(second.tools, second.custom_serializer)

    assert "odd__odd" in once.names
    assert all(one is other for one, other in zip(once.params, again.params, strict=True))


NAME = vol.Optional("name")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(OddTool(description="Old."), OddTool(description="New."), id="description"),
        pytest.param(OddTool(schema={NAME: str}), OddTool(schema={NAME: int}), id="type of a field"),
        pytest.param(OddTool(schema={NAME: str}), OddTool(schema={}), id="a field less"),
        pytest.param(
            OddTool(schema={NAME: str}),
            OddTool(schema={NAME: str, vol.Required("b"): str}),
            id="a field more",
        ),
        pytest.param(
            OddTool(schema={vol.Optional("a"): str}), OddTool(schema={vol.Optional("b"): str}), id="its name"
        ),
        pytest.param(
            OddTool(schema={vol.Optional("a"): str}), OddTool(schema={vol.Required("a"): str}), id="required"
        ),
        pytest.param(
            OddTool(schema=vol.Any({NAME: int})), OddTool(schema={NAME: str}), id="another kind of schema"
        ),
    ],
)
def test_a_changed_tool_is_converted_again(before: llm.Tool, after: llm.Tool) -> None:
    converter = ToolConverter()
    (old,) = converter.convert([before], None).params

    (new,) = converter.convert([after], None).params

    assert new != old
    assert new == tool_param(after, None)
    assert converter.convert([after], None).params[0] is new


def test_the_serializer_is_part_of_what_is_remembered() -> None:
    converter = ToolConverter()
    tool = OddTool(schema={NAME: str})
    (plain,) = converter.convert([tool], None).params

    def as_number(schema: Any) -> Any:
        return {"type": "number"} if schema is str else UNSUPPORTED

    (other,) = converter.convert([tool], as_number).params

    assert other != plain
    assert other == tool_param(tool, as_number)


def test_the_order_of_the_tools_stays() -> None:
    tools = [OddTool(name) for name in ("c", "a", "b")]

    assert [param["name"] for param in ToolConverter().convert(tools, None).params] == ["c", "a", "b"]


class BrokenTool(OddTool):
    """A tool whose parts are anything."""

    def __init__(self, name: Any, parameters: Any) -> None:
        super().__init__("broken")
        self.name, self.parameters = name, parameters


ENDLESS: dict[Any, Any] = {}
ENDLESS[vol.Optional("more")] = ENDLESS


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(BrokenTool("broken", None), id="no schema"),
        pytest.param(BrokenTool("broken", "a text"), id="a text for a schema"),
        pytest.param(BrokenTool(5, vol.Schema({})), id="a number for a name"),
        pytest.param(OddTool(description="\ud83d"), id="half an emoji"),
        pytest.param(OddTool(schema=str), id="parameters that are a text"),
        pytest.param(OddTool(schema=[str]), id="parameters that are a list"),
        pytest.param(
            BrokenTool("broken", vol.Schema({vol.Optional("x", description="\ud83d"): str})), id="deep"
        ),
        pytest.param(BrokenTool("broken", type("Schema", (), {"schema": ENDLESS})()), id="endless"),
    ],
)
def test_a_broken_tool_is_left_out(broken: llm.Tool, caplog: pytest.LogCaptureFixture) -> None:
    converter = ToolConverter()

    for _ in range(2):
        tools = converter.convert([OddTool("before"), broken, OddTool("after")], None)

        assert list(tools.names.values()) == ["before", "after"]
        assert [param["name"] for param in tools.params] == ["before", "after"]
    assert caplog.text.count("is left out, because it is broken") == 1


def test_the_first_of_two_tools_with_a_name_counts() -> None:
    first, second = OddTool("same", {vol.Required("a"): str}), OddTool("same", {vol.Required("b"): str})

    (param,) = ToolConverter().convert([first, second], None).params

    assert param["parameters"]["required"] == ["a"]


def test_a_serializer_that_raises_leaves_out_what_it_was_for() -> None:
    def serializer(value: Any) -> Any:
        if value is int:
            raise RuntimeError("no numbers here")
        return UNSUPPORTED

    tools = [OddTool("text", {"a": str}), OddTool("number", {"a": int})]

    assert list(ToolConverter().convert(tools, serializer).names) == ["text"]


def test_no_tools() -> None:
    assert ToolConverter().convert([], None) == ToolSet() == ToolSet(params=(), names={})


def test_a_whole_tool() -> None:
    tool = OddTool("odd", {vol.Required("room", description="Which room"): str, vol.Optional("level"): int})

    assert tool_param(tool, None) == {
        "type": "function",
        "name": "odd",
        "description": "Odd.",
        "parameters": {
            "type": "object",
            "properties": {
                "room": {"type": "string", "description": "Which room"},
                "level": {"type": "integer"},
            },
            "required": ["room"],
            "additionalProperties": False,
        },
        "strict": False,
    }


def test_a_tool_without_a_description() -> None:
    assert tool_param(OddTool(description=None), None)["description"] == ""


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(vol.Any({vol.Required("a"): str}, {vol.Required("b"): int}), id="one of two forms"),
        pytest.param(vol.All({vol.Optional("a"): str}, {vol.Optional("a"): vol.Length(min=1)}), id="both"),
    ],
)
def test_the_parameters_are_a_plain_object_at_the_top(schema: Any) -> None:
    parameters = tool_param(OddTool(schema=schema), None)["parameters"]

    assert not parameters.keys() & {"oneOf", "anyOf", "allOf", "enum", "not"}
    assert parameters["type"] == "object"


@pytest.mark.parametrize("word", ["oneOf", "anyOf", "allOf", "enum", "not"])
def test_keywords_that_openai_does_not_support_at_the_top_are_left_out(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    schema = {"type": "object", "properties": {"a": {word: []}}, word: []}
    monkeypatch.setattr(f"{tool_param.__module__}.to_openapi", lambda *_args, **_more: schema)

    assert tool_param(OddTool(), None)["parameters"] == {"type": "object", "properties": {"a": {word: []}}}


def test_choices_further_down_stay() -> None:
    parameters = tool_param(OddTool(schema={vol.Required("level"): vol.Any(int, str)}), None)["parameters"]

    assert parameters["properties"]["level"].keys() & {"anyOf", "type"}
    assert parameters["required"] == ["level"]


@pytest.mark.parametrize("name", ["HassTurnOn", "assist__HassTurnOn", "a-b_c", "x", "x" * 64])
def test_good_names_stay(name: str) -> None:
    assert wire_name(name) == name


@pytest.mark.parametrize("name", ["", "other api.tool", "Küche", "x" * 65, "line\n", "script.good night" * 9])
def test_other_names_become_names_that_openai_accepts(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", wire_name(name))
    assert wire_name(name) == wire_name(name)


def test_names_that_look_alike_stay_apart() -> None:
    names = ["a b", "a.b", "a_b", "é", "è", "x" * 65, "x" * 66, "x" * 64]

    assert len({wire_name(name) for name in names}) == len(names)


def test_a_renamed_tool_is_found_again() -> None:
    tools = ToolConverter().convert([OddTool("other api.tool"), OddTool("plain")], None)

    assert tools.names == {wire_name("other api.tool"): "other api.tool", "plain": "plain"}
    assert set(tools.names) == {param["name"] for param in tools.params}


def test_another_serializer_converts_again() -> None:
    converter = ToolConverter()
    tool = OddTool()

    one = converter.convert([tool], lambda _schema: {"type": "object", "title": "one"})
    other = converter.convert([tool], lambda _schema: {"type": "object", "title": "other"})

    assert one != other


def test_a_tool_is_plain_data() -> None:
    tool = OddTool("half \ud83d", {vol.Optional("level", default=float("nan")): float})

    param = tool_param(tool, None)

    assert param["parameters"]["properties"]["level"]["default"] is None
    assert param["name"].isascii()
