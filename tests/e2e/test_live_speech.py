"""The Realtime API from sound to sound: live transcription, and the voice after January 2027."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.harness.agent import Account, add_assistant, add_integration, wait_until_loaded
from tests.harness.client import Client
from tests.harness.flows import start_subentry_flow
from tests.harness.rooms import KITCHEN_LIGHT, describe
from tests.harness.stand_in import StandIn
from tests.harness.voice import speak
from tests.stand_in.sound import heard
from tests.stand_in.tones import sung_pcm

pytestmark = pytest.mark.usefixtures("entry_id")

COMMAND = "Turn on the kitchen light"
RECORDINGS = "/v1/audio/transcriptions"


@pytest_asyncio.fixture(scope="module")
async def pipeline(client: Client, entry_id: str) -> str:
    """Create a voice assistant that listens live."""
    form = await start_subentry_flow(client, entry_id, "stt")
    end = await form.submit(**{**form.shown, "name": "Ears", "chat_model": "gpt-live-transcribe"})
    assert end.type == "create_entry"
    await wait_until_loaded(client, entry_id)
    return await add_assistant(
        client,
        stt_engine="stt.ears",
        stt_language="en-US",
        tts_engine="tts.openai_tts",
        tts_language="en-US",
        tts_voice="ash",
    )


async def paths(stand_in: StandIn) -> list[str]:
    return [each["path"] for each in await stand_in.requests()]


async def test_a_command_is_understood_while_it_is_spoken(
    client: Client, pipeline: str, stand_in: StandIn
) -> None:
    """The command is sent while it is spoken, and the answer is heard. No recording is sent."""
    exchange = await speak(client, sung_pcm(COMMAND), pipeline=pipeline)

    assert exchange.error is None
    assert exchange.heard == COMMAND
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    assert heard(exchange.sound) == exchange.turn.answer
    events = [each["body"].get("type") for each in await stand_in.requests()]
    assert events.index("input_audio_buffer.commit") < events.index("response.create")
    assert RECORDINGS not in await paths(stand_in)


@pytest.mark.parametrize("fault", ["cut", "close"])
async def test_nothing_is_lost_when_the_server_goes_away(
    client: Client, pipeline: str, stand_in: StandIn, fault: str
) -> None:
    """The connection breaks in the middle of the command, which is still understood."""
    await stand_in.fail(fault, path="input_audio_buffer.append")

    exchange = await speak(client, sung_pcm(COMMAND), pipeline=pipeline)

    assert exchange.heard == COMMAND
    assert await describe(client, KITCHEN_LIGHT) == "on 100 %"
    assert (await paths(stand_in)).count(RECORDINGS) == 1


async def test_silence_is_no_command(client: Client, pipeline: str, stand_in: StandIn) -> None:
    """Silence does not reach the agent."""
    exchange = await speak(client, bytes(32_000), pipeline=pipeline)

    assert exchange.error == "stt-no-text-recognized"
    assert "/v1/responses" not in await paths(stand_in)


@pytest_asyncio.fixture
async def later(tmp_path: Path) -> AsyncGenerator[StandIn]:
    """Run another OpenAI: that of February 2027, which has no speech API."""
    async with StandIn(tmp_path / "later.log", today="2027-02-01") as server:
        yield server


async def test_the_house_speaks_after_january(client: Client, later: StandIn) -> None:
    """Nobody has to do anything: an engine with a model that is gone speaks."""
    before = set(await client.entity_ids())
    entry_id = await add_integration(client, Account(StandIn.KEY, later.base_url))
    [engine] = [each for each in set(await client.entity_ids()) - before if each.startswith("tts.")]
    try:
        assert await read(client, engine, "The door is open.") == "The door is open."
    finally:
        await client.request("DELETE", f"/api/config/config_entries/entry/{entry_id}")
    assert "/v1/audio/speech" not in await paths(later)


async def read(client: Client, engine: str, text: str) -> str:
    """Return what is heard when an action reads a text."""
    about: dict[str, Any] = {"engine_id": engine, "message": text, "options": {"preferred_format": "wav"}}
    answer = await client.request("POST", "/api/tts_get_url", about)
    return heard(b"".join([chunk async for chunk in client.stream(answer["path"])]))
