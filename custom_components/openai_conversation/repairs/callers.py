"""What may call our actions: automations, scripts and dashboards, as their users wrote them."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from homeassistant.components.automation import DATA_COMPONENT as AUTOMATIONS
from homeassistant.components.lovelace.const import DOMAIN as LOVELACE_DOMAIN, LOVELACE_DATA
from homeassistant.components.script.const import DOMAIN as SCRIPT_DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An automation, a script or a dashboard."""

    id: str
    """Of its own among all callers, the same after a restart."""

    name: str
    path: str
    """Where it is edited, as a path of the frontend."""

    config: Any


async def async_callers(hass: HomeAssistant) -> list[Caller]:
    """Return all of them; of components that are not loaded there are none."""
    return [*_automations(hass), *_scripts(hass), *[each async for each in _async_dashboards(hass)]]


def _automations(hass: HomeAssistant) -> Iterator[Caller]:
    component = hass.data.get(AUTOMATIONS)
    for entity in component.entities if component else ():
        # one without an id is written by hand and has no page of its own
        page = f"edit/{entity.unique_id}" if entity.unique_id else "dashboard"
        yield Caller(
            id=entity.entity_id,
            name=str(entity.name),
            path=f"/config/automation/{page}",
            config=entity.raw_config,
        )


def _scripts(hass: HomeAssistant) -> Iterator[Caller]:
    component = hass.data.get(SCRIPT_DOMAIN)
    for entity in component.entities if component else ():
        yield Caller(
            id=entity.entity_id,
            name=str(entity.name),
            path=f"/config/script/edit/{entity.unique_id}",
            config=entity.raw_config,
        )


async def _async_dashboards(hass: HomeAssistant) -> AsyncIterator[Caller]:
    data = hass.data.get(LOVELACE_DATA)
    # a copy, for dashboards may come and go while their files are read
    for url_path, dashboard in list(data.dashboards.items()) if data else ():
        try:
            config = await dashboard.async_load(False)
        except HomeAssistantError as err:
            # made by Home Assistant itself, or a file with a mistake: either way nothing to read
            LOGGER.debug("Dashboard %s: %s", url_path, err)
            continue
        path = url_path or LOVELACE_DOMAIN
        title = (dashboard.config or {}).get("title") or config.get("title")
        yield Caller(id=f"dashboard.{path}", name=title or path, path=f"/{path}", config=config)
