"""The story of the demo: what is said, what must happen, and how it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
import re
from typing import Final

from tests.harness.agent import configure
from tests.harness.assist import Turn, ask
from tests.harness.client import Client
from tests.harness.images import WEATHER_IMAGE, change_weather
from tests.harness.rooms import (
    BEDROOM_LIGHT,
    FRONT_DOOR,
    KITCHEN_LIGHT,
    LIGHTS,
    LIVING_ROOM_LIGHT,
    THERMOSTAT,
    describe,
)
from tests.harness.stand_in import StandIn

_WATCHED: Final = (*LIGHTS, THERMOSTAT, FRONT_DOOR)
# The state of the only lock, which is not exposed: no tool may return it.
_UNSEEN: Final = "locked"


@dataclass(frozen=True)
class Line:
    """Something to say, and what must happen."""

    text: str
    changes: Mapping[str, str] = field(default_factory=dict)
    """The new state of each device that must change. All other devices must stay as they are."""
    answer: str = r"\w"
    """What the answer must contain: a regular expression that ignores case."""
    follow_up: bool = False
    """Whether the line continues the conversation of the line before."""


_HOUSE: Final = (
    Line("Turn on the kitchen light", {KITCHEN_LIGHT: "on 100 %"}),
    Line("And the bedroom too", {BEDROOM_LIGHT: "on 100 %"}, follow_up=True),
    Line("Set the living room light to 40 percent", {LIVING_ROOM_LIGHT: "on 40 %"}),
    Line("How warm is it in the living room?", answer=r"21[.,]5"),
    Line("Is the front door locked?"),
)
_MARIO: Final = (
    Line("Turn off the kitchen light", {KITCHEN_LIGHT: "off"}),
    Line("Who are you?", answer="Mario"),
)
_MARIO_PROMPT: Final = (
    "You are Super Mario, and {{ user_name }} calls you at {{ ha_name }}. Answer in one short sentence."
)
_OUTAGE: Final = (
    Line("Turn off the bedroom light", {BEDROOM_LIGHT: "off"}, answer="cannot be reached"),
    Line("Turn on the kitchen light", {KITCHEN_LIGHT: "on 100 %"}),
)
_AFTER_OUTAGE: Final = (
    Line("Tell me a joke", answer="brighter"),
    Line("Turn off the kitchen light", {KITCHEN_LIGHT: "off"}),
)


async def play(client: Client, entry_id: str, stand_in: StandIn | None) -> list[str]:
    """Say all lines, print what happens, and return what went wrong. Only a stand-in can be stopped."""
    print("\n--- The house. The front door is not exposed to Assist: it cannot be seen or opened. ---")
    problems = await _speak(client, _HOUSE)
    print(f"\n--- Configure → Instructions: {_MARIO_PROMPT} ---")
    before = await configure(client, entry_id, prompt=_MARIO_PROMPT)
    problems += await _speak(client, _MARIO)
    await configure(client, entry_id, prompt=before["prompt"])
    print("\n--- Configure → Instructions: as before ---")
    problems += await _generate_image(client)
    return problems + (await _outage(client, stand_in) if stand_in else [])


async def _outage(client: Client, stand_in: StandIn) -> list[str]:
    """Let Home Assistant answer while OpenAI is out."""
    print("\n--- OpenAI stops. Home Assistant answers, and says so once. ---")
    await stand_in.stop()
    problems = await _speak(client, _OUTAGE)
    print("\n--- OpenAI is back. ---")
    await stand_in.start()
    return problems + await _speak(client, _AFTER_OUTAGE)


async def _generate_image(client: Client) -> list[str]:
    """Have the automation of 2024 generate an image."""
    print("\n--- It starts to rain. The automation documented in 2024 generates an image of it. ---")
    image = await change_weather(client, "rainy")
    print(f"  image    {WEATHER_IMAGE}: {image.content_type}, {len(image.data) // 1024} KiB")
    print("           on the dashboard, and in the media browser under OpenAI images")
    if image.content_type != "image/png":
        return [f"{WEATHER_IMAGE} is not a PNG image, but {image.content_type}"]
    return []


async def _speak(client: Client, lines: tuple[Line, ...]) -> list[str]:
    problems = []
    last: Turn | None = None
    for line in lines:
        before = {entity_id: await describe(client, entity_id) for entity_id in _WATCHED}
        last = await ask(client, line.text, after=last if line.follow_up else None)
        after = {entity_id: await describe(client, entity_id) for entity_id in _WATCHED}
        _print_turn(last, before, after)
        for problem in _problems(line, last, before, after):
            print(f"  WRONG    {problem}")
            problems.append(f"{line.text}: {problem}")
    return problems


def _print_turn(turn: Turn, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Print a turn for a reader who did not see it."""
    print(f"\n» {turn.asked}")
    for tool in turn.tools.values():
        arguments = ", ".join(f"{name}={json.dumps(value)}" for name, value in tool.arguments.items())
        print(f"  tool     {tool.name}({arguments})")
    for entity_id, state in after.items():
        if state != before[entity_id]:
            print(f"  changed  {entity_id}: {before[entity_id]} → {state}")
    print(f"  answer   {turn.answer}")
    first_word = f"first word after {turn.first_word * 1000:.0f} ms, " if turn.first_word is not None else ""
    print(f"  time     {first_word}end after {turn.seconds * 1000:.0f} ms", flush=True)


def _problems(line: Line, turn: Turn, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    problems = []
    if turn.error:
        problems.append(f"it failed ({turn.error})")
    for entity_id, wanted in {**before, **line.changes}.items():
        if after[entity_id] != wanted:
            problems.append(f"{entity_id} is {after[entity_id]!r}, not {wanted!r}")
    if any(_UNSEEN in json.dumps(tool.result) for tool in turn.tools.values()):
        problems.append("a tool has seen the front door")
    if not re.search(line.answer, turn.answer, re.IGNORECASE | re.DOTALL):
        problems.append(f"the answer does not match {line.answer!r}")
    return problems
