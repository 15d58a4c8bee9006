"""Commands of the user: words in, tool calls out, by simple rules.

The tools are Home Assistant's own (Assist API); their names are given here without namespace.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
import re
from typing import Any

from .home import (
    CONTROLLABLE,
    NOUNS,
    Entity,
    area_named_in,
    domain_named_in,
    find_by_name,
    unexplained,
    words,
)

COLORS = "red|green|blue|white|yellow|orange|purple|pink|cyan|magenta|violet|turquoise"


@dataclass(frozen=True, slots=True)
class Action:
    """What to do; `domain` if it can only be done to one kind of device."""

    tool: str
    settings: dict[str, Any] = field(default_factory=dict)
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """An action on one target; `target` holds name and domain, or area and domain."""

    action: Action
    target: dict[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, Any]:
        """The arguments for the tool."""
        return {**self.target, **self.action.settings}


@dataclass(frozen=True, slots=True)
class Say:
    """An answer that needs no tool."""

    text: str


type Step = Command | Say

# Home Assistant opens with "turn on", but for a lock that means to lock it. First match wins.
_PLAIN_ACTIONS = (
    (re.compile(r"\bunlock\b|\bopen\b.*\block\b"), Action("HassTurnOff", domain="lock")),
    (
        re.compile(r"^\W*(?:please |can you |could you |and |also )*lock\b"),
        Action("HassTurnOn", domain="lock"),
    ),
    (re.compile(r"\bopen\b"), Action("HassTurnOn", domain="cover")),
    (re.compile(r"\bclose\b"), Action("HassTurnOff", domain="cover")),
    (re.compile(r"\b(?:turn|switch|put)\b.*\boff\b"), Action("HassTurnOff")),
    (re.compile(r"\b(?:turn|switch|put)\b.*\bon\b|\b(?:activate|start)\b"), Action("HassTurnOn")),
    # without a verb: "and the bedroom light off, please"
    (re.compile(r"\blights?\b.*\boff\b"), Action("HassTurnOff")),
    (re.compile(r"\blights? on\b"), Action("HassTurnOn")),
)
_VERBS = re.compile(
    r"\b(?:turn|switch|put|unlock|lock|open|close|set|dim|brighten|make|change|activate|start)\b",
    re.IGNORECASE,
)
_ON_OFF = re.compile(r"\b(?:on|off)\b", re.IGNORECASE)
# A number with a unit or after "to". The number of "lamp 2" is part of its name.
_NUMBER = re.compile(
    r"(?:\bto\s+)?(\d+(?:\.\d+)?)\s*(?:%|percent|degrees?|°\s*[cf]?)|\bto\s+(\d+(?:\.\d+)?)", re.IGNORECASE
)
_COLOR = re.compile(rf"\b({COLORS})\b", re.IGNORECASE)
_SETS = re.compile(r"\b(?:set|dim|brighten|make|change|turn|put)\b", re.IGNORECASE)
_QUANTITY = re.compile(r"\b(?:brightness|temperature|colou?r|position)\b", re.IGNORECASE)
_FOLLOW_UP = re.compile(r"^(?:and|also|now)\b|\b(?:too|also|as well)\W*$", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|them|that|those|both)\b", re.IGNORECASE)
_HERE = re.compile(r"You are in area (.+?) (?:\(floor|and all)")


def action_of(text: str) -> Action | None:
    """Return the action that a text asks for, if any."""
    lowered = text.lower()
    noun = domain_named_in(phrase_of(lowered))
    if (number := _NUMBER.search(lowered)) and _SETS.search(lowered):
        return _setting(lowered, noun, float(number[1] or number[2]))
    if (color := _COLOR.search(lowered)) and _SETS.search(lowered):
        return Action("HassLightSet", {"color": color[1]}, "light")
    return next((action for pattern, action in _PLAIN_ACTIONS if pattern.search(lowered)), None)


def _setting(lowered: str, noun: str | None, number: float) -> Action:
    """Return the action that gives something the value `number`, by its unit or the kind of device."""
    if re.search(r"°|degree|temperature", lowered) or noun == "climate":
        return Action("HassClimateSetTemperature", {"temperature": number}, "climate")
    if noun == "cover" or re.search(r"\b(?:door|gate)\b", lowered):
        return Action("HassSetPosition", {"position": int(number)}, "cover")
    return Action("HassLightSet", {"brightness": int(number)}, "light")


def phrase_of(clause: str) -> str:
    """Return a text without the words for the action, to find the device in."""
    # Only the first: "switch off the switch" keeps its noun.
    phrase = _ON_OFF.sub(" ", _VERBS.sub(" ", clause, count=1), count=1)
    return _QUANTITY.sub(" ", _COLOR.sub(" ", _NUMBER.sub(" ", phrase)))


def commands_in(
    text: str, entities: Sequence[Entity], previous: Sequence[Command], room: str | None
) -> list[Step]:
    """Return the steps that a text asks for; none if it is not a command.

    `previous` are the commands the user gave before, for "and the bedroom too" and "turn it off".
    `room` is the area the user speaks from.
    """
    action: Action | None = None
    if _FOLLOW_UP.search(text.strip()) and previous:
        action = previous[-1].action
    hint = domain_named_in(phrase_of(text))
    if hint is None and previous:
        hint = previous[-1].target.get("domain")
    steps: list[Step] = []
    for clause in re.split(r",?\s+(?:and then|and|then)\s+|,\s+", text.strip()):
        action = action_of(clause) or action
        if action is None:
            return []
        known = [step for step in steps if isinstance(step, Command)] or previous
        found = _targets(clause, action, entities=entities, hint=hint, previous=known, room=room)
        steps += [found] if isinstance(found, Say) else [Command(action, target) for target in found]
    return steps


def _targets(
    clause: str,
    action: Action,
    *,
    entities: Sequence[Entity],
    hint: str | None,
    previous: Sequence[Command],
    room: str | None,
) -> list[dict[str, str]] | Say:
    phrase = phrase_of(clause)
    candidates = [e for e in entities if e.domain in CONTROLLABLE and action.domain in (None, e.domain)]
    domain = action.domain or domain_named_in(phrase) or hint
    if entity := find_by_name(phrase, candidates):
        return [_by_name(entity)]
    area = area_named_in(phrase, entities)
    if unexplained(phrase, area or ""):
        # "Lock the front door" means the Front Door Lock.
        synonyms = " ".join(noun for noun, meant in NOUNS.items() if meant == domain)
        entity = find_by_name(f"{phrase} {synonyms}", candidates)
        return [_by_name(entity)] if entity else Say(not_found(phrase, action.domain))
    if (
        area is None
        and domain_named_in(phrase) is None
        and previous
        and (_PRONOUN.search(clause) or not action.domain)
    ):
        return [dict(command.target) for command in previous]
    return _by_kind(phrase, [e for e in candidates if domain in (None, e.domain)], area, room)


def _by_kind(
    phrase: str, candidates: list[Entity], area: str | None, room: str | None
) -> list[dict[str, str]] | Say:
    """Return devices of a kind: those in the area named or in the user's room, else the only one."""
    everything = bool({"all", "every", "both"} & set(words(phrase)))
    if area is None and not everything and any(room in entity.areas for entity in candidates):
        area = room
    found = [entity for entity in candidates if area is None or area in entity.areas]
    lights = [entity for entity in found if entity.domain == "light"]
    if len({entity.domain for entity in found}) > 1 and lights:
        found = lights
    if not found:
        return Say(not_found(phrase, None))
    if len(found) == 1 or everything:
        return [_by_name(entity) for entity in found]
    if area is None:
        return Say(f"Which one do you mean: {' or '.join(entity.name for entity in found)}?")
    return [{"area": area, "domain": found[0].domain}]


def _by_name(entity: Entity) -> dict[str, str]:
    return {"name": entity.name, "domain": entity.domain}


def not_found(phrase: str, domain: str | None) -> str:
    """Return the sentence about a device that the model does not see."""
    spoken = [
        word for word in re.findall(r"[\w'-]+", phrase.lower()) if unexplained(word) or domain_named_in(word)
    ]
    if domain == "lock" and "lock" not in spoken:
        spoken.append("lock")
    name = " ".join(spoken) or "device like that"
    article = "any" if name.endswith("s") else "an" if name[0] in "aeiou" else "a"
    return f"I don't see {article} {name} here."


def room_of(instructions: str) -> str | None:
    """Return the area that Home Assistant says the user speaks from."""
    match = _HERE.search(instructions)
    return match[1] if match else None
