"""What the stand-in is asked, and what its answers must look like."""

import json
from typing import Any, get_args

from aiohttp import ClientSession
from openai.types.responses import ResponseStreamEvent

from tests.stand_in import validate_response_request
from tests.stand_in.brain import plan
from tests.stand_in.items import FunctionCall, Message

KEY = "sk-test-of-the-stand-in"

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
