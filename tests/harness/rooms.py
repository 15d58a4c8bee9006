"""The demo home as its owner sets it up in the UI: the areas, and what is exposed to Assist."""

from typing import Any, Final

from .client import Client

KITCHEN_LIGHT: Final = "light.kitchen_light"
BEDROOM_LIGHT: Final = "light.bedroom_light"
LIVING_ROOM_LIGHT: Final = "light.living_room_light"
LIGHTS: Final = (KITCHEN_LIGHT, BEDROOM_LIGHT, LIVING_ROOM_LIGHT)
THERMOSTAT: Final = "climate.thermostat"
TEMPERATURE: Final = "sensor.living_room_temperature"
SLOW_SCRIPT: Final = "script.count_the_sheep"
WEATHER: Final = "weather.home"
FRONT_DOOR: Final = "lock.front_door"

# The areas that onboarding creates. The front door has none, and is not exposed.
_AREAS: Final = {
    KITCHEN_LIGHT: "kitchen",
    BEDROOM_LIGHT: "bedroom",
    LIVING_ROOM_LIGHT: "living_room",
    THERMOSTAT: "living_room",
    TEMPERATURE: "living_room",
}
_EXPOSED: Final = {*_AREAS, WEATHER}


async def furnish(client: Client) -> None:
    """Assign the areas, and expose to Assist what it can see, and nothing else."""
    command = client.websocket.command
    for entity_id, area_id in _AREAS.items():
        await command("config/entity_registry/update", entity_id=entity_id, area_id=area_id)
    hidden = sorted(set(await client.entity_ids()) - _EXPOSED)
    await expose(client, sorted(_EXPOSED), should_expose=True)
    await expose(client, hidden, should_expose=False)
    # The web server listens on this machine only, and images are fetched from there.
    await command("config/core/update", internal_url=client.url)
    await command("frontend/set_system_data", key="core", value={"default_panel": "demo-home"})


async def describe(client: Client, entity_id: str) -> str:
    """Return the state of an entity in words: `on`, `on 40 %`, `heat 20.5 °C`."""
    state = await client.state(entity_id)
    return f"{state['state']}{_detail(state['attributes'])}"


def _detail(attributes: dict[str, Any]) -> str:
    if brightness := attributes.get("brightness"):
        return f" {brightness / 2.55:.0f} %"
    if temperature := attributes.get("temperature"):
        return f" {temperature} °C"
    return ""


async def expose(client: Client, entity_ids: list[str], *, should_expose: bool) -> None:
    """Show entities to Assist, or hide them from it."""
    await client.websocket.command(
        "homeassistant/expose_entity",
        assistants=["conversation"],
        entity_ids=entity_ids,
        should_expose=should_expose,
    )
