"""The home as Home Assistant describes it to a model, and finding a device in it.

Home Assistant puts a YAML list of the exposed entities into the prompt ("Static Context") and, with
their states, into the result of its tool GetLiveContext:

    - names: Kitchen Light, Big lamp
      domain: light
      state: 'on'
      areas: Kitchen
      attributes:
        brightness: '180'
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
import re


def words(text: str) -> list[str]:
    """Return a text's words in lower case, and without the s of a plural."""
    found = re.findall(r"[^\W_]+(?:'s)?", text.lower().replace("\u2019", "'"))
    bare = [word.removesuffix("'s") for word in found]
    return [word if len(word) < 4 or word.endswith("ss") else word.removesuffix("s") for word in bare]


NOUNS = {
    "light": "light", "lamp": "light", "bulb": "light",
    "thermostat": "climate", "heating": "climate", "heater": "climate", "ac": "climate",
    "lock": "lock",
    "switch": "switch", "plug": "switch", "outlet": "switch", "socket": "switch",
    "fan": "fan",
    "cover": "cover", "blind": "cover", "curtain": "cover", "shutter": "cover", "shade": "cover",
    "tv": "media_player", "speaker": "media_player", "television": "media_player",
    "weather": "weather", "forecast": "weather",
    "sensor": "sensor",
    "scene": "scene", "vacuum": "vacuum",
}  # fmt: skip
"""Words for kinds of devices, and the domain each means."""

CONTROLLABLE = {
    "light", "climate", "lock", "switch", "fan", "cover", "media_player", "scene", "vacuum",
    "input_boolean", "script", "automation", "button", "input_button", "humidifier", "siren", "valve",
    "lawn_mower", "group", "remote", "water_heater", "camera",
}  # fmt: skip
"""Domains that can be controlled."""

FILLERS = set(
    words(
        "a again all also an and any are as at both can could current do every for have hey here home house "
        "i in is it just kindly like me much my now of okay on one ones our please room tell the them there "
        "this that those to too up us well what whats which will with would you your"
    )
)
"""Words that say nothing about which device is meant."""

_FIELD = re.compile(r"^(?:- |  |    )(\w+):(?: (.*))?$")


@dataclass
class Entity:
    """One exposed entity; `state` and `attributes` only if Home Assistant included them."""

    names: list[str] = field(default_factory=list)
    domain: str = ""
    areas: list[str] = field(default_factory=list)
    state: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name to use in a sentence."""
        return self.names[0] if self.names else self.domain


def read_entities(text: str) -> list[Entity]:
    """Read the YAML list of entities that a text contains.

    Only the subset of YAML that Home Assistant writes: block style, scalars plain or quoted, long ones
    folded.
    """
    entities: list[Entity] = []
    for block in re.findall(r"^- names:.*(?:\n  .*)*", text, re.MULTILINE):
        unfolded = re.sub(r"(?<=[^:])\n {4,}(?!\w+: )", " ", block)
        entity = Entity()
        for line in unfolded.splitlines():
            if match := _FIELD.match(line):
                _set_field(entity, match[1], _unquote(match[2] or ""), nested=line.startswith("    "))
        entities.append(entity)
    return entities


def _set_field(entity: Entity, key: str, value: str, *, nested: bool) -> None:
    match key:
        case _ if nested:
            entity.attributes[key] = value
        case "names":
            entity.names = value.split(", ")
        case "areas":
            entity.areas = value.split(", ")
        case "domain":
            entity.domain = value
        case "state":
            entity.state = value


def _unquote(scalar: str) -> str:
    if scalar[:1] == scalar[-1:] == "'":
        return scalar[1:-1].replace("''", "'")
    if scalar[:1] == scalar[-1:] == '"':
        return scalar[1:-1].replace('\\"', '"')
    return scalar


def domain_named_in(text: str) -> str | None:
    """Return the domain of the first word for a kind of device."""
    return next((NOUNS[word] for word in words(text) if word in NOUNS), None)


def areas_of(entities: Iterable[Entity]) -> dict[str, str]:
    """Return all areas, each by the name it goes by first, for every name it has."""
    return {name: entity.areas[0] for entity in entities for name in entity.areas}


def area_named_in(text: str, entities: Iterable[Entity]) -> str | None:
    """Return the area with the longest name among those that a text names."""
    spoken = words(text)
    named = [name for name in areas_of(entities) if _contains(spoken, words(name))]
    return areas_of(entities)[max(named, key=len)] if named else None


def find_by_name(text: str, entities: Iterable[Entity]) -> Entity | None:
    """Return the entity with the longest name among those whose whole name a text contains.

    A name of one word may be a part of another device's name ("light" in "garage light"), so it counts
    only if the text says nothing else but the area.
    """
    spoken = words(text)
    best: tuple[int, Entity] | None = None
    for entity in entities:
        for name in entity.names:
            wanted = words(name)
            if not wanted or not _contains(spoken, wanted):
                continue
            if len(wanted) == 1 and unexplained(text, name, *entity.areas):
                continue
            if best is None or len(wanted) > best[0]:
                best = (len(wanted), entity)
    return best[1] if best else None


def unexplained(text: str, *known: str) -> list[str]:
    """Return a text's words that are not fillers, numbers, kinds of devices, or known."""
    explained = FILLERS | set(NOUNS) | {word for phrase in known for word in words(phrase)}
    return [word for word in words(text) if word not in explained and not word[0].isdigit()]


def _contains(spoken: list[str], wanted: list[str]) -> bool:
    return bool(wanted) and set(wanted) <= set(spoken)
