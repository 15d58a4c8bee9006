"""An installation of today: core's integration, then ours, then core's again, on both releases."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Final

import pytest
import pytest_asyncio

from tests.harness.agent import ACCOUNT_ENTITIES, Account, add_integration, wait_until_loaded
from tests.harness.client import Client
from tests.harness.home_assistant import HASS, OLDER_HASS, HomeAssistant
from tests.harness.stand_in import StandIn
from tests.harness.websocket import Json

from .core_home import BUTLER, RESEARCHER, RETIRED, SECRETARY, SPEECH_TO_TEXT, TEXT_TO_SPEECH, settle
from .homes import Homes
from .stays import Stay, stay
from .storage import Stored

_RELEASES: Final = {"2026.10": OLDER_HASS, "2026.11": HASS}
# These fields depend on the code that runs; all others belong to the user or to Home Assistant.
_SAID_BY_CODE: Final = {
    "capabilities",
    "has_entity_name",
    "original_name",
    "object_id_base",
    "supported_features",
}


@dataclass(frozen=True)
class Life:
    """A Home Assistant that began with its own integration, had ours, and went back."""

    core: Stay
    ours: Stay
    back: Stay
    our_entry: str
    """The id of the entry that was made with our form."""

    @property
    def entry(self) -> str:
        """Return the id of the entry that was made with core's form."""
        return next(iter(self.core.stored.entries))


async def _live(home: HomeAssistant, account: Account) -> Life:
    made: list[str] = []

    async def add_ours(client: Client) -> None:
        made.append(await add_integration(client, Account(f"{account.api_key}-ours", account.base_url)))
        await wait_until_loaded(client, made[0])

    look = partial(stay, home, agents=(BUTLER, RESEARCHER), is_automated=True)
    return Life(
        core=await look(ours=False, visit=settle),
        ours=await look(ours=True, visit=add_ours),
        back=await look(ours=False),
        our_entry=made[0],
    )


@pytest_asyncio.fixture(scope="module")
async def lives(new_home: Homes, stand_in: StandIn) -> dict[str, Life]:
    """Live on each release, side by side."""
    account = Account(StandIn.KEY, stand_in.base_url)
    lived = await asyncio.gather(*(_live(new_home(hass), account) for hass in _RELEASES.values()))
    return dict(zip(_RELEASES, lived, strict=True))


@pytest.fixture(params=_RELEASES)
def life(request: pytest.FixtureRequest, lives: dict[str, Life]) -> Life:
    """Return the life on one release."""
    return lives[request.param]


def _chosen(entity: Json) -> Json:
    return {key: value for key, value in entity.items() if key not in _SAID_BY_CODE}


def _entities(stored: Stored, of: Stored) -> dict[str, Json]:
    return {entity_id: _chosen(stored.entities.get(entity_id, {})) for entity_id in of.entities}


def _devices(stored: Stored, of: Stored) -> dict[str, Json]:
    """Return the devices without the model, which changes when a model ends."""
    return {key: {**stored.devices.get(key, {}), "model": None} for key in of.devices}


def _core_entries(stored: Stored, of: Stored) -> dict[str, Json]:
    return {key: stored.entries.get(key, {}) for key in of.entries}


def test_the_home_is_one_that_works(life: Life) -> None:
    """Before we come, core's own integration does everything that the tests ask for."""
    assert life.core.entry_states == {life.entry: "loaded"}
    assert {BUTLER, RESEARCHER, RETIRED, SECRETARY, SPEECH_TO_TEXT, TEXT_TO_SPEECH} <= set(
        life.core.stored.entities
    )
    assert life.core.unavailable() == {RETIRED}
    assert all(life.core.answers.values())
    assert all(life.core.helpers.values())
    assert life.core.voice == "audio/mpeg"


# --- what must not change when we move in ---


def test_entries_are_loaded(life: Life) -> None:
    """Nothing has to be set up again, and there is room for a new account."""
    assert life.ours.entry_states == {life.entry: "loaded", life.our_entry: "loaded"}


def test_entries_stay_as_core_stored_them(life: Life) -> None:
    """No version, no option, and no subentry is rewritten."""
    assert _core_entries(life.ours.stored, life.core.stored) == life.core.stored.entries


def test_entities_stay_the_same(life: Life) -> None:
    """Ids, names, areas, aliases, exposure, what is disabled: all that people and Home Assistant know."""
    assert _entities(life.ours.stored, life.core.stored) == _entities(life.core.stored, life.core.stored)


def test_devices_stay_the_same(life: Life) -> None:
    """Names, areas, identifiers."""
    assert _devices(life.ours.stored, life.core.stored) == _devices(life.core.stored, life.core.stored)


def test_names_stay_the_same(life: Life) -> None:
    """What is shown on dashboards and said to Assist."""
    known = set(life.core.states) & set(life.core.stored.entities)
    assert {key: life.ours.name_of(key) for key in known} == {key: life.core.name_of(key) for key in known}


def test_entities_are_there(life: Life) -> None:
    """Everything that was available is available now: agents, tasks, speech-to-text, and text-to-speech."""
    assert life.ours.unavailable() == {RETIRED}


def test_what_is_new(life: Life) -> None:
    """We add to each entry, on its device: an image, costs, a test, the last error, and our own agent."""
    before, after = life.core.stored, life.ours.stored
    entities = [after.entities[key] for key in after.entities.keys() - before.entities.keys()]
    devices = [after.devices[key] for key in after.devices.keys() - before.devices.keys()]

    of_core = [entity for entity in entities if entity["config_entry_id"] == life.entry]
    assert {entity["config_subentry_id"] for entity in of_core} == {None}
    assert {entity["entity_id"] for entity in of_core} == ACCOUNT_ENTITIES
    of_core = [device for device in devices if device["config_entry_id"] == life.entry]
    assert [device["identifiers"] for device in of_core] == [[["openai_conversation", life.entry]]]


def test_agents_answer(life: Life) -> None:
    """By the entity ids that people gave them."""
    assert set(life.ours.answers) == {BUTLER, RESEARCHER}
    assert all(life.ours.answers.values())


def test_automations_run(life: Life) -> None:
    """As they were written for core's entities."""
    assert life.ours.helpers["answer"]
    assert life.ours.helpers["task"]
    assert life.ours.helpers["spoken"].startswith(f"media-source://tts/{TEXT_TO_SPEECH}")


def test_voice_assistant_stays_the_same(life: Life) -> None:
    """It has the same speech-to-text, agent, and text-to-speech, and it speaks."""
    assert life.ours.stored.pipelines == life.core.stored.pipelines
    assert life.ours.voice == "audio/mpeg"


def test_no_warnings_are_logged(life: Life) -> None:
    """The change to our integration is no reason for a warning."""
    assert life.ours.complaints == []


# --- what must not change when we move out ---


def test_core_loads_every_entry_again(life: Life) -> None:
    """Those that it made, and the one that we made."""
    assert life.back.entry_states == {life.entry: "loaded", life.our_entry: "loaded"}


def test_core_finds_everything_as_it_left_it(life: Life) -> None:
    """Exactly, including the fields that depend on core's code."""
    before, after = life.core.stored, life.back.stored
    assert _core_entries(after, before) == before.entries
    assert {key: after.entities.get(key) for key in before.entities} == before.entities
    assert {key: after.devices.get(key) for key in before.devices} == before.devices
    assert after.pipelines == before.pipelines


def test_core_leaves_our_entry_alone(life: Life) -> None:
    """It is there when its user comes back to us."""
    assert life.back.stored.entries[life.our_entry] == life.ours.stored.entries[life.our_entry]


def test_core_works_as_before(life: Life) -> None:
    """Agents, automations, the voice assistant."""
    assert life.back.unavailable() & set(life.core.stored.entities) == {RETIRED}
    assert life.back.answers == life.core.answers
    assert life.back.helpers == life.core.helpers
    assert life.back.voice == life.core.voice


def test_core_complains_of_nothing_that_we_left(life: Life) -> None:
    """It has warnings of its own, but no errors."""
    assert [text for text in life.back.complaints if " ERROR " in text] == []
