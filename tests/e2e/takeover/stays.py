"""A stay: Home Assistant runs in its folder for a while, with one integration or the other."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tests.harness.assist import process
from tests.harness.client import Client, RequestError, open_client
from tests.harness.flows import DOMAIN
from tests.harness.home_assistant import HomeAssistant
from tests.harness.websocket import CommandError, Json

from ..complaints import HouseLog
from .storage import Stored, read_stored

type Visit = Callable[[Client], Awaitable[None]]

_AUTOMATIONS: Final = ("asks", "has_a_task_done", "speaks")
_HELPERS: Final = ("answer", "task", "spoken")


@dataclass(frozen=True)
class Stay:
    """What was recorded while Home Assistant ran, and its stores."""

    entry_states: dict[str, str]
    """By entry id: `loaded`, `setup_error`, …"""
    states: dict[str, Json]
    """All states, by entity id."""
    answers: dict[str, str]
    """By agent: its answer to a greeting. Nothing if it failed."""
    helpers: dict[str, str]
    """What the automations wrote into the helpers. Nothing if they failed."""
    voice: str
    """The content type of what the preferred voice assistant said. Nothing if it failed."""
    complaints: list[str]
    """The warnings in the log."""
    stored: Stored

    def unavailable(self) -> set[str]:
        """Return the entities of the integration that are unavailable, but for those disabled by default."""
        gone = {"state": "unavailable"}
        return {
            entity_id
            for entity_id, entity in self.stored.entities.items()
            if entity["disabled_by"] != "integration"
            and self.states.get(entity_id, gone)["state"] == "unavailable"
        }

    def name_of(self, entity_id: str) -> str:
        """Return the name of an entity."""
        return str(self.states[entity_id]["attributes"]["friendly_name"])


async def stay(
    home: HomeAssistant,
    *,
    ours: bool,
    agents: tuple[str, ...] = (),
    is_automated: bool = False,
    visit: Visit | None = None,
) -> Stay:
    """Start Home Assistant with our integration or with its own, do something, record, and stop.

    Automations and voice assistant are tried in a home that has the entities they use.
    """
    home.prepare(with_integration=ours)
    log = HouseLog(home.process)
    log.mark_read()
    await home.start()
    try:
        async with open_client(home.url) as client:
            if visit:
                await visit(client)
            entries = await client.websocket.command("config_entries/get", domain=DOMAIN)
            states = {state["entity_id"]: state for state in await client.request("GET", "/api/states")}
            answers = {agent: await _greet(client, agent) for agent in agents}
            helpers = await _run_automations(client) if is_automated else {}
            voice = await _hear(client) if is_automated else ""
    finally:
        await home.stop()
    return Stay(
        entry_states={entry["entry_id"]: entry["state"] for entry in entries},
        states=states,
        answers=answers,
        helpers=helpers,
        voice=voice,
        complaints=log.complaints(),
        stored=read_stored(home.folder),
    )


async def _greet(client: Client, agent_id: str) -> str:
    try:
        turn = await process(client, "Hello", agent_id)
    except CommandError:
        return ""
    return "" if turn.error else turn.answer


async def _run_automations(client: Client) -> dict[str, str]:
    for helper in _HELPERS:
        await client.call("input_text.set_value", entity_id=f"input_text.{helper}", value="")
    for automation in _AUTOMATIONS:
        await client.call("automation.trigger", entity_id=f"automation.{automation}")
    return {helper: (await client.state(f"input_text.{helper}"))["state"] for helper in _HELPERS}


async def _hear(client: Client) -> str:
    """Greet the preferred voice assistant, and listen to its answer."""
    try:
        async with client.websocket.subscribe(
            "assist_pipeline/run", start_stage="intent", end_stage="tts", input={"text": "Hello"}
        ) as events:
            async for event in events:
                match event["type"]:
                    case "tts-end":
                        content_type, _ = await client.download(event["data"]["tts_output"]["url"])
                        return content_type
                    case "run-end":
                        break
    except CommandError, RequestError:
        pass
    return ""
