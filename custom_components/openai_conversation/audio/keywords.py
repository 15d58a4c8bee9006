"""The names in a home that commands are likely to contain: floors, areas, and entities."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from homeassistant.components.conversation import DOMAIN as CONVERSATION
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er, floor_registry as fr

MOST: Final = 100
"""Keywords in one request."""

LONGEST: Final = 60
"""Characters of a keyword. Nobody says a longer name."""


def keywords(names: Iterable[str]) -> list[str]:
    """Return names as OpenAI accepts them: one line each, without "<" and ">", once, up to `MOST`."""
    fitting = (" ".join(name.replace("<", " ").replace(">", " ").split()) for name in names)
    unique: dict[str, str] = {}
    for name in fitting:
        if name and len(name) <= LONGEST:
            unique.setdefault(name.casefold(), name)
    return list(islice(unique.values(), MOST))


@callback
def async_names(hass: HomeAssistant) -> Iterator[str]:
    """Yield the names of floors and areas, then those of the entities that are exposed to Assist."""
    places: list[fr.FloorEntry | ar.AreaEntry] = [
        *fr.async_get(hass).async_list_floors(),
        *ar.async_get(hass).async_list_areas(),
    ]
    for place in places:
        yield place.name
        yield from sorted(place.aliases)
    entities = er.async_get(hass)
    for state in sorted(hass.states.async_all(), key=lambda state: state.entity_id):
        if async_should_expose(hass, CONVERSATION, state.entity_id):
            yield state.name
            if entry := entities.async_get(state.entity_id):
                yield from er.async_get_entity_aliases(hass, entry)
