"""An installation of 2024, with accounts of version 1: we keep them, and core migrates them later."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import pytest_asyncio

from tests.harness.home_assistant import HomeAssistant
from tests.harness.websocket import Json

from .entries_of_2024 import (
    AGENTS,
    DISABLED,
    FIRST,
    NEVER_CONFIGURED,
    SECOND,
    entry_of_2024,
    write_entries_of_2024,
)
from .homes import Homes
from .stays import Stay, stay
from .storage import Stored, timeless

_ENABLED: Final = (FIRST, SECOND, NEVER_CONFIGURED)
_REACHABLE: Final = (*(AGENTS[key] for key in _ENABLED), *_ENABLED)


@dataclass(frozen=True)
class Life:
    """A Home Assistant that came from 2024 to us and went to core, and another that went straight to core."""

    ours: Stay
    core: Stay
    straight: Stay


async def _by_way_of_us(home: HomeAssistant) -> tuple[Stay, Stay]:
    write_entries_of_2024(home.folder)
    return await stay(home, ours=True, agents=_REACHABLE), await stay(home, ours=False)


async def _straight(home: HomeAssistant) -> Stay:
    write_entries_of_2024(home.folder)
    return await stay(home, ours=False)


@pytest_asyncio.fixture(scope="module")
async def life(new_home: Homes) -> Life:
    """Live both lives, side by side."""
    (ours, core), straight = await asyncio.gather(_by_way_of_us(new_home()), _straight(new_home()))
    return Life(ours, core, straight)


def _outcome(stored: Stored) -> dict[str, Any]:
    """Return what core's migration has made of the agents, without the random ids."""
    outcome = {}
    for agent in AGENTS.values():
        entity = stored.entities[agent]
        entry = stored.entries[entity["config_entry_id"]]
        subentry = entry["subentries"][entity["config_subentry_id"]]
        device = stored.devices[entity["device_id"]]
        outcome[agent] = (
            _subset(entity, "id", "aliases", "disabled_by", "name"),
            _subset(device, "id", "area_id", "disabled_by", "name", "name_by_user"),
            _subset(subentry, "data", "title", "subentry_type"),
            _subset(entry, "entry_id", "data", "options", "title", "version", "minor_version"),
            sorted((part["subentry_type"], part["title"]) for part in entry["subentries"].values()),
        )
    return outcome


def _subset(item: Json, *keys: str) -> Json:
    return {key: item[key] for key in keys}


def test_entries_are_loaded(life: Life) -> None:
    """The enabled ones. A disabled account stays disabled."""
    assert life.ours.entry_states == {**dict.fromkeys(_ENABLED, "loaded"), DISABLED: "not_loaded"}


def test_entries_stay_of_2024(life: Life) -> None:
    """Version 1, with the options that were stored then, and no subentries."""
    for key, entry in life.ours.stored.entries.items():
        assert entry == {**timeless(entry_of_2024(key)), "subentries": {}}


def test_agents_stay_the_same(life: Life) -> None:
    """The entity of an agent has the id of its entry, and the device and the aliases it had."""
    entities = life.ours.stored.entities
    assert {entities[agent]["unique_id"]: agent for agent in AGENTS.values()} == AGENTS
    assert entities[AGENTS[SECOND]]["aliases"] == ["Plumber"]
    assert life.ours.stored.devices[entities[AGENTS[SECOND]]["device_id"]]["area_id"] == "kitchen"
    assert life.ours.name_of(AGENTS[FIRST]) == "ChatGPT"
    assert life.ours.name_of(AGENTS[SECOND]) == "Super Mario"
    assert life.ours.unavailable() >= {AGENTS[DISABLED]}
    assert not life.ours.unavailable() & {AGENTS[key] for key in _ENABLED}


def test_agents_answer(life: Life) -> None:
    """By their entity ids, and by the ids of their entries, which automations of 2024 use, too."""
    assert {agent for agent, answer in life.ours.answers.items() if not answer} == set()


def test_voice_assistant_stays_the_same(life: Life) -> None:
    """It has the agent that was chosen for it in 2024."""
    assert life.ours.stored.pipelines["items"][0]["conversation_engine"] == AGENTS[SECOND]
    assert life.ours.stored.pipelines == life.straight.stored.pipelines


def test_no_warnings_are_logged(life: Life) -> None:
    """Old accounts are no reason for a warning."""
    assert life.ours.complaints == []


def test_core_migrates_as_if_we_had_never_been(life: Life) -> None:
    """Accounts with one key become one, the agents become parts of it, and keep ids, areas, and names."""
    assert _outcome(life.core.stored) == _outcome(life.straight.stored)
    assert set(life.core.entry_states.values()) == {"loaded"}
    assert set(life.core.entry_states) == {FIRST, NEVER_CONFIGURED}


def test_core_complains_of_nothing_that_we_left(life: Life) -> None:
    """It has warnings of its own, but no errors."""
    assert [text for text in life.core.complaints if " ERROR " in text] == []
