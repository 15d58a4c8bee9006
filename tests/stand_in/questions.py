"""Questions about the home: words in, tool calls out, by simple rules."""

from collections.abc import Sequence
import re

from .commands import Action, Command, Say, Step, not_found
from .home import Entity, area_named_in, domain_named_in, find_by_name, unexplained

_QUESTION = re.compile(r"(?:is|are|what|what's|whats|which|how|do|does|where|why|who|when)\b", re.IGNORECASE)
_TIME = re.compile(r"\bwhat(?:'s| is)?(?: the| today's)* (?:time|day|date)\b", re.IGNORECASE)
_CLIMATE = re.compile(r"\b(?:temperature|warm|cold|hot|humidity|degrees)\b", re.IGNORECASE)
_OUTSIDE = re.compile(r"\b(?:outside|outdoors?|weather|forecast)\b", re.IGNORECASE)
_EXISTENCE = re.compile(r"\b(?:do i have|are there|is there|what devices)\b", re.IGNORECASE)
_STATE_WORDS = (
    "on off open closed close locked unlocked set state status temperature humidity warm cold hot degree "
    "outside outdoor bright running playing mode how does many there where turned"
)
_IN_A_STATE = re.compile(
    r"^(?:is|are) (?:the|my) (.+?) (?:on|off|open|closed?|(locked|unlocked)|running)\b", re.IGNORECASE
)
_MEASURING = ("sensor", "climate", "weather")


def is_question(text: str) -> bool:
    """Return whether a text starts as a question."""
    return bool(_QUESTION.match(text.strip()))


def question_in(text: str, entities: Sequence[Entity]) -> Step | None:
    """Return how to find the answer; None if the question is not about the home."""
    if _TIME.search(text):
        return Command(Action("GetDateTime"))
    entity = find_by_name(text, entities)
    if entity is None and _OUTSIDE.search(text):
        entity = _outside(entities)
    if entity is None:
        return _about_several(text, entities)
    if _EXISTENCE.search(text):
        return Say(f"Yes: {entity.name}.")
    return Command(Action("GetLiveContext"), {"name": entity.name, "domain": entity.domain})


def _outside(entities: Sequence[Entity]) -> Entity | None:
    named = [e for e in entities if _OUTSIDE.search(e.name) or e.domain == "weather"]
    return min(named, key=lambda entity: entity.domain != "weather", default=None)


def _about_several(text: str, entities: Sequence[Entity]) -> Step | None:
    """Return how to find the state of devices of a kind or in an area."""
    domain, area = domain_named_in(text), area_named_in(text, entities)
    domains = [domain] if domain else list(_MEASURING) if _CLIMATE.search(text) else []
    if not (domains or area):
        asked = _IN_A_STATE.match(text.strip())
        return Say(not_found(asked[1], "lock" if asked[2] else None)) if asked else None
    if strange := unexplained(text, area or "", _STATE_WORDS):
        return Say(not_found(" ".join([*strange, domain or ""]), None))
    found = [e for e in entities if area is None or area in e.areas]
    found = [e for e in found if not domains or e.domain in domains]
    if not found:
        return Say("I don't see anything like that here.")
    if _EXISTENCE.search(text):
        return Say(f"Yes: {', '.join(e.name for e in found)}.")
    wanted = {"area": area, "domain": domain or domains}
    return Command(Action("GetLiveContext", {key: value for key, value in wanted.items() if value}))
