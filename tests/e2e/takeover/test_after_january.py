"""It is 2027-02-01: OpenAI's speech API has ended, and nobody has touched what core's integration stored."""

from dataclasses import dataclass
from typing import Any, Final

import pytest
import pytest_asyncio

from tests.harness.agent import add_assistant
from tests.harness.client import Client
from tests.harness.flows import DOMAIN
from tests.harness.home_assistant import HomeAssistant
from tests.harness.process import free_port
from tests.harness.stand_in import StandIn
from tests.harness.voice import Exchange, speak
from tests.harness.websocket import Json
from tests.stand_in.sound import heard, spoken_pcm

from .core_home import BUTLER, SPEECH_TO_TEXT, TEXT_TO_SPEECH, settle
from .homes import HOME
from .stays import Stay, stay

DAY: Final = "2027-02-01"
ENDED: Final = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
QUESTION: Final = "Tell me a joke"


@dataclass(frozen=True)
class February:
    """What was stored in November, and what happened in February."""

    before: Stay
    after: Stay
    exchanges: dict[str, Exchange]
    """By the name of the voice assistant."""
    announcement: str
    """What was heard of an announcement without any options."""
    issues: set[str]
    """The keys of the repair issues."""
    requests: list[Json]
    """What OpenAI was asked."""
    refused: set[str]
    """The models that its speech API does not have."""


@pytest_asyncio.fixture(scope="module")
async def february(tmp_path_factory: pytest.TempPathFactory) -> February:
    """Set everything up with core's integration and its forms, and come back in February with ours."""
    folder = tmp_path_factory.mktemp("february")
    port = free_port()
    environment = {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"}
    async with StandIn(folder / "november.log", port=port):
        before = await stay(
            HomeAssistant(folder, home=HOME, environment=environment), ours=False, visit=settle
        )
    home = HomeAssistant(folder, home=HOME, environment=environment, today=DAY)
    async with StandIn(folder / "february.log", port=port, today=DAY) as openai:
        happened: dict[str, Any] = {}

        async def live(client: Client) -> None:
            happened["exchanges"] = {name: await _talk(client, name) for name in ("the usual one", "another")}
            happened["announcement"] = await _announce(client)
            happened["issues"] = await _issues(client)

        after = await stay(home, ours=True, visit=live)
        requests = await openai.requests()
        refused = {model for model in ENDED if await _is_refused(openai, model)}
    return February(before=before, after=after, requests=requests, refused=refused, **happened)


async def _is_refused(openai: StandIn, model: str) -> bool:
    return await openai.refuses("/audio/speech", model=model, input="Hello.", voice="ash")


async def _talk(client: Client, name: str) -> Exchange:
    """Talk to the voice assistant that core's engines were chosen for, or to one with the other engines."""
    known = await client.websocket.command("assist_pipeline/pipeline/list")
    pipeline = known["preferred_pipeline"]
    if name == "another":
        engines = {"stt_engine": "stt.ear", "tts_engine": "tts.mouth"}
        languages = {"stt_language": "en-US", "tts_language": "en-US"}
        pipeline = await add_assistant(client, BUTLER, **engines, **languages)
    return await speak(client, spoken_pcm(QUESTION), pipeline=pipeline)


async def _announce(client: Client) -> str:
    about = {"engine_id": TEXT_TO_SPEECH, "message": "The washing machine is done."}
    answer = await client.request("POST", "/api/tts_get_url", about)
    return heard(b"".join([chunk async for chunk in client.stream(answer["path"])]))


async def _issues(client: Client) -> set[str]:
    issues = (await client.websocket.command("repairs/list_issues"))["issues"]
    return {issue["translation_key"] for issue in issues if issue["domain"] == DOMAIN}


def test_it_is_february(february: February) -> None:
    """The clock of Home Assistant says so, and core's engines were stored in November."""
    changed = february.after.states[TEXT_TO_SPEECH]["last_updated"]

    assert changed.startswith(DAY)
    assert {SPEECH_TO_TEXT, TEXT_TO_SPEECH} <= set(february.before.stored.entities)


def test_the_speech_api_has_ended(february: February) -> None:
    """OpenAI, as the house met it, refuses what core's engines would ask for."""
    assert february.refused == set(ENDED)


@pytest.mark.parametrize("assistant", ["the usual one", "another"])
def test_the_house_hears_and_speaks(february: February, assistant: str) -> None:
    """From sound to sound."""
    exchange = february.exchanges[assistant]

    assert exchange.error is None
    assert exchange.heard == QUESTION
    assert exchange.turn.answer
    assert heard(exchange.sound).split() == exchange.turn.answer.split()
    assert exchange.content_type == "audio/mpeg"


def test_announcements_are_heard(february: February) -> None:
    """As automations make them: with no options."""
    assert february.announcement == "The washing machine is done."


def test_nobody_has_to_click(february: February) -> None:
    """Nothing stored has changed, the end is reported, and OpenAI was asked for nothing that is gone."""
    assert february.after.stored.entries == february.before.stored.entries
    assert "speech_changed_for_good" in february.issues
    assert february.after.entry_states == dict.fromkeys(february.before.stored.entries, "loaded")
    assert "/v1/audio/speech" not in {each["path"] for each in february.requests}
    assert [each for each in february.requests if each["outcome"].get("status", 200) >= 400] == []
    assert february.after.complaints == []
